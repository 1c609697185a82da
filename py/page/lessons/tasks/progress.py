"""What the reader has answered, as this browser remembers it: for each number of the teacher's, "" where there is none.

A task's entry is {"text", "model", "given", "tries", "verdict"}; the verdict is "right", "wrong" or "gave_up".
"""

from page.browser import memory

KEPT = "tasks"
LONGEST = 12  # characters of the teacher's number
ALLOWED = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"


class Progress:
    def __init__(self):
        kept = memory.remembered(KEPT)
        kept = kept if isinstance(kept, dict) else {}
        self.number = kept.get("number", "")
        self.every = kept.get("answers", {})  # by number, the entries by the task's name

    @property
    def entries(self):
        return self.every.get(self.number, {})

    def verdict(self, name):
        """ "" for a task that has none yet."""
        return self.entries[name]["verdict"] if name in self.entries else ""

    def enter(self, name, text, model, given, verdict):
        """One try; what was right, or given up, stays so."""
        before = self.entries.get(name, {"tries": 0, "verdict": ""})
        if before["verdict"] in ("right", "gave_up"):
            return
        tries = before["tries"] + (0 if verdict == "gave_up" else 1)
        entry = {"text": text, "model": model, "given": given, "tries": tries, "verdict": verdict}
        self.every.setdefault(self.number, {})[name] = entry
        self.keep()

    def renumber(self, number):
        """The teacher's number; signs that no number or short word has are left out."""
        self.number = "".join([sign for sign in number if sign in ALLOWED])[:LONGEST]
        self.keep()

    def keep(self):
        memory.remember(KEPT, {"number": self.number, "answers": self.every})

    def forget(self):
        """All that this browser remembers of the reader."""
        memory.forget()
        self.number, self.every = "", {}
