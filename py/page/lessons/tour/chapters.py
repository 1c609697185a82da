"""The tour's chapters, in their order."""

from page.lessons.tour import attention, beginning, beyond, block, output

CHAPTERS = (
    ("beginning", beginning.STEPS),
    ("attention", attention.STEPS),
    ("block", block.STEPS),
    ("output", output.STEPS),
    ("beyond", beyond.STEPS),
)
STEPS = [step for _, steps in CHAPTERS for step in steps]
NAMES = [step.name for step in STEPS]
