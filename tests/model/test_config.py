"""config.json: GPT-2's own sizes are read, and what this code cannot run is refused by name."""

import json

import pytest

from model.config import ConfigError, GPT2Config

SMALL = {
    "model_type": "gpt2",
    "activation_function": "gelu_new",
    "vocab_size": 50257,
    "n_positions": 1024,
    "n_embd": 768,
    "n_layer": 12,
    "n_head": 12,
    "layer_norm_epsilon": 1e-5,
    "n_ctx": 1024,
    "resid_pdrop": 0.1,
    "n_inner": None,
}


def test_gpt2_small():
    config = GPT2Config.from_json(json.dumps(SMALL))
    assert config == GPT2Config(50257, 1024, 768, 12, 12, 1e-5)
    assert config.d_head == 64
    assert GPT2Config.from_json(json.dumps(SMALL).encode()) == config


def test_what_is_absent_is_gpt2s():
    fields = {k: v for k, v in SMALL.items() if k not in ("activation_function", "layer_norm_epsilon", "n_inner")}
    assert GPT2Config.from_json(json.dumps(fields)) == GPT2Config.from_json(json.dumps(SMALL))


@pytest.mark.parametrize(
    ("change", "named"),
    (
        ({"model_type": "llama"}, "model_type"),
        ({"model_type": None}, "model_type"),
        *(
            ({name: bad}, name)
            for name in ("vocab_size", "n_positions", "n_layer")
            for bad in (0, -1, 1.5, "12", None, True)
        ),
        ({"n_head": 7}, "n_head 7 does not divide n_embd 768"),
        ({"activation_function": "relu"}, "activation_function"),
        ({"activation_function": "gelu"}, "activation_function .* not gelu"),
        ({"activation_function": ["gelu_new"]}, "activation_function"),
        *(({"n_inner": bad}, "n_inner") for bad in (0, -1, 1.5, "3072", True)),
        *(({name: 10**60}, f"{name} must .* not 1000.*…") for name in ("vocab_size", "n_layer", "n_inner")),
        ({"scale_attn_by_inverse_layer_idx": True}, "scaling of attention"),
        ({"scale_attn_weights": False}, "scaling of attention"),
        *(({"layer_norm_epsilon": bad}, "layer_norm_epsilon") for bad in (0, -1e-5, 1, "small", True, float("nan"))),
    ),
)
def test_refused_by_name(change, named):
    with pytest.raises(ConfigError, match=named):
        GPT2Config.from_json(json.dumps(SMALL | change))


@pytest.mark.parametrize(("inner", "length"), ((None, 3072), (3072, 3072), (768, 768), (1, 1), (5000, 5000)), ids=str)
def test_the_mlp_may_have_any_width(inner, length):
    config = GPT2Config.from_json(json.dumps(SMALL | {"n_inner": inner}))
    assert config.d_mlp == length
    assert (config == GPT2Config.from_json(json.dumps(SMALL))) == (length == 3072)


@pytest.mark.parametrize("name", ("gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate"))
def test_every_name_of_gpt2s_activation_is_known(name):
    assert GPT2Config.from_json(json.dumps(SMALL | {"activation_function": name})).d_mlp == 3072


def test_tokens_that_begin_and_end_a_text():
    config = GPT2Config.from_json(json.dumps(SMALL | {"bos_token_id": 7, "eos_token_id": [8, 9]}))
    assert (config.bos_token_id, config.eos_token_id) == (7, None)


def test_another_architecture_is_named():
    with pytest.raises(ConfigError) as caught:
        GPT2Config.from_json('{"model_type": "llama"}')
    assert caught.value.answer() == caught.value.answer() | {"error": "other_model", "family": "llama"}


@pytest.mark.parametrize("text", ("", "{", "[]", "null", b"\xff\xfe\x00"))
def test_not_a_config_at_all(text):
    with pytest.raises(ConfigError, match=r"^it is not JSON|model_type"):
        GPT2Config.from_json(text)
