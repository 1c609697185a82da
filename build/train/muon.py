"""Muon: momentum whose every step is made orthogonal, for the matrices inside the blocks.

Keller Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024
(https://kellerjordan.github.io/posts/muon/). A gradient's matrix is nearly always dominated by a few directions;
with all its singular values brought to about 1, the rare directions learn as fast as the common ones.
"""

import torch

QUINTIC = (3.4445, -4.7750, 2.0315)  # a x + b x^3 + c x^5 brings any x in (0, 1] near 1 in the fewest repetitions
REPETITIONS = 5


def orthogonalized(matrices: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """(N, rows, columns) -> the same singular vectors, all singular values between about 0.7 and 1.2.

    Newton-Schulz iteration: only products of matrices, exact enough in bfloat16. `dtype` is what they are taken in.
    """
    a, b, c = QUINTIC
    x = matrices.to(dtype)  # (N, rows, columns)
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT  # the product below is then the smaller of the two
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)  # no singular value above 1
    for _ in range(REPETITIONS):
        s = x @ x.mT  # (N, short side, short side)
        x = a * x + (b * s + c * s @ s) @ x  # same shape as x
    return (x.mT if tall else x).to(matrices.dtype)  # (N, rows, columns)


class Muon(torch.optim.Optimizer):
    """For matrices only; weight decay is decoupled, as in AdamW. Matrices of one shape step together."""

    def __init__(
        self,
        matrices: list[torch.Tensor],
        lr: float,
        dtype: torch.dtype,
        momentum: float = 0.95,
        weight_decay: float = 0.05,
    ) -> None:
        groups: dict[torch.Size, list[torch.Tensor]] = {}
        for matrix in matrices:
            groups.setdefault(matrix.shape, []).append(matrix)
        defaults = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay}
        super().__init__([{"params": group} for group in groups.values()], defaults)
        self.dtype = dtype

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            lr, momentum = group["lr"], group["momentum"]
            updates = []
            for w in group["params"]:  # (rows, columns)
                average = self.state[w].setdefault("average", torch.zeros_like(w))  # (rows, columns)
                average.lerp_(w.grad, 1 - momentum)
                updates.append(w.grad.lerp(average, momentum))  # Nesterov's: one step ahead of the average
            rows, columns = group["params"][0].shape
            # A tall matrix gets a longer step, so that its outputs move as much as those of a square one.
            length = lr * max(1, rows / columns) ** 0.5
            for w, update in zip(group["params"], orthogonalized(torch.stack(updates), self.dtype), strict=True):
                w.mul_(1 - lr * group["weight_decay"]).sub_(update, alpha=length)
