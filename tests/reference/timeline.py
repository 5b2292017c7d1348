"""Functions of time and the ledger in which flows are split into years.

All functions of time are right-continuous: the value at t includes what happens at t.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

MONTHS = 12.0
DAYS = 365.0


def year_index(t: float) -> int:
    """Return y - 1 for the year y that covers t."""
    return math.floor(t)


def year_parts(start: float, end: float) -> Iterator[tuple[int, float, float]]:
    """Split [start, end) at year starts into (y - 1, from, to)."""
    while start < end:
        y = year_index(start)
        stop = min(end, y + 1.0)
        yield y, start, stop
        start = stop


class Steps:
    """A right-continuous step function from time 0 on."""

    def __init__(self, points: Iterable[tuple[float, float]]) -> None:
        self.times: list[float] = []
        self.values: list[float] = []
        for t, value in points:
            if self.times and t == self.times[-1]:
                self.values[-1] = value
            else:
                self.times.append(t)
                self.values.append(value)

    @classmethod
    def sampled(cls, f: Callable[[float], float], times: Iterable[float], end: float) -> Steps:
        """Return the step function equal to f, which changes at the given times only."""
        return cls((t, f(t)) for t in sorted({0.0, *(t for t in times if 0 < t < end)}))

    def at(self, t: float) -> float:
        """Return the value at t."""
        return self.values[bisect_right(self.times, t) - 1]

    def pieces(self, start: float, end: float) -> Iterator[tuple[float, float, float]]:
        """Return (from, to, value) over [start, end)."""
        if start >= end:
            return
        inside = [t for t in self.times if start < t < end]
        edges = [start, *inside, end]
        for left, right in pairwise(edges):
            yield left, right, self.at(left)

    def integral(self, start: float, end: float) -> float:
        """Return the integral over [start, end)."""
        return sum((right - left) * value for left, right, value in self.pieces(start, end))

    def above(self, limit: float) -> Steps:
        """Return 1 where the value is greater than the limit, 0 elsewhere."""
        points = zip(self.times, self.values, strict=True)
        return Steps((t, float(value > limit)) for t, value in points)

    def next_time(self, t: float, value: float) -> float:
        """Return the first time from t on at which the function has a value; infinite if none."""
        later = (change for change in self.times if change > t)
        return next((x for x in (t, *later) if self.at(x) == value), math.inf)


def between_changes(
    functions: Iterable[Steps], start: float, end: float
) -> Iterator[tuple[float, float]]:
    """Split [start, end) wherever one of the functions may change."""
    if start < end:
        times = {t for f in functions for t in f.times if start < t < end}
        yield from pairwise([start, *sorted(times), end])


class Ledger:
    """Nominal amounts by service, component and year; what falls at or after T is dropped."""

    def __init__(self, years: int) -> None:
        self.years = years
        self.amounts: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * years)

    def book(self, service: str, component: str, y: int, amount: float) -> None:
        """Book an amount in the year with index y."""
        self.amounts[service, component][y] += amount

    def lump(self, service: str, component: str, t: float, amount: float) -> None:
        """Book an amount paid at time t."""
        if t < self.years:
            self.book(service, component, year_index(t), amount)

    def flow(
        self,
        service: str,
        component: str,
        start: float,
        end: float,
        rate: Callable[[int], float],
    ) -> None:
        """Book a flow whose yearly rate depends on the year alone."""
        for y, left, right in year_parts(start, min(end, self.years)):
            self.book(service, component, y, rate(y) * (right - left))
