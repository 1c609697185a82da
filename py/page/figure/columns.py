"""The contents of the flow's columns: plain strings, so that the prepared page is made of them too."""

from page.figure import heatmap, matrix, prompt_tokens
from page.figure.vessels.bars import bars, of_head
from page.text.numbers import grouped


def columns(answer, words):
    """By the id of its element, every column for one answer of the worker."""
    view = answer["view"]
    first, known = view["first"], bars(view)
    told = view["row"] - first
    pattern = view["beside"]["pattern"] if "beside" in view else view["pattern"]

    def bar(name):
        if not known:
            return None
        return of_head(known[name], view) if name == "z" else known[name]  # one head's output, among all heads'

    def column(*names):
        return "".join([heatmap.labelled(name, view, words, bar(name), told) for name in names])

    def embedding():
        if known:
            return column("embedded")
        return column("token") + '<span class="sign" aria-hidden="true">+</span>' + column("position")

    return {
        "tokens": prompt_tokens.column(answer, view["first"], view["row"], words),
        "tokens-2": prompt_tokens.names(answer, view["first"]),
        "tokens-3": prompt_tokens.names(answer, view["first"]),
        "embedding": embedding(),
        "pre": column("resid_pre"),
        "qkv": column("q", "k", "v"),
        "pattern": matrix.matrix("pattern", view["count"], pattern, words.say("matrix.label"), bool(known)),
        "z": column("z"),
        "att": column("attn_out", "resid_mid"),
        "mlp": column("mlp_post"),
        "post": column("resid_post"),
        "before": "" if view["block"] or known else '<span class="sign" aria-hidden="true">=</span>',
        "legend-heights": words.say("legend.heights", size=grouped(view["n_embd"]), inner=grouped(view["d_mlp"])),
        "before-count": folded(view["block"], words),
        "after-count": folded(view["n_layer"] - view["block"] - 1, words),
    }


def folded(count, words):
    if count == 0:
        return ""
    return words.say("folded.one") if count == 1 else words.say("folded", count=count)
