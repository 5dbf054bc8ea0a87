"""Where the marks of an axis stand."""

import math

__all__ = ["tick_step", "ticks"]


def tick_step(span: float, most: int) -> float:
    """Return the smallest of 1, 2, 5, 10 … that divides a span into at most so many steps."""
    least = span / max(1, most)
    power = 10.0 ** math.floor(math.log10(least))
    return next(step for factor in (1, 2, 5, 10) if (step := factor * power) >= least * (1 - 1e-9))


def ticks(span: float, most: int) -> list[float]:
    """Return the multiples of a round step, from 0 to the span."""
    step = tick_step(span, most)
    return [round(n * step, 9) for n in range(math.floor(span / step * (1 + 1e-9)) + 1)]
