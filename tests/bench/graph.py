"""GPT-2 as an ONNX graph, as float32 and as int8, for onnxruntime: what we are measured against.

Inputs: `ids` (T) and for each block `past_k.N` and `past_v.N` (H, P, D), of the P tokens before. Outputs: `logits` (V)
of the last token, and for each block `pattern.N` (H, T, S), `k.N` and `v.N` (H, S, D), S = P + T.

int8 is what onnxruntime's own `quantize_dynamic` makes of such a graph: each product rounds its activations to 8 bits
with one scale, found anew each time, and multiplies whole numbers. Its weights are our int8 rows, unchanged.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from model.checkpoint.quantization import Quantized
from model.config import GPT2Config

OPSET = 20  # the first with GELU's tanh form


class Graph:
    """Nodes and weights as they are added; a value is known by its name."""

    def __init__(self, config: GPT2Config, weights: dict) -> None:
        self.config = config
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, onnx.TensorProto] = {}
        self.outputs: list[onnx.ValueInfoProto] = []
        self.embedding = weights["wte.weight"]
        ids = "ids"
        self.past = [f"past_{name}.{n}" for n in range(config.n_layer) for name in "kv"]
        before = self.node("Gather", self.node("Shape", self.past[0]), self.array("one", np.array(1)))
        total = self.node("Add", before, self.node("Squeeze", self.node("Shape", ids)))
        step = self.array("step", np.array(1))
        own = self.node("Range", before, total, step)  # (T) positions
        x = self.node(
            "Add", self.rows(ids), self.node("Gather", self.array("wpe", weights["wpe.weight"]), own)
        )  # (T, E)
        keys = self.node("Range", self.array("zero", np.array(0)), total, step)  # (S)
        seen = self.node("LessOrEqual", keys, self.node("Unsqueeze", own, self.array("axis", np.array([1]))))  # (T, S)
        nothing, minus = self.array("0", np.float32(0)), self.array("-inf", np.float32(-np.inf))
        self.mask = self.node("Where", seen, nothing, minus)  # (T, S)
        for number, block in enumerate(weights["h"]):
            x = self.block(x, block, number)  # (T, E)
        last = self.node("Gather", x, self.array("last", np.array([-1])))  # (1, E)
        logits = self.linear(self.norm(last, weights, "ln_f"), self.embedding, None, "wte")  # (1, V)
        self.output("logits", self.node("Reshape", logits, self.array("flat", np.array([-1]))))

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes: object) -> str:
        """The name of its first output; others are that name with .1, .2 behind it."""
        name = f"{kind}_{len(self.nodes)}"
        names = [name, *(f"{name}.{i}" for i in range(1, outputs))]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return name

    def array(self, name: str, values: np.ndarray) -> str:
        self.weights[name] = numpy_helper.from_array(np.asarray(values, order="C"), name)
        return name

    def output(self, name: str, value: str, kind: int = TensorProto.FLOAT) -> None:
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, kind, None))

    def rows(self, ids: str) -> str:
        """The embedding's rows (T, E) of these tokens."""
        if not isinstance(self.embedding, Quantized):
            return self.node("Gather", self.array("wte", self.embedding), ids)
        values = self.node("Gather", self.array("wte rows", self.embedding.values), ids)  # (T, E)
        scale = self.node("Gather", self.array("wte row scales", self.embedding.scale), ids)  # (T, 1)
        return self.node("Mul", self.node("Cast", values, to=TensorProto.FLOAT), scale)

    def norm(self, x: str, w: dict, name: str, at: str = "") -> str:
        scale, shift = (self.array(f"{at}{name}.{part}", w[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.node("LayerNormalization", x, scale, shift, epsilon=self.config.layer_norm_epsilon)

    def linear(self, x: str, w: np.ndarray | Quantized, b: np.ndarray | None, name: str) -> str:
        """x (T, in) times the transpose of w (out, in), plus b."""
        bias = [] if b is None else [self.array(f"{name} bias", b)]
        if not isinstance(w, Quantized):
            if name not in self.weights:  # the embedding is there already
                self.array(name, w)
            return self.node("Gemm", x, name, *bias, transB=1)
        values = self.array(name, w.values.T)  # (in, out)
        rounded = self.node("DynamicQuantizeLinear", x, outputs=3)
        product = self.node("MatMulInteger", rounded, values, f"{rounded}.2", self.array("int8 zero", np.int8(0)))
        scale = self.node("Mul", f"{rounded}.1", self.array(f"{name} scales", w.scale[:, 0]))  # (out)
        y = self.node("Mul", self.node("Cast", product, to=TensorProto.FLOAT), scale)  # (T, out)
        return self.node("Add", y, *bias) if bias else y

    def block(self, x: str, w: dict, number: int) -> str:
        config, at = self.config, f"h.{number}."

        def product(x: str, name: str) -> str:
            return self.linear(x, w[f"{name}.weight"], w[f"{name}.bias"], at + name)

        split = self.node(
            "Split", product(self.norm(x, w, "ln_1", at), "attn.c_attn"), axis=1, num_outputs=3, outputs=3
        )
        shape = self.array("heads", np.array([-1, config.n_head, config.d_head]))
        q, k, v = (
            self.node("Transpose", self.node("Reshape", part, shape), perm=[1, 0, 2])  # (H, T, D)
            for part in (split, f"{split}.1", f"{split}.2")
        )
        k, v = (  # each (H, S, D)
            self.node("Concat", f"past_{name}.{number}", part, axis=1) for name, part in (("k", k), ("v", v))
        )
        turned = self.node("Transpose", k, perm=[0, 2, 1])  # (H, D, S)
        scaled = self.node("Mul", self.node("MatMul", q, turned), self.array("scale", np.float32(config.d_head**-0.5)))
        pattern = self.node("Softmax", self.node("Add", scaled, self.mask), axis=-1)  # (H, T, S)
        z = self.node("Transpose", self.node("MatMul", pattern, v), perm=[1, 0, 2])  # (T, H, D)
        z = self.node("Reshape", z, self.array("joined", np.array([-1, config.n_embd])))  # (T, E)
        x = self.node("Add", x, product(z, "attn.c_proj"))  # (T, E)
        hidden = self.node("Gelu", product(self.norm(x, w, "ln_2", at), "mlp.c_fc"), approximate="tanh")  # (T, M)
        for name, value in (("pattern", pattern), ("k", k), ("v", v)):
            self.output(f"{name}.{number}", value)
        return self.node("Add", x, product(hidden, "mlp.c_proj"))  # (T, E)

    def model(self) -> onnx.ModelProto:
        heads = (self.config.n_head, "P", self.config.d_head)
        inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["T"])]
        inputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, heads) for name in self.past]
        graph = helper.make_graph(self.nodes, "gpt2", inputs, self.outputs, list(self.weights.values()))
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)


def write(path: Path, config: GPT2Config, weights: dict) -> None:
    """The graph to `path`, and its weights beside it: onnxruntime then needs no second copy of them."""
    path.with_suffix(".data").unlink(missing_ok=True)  # onnx would write behind it
    onnx.save(Graph(config, weights).model(), path, save_as_external_data=True, location=path.with_suffix(".data").name)
