"""The shape of a GPT-2: what `config.json` says, checked."""

from dataclasses import dataclass

from model import shallow_json


class ConfigError(ValueError):
    """`config.json` is not that of a GPT-2 this code can run."""


@dataclass(frozen=True)
class GPT2Config:
    """Names as in Hugging Face's `GPT2Config`; all sizes are counts of numbers, not bytes."""

    vocab_size: int
    n_positions: int  # the context: how many tokens the model can read at once
    n_embd: int  # length of the vector that stands for a token
    n_layer: int  # blocks
    n_head: int  # attention heads in a block
    layer_norm_epsilon: float = 1e-5

    @property
    def d_head(self) -> int:
        return self.n_embd // self.n_head

    @classmethod
    def from_json(cls, text: str | bytes) -> "GPT2Config":
        """Read a Hugging Face `config.json`. Raises ConfigError with a sentence that names the field."""
        try:
            fields = shallow_json.parse(text)
        except ValueError as error:
            raise ConfigError(f"config.json is not JSON: {error}") from None
        if not isinstance(fields, dict) or fields.get("model_type") != "gpt2":
            raise ConfigError('config.json does not describe a GPT-2 ("model_type" must be "gpt2").')
        sizes = {}
        for name in ("vocab_size", "n_positions", "n_embd", "n_layer", "n_head"):
            size = fields.get(name)
            if type(size) is not int or size < 1:
                raise ConfigError(f"config.json: {name} must be a whole number above 0, not {size!r}.")
            sizes[name] = size
        if sizes["n_embd"] % sizes["n_head"]:
            raise ConfigError(f"config.json: n_head {sizes['n_head']} does not divide n_embd {sizes['n_embd']}.")
        if fields.get("activation_function", "gelu_new") != "gelu_new":
            raise ConfigError("config.json: activation_function must be gelu_new, GPT-2's own.")
        inner = fields.get("n_inner")
        if inner is not None and inner != 4 * sizes["n_embd"]:
            raise ConfigError("config.json: n_inner must be 4 times n_embd, as in GPT-2.")
        # Two later variations of the attention arithmetic, absent from every published GPT-2.
        if fields.get("scale_attn_by_inverse_layer_idx") or not fields.get("scale_attn_weights", True):
            raise ConfigError("config.json: only GPT-2's own scaling of attention scores is supported.")
        epsilon = fields.get("layer_norm_epsilon", 1e-5)
        if isinstance(epsilon, bool) or not isinstance(epsilon, (int, float)) or not 0 < epsilon < 1:
            raise ConfigError(f"config.json: layer_norm_epsilon must lie between 0 and 1, not {epsilon!r}.")
        return cls(**sizes, layer_norm_epsilon=float(epsilon))
