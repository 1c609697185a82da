"""What was generated: a text, the tokens appended to it one by one, and where the reader stands among them."""


class History:
    """`steps` are all tokens appended so far, `position` how many of them the model has read.

    Going back keeps the later steps, to be seen again; appending while standing before the end starts a new branch,
    which replaces them.
    """

    def __init__(self):
        self.steps = []
        self.position = 0

    def clear(self):
        """Another text."""
        self.steps, self.position = [], 0

    def append(self, step):
        """One more token after the position."""
        self.steps = self.steps[: self.position] + [step]
        self.position += 1

    def go(self, position):
        """Stand after `position` tokens; what is out of range is brought into it."""
        self.position = min(max(position, 0), len(self.steps))

    def cut(self):
        """Forget what follows the position."""
        self.steps = self.steps[: self.position]

    def draw(self, current):
        """The number of the draw that stands at the position: that of the token which followed, or the next new one."""
        if self.position < len(self.steps):
            return self.steps[self.position]["draw"]
        return self.steps[-1]["draw"] + 1 if self.steps else current

    @property
    def ids(self):
        """The tokens that follow the text, as the model reads it now."""
        return [step["id"] for step in self.steps[: self.position]]
