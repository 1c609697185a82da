"""The tokenizer that belongs to a model: every token has a row of the embedding, and a text has a beginning."""

from model.config import GPT2Config
from model.tokenizer.tokenizer import START, Tokenizer, TokenizerError


def read(text: str | bytes, config: GPT2Config) -> Tokenizer:
    """From tokenizer.json. Raises TokenizerError for a file that cannot be read, or is another model's.

    Models are often given more rows than there are tokens, up to a round number: such an id stands for no text. Where
    that would be most of the rows, the tokenizer is taken for another model's.
    """
    tokenizer = Tokenizer.from_json(text)
    tokens, rows = tokenizer.token_count, config.vocab_size
    if not tokens <= rows <= 2 * tokens:
        raise TokenizerError(
            f"tokenizer.json has {tokens} tokens, but the model has {rows} (vocab_size in config.json)",
            "vocabulary",
            tokens=f"{tokens:,}",
            rows=f"{rows:,}",
        )
    tokenizer.vocab_size = rows
    tokenizer.begin_with(config.bos_token_id, tokenizer.id_of(START), config.eos_token_id)
    return tokenizer
