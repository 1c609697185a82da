"""The shape of the distribution, before and after the settings: probabilities by rank, both on logarithmic axes."""

import math

from page.text.numbers import grouped, percent

WIDTH, HEIGHT = 300, 80  # units of the drawing, which is stretched to its column; a unit of height is a pixel
LEAST = 1e-6  # the lowest probability drawn


def curves(following, words):
    """The model's own, as sampled, and the pinned one if any; where a rule cuts, a line falls to the ground."""
    found = following["curve"]
    ranks, last = found["ranks"], math.log(max(found["ranks"][-1], 2))
    pieces, names = [], []
    for power in (0, -2, -4, -6):
        y = height_of(10.0**power)
        pieces.append('<path class="grid" d="M0 {0:.1f}H{1}"/>'.format(y, WIDTH))
        if power > -6:  # the ground has no room for a name
            names.append('<text x="100%" y="{:.1f}" text-anchor="end">{}</text>'.format(y + 12, percent(10.0**power)))
    lines = [("model", ranks, found["model"]), ("sampled", ranks, found["sampled"])]
    if "pinned" in following:
        lines.append(("pinned", following["pinned"]["ranks"], following["pinned"]["sampled"]))
    for kind, places, probabilities in lines:
        points = [
            "{:.1f},{:.1f}".format(WIDTH * min(1, math.log(rank) / last), height_of(probability))
            for rank, probability in zip(places, probabilities)
        ]
        pieces.append('<polyline class="{}" points="{}"/>'.format(kind, " ".join(points)))
    return (
        '<svg class="curve" height="{1}" role="img" aria-label="{2}">'
        '<svg viewBox="0 0 {0} {1}" preserveAspectRatio="none">{3}</svg>{4}</svg>'
    ).format(WIDTH, HEIGHT, words.say("curve.label"), "".join(pieces), "".join(names))


def height_of(probability):
    """From the top: certainty 0, LEAST and everything below it the ground."""
    return HEIGHT * min(1.0, math.log(max(probability, LEAST)) / math.log(LEAST))


def curve_sentence(following, words):
    """Entropy in bits and how many tokens can still be drawn."""
    entropy = following["entropy"]
    return words.say(
        "curve.sentence",
        model="{:.2f}".format(entropy["model"]),
        sampled="{:.2f}".format(entropy["sampled"]),
        kept=grouped(following["kept"]),
        size=grouped(len(following["candidates"]) + following["outside"]["count"]),
    )
