"""Where a simulated curve crosses zero, on common random numbers, and how surely."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from hcrisk.figures import Figure


class Crossing(NamedTuple):
    """Where a curve changes its sign.

    Attributes
    ----------
    value : float
        The place; among whole numbers, the first with the new sign.
    lower, upper : float
        Around it the sign is not certain; infinite if it is not before the end of the range.
    before, after : float
        The neighbouring places known to have the old and the new sign.
    sign : int
        The new sign.
    """

    value: float
    lower: float
    upper: float
    before: float
    after: float
    sign: int


class Curve:
    """A function of one number that is costly to compute, and what is known of it.

    Parameters
    ----------
    evaluate : callable
        From a place to a figure with its interval.
    """

    def __init__(self, evaluate: Callable[[float], Figure]) -> None:
        self._evaluate = evaluate
        self.known: dict[float, Figure] = {}

    def at(self, x: float) -> Figure:
        """Return the figure at a place, computing it once."""
        if x not in self.known:
            self.known[x] = self._evaluate(x)
        return self.known[x]

    @property
    def places(self) -> list[float]:
        """Where it is known, in rising order."""
        return sorted(self.known)

    def crossings(self, *, whole: bool, tolerance: float) -> list[Crossing]:
        """Return every change of sign between known places, each narrowed by bisection."""
        narrowed = [self._narrowed(*ends, whole, tolerance) for ends in self._brackets()]
        return [self._crossing(before, after, whole) for before, after in narrowed]

    def _brackets(self) -> list[tuple[float, float]]:
        """Return neighbouring places of opposite sign; a zero keeps the sign before it."""
        found, last, sign = [], math.nan, 0
        for x in self.places:
            here = _sign(self.known[x].value)
            if here and sign and here != sign:
                found.append((last, x))
            sign = here or sign
            last = x
        return found

    def _narrowed(
        self, before: float, after: float, whole: bool, tolerance: float
    ) -> tuple[float, float]:
        sign = _sign(self.at(after).value)
        while after - before > (1.0 if whole else tolerance):
            middle = (before + after) / 2
            middle = float(math.floor(middle)) if whole else middle
            if not before < middle < after:
                break
            if _sign(self.at(middle).value) == sign:
                after = middle
            else:
                before = middle
        return before, after

    def _crossing(self, before: float, after: float, whole: bool) -> Crossing:
        value = after if whole else zero_between(before, after, self._values(before, after))
        lower, upper = self._end(before, -1, after), self._end(after, 1, before)
        if whole:
            lower, upper = np.ceil(min(lower, value)), np.floor(max(upper, value))
        sign = _sign(self.known[after].value)
        return Crossing(value, float(lower), float(upper), before, after, sign)

    def around(self, x: float, *, whole: bool) -> Crossing:
        """Return a known place, and around it those at which the sign is not certain."""
        figure, places = self.at(x), self.places
        if figure.lower > 0.0 or figure.upper < 0.0:
            # It was stepped over: the sign is certain on both sides.
            return Crossing(x, x, x, x, x, _sign(figure.value))
        lower, upper = self._end(x, -1, x), self._end(x, 1, x)
        if whole:
            lower, upper = np.ceil(lower), np.floor(upper)
        before, after = max([p for p in places if p < x], default=x), x
        return Crossing(x, float(lower), float(upper), before, after, _sign(figure.value))

    def _values(self, *places: float) -> list[float]:
        return [self.known[x].value for x in places]

    def _end(self, start: float, step: int, inner: float) -> float:
        """Return where, going up or down from ``start``, the sign becomes certain.

        ``inner`` is the place from which ``start`` was reached.
        """
        places = self.places
        i = places.index(start)
        while 0 <= i < len(places):
            figure = self.known[places[i]]
            if figure.lower > 0.0 or figure.upper < 0.0:
                side = 1 if figure.lower > 0.0 else 2
                ends = [self.known[places[i]][side], self.known[inner][side]]
                return zero_between(places[i], inner, ends)
            inner = places[i]
            i += step
        return step * math.inf


def zero_between(one: float, other: float, values: Sequence[float]) -> float:
    """Return where a line through two points is zero, not outside them.

    Examples
    --------
    >>> zero_between(10.0, 20.0, [1.0, -3.0])
    12.5
    """
    first, second = values
    if not math.isfinite(second) or first == second:
        return one if not math.isfinite(second) else (one + other) / 2
    share = min(max(first / (first - second), 0.0), 1.0)
    return one + share * (other - one)


def places_between(low: float, high: float, points: int, *, whole: bool) -> list[float]:
    """Return evenly spaced places from ``low`` to ``high``, each once.

    Examples
    --------
    >>> places_between(1, 4, 10, whole=True), places_between(0, 1, 3, whole=False)
    ([1.0, 2.0, 3.0, 4.0], [0.0, 0.5, 1.0])
    """
    if whole:
        points = min(points, round(high - low) + 1)
        return sorted({float(round(x)) for x in np.linspace(low, high, points)})
    return [float(x) for x in np.linspace(low, high, points)]


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
