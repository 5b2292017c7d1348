"""Statistics by name: what a decision is to be made by."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from hcrisk.exceptions import ArgumentError
from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    batch_count,
    batch_estimate,
    mean_estimate,
    order_statistic_estimate,
    paths_to_batch,
    paths_to_bound_quantile,
    quantile,
    sorted_batches,
    tail_estimate,
    tail_mean,
)

MEAN, PERCENTILE, TAIL = "mean", "p", "tvar"
_NAME = re.compile(r"(p|tvar)(\d{1,2}(?:\.\d+)?)", re.IGNORECASE)
# What two costs share falls out of their difference, but for rounding.
_ROUNDING = 1e-12


class Statistic(NamedTuple):
    """A statistic of a cost: its mean, a percentile, or the mean of what lies above one.

    Attributes
    ----------
    name : str
        As it is written: ``mean``, ``p80``, ``tvar95``.
    kind : str
        ``mean``, ``p`` or ``tvar``.
    level : float
        0.8 for ``p80`` and 0.95 for ``tvar95``; 0 for the mean.

    Examples
    --------
    >>> statistic("p97.5").level
    0.975
    """

    name: str
    kind: str
    level: float

    @property
    def title(self) -> str:
        """What readers call it.

        Examples
        --------
        >>> statistic("p80").title, statistic("tvar99.5").title, statistic("mean").title
        ('P80', 'TVaR 99.5', 'mean')
        """
        prefix = {MEAN: "mean", PERCENTILE: "P", TAIL: "TVaR "}[self.kind]
        return prefix if self.kind == MEAN else f"{prefix}{100 * self.level:.10g}"

    @property
    def paths_needed(self) -> int:
        """The fewest paths of which a paired difference has an interval."""
        return 2 if self.kind == MEAN else paths_to_batch(self._tail)

    def paths_to_bound(self, confidence: float) -> int:
        """Return the fewest paths of which an estimate has an interval.

        Examples
        --------
        >>> [statistic(name).paths_to_bound(0.95) for name in ("mean", "p95", "tvar95")]
        [2, 72, 1000]
        """
        if self.kind == PERCENTILE:
            return paths_to_bound_quantile(self.level, confidence)
        return 2 if self.kind == MEAN else paths_to_batch(self._tail)

    @property
    def _tail(self) -> float:
        beyond = 1.0 - self.level
        return beyond if self.kind == TAIL else min(self.level, beyond)

    def of(self, values: Floats) -> Floats:
        """Return the statistic along the last axis.

        Examples
        --------
        >>> import numpy as np
        >>> statistic("tvar80").of(np.arange(10.0)).item()
        8.5
        """
        if self.kind == MEAN:
            return np.asarray(values.mean(axis=-1))
        return self._of_ordered(np.sort(values, axis=-1))

    def _of_ordered(self, ordered: Floats) -> Floats:
        measure = quantile if self.kind == PERCENTILE else tail_mean
        return np.asarray(measure(ordered, self.level))

    def estimate(self, values: Floats, confidence: float) -> Estimate:
        """Return the statistic along the last axis with its interval."""
        if self.kind == MEAN:
            return mean_estimate(values, confidence)
        ordered = np.sort(values, axis=-1)
        if self.kind == PERCENTILE:
            return order_statistic_estimate(ordered, self.level, confidence)
        return tail_estimate(ordered, self.level, confidence)

    def difference(self, values: Floats, base: Floats, confidence: float) -> Estimate:
        """Return the statistic of values less that of a base on the same paths, with an interval.

        Of means the interval is that of the paired difference; else it is from paired batches, as
        for `hcrisk.measures.compare`. What is the same on every path differs by nothing, however
        few there are.
        """
        values, base = np.broadcast_arrays(values, base)
        if self.kind == MEAN:
            found = mean_estimate(values - base, confidence)
        else:
            batches, by_batch = batch_count(values.shape[-1], self._tail), None
            if batches:
                cuts = (sorted_batches(rows, batches) for rows in (values, base))
                high, low = (self._of_ordered(cut) for cut in cuts)
                by_batch = high - low
            found = batch_estimate(self.of(values) - self.of(base), by_batch, confidence)
        size = np.maximum(np.abs(values), np.abs(base)).max(axis=-1)
        same = np.abs(values - base).max(axis=-1) <= _ROUNDING * size
        return Estimate(*(np.where(same, 0.0, part) for part in found))


def statistic(name: str, argument: str = "statistic") -> Statistic:
    """Return the statistic of a name.

    Parameters
    ----------
    name : str
        ``"mean"``, ``"p80"`` or ``"tvar95"``, with any percentage above 0 and below 100.
    argument : str
        What an error calls it.

    Returns
    -------
    Statistic

    Raises
    ------
    ValueError
        For any other name.

    Examples
    --------
    >>> statistic("p80")
    Statistic(name='p80', kind='p', level=0.8)
    """
    if name == MEAN:
        return Statistic(name, MEAN, 0.0)
    found = _NAME.fullmatch(name) if isinstance(name, str) else None
    # As a decimal, so that p99.9 is 0.999 to the last bit.
    level = float(f"{found[2]}e-2") if found else 0.0
    if found is None or level == 0.0:
        raise ArgumentError(
            argument,
            name,
            "must be 'mean', or 'p' or 'tvar' with a percentage between 0 and 100",
            "write such as 'p80' or 'tvar95'",
        )
    return Statistic(name.lower(), found[1].lower(), level)
