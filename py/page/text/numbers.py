"""Numbers as text: short, and never rounded into something untrue."""

SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹"
PERCENT = "\u00a0%"  # no line breaks before the sign


def percent(share):
    """A share of 1 as a percentage with two or three meaningful digits, however small: 0.294 -> "29.4 %"."""
    value = 100 * share
    if value == 0:
        return "0" + PERCENT
    if value >= 99.95:
        return "100" + PERCENT if value >= 99.9999995 else _below_hundred(100 - value)
    if value >= 9.995:
        return "{:.1f}".format(value) + PERCENT
    if value >= 0.995:
        return "{:.2f}".format(value) + PERCENT
    decimals = 2
    while value < 0.995 * 10 ** (1 - decimals) and decimals < 7:
        decimals += 1
    if value >= 0.995 * 10 ** (1 - decimals):
        return "{:.{}f}".format(value, decimals) + PERCENT
    return _power_of_ten(value) + PERCENT


def _below_hundred(rest):
    """99.97 rather than 100.0: enough digits to show that something is left for the others."""
    decimals = 1
    while rest < 0.5 * 10**-decimals:
        decimals += 1
    return "{:.{}f}".format(100 - rest, decimals) + PERCENT


def _power_of_ten(value):
    exponent = 0
    while value < 0.995:
        value *= 10
        exponent += 1
    digits = "".join([SUPERSCRIPT[int(d)] for d in str(exponent)])
    return "{:.1f} × 10⁻{}".format(value, digits)


def signed(value):
    """A number with three meaningful digits and a true minus sign: -0.1234 -> "−0.123"; very small ones as a power."""
    size = abs(value)
    sign = "−" if value < 0 else ""
    if size == 0:
        return "0"
    if size >= 99.95:
        return sign + "{:.0f}".format(size)
    if size < 0.000995:
        return sign + _power_of_ten(size)
    decimals = 1
    while size < 0.9995 * 10 ** (2 - decimals) and decimals < 6:
        decimals += 1
    return sign + "{:.{}f}".format(size, decimals)


def change(value):
    """The same for what has been added: with a plus sign where it is above 0."""
    return ("+" if value > 0 else "") + signed(value)


def brief(value, largest):
    """A number for a cell with little room, beside others up to `largest` in size: three digits at most."""
    decimals = 0 if largest >= 99.5 else 1 if largest >= 9.95 else 2
    text = "{:.{}f}".format(abs(value), decimals)
    return ("−" if value < 0 and float(text) else "") + text


def short(temperature):
    """Two decimals, a third only where it is needed: 0.8 -> "0.80", 2.075 -> "2.075"."""
    text = "{:.3f}".format(temperature)
    return text[:-1] if text.endswith("0") else text


def whole_percent(share):
    """A share for a place with room for two digits: 0.294 -> "29", 0.004 -> "<1", 0 -> "0"."""
    value = 100 * share
    return "<1" if 0 < value <= 0.5 else "{:.0f}".format(value)


def nearest_percent(share):
    """A share as a whole percentage, for a sentence: 0.294 -> "29 %"; what would be none or all is "<1 %", ">99 %"."""
    if 0.995 <= share < 1:
        return ">99" + PERCENT
    return whole_percent(share) + PERCENT


def round_percent(share):
    """A share that is a whole percentage, such as the end of an axis or a setting: 0.5 -> "50 %"."""
    return "{:.0f}".format(100 * share) + PERCENT


def whole_points(change):
    """A change of a share in percentage points, for a place with little room: "−19"; "0" for less than half of one."""
    text = "{:.0f}".format(abs(100 * change))
    return text if text == "0" else ("−" if change < 0 else "+") + text


def megabytes(count):
    """Bytes as a number of megabytes (10^6): "7.3", or "124" from ten up."""
    value = count / 1e6
    return "{:.1f}".format(value) if value < 9.95 else "{:.0f}".format(value)


def grouped(count):
    """A whole number with thin spaces between thousands: 8180 -> "8 180"."""
    digits = str(count)
    groups = []
    while digits:
        groups.insert(0, digits[-3:])
        digits = digits[:-3]
    return "\u202f".join(groups)


def sizes(shape):
    """The shape of an array, as HTML: in every language it is read from left to right."""
    return '<bdi dir="ltr">{}</bdi>'.format(" × ".join([grouped(size) for size in shape]))


def bar_end(largest):
    """The round share at which bars end: the smallest of 1, 2, 5, 10, 20, 50 and 100 % that holds `largest`."""
    for end in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5):
        if largest <= end:
            return end
    return 1.0
