"""The sampling controls: sliders, a number to type, reset, and another draw."""

import json

from page.browser.dom import by_id, on, write
from page.next_token import random_draw, sliders
from page.state.examples import TEMPERATURE
from page.text.numbers import short


class Controls:
    def __init__(self, state, words):
        self.state = state
        self.words = words
        state.listen(lambda _: self.show(), "temperature", "top_k", "top_p")
        on(by_id("temperature"), "input", lambda _: self.slid())
        on(by_id("temperature-number"), "input", lambda _: self.typed())
        on(by_id("temperature-number"), "change", lambda _: self.write_temperature())
        on(by_id("top-k"), "input", lambda _: self.slid())
        on(by_id("top-p"), "input", lambda _: self.slid())
        on(by_id("reset"), "click", lambda _: state.set(temperature=TEMPERATURE, top_k=None, top_p=None))
        on(by_id("draw-again"), "click", lambda _: state.set(draw=state.draw + 1))

    def settings(self, count, query):
        """What shapes the distribution, and which tokens are to be listed, as the worker wants them."""
        state = self.state
        return json.dumps(
            {
                "temperature": state.temperature,
                "top_k": state.top_k,
                "top_p": state.top_p,
                "u": random_draw.uniform(state.seed, state.draw),
                "count": count,
                "query": query,
            }
        )

    def slid(self):
        position, temperature = int(by_id("temperature").value), self.state.temperature
        if position != sliders.temperature_position(temperature):  # a typed value may lie between two positions
            temperature = sliders.temperature_at(position)
        top_k, top_p = (
            sliders.top_k_at(int(by_id("top-k").value)),
            sliders.top_p_at(int(by_id("top-p").value)),
        )
        self.state.set(temperature=temperature, top_k=top_k, top_p=top_p)

    def typed(self):
        """A number being typed counts once it is one that can be set; the old stays until then."""
        temperature = self.typed_temperature()
        if temperature is not None and 0 <= temperature <= 5:
            self.state.set(temperature=temperature)

    def typed_temperature(self):
        """The number in the field, to the thousandth that is shown; None for what is no number."""
        try:
            return round(float(by_id("temperature-number").value), 3)
        except ValueError:
            return None

    def write_temperature(self):
        by_id("temperature-number").value = short(self.state.temperature)

    def show(self):
        """Put the settings on the page; a number that is just being typed stays as it is written."""
        state = self.state
        by_id("temperature").value = sliders.temperature_position(state.temperature)
        if self.typed_temperature() != state.temperature:
            self.write_temperature()
        by_id("top-k").value = state.top_k or sliders.TOP_K_OFF
        by_id("top-p").value = round(100 * state.top_p) if state.top_p else sliders.TOP_P_OFF
        off = self.words.say("setting.off")
        write("top-k-value", str(state.top_k) if state.top_k else off)
        write("top-p-value", "{:.2f}".format(state.top_p) if state.top_p else off)
        for name in ("temperature", "top-k", "top-p"):
            shown = {"temperature": short(state.temperature), "top-k": state.top_k, "top-p": state.top_p}[name]
            by_id(name).setAttribute("aria-valuetext", off if shown is None else str(shown))
