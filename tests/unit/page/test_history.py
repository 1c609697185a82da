"""What was generated: appending, going back, branching and undoing, against a plain tree of texts."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from build.site.languages import texts_of
from page.next_token.history import History
from page.next_token.timeline import timeline
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
