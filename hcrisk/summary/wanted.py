"""Which figures are wanted, which ranks they need, and what they come to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hcrisk.measures._estimators import (
    Estimate,
    batch_count,
    batch_estimate,
    order_statistic_estimate,
    paths_to_bound_quantile,
    snapped,
    stack_estimates,
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

    @property
    def batches(self) -> tuple[int, ...]:
        """Into how many batches the paths are cut, each number once."""
        return tuple(sorted({self.batches_at(level) for level in self.tail_levels} - {0}))

    def batches_at(self, level: float) -> int:
        """Return into how many batches the paths are cut for a tail; 0 if too few."""
        return batch_count(self.paths, 1.0 - level)

    def ranks(self, series: Series) -> tuple[set[Rank], dict[int, list[int]]]:
        """Return all ranks that estimators will read, and those beyond which a sum is needed."""
        recorder = Recorder()
        self.percentiles(Ordered(tuple(range(len(series.edges))), self.paths, recorder))
        tails = {
            number: [snapped(level, _size(series, number))[0] for level in levels]
            for number, levels in self.tails(series).items()
        }
        for number, ranks in tails.items():
            for rank in ranks:
                recorder(number, rank)
        if not all(map(self.batches_at, self.tail_levels)):
            # Without batches there is an interval only where all paths are equal.
            for row in range(series.n_strategy):
                recorder(row, 0)
                recorder(row, self.paths - 1)
        return recorder.asked, tails

    def tails(self, series: Series) -> dict[int, tuple[float, ...]]:
        """Return by number of series the levels of its tail means."""
        found = dict.fromkeys(range(series.n_strategy), self.tail_levels)
        for count in series.batches:
            levels = tuple(x for x in self.tail_levels if self.batches_at(x) == count)
            for batch in range(count):
                for row in range(series.n_strategy):
                    found[series.batch(count, batch, row)] = levels
        return found

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
        series, count = found.keeping.series, self.batches_at(level)
        tails, rows = self.tails(series), range(series.n_strategy)

        def of(number: int) -> float:
            return found.tail_mean(number, level, tails[number].index(level))

        whole = np.array([of(row) for row in rows])
        by_batch = None
        if count:
            numbers = [[series.batch(count, i, row) for i in range(count)] for row in rows]
            by_batch = np.array([[of(number) for number in own] for own in numbers])
        value, lower, upper = batch_estimate(whole, by_batch, self.confidence)
        if not count and self.paths >= paths_to_bound_quantile(level, self.confidence):
            last = self.paths - 1
            certain = np.array([found.value(row, 0) == found.value(row, last) for row in rows])
            lower, upper = np.where(certain, value, lower), np.where(certain, value, upper)
        return Estimate(value, lower, upper)


def _size(series: Series, number: int) -> int:
    section = series.sections[number]
    return section.last - section.first
