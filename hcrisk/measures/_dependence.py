"""How much of one row goes with another: estimators on plain arrays, paths along the last axis.

Each returns an `Estimate` whose interval comes from the influence function of what is estimated,
so that nothing is drawn and no law is assumed; ties count as ties.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from hcrisk.measures._estimators import Estimate, Floats

# Fewer paths say nothing about how far an estimate may be off.
FEWEST_RANKED = 10
FEWEST_BINNED = 100
# A row whose spread is this small a part of its size is constant but for rounding.
_ROUNDING = 1e-12


class Ranked(NamedTuple):
    """A row of paths, made ready for rank correlations with others.

    Attributes
    ----------
    grades
        Share of the paths below, ties counted half, less one half: mean 0.
    spread
        Mean square of the grades, 0 for a constant.
    group
        For each path the position of its value among the distinct ones.
    influence
        Of each path on ``spread``.
    """

    grades: Floats
    spread: float
    group: npt.NDArray[np.intp]
    influence: Floats


def grades(values: Floats) -> Floats:
    """Return the centred share of paths below each, ties counted half, along the last axis."""
    # Not by scipy.stats: to import it takes as long as ten thousand paths.
    rows = values.reshape(-1, values.shape[-1])
    return np.array([_midranks(row) for row in rows]).reshape(values.shape) / rows.shape[1] - 0.5


def _midranks(row: Floats) -> Floats:
    """Return how many values are below each, of equal ones half.

    Examples
    --------
    >>> _midranks(np.array([3.0, 1.0, 1.0])).tolist()
    [2.5, 1.0, 1.0]
    """
    # In whichever order equal ones come: they share one rank.
    order = np.argsort(row)
    ordered = row[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    count = np.diff(first, append=len(row))
    found = np.empty(len(row))
    found[order] = np.repeat(first + count / 2.0, count)
    return found


def rank_correlation(x: Floats, y: Floats) -> Floats:
    """Return Spearman's rho of rows of `grades`, 0 where one of them is constant."""
    spread = np.sqrt(np.square(x).mean(axis=-1) * np.square(y).mean(axis=-1))
    return np.asarray(
        np.divide((x * y).mean(axis=-1), spread, out=np.zeros(spread.shape), where=spread > 0)
    )


def ranked(values: Floats) -> Ranked:
    """Return one row ready for `rank_correlation_estimate`."""
    own = grades(values)
    group = np.unique(values, return_inverse=True)[1]
    spread = float(np.square(own).mean())
    influence = np.square(own) + 2.0 * _mean_beyond(own, group) - 3.0 * spread
    return Ranked(own, spread, group, influence)


def rank_correlation_estimate(x: Ranked, y: Ranked, confidence: float) -> Estimate:
    """Return Spearman's rho with its interval, on the scale of Fisher's z.

    Spearman's rho is a ratio of U-statistics; its influence function is what Hoeffding's
    projection of each leaves, joined by the delta method.
    """
    n = x.grades.size
    value = rank_correlation(x.grades, y.grades)
    if n < FEWEST_RANKED:
        return Estimate(value, np.asarray(-1.0), np.asarray(1.0))
    scale = float(np.sqrt(x.spread * y.spread))
    rho = float(value)
    if scale == 0.0 or abs(rho) >= 1.0 - _ROUNDING:
        return Estimate(value, value, value)
    product = x.grades * y.grades
    joint = product + _mean_beyond(y.grades, x.group) + _mean_beyond(x.grades, y.group)
    influence = (joint - 3.0 * product.mean()) / scale
    influence -= 0.5 * rho * (x.influence / x.spread + y.influence / y.spread)
    half = _normal(confidence) * influence.std() / np.sqrt(n) / (1.0 - rho * rho)
    centre = np.arctanh(rho)
    return Estimate(value, np.asarray(np.tanh(centre - half)), np.asarray(np.tanh(centre + half)))


def squared(estimate: Estimate) -> Estimate:
    """Return the square of a correlation; its interval begins at 0 where the sign is unknown."""
    value, lower, upper = estimate
    least = np.minimum(np.square(lower), np.square(upper))
    return Estimate(
        np.square(value),
        np.where(lower * upper <= 0.0, 0.0, least),
        np.maximum(np.square(lower), np.square(upper)),
    )


