"""Many buttons that are one stop of the Tab key; from there the arrow keys go from one to the next."""

from page.browser.dom import all_of, first_of

STEPS = {"ArrowLeft": -1, "ArrowUp": -1, "ArrowRight": 1, "ArrowDown": 1}


def enter(buttons, *first):
    """Let the Tab key come to the first that fits one of `first`, else to the first of all; these are selectors."""
    for selector in first + (buttons,):
        element = first_of(selector)
        if element:
            stop_at(buttons, element)
            return


def stop_at(buttons, element):
    """The Tab key comes to this one from here on."""
    for other in all_of(buttons + '[tabindex="0"]'):
        other.setAttribute("tabindex", "-1")
    element.setAttribute("tabindex", "0")


def go(buttons, element):
    """The keyboard goes to this one."""
    stop_at(buttons, element)
    element.focus()


def along(buttons, event):
    """An arrow key goes along the row of buttons, Home and End to its ends."""
    every = all_of(buttons)
    names = [button.id for button in every]
    if event.target.id not in names:
        return
    here, last = names.index(event.target.id), len(every) - 1
    there = {"Home": 0, "End": last}.get(event.key, here + STEPS.get(event.key, 0))
    if there != here and 0 <= there <= last:
        event.preventDefault()
        go(buttons, every[there])
