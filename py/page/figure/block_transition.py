"""Moving between blocks as the fold it is: the open block closes towards one side, the next opens from the other."""

from page.browser.dom import all_of, animate, by_id, moves, rectangle

CLOSING, OPENING = 200, 300  # milliseconds


class Fold:
    under_way = False  # whether the columns are not where they belong
    turn = 0  # counts the movements: one that began later is still under way when an earlier ends

    async def close(self, forward):
        """Fold the open block away, towards the blocks before it when going forward."""
        if moves():
            self.turn += 1
            self.under_way = True
            by_id("figure").classList.add("folding")
            await squeeze(forward, "[{}, {}]", CLOSING)

    async def open_up(self, forward):
        """Unfold the block that has just been drawn; what connects its columns can be drawn when this is done."""
        if self.under_way:
            self.turn += 1
            turn = self.turn
            await squeeze(not forward, "[{1}, {0}]", OPENING)
            if turn == self.turn:
                self.under_way = False
                by_id("figure").classList.remove("folding")


async def squeeze(to_left, order, milliseconds):
    """Between each part's own place and the block's edge, until all have arrived."""
    origin = by_id("overlay")
    parts = [(part, rectangle(part, origin)) for part in all_of("#flow .in-block")]
    left = min([box[0] for _, box in parts])
    right = max([box[0] + box[2] for _, box in parts])
    moving = []
    for part, box in parts:
        shift = left - box[0] if to_left else right - box[0]
        here = '{"transformOrigin": "0 0", "transform": "none", "opacity": 1}'
        gone = (
            '{{"transformOrigin": "0 0", "transform": "translateX({:.0f}px) scaleX(0.01)", "opacity": 0.2}}'
        ).format(shift)
        moving.append(animate(part, order.format(here, gone), milliseconds))
    for animation in moving:
        await animation.finished
