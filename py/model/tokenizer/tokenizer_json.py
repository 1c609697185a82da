"""What a Hugging Face tokenizer.json says, if it is a tokenizer of GPT-2's kind: byte-level BPE.

The file names a normalizer, a pre-tokenizer, a model, a post-processor and a decoder, each of many kinds. What is read
here is what `tokenizer.py` computes exactly as the `tokenizers` library does; anything else is refused by its name.
"""

from typing import NamedTuple

from model import safe_json
from model.checkpoint.file_error import FileError, shortened

_SEQUENCES = ("normalizers", "pretokenizers", "processors", "decoders")  # where a Sequence keeps its parts
_TEMPLATES = ("TemplateProcessing", "BertProcessing", "RobertaProcessing")  # the last two put cls before, sep after


class TokenizerError(FileError):
    """The tokenizer.json, the text or the id cannot be used; the message says why."""

    kind = "tokenizer"


class Template(NamedTuple):
    """The ids that go with every text."""

    before: list[int]
    after: list[int]


def read_parts(text: str | bytes | dict) -> tuple[dict[str, int], list, list[dict], bool, Template]:
    """Vocabulary, merges, added tokens, whether a text is given a space at its beginning, and the template.

    `text` is tokenizer.json or what is already parsed of it. Raises TokenizerError unless it is byte-level BPE.
    """
    file = text if isinstance(text, dict) else _parse_json(text)
    if file and all(type(value) is int for value in file.values()):
        raise TokenizerError("it holds ids by token and nothing else, as a vocab.json does", "vocab_json")
    model = file.get("model")
    if not isinstance(model, dict) or model.get("type") not in ("BPE", None):  # early files do not say
        raise _other_kind("model", _kind(model))
    for name, most, kinds in (
        ("normalizer", 0, ()),
        ("pre_tokenizer", 1, ("ByteLevel",)),
        ("post_processor", 9, ("ByteLevel", *_TEMPLATES)),
        ("decoder", 1, ("ByteLevel",)),
    ):
        found = [_kind(part) for part in _unwrapped(file.get(name))]
        if len(found) > most or not all(kind in kinds for kind in found):
            raise _other_kind(name, " and ".join(map(str, found)))
    pre_tokenizers = _unwrapped(file.get("pre_tokenizer"))
    if not pre_tokenizers:
        raise _other_kind("pre_tokenizer", "no")
    if not isinstance(model.get("vocab"), dict) or not isinstance(model.get("merges"), list):
        raise TokenizerError("the model has no vocab and merges, so it is not BPE")
    for option in ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "ignore_merges"):
        if model.get(option):
            raise TokenizerError(f"the model sets {option}, which GPT-2's tokenizer does not")
    pre_tokenizer = pre_tokenizers[0]
    if not isinstance(pre_tokenizer.get("add_prefix_space"), bool):
        raise TokenizerError("the pre_tokenizer does not say whether to add_prefix_space")
    if not pre_tokenizer.get("use_regex", True):
        raise TokenizerError("the pre_tokenizer sets use_regex to false, but GPT-2's cuts text into words")
    added_tokens = file.get("added_tokens") or []
    _check_added_tokens(added_tokens)
    template = _read_template(_unwrapped(file.get("post_processor")))
    return model["vocab"], model["merges"], added_tokens, pre_tokenizer["add_prefix_space"], template


def _kind(part: object) -> str | None:
    return part.get("type") if isinstance(part, dict) else "no" if part is None else repr(part)


def _unwrapped(part: object) -> list:
    """The parts of a Sequence, of Sequences in it too; a part that stands alone; nothing for null."""
    if part is None:
        return []
    parts = []
    if isinstance(part, dict) and part.get("type") == "Sequence":
        parts = [part[name] for name in _SEQUENCES if name in part]
    if len(parts) != 1 or not isinstance(parts[0], list):
        return [part]
    return [inner for one in parts[0] for inner in _unwrapped(one)]


def _other_kind(name: str, kind: str | None) -> TokenizerError:
    part = f"{shortened(kind)} {name}"
    return TokenizerError(
        f"only GPT-2's kind of tokenizer can be read, but this one has {part}", "other_tokenizer", part=part
    )


def _read_template(post_processors: list[dict]) -> Template:
    """What the one post-processor that adds tokens puts before the text and after it. ByteLevel adds none."""
    adding = [part for part in post_processors if part["type"] in _TEMPLATES]
    if not adding:
        return Template([], [])
    part = adding[0]
    try:
        if len(adding) > 1:
            raise ValueError("several parts add tokens")
        if part["type"] != "TemplateProcessing":
            return Template([_id(part["cls"][1])], [_id(part["sep"][1])])
        sides: list[list[int]] = [[]]
        for piece in part["single"]:
            [(what, named)] = piece.items()
            if what == "SpecialToken":
                sides[-1] += map(_id, part["special_tokens"][named["id"]]["ids"])
            elif (what, named["id"]) == ("Sequence", "A"):
                sides.append([])
            else:
                raise ValueError("it has a place for a second text")
        return Template(*sides)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise TokenizerError(f"the {part['type']} post_processor cannot be read: {error!r}") from error


def _id(value: object) -> int:
    if type(value) is not int:
        raise ValueError(f"{shortened(value)} is no id")
    return value


def _parse_json(text: str | bytes) -> dict:
    try:
        file = safe_json.parse(text)
    except ValueError as error:
        raise TokenizerError(f"it is not valid JSON: {error}", "json") from error
    if not isinstance(file, dict):
        raise TokenizerError("it holds no JSON object")
    return file


def _check_added_tokens(added_tokens: object) -> None:
    if not isinstance(added_tokens, list):
        raise TokenizerError("added_tokens is not a list")
    for token in added_tokens:
        content = token.get("content") if isinstance(token, dict) else None
        if not (isinstance(content, str) and content and type(token.get("id")) is int):
            raise TokenizerError("an added token lacks its content or its id")
        check_surrogates(content)
        if token.get("single_word"):
            raise TokenizerError(f"the added token {shortened(content)} sets single_word, which GPT-2's do not")


def check_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise TokenizerError(
            f"the text has a lone surrogate (U+{ord(text[error.start]):04X}) at position {error.start}: "
            "half a character, which has no UTF-8 bytes"
        ) from error
