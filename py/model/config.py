"""The shape of a GPT-2: what `config.json` says, checked."""

from dataclasses import dataclass

from model import safe_json
from model.checkpoint.file_error import FileError, shortened

LARGEST = 2**31 - 1  # of the sizes: far more than any model has
TANH_GELUS = ("gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate")  # Hugging Face's names for one function


class ConfigError(FileError):
    """`config.json` is not that of a GPT-2 this code can run."""

    kind = "config"


@dataclass(frozen=True)
class GPT2Config:
    """Names as in Hugging Face's `GPT2Config`; all sizes are counts of numbers, not bytes."""

    vocab_size: int
    n_positions: int  # the context: how many tokens the model can read at once
    n_embd: int  # length of the vector that stands for a token
    n_layer: int  # blocks
    n_head: int  # attention heads in a block
    layer_norm_epsilon: float = 1e-5
    n_inner: int | None = None  # length of the vector inside an MLP; None for GPT-2's own, four times n_embd
    bos_token_id: int | None = None  # begins a text
    eos_token_id: int | None = None  # ends one

    @property
    def d_head(self) -> int:
        return self.n_embd // self.n_head

    @property
    def d_mlp(self) -> int:
        return self.n_inner or 4 * self.n_embd

    @classmethod
    def from_json(cls, text: str | bytes) -> "GPT2Config":
        """Read a Hugging Face `config.json`. Raises ConfigError with a sentence that names the field."""
        try:
            fields = safe_json.parse(text)
        except ValueError as error:
            raise ConfigError(f"it is not JSON: {error}", "json") from None
        kind = fields.get("model_type") if isinstance(fields, dict) else None
        if kind != "gpt2":
            what = '"model_type" must be "gpt2".'
            if isinstance(kind, str):
                raise ConfigError(what, "other_model", family=shortened(kind))
            raise ConfigError(what)
        sizes = {name: _size(name, fields) for name in ("vocab_size", "n_positions", "n_embd", "n_layer", "n_head")}
        if sizes["n_embd"] % sizes["n_head"]:
            raise ConfigError(f"n_head {sizes['n_head']} does not divide n_embd {sizes['n_embd']}.")
        inner = None if fields.get("n_inner") is None else _size("n_inner", fields)
        activation = fields.get("activation_function", "gelu_new")
        if activation not in TANH_GELUS:
            raise ConfigError(f"activation_function must be gelu_new, GPT-2's own, not {shortened(activation)}.")
        # Two later variations of the attention arithmetic, absent from every published GPT-2.
        if fields.get("scale_attn_by_inverse_layer_idx") or not fields.get("scale_attn_weights", True):
            raise ConfigError("only GPT-2's own scaling of attention scores is supported.")
        epsilon = fields.get("layer_norm_epsilon", 1e-5)
        if isinstance(epsilon, bool) or not isinstance(epsilon, (int, float)) or not 0 < epsilon < 1:
            raise ConfigError(f"layer_norm_epsilon must lie between 0 and 1, not {shortened(epsilon)}.")
        return cls(
            **sizes,
            layer_norm_epsilon=float(epsilon),
            n_inner=None if inner == 4 * sizes["n_embd"] else inner,
            bos_token_id=_id("bos_token_id", fields),
            eos_token_id=_id("eos_token_id", fields),
        )


def _size(name: str, fields: dict) -> int:
    size = fields.get(name)
    if type(size) is not int or not 0 < size <= LARGEST:
        raise ConfigError(f"{name} must be a whole number above 0, not {shortened(size)}.")
    return size


def _id(name: str, fields: dict) -> int | None:
    """A token's id; some files have none or, for the end, several."""
    return fields[name] if type(fields.get(name)) is int else None
