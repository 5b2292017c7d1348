"""Which figures are wanted, which ranks they need, and what they come to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hcrisk.measures._estimators import (
    Estimate,
    Excess,
    order_statistic_estimate,
    paths_to_batch,
    rough_tail,
    stack_estimates,
    tail_interval,
    tail_ranks,
)
from hcrisk.summary.keeping import Rank
from hcrisk.summary.layout import Series
from hcrisk.summary.ranks import Found, Ordered, Recorder


class Wanted(NamedTuple):
    """Percentiles and tail means of a run.

    Attributes
    ----------
    levels : tuple of float
    tail_levels : tuple of float
    confidence : float
    paths : int
    n_sum : int
        How many numbers of each path have a mean.
    """

    levels: tuple[float, ...]
    tail_levels: tuple[float, ...]
    confidence: float
    paths: int
    n_sum: int

    def is_bounded(self, level: float) -> bool:
        """Return whether there are enough paths for the bounds of a tail mean."""
        return self.paths >= paths_to_batch(1.0 - level)

    @property
    def tails(self) -> list[int]:
        """The ranks beyond which sums are needed, two for each level of a tail mean."""
        found = (tail_ranks(self.paths, level, self.confidence) for level in self.tail_levels)
        return [rank for ranks in found for rank in ranks]

    def ranks(self, series: Series) -> tuple[set[Rank], dict[int, list[int]]]:
        """Return all ranks that estimators will read, and those beyond which a sum is needed."""
        recorder = Recorder()
        self.percentiles(Ordered(tuple(range(len(series.edges))), self.paths, recorder))
        tails = dict.fromkeys(range(series.n_strategy), self.tails)
        for number, ranks in tails.items():
            # The ends tell whether all paths are equal.
            for rank in (*ranks, 0, self.paths - 1):
                recorder(number, rank)
        return recorder.asked, tails

    def percentiles(self, ordered: Ordered) -> Estimate:
        """Return percentiles with their intervals, levels last."""
        return stack_estimates(
            order_statistic_estimate(ordered.floats, level, self.confidence)
            for level in self.levels
        )

    def tail_means(self, found: Found) -> Estimate:
        """Return tail means with their intervals, levels last."""
        return stack_estimates(self._tail_mean(found, level) for level in self.tail_levels)

    def _tail_mean(self, found: Found, level: float) -> Estimate:
        """Return a tail mean with its interval, as `hcrisk.measures` estimates both."""
        rows, first = range(found.keeping.series.n_strategy), 2 * self.tail_levels.index(level)
        value = np.array([found.tail_mean(row, level, first) for row in rows])
        if not self.is_bounded(level):
            last = self.paths - 1
            certain = np.array([found.value(row, 0) == found.value(row, last) for row in rows])
            return rough_tail(value, certain, self.paths, level, self.confidence)
        excesses = []
        for tail, rank in enumerate(tail_ranks(self.paths, level, self.confidence), first):
            each = [found.excess(row, rank, tail) for row in rows]
            excesses.append(Excess(*map(np.array, zip(*each, strict=True))))
        return tail_interval(value, excesses, self.paths, level, self.confidence)
