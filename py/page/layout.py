"""How high a token's row is: a few sizes, which style/flow.css names, so that the prepared page needs no measuring."""

# Up to so many tokens, name, pixels.
SIZES = ((3, "few", 64), (7, "tall", 43), (10, "high", 34), (14, "middle", 26), (20, "low", 20))
LEAST = ("least", 17)


def row_size(count):
    """The size's name in style/flow.css and its height in pixels, for a text of `count` tokens."""
    for most, name, pixels in SIZES:
        if count <= most:
            return name, pixels
    return LEAST
