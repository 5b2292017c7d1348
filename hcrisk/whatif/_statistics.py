"""Statistics by their names, as people write them: mean, p80, tvar95."""

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
    quantile,
    sorted_batches,
    tail_estimate,
    tail_mean,
)
from hcrisk.measures._labelled import level_name

_WRITTEN = re.compile(r"(p|tvar)(\d+(?:\.\d+)?)")


class Statistic(NamedTuple):
    """One number of a distribution of costs.

    Attributes
    ----------
    kind : {"mean", "p", "tvar"}
    level : float
        In (0, 1); 0.5 for the mean, which has none.
    """

    kind: str
    level: float

    @property
    def title(self) -> str:
        """The statistic as people say it."""
        if self.kind == "mean":
            return "mean"
        name = level_name(self.level)
        return name if self.kind == "p" else f"TVaR {name[1:]}"

    def of(self, values: Floats, confidence: float) -> Estimate:
        """Return the statistic of ``float64[..., path]`` with its interval."""
        if self.kind == "mean":
            return mean_estimate(values, confidence)
        ordered = np.sort(values, axis=-1)
        if self.kind == "p":
            return order_statistic_estimate(ordered, self.level, confidence)
        return tail_estimate(values, ordered, self.level, confidence)

    def difference(self, one: Floats, other: Floats, confidence: float) -> Estimate:
        """Return the statistic of ``other`` less that of ``one``, paths paired.

        For the mean the interval is the central-limit one of the paired difference; for the
        others it comes from paired batches, as in `hcrisk.measures.compare`.
        """
        if self.kind == "mean":
            return mean_estimate(other - one, confidence)
        pair, n = np.stack([one, other]), one.shape[-1]
        share = 1.0 - self.level if self.kind == "tvar" else min(self.level, 1.0 - self.level)
        batches = batch_count(n, share)
        by_batch = self._less(sorted_batches(pair, batches)) if batches else None
        value = self._less(np.sort(pair, axis=-1))
        if by_batch is None and np.array_equal(one, other):
            return Estimate(value, value, value)
        return batch_estimate(value, by_batch, confidence)

    def _less(self, ordered: Floats) -> Floats:
        found = (quantile if self.kind == "p" else tail_mean)(ordered, self.level)
        return np.asarray(found[1] - found[0])


def read_statistic(text: str) -> Statistic:
    """Return the statistic of a name.

    Parameters
    ----------
    text : str
        "mean", "p80" (the 80th percentile) or "tvar95" (the mean of the worst 5 %).

    Raises
    ------
    ValueError
        For any other name.

    Examples
    --------
    >>> read_statistic("p99.5").level, read_statistic("tvar95").title
    (0.995, 'TVaR 95')
    """
    written = str(text).strip().lower()
    if written == "mean":
        return Statistic("mean", 0.5)
    match = _WRITTEN.fullmatch(written)
    level = round(float(match[2]) / 100, 12) if match else 0.0
    if match is None or not 0.0 < level < 1.0:
        raise ValueError(
            f"statistic must be mean, or p or tvar and a percentage between 0 and 100, got "
            f"{text!r}; write 'mean', 'p80' or 'tvar95'"
        )
    return Statistic(match[1], level)
