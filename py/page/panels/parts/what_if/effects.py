"""What matters most: every arrow of the chosen token, or every head and MLP, cut one after the other by the worker."""

import asyncio

from page.browser.dom import by_id, fill, first_of, focus, shares_within, write
from page.panels.effects.contents import contents
from page.panels.effects.measured import by_place, in_cells, strongest, yardstick
from page.panels.effects.ranking import MORE, ROWS, effect_table
from page.panels.effects.sentences import told
from page.panels.part import Part
from page.what_matters import watched

KINDS = {"arrows": ("arrows",), "parts": ("heads", "mlps")}  # what the worker is asked for each choice
NOTHING = {"done": 0, "total": 0}


class Effects(Part):
    link = "matters"
    has_csv = False

    def __init__(self, name, page):
        super().__init__(name, page)
        self.answer = None  # the one that is drawn, and what of it is measured: (token of the text, next token,
        self.of = None  # temperature)
        self.temperature = None  # the one last filled for
        self.found = {}  # what has been measured of that, by the worker's kinds
        self.seen = None  # what is shown of it, see panels/effects/measured.py
        self.places = {}  # the same by block and head
        self.told = None  # the effect that is said in words
        self.kind = "arrows"  # the choice that is seen
        self.under_way = False  # the worker measures it
        self.stopped = False  # by the reader, or for something else that the worker was asked for
        self.report = NOTHING  # how far the worker is
        self.turn = 0  # counts the measurements that were begun and given up
        self.order = None  # (what the list is sorted by, whether it falls) where the reader has chosen that
        self.rows = ROWS  # of the list

    async def fill(self):
        if self.page.own_code.drawn:
            self.give_up()
            return '<p class="note">' + self.words.html("own.off") + "</p>"
        answer, temperature, shown = self.figure.answer, self.page.state.temperature, self.page.state.shown
        self.temperature = temperature
        said = await self.ask("likeliest", self.figure.view["row"], temperature)
        kind = shown[0] if shown and shown[0] in KINDS else "arrows"
        ids = [token["id"] for token in said["tokens"]]
        chosen = shown[1] if len(shown) > 1 and shown[1] in ids else ids[0]
        of = (said["row"], chosen, temperature)
        if self.answer is not answer or self.of != of:
            self.give_up()
            self.answer, self.of, self.found, self.stopped = answer, of, {}, False
        if self.kind != kind:
            self.give_up()
            self.kind, self.stopped, self.order = kind, False, None
        self.told, self.rows = None, ROWS
        self.seen = self.known(said["tokens"][ids.index(chosen)])
        self.places = by_place(self.seen["effects"])
        return contents(self.seen, said["tokens"], self.report, self.stopped, self.sorted_by, answer, self.words)

    def known(self, token):
        """What is shown of the choice and of the next token {"id", "shown", "probability"}."""
        kinds = KINDS[self.kind]
        whole = all([kind in self.found for kind in kinds])
        before = self.found[kinds[0]] if whole else dict(token, logit=0)
        return {
            "kind": self.kind,
            "row": self.of[0],
            "token": token,
            "temperature": self.of[2],
            "cuts": bool(self.page.state.removed),
            "logit": before["logit"],
            "probability": before["probability"],
            "effects": [effect for kind in kinds for effect in self.found[kind]["effects"]] if whole else [],
        }

    @property
    def sorted_by(self):
        return self.order or (yardstick(self.seen), True)

    # Measuring

    def ready(self):
        """Measure what is not known, unless that is under way."""
        if self.page.own_code.drawn:
            return
        missing = [kind for kind in KINDS[self.kind] if kind not in self.found]
        if missing and not self.stopped and not self.under_way:
            asyncio.create_task(self.measure(missing))

    async def measure(self, missing):
        """One kind after the other. A newer call of the worker's `effects` ends an older, and so does a newer text."""
        self.turn += 1
        turn, found, client = self.turn, self.found, self.page.client
        run, (row, token, temperature) = client.run, self.of
        self.under_way = True
        for kind in missing:
            answer = await watched(client, self.tell, "effects", run, kind, row, token, temperature)
            if turn != self.turn:
                return
            if "effects" not in answer:
                break
            found[kind] = answer
        self.under_way, self.report, self.stopped = False, NOTHING, "effects" not in answer
        if "error" in answer:
            client.failed(answer)
        self.page.dialog.fill_again()

    def tell(self, report):
        """How far the worker is."""
        if not self.under_way:
            return
        self.report = report
        bar = by_id("effects-progress")
        if bar:
            bar.max, bar.value = report["total"] or 1, report["done"]
            write("effects-count", self.words.say("effects.count", **report))

    def give_up(self):
        """Whatever the worker still says of it is dropped."""
        if self.under_way:
            self.turn += 1
            self.under_way, self.report = False, NOTHING
            self.page.client.tell("cancel_effects")

    def closed(self):
        self.give_up()

    def turned(self):
        self.page.dialog.fill_again()

    def resampled(self):
        if self.temperature != self.page.state.temperature:
            self.page.dialog.fill_again()

    # What the reader does

    def changed(self, event):
        """Other parts, or another next token."""
        field = event.target
        if field.name == "effects-kind":
            self.page.state.set(shown=(field.value, self.of[1]))
        elif field.id == "effects-token":
            self.page.state.set(shown=(self.kind, int(field.value)))

    def clicked(self, event):
        cell, row, sort = [event.target.closest(what) for what in (".effect", ".goes", "[data-sort]")]
        if cell:
            self.go_to_cell(cell, event)
        elif row and self.numbered(row):
            self.go(self.numbered(row))
        elif sort:
            self.sort(sort.getAttribute("data-sort"))
        elif event.target.id == "effects-more":
            self.show_more()
        elif event.target.id == "effects-stop":
            self.give_up()
            self.stopped = True
            self.page.dialog.fill_again()
        elif event.target.id == "effects-again":
            self.stopped = False
            self.page.dialog.fill_again()

    def sort(self, name):
        """By another column, or the other way round."""
        before, falling = self.sorted_by
        self.order = (name, name != before or not falling)
        self.draw_list()
        focus("#sort-" + name)

    def show_more(self):
        """The keyboard goes on with the first of the new rows."""
        seen = self.rows
        self.rows += MORE
        self.draw_list()
        first_of("#effects-list tbody tr:nth-child({}) button".format(seen + 1)).focus()

    def draw_list(self):
        order, falling = self.sorted_by
        fill("effects-list", effect_table(self.seen, order, falling, self.rows, self.figure.answer, self.words))

    def effect_at(self, cell, event):
        """What was measured of the part under the pointer, or of the strongest in the cell; None before there is."""
        head = cell.getAttribute("data-head")
        effects = self.places.get((int(cell.getAttribute("data-block")), int(head) if head else None))
        if not effects:
            return None
        by_keyboard = event.type == "focusin" or (event.type == "click" and not event.detail)
        across = -1 if by_keyboard else shares_within(cell, event)[0]
        shown = in_cells(effects, self.seen)
        return shown[int(across * len(shown))] if 0 <= across < 1 else strongest(effects, self.seen)

    def go_to_cell(self, cell, event):
        effect = self.effect_at(cell, event)
        if effect:
            self.go(effect)
        else:
            head = cell.getAttribute("data-head")
            self.page.choice.choose(block=int(cell.getAttribute("data-block")), **({"head": int(head)} if head else {}))

    def go(self, effect):
        """To the part in the picture; of an arrow the picture says what was measured."""
        place = {name: effect[name] for name in ("block", "head") if effect[name] is not None}
        self.page.choice.choose(**place)
        if effect["column"] is not None:
            seen, figure = self.seen, self.figure
            arrow = dict(effect, row=seen["row"], before=seen["probability"], after=effect["probability"])
            figure.measured = {name: seen[name] for name in ("row", "token", "temperature")}
            figure.measured["arrow"] = arrow
            figure.draw_measured()

    def hovered(self, event):
        self.moved(event)

    def moved(self, event):
        """What is pointed at, or has the keyboard, in words."""
        cell, row = event.target.closest(".effect"), event.target.closest("#effects-list tr:has(.goes)")
        effect = self.effect_at(cell, event) if cell else self.numbered(row.querySelector(".goes")) if row else None
        if effect and effect is not self.told:
            self.told = effect
            fill("effect-told", told(effect, self.seen, self.figure.answer, self.words))

    def numbered(self, row):
        """What a row of the list is of; None where its numbers are gone."""
        effects, number = self.seen["effects"], int(row.getAttribute("data-number"))
        return effects[number] if number < len(effects) else None


PART = Effects
