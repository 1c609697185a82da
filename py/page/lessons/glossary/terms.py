"""The glossary's terms, in the order in which a reader meets them in the picture, and where each is seen.

Pure data: links and texts name terms by these words, for good. What the texts say of them rests on:

- Transformer, query, key, value, scaling, mask, head, output projection: Vaswani et al., "Attention is all you need",
  2017, sections 3.1 to 3.3; dropout in training alone: Srivastava et al., 2014
- its form here, with learned positions and LayerNorm before each part: Radford et al., 2019, section 2.3
- byte pair encoding of bytes: Sennrich et al., 2016, and Radford et al., 2019, section 2.2
- residual stream: Elhage et al., "A mathematical framework for Transformer circuits", 2021
- LayerNorm: Ba et al., 2016; GELU: Hendrycks and Gimpel, 2016
- what a neuron stands for: Geva et al., "Transformer feed-forward layers are key-value memories", 2021
- logit lens: nostalgebraist, 2020; top-k: Fan et al., 2018; top-p: Holtzman et al., 2020
- entropy: Shannon, 1948; of 2^bits equal choices it is the number of bits
"""

# Where a term is seen: a part that opens, by its name; a number of the run, by its address (see `figure/addresses.py`);
# or a place in the picture, as a selector.
SEEN = (
    ("transformer", "all_heads"),
    ("token", "#tokens"),
    ("byte_pair", "merges"),
    ("vocabulary", "probabilities"),
    ("context", "#prompt"),
    ("vector", "embedding"),
    ("embedding", "embed[{row}, 0]"),
    ("position", "pos_embed[{row}, 0]"),
    ("stream", "blocks.{block}.resid_pre[{row}, 0]"),
    ("block", "#block"),
    ("layer_norm", "blocks.{block}.ln1[{row}, 0]"),
    ("query", "blocks.{block}.attn.q[{row}, {head}, 0]"),
    ("key", "blocks.{block}.attn.k[{column}, {head}, 0]"),
    ("value", "blocks.{block}.attn.v[{column}, {head}, 0]"),
    ("attention", "attention_head"),
    ("score", "blocks.{block}.attn.scores[{head}, {row}, {column}]"),
    ("scaling", "blocks.{block}.attn.scores[{head}, {row}, {column}]"),
    ("mask", "attention_head"),
    ("softmax", "blocks.{block}.attn.pattern[{head}, {row}, {column}]"),
    ("head", "#head"),
    ("projection", "blocks.{block}.attn_out[{row}, 0]"),
    ("mlp", "blocks.{block}.mlp_out[{row}, 0]"),
    ("neuron", "blocks.{block}.mlp.post[{row}, 0]"),
    ("gelu", "blocks.{block}.mlp.post[{row}, 0]"),
    ("logit", "logit_terms"),
    ("logit_lens", "logit_lens"),
    ("probability", "probabilities[{last}, {likeliest}]"),
    ("temperature", "#temperature"),
    ("top_k", "#top-k"),
    ("top_p", "#top-p"),
    ("sampling", "#draw-again"),
    ("seed", "#draw-again"),
    ("entropy", "probabilities"),
    ("cache", "run"),
    ("parameter", "run"),
    ("matrix", "blocks.{block}.attn.q[{row}, {head}, 0]"),
    ("weight", "blocks.{block}.attn.q[{row}, {head}, 0]"),
    ("bias", "blocks.{block}.attn.q[{row}, {head}, 0]"),
    ("quantisation", "models"),
    ("training", "probabilities"),
    ("dropout", "attention_head"),
)
TERMS = tuple([name for name, _ in SEEN])  # MicroPython keeps no order in a dict
PLACES = dict(SEEN)

# The tour's step that explains a term, by the term
TOUR = {
    "transformer": "start",
    "token": "tokens",
    "byte_pair": "merges",
    "vocabulary": "tokens",
    "embedding": "embedding",
    "position": "embedding",
    "vector": "embedding",
    "stream": "stream",
    "layer_norm": "layernorm",
    "query": "query",
    "key": "query",
    "value": "query",
    "score": "score",
    "scaling": "score",
    "mask": "mask",
    "attention": "look",
    "head": "heads",
    "projection": "projection",
    "mlp": "mlp",
    "neuron": "mlp",
    "gelu": "mlp",
    "block": "forming",
    "logit_lens": "forming",
    "logit": "logits",
    "softmax": "score",
    "probability": "logits",
    "temperature": "temperature",
    "top_k": "draw",
    "top_p": "draw",
    "sampling": "draw",
    "seed": "draw",
    "cache": "write",
    "training": "inside",
    "dropout": "inside",
}


def seen_at(name, view, following, last):
    """What `SEEN` says of a term, for a view of a run whose last token is `last`."""
    return PLACES[name].format(
        block=view["block"],
        head=view["head"],
        row=view["row"],
        column=max(view["most"]["row"], view["first"]),
        last=last,
        likeliest=following["candidates"][0]["id"],
    )
