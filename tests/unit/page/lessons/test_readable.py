"""What is learnt with the page is written for readers of fourteen: its English at or below grade 9."""

import re
import string

import pytest
import textstat

from build.site.languages import LESSONS, TEXT, pairs
from page.lessons.tour.chapters import STEPS
from page.text.markup import with_terms

MOST = 9  # Flesch-Kincaid grade (Kincaid et al., 1975)
FILLING = "cat"  # whatever the run puts there
FILES = sorted((TEXT / "en" / LESSONS).glob("*.json"))


def spoken(text):
    """A text as it is read, with every gap filled and terms as they are written."""
    gaps = {name: FILLING for _, name, _, _ in string.Formatter().parse(text) if name}
    return with_terms(text, lambda _, said: said).format(**gaps)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_lessons_can_be_read(path):
    """Names and labels, which are no sentences, do not count."""
    sentences = [said for _, text in pairs(path) if re.search(r"[.?!]”?$", said := spoken(text))]
    assert sentences
    grades = {one: textstat.flesch_kincaid_grade(one) for one in sentences}
    hardest = sorted(sentences, key=grades.get, reverse=True)[:5]
    assert textstat.flesch_kincaid_grade(" ".join(sentences)) <= MOST, "\n".join(hardest)


def test_a_step_of_the_tour_is_short():
    """What it tells, in each of its cases: 40 to 70 words."""
    told = re.compile(rf"tour\.({'|'.join(step.name for step in STEPS)})(\.(?!title|ask|answer|block|start)\w+)?")
    texts = {key: spoken(text) for path in FILES for key, text in pairs(path) if told.fullmatch(key)}
    assert len(texts) > len(STEPS)
    lengths = {key: len(text.split()) for key, text in texts.items()}
    assert {key: count for key, count in lengths.items() if not 40 <= count <= 70} == {}
