"""Every attention head in small."""

from model.explain.block_answers import SmallHead
from model.explain.logit_lens import thumbnail_row
from model.explain.pictures.colours import shares_picture
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer


def attention_heads(session: Session, tokenizer: Tokenizer) -> list[list[SmallHead]]:
    """For each block, each head: its pattern as a small picture, and the token to which the last one gives most."""
    answer: list[list[SmallHead]] = []
    for number in range(session.config.n_layer):
        heads: list[SmallHead] = []
        for pattern in session.activation(number, "attn.pattern", thumbnail_row(session)):  # (rows, T)
            most = int(pattern[-1].argmax())
            heads.append(
                {
                    "picture": shares_picture(pattern[:, -len(pattern) :]),
                    "most": tokenizer.display(session.ids[most]),
                    "position": most,
                    "share": float(pattern[-1, most]),
                }
            )
        answer.append(heads)
    return answer
