"""The contents of the flow's columns: plain strings, so that the prepared page is made of them too."""

from page.figure import heatmap, matrix, prompt_tokens


def columns(answer, words):
    """By the id of its element, every column for one answer of the worker."""
    view = answer["view"]

    def column(*names):
        return "".join([heatmap.labelled(name, view, words) for name in names])

    return {
        "tokens": prompt_tokens.column(answer, view["first"], view["row"], words),
        "tokens-2": prompt_tokens.names(answer, view["first"]),
        "tokens-3": prompt_tokens.names(answer, view["first"]),
        "embedding": column("token") + '<span class="sign" aria-hidden="true">+</span>' + column("position"),
        "pre": column("resid_pre"),
        "qkv": column("q", "k", "v"),
        "pattern": matrix.matrix("pattern", view["count"], view["pattern"], words.say("matrix.label")),
        "z": column("z"),
        "att": column("attn_out", "resid_mid"),
        "mlp": column("mlp_post"),
        "post": column("resid_post"),
        "before": "" if view["block"] else '<span class="sign" aria-hidden="true">=</span>',
        "before-count": folded(view["block"], words),
        "after-count": folded(view["n_layer"] - view["block"] - 1, words),
    }


def folded(count, words):
    if count == 0:
        return ""
    return words.say("folded.one") if count == 1 else words.say("folded", count=count)
