"""Moving between blocks as the fold it is: the open block closes towards one side, the next opens from the other."""

import asyncio

from page.dom import all_of, animate, by_id, moves, rectangle

CLOSING, OPENING = 200, 300  # milliseconds


async def close(forward):
    """Fold the open block away, towards the blocks before it when going forward."""
    if moves():
        by_id("figure").classList.add("folding")
        squeeze(forward, "[{}, {}]", CLOSING)
        await asyncio.sleep(CLOSING / 1000)


def open_up(forward):
    """Unfold the block that has just been drawn."""
    by_id("figure").classList.remove("folding")
    squeeze(not forward, "[{1}, {0}]", OPENING)


def squeeze(to_left, order, milliseconds):
    """Between each part's own place and the block's edge."""
    origin = by_id("flow")
    parts = [(part, rectangle(part, origin)) for part in all_of("#flow .in-block")]
    left = min([box[0] for _, box in parts])
    right = max([box[0] + box[2] for _, box in parts])
    for part, box in parts:
        shift = left - box[0] if to_left else right - box[0]
        gone = '{{"transformOrigin": "0 0", "transform": "translateX({:.0f}px) scaleX(0.01)", "opacity": 0.2}}'.format(shift)
        here = '{"transformOrigin": "0 0", "transform": "none", "opacity": 1}'
        animate(part, order.format(here, gone), milliseconds)
