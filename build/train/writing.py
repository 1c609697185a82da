"""What a model writes, as a table for its card: computed by the site's own forward pass, so torch is not needed."""

from collections.abc import Iterable

import numpy as np

from build.weights.tokenizer_files import END_OF_TEXT
from model import sampling
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer


def continuation(
    prompt: str, session: Session, tokenizer: Tokenizer, length: int, temperature: float, random: np.random.Generator
) -> str:
    """What the model writes after `prompt`: at most `length` tokens, to the end of the text or of the context."""
    ids = tokenizer.encode(prompt)
    end_of_text = tokenizer.encode(END_OF_TEXT)[0]
    start = len(ids)
    while len(ids) < min(start + length, session.config.n_positions):
        session.run(ids)
        logits = session.final.logits[0]  # (V,)
        order = sampling.ranking(logits)  # (V,)
        token = sampling.draw(sampling.sampled(logits, order, temperature), order, random.random())
        if token == end_of_text:
            break
        ids.append(token)
    return tokenizer.decode(ids[start:])


def continuations(
    prompts: Iterable[str], session: Session, tokenizer: Tokenizer, length: int, temperature: float, seed: int
) -> str:
    """A continuation of each of the prompts, in a table."""
    random = np.random.default_rng(seed)
    rows = [(prompt, continuation(prompt, session, tokenizer, length, temperature, random)) for prompt in prompts]
    return markdown(("prompt", "continuation"), rows)


def markdown(head: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    """A table of two columns. A line end shows as ↵: a table has no other way to keep it."""
    lines = [head, ("---", "---"), *rows]
    cells = [[cell.replace("\n", "↵").replace("\\", "\\\\").replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(f"| {left} | {right} |" for left, right in cells)
