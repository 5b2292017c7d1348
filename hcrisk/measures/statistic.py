"""Statistics by name: what a decision is to be made by."""

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
    quantile,
    sorted_batches,
    tail_mean,
)

MEAN, PERCENTILE, TAIL = "mean", "percentile", "tail"


class Statistic(NamedTuple):
    """A statistic of a cost: its mean, a percentile, or the mean of what lies above one.

    Attributes
    ----------
    name : str
        As it is written: ``mean``, ``p80``, ``tvar95``.
    kind : str
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
        ordered = np.sort(values, axis=-1)
        found = quantile(ordered, self.level) if self.kind == PERCENTILE else None
        return np.asarray(tail_mean(ordered, self.level) if found is None else found)

    def difference(self, values: Floats, base: Floats, confidence: float) -> Estimate:
        """Return the statistic of values less that of a base on the same paths, with an interval.

        Of means the interval is that of the paired difference; else it is from paired batches, as
        for `hcrisk.measures.compare`.
        """
        if self.kind == MEAN:
            return mean_estimate(values - base, confidence)
        both = np.stack(np.broadcast_arrays(values, base))
        found = self.of(both)
        batches, by_batch = batch_count(values.shape[-1], min(self.level, 1.0 - self.level)), None
        if batches:
            cut = sorted_batches(both, batches)
            part = quantile(cut, self.level) if self.kind == PERCENTILE else None
            part = tail_mean(cut, self.level) if part is None else part
            by_batch = part[0] - part[1]
        return batch_estimate(found[0] - found[1], by_batch, confidence)


def statistic(name: str) -> Statistic:
    """Return the statistic of a name.

    Parameters
    ----------
    name : str
        ``"mean"``, ``"p80"`` or ``"tvar95"``, with any percentage above 0 and below 100.

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
    Statistic(name='p80', kind='percentile', level=0.8)
    """
    if name == MEAN:
        return Statistic(name, MEAN, 0.0)
    found = re.fullmatch(r"(p|tvar)(\d{1,2}(?:\.\d+)?)", name) if isinstance(name, str) else None
    level = float(found[2]) / 100.0 if found else 0.0
    if found is None or level == 0.0:
        raise ValueError(
            f"a statistic must be mean, a percentile such as p80, or a tail mean such as tvar95, "
            f"got {name!r}"
        )
    return Statistic(name, PERCENTILE if found[1] == "p" else TAIL, level)
