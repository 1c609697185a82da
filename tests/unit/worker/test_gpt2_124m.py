"""The real GPT-2 124M against what another implementation computed; skipped where it has not been downloaded.

golden/gpt2_124m.json: five prompts, their ids, and the ten likeliest next tokens with their probabilities, from a
GPT-2 in ONNX with the exact form of GELU, where ours is the tanh form and its weights are rounded: hence the slack.
"""

import json
from pathlib import Path

import pytest

from build.paths import ROOT
from build.site import site
from model.checkpoint.layout import INDEX
from model.gpt2 import softmax
from model.sampling import ranking

FOLDER = ROOT / "weights" / "gpt2"
CASES = json.loads((Path(__file__).parents[2] / "golden" / "gpt2_124m.json").read_text())


@pytest.fixture(scope="module")
def gpt2():
    if not (FOLDER / INDEX).exists():
        pytest.skip("GPT-2 ITSELF IS NOT TESTED: weights/gpt2 is not there; `make model NAME=gpt2` gets it")
    return site.load_model(FOLDER)


@pytest.mark.parametrize("case", CASES, ids=[case["prompt"] for case in CASES])
def test_the_likeliest_tokens_are_those_of_another_implementation(gpt2, case):
    session, tokenizer = gpt2
    assert tokenizer.encode(case["prompt"]) == case["ids"]
    session.run(case["ids"])
    logits = session.final.logits[0]
    best, probabilities = ranking(logits)[:12].tolist(), softmax(logits)
    assert sum(i in best for i, _ in case["likeliest"]) >= 9
    for i, probability in case["likeliest"][:3]:
        assert probabilities[i] == pytest.approx(probability, rel=0.15)
