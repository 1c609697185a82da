"""Write gpt2_full.npz: what Hugging Face transformers says with a random GPT-2 of full size (124M).

    python -m tests.golden.make_gpt2_full        (needs torch and transformers, which nothing else here does)

The checkpoint is made anew from its seed wherever it is tested, see `tests/full_size.py`. For each of its texts:
"N/ids", and of the last token's logits every 16th, with the weights as published ("N/float32") and as they are after
rounding to 8 and 4 bits ("N/int8", "N/int4").
"""

import tempfile
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import GPT2LMHeadModel

from build.train.model import quantized_weights
from build.weights.quantize import quantize
from model.checkpoint.huggingface import CONV1D, PREFIX
from model.config import GPT2Config
from tests.full_size import EVERY, TEXTS, write_source

GOLDEN = Path(__file__).parent


def logits(model: GPT2LMHeadModel, ids: list[int]) -> np.ndarray:
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0, -1, ::EVERY].numpy()


def main() -> None:
    arrays = {}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        write_source(source)
        tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
        model = GPT2LMHeadModel.from_pretrained(source).eval()
        config = GPT2Config.from_json((source / "config.json").read_bytes())
        texts = [tokenizer.encode(text).ids for text in TEXTS]
        for number, ids in enumerate(texts):
            arrays[f"{number}/ids"] = np.array(ids)
            arrays[f"{number}/float32"] = logits(model, ids)
        for bits in (8, 4):
            quantize(source, Path(folder) / f"int{bits}", bits)
            weights = quantized_weights(Path(folder) / f"int{bits}", config)
            state = {PREFIX + n: torch.from_numpy(w.T.copy() if CONV1D.fullmatch(n) else w) for n, w in weights.items()}
            model.load_state_dict(state | {"lm_head.weight": torch.from_numpy(weights["wte.weight"])})
            for number, ids in enumerate(texts):
                arrays[f"{number}/int{bits}"] = logits(model, ids)
    for number in range(len(TEXTS)):
        exact = arrays[f"{number}/float32"]
        for kind in ("int8", "int4"):
            error = np.linalg.norm(arrays[f"{number}/{kind}"] - exact) / np.linalg.norm(exact)
            print(f"text {number}, {kind}: relative error of the logits {error:.4f}")
    np.savez_compressed(GOLDEN / "gpt2_full.npz", **arrays)


if __name__ == "__main__":
    main()
