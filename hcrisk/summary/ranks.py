"""The values at the few ranks that estimators read, and tail means beyond them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import cast

import numpy as np

from hcrisk.measures._estimators import Excess, snapped
from hcrisk.summary.counting import Arrays
from hcrisk.summary.exact import SUM_BITS, Floats, sum_of, whole
from hcrisk.summary.keeping import Keeping, Rank, miscounted, powers_of


class Ordered:
    """Sorted values of some series, as estimators of `hcrisk.measures` read them: rank by rank.

    Parameters
    ----------
    numbers : tuple of int
        Of the series, all of `n` values.
    n : int
    read : callable
        From number of series and rank to value.
    """

    def __init__(self, numbers: tuple[int, ...], n: int, read: Callable[[int, int], float]) -> None:
        self.numbers, self.read = numbers, read
        self.shape = (len(numbers), n)

    def __getitem__(self, key: tuple[object, int]) -> Floats:
        """Return the values of all series at one rank."""
        return np.array([self.read(number, key[1]) for number in self.numbers])

    @property
    def floats(self) -> Floats:
        """Itself, to functions that say they take a sorted array."""
        return cast(Floats, self)


class Recorder:
    """Notes which ranks are read, before there are any values."""

    def __init__(self) -> None:
        self.asked: set[Rank] = set()

    def __call__(self, number: int, rank: int) -> float:
        """Note a rank; its value is not known yet."""
        self.asked.add((number, rank))
        return 0.0


class Found:
    """Everything both passes found, by series and rank.

    Parameters
    ----------
    keeping : Keeping
    counts : int64[n_bin]
        Result of the first pass.
    state : dict
        Result of the second.

    Raises
    ------
    HcriskError
        If the passes did not see the same paths.
    """

    def __init__(self, keeping: Keeping, counts: Arrays, state: Arrays) -> None:
        self.keeping = keeping
        self.edges, self.n = keeping.series.edges, keeping.series.paths
        offsets, self.upto = keeping.series.offsets, []
        for first, last in pairwise(offsets):
            self.upto.append(np.cumsum(counts["counts"][first:last]))
            if self.upto[-1][-1] != self.n:
                raise miscounted()
        starts, self.kept = keeping.starts, {}
        if (state["filled"] != np.diff(starts)).any():
            raise miscounted()
        for i, window in enumerate(keeping.windows):
            values = np.sort(state["kept"][starts[i] : starts[i + 1]])
            self.kept[window.number, window.place] = values
        self.beyond = state["beyond"]

    def value(self, number: int, rank: int) -> float:
        """Return the value of a series at a rank from 0."""
        at = self._bin(number, rank)
        if (kept := self.kept.get((number, at))) is None:
            # A bin that holds one value only.
            return float(self.edges[number][at - 1])
        return float(kept[rank - self._below(number, at)])

    def above(self, number: int, value: float) -> int:
        """Return how many values lie strictly above one at, or between, two ranks asked for."""
        at = int(np.searchsorted(self.edges[number], value, side="right"))
        kept = self.kept.get((number, at))
        if kept is None:
            return int(self.upto[number][-1] - self.upto[number][at])
        upto = self._below(number, at) + int(np.searchsorted(kept, value, side="right"))
        return int(self.upto[number][-1]) - upto

    def tail_mean(self, number: int, level: float, tail: int) -> float:
        """Return the mean of the worst values, as `hcrisk.measures.tail_value_at_risk` has it.

        Parameters
        ----------
        number : int
        level : float
        tail : int
            Which of the series' tails this is.
        """
        k, fraction = snapped(level, self.n)
        excess = self.excess(number, k, tail)
        return float(excess.boundary + excess.total / (self.n - k - fraction))

    def excess(self, number: int, rank: int, tail: int) -> Excess:
        """Return by how much the values of a series exceed the one at a rank.

        Powers are rounded once each, and their sums not at all: where bins lie changes no bit.
        """
        at, boundary = self._bin(number, rank), self.value(number, rank)
        sums = [whole(limbs) for limbs in self.beyond[self.keeping.first_tails[number] + tail]]
        count = self.n - int(self.upto[number][at])
        if (kept := self.kept.get((number, at))) is not None:
            inside = kept[rank + 1 - self._below(number, at) :]
            sums = [all_ + sum_of(row) for all_, row in zip(sums, powers_of(inside), strict=True)]
            count += len(inside)
        total, square, cube = (Fraction(each, 1 << SUM_BITS) for each in sums)
        b = Fraction(boundary)
        found = (
            total - count * b,
            square - 2 * b * total + count * b**2,
            cube - 3 * b * square + 3 * b**2 * total - count * b**3,
        )
        return Excess(*map(np.asarray, (boundary, *map(float, found))))

    def _bin(self, number: int, rank: int) -> int:
        return int(np.searchsorted(self.upto[number], rank, side="right"))

    def _below(self, number: int, at: int) -> int:
        return int(self.upto[number][at - 1]) if at else 0
