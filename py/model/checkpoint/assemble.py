"""The tensors of a quantised checkpoint, put together to the weights that `gpt2.py` reads, as its shards arrive."""

import numpy as np

from model.checkpoint import safetensors
from model.checkpoint.layout import SCALE, CheckpointError, is_quantized, nested, tensor_shapes
from model.checkpoint.quantization import GROUP, Precision, Quantized, unpack
from model.config import GPT2Config


class Assembly:
    """Takes the shards one by one, in the index's order; each tensor is made ready as soon as all of it is there.

    precision "float32" dequantises matrices once, which takes four times the memory and NumPy computes faster; "int8"
    and "kernel" keep them as small whole numbers (8-bit ones as views of the shards' own bytes).
    """

    def __init__(self, config: GPT2Config, precision: Precision = "float32") -> None:
        self.config = config
        self.precision = precision
        self.shapes = tensor_shapes(config)
        self.parts: dict[str, list[np.ndarray]] = {}  # what has come and is not yet used, usually one part each
        self.ready: dict[str, np.ndarray | Quantized] = {}

    def add(self, shard: np.ndarray) -> None:
        """`shard` holds a file's bytes (uint8). Raises CheckpointError, SafetensorsError or MemoryError."""
        for name, part in safetensors.load(shard).items():
            self.parts.setdefault(name, []).append(part)
        for name, shape in self.shapes.items():
            if name not in self.ready and self._has_all_rows(name, shape):
                self._make_ready(name, shape)

    def finish(self) -> dict:
        """`wte.weight`, `wpe.weight`, `ln_f.*` and `h`, one dict a block. Raises as `add` does."""
        for name, shape in self.shapes.items():
            if name not in self.ready:
                self._make_ready(name, shape)  # raises: it lacks something
        if self.parts:
            names = ", ".join(sorted(self.parts)[:5])
            raise CheckpointError(f"the checkpoint holds tensors a GPT-2 does not have: {names}")
        return nested({name: self.ready[name] for name in self.shapes}, self.config)

    def _has_all_rows(self, name: str, shape: tuple[int, ...]) -> bool:
        names = (name, name + SCALE) if is_quantized(name, shape) else (name,)
        return all(sum(part.shape[0] if part.ndim else 1 for part in self.parts.get(n, ())) >= shape[0] for n in names)

    def _make_ready(self, name: str, shape: tuple[int, ...]) -> None:
        if not is_quantized(name, shape):
            self.ready[name] = self._take(name, shape, np.float32)
            return
        w = self._take_quantized(name, shape)
        self.ready[name] = w[:] if self.precision == "float32" else w  # (out, in)

    def _take_quantized(self, name: str, shape: tuple[int, ...]) -> Quantized:
        n_out, n_in = shape
        if name in self.parts and self.parts[name][0].dtype == np.uint8:  # 4 bits
            if n_in % GROUP:
                raise CheckpointError(f"{name}: rows of {n_in} weights cannot be cut into groups of {GROUP}")
            packed = self._take(name, (n_out, n_in // 2), np.uint8)  # (out, in / 2)
            scale = self._take(name + SCALE, (n_out, n_in // GROUP), np.float16)  # (out, in / GROUP)
            return Quantized(unpack(packed), scale.astype(np.float32))
        values = self._take(name, shape, np.int8)  # (out, in)
        scale = self._take(name + SCALE, (n_out,), np.float32)  # (out,)
        return Quantized(values, scale[:, None])

    def _take(self, name: str, shape: tuple[int, ...], dtype: type) -> np.ndarray:
        """Remove and return the tensor `name`, which must have this shape and dtype and only finite numbers."""
        parts = self.parts.pop(name, None)
        if parts is None:
            raise CheckpointError(f"the checkpoint has no tensor {name}")
        try:
            tensor = parts[0] if len(parts) == 1 else np.concatenate(parts)  # shape
        except ValueError as error:
            raise CheckpointError(f"the parts of {name} do not fit together: {error}") from None
        if tensor.shape != shape or tensor.dtype != dtype:
            expected = f"{np.dtype(dtype)} {shape}"
            raise CheckpointError(f"{name} should be {expected}, the file has {tensor.dtype} {tensor.shape}")
        if np.issubdtype(dtype, np.floating) and not np.isfinite(tensor).all():
            raise CheckpointError(f"{name} holds a NaN or an infinity")
        return tensor


def weights_from_shards(shards: list[np.ndarray], config: GPT2Config, precision: Precision = "float32") -> dict:
    """All the shards at once."""
    assembly = Assembly(config, precision)
    for shard in shards:
        assembly.add(shard)
    return assembly.finish()
