"""The sampling controls: sliders, a number to type, reset, and another draw."""

import json

from page import draws, scales
from page.dom import by_id, luck, on, write
from page.examples import TEMPERATURE
from page.numbers import short


class Controls:
    def __init__(self, figure, changed):
        self.figure = figure  # knows the reader's language
        self.changed = changed  # called when any setting or the draw has changed
        self.temperature = TEMPERATURE
        self.top_k = self.top_p = None
        self.seed = int(luck() * draws.MOST)
        self.draw = 0  # how often the reader has asked for another
        on(by_id("temperature"), "input", lambda _: self.slid())
        on(by_id("temperature-number"), "input", lambda _: self.typed())
        on(by_id("temperature-number"), "change", lambda _: self.show())
        on(by_id("top-k"), "input", lambda _: self.slid())
        on(by_id("top-p"), "input", lambda _: self.slid())
        on(by_id("reset"), "click", lambda _: self.set(TEMPERATURE, None, None))
        on(by_id("draw-again"), "click", lambda _: self.again())

    @property
    def u(self):
        return draws.uniform(self.seed, self.draw)

    def settings(self, count, query):
        """What shapes the distribution, and which tokens are to be listed, as the worker wants them."""
        return json.dumps(
            {
                "temperature": self.temperature,
                "top_k": self.top_k,
                "top_p": self.top_p,
                "u": self.u,
                "count": count,
                "query": query,
            }
        )

    def slid(self):
        position = int(by_id("temperature").value)
        if position != scales.temperature_position(self.temperature):  # a typed value may lie between two positions
            self.temperature = scales.temperature_at(position)
        self.top_k = scales.top_k_at(int(by_id("top-k").value))
        self.top_p = scales.top_p_at(int(by_id("top-p").value))
        self.show()
        self.changed()

    def typed(self):
        """A number being typed counts once it is one, to the thousandth that is shown; the old stays until then."""
        try:
            temperature = round(float(by_id("temperature-number").value), 3)
        except ValueError:
            return
        if 0 <= temperature <= 5:
            self.temperature = temperature
            by_id("temperature").value = scales.temperature_position(temperature)
            self.changed()

    def set(self, temperature, top_k, top_p):
        self.temperature, self.top_k, self.top_p = temperature, top_k, top_p
        self.show()
        self.changed()

    def again(self):
        self.draw += 1
        self.changed()

    def show(self):
        """Put the settings on the page."""
        by_id("temperature").value = scales.temperature_position(self.temperature)
        by_id("temperature-number").value = short(self.temperature)
        by_id("top-k").value = self.top_k or scales.TOP_K_OFF
        by_id("top-p").value = round(100 * self.top_p) if self.top_p else scales.TOP_P_OFF
        off = self.figure.words.say("setting.off")
        write("top-k-value", str(self.top_k) if self.top_k else off)
        write("top-p-value", "{:.2f}".format(self.top_p) if self.top_p else off)
        for name in ("temperature", "top-k", "top-p"):
            shown = {"temperature": short(self.temperature), "top-k": self.top_k, "top-p": self.top_p}[name]
            by_id(name).setAttribute("aria-valuetext", off if shown is None else str(shown))
