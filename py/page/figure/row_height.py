"""How high a token's row is: a few sizes, which style/flow.css measures, so that the prepared page needs no script."""

SIZES = ((3, "few"), (7, "tall"), (10, "high"), (14, "middle"), (20, "low"))  # up to so many tokens, name
LEAST = "least"


def row_size(count):
    """The size's name for a text of `count` tokens."""
    for most, name in SIZES:
        if count <= most:
            return name
    return LEAST
