"""Estimators on paths that weigh differently, or that come in sections; no labels, no checks.

A weight is a density ratio of mean 1. A weighted statistic is that of the distribution which puts
weight / (sum of weights) on each path. With equal weights it is the plain one.
"""

from __future__ import annotations

import numpy as np

from hcrisk.measures._estimators import Floats


def weighted_quantile(values: Floats, weight: Floats, level: float) -> float:
    """Return the least value that a share ``level`` of the weight does not exceed.

    Examples
    --------
    >>> import numpy as np
    >>> weighted_quantile(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0]), 0.6)
    2.0
    """
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weight[order])
    at = int(np.searchsorted(below, level * below[-1] * (1.0 - 1e-12)))
    return float(values[order[min(at, len(order) - 1)]])
