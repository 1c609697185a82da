"""From the text to the residual stream."""

from page.lessons.tour.step import Step
from page.text.markup import escape
from page.text.numbers import grouped, signed


class Start(Step):
    """Radford et al., "Language Models are Unsupervised Multitask Learners" (2019), section 2: a text's probability is
    the product of its tokens', each given those before."""

    name = "start"
    light = ".next-column"


class Tokens(Step):
    """Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units" (2016), section 3.2."""

    name = "tokens"
    light = "#tokens"
    answers, right = 3, 2

    def values(self, page, asked):
        answer = page.figure.answer
        return {"id": grouped(answer["tokens"][answer["view"]["row"]]["id"])}


class Merges(Step):
    """The same, section 3.2; on bytes: Radford et al. (2019), section 2.2."""

    name = "merges"
    light = "#merge-words, #tokens"
    part = "merges"


class Embedding(Step):
    """Learned positions, added: Radford et al., "Improving Language Understanding by Generative Pre-Training" (2018),
    section 3.1. What they are for: Vaswani et al., "Attention Is All You Need" (2017), section 3.5; that the mask tells
    something of the order too: Haviv et al., "Transformer Language Models without Positional Encodings Still Learn
    Positional Information" (2022)."""

    name = "embedding"
    light = "#embedding, .title-embedding"
    answers, right = 2, 2


class Lengths(Step):
    """A step that tells how long the stream of the chosen token is in this block, and what is added to it."""

    def values(self, page, asked):
        norms = page.figure.view["norms"]
        names = (("before", "resid_pre"), ("attention", "attn_out"), ("mlp", "mlp_out"), ("after", "resid_post"))
        return {name: escape(signed(norms[array])) for name, array in names}


class Stream(Lengths):
    """Elhage et al., "A Mathematical Framework for Transformer Circuits" (2021), on the residual stream; each part
    adds: He et al., "Deep Residual Learning for Image Recognition" (2016)."""

    name = "stream"
    light = "#rail, .rail-name"


class LayerNorm(Lengths):
    """Ba et al., "Layer Normalization" (2016), section 3; before each part: Radford et al. (2019), section 2.3."""

    name = "layernorm"
    light = ".mark-ln1, .mark-ln2, .mark-lnf"


STEPS = [Start(), Tokens(), Merges(), Embedding(), Stream(), LayerNorm()]
