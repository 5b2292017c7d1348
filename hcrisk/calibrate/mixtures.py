"""Quantiles of a mixture at a few levels, without the table that a simulation draws from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import optimize, special

from hcrisk.distributions.distribution import Distribution

# Normal scores between which a component is known, and how many.
_FARTHEST, _POINTS = 8.0, 4001


def mixture_quantiles(
    components: Sequence[Distribution], weights: Sequence[float], levels: Sequence[float]
) -> list[float]:
    """Return quantiles of a mixture, to about six digits.

    Parameters
    ----------
    components : sequence of Distribution
        Continuous.
    weights : sequence of float
        Only their ratios matter.
    levels : sequence of float
        In (0, 1).

    Examples
    --------
    >>> parts = [Distribution.from_mapping({"dist": "normal", "mean": m, "sd": 1}) for m in (0, 4)]
    >>> [round(value, 4) for value in mixture_quantiles(parts, [1, 1], [0.5, 0.9])]
    [2.0, 4.8416]
    """
    z = np.linspace(-_FARTHEST, _FARTHEST, _POINTS)
    known = [part.quantile(special.ndtr(z)) for part in components]
    share = np.asarray(weights, dtype=np.float64) / np.sum(weights)

    def level_at(x: float) -> float:
        levels_at = [special.ndtr(np.interp(x, values, z)) for values in known]
        return float(share @ levels_at)

    found = []
    for level in levels:
        ends = [float(np.interp(special.ndtri(level), z, values)) for values in known]
        low, high = min(ends), max(ends)
        if high > low and level_at(low) < level < level_at(high):
            low = optimize.brentq(lambda x, p=level: level_at(x) - p, low, high)
        found.append(float(low))
    return found
