"""Which type of number this machine multiplies faster: float32 or bfloat16."""

import time

import torch

ROWS, SHORT, LONG = 2048, 256, 1024  # a product as large as those of a small model's MLP
SECONDS = 0.3  # of trying, for each type


def faster_type(device: str) -> torch.dtype:
    """bfloat16 or float32, and says which: a processor without instructions for bfloat16 takes 10 times as long."""
    times = {dtype: product_time(device, dtype) for dtype in (torch.float32, torch.bfloat16)}
    faster = min(times, key=times.__getitem__)
    tried = ", ".join(f"{name_of(dtype)} {1000 * seconds:.2f} ms" for dtype, seconds in times.items())
    print(f"products in {name_of(faster)} (tried: {tried})", flush=True)
    return faster


def product_time(device: str, dtype: torch.dtype) -> float:
    """Seconds for one product (ROWS, SHORT) @ (SHORT, LONG), the least of many: others may use the machine too."""
    x = torch.ones(ROWS, SHORT, dtype=dtype, device=device)
    w = torch.ones(SHORT, LONG, dtype=dtype, device=device)
    times: list[float] = []
    end = time.monotonic() + SECONDS
    while len(times) < 3 or time.monotonic() < end:
        start = time.monotonic()
        _ = x @ w  # (ROWS, LONG)
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(time.monotonic() - start)
    return min(times)


def name_of(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
