"""GELU as a curve, with one neuron on it."""

import math

REACH = 4  # from -4 to 4 at least
WIDE, HIGH = 320, 150  # units of the drawing
POINTS = 80


def gelu(x):
    """As the model has it (Hendrycks and Gimpel, 2016, section 2)."""
    inside = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
    return 0.5 * x * (1 + math.tanh(max(-20, min(inside, 20))))


def curve(x):
    """The curve as far as `x`, which is marked."""
    reach = max(REACH, abs(x) * 1.15)

    def across(value):
        return WIDE * (value + reach) / (2 * reach)

    def down(value):
        return HIGH * (1 - (value + 0.3 * reach) / (1.35 * reach))

    points = []
    for number in range(POINTS + 1):
        at = reach * (2 * number / POINTS - 1)
        points.append("{:.1f},{:.1f}".format(across(at), down(gelu(at))))
    return (
        '<svg class="gelu" viewBox="0 0 {wide} {high}" aria-hidden="true">'
        '<path class="zero" d="M0 {zero:.1f}H{wide}M{middle} 0V{high}"/><polyline points="{points}"/>'
        '<path class="to" d="M{x:.1f} {zero:.1f}V{y:.1f}H{middle}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="5"/></svg>'
    ).format(
        wide=WIDE,
        high=HIGH,
        zero=down(0),
        middle=WIDE // 2,
        points=" ".join(points),
        x=across(x),
        y=down(gelu(x)),
    )
