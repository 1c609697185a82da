"""The glossary's terms, in the order in which a reader meets them in the picture, and where each is seen.

Pure data: links and texts name terms by these words, for good. What the texts say of them rests on:

- Transformer, block, query, key, value, attention, score, scaling, mask, head, output projection, MLP: Vaswani et al.,
  "Attention Is All You Need", 2017, sections 3.1 to 3.3
- its form here, with LayerNorm before each part, and its context: Radford et al., "Language Models are Unsupervised
  Multitask Learners", 2019, section 2.3; embedding, learned positions, training on the next token: Radford et al.,
  "Improving Language Understanding by Generative Pre-Training", 2018, section 3.1
- token, vocabulary, byte pair encoding: Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units",
  2016, section 3.2, and of bytes Radford et al., 2019, section 2.2
- residual stream: Elhage et al., "A Mathematical Framework for Transformer Circuits", 2021; He et al., "Deep Residual
  Learning for Image Recognition", 2016
- LayerNorm: Ba et al., "Layer Normalization", 2016, section 3; GELU: Hendrycks and Gimpel, "Gaussian Error Linear
  Units", 2016, section 2
- neuron: Geva et al., "Transformer Feed-Forward Layers Are Key-Value Memories", 2021, section 2: how well a token's
  vector fits the neuron's key
- logit lens: nostalgebraist, "interpreting GPT: the logit lens", 2020
- logit, softmax, temperature: Hinton et al., "Distilling the Knowledge in a Neural Network", 2015, section 2
- top-k: Fan et al., "Hierarchical Neural Story Generation", 2018; top-p and sampling: Holtzman et al., "The Curious
  Case of Neural Text Degeneration", 2020
- entropy: Shannon, "A Mathematical Theory of Communication", 1948; of 2^bits equal choices it is the number of bits
- key and value cache: Pope et al., "Efficiently Scaling Transformer Inference", 2022
- quantisation: Dettmers et al., "LLM.int8(): 8-bit Matrix Multiplication for Transformers at Scale", 2022
- dropout, in training alone: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from
  Overfitting", 2014
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
