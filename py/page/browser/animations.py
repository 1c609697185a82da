"""What moves: animations of the style sheets and of the page's own, and how far they have come."""

from page.browser.dom import document, window


def moves():
    """Whether the reader's system lets things move at all."""
    return not window.matchMedia("(prefers-reduced-motion: reduce)").matches


def animate(element, frames, milliseconds):
    """Let the browser run keyframes, given as JSON; the answer's `finished` can be waited for."""
    options = '{{"duration": {}, "easing": "ease-in-out"}}'.format(milliseconds)
    return element.animate(window.JSON.parse(frames), window.JSON.parse(options))


def time_of(element):
    """How far the element's own animation has come, in milliseconds; 0 before it has begun, or where there is none."""
    found = element.getAnimations()
    return (found[0].currentTime or 0) if found.length else 0


def set_time(prefix, milliseconds):
    """Put every animation whose name in the style sheets begins so at this time after its start, delays included."""
    found = document.getAnimations()
    for i in range(found.length):
        if (getattr(found[i], "animationName", None) or "").startswith(prefix):
            found[i].currentTime = milliseconds


def duration(element, name):
    """Milliseconds that the style sheets give the element as a custom property, such as "--at-row: 900ms"."""
    return float(window.getComputedStyle(element).getPropertyValue(name).strip().replace("ms", ""))
