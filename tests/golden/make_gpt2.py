"""Write the goldens of the forward pass and of sampling from Hugging Face transformers, run on PyTorch.

    PYTHONPATH=py:. python tests/golden/make_gpt2.py        (needs requirements-parity.txt)

gpt2/             a tiny random GPT-2: config.json, model.safetensors
gpt2.npz          "N/ids" and "N/logits" for prompts of N tokens; for some N every activation: "N/h.0.ln1"...
gpt2_rounded.npz  "N/int8" and "N/int4": the logits in float64 for the same prompts, with weights rounded as ours are
sampling.npz      logits, settings and the probabilities that Hugging Face's logits warpers make of them
"""

from pathlib import Path

import numpy as np
import torch
from transformers import GPT2Config, GPT2LMHeadModel
from transformers.generation.logits_process import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from model.checkpoint.huggingface import CONV1D
from model.checkpoint.layout import is_quantized
from model.checkpoint.quantization import quantize_groups, quantize_rows

GOLDEN = Path(__file__).parent
LENGTHS = (1, 2, 7, 33, 64)
WITH_ACTIVATIONS = (1, 7, 64)


def tiny_gpt2() -> GPT2LMHeadModel:
    """Weights large enough that no head attends evenly, no bias is zero and no LayerNorm is plain."""
    torch.manual_seed(0)
    sizes = {"vocab_size": 97, "n_positions": 64, "n_embd": 32, "n_layer": 3, "n_head": 4}
    ends = {"bos_token_id": 96, "eos_token_id": 96}
    model = GPT2LMHeadModel(GPT2Config(**sizes, **ends, attn_implementation="eager")).eval()
    for name, w in model.named_parameters():
        if w.dim() == 2:
            torch.nn.init.normal_(w, std=0.3)
        else:
            torch.nn.init.normal_(w, mean=1.0 if "ln_" in name and name.endswith("weight") else 0.0, std=0.2)
    return model


