"""What cutting parts one by one has shown, as the panel keeps it: which matter, and in which order they are listed.

`measured` is the worker's answer to `effects` with what it is of: {"kind": "arrows" or "parts", "row", "token",
"logit", "probability", "temperature", "cuts", "effects"}, see model/explain/answers.py; no effects while none are
measured yet; "cuts" is whether the reader has cut something besides.
"""

CELLS = 16  # of a head's strip, at most
LEAST = 0.01  # of probability: a change by less is not much
LITTLE = 0.005  # and by less than this, almost none
LARGE, SMALL = 0.5, 0.2  # shares of a row's attention
ORDERS = ("share", "effect", "logit", "bits", "direct")  # what the list can be sorted by
YARDSTICKS = ("effect", "logit")  # which of them tell how much a part matters


def yardstick(measured):
    """One of YARDSTICKS: at temperature 0 a probability is all or nothing, and tells apart hardly any."""
    return YARDSTICKS[0 if measured["temperature"] else 1]


def value(effect, measured, name):
    """One of ORDERS: of "effect" and "logit" the change, negative where the part is needed."""
    if name == "effect":
        return effect["probability"] - measured["probability"]
    if name == "logit":
        return effect["logit"] - measured["logit"]
    return effect[name]


def size(effect, measured):
    """How much a part matters, whether it helps or hinders."""
    return abs(value(effect, measured, yardstick(measured)))


def largest(measured):
    """The size of the strongest of all effects, which has the full colour and the longest bar; 0 before there are
    any."""
    return max([size(effect, measured) for effect in measured["effects"]] + [0])


def strongest(effects, measured):
    """Of some effects, not none, the one that matters most."""
    return max(effects, key=lambda effect: size(effect, measured))


def by_place(effects):
    """{(block, head): its effects}; the head of an MLP is None."""
    places = {}
    for effect in effects:
        places.setdefault((effect["block"], effect["head"]), []).append(effect)
    return places


def in_cells(effects, measured):
    """One effect for each cell of a strip: where a text has more tokens than CELLS, the strongest of neighbours."""
    if len(effects) <= CELLS:
        return effects
    ends = [len(effects) * i // CELLS for i in range(CELLS + 1)]
    return [strongest(effects[ends[i] : ends[i + 1]], measured) for i in range(CELLS)]


def ordered(measured, name, falling):
    """The numbers of the effects, by the size of one of ORDERS: what is most in the way comes first with what is
    needed most."""
    effects = measured["effects"]
    return sorted(range(len(effects)), key=lambda i: abs(value(effects[i], measured, name)), reverse=falling)


def loud(measured):
    """The arrow with the largest share, LARGE or more, among those whose cutting changes almost nothing; or None."""
    found = [one for one in measured["effects"] if one["share"] >= LARGE and size(one, measured) < LITTLE]
    return max(found, key=lambda effect: effect["share"]) if found else None


def quiet(measured):
    """The arrow whose cutting changes most, LEAST or more, among those with a small share; or None."""
    found = [one for one in measured["effects"] if one["share"] < SMALL and size(one, measured) >= LEAST]
    return strongest(found, measured) if found else None
