"""Section 4: the share of a service that nobody covers."""

from __future__ import annotations

import math


def queue_shortfall(posts: float, n: float) -> float:
    """Return max(0, 1 - n / P), a shortfall up to 1e-12 being none."""
    short = 1 - n / posts if posts > 0 else 0.0
    return short if short > 1e-12 else 0.0


def roster_shortfall(posts: float, on_duty: float, sickness: float) -> float:
    """Return s(m), linear between whole numbers of people on duty."""
    if posts == 0:
        return 0.0
    below = math.floor(on_duty)
    part = on_duty - below
    s = expected_shortfall(posts, below, sickness)
    if part == 0:
        return s
    return (1 - part) * s + part * expected_shortfall(posts, below + 1, sickness)


def expected_shortfall(posts: float, m: int, sickness: float) -> float:
    """Return E[(P - X)+] / P, X ~ Binomial(m, 1 - sickness)."""
    return (
        sum(
            math.comb(m, x) * (1 - sickness) ** x * sickness ** (m - x) * max(posts - x, 0.0)
            for x in range(min(m, math.ceil(posts)) + 1)
        )
        / posts
    )
