"""The luck of a draw, repeatable: from a seed and the number of the draw to one u in [0, 1).

SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014, figure 17): any two draws of
any two seeds look unrelated, and nothing needs to be kept between them.
"""

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio
MOST = 1_000_000  # seeds lie below
FIRST = 0.5  # where the needle stands in what is prepared when the site is built


def first_seed(luck):
    """A seed, by `luck` in [0, 1), whose first draw is FIRST to three decimals: the needle stays when the model comes.

    One in a thousand is such.
    """
    seed = int(luck * MOST)
    while not FIRST <= uniform(seed, 0) < FIRST + 0.001:
        seed = (seed + 1) % MOST
    return seed


def uniform(seed, number):
    """u for the draw `number`, counted from 0."""
    z = (mixed(seed & MASK) + (number + 1) * GOLDEN) & MASK
    return (mixed(z) >> 11) / (1 << 53)


def mixed(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)
