"""A part that is cut or switched off: held against a whole pass of a model, or of scores, that lacks it."""

import numpy as np
import pytest

from model import session as session_module
from model.checkpoint.layout import nested
from model.gpt2 import gpt2
from model.removals import Cut, Off
from model.session import Session
from model.what_if import logit_parts, logits_if, parts

IDS = np.random.default_rng(8).integers(0, 97, 23).tolist()


@pytest.fixture(params=[session_module.LONG, 12], ids=["all kept", "long"])
def session(tiny, request, monkeypatch):
    monkeypatch.setattr(session_module, "LONG", request.param)
    session = Session(tiny.weights, tiny.config)
    session.run(IDS)
    return session


def assert_close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=0, atol=3e-4)


def lacking(tiny, changed):
    """The logits (V,) of the tiny model when `changed(flat)` has put zeros into its weights."""
    flat = {name: w.copy() for name, w in tiny.flat.items()}
    changed(flat)
    *_, logits = gpt2(IDS, nested(flat, tiny.config), tiny.config)
    return logits[0]


def whole_pass(tiny, change):
    *_, logits = gpt2(IDS, tiny.weights, tiny.config, change)
    return logits[0]


@pytest.mark.parametrize(
    ("block", "head", "row", "column"), [(0, 0, 22, 0), (1, 3, 22, 22), (2, 2, 22, 7), (1, 1, 9, 4)]
)
def test_a_cut_arrow_is_a_score_of_minus_infinity(tiny, session, block, head, row, column):
    def hide(name, value):
        if name == f"blocks.{block}.attn.scores":
            value = value.copy()
            value[head, row, column] = -np.inf
        return value

    assert_close(logits_if(session, [Cut(block, head, row, column)]), whole_pass(tiny, hide))


def test_only_the_rows_and_blocks_that_can_differ_are_computed(tiny, session):
    computed = []

    class Counted:
        def __getattr__(self, name):
            return getattr(original, name)

        def block(self, x, *arguments):
            computed.append(len(x))
            return original.block(x, *arguments)

    original, session.program = session.program, Counted()
    logits_if(session, [Cut(1, 0, 22, 3)])
    assert computed == [1, 1], "of the last token alone, from its block on"
    computed.clear()
    logits_if(session, [Cut(2, 0, 20, 3), Cut(1, 0, 21, 3)])
    assert computed == [3, 3]


@pytest.mark.parametrize("block", range(3))
def test_a_head_an_mlp_a_block_off_is_a_model_without_their_weights(tiny, session, block):
    d = tiny.config.d_head

    def no_head(flat):
        flat[f"h.{block}.attn.c_proj.weight"][:, 2 * d : 3 * d] = 0

    def no_mlp(flat):
        flat[f"h.{block}.mlp.c_proj.weight"][:] = 0
        flat[f"h.{block}.mlp.c_proj.bias"][:] = 0

    def no_block(flat):
        no_mlp(flat)
        flat[f"h.{block}.attn.c_proj.weight"][:] = 0
        flat[f"h.{block}.attn.c_proj.bias"][:] = 0

    assert_close(logits_if(session, [Off("head", block, 2)]), lacking(tiny, no_head))
    assert_close(logits_if(session, [Off("mlp", block)]), lacking(tiny, no_mlp))
    assert_close(logits_if(session, [Off("block", block)]), lacking(tiny, no_block))


def test_the_positions_off_is_a_model_without_them_and_several_changes_go_together(tiny, session):
    def none(flat):
        flat["wpe.weight"][:] = 0

    assert_close(logits_if(session, [Off("position")]), lacking(tiny, none))

    def several(flat):
        none(flat)
        flat["h.1.mlp.c_proj.weight"][:] = 0
        flat["h.1.mlp.c_proj.bias"][:] = 0
        flat["h.2.attn.c_proj.weight"][:, : tiny.config.d_head] = 0

    changes = [Off("position"), Off("mlp", 1), Off("head", 2, 0)]
    assert_close(logits_if(session, changes), lacking(tiny, several))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (Off("head", 1, 3, mean=True), "blocks.1.attn.z"),
        (Off("mlp", 0, mean=True), "blocks.0.mlp_out"),
        (Off("position", mean=True), "pos_embed"),
    ],
    ids=["head", "mlp", "position"],
)
def test_a_part_gives_every_token_its_mean(tiny, session, change, name):
    def even(found, value):
        if found == name:
            value = value.copy()
            place = (slice(None), 3) if change.part == "head" else slice(None)
            value[place] = value[place].mean(axis=0, keepdims=True)
        return value

    assert_close(logits_if(session, [change]), whole_pass(tiny, even))


def test_after_an_earlier_token_it_is_as_if_the_text_ended_there(tiny, session):
    shorter = Session(tiny.weights, tiny.config)
    shorter.run(IDS[:10])
    for changes in ([Cut(1, 2, 9, 3)], [Off("mlp", 1), Cut(0, 1, 5, 2)], [Off("position")]):
        assert_close(logits_if(session, changes, after=9), logits_if(shorter, changes))
    assert_close(logits_if(session, [Cut(0, 0, 15, 3)], after=9), shorter.final.logits[0])


def test_every_arrow_head_and_mlp_there_is(session):
    config = session.config
    blocks, heads = config.n_layer, config.n_head
    for kind, count in (("arrows", blocks * heads * 23), ("heads", blocks * heads), ("mlps", blocks)):
        assert len(set(parts(session, kind, 22))) == count


@pytest.mark.parametrize("token", (0, 41, 96))
@pytest.mark.parametrize("after", (0, 14, 22))
def test_the_parts_of_a_logit_sum_to_it(tiny, session, token, after):
    *_, logits = gpt2(IDS[: after + 1], tiny.weights, tiny.config)
    terms = logit_parts(session, token, after)
    assert sum(part.value for part in terms) == pytest.approx(logits[0, token], abs=1e-4)
    kinds = [part.part for part in terms]
    assert kinds.count("head") == 12 and kinds.count("mlp") == 3 and kinds.count("bias") == 4


def test_a_part_of_a_logit_is_what_its_term_of_the_stream_gives(tiny, session):
    """Taken from the stream before the last LayerNorm, whose mean and scale stay, the logit falls by just that."""
    x = session.stream(3)[-1].astype(np.float64)
    b, w = session.block(1), tiny.flat
    term = b.z[-1, 2].astype(np.float64) @ w["h.1.attn.c_proj.weight"][:, 16:24].T.astype(np.float64)
    scale = np.sqrt(x.var() + tiny.config.layer_norm_epsilon)

    def logit(stream):
        return ((stream - stream.mean()) / scale * w["ln_f.weight"] + w["ln_f.bias"]) @ w["wte.weight"][5]

    part = next(part for part in logit_parts(session, 5, 22) if (part.part, part.block, part.head) == ("head", 1, 2))
    assert part.value == pytest.approx(logit(x) - logit(x - term), abs=1e-4)
