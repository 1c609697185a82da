"""The picture as a whole: puts the worker's answers on the page and draws what connects its columns."""

from page.browser.dom import all_of, by_id, fill, first_of, mark, rectangle, reveal, scroll_down, show, write
from page.browser.number_field import put_number
from page.figure import addresses, flow, inspected, logit_lens, matrix, missing, row_height, sentence
from page.figure.columns import columns
from page.figure.motion.pulse import Pulse
from page.figure.motion.turning import Turning
from page.figure.vessels.bars import are_bars, in_flow
from page.figure.vessels.vessels import TRAVELS
from page.lessons.guess import is_covered
from page.next_token import candidates, curve, needle
from page.state import removed
from page.state.counting import number_of


class Figure:
    def __init__(self, state, words):
        self.state = state
        self.words = words
        self.answer = None  # the prepared one, then that of the last prediction
        self.listed = None  # the next tokens in the list: a frame behind `answer` when another text comes
        self.stale = False  # the field holds another text than the picture
        self.depths = []  # the answer forming, of this run; None for each depth that is not known yet
        self.summary = ""  # of the picture, as HTML
        self.prepared = None  # what the site's builder has prepared of an example: it may be this run's
        self.inspected = ""  # the address of the number that is open
        self.computed = None  # the activations that the pass has computed, while it is stepped through; else None
        self.measured = None  # what cutting arrows has shown of this run, see what_matters.py
        self.turning = Turning(lambda: inspected.draw(self.inspected, self))
        self.pulse = Pulse(words)

    @property
    def view(self):
        return self.answer["view"]

    @property
    def is_live(self):
        """Whether the model computed it just now: the prepared one took no time."""
        return self.answer is not None and "milliseconds" in self.answer

    def mark_stale(self, stale=True):
        self.stale = stale
        by_id("figure").classList.toggle("stale", stale)

    @property
    def names(self):
        """The drawn tokens' texts."""
        return [token["shown"] for token in self.answer["tokens"][self.view["first"] :]]

    def draw_run(self, answer):
        """A run of the model, without its next tokens: `draw_next` follows, a frame later where things move."""
        mark("numbers")
        whole = "intact" not in answer["next"]
        known = self.prepared if whole and same_prediction(self.prepared, answer) else None
        self.take(answer)
        if "beside" in answer["view"]:
            self.measured = None  # the sentence tells what changed, until the reader asks what matters
        else:
            self.measured = known and known["matters"]
        self.depths = known["depths"] if known else [None] * (answer["view"]["n_layer"] + 1)
        self.draw_view(answer["view"])
        self.pulse.begin()
        scroll_down(by_id("flow"))

    def take(self, answer):
        """What is to be drawn next; whatever measures the picture meanwhile finds it whole."""
        self.answer = answer
        answer["view"]["count"] = len(answer["tokens"]) - answer["view"]["first"]

    def take_prepared(self, answer):
        """The same, until the model has an answer of its own; that may be the same."""
        self.take(answer)
        self.prepared, self.depths = answer, answer["depths"]
        self.measured = answer["matters"]
        self.mark_stale(False)

    @property
    def told(self):
        """What cutting arrows has shown, at the temperature that it was measured at; None at another."""
        true = self.measured and self.measured["temperature"] == self.state.temperature
        return self.measured if true else None

    def draw_view(self, view):
        """One block, head and token of the same run."""
        mark("view")
        self.answer["view"] = view
        self.take(self.answer)
        figure = by_id("figure")
        figure.setAttribute("data-rows", row_height.row_size(view["count"]))
        figure.setAttribute("data-count", str(view["count"]))
        figure.classList.toggle("vessels", are_bars(view["count"]))
        figure.classList.toggle("compared", "beside" in view)
        figure.setAttribute("data-view", "{block} {head} {row}".format(**view))
        for name, html in columns(self.answer, self.words).items():
            fill(name, html)
        for name, last in (("block", view["n_layer"]), ("head", view["n_head"])):
            by_id(name).max = last
            put_number(name, number_of(view[name]))
            write(name + "-count", self.words.say("of", total=last))
            for step, button in ((-1, name + "-back"), (1, name + "-on")):
                by_id(button).disabled = not 0 <= view[name] + step < last
        self.mark_missing()
        self.fill_up()
        self.draw_logit_lens(self.depths)
        self.draw_measured()
        self.draw_ribbons()
        self.pulse.follow()
        mark("viewed")

    @property
    def off(self):
        """What of the drawn head or its block the reader has switched off, as `sentence` wants it; "" if nothing."""
        kind = removed.silenced(self.state.removed, self.view["block"], self.view["head"])
        return kind + ".mean" if kind and self.state.mean else kind

    def mark_missing(self):
        """What the reader has cut is seen to be so."""
        if self.answer is not None:
            missing.draw(self.view, self.state.removed, self.state.mean)

    def filled(self, computed):
        """Show what is made of these activations alone, by their names; None: of all."""
        self.computed = computed
        self.fill_up()

    def fill_up(self):
        if self.answer is None:
            return
        to_come = [] if self.computed is None else to_be_computed(self.computed, self.view["block"])
        by_id("flow").setAttribute("data-to-come", " ".join(to_come))

    def turn_to(self, view):
        """Another block, head or token of the same run, to be seen as it comes."""
        self.turning.keep(self.view, view)
        self.draw_view(view)
        self.turning.go()

    def resized(self):
        """The columns stand elsewhere."""
        self.turning.end()
        self.draw_ribbons()
        self.pulse.follow()

    def draw_next(self, following):
        """The next-token list alone, after a change of the settings."""
        mark("next")
        self.answer["next"] = following
        fill("candidates", candidates.candidate_table(following, self.words))
        self.listed = following
        write("formula", candidates.formula(following, self.words))
        fill("needle", needle.draw_strip(following, self.words))
        fill("draw-sentence", needle.draw_sentence(following, self.words))
        fill("curve", curve.curves(following, self.words))
        write("curve-sentence", curve.curve_sentence(following, self.words))
        self.draw_fan()
        self.pulse.follow()
        self.summarise()
        mark("drawn")

    def draw_logit_lens(self, depths):
        self.depths = depths
        fill("logit-lens", logit_lens.rail(depths, self.view["block"], self.words, is_covered()))
        self.pulse.follow()

    def draw_measured(self):
        """What was measured: in the sentence above the picture and, where that tells of one arrow, at the arrow."""
        self.tell()
        self.summarise()

    def tell(self):
        """The pattern shows what the sentence tells, and a button lets the reader do it; or it shows the open cell."""
        arrow = sentence.arrow_in(self.view, self.told)
        show("cut-told", bool(arrow))
        if self.inspected and inspected.is_cell(self.inspected, self):
            self.ring(*addresses.read(self.inspected)[2][1:])
            return
        self.ring(self.view["row"], arrow["column"] if arrow and arrow["column"] >= self.view["first"] else None)

    def summarise(self):
        """The picture in a sentence or two, above it and for those who hear it, again when it says something else."""
        fill("sentence", sentence.above_picture(self.answer, self.told, self.words, self.off))
        said = "" if is_covered() else sentence.summary(self.answer, self.told, self.words, self.off)
        if said != self.summary:
            self.summary = said
            fill("summary", said)

    def ring(self, row, column):
        """Emphasise, in the pattern, the token that listens and, unless None, the one listened to."""
        view = self.view
        row -= view["first"]
        outlines = matrix.emphasis(row, -1 if column is None else column - view["first"], view["count"], view["ahead"])
        for kind in ("row", "column", "cell"):
            hidden = column is None and kind != "row"
            first_of("#pattern .ring." + kind).setAttribute("d", "" if hidden else outlines[kind])
        for label in all_of("#tokens .token"):
            number = label.getAttribute("data-row")
            label.classList.toggle("listened", column is not None and number == str(column))

    def places(self):
        """Where CSS has put the columns: within the overlay, which scrolls with them where a text is long."""
        origin = by_id("overlay")
        places = {}
        for name in in_flow(self.view["count"]):
            places[name] = rectangle(first_of('#flow [data-heatmap="' + name + '"]'), origin)
        places["card"] = rectangle(first_of("#flow .card"), origin)
        places["pattern"] = rectangle(first_of("#pattern svg"), origin)
        for name in ("before", "after", "rail"):
            places[name] = rectangle(by_id(name), origin)
        return places

    def draw_ribbons(self):
        """Measure the columns and connect them."""
        if self.answer is None:
            return
        view = self.view
        places = self.places()
        chosen = view["row"] - view["first"]
        travels = [self.words.say("vessels." + name) for name in TRAVELS]
        fill("ribbons", flow.picture(places, view, self.names, chosen, self.state.threshold, travels))
        self.draw_fan()

    def inspect(self, address):
        """The number at this address is open; "" for none. Whether what it stands in is seen in the picture."""
        self.inspected = address
        self.tell()
        seen = inspected.draw(address, self)
        if seen:
            reveal(by_id("inspected"))
        return seen

    def draw_fan(self):
        """From the last row to the list beside it; nothing while the list is another text's, or stands elsewhere.

        What is inspected is outlined with it: it may be one of the list's rows.

        What a ribbon is as thick as belongs to the row that it leads to: both are the list's.
        """
        inspected.draw(self.inspected, self)
        following = self.listed
        if following is None or following is not self.answer["next"]:
            fill("fan", "")
            return
        origin = by_id("overlay")
        after = rectangle(by_id("after"), origin)
        rows = [rectangle(row, origin) for row in all_of("#candidates tbody tr, #candidates .outside")]
        if rows[0][0] < after[0] + after[2]:
            fill("fan", "")
            return
        probabilities = [one["sampled"] for one in following["candidates"]] + [following["outside"]["sampled"]]
        ids = [one["id"] for one in following["candidates"]]
        picked = following["drawn"]["id"]
        drawn = ids.index(picked) if picked in ids else None
        fill("fan", flow.next_fan(after, rows, probabilities, drawn, self.view))


def to_be_computed(computed, block):
    """Of the activations in a block, and outside of all, those that are not yet computed, as they are called there."""
    prefix = "blocks.{}.".format(block)
    every = addresses.OUTSIDE + tuple([prefix + name for name in addresses.INSIDE]) + ("logits",)
    return [name.split(".", 2)[-1] if name.startswith(prefix) else name for name in every if name not in computed]


def same_prediction(prepared, answer):
    """Whether the model says what was prepared, if anything was, and of the same text: there may be another by now, or
    other settings."""
    if prepared is None or ids_of(prepared) != ids_of(answer):
        return False
    a, b = [one["next"]["candidates"][0] for one in (prepared, answer)]
    return a["id"] == b["id"] and abs(a["sampled"] - b["sampled"]) < 0.005


def ids_of(answer):
    return [token["id"] for token in answer["tokens"]]
