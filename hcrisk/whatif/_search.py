"""Where a simulated curve crosses zero, on common random numbers, and how surely."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
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


class Stretch(NamedTuple):
    """Neighbouring places of whose sign the same is known.

    Attributes
    ----------
    first, last : float
        The outermost of them.
    sign : int
        Their certain sign; 0 where it is not certain.
    """

    first: float
    last: float
    sign: int


class Change(NamedTuple):
    """Between which places a sign changes: it is certain at both, and at none between them.

    Attributes
    ----------
    before, after : float
        The places.
    sign : int
        The certain sign at the second.
    """

    before: float
    after: float
    sign: int


def changes(stretches: Sequence[Stretch]) -> list[Change]:
    """Return the changes of a certain sign.

    Examples
    --------
    >>> changes([Stretch(1, 4, 1), Stretch(5, 6, 0), Stretch(7, 9, -1)])
    [Change(before=4, after=7, sign=-1)]
    """
    certain = [one for one in stretches if one.sign]
    return [
        Change(one.last, other.first, other.sign)
        for one, other in pairwise(certain)
        if one.sign != other.sign
    ]


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

    def stretches(self, *, whole: bool, tolerance: float) -> list[Stretch]:
        """Return what is known of the sign, from one end of the known places to the other.

        Wherever neighbours differ in that, places between them are computed until they are next
        to each other: whole numbers, or no more than ``tolerance`` apart.
        """
        least = 1.0 if whole else tolerance
        while middles := [_middle(*ends, whole) for ends in self._ends(least)]:
            for x in middles:
                self.at(x)
        groups = groupby(self.places, lambda x: _certain(self.known[x]))
        return [Stretch(own[0], own[-1], sign) for sign, own in ((s, list(g)) for s, g in groups)]

    def _ends(self, least: float) -> list[tuple[float, float]]:
        """Return neighbouring places further apart than that of which not the same is known."""
        return [
            (one, other)
            for one, other in pairwise(self.places)
            if other - one > least and _certain(self.known[one]) != _certain(self.known[other])
        ]

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
            middle = _middle(before, after, whole)
            if not before < middle < after:
                break
            if _sign(self.at(middle).value) == sign:
                after = middle
            else:
                before = middle
        return before, after

    def _crossing(self, before: float, after: float, whole: bool) -> Crossing:
        value = after if whole else zero_between(before, after, self._values(before, after))
        sign = _sign(self.known[after].value)
        lower, upper = self._end(before, -1, after, -sign), self._end(after, 1, before, sign)
        if whole:
            lower, upper = np.ceil(min(lower, value)), np.floor(max(upper, value))
        return Crossing(value, float(lower), float(upper), before, after, sign)

    def around(self, x: float, *, whole: bool) -> Crossing:
        """Return a known place, and around it those at which the sign is not certain."""
        figure, places = self.at(x), self.places
        if _certain(figure):
            # It was stepped over: the sign is certain on both sides.
            return Crossing(x, x, x, x, x, _sign(figure.value))
        lower, upper = self._end(x, -1, x), self._end(x, 1, x)
        if whole:
            lower, upper = np.ceil(lower), np.floor(upper)
        before, after = max([p for p in places if p < x], default=x), x
        return Crossing(x, float(lower), float(upper), before, after, _sign(figure.value))

    def _values(self, *places: float) -> list[float]:
        return [self.known[x].value for x in places]

    def _end(self, start: float, step: int, inner: float, wanted: int = 0) -> float:
        """Return where, going up or down from ``start``, the sign becomes certain.

        ``inner`` is the place from which ``start`` was reached. Infinite where it never does, or
        where it is then not the sign ``wanted``.
        """
        places = self.places
        i = places.index(start)
        while 0 <= i < len(places):
            sign = _certain(self.known[places[i]])
            if sign and wanted not in (0, sign):
                break
            if sign:
                side = 1 if sign > 0 else 2
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


def _middle(before: float, after: float, whole: bool) -> float:
    middle = (before + after) / 2
    return float(math.floor(middle)) if whole else middle


def _certain(figure: Figure) -> int:
    """Return the sign that the interval of a figure leaves no doubt of, else 0."""
    return (figure.lower > 0.0) - (figure.upper < 0.0)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
