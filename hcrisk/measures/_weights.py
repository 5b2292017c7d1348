"""Statistics of paths that weigh differently: paths along the last axis, no labels, no checks.

A weighted statistic is that of the distribution which puts weight / (sum of weights) on each path;
weights None are equal, and the statistic is then the plain one.
"""

from __future__ import annotations

import numpy as np

from hcrisk.measures._estimators import Floats, quantile, tail_mean

# What adding up weights may round away, as a share of them.
_ROUNDING = 1e-12


def calibrated(weight: Floats) -> Floats:
    """Return density ratios made to have mean 1, as they have in expectation.

    Linear in the ratio: a weighted mean becomes Hesterberg's regression estimate, with the ratio
    itself as control variate. Merely dividing by the sum would carry the noise of the plain paths
    into every tail.

    Examples
    --------
    >>> import numpy as np
    >>> found = calibrated(np.array([0.2, 0.2, 1.6, 1.6]))
    >>> found.round(4).tolist(), float(found.mean().round(12))
    ([0.1714, 0.1714, 1.8286, 1.8286], 1.0)
    """
    mean = weight.mean()
    spread = np.square(weight - mean).mean()
    if spread == 0.0:
        return np.ones_like(weight)
    slope = 1.0 - (mean - 1.0) * (weight - mean) / spread
    # Too few paths to calibrate leave no sensible slope.
    return np.asarray(weight * slope if slope.min() > 0.0 else weight / mean)


def mean_of(values: Floats, weight: Floats | None) -> Floats:
    """Return the mean along the last axis."""
    if weight is None:
        return np.asarray(values.mean(axis=-1))
    return np.asarray((values * weight).sum(axis=-1) / weight.sum())


def quantile_of(values: Floats, weight: Floats | None, level: float) -> Floats:
    """Return the least value that a share ``level`` of the weight does not exceed.

    Examples
    --------
    >>> import numpy as np
    >>> quantile_of(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0]), 0.6).item()
    2.0
    """
    if weight is None:
        return quantile(np.sort(values, axis=-1), level)
    order = np.argsort(values, axis=-1, kind="stable")
    below = np.cumsum(weight[order], axis=-1)
    enough = below >= level * below[..., -1:] * (1.0 - _ROUNDING)
    at = np.take_along_axis(order, enough.argmax(axis=-1)[..., None], axis=-1)
    return np.asarray(np.take_along_axis(values, at, axis=-1)[..., 0])


def tail_mean_of(values: Floats, weight: Floats | None, level: float) -> Floats:
    """Return the mean of the worst ``1 - level`` share of the weight (Acerbi and Tasche).

    Examples
    --------
    >>> import numpy as np
    >>> tail_mean_of(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0]), 0.5).item()
    2.5
    """
    if weight is None:
        return tail_mean(np.sort(values, axis=-1), level)
    order = np.argsort(values, axis=-1, kind="stable")[..., ::-1]
    share = weight[order] / weight.sum()
    before = np.cumsum(share, axis=-1) - share
    inside = np.clip((1.0 - level) - before, 0.0, share)
    ordered = np.take_along_axis(values, order, axis=-1)
    return np.asarray((ordered * inside).sum(axis=-1) / inside.sum(axis=-1))


def shares_above(values: Floats, weight: Floats | None, amounts: Floats) -> Floats:
    """Return the share of the weight strictly above each amount, the last axis of ``amounts``.

    Examples
    --------
    >>> import numpy as np
    >>> shares_above(np.array([3.0, 1.0]), np.array([1.0, 3.0]), np.array([0.0, 1.0])).tolist()
    [1.0, 0.25]
    """
    n = values.shape[-1]
    each = np.ones(n) if weight is None else weight
    lead = np.broadcast_shapes(values.shape[:-1], amounts.shape[:-1])
    rows = np.broadcast_to(values, (*lead, n)).reshape(-1, n)
    wanted = np.broadcast_to(amounts, (*lead, amounts.shape[-1])).reshape(len(rows), -1)
    found = np.empty(wanted.shape)
    for i, (row, at) in enumerate(zip(rows, wanted, strict=True)):
        order = np.argsort(row, kind="stable")
        above = np.concatenate([np.cumsum(each[order][::-1])[::-1], [0.0]])
        found[i] = above[np.searchsorted(row[order], at, side="right")] / above[0]
    return found.reshape(*lead, amounts.shape[-1])
