"""The answer forming: what the model would say if it stopped after each block; also the block selector."""

from page.text.markup import escape, quoted, visible
from page.text.numbers import nearest_percent, percent

ROOM = 9  # columns of a name


def rail(depths, block, words, covered):
    """One stop a depth: the start, which is no block, then a button for each block. None stands for a depth to come.

    Where what the model says is `covered` no title says it.
    """
    stops = []
    for depth in range(len(depths)):
        if depths[depth] is None:
            stops.append(waiting(depth, block, words))
            continue
        best = depths[depth]["best"][0]
        if depth == 0:
            stops.append(
                '<li class="stop start"><span class="stop-name">{}</span>{}</li>'.format(
                    words.say("logit_lens.start"), point("end", guess(best, nearest_percent))
                )
            )
            continue
        half = '<span class="visually-hidden">{}</span> {}'.format(
            words.say("logit_lens.mid"), guess(depths[depth]["mid"], nearest_percent)
        )
        token, share = quoted(best["shown"]), percent(best["probability"])
        label = words.say("logit_lens.name", block=depth, token=token, share=share)
        stops.append(
            '<li><button type="button" class="stop" translate="no" data-block="{}" aria-pressed="{}"{}>'
            '<img alt="" src="{}"><span class="stop-name" translate="yes">{}</span>{}{}</button></li>'.format(
                depth - 1,
                "true" if depth - 1 == block else "false",
                "" if covered else ' title="{}"'.format(escape(label)),
                depths[depth]["picture"],
                words.say("all_heads.block", number=depth),
                point("half", half),
                point("end", guess(best, nearest_percent)),
            )
        )
    return "".join(stops)


def waiting(depth, block, words):
    """The same stop, with room for what it will say."""
    room = point("end", '<span class="guess">…</span>' + bar(0) + '<span class="guess-probability">…</span>')
    if depth == 0:
        return '<li class="stop start waiting"><span class="stop-name">{}</span>{}</li>'.format(
            words.say("logit_lens.start"), room
        )
    return (
        '<li><button type="button" class="stop waiting" data-block="{}" aria-pressed="{}"><i class="picture"></i>'
        '<span class="stop-name">{}</span>{}{}</button></li>'
    ).format(
        depth - 1,
        "true" if depth - 1 == block else "false",
        words.say("all_heads.block", number=depth),
        room.replace("end", "half", 1),
        room,
    )


def point(kind, answer):
    """One of the two points of a block: "half" way, after its attention, and its "end", after its MLP."""
    return '<span class="point {}">{}</span>'.format(kind, answer)


def guess(one, written=percent):
    """One prediction: token, bar and probability, the last as `written`."""
    return '<span class="guess">{}</span>{}<span class="guess-probability">{}</span>'.format(
        visible(one["shown"], ROOM, 1), bar(one["probability"]), written(one["probability"])
    )


def bar(probability):
    return (
        '<svg class="share" aria-hidden="true"><rect class="whole" width="100%" height="100%" rx="2.5"/>'
        '<rect class="part" width="{:.2f}%" height="100%" rx="2.5"/></svg>'.format(100 * probability)
    )
