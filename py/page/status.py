"""What the page says about itself: the model's state in the header, and notices where the reader's eyes are.

One notice holds all that is true at the moment. It stands under the text; in an open panel, at what it is about.
"""

import asyncio

from page.browser.dom import by_id, first_of, focus, reveal, show, write
from page.text.numbers import megabytes

PATIENCE = 0.8  # seconds until a pass counts as long
LOOK = 0.25  # seconds between two looks at it


# Of notices, in their order. "silent" holds while the model's Python is; a "note", or that what was "removed" is in
# place again, until the reader types on; one that something is "waiting" until the model answers; an error of a "model"
# until another load; a "question" that the worker failed at until the next text is drawn.
TOPICS = ("silent", "waiting", "note", "removed", "model", "question", "link", "text")
RETRIED = ("missing", "refused", "unreachable", "damaged", "unreadable", "memory")  # errors of a model that may pass


class Status:
    def __init__(self, words):
        self.words = words
        self.said = {}  # by topic, how the notice is told: see `notice`

    def arrived(self, count, total):
        """Bytes of the model, while it comes; total is 0 until it is known."""
        if total:
            bar = by_id("model-progress")
            bar.max, bar.value = total, count
            write("model-text", self.words.say("model.loading", arrived=megabytes(count), total=megabytes(total)))

    async def watch_pass(self, client):
        """While the model reads a long text: how far it is, beside the text, where the count of tokens stands else."""
        await asyncio.sleep(PATIENCE)
        while True:
            report = await client.ask("pass_progress")
            if "error" in report:
                return
            write("prompt-count", self.words.say("prompt.computing", **report))
            await asyncio.sleep(LOOK)

    def show_model(self, model, name, failed, embedded):
        """Starting, live or failed: `model` is what the worker said of the one called `name`, `failed` its error.

        `embedded`: it is the one that comes with the page.
        """
        show("model-progress", model is None and failed is None)
        by_id("model").classList.toggle("live", model is not None)
        say = self.words.say
        write("open-models", say("open.models"))
        if failed:
            write("model-text", say("model.failed"))
        elif model:
            sizes = {"n_layer": model["n_layer"], "n_head": model["n_head"], "size": megabytes(model["bytes"])}
            write("model-text", say("model.embedded" if embedded else "model.ready", name=name, **sizes))
            write("open-models", say("open.models.used", name=name, size=sizes["size"]))
        else:
            write("model-text", say("model.starting"))

    def notice(self, topic, tell, error=False, retry=False, place=""):
        """Say something until it is no longer true: the next notice of its topic replaces it, `unsay` takes it away.

        `tell` makes its text from the words of a language. In an open panel the notice stands in the element `place`, a
        selector, or above all else.
        """
        self.said[topic] = {"tell": tell, "error": error, "retry": retry, "place": place}
        self.draw()

    def say_error(self, answer, topic="text", place="", before=lambda words: ""):
        """In words, after those that `before` makes; the reader's text stays as it is.

        `model` is there where a model's numbers broke.
        """

        def tell(words):
            return before(words) + words.say("error." + answer["error"], **answer)

        self.notice(topic, tell, True, topic == "model" and answer["error"] in RETRIED, place)

    def unanswered(self, failure):
        """The worker failed at a question about the run that is drawn."""
        known = failure["error"] in ("memory", "restarted", "recorded")
        self.say_error(failure if known else {"error": "question", "reason": failure["file"]}, "question")

    def silence(self, silent):
        """The worker says nothing any more, or speaks again."""
        if silent:
            self.notice("silent", lambda words: words.say("notice.silent"), retry=True)
        else:
            self.unsay("silent")

    def unsay(self, *topics):
        if any([self.said.pop(topic, None) for topic in topics]):
            self.draw()

    def draw(self):
        """In the reader's language and in its place; to be called when either has changed."""
        said = [self.said[topic] for topic in TOPICS if topic in self.said]
        held = first_of("#panel #notice :focus")
        notice, home = by_id("notice"), first_of("section.prompt")
        if is_panel_open():
            for one in said:
                if one["error"] or one is not self.said.get("text"):  # notes on the text stay beside it
                    home = (one["place"] and first_of("#panel " + one["place"])) or by_id("panel-notices")
        if not home.isSameNode(notice.parentElement):
            home.append(notice)
        is_error = any([one["error"] for one in said])
        notice.setAttribute("role", "alert" if is_error else "status")
        notice.classList.toggle("error", is_error)
        sentences = []
        for one in said:  # two may have the same reason
            sentence = one["tell"](self.words)
            if sentence not in sentences:
                sentences.append(sentence)
        if by_id("notice-text").textContent != "\n".join(sentences):  # else it would be read out at each key
            write("notice-text", "\n".join(sentences))
        show("retry", any([one["retry"] for one in said]))
        show("notice", bool(said))
        if said and notice.closest("#panel"):
            reveal(notice)
        elif held:  # the keyboard does not leave the panel with it
            focus("#panel[open] #panel-title")

    def leave_panel(self):
        """Before the panel's contents are replaced."""
        held = first_of("#panel #notice :focus")
        first_of("section.prompt").append(by_id("notice"))
        if held:
            focus("#panel-title")


def is_panel_open():
    return first_of("#panel[open]") is not None