def activations(model: GPT2LMHeadModel, ids: list[int]) -> dict[str, np.ndarray]:
    """Everything one pass computes, heads before positions only in attn_scores and pattern."""
    seen: dict[str, torch.Tensor] = {}
    hooks = []

    def keep_input(name: str, module: torch.nn.Module) -> None:
        hooks.append(module.register_forward_pre_hook(lambda _, given: seen.update({name: given[0][0]})))

    def keep_output(name: str, module: torch.nn.Module) -> None:
        def hook(_module, _given, result):
            seen[name] = (result[0] if isinstance(result, tuple) else result)[0]

        hooks.append(module.register_forward_hook(hook))

    body = model.transformer
    keep_output("token", body.wte)
    keep_output("position", body.wpe)
    keep_output("ln_final", body.ln_f)
    for i, block in enumerate(body.h):
        for name, module in {
            "ln1": block.ln_1,
            "qkv": block.attn.c_attn,
            "attn_out": block.attn.c_proj,
            "ln2": block.ln_2,
            "mlp_pre": block.mlp.c_fc,
            "mlp_out": block.mlp.c_proj,
        }.items():
            keep_output(f"h.{i}.{name}", module)
        for name, module in {
            "z": block.attn.c_proj,
            "resid_mid": block.ln_2,
            "mlp_post": block.mlp.c_proj,
        }.items():
            keep_input(f"h.{i}.{name}", module)
        keep_input(f"h.{i}.resid_pre", block.ln_1)
        hooks.append(block.register_forward_hook(lambda _m, _g, r, i=i: seen.update({f"h.{i}.resid_post": first(r)})))
    with torch.no_grad():
        answer = model(torch.tensor([ids]), output_attentions=True)
    for hook in hooks:
        hook.remove()

    tokens = len(ids)
    heads = (tokens, model.config.n_head, model.config.n_embd // model.config.n_head)
    future = torch.ones(tokens, tokens, dtype=torch.bool).triu(1)
    for i in range(model.config.n_layer):
        q, k, v = (part.reshape(heads) for part in seen.pop(f"h.{i}.qkv").chunk(3, dim=-1))
        scores = torch.einsum("thd,shd->hts", q, k) / heads[2] ** 0.5
        scores = scores.masked_fill(future, -torch.inf)
        pattern = answer.attentions[i][0]
        assert torch.allclose(scores.softmax(-1), pattern, atol=1e-6), "the hooks do not see what the model computes"
        seen |= {
            f"h.{i}.q": q,
            f"h.{i}.k": k,
            f"h.{i}.v": v,
            f"h.{i}.attn_scores": scores,
            f"h.{i}.pattern": pattern,
        }
        seen[f"h.{i}.z"] = seen[f"h.{i}.z"].reshape(heads)
    seen["position"] = seen["position"].reshape(tokens, -1)
    seen["logits"] = answer.logits[0]
    return {name: a.numpy().copy() for name, a in seen.items()}


def first(result: torch.Tensor | tuple) -> torch.Tensor:
    """A block's hidden states: some versions of transformers return them bare, some first of a tuple."""
    return (result[0] if isinstance(result, tuple) else result)[0]


def make_forward() -> None:
    model = tiny_gpt2()
    model.save_pretrained(GOLDEN / "gpt2")
    (GOLDEN / "gpt2" / "generation_config.json").unlink(missing_ok=True)
    random = np.random.default_rng(0)
    arrays = {}
    for length in LENGTHS:
        ids = random.integers(0, model.config.vocab_size, length)
        seen = activations(model, ids.tolist())
        arrays[f"{length}/ids"] = ids
        for name, a in seen.items():
            if name == "logits" or length in WITH_ACTIVATIONS:
                arrays[f"{length}/{name}"] = a
    np.savez_compressed(GOLDEN / "gpt2.npz", **arrays)


def make_rounded() -> None:
    """After make_forward, whose prompts and weights these are."""
    golden = np.load(GOLDEN / "gpt2.npz")
    arrays = {}
    for held, rounded in (("int8", quantize_rows), ("int4", quantize_groups)):
        model = GPT2LMHeadModel.from_pretrained(GOLDEN / "gpt2", dtype=torch.float64).eval()
        for name, w in model.named_parameters():
            plain = name.removeprefix("transformer.")
            if is_quantized(plain, w.shape):
                ours = w.detach().numpy().astype(np.float32)  # (in, out), of the embedding (out, in)
                turned = bool(CONV1D.fullmatch(plain))
                weights = rounded(ours.T if turned else ours)[:]  # (out, in)
                w.data = torch.from_numpy(weights.T if turned else weights).to(torch.float64)
        for length in LENGTHS:
            with torch.no_grad():
                answer = model(torch.from_numpy(golden[f"{length}/ids"])[None])
            arrays[f"{length}/{held}"] = answer.logits[0].numpy()  # (T, V)
    np.savez_compressed(GOLDEN / "gpt2_rounded.npz", **arrays)


def make_sampling() -> None:
    random = np.random.default_rng(1)
    normal = random.normal(0, 3, 97)
    ties = np.repeat([2.0, 1.5, 1.5, 0.0, -1.0], [1, 3, 2, 5, 9])
    masked = np.where(random.random(97) < 0.5, -np.inf, random.normal(0, 2, 97))
    cases = [normal, random.normal(0, 3, 1000), ties, masked, np.array([3.0]), np.zeros(10)]
    settings = []
    for temperature in (0.1, 0.7, 1.0, 2.5):
        for top_k in (0, 1, 4, 40, 5000):
            settings += [(temperature, top_k, top_p) for top_p in (0.03, 0.25, 0.55, 0.93, 0.999, 1.0)]
    arrays = {"settings": np.array(settings)}  # (settings, 3): temperature, top-k or 0 for none, top-p or 1 for none
    for i, logits in enumerate(cases):
        rows = []
        for temperature, top_k, top_p in settings:
            scores = torch.tensor(logits, dtype=torch.float32)[None]
            scores = TemperatureLogitsWarper(temperature)(None, scores)
            if top_k:
                scores = TopKLogitsWarper(top_k)(None, scores)
            if top_p < 1:
                scores = TopPLogitsWarper(top_p)(None, scores)
            rows.append(scores.softmax(-1)[0].numpy())
        arrays[f"{i}/logits"] = logits.astype(np.float32)  # (V,)
        arrays[f"{i}/probabilities"] = np.stack(rows)  # (settings, V)
    np.savez_compressed(GOLDEN / "sampling.npz", **arrays)


if __name__ == "__main__":
    make_forward()
    make_rounded()
    make_sampling()
