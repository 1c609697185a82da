"""What code of a reader finds: modules and weights as they were, whatever code before it has done to them."""

import sys

from model.sandbox.handed import Handed

AT_HAND = ("builtins", "math", "model", "numpy")  # modules, with those in them, that code here has, or computes with
OURS = "model.sandbox."  # but for these, which hold what goes on


class Untouched:
    def __init__(self, handed: Handed) -> None:
        self.handed = handed
        self.modules = [
            (vars(module), dict(vars(module)))
            for name, module in list(sys.modules.items())
            if name.split(".")[0] in AT_HAND and not name.startswith(OURS)
        ]

    def again(self) -> Handed:
        """What was handed over, in dicts of its own (the arrays in them cannot be written into); in the modules every
        name stands for what it did."""
        for names, before in self.modules:
            names.update(before)
        weights = self.handed.weights
        return self.handed._replace(weights={**weights, "h": [dict(block) for block in weights["h"]]})
