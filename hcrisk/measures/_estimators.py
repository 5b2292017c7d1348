"""Estimators on plain arrays: paths along the last axis, no labels, no checks.

Everything here takes ``float64[..., n_path]``, or the same sorted along its last axis
(``ordered``), and returns ``float64[...]``. Confidence and level lie in (0, 1); the labelled
functions that call these have checked it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from math import ceil, floor, log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]

# A batch whose tail holds fewer paths than this is biased towards its own largest value.
TAIL_PER_BATCH = 5
# Fewer batches leave the spread between them unknown; more only make them smaller.
FEWEST_BATCHES = 10
MOST_BATCHES = 30


class Estimate(NamedTuple):
    """An estimate and the bounds of its interval, all of one shape."""

    value: Floats
    lower: Floats
    upper: Floats


def stack_estimates(parts: Iterable[Estimate]) -> Estimate:
    """Return one estimate with those given along a new last axis."""
    return Estimate(*(np.stack(column, axis=-1) for column in zip(*parts, strict=True)))


def snapped(level: float, n: int) -> tuple[int, float]:
    """Return the whole and fractional parts of ``level * n``, rid of binary noise.

    In binary ``0.07 * 100`` is 7.000000000000001; taken literally, that moves a rank. The whole
    part stays below ``n``.
    """
    cut = level * n
    nearest = round(cut)
    if nearest < n and abs(cut - nearest) <= 8.0 * np.finfo(float).eps * n:
        return nearest, 0.0
    whole = min(floor(cut), n - 1)
    return whole, cut - whole


def quantile(ordered: Floats, level: float) -> Floats:
    """Return the Hyndman-Fan type 7 quantile: linear between ranks at ``(n - 1) level``."""
    n = ordered.shape[-1]
    if n == 1:
        return ordered[..., 0].copy()
    k, fraction = snapped(level, n - 1)
    low, high = ordered[..., k], ordered[..., k + 1]
    # Measured from the nearer end, the result never leaves [low, high].
    if fraction < 0.5:
        return np.asarray(low + fraction * (high - low))
    return np.asarray(high - (1.0 - fraction) * (high - low))


def tail_mean(ordered: Floats, level: float) -> Floats:
    """Return the Acerbi-Tasche tail mean: the boundary path enters with what is left of it."""
    n = ordered.shape[-1]
    k, fraction = snapped(level, n)
    boundary = ordered[..., k]
    # As an excess over the boundary, paths that are all equal give that value to the bit.
    excess = (ordered[..., k + 1 :] - boundary[..., None]).sum(axis=-1)
    return np.asarray(boundary + excess / (n - k - fraction))


def order_statistic_ranks(n: int, level: float, confidence: float) -> tuple[int, int]:
    """Return the 1-based ranks r, s whose values bound the quantile (0 and n + 1: unbounded).

    Conservative and equal-tailed: with B binomial (n, level), r is the largest rank with
    P(B <= r - 1) at most half of ``1 - confidence``, s the smallest with P(B >= s) at most half.
    """
    half = (1.0 - confidence) / 2.0
    lower = bisect_left(range(n), True, key=lambda k: bool(_at_most(k, n, level) > half))
    upper = bisect_left(range(n), True, key=lambda k: bool(_above(k, n, level) <= half))
    return lower, upper + 1


# Not by special.bdtr and bdtrc, which take no more than 2**31 - 1 trials.
def _at_most(k: int, n: int, chance: float) -> float:
    """Return the probability that a binomial (n, chance) is at most k, which is below n."""
    return float(special.betaincc(k + 1, n - k, chance))


def _above(k: int, n: int, chance: float) -> float:
    return float(special.betainc(k + 1, n - k, chance))


def ordered_for(values: Floats, levels: Iterable[float], confidence: float) -> Floats:
    """Return values of which those are in order that `order_statistic_estimate` looks at."""
    n = values.shape[-1]
    ranks = {0, n - 1}
    for level in levels:
        r, s = order_statistic_ranks(n, level, confidence)
        k = snapped(level, n - 1)[0] if n > 1 else 0
        ranks |= {k, min(k + 1, n - 1), max(r - 1, 0), min(s - 1, n - 1)}
    return np.partition(values, sorted(ranks), axis=-1)


def order_statistic_estimate(ordered: Floats, level: float, confidence: float) -> Estimate:
    """Return the type 7 quantile between the order statistics that bound it."""
    n = ordered.shape[-1]
    r, s = order_statistic_ranks(n, level, confidence)
    value = quantile(ordered, level)
    lower = ordered[..., r - 1].copy() if r >= 1 else np.full_like(value, -np.inf)
    upper = ordered[..., s - 1].copy() if s <= n else np.full_like(value, np.inf)
    return Estimate(value, lower, upper)


def paths_to_bound_quantile(level: float, confidence: float) -> int:
    """Return the fewest paths whose order statistics bound the quantile on both sides."""
    half = (1.0 - confidence) / 2.0
    return ceil(log(half) / log(max(level, 1.0 - level)) - 1e-9)


def mean_estimate(values: Floats, confidence: float) -> Estimate:
    """Return the mean with its central-limit interval (Student's t; unbounded for one path)."""
    n = values.shape[-1]
    value = np.asarray(values.mean(axis=-1))
    if n == 1:
        return Estimate(value, np.full_like(value, -np.inf), np.full_like(value, np.inf))
    half = t_quantile(n - 1, confidence) * values.std(axis=-1, ddof=1) / np.sqrt(n)
    return Estimate(value, np.asarray(value - half), np.asarray(value + half))


def wilson_estimate(count: Floats, n: float, confidence: float) -> Estimate:
    """Return the proportion ``count / n`` with Wilson's score interval.

    Counts may be fractional (shared ties): a share in [0, 1] of mean p varies by at most
    p (1 - p), so the interval is then conservative.
    """
    z = float(special.ndtri(0.5 + confidence / 2.0))
    p = np.asarray(count, dtype=float) / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At a count of 0 or n the bound is exactly 0 or 1, which rounding would miss.
    lower = np.minimum(np.where(p <= 0.0, 0.0, np.clip(centre - half, 0.0, 1.0)), p)
    upper = np.maximum(np.where(p >= 1.0, 1.0, np.clip(centre + half, 0.0, 1.0)), p)
    return Estimate(p, lower, upper)


def batch_count(n: int, tail_share: float) -> int:
    """Return into how many batches ``n`` paths are cut, 0 when they are too few for any.

    Each batch keeps ``TAIL_PER_BATCH`` paths in the tail of that share.
    """
    batches = floor(n * tail_share / TAIL_PER_BATCH + 1e-9)
    return 0 if batches < FEWEST_BATCHES else min(batches, MOST_BATCHES)


def paths_to_batch(tail_share: float) -> int:
    """Return the fewest paths that `batch_count` can cut into batches."""
    return ceil(FEWEST_BATCHES * TAIL_PER_BATCH / tail_share - 1e-9)


def in_batches(values: Floats, batches: int) -> Floats:
    """Return ``float64[..., batch, path]``: consecutive equal slices of paths.

    The last ``n % batches`` paths belong to no batch; they count in the estimate itself.
    """
    size = values.shape[-1] // batches
    return values[..., : batches * size].reshape(*values.shape[:-1], batches, size)


def sorted_batches(values: Floats, batches: int) -> Floats:
    """Return `in_batches`, each sorted."""
    return np.sort(in_batches(values, batches), axis=-1)


def batch_estimate(value: Floats, by_batch: Floats | None, confidence: float) -> Estimate:
    """Return ``value`` with the t interval of its spread between batches (last axis).

    Sectioning: the batches' spread is taken about the estimate from all paths, so that the
    batches' bias widens the interval and does not move it. Without batches it is unbounded.
    """
    if by_batch is None:
        return Estimate(value, np.full_like(value, -np.inf), np.full_like(value, np.inf))
    n = by_batch.shape[-1]
    square = np.square(by_batch - value[..., None]).sum(axis=-1)
    half = t_quantile(n - 1, confidence) * np.sqrt(square / (n * (n - 1)))
    return Estimate(value, np.asarray(value - half), np.asarray(value + half))


class Excess(NamedTuple):
    """The path at a rank, and sums over all paths of powers of what they lie above it."""

    boundary: Floats
    total: Floats
    square: Floats
    cube: Floats


def excess_of(ordered: Floats, rank: int) -> Excess:
    """Return by how much sorted paths exceed the one at a rank."""
    boundary = ordered[..., rank]
    over = ordered[..., rank:] - boundary[..., None]
    square = np.square(over)
    sums = (np.asarray(each.sum(axis=-1)) for each in (over, square, square * over))
    return Excess(boundary, *sums)


def tail_ranks(n: int, level: float, confidence: float) -> tuple[int, int]:
    """Return the ranks from 0 of a tail's boundary, and of the lower end of its interval."""
    first = max(order_statistic_ranks(n, level, confidence)[0], 1)
    return snapped(level, n)[0], first - 1


def tail_estimate(ordered: Floats, level: float, confidence: float) -> Estimate:
    """Return the tail mean of sorted paths, with an interval that knows of its skewness.

    Where every path has the same value there is no spread to measure: the interval is that value
    as soon as it is for the quantile at that level, however few the paths.
    """
    n = ordered.shape[-1]
    value = tail_mean(ordered, level)
    if n < paths_to_batch(1.0 - level):
        certain = ordered[..., 0] == ordered[..., -1]
        return rough_tail(value, certain, n, level, confidence)
    ranks = tail_ranks(n, level, confidence)
    return tail_interval(value, [excess_of(ordered, k) for k in ranks], n, level, confidence)


def rough_tail(value: Floats, certain: Floats, n: int, level: float, confidence: float) -> Estimate:
    """Return a tail mean of few paths: without bounds, unless all of enough paths are equal."""
    known = np.logical_and(certain, n >= paths_to_bound_quantile(level, confidence))
    return Estimate(value, np.where(known, value, -np.inf), np.where(known, value, np.inf))


def tail_interval(
    value: Floats, excesses: Sequence[Excess], n: int, level: float, confidence: float
) -> Estimate:
    """Return a tail mean with its bounds, given the excesses over both of its `tail_ranks`.

    The tail mean is the least, over all amounts, of the amount and the mean excess over it divided
    by ``1 - level`` (Rockafellar and Uryasev). To first order the boundary therefore adds no noise,
    unless an atom lies there; the lower bound is taken at the lower end of the boundary's own
    interval as well, and the lesser counts.
    """
    at, below = (_excess_bounds(excess, n, level, confidence) for excess in excesses)
    lower = np.minimum(np.minimum(at[0], below[0]), value)
    return Estimate(value, lower, np.maximum(at[1], value))


def _excess_bounds(
    excess: Excess, n: int, level: float, confidence: float
) -> tuple[Floats, Floats]:
    """Return the bounds of the path at a rank and the mean excess over it by ``1 - level``.

    A few large losses decide both the mean and its standard error: one that is missing makes the
    estimate too low and its error too small. Hall's cubic transformation of Student's t (Journal
    of the Royal Statistical Society B 54(1), 1992, 221-228) takes out the skewness to which this
    is due. The error rests on the paths of the tail, which give the degrees of freedom.
    """
    share = 1.0 - level
    mean = excess.total / (share * n)
    second, third = excess.square / (share**2 * n), excess.cube / (share**3 * n)
    square = np.maximum(second - np.square(mean), 0.0)
    cube = third - 3.0 * mean * second + 2.0 * mean**3
    error = np.sqrt(square / (n - 1))
    size = square * np.sqrt(square * n)
    skew = np.divide(cube, size, out=np.zeros_like(cube), where=size > 0.0)
    t = t_quantile(max(round(n * share) - 1, 1), confidence)
    centre = excess.boundary + mean
    low, high = (centre - error * _unskewed(side, skew) for side in (t, -t))
    return np.asarray(low), np.asarray(high)


def _unskewed(t: float, skew: Floats) -> Floats:
    """Return the statistic that Hall's transformation takes to ``t``; ``skew`` is by root n.

    The inverse of x + s x^2 / 3 + s^2 x^3 / 27 + s / 6, written so that it holds for no skewness.
    """
    moved = t - skew / 6.0
    root = np.cbrt(1.0 + skew * moved)
    return np.asarray(3.0 * moved / (np.square(root) + root + 1.0))


def shares_of_minimum(values: Floats) -> Floats:
    """Return each row's share of being the smallest along axis 0; ties share equally."""
    smallest = values == values.min(axis=0)
    return np.asarray(smallest / smallest.sum(axis=0))


def regrets(values: Floats) -> Floats:
    """Return what each row costs above the smallest along axis 0."""
    return np.asarray(values - values.min(axis=0))


def t_quantile(degrees: int, confidence: float) -> float:
    """Return the two-sided quantile of Student's t."""
    return float(special.stdtrit(degrees, 0.5 + confidence / 2.0))
