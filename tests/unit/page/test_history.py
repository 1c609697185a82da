"""What is generated: the button that adds a token; going back, branching and undoing, against a plain tree of texts."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from build.site.languages import texts_of
from page.next_token.history import History
from page.next_token.needle import add_label, add_title
from page.next_token.timeline import timeline
from page.text.markup import quoted
from page.text.words import Words

WORDS = Words("en", texts_of)


class Generating(RuleBasedStateMachine):
    """The model: a list of ids that can be read now and a list of those that can still be gone forward to."""

    def __init__(self):
        super().__init__()
        self.history = History()
        self.before, self.after = [], []
        self.draws = 0

    @rule(token=st.integers(0, 9))
    def append(self, token):
        draw = self.history.draw(self.draws)
        self.history.append({"id": token, "shown": str(token), "probability": token / 9, "draw": draw})
        self.draws = draw + 1
        self.before, self.after = [*self.before, (token, draw)], []

    @rule(position=st.integers(-3, 12))
    def go(self, position):
        self.history.go(position)
        every = self.before + self.after
        position = min(max(position, 0), len(every))
        self.before, self.after = every[:position], every[position:]
        self.draws = self.history.draw(self.draws)

    @rule()
    def undo(self):
        self.history.go(self.history.position - 1)
        drawn = self.history.draw(self.draws)
        self.history.cut()
        if self.before:
            assert drawn == self.before[-1][1], "the needle stands where it stood when that token was drawn"
            self.draws = drawn
            self.before, self.after = self.before[:-1], []
        elif self.after:
            self.draws, self.after = drawn, []

    @rule()
    def clear(self):
        self.history.clear()
        self.before, self.after = [], []

    @invariant()
    def reads_what_stands_before_the_position(self):
        assert self.history.ids == [token for token, _ in self.before]
        assert [(s["id"], s["draw"]) for s in self.history.steps] == self.before + self.after

    @invariant()
    def the_timeline_shows_every_step_and_where_the_reader_is(self):
        html = timeline(self.history, WORDS)
        steps = len(self.history.steps)
        assert html.count("data-step-number=") == (steps + 1 if steps else 0)
        assert html.count('class="step now"') == (1 if steps else 0)
        assert html.count('class="step later"') == (len(self.after) if steps else 0)


TestGenerating = Generating.TestCase
TestGenerating.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


# The button that adds the drawn token


@pytest.mark.parametrize(
    ("shown", "on_the_button"),
    [
        (" she", "she"),
        ("she", "she"),
        ("   ", "␣␣␣"),
        ("↵", "↵"),
        ("-" * 32, "----------…-----"),
        (" antidisestablishmentarian", "antidisest…arian"),
        ("⟨E2 82⟩", "⟨E2 82⟩"),
        ("السلام", "السلام"),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_the_button_names_its_token(shown, on_the_button):
    label = add_label({"shown": shown}, WORDS)
    assert label == f'Add <bdi translate="no">“{on_the_button}”</bdi>'
    assert quoted(shown) in add_title({"shown": shown}, WORDS)


def test_before_a_draw_is_known_the_button_promises_no_token():
    assert add_label(None, WORDS) == "Add the next token"
    assert "Ctrl+Enter" in add_title(None, WORDS)
