"""What is said at the pointer, and where the tooltip stands."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from build.site.languages import every_text
from page.figure import flow
from page.reading import marks
from page.reading.tooltip import APART, EDGE, beside
from page.text.words import Words
from tests.browser.reading import close
from tests.unit.page.answers import answers
from tests.unit.page.drawings import Shown, drawings

ENGLISH = Words("en", every_text)
WINDOW = (390, 640)


@given(
    st.tuples(st.floats(0, 380), st.floats(0, 630), st.floats(1, 390), st.floats(1, 300)),
    st.tuples(st.floats(40, 360), st.floats(30, 250)),
    st.booleans(),
)
def test_the_tooltip_is_in_the_window_and_beside_what_it_speaks_of_wherever_there_is_room(box, size, on_its_line):
    left, top, width, height = box
    x, y = beside(box, size, WINDOW, on_its_line)
    for at, long, room in ((x, size[0], WINDOW[0]), (y, size[1], WINDOW[1])):
        assert at >= EDGE and at + long <= room - EDGE + 1e-6
    free = max(left, WINDOW[0] - left - width) - size[0], max(top, WINDOW[1] - top - height) - size[1]
    if max(free) >= APART + EDGE:
        apart = x >= left + width or x + size[0] <= left or y >= top + height or y + size[1] <= top
        assert apart, (x, y)


def test_what_is_taken_in_sums_to_all_and_what_is_lost_is_said():
    for answer in answers()["short"]:
        view = answer["view"]
        parts = []
        for row, length in enumerate(view["contributions"]):
            said = unescape(re.sub("<.*?>", "", marks.told("value", row, Shown(answer), ENGLISH)))
            shown, part = re.search(r"has length (\S+): (\S+\s%)", said).groups()
            assert close(shown, length) and close(part, 100 * length / view["total"])
            parts.append(float(part.split()[0]))
            lost = re.search(r"are (\S+\s%) shorter", said)
            assert (lost is None) == (len(view["contributions"]) == 1)
            assert lost is None or close(lost[1], 100 * view["cancelled"])
        assert abs(sum(parts) - 100) < 0.1


def test_whatever_speaks_has_something_to_say():
    drawn = drawings(answers(), ENGLISH)
    rows = [(300.0, 30.0 * i, 200.0, 28.0) for i in range(3)]
    every = "".join(drawn.values()) + flow.fan((10.0, 50.0, 90.0, 200.0), rows, (0.5, 0.3, 0.2), 0)
    assert set(re.findall('data-tells="(.*?)"', every)) == set(marks.TOLD)
