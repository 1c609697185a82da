"""One attention score worked out: its query and key, their products, the running sum, and what follows from it."""

from page.panels.player import controls
from page.text.markup import escape, quoted, quoted_html
from page.text.numbers import percent, signed

WIDTH, LEFT, STEP_HEIGHT = 640, 96, 26  # units of the drawing: the whole, the names before the lines, query and key


def worked_out(score, asking, answering, words):
    """One score from its query and key: the two vectors, their products, the running sum, and what follows from it."""
    say = words.say
    size = score["d_head"]
    plain = {"asking": quoted(asking), "answering": quoted(answering)}
    names = {"asking": quoted_html(asking), "answering": quoted_html(answering)}
    return (
        '<div class="cell-title"><h3>{title}</h3><p class="subtitle">{who}</p></div>'
        '<div class="cell-lines"><svg viewBox="0 0 {width} 190"'
        ' class="products" translate="no" role="img" aria-label="{label}"><defs><clipPath id="reveal">'
        '<rect id="reveal-box" x="0" y="-8" width="{width}" height="198"/></clipPath></defs>{lines}</svg>'
        "{controls}</div>"
        '<div class="cell-results">{results}</div>'
    ).format(
        title=say("cell.title"),
        who=words.html("cell.who", **names),
        width=WIDTH,
        label=escape(say("cell.picture", size=size, **plain)),
        lines=lines(score, names, words),
        controls=controls(size, words),
        results=results(score, names, words),
    )


def lines(score, names, words):
    """Query, key, their products as bars and the running sum as a curve, each `d_head` long, top to bottom."""
    step = (WIDTH - LEFT) / score["d_head"]
    pieces = []
    for y, kind in ((0, "q"), (34, "k")):
        largest = max([abs(x) for x in score[kind]]) or 1
        pieces.append(label(y + 17, kind, words))
        for i, x in enumerate(score[kind]):
            pieces.append(
                '<rect class="{}" x="{:.2f}" y="{}" width="{:.2f}" height="{}" fill-opacity="{:.2f}"/>'.format(
                    "more" if x > 0 else "less", LEFT + i * step, y, step * 0.86, STEP_HEIGHT, abs(x) / largest
                )
            )
        pieces.append(
            '<rect class="frame {}" x="{}" y="{}" width="{:.1f}" height="{}" rx="3"/>'.format(
                kind, LEFT - 1, y - 1, WIDTH - LEFT + 1, STEP_HEIGHT + 2
            )
        )
    largest = max([abs(x) for x in score["products"]]) or 1
    pieces.append(label(95, "products", words) + '<g clip-path="url(#reveal)">')
    for i, x in enumerate(score["products"]):
        high = 20 * abs(x) / largest
        pieces.append(
            '<rect class="{}" x="{:.2f}" y="{:.1f}" width="{:.2f}" height="{:.1f}"/>'.format(
                "more" if x > 0 else "less", LEFT + i * step, 92 - high if x > 0 else 92, step * 0.86, high
            )
        )
    low, high = min(score["sums"] + [0]), max(score["sums"] + [0])
    reach = (high - low) or 1
    points = ["{:.1f},{:.1f}".format(LEFT, 182 - 52 * (0 - low) / reach)]
    for i, x in enumerate(score["sums"]):
        points.append("{:.1f},{:.1f}".format(LEFT + (i + 1) * step, 182 - 52 * (x - low) / reach))
    zero = 182 - 52 * (0 - low) / reach
    return (
        "".join(pieces)
        + '<polyline class="running" points="{}"/></g>'.format(" ".join(points))
        + '<path class="zero" d="M{0} {1:.1f}H{2}"/><path class="zero" d="M{0} 92H{2}"/>'.format(LEFT, zero, WIDTH)
        + label(158, "sums", words)
        + '<path id="step-mark" class="step-mark" d=""/>'
    )


def label(y, kind, words):
    return '<text class="line-name {}" x="{}" y="{}" text-anchor="end">{}</text>'.format(
        kind, LEFT - 8, y, escape(words.say("cell." + kind))
    )


def mark_at(step, size):
    """(width of the revealed part, outline of the step's column); nothing is marked before the first step."""
    one = (WIDTH - LEFT) / size
    mark = "M{:.1f} -3h{:.1f}v120h-{:.1f}z".format(LEFT + (step - 1) * one - 0.5, one, one) if step else ""
    return LEFT + step * one, mark


def step_text(step, score, words):
    """What the step under way does, in numbers."""
    if step == 0:
        return words.say("player.start")
    return words.say(
        "player.step",
        step=step,
        size=score["d_head"],
        q=signed(score["q"][step - 1]),
        k=signed(score["k"][step - 1]),
        product=signed(score["products"][step - 1]),
        sum=signed(score["sums"][step - 1]),
    )


def results(score, names, words):
    """The numbers after the sum: scaled, exponential, share; and a sentence."""
    say = words.say
    size = score["d_head"]
    boxes = [box(say("cell.sum", size=size), signed(score["score"]), "")]
    if score["scaled"] is None:
        boxes.append(box(say("cell.hidden"), "−∞", ""))
        boxes.append(box(say("cell.share"), percent(0), "strong"))
        sentence = words.html("cell.hidden.so", **names)
    else:
        boxes.append(box(say("cell.scale", size=size, root=root(size)), signed(score["scaled"]), ""))
        boxes.append(
            box(
                say("cell.weight", scaled=signed(score["scaled"]), largest=signed(score["largest"])),
                signed(score["weight"]),
                "",
            )
        )
        boxes.append(box(say("cell.divide", total=signed(score["total"])), percent(score["share"]), "strong"))
        sentence = words.html("cell.so", share=percent(score["share"]), **names)
    return "".join(boxes) + '<p class="so">' + sentence + "</p>"


def box(what, value, kind):
    return '<p class="result {}"><span dir="auto">{}</span><b translate="no">{}</b></p>'.format(
        kind, escape(what), value
    )


def root(size):
    """The square root as text, whole where it is whole: 64 -> "8"."""
    value = size**0.5
    return str(int(value)) if value == int(value) else "{:.2f}".format(value)
