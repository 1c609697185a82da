"""Which of the files that a reader chose are their model: the weights, tokenizer.json and config.json."""

NEEDED = ("tokenizer.json", "config.json")
NUMBERED = " -()0123456789"  # "config (1).json", "config-2.json": browsers number what was downloaded before


def plain(name):
    """A file's name as it was published."""
    stem, _, ending = name.lower().rpartition(".")
    return stem.rstrip(NUMBERED) + "." + ending


def weights(names):
    return [name for name in names if name.lower().endswith(".safetensors")]


def in_order(names):
    """The places of the weights, tokenizer.json and config.json, which are there, then those of all others."""
    every = [plain(name) for name in names]
    needed = [names.index(weights(names)[0])] + [every.index(name) for name in NEEDED]
    return needed + [place for place in range(len(names)) if place not in needed]


def missing(names, words):
    """A sentence on what is lacking in a choice of files with these names, "" when nothing is."""
    every = [plain(name) for name in names]
    twice = [name for name in NEEDED if every.count(name) > 1]
    if not weights(names):
        said = words.say("user_checkpoint.no_weights")
    elif len(weights(names)) > 1:
        said = words.say("user_checkpoint.many_weights")
    elif "tokenizer.json" not in every:
        said = words.say("user_checkpoint.no_tokenizer")
    elif "config.json" not in every:
        said = words.say("user_checkpoint.no_config")
    elif twice:
        said = words.say("user_checkpoint.twice", file=twice[0])
    else:
        return ""
    return said + " " + words.say("user_checkpoint.chosen", files=", ".join(names))
