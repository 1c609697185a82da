"""Questions for the prompt, one click away; each has a sentence, "ask.example.NAME"."""

EXAMPLES = (  # from the familiar to the surprising
    ("likeliest", "[(vocabulary[i], float(probabilities[i])) for i in (-probabilities).argsort()[:5]]"),
    ("names", "list(trace)"),
    ("pattern", 'trace["blocks.0.attn.pattern"][0]'),
    ("sum", 'trace["blocks.0.attn.pattern"][0].sum(axis=-1)'),
    (
        "longest",
        'lengths = np.linalg.norm(trace["blocks.0.attn.v"][:, 0], axis=-1)\ntokens[lengths.argmax()], lengths',
    ),
    ("neuron", 'active = trace["blocks.0.mlp.post"][-1] > 1\nnp.flatnonzero(active)'),
    ("stream", 'np.linalg.norm(trace["blocks.0.resid_pre"], axis=-1)'),
    (
        "adds",
        'before = trace["blocks.0.resid_pre"]\nafter = trace["blocks.0.resid_mid"]\n'
        'np.abs(after - before - trace["blocks.0.attn_out"]).max()',
    ),
    ("alike", 'a, b = trace["embed"][0], trace["embed"][-1]\na @ b / np.linalg.norm(a) / np.linalg.norm(b)'),
    ("again", "*_, once_more = gpt2(ids, weights, config)\nnp.abs(once_more[0] - logits).max()"),
)
