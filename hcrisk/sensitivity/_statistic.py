"""A statistic of a cost by its name, and how much it changes between two runs."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    batch_count,
    batch_estimate,
    mean_estimate,
    order_statistic_estimate,
    paths_to_batch,
    quantile,
    sorted_batches,
    tail_estimate,
    tail_mean,
)

_ROUNDING = 1e-12
MEAN, PERCENTILE, TAIL = "mean", "p", "tvar"
_NAME = re.compile(r"(p|tvar)([0-9]+(?:\.[0-9]+)?)", re.IGNORECASE)


class Statistic(NamedTuple):
    """The mean, a percentile, or the mean beyond one."""

    name: str
    kind: str
    level: float

    @property
    def long_name(self) -> str:
        """What it is called in a sentence."""
        if self.kind == MEAN:
            return "mean"
        percent = f"{100 * self.level:.10g}"
        return f"P{percent}" if self.kind == PERCENTILE else f"TVaR {percent}%"

    @property
    def paths_needed(self) -> int:
        """The fewest paths of which it has an interval."""
        return 2 if self.kind == MEAN else paths_to_batch(self._tail)

    @property
    def _tail(self) -> float:
        beyond = 1.0 - self.level
        return beyond if self.kind == TAIL else min(self.level, beyond)

    def estimate(self, values: Floats, confidence: float) -> Estimate:
        """Return the statistic of a row of paths with its interval."""
        if self.kind == MEAN:
            return mean_estimate(values, confidence)
        ordered = np.sort(values)
        if self.kind == PERCENTILE:
            return order_statistic_estimate(ordered, self.level, confidence)
        return tail_estimate(values, ordered, self.level, confidence)

    def change(self, after: Floats, before: Floats, confidence: float) -> Estimate:
        """Return how much it is higher after than before, with the interval of paired paths."""
        moved = np.abs(after - before).max()
        # What two strategies share falls out of their difference, but for rounding.
        if moved <= _ROUNDING * max(np.abs(after).max(), np.abs(before).max()):
            return Estimate(*(np.asarray(0.0) for _ in Estimate._fields))
        if self.kind == MEAN:
            return mean_estimate(after - before, confidence)
        value = self._of_ordered(np.sort(after)) - self._of_ordered(np.sort(before))
        batches, by_batch = batch_count(after.size, self._tail), None
        if batches:
            cuts = (sorted_batches(row, batches) for row in (after, before))
            high, low = (self._of_ordered(cut) for cut in cuts)
            by_batch = high - low
        return batch_estimate(np.asarray(value), by_batch, confidence)

    def _of_ordered(self, ordered: Floats) -> Floats:
        measure = quantile if self.kind == PERCENTILE else tail_mean
        return measure(ordered, self.level)


def named_statistic(name: str) -> Statistic:
    """Return the statistic of a name: mean, or a percentile or tail mean such as p80, tvar95.

    Raises
    ------
    ValueError
        For anything else.

    Examples
    --------
    >>> named_statistic("p80").level, named_statistic("tvar99.5").long_name
    (0.8, 'TVaR 99.5%')
    """
    if name == MEAN:
        return Statistic(name, MEAN, 0.0)
    found = _NAME.fullmatch(name) if isinstance(name, str) else None
    level = round(float(found[2]) / 100.0, 12) if found else 0.0
    if found is None or not 0.0 < level < 1.0:
        raise ValueError(
            f"statistic must be 'mean', or 'p' or 'tvar' with a percentage between 0 and 100, got "
            f"{name!r}; write such as 'p80' or 'tvar95'"
        )
    return Statistic(name.lower(), found[1].lower(), level)
