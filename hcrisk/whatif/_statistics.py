"""Statistics with their intervals, alone and as paired differences."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hcrisk.measures import statistic as named
from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    mean_estimate,
    order_statistic_estimate,
    tail_estimate,
)
from hcrisk.measures._labelled import level_name


class Statistic(NamedTuple):
    """One number of a distribution of costs.

    Attributes
    ----------
    stated : hcrisk.measures.statistic.Statistic
    """

    stated: named.Statistic

    @property
    def title(self) -> str:
        """The statistic as people say it."""
        if self.stated.kind == named.MEAN:
            return "mean"
        name = level_name(self.stated.level)
        return name if self.stated.kind == named.PERCENTILE else f"TVaR {name[1:]}"

    def of(self, values: Floats, confidence: float) -> Estimate:
        """Return the statistic of ``float64[..., path]`` with its interval."""
        kind, level = self.stated.kind, self.stated.level
        if kind == named.MEAN:
            return mean_estimate(values, confidence)
        ordered = np.sort(values, axis=-1)
        if kind == named.PERCENTILE:
            return order_statistic_estimate(ordered, level, confidence)
        return tail_estimate(values, ordered, level, confidence)

    def difference(self, one: Floats, other: Floats, confidence: float) -> Estimate:
        """Return the statistic of ``other`` less that of ``one``, paths paired."""
        found = self.stated.difference(other, one, confidence)
        if self.stated.kind != named.MEAN and np.array_equal(one, other):
            # However few the paths: what was not changed differs by nothing.
            return Estimate(found.value, found.value, found.value)
        return found


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
    >>> read_statistic("p99.5").title, read_statistic("tvar95").title
    ('P99.5', 'TVaR 95')
    """
    try:
        return Statistic(named.statistic(text))
    except ValueError:
        raise ValueError(
            f"statistic must be mean, or p or tvar and a percentage between 0 and 100, got "
            f"{text!r}; write 'mean', 'p80' or 'tvar95'"
        ) from None
