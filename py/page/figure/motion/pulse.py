"""The pulse: a light runs through the picture as numbers run through the model, and ends at the next tokens.

The style sheets say what moves when, see `pulse.css`: all of it belongs to one clock, the animation of #lights. Here it
is started, held and ended, and whatever is drawn anew meanwhile joins it. The answer itself is on the page from the
beginning; it is only not yet to be seen.
"""

import asyncio

from page.browser.animations import animate, duration, moves, set_time, time_of
from page.browser.dom import all_of, by_id, fill, first_of, mark, on, on_any_input, place, rectangle, write
from page.figure.motion.lights import BANDS, FAN, LINES, OF_LONG, gradients, light, row_light, running_line

STAGES = ("embedding", "project", "meet", "row", "values", "output", "mlp", "rest", "answer")
DOES = ("replay", "pause", "go_on")  # the first button, by how the pulse is
NAME = "pulse"  # how the names of its animations begin
ANSWER = (("#candidates rect.sampled", "width"), ("#candidates rect.model", "width"), ("#needle rect", "x"))
ANSWER += (("#needle rect", "width"), ("#needle .needle", "x1"))  # what grows and moves at its end
NO_INPUT = ("Tab", "Shift", "Control", "Alt", "Meta")  # keys that by themselves do nothing


class Pulse:
    def __init__(self, words):
        self.words = words
        self.wanted = ""  # what a light is to run along in the next picture: all of it, "whole", or "newest"
        self.lit = "whole"  # what the last one ran along
        self.old = {}  # places of ANSWER before it
        self.turn = 0  # counts steps: one that began later is still under way when an earlier ends
        on(by_id("lights"), "animationend", lambda event: event.animationName == NAME and self.end())
        on_any_input(self.interrupted)
        on(by_id("pulse-play"), "click", lambda _: self.play())
        on(by_id("pulse-step"), "click", lambda _: asyncio.create_task(self.step()))

    @property
    def under_way(self):
        return document_has("pulse")

    @property
    def held(self):
        return document_has("held")

    # What begins and ends it

    def want(self, lit):
        """Of the next picture that is drawn."""
        self.wanted = lit

    def begin(self):
        """Another run of the model is in the picture, its next tokens are not yet in the list."""
        if self.wanted:
            if not self.under_way:
                self.old = {what: places(*what) for what in ANSWER}
            self.lit, self.wanted = self.wanted, ""
            self.run()

    def follow(self):
        """A part of the page has been drawn anew."""
        if self.under_way:
            self.join()

    def run(self):
        self.end()
        if moves():
            rectangle(by_id("lights"), by_id("lights"))  # the browser must see the class gone before it can start anew
            mark(NAME)
            classes().add("pulse")
            classes().add(self.lit)
            self.join()
            self.show()

    def join(self):
        """Lights for the ribbons as they are drawn now; what is new comes to where the pulse is."""
        fill("lights", "".join(self.lights()))
        for what in ANSWER:
            for number, element in enumerate(all_of(what[0])):
                was = self.old.get(what, [])
                before = was[number] if number < len(was) else start(what, element)
                place(element, **{"--old-" + what[1]: before, "--new-" + what[1]: element.getAttribute(what[1])})
        now = time_of(by_id("lights"))
        if now:
            set_time(NAME, now)

    def interrupted(self, event):
        """Whatever the reader does comes first: the end state stands at once."""
        is_none = event.type == "keydown" and event.key in NO_INPUT
        if not is_none and not event.target.closest(".pulse-control"):
            self.wanted, self.lit, self.old = "", "whole", {}
            if self.under_way:
                self.end()

    def end(self):
        self.turn += 1
        for name in ("pulse", "held", "whole", "newest"):
            classes().remove(name)
        fill("lights", "")
        write("pulse-stage", "")
        self.show()

    # The reader's own pace

    def play(self):
        """Pause, go on or, when it is over, once more."""
        self.turn += 1
        if self.under_way:
            self.hold(not self.held)
            write("pulse-stage", self.stage_name(time_of(by_id("lights"))) if self.held else "")
        else:
            self.run()

    def hold(self, held):
        classes().toggle("held", held)
        self.show()

    async def step(self):
        """Let the light run on to where its next stage begins, and hold it there."""
        if not self.under_way:
            self.run()
        self.turn += 1
        turn, now = self.turn, time_of(by_id("lights"))
        ahead = [at for at in self.times() if at > now + 1]
        write("pulse-stage", self.stage_name(now))
        self.hold(False)
        if ahead:  # else it runs to its end
            await animate(by_id("pulse-stage"), "[]", ahead[0] - now).finished
            if turn == self.turn and self.under_way:
                self.hold(True)
                set_time(NAME, ahead[0])

    def times(self):
        """When each stage begins, in milliseconds after the pulse does."""
        return [duration(by_id("lights"), "--at-" + name) for name in STAGES]

    def stage_name(self, now):
        begun = [name for name, at in zip(STAGES, self.times()) if at <= now + 1]
        return self.words.say("pulse." + begun[-1])

    def show(self):
        """What the buttons do now."""
        does = DOES[self.under_way + self.held]
        by_id("pulse-play").setAttribute("data-does", does)
        for name, key in (("pulse-play", does), ("pulse-step", "step")):
            text = self.words.say("pulse." + key)
            by_id(name).title = text
            by_id(name).setAttribute("aria-label", text)

    # Its lights

    def lights(self):
        """As SVG, for what is drawn."""
        pieces = ["<defs>", gradients(), "</defs>"]
        is_long = first_of("#ribbons > .link") is not None
        bands = OF_LONG + (FAN,) if is_long else BANDS + (FAN,)
        ends = extent(all_of("#ribbons > .link, #fan > path")) if is_long else None
        number = 0
        for stage, hue, selector in bands:
            for kind, which in self.kinds(stage):
                ribbons = all_of(selector + which)
                if ribbons:
                    number += 1
                    left, right = ends or extent(ribbons[:4])
                    shapes = [one.outerHTML for one in ribbons]
                    pieces.append(light(number, stage, hue, kind, shapes, left, right))
        for stage, selector in LINES:
            which = "" if self.lit == "whole" else ".last"
            pieces += [running_line(stage, one.outerHTML) for one in all_of(selector + which)]
        ring = first_of("#pattern .ring.row")
        if ring and not is_long and (self.lit == "whole" or first_of("#ribbons > .told.last")):
            pieces.append(row_light(*rectangle(ring, by_id("overlay"))))
        return pieces

    def kinds(self, stage):
        """Which of a stage's ribbons are lit, strongly and faintly: (kind, a selector that goes on)."""
        if stage == "fan":
            return (("told", ""),)
        if self.lit == "newest":
            return (("told", ".last"),)
        told = ":is(.told, .chosen, .value-flow)"
        return ("told", told), ("context", ":not(" + told + ")")


def classes():
    return first_of("body").classList


def document_has(name):
    return classes().contains(name)


def places(selector, attribute):
    """Of drawn things, as the SVG gives them."""
    return [element.getAttribute(attribute) for element in all_of(selector)]


def start(what, element):
    """Where something begins that was not there: a bar at its own place with nothing of its size, the needle at 0."""
    return element.getAttribute(what[1]) if what[1] == "x" else "0%"


def extent(elements):
    """(left, right) of some elements together, in pixels of the picture."""
    boxes = [rectangle(one, by_id("overlay")) for one in elements]
    return min([box[0] for box in boxes]), max([box[0] + box[2] for box in boxes])
