"""Intervals of weighted tails that count what no path has shown yet (Fay and Feuer 1997).

A costly path that no cause of a proposal explains weighs most and is rare. Runs without one say by
their spread nothing of it, and a t interval is then too narrow and too low. Tails are therefore
taken as weighted sums of rare events: their bounds are those of a gamma distribution of the same
mean and variance, the upper one with one more path of the greatest weight.
"""

from __future__ import annotations

from bisect import bisect_left
from math import ceil, log
from typing import NamedTuple

import numpy as np
from scipy import special

from hcrisk.measures._estimators import Estimate, Floats
from hcrisk.measures._weights import calibrated, quantile_of, tail_mean_of

# Beyond a figure that rests on fewer than so many paths of equal weight there is next to nothing.
FEWEST_EFFECTIVE = 20.0


class Tail(NamedTuple):
    """An estimate, and how many paths of equal weight would know it as well."""

    estimate: Estimate
    effective: Floats


def gamma_bounds(
    total: Floats,
    variance: Floats,
    unseen: Floats | float,
    confidence: float,
    square: Floats | float | None = None,
) -> tuple[Floats, Floats]:
    """Return the bounds of a weighted sum of rare events, the upper with one more of ``unseen``.

    That event has the mean ``unseen`` and the mean square ``square``, by default of one of that
    size. Of events that weigh the same these are the exact bounds of a Poisson mean.

    Examples
    --------
    >>> import numpy as np
    >>> lower, upper = gamma_bounds(np.array([0.0, 8.0]), np.array([0.0, 8.0]), 1.0, 0.95)
    >>> lower.round(2).tolist(), upper.round(2).tolist()
    ([0.0, 3.45], [3.69, 15.76])
    """
    half = (1.0 - confidence) / 2.0
    more = np.square(unseen) if square is None else square
    lower = _gamma(total, variance, half)
    upper = _gamma(total + unseen, variance + more, 1.0 - half)
    return np.minimum(lower, total), np.maximum(upper, total)


def _gamma(mean: Floats, variance: Floats, level: float) -> Floats:
    """Return a quantile of the gamma law of that mean and variance; the mean without variance."""
    spread = (mean > 0.0) & (variance > 0.0)
    one = np.ones_like(mean)
    shape = np.divide(np.square(mean), variance, out=one.copy(), where=spread)
    scale = np.divide(variance, mean, out=one, where=spread)
    return np.where(spread, special.gammaincinv(shape, level) * scale, mean)


def paths_to_bound(share: float, heaviest: float, confidence: float) -> int:
    """Return the fewest paths that can bound a share of them: none seen is then below it.

    Examples
    --------
    >>> paths_to_bound(0.01, 2.5, 0.95)
    923
    """
    return ceil(-log((1.0 - confidence) / 2.0) * heaviest / share - 1e-9)


class _Weights:
    """Weights of a run, and the variance of means calibrated by them."""

    def __init__(self, weight: Floats) -> None:
        self.weight, self.fair = weight, calibrated(weight)
        self.n, self.mean = weight.size, float(weight.mean())
        self.spread = float(np.square(weight - self.mean).sum())
        self.unseen = float(weight.max()) / self.n

    def variance(self, total: Floats, square: Floats, cross: Floats) -> Floats:
        """Return the variance of a mean by its sums over paths: z, z^2 and z times the weight.

        Of z, a value times its weight, only what its regression on the weight leaves.
        """
        left = square - np.square(total) / self.n
        if self.spread > 0.0:
            left = left - np.square(cross - total * self.mean) / self.spread
        return np.asarray(np.maximum(left, 0.0) / self.n**2)


class _Curve:
    """Shares of the weight above amounts, for one row of values."""

    def __init__(self, values: Floats, weights: _Weights) -> None:
        order = np.argsort(values, kind="stable")
        self.weights, self.ordered = weights, values[order]
        self.share, self.total, self.square = (
            np.concatenate([np.cumsum(each[order][::-1])[::-1], [0.0]])
            for each in (weights.fair, weights.weight, np.square(weights.weight))
        )
        self.share /= self.share[0]

    def moments(self, amounts: Floats) -> tuple[Floats, Floats]:
        """Return the share above each amount and its variance."""
        at = np.searchsorted(self.ordered, amounts, side="right")
        square = self.square[at]
        return self.share[at], self.weights.variance(self.total[at], square, square)

    def bounds(self, amounts: Floats, confidence: float) -> tuple[Floats, Floats]:
        """Return the bounds of the share above each amount, taken from the rarer side."""
        share, variance = self.moments(amounts)
        rare = np.minimum(share, 1.0 - share)
        low, high = gamma_bounds(rare, variance, self.weights.unseen, confidence)
        high = np.minimum(high, 1.0)
        mostly = share > 0.5
        return np.where(mostly, 1.0 - high, low), np.where(mostly, 1.0 - low, high)


