"""Mean and standard deviation: closed forms, and quadrature where truncated or clipped."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from hcrisk.distributions.distribution import Distribution, _encoded
from hcrisk.distributions.metalog import basis_at_logit, coefficients, slope
from hcrisk.kernels import law_columns as col

Pair = tuple[float, float]
Quantile = Callable[[float], float]

# Quadrature runs over the logit of the level, split where the mass and the tails are.
LOGIT_CUTS = (-700.0, -100.0, -40.0, -15.0, -5.0, 0.0, 5.0, 15.0, 40.0, 100.0, 700.0)
RELATIVE_ERROR = 1e-11
KINK_BISECTIONS = 100


def moments(distribution: Distribution) -> Pair:
    """Return (mean, sd); infinite where the integral diverges.

    Parameters
    ----------
    distribution : Distribution

    Examples
    --------
    >>> moments(Distribution.from_mapping({"dist": "weibull", "shape": 1, "scale": 2}))
    (2.0, 2.0)
    """
    values = distribution.parameters
    _encoded(distribution)  # refuses a truncation that keeps nothing
    low, high = distribution.support()
    if distribution.family in ("discrete", "empirical"):
        return _of_atoms(distribution)
    plain = distribution.truncate is None and distribution.clip is None
    if low == high:
        return low, 0.0
    if plain and distribution.family == "mixture":
        return _of_mixture(values["components"], values["weights"])
    if plain and distribution.family != "metalog":
        return _closed(distribution)
    return _integrated(distribution, low, high)


def _of_atoms(distribution: Distribution) -> Pair:
    values = distribution.parameters
    points = np.array(values["values"])
    weights = np.array(values.get("weights", np.ones(points.size)))
    if distribution.truncate is not None:
        inside = (points >= distribution.truncate[0]) & (points <= distribution.truncate[1])
        points, weights = points[inside], weights[inside]
    if distribution.clip is not None:
        points = np.clip(points, *distribution.clip)
    mean = float(np.average(points, weights=weights))
    return mean, math.sqrt(float(np.average((points - mean) ** 2, weights=weights)))


def _of_mixture(components: tuple[Distribution, ...], weights: tuple[float, ...]) -> Pair:
    total = math.fsum(weights)
    pairs = [moments(part) for part in components]
    mean = math.fsum(w * m for w, (m, _) in zip(weights, pairs, strict=True)) / total
    if not math.isfinite(mean):
        return mean, math.inf
    squares = [w * (s * s + (m - mean) ** 2) for w, (m, s) in zip(weights, pairs, strict=True)]
    return mean, math.sqrt(math.fsum(squares) / total)


def _canonical(distribution: Distribution) -> list[float]:
    laws, _ = _encoded(distribution)
    return [float(c) for c in laws[0, col.CANON0 : col.CANON0 + 4]]


def _closed(distribution: Distribution) -> Pair:
    family = distribution.family
    a, b, c, d = _canonical(distribution)
    if family == "constant":
        return a, 0.0
    if family == "uniform":
        return 0.5 * (a + b), (b - a) / math.sqrt(12.0)
    if family == "triangular":
        square = a * a + b * b + c * c - a * b - a * c - b * c
        return (a + b + c) / 3.0, math.sqrt(square / 18.0)
    if family == "normal":
        return a - b * c, b
    if family == "lognormal":
        mean = math.exp(a - b * c + 0.5 * b * b)
        return mean, mean * math.sqrt(math.expm1(b * b))
    if family == "gamma":
        return a * b, math.sqrt(a) * b
    if family in ("beta", "pert"):
        total = a + b
        return c + (d - c) * a / total, (d - c) * math.sqrt(a * b / (total + 1.0)) / total
    return _closed_tailed(family, a, b, c)


def _closed_tailed(family: str, a: float, b: float, c: float) -> Pair:
    if family == "weibull":
        first, second = math.gamma(1.0 + 1.0 / a), math.gamma(1.0 + 2.0 / a)
        return b * first, b * math.sqrt(max(second - first * first, 0.0))
    if family == "pareto":
        mean = b * a / (b - 1.0) if b > 1.0 else math.inf
        sd = a / (b - 1.0) * math.sqrt(b / (b - 2.0)) if b > 2.0 else math.inf
        return mean, sd
    mean = a + b / (1.0 - c) if c < 1.0 else math.inf
    return mean, b / ((1.0 - c) * math.sqrt(1.0 - 2.0 * c)) if c < 0.5 else math.inf


def _frozen(distribution: Distribution) -> Any:
    """Return the SciPy distribution of a family whose quantile it knows in closed form."""
    from scipy import stats

    a, b, c, _ = _canonical(distribution)
    family = distribution.family
    if family == "uniform":
        return stats.uniform(a, b - a)
    if family == "triangular":
        return stats.triang((b - a) / (c - a), a, c - a)
    if family == "normal":
        return stats.norm(a - b * c, b)
    if family == "lognormal":
        return stats.lognorm(b, scale=math.exp(a - b * c))
    if family == "weibull":
        return stats.weibull_min(a, scale=b)
    return stats.pareto(b, scale=a) if family == "pareto" else stats.genpareto(c, a, b)


def _metalog(distribution: Distribution) -> Quantile:
    values = distribution.parameters
    low, high = float(values["low"]), float(values["high"])
    a = coefficients(values["quantiles"], low, high)

    def quantile(y: float) -> float:
        m = math.fsum(c * part for c, part in zip(a, basis_at_logit(y, len(a)), strict=True))
        if math.isfinite(low) and math.isfinite(high):
            small = math.exp(-abs(m))
            return low + (high - low) * (1.0 if m > 0.0 else small) / (1.0 + small)
        if math.isfinite(low):
            return low + math.exp(min(m, 700.0))
        return high - math.exp(min(-m, 700.0)) if math.isfinite(high) else m

    return quantile


def _logit_quantile(distribution: Distribution) -> Quantile:
    """Return the quantile, before clipping, as a function of the logit of the level."""
    if distribution.family == "metalog" and distribution.truncate is None:
        return _metalog(distribution)
    if distribution.family in ("metalog", "mixture", "gamma", "beta", "pert"):
        bare = Distribution(distribution.family, distribution.arguments, distribution.truncate)
        return lambda y: float(bare.quantile(_share(y)))
    frozen = _frozen(distribution)
    low, high = distribution.truncate or (-math.inf, math.inf)
    below, above = float(frozen.cdf(low)), float(frozen.sf(high))
    kept = max(1.0 - below - above, float(frozen.cdf(high) - frozen.cdf(low)))
    if below > 0.5:
        kept = float(frozen.sf(low)) - above

    def quantile(y: float) -> float:
        if below + kept * _share(y) <= 0.5:
            value = frozen.ppf(below + kept * _share(y))
        else:
            value = frozen.isf(above + kept * _share(-y))
        return min(max(float(value), low), high)

    return quantile


def _share(y: float) -> float:
    small = math.exp(-abs(y))
    return (1.0 if y > 0.0 else small) / (1.0 + small)


def _tail_indices(distribution: Distribution) -> Pair:
    """Return the tail indices below and above: moments of order 1/index diverge."""
    values = distribution.parameters
    if distribution.family == "pareto":
        return 0.0, 1.0 / values["alpha"]
    if distribution.family == "gpd":
        return 0.0, max(values["shape"], 0.0)
    if distribution.family == "metalog":
        low, high = values["low"], values["high"]
        a = coefficients(values["quantiles"], low, high)
        upper = slope(a, 700.0) if math.isfinite(low) and not math.isfinite(high) else 0.0
        lower = slope(a, -700.0) if math.isfinite(high) and not math.isfinite(low) else 0.0
        return lower, upper
    if distribution.family == "mixture":
        pairs = [_tail_indices(part) for part in values["components"]]
        return max(p[0] for p in pairs), max(p[1] for p in pairs)
    return 0.0, 0.0


def _integrated(distribution: Distribution, low: float, high: float) -> Pair:
    lower, upper = _tail_indices(distribution)
    lower = lower if low == -math.inf else 0.0
    upper = upper if high == math.inf else 0.0
    if max(lower, upper) >= 1.0:
        return (math.inf if upper >= lower else -math.inf), math.inf
    quantile = _logit_quantile(distribution)
    clip = distribution.clip or (-math.inf, math.inf)
    cuts = sorted({*LOGIT_CUTS, *(_kink(quantile, x) for x in clip if math.isfinite(x))})

    def value(y: float) -> float:
        return min(max(quantile(y), clip[0]), clip[1])

    mean = _integral(value, cuts)
    if max(lower, upper) >= 0.5:
        return mean, math.inf
    return mean, math.sqrt(_integral(lambda y: (value(y) - mean) ** 2, cuts))


def _kink(quantile: Quantile, x: float) -> float:
    """Return the logit at which the quantile passes x."""
    low, high = LOGIT_CUTS[0], LOGIT_CUTS[-1]
    for _ in range(KINK_BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if quantile(middle) < x else (low, middle)
    return 0.5 * (low + high)


def _integral(value: Quantile, cuts: list[float]) -> float:
    from scipy.integrate import quad

    def weighted(y: float) -> float:
        return value(y) * _share(y) * _share(-y)

    parts = [
        quad(
            weighted, first, second, epsabs=1e-300, epsrel=RELATIVE_ERROR, limit=200, full_output=1
        )[0]
        for first, second in pairwise(cuts)
    ]
    return math.fsum(parts)
