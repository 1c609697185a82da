"""The buttons by which the code is stepped through."""

from page.text.markup import escape

BUTTONS = ("run", "back", "step", "over", "next", "end")  # by the texts' keys
SPEEDS = {"slow": 1.4, "normal": 0.6, "fast": 0.15}  # seconds a step


def controls(words, at, last):
    """As HTML, the slider at the step `at` of those up to `last`."""
    say = words.say
    buttons = "".join(
        [
            '<button type="button" id="code-{}" title="{}">{}</button>'.format(
                name, escape(say("code." + name + ".title")), say("code." + name)
            )
            for name in BUTTONS
        ]
    )
    speeds = "".join(
        [
            '<option value="{0}"{1}>{2}</option>'.format(
                name, " selected" if name == "normal" else "", say("code.speed." + name)
            )
            for name in SPEEDS
        ]
    )
    return (
        '<div class="stepping" role="group" aria-label="{group}">{buttons}'
        '<label class="speed">{speed} <select id="code-speed">{speeds}</select></label>'
        '<input type="range" id="code-scrub" min="0" max="{last}" value="{at}" aria-label="{scrub}">'
        '<output id="code-text"></output></div>'
    ).format(
        group=escape(say("code.stepping")),
        buttons=buttons,
        speed=say("code.speed"),
        speeds=speeds,
        scrub=escape(say("code.scrub")),
        at=at,
        last=last,
    )