def share_estimate(values: Floats, weight: Floats, amounts: Floats, confidence: float) -> Estimate:
    """Return the share of the weight above each amount, the last axis of ``amounts``."""
    weights, n = _Weights(weight), values.shape[-1]
    lead = np.broadcast_shapes(values.shape[:-1], amounts.shape[:-1])
    rows = np.broadcast_to(values, (*lead, n)).reshape(-1, n)
    wanted = np.broadcast_to(amounts, (*lead, amounts.shape[-1])).reshape(len(rows), -1)
    found = np.empty((3, *wanted.shape))
    for i, (row, at) in enumerate(zip(rows, wanted, strict=True)):
        curve = _Curve(row, weights)
        found[0, i] = curve.moments(at)[0]
        found[1:, i] = curve.bounds(at, confidence)
    return Estimate(*found.reshape(3, *lead, amounts.shape[-1]))


def fraction_estimate(values: Floats, weight: Floats, confidence: float) -> Estimate:
    """Return the mean of values in [0, 1], such as shares of a tie, along the last axis."""
    weights = _Weights(weight)
    value = np.clip((values * weights.fair).sum(axis=-1) / weights.fair.sum(), 0.0, 1.0)
    z = values * weight
    variance = weights.variance(
        z.sum(axis=-1), np.square(z).sum(axis=-1), (z * weight).sum(axis=-1)
    )
    rare = np.minimum(value, 1.0 - value)
    low, high = gamma_bounds(rare, variance, weights.unseen, confidence)
    high, mostly = np.minimum(high, 1.0), value > 0.5
    return Estimate(value, np.where(mostly, 1.0 - high, low), np.where(mostly, 1.0 - low, high))


def quantile_estimate(values: Floats, weight: Floats, level: float, confidence: float) -> Tail:
    """Return the quantile between the amounts whose shares above bound ``1 - level``."""
    weights = _Weights(weight)
    value = quantile_of(values, weights.fair, level)
    sign, share = (1.0, 1.0 - level) if level >= 0.5 else (-1.0, level)
    rows = sign * values.reshape(-1, values.shape[-1])
    found = np.array([_bounds_of_quantile(row, weights, share, confidence) for row in rows])
    low, high, effective = found.T.reshape(3, *value.shape)
    if level < 0.5:
        low, high = -high, -low
    return Tail(Estimate(value, np.minimum(low, value), np.maximum(high, value)), effective)


def _bounds_of_quantile(
    row: Floats, weights: _Weights, share: float, confidence: float
) -> tuple[float, float, float]:
    """Return the bounds of the amount with ``share`` above it, and effective paths there."""
    curve, n = _Curve(row, weights), weights.n

    def bound(k: int, side: int) -> float:
        return float(curve.bounds(curve.ordered[k : k + 1], confidence)[side][0])

    low = bisect_left(range(n), True, key=lambda k: bound(k, 0) <= share)
    high = bisect_left(range(n), True, key=lambda k: bound(k, 1) <= share)
    # Nothing lies below the least path; whether something may is a matter of how many there are.
    known = n >= paths_to_bound(1.0 - share, weights.unseen * n, confidence)
    lower = float(curve.ordered[low]) if low > 0 or known else -np.inf
    upper = float(curve.ordered[high]) if high < n else np.inf
    at = quantile_of(row, weights.fair, 1.0 - share)[None]
    # Within an atom little lies above; the paths in it stand behind the figure too.
    beyond = weights.weight[row >= at]
    return lower, upper, _effective(beyond.sum() / n, np.square(beyond).sum() / n**2, weights)


def tail_estimate_of(values: Floats, weight: Floats, level: float, confidence: float) -> Tail:
    """Return the mean of the worst ``1 - level`` share: its excess over the quantile is bounded.

    To first order the quantile itself adds no noise: the tail mean is least at it (Rockafellar and
    Uryasev).
    """
    weights, share = _Weights(weight), 1.0 - level
    value = tail_mean_of(values, weights.fair, level)
    boundary = quantile_of(values, weights.fair, level)
    excess = np.maximum(values - boundary[..., None], 0.0)
    z = excess * weight
    total, square = z.sum(axis=-1), np.square(z).sum(axis=-1)
    variance = weights.variance(total, square, (z * weight).sum(axis=-1)) / share**2
    # The path not seen has the greatest weight, and an excess like those that were.
    beyond = ((excess > 0.0) * weights.fair).sum(axis=-1)
    unseen, more = (
        np.divide(
            (power * weights.fair).sum(axis=-1),
            beyond,
            out=np.zeros_like(value),
            where=beyond > 0.0,
        )
        for power in (excess, np.square(excess))
    )
    unseen, more = unseen * weights.unseen / share, more * np.square(weights.unseen / share)
    over = np.maximum(value - boundary, 0.0)
    bounds = gamma_bounds(over, variance, unseen, confidence, more)
    low, high = (boundary + bound for bound in bounds)
    if weights.n < paths_to_bound(min(level, share), weights.unseen * weights.n, confidence):
        low, high = np.full_like(value, -np.inf), np.full_like(value, np.inf)
    known = variance + more > 0.0
    effective = np.divide(
        np.square(over + unseen), variance + more, out=np.full_like(value, np.inf), where=known
    )
    return Tail(Estimate(value, np.minimum(low, value), np.maximum(high, value)), effective)


def _effective(total: float, square: float, weights: _Weights) -> float:
    """Return how many paths of equal weight a tail is worth, with the one that is not seen."""
    return float((total + weights.unseen) ** 2 / (square + weights.unseen**2))
