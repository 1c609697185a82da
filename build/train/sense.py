"""Whether a model finishes everyday sentences as a reader would: forty of them, and ten short continuations.

    python -m build.train.sense MODEL_FOLDER

`sense.json` has the sentences, each with the next words a reader would accept. They were chosen before the model that
they judge was trained; half of them stay out of sight while a recipe is tuned, so that it is not tuned to them.
MODEL_FOLDER is a quantised one: what is asked are the very bytes that the browser loads, run by `py/model`.
"""

import json
import sys
from pathlib import Path

import numpy as np

from build.command import command
from build.paths import typed
from build.site import site
from build.train.writing import continuations, markdown
from model import sampling
from model.checkpoint.layout import CheckpointError
from model.config import ConfigError
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer, TokenizerError

SENTENCES = Path(__file__).with_name("sense.json")
FIRST_FEW = 5
LONGEST_WORD = 8  # tokens: a small vocabulary cuts rarer words
TEMPERATURE, LENGTH = 0.7, 20  # of the continuations, tokens
EVERY = 4  # of four sentences one is continued


def read_sentences() -> dict[str, dict[str, list[str]]]:
    """By group, each beginning of a sentence with the words accepted after it."""
    return json.loads(SENTENCES.read_text(encoding="utf-8"))


def likeliest(text: str, session: Session, tokenizer: Tokenizer) -> list[str]:
    """The words that begin with the likeliest next tokens, each finished with whatever is likeliest in turn."""
    ids = tokenizer.encode(text)
    session.run(ids)
    order = sampling.ranking(session.final.logits[0])  # (V,)
    return [finished(ids, int(token), session, tokenizer) for token in order[:FIRST_FEW]]


def finished(ids: list[int], token: int, session: Session, tokenizer: Tokenizer) -> str:
    """The word that `token` begins after `ids`, without the space before it."""
    word = [token]
    while len(word) < LONGEST_WORD:
        session.run([*ids, *word])
        following = int(np.argmax(session.final.logits[0]))
        if not tokenizer.decode([following])[:1].isalpha():
            break
        word.append(following)
    return tokenizer.decode(word).removeprefix(" ")


def scores(sentences: dict[str, list[str]], session: Session, tokenizer: Tokenizer) -> tuple[int, int]:
    """How often the likeliest word is an accepted one, and how often one of the first few is."""
    first = few = 0
    for text, accepted in sentences.items():
        found = [word in accepted for word in likeliest(text, session, tokenizer)]
        first += found[0]
        few += any(found)
    return first, few


def scores_table(session: Session, tokenizer: Tokenizer) -> str:
    rows = []
    for group, sentences in read_sentences().items():
        first, few = scores(sentences, session, tokenizer)
        rows.append((group, f"{first} of {len(sentences)} first, {few} among the first {FIRST_FEW}"))
    return markdown(("sentences", "next word accepted"), rows)


def main() -> None:
    parser = command(__doc__)
    parser.add_argument("model", type=typed, metavar="MODEL_FOLDER")
    parser.add_argument("--seed", type=int, default=0, help="of the draws (default: 0)")
    arguments = parser.parse_args()
    try:
        session, tokenizer = site.load_model(arguments.model)
    except (OSError, ConfigError, CheckpointError, TokenizerError) as error:
        sys.exit(f"error: {error}")
    print(scores_table(session, tokenizer))
    print(f"\nTemperature {TEMPERATURE}, {LENGTH} tokens, seed {arguments.seed}, unedited; ↵ is a line end.\n")
    prompts = [text for sentences in read_sentences().values() for text in sentences][::EVERY]
    print(continuations(prompts, session, tokenizer, LENGTH, TEMPERATURE, arguments.seed))


if __name__ == "__main__":
    main()
