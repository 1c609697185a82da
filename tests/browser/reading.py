"""Reading numbers back from the page: what a text says, and how exact it claims to be; and going to them."""

import re

POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
NUMBER = r"(−?)(\d+(?:\.\d+)?)(?: × 10⁻([⁰¹²³⁴⁵⁶⁷⁸⁹]+))?"


def number(text: str) -> tuple[float, float]:
    """A shown number or percentage, and half a unit of its last digit."""
    sign, digits, power = re.fullmatch(rf"{NUMBER}(?:\u00a0%)?", text.replace("\u202f", "")).groups()
    scale = 10.0 ** -int(power.translate(POWERS) if power else 0)
    decimals = len(digits.partition(".")[2])
    return (-1 if sign else 1) * float(digits) * scale, 0.5 * 10**-decimals * scale


def numbers(text: str) -> list[tuple[float, float]]:
    """All numbers of a sentence."""
    return [number("".join(match.group(0))) for match in re.finditer(NUMBER, text)]


def close(shown: str, exact: float, slack: float = 1e-4) -> bool:
    """Whether the page's text is `exact` to its last digit; `slack`, relative and absolute, is float32's own noise."""
    value, half = number(shown)
    return abs(value - exact) <= half * 1.001 + slack * max(1.0, abs(exact))


def follow(one, link):
    one.page.evaluate("link => { location.hash = link }", "#" + link)


def click_in(one, selector, across=0.5, down=0.5):
    """Click at these shares of an element's width and height; where that was."""
    box = one.page.locator(selector).first.bounding_box()
    at = box["x"] + across * box["width"], box["y"] + down * box["height"]
    one.page.mouse.click(*at)
    return at