def first_order_estimate(x: Floats, y: Floats, confidence: float) -> Estimate:
    """Return the share of the variance of each row of ``y`` that its mean given ``x`` has.

    ``x`` is ``float64[path]``, ``y`` is ``float64[row, path]``.
    """
    n = x.size
    centred = y - y.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1)
    varies = np.sqrt(variance) > _ROUNDING * np.abs(y).max(axis=-1)
    safe = np.where(varies, variance, 1.0)
    if n < FEWEST_BINNED:
        unknown = np.zeros(variance.shape)
        return Estimate(unknown, unknown, unknown + 1.0)
    fitted, parameters = _fitted_by_bins(x, centred)
    left = np.square(centred - fitted).mean(axis=-1) / safe
    value = np.clip(1.0 - left * (n - 1) / (n - parameters), 0.0, 1.0)
    influence = 2.0 * centred * fitted - np.square(fitted)
    influence = (influence - (1.0 - left)[..., None] * np.square(centred)) / safe[..., None]
    half = _normal(confidence) * influence.std(axis=-1) / np.sqrt(n)
    varies &= parameters > 1
    known = (value, np.clip(value - half, 0.0, 1.0), np.clip(value + half, 0.0, 1.0))
    return Estimate(*(np.where(varies, part, 0.0) for part in known))


def shared_variance_estimate(first: Floats, second: Floats, confidence: float) -> Estimate:
    """Return the correlation of two exchangeable rows: the variance of what they share.

    Pooled mean and variance, as the two have the same law: the estimator of least variance [1]_.

    References
    ----------
    .. [1] A. Janon, T. Klein, A. Lagnoux, M. Nodet, C. Prieur, "Asymptotic normality and
       efficiency of two Sobol index estimators", ESAIM: Probability and Statistics 18, 2014,
       342-364, equation (6).
    """
    n = first.size
    middle = 0.5 * (first.mean() + second.mean())
    a, b = first - middle, second - middle
    own = 0.5 * (np.square(a) + np.square(b))
    variance = float(own.mean())
    if np.sqrt(variance) <= _ROUNDING * max(abs(float(first[0])), abs(float(second[0]))):
        nothing = np.asarray(0.0)
        return Estimate(nothing, nothing, nothing)
    value = float((a * b).mean()) / variance
    if n < FEWEST_RANKED:
        return Estimate(np.asarray(value), np.asarray(-1.0), np.asarray(1.0))
    half = _normal(confidence) * float((a * b - value * own).std()) / variance / np.sqrt(n)
    return Estimate(
        np.asarray(value),
        np.asarray(max(value - half, -1.0)),
        np.asarray(min(value + half, 1.0)),
    )


def bins_for(n: int) -> int:
    """Return into how many bins of equal count ``n`` paths are cut.

    Examples
    --------
    >>> bins_for(1_000), bins_for(100_000)
    (10, 46)
    """
    return max(2, int(n ** (1 / 3) + 1e-9))


def _fitted_by_bins(x: Floats, y: Floats) -> tuple[Floats, int]:
    """Return the line fitted to ``y`` in each bin of ``x``, and how many parameters that took.

    Equal values of ``x`` are in one bin. A line, where bin means would do, costs one parameter
    more and follows the mean where it moves within wide bins, such as those in the tails.
    """
    n, bins = x.size, bins_for(x.size)
    order = np.argsort(x, kind="stable")
    at = np.minimum((grades(x[order]) + 0.5) * bins, bins - 1).astype(np.intp)
    starts = np.flatnonzero(np.diff(at, prepend=-1))
    counts = np.diff(np.append(starts, n))
    size = float(np.abs(x).max()) or 1.0
    moved = x[order] / size
    moved = moved - np.repeat(np.add.reduceat(moved, starts) / counts, counts)
    square = np.add.reduceat(np.square(moved), starts)
    slopes = square > counts * _ROUNDING**2
    above = y[:, order]
    mean = np.add.reduceat(above, starts, axis=-1) / counts
    slope = np.add.reduceat(above * moved, starts, axis=-1) / np.where(slopes, square, 1.0)
    slope = np.where(slopes, slope, 0.0)
    fitted = np.empty_like(above)
    fitted[:, order] = np.repeat(mean, counts, axis=-1) + np.repeat(slope, counts, axis=-1) * moved
    return fitted, int(len(starts) + np.count_nonzero(slopes))


def _mean_beyond(weights: Floats, group: npt.NDArray[np.intp]) -> Floats:
    """Return, for each path, the sum over paths of greater value, ties half, over their number."""
    sums = np.bincount(group, weights)
    return np.asarray((sums.sum() - np.cumsum(sums) + 0.5 * sums)[group] / group.size)


def _normal(confidence: float) -> float:
    return float(special.ndtri(0.5 + confidence / 2.0))
