"""The worst share of the paths against the rest: one engine for all that compares the two."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    batch_count,
    batch_estimate,
    wilson_estimate,
)
from hcrisk.measures._parts import tail_parts


class Sides(NamedTuple):
    """Means of rows on the worst paths and on the rest, and the same of each section.

    Attributes
    ----------
    worst, rest
        Over row, or of one row.
    worst_by, rest_by
        With the sections along a new last axis; None where there are too few paths to cut.
    """

    worst: Floats
    rest: Floats
    worst_by: Floats | None
    rest_by: Floats | None

    def row(self, at: int) -> Sides:
        """Return those of one row."""
        by = (None if each is None else each[at] for each in (self.worst_by, self.rest_by))
        return Sides(np.asarray(self.worst[at]), np.asarray(self.rest[at]), *by)

    @property
    def excess(self) -> Floats:
        """The mean on the worst paths less that on the rest."""
        return np.asarray(self.worst - self.rest)

    @property
    def excess_by(self) -> Floats | None:
        """The same of each section."""
        if self.worst_by is None or self.rest_by is None:
            return None
        return np.asarray(self.worst_by - self.rest_by)


class Worst:
    """Which paths are the worst, as a whole and in each section of the paths.

    Every section has worst paths of its own, so that the spread between sections holds the noise
    of where the worst begin. Paths that tie there enter with the same part each.

    Parameters
    ----------
    cost
        ``float64[path]``, by which paths are the worst.
    level
        The worst are the ``1 - level`` share, in (0, 1).
    confidence
        Confidence of the intervals, in (0, 1).
    """

    def __init__(self, cost: Floats, level: float, confidence: float) -> None:
        self.parts, self.confidence = tail_parts(cost, level), confidence
        self.sections = batch_count(cost.size, 1.0 - level)
        if self.sections:
            self._parts_by = tail_parts(self.cut(cost), level)

    def cut(self, values: Floats) -> Floats:
        """Return consecutive equal slices of the paths; the few that are left are in none."""
        size = values.shape[-1] // self.sections
        cut = values[..., : self.sections * size]
        return cut.reshape(*values.shape[:-1], self.sections, size)

    def sides(self, values: Floats, prepare: Callable[[Floats], Floats] = np.asarray) -> Sides:
        """Return the means on both sides of what ``prepare`` makes of rows, or of one row.

        It is prepared in each section by itself.
        """
        whole = prepare(values)
        worst, rest = _mean(whole, self.parts), _mean(whole, 1.0 - self.parts)
        if not self.sections:
            return Sides(worst, rest, None, None)
        cut = prepare(self.cut(values))
        by = (_mean(cut, parts) for parts in (self._parts_by, 1.0 - self._parts_by))
        return Sides(worst, rest, *by)

    def estimate(self, value: Floats, by_section: Floats | None) -> Estimate:
        """Return a value with the interval of its spread between sections."""
        return batch_estimate(value, by_section, self.confidence)

    def excess(self, sides: Sides) -> Estimate:
        """Return the mean on the worst paths less that on the rest."""
        return self.estimate(sides.excess, sides.excess_by)

    def means(self, sides: Sides) -> tuple[Estimate, Estimate]:
        """Return the means on the worst paths and on the rest."""
        return self.estimate(sides.worst, sides.worst_by), self.estimate(sides.rest, sides.rest_by)

    def ratio(self, above: Sides, below: Sides) -> Estimate:
        """Return one excess as a share of another that is not 0, linear between sections.

        A section whose own excess is near 0 would have no share of its own.
        """
        whole = below.excess
        share = np.asarray(above.excess / whole)
        if above.excess_by is None or below.excess_by is None:
            return self.estimate(share, None)
        off = above.excess_by - share[..., None] * below.excess_by
        return self.estimate(share, np.asarray(share[..., None] + off / whole))

    def shares(self, sides: Sides) -> tuple[Estimate, Estimate]:
        """Return shares of the worst paths and of the rest, of values in [0, 1].

        Where sections hardly differ, as where all the worst are struck, they say little of how
        many more there might be: Wilson's interval for so many paths is the least.
        """
        found = []
        for each, parts in zip(self.means(sides), (self.parts, 1.0 - self.parts), strict=True):
            size = float(parts.sum())
            least = wilson_estimate(each.value * size, size, self.confidence)
            lower = np.clip(np.minimum(each.lower, least.lower), 0.0, each.value)
            upper = np.clip(np.maximum(each.upper, least.upper), each.value, 1.0)
            found.append(Estimate(each.value, lower, upper))
        return found[0], found[1]


def _mean(values: Floats, weights: Floats) -> Floats:
    # Against the first path, rows that are the same on every path have no rounding.
    first = values[..., :1]
    apart = ((values - first) * weights).sum(axis=-1) / weights.sum(axis=-1)
    return np.asarray(first[..., 0] + apart)
