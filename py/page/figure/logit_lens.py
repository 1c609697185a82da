"""The answer forming: what the model would say if it stopped after each block; also the block selector."""

from page.text.markup import escape, quoted, visible
from page.text.numbers import nearest_percent, percent


def rail(depths, block, words):
    """One stop a depth: the start, which is no block, then a button for each block. None stands for a depth to come."""
    stops = []
    for depth in range(len(depths)):
        if depths[depth] is None:
            stops.append(waiting(depth, block, words))
            continue
        best = depths[depth]["best"][0]
        answer = guess(best)
        if depth == 0:
            stops.append(
                '<li class="stop start"><span class="stop-name">{}</span>{}</li>'.format(
                    words.say("logit_lens.start"), answer
                )
            )
            continue
        label = words.say(
            "logit_lens.name", block=depth, token=quoted(best["shown"]), share=percent(best["probability"])
        )
        stops.append(
            '<li><button type="button" class="stop" translate="no" data-block="{}" aria-pressed="{}" title="{}">'
            '<img alt="" src="{}"><span class="stop-name" translate="yes">{}</span>{}{}</button></li>'.format(
                depth - 1,
                "true" if depth - 1 == block else "false",
                escape(label),
                depths[depth]["picture"],
                words.say("all_heads.block", number=depth),
                answer,
                after_attention(depths[depth]["mid"], words),
            )
        )
    return "".join(stops)


def waiting(depth, block, words):
    """The same stop, with room for what it will say."""
    room = '<span class="guess">…</span>' + bar(0) + '<span class="guess-probability">…</span>'
    if depth == 0:
        return '<li class="stop start waiting"><span class="stop-name">{}</span>{}</li>'.format(
            words.say("logit_lens.start"), room
        )
    return (
        '<li><button type="button" class="stop waiting" data-block="{}" aria-pressed="{}"><i class="picture"></i>'
        '<span class="stop-name">{}</span>{}<span class="after-attention">…</span></button></li>'
    ).format(depth - 1, "true" if depth - 1 == block else "false", words.say("all_heads.block", number=depth), room)


def after_attention(one, words):
    """What it would say half way through the block."""
    said = words.html("logit_lens.mid", token=visible(one["shown"]), share=escape(nearest_percent(one["probability"])))
    return '<span class="after-attention" translate="yes">' + said + "</span>"


def guess(one):
    """One prediction: token, bar and probability."""
    return '<span class="guess">{}</span>{}<span class="guess-probability">{}</span>'.format(
        visible(one["shown"]), bar(one["probability"]), percent(one["probability"])
    )


def bar(probability):
    return (
        '<svg class="share" aria-hidden="true"><rect class="whole" width="100%" height="100%" rx="2.5"/>'
        '<rect class="part" width="{:.2f}%" height="100%" rx="2.5"/></svg>'.format(100 * probability)
    )
