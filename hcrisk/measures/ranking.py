"""Strategies ranked by those who dislike risk."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from numbers import Real

import numpy as np
import numpy.typing as npt
import xarray as xr

from hcrisk.exceptions import ArgumentError
from hcrisk.measures._estimators import (
    FEWEST_BATCHES,
    TAIL_PER_BATCH,
    Estimate,
    Floats,
    batch_count,
    mean_estimate,
    paths_to_batch,
    tail_mean,
)
from hcrisk.measures._labelled import Sample, check_share, read_sample, warn_few_paths
from hcrisk.measures._sections import exact_mean, sectioned
from hcrisk.variables import scalar

Ranks = npt.NDArray[np.intp]

# Fewer than these and the spread of the weights is itself unknown, as for a tail mean.
_FEWEST_EFFECTIVE = FEWEST_BATCHES * TAIL_PER_BATCH


def risk_adjusted_cost(
    ds: xr.Dataset,
    weight: float = 1.0,
    *,
    level: float = 0.95,
    of: str = "npv",
    strategies: Iterable[str] | None = None,
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return each strategy's mean and tail weighed together, and the ranking that follows.

    With :math:`\lambda` the ``weight`` of the tail,

    .. math:: \frac{E[X] + \lambda\, \mathrm{TVaR}_p[X]}{1 + \lambda},

    mean plus :math:`\lambda` times tail value at risk, divided so that a sure cost counts as
    itself; the ranking does not depend on the division. A weighted average of mean and tail mean
    is a coherent measure of risk [1]_, and a spectral one [2]_: a weight of 0 ranks by the mean,
    a large one by the tail alone.

    ``above_best`` is what a strategy has above the best one, from the same paths. Intervals come
    from batches of paths, paired for the difference (sectioning, as in
    `hcrisk.measures.allocate`). A rank is that of the values; where the lower bound of
    ``above_best`` is not above 0 the paths do not tell the strategy from the best.

    Parameters
    ----------
    ds
        Result of `simulate`.
    weight
        Weight of the tail mean beside the mean's 1, not negative.
    level
        Level of the tail mean, in (0, 1).
    of
        Variable to rank by, by strategy and path.
    strategies
        Names of the strategies to rank; all when omitted.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over the variable's dimensions without ``path``: ``value``, ``lower``, ``upper`` and
        ``above_best`` with ``above_best_lower`` and ``above_best_upper`` (unit of the variable),
        ``rank`` (1 is best; equal values share the better rank). ``weight`` and ``level`` are
        scalar coordinates. With fewer than ``50 / (1 - level)`` paths bounds are infinite.

    Raises
    ------
    ValueError
        A negative or infinite weight, a level or confidence outside (0, 1), an unknown or
        repeated strategy, an unknown variable or one without strategies, or values not finite.

    Warns
    -----
    PrecisionWarning
        Bounds are infinite: there are too few paths to cut into batches.

    References
    ----------
    .. [1] P. Artzner, F. Delbaen, J.-M. Eber, D. Heath, "Coherent measures of risk", Mathematical
       Finance 9(3), 1999, 203-228.
    .. [2] C. Acerbi, "Spectral measures of risk: a coherent representation of subjective risk
       aversion", Journal of Banking & Finance 26(7), 2002, 1505-1518.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> breach = np.where(np.arange(1000) % 100 < 5, 8.0, 0.0)
    >>> npv = [10.0 + breach, np.full(1000, 10.5)]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": ["current", "msp"]})
    >>> for weight in (0.0, 0.1):
    ...     result = risk_adjusted_cost(ds, weight)
    ...     print(result["value"].values.round(3).tolist(), result["rank"].values.tolist())
    [10.4, 10.5] [1, 2]
    [11.091, 10.5] [2, 1]
    """
    weight, level = _checked_weight(weight), check_share("level", level)
    confidence = check_share("confidence", confidence)
    sample = read_sample(ds, of, by_strategy=True, strategies=strategies)
    if not batch_count(sample.n_path, 1.0 - level):
        _warn(sample, f"risk-adjusted cost at {level:g}", paths_to_batch(1.0 - level), confidence)
    values, ordered = sample.values, np.sort(sample.values, axis=-1)

    def statistic(batch: Floats) -> Floats:
        mean, tail = exact_mean(batch), tail_mean(batch, level)
        return np.asarray(mean + weight / (1.0 + weight) * (tail - mean))

    best = statistic(ordered).argmin(axis=0)

    def above(batch: Floats) -> Floats:
        return _above(statistic(batch), best)

    value, difference = (
        sectioned(values, ordered, 1.0 - level, confidence, each) for each in (statistic, above)
    )
    variables = _ranked(sample, value, difference, "mean and tail mean weighed together")
    result = sample.dataset(variables, measure="risk_adjusted_cost", confidence=confidence)
    return result.assign_coords(
        weight=scalar("weight", weight, "1"), level=scalar("level", level, "1")
    )


def certainty_equivalent(
    ds: xr.Dataset,
    tolerance: float,
    *,
    of: str = "npv",
    strategies: Iterable[str] | None = None,
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return the sure cost that is as bad as each strategy's uncertain one, and the ranking.

    Under exponential utility with risk tolerance :math:`\rho` [1]_ [2]_,

    .. math:: \rho \log E\, e^{X / \rho},

    computed from the largest path downwards, so that nothing overflows. It is the mean plus about
    :math:`\mathrm{Var}[X] / 2 \rho`; exactly that for a normal cost. ``risk_premium`` is what it
    lies above the mean: what getting rid of the risk would be worth. The tolerance is the amount
    for which one would just accept an even chance of winning it and losing half of it; Howard
    found about a sixth of a firm's equity, or 6% of its sales [1]_.

    Intervals are central-limit ones on the paths' weights :math:`e^{X / \rho}` (delta method),
    paired where strategies are compared. A small tolerance lets few paths decide:
    ``effective_paths`` is their number, :math:`(\sum w)^2 / \sum w^2` [3]_, and below 50 the
    bounds are infinite. For a loss with a tail heavier than exponential, lognormal or Pareto, the
    expectation is infinite at any tolerance: the figure is then that of losses no larger than the
    simulated ones, and grows with the number of paths. Prefer `risk_adjusted_cost` for such.

    Parameters
    ----------
    ds
        Result of `simulate`.
    tolerance
        Risk tolerance, above 0, in the unit of the variable.
    of
        Variable to rank by, by strategy and path.
    strategies
        Names of the strategies to rank; all when omitted.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over the variable's dimensions without ``path``: ``value``, ``lower``, ``upper``;
        ``risk_premium`` and ``above_best``, each with its bounds beside it under the suffixes
        ``_lower`` and ``_upper`` (unit of the variable); ``rank`` (1 is best; equal values share
        the better rank) and ``effective_paths``. ``tolerance`` is a scalar coordinate.

    Raises
    ------
    ValueError
        A tolerance that is not above 0 and finite, a confidence outside (0, 1), an unknown or
        repeated strategy, an unknown variable or one without strategies, or values not finite.

    Warns
    -----
    PrecisionWarning
        Bounds are infinite: too few paths decide.

    References
    ----------
    .. [1] R. A. Howard, "Decision analysis: practice and promise", Management Science 34(6),
       1988, 679-695.
    .. [2] J. W. Pratt, "Risk aversion in the small and in the large", Econometrica 32(1/2), 1964,
       122-136.
    .. [3] L. Kish, "Survey Sampling", Wiley, 1965.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> npv = [np.tile([8.0, 12.0], 500), np.full(1000, 10.2)]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": ["current", "msp"]})
    >>> result = certainty_equivalent(ds, tolerance=5.0)
    >>> result["value"].values.round(3).tolist(), result["rank"].values.tolist()
    ([10.39, 10.2], [2, 1])
    """
    confidence = check_share("confidence", confidence)
    if isinstance(tolerance, bool) or not isinstance(tolerance, Real):
        raise TypeError(f"tolerance must be an amount, got {tolerance!r}; write 2_000_000.0")
    if not 0.0 < tolerance < np.inf:
        raise ArgumentError(
            "tolerance",
            tolerance,
            "must be a finite amount above 0",
            "write one such as 2_000_000.0, or rank by the mean",
        )
    sample = read_sample(ds, of, by_strategy=True, strategies=strategies)
    return _certainty(sample, float(tolerance), confidence)


def _certainty(sample: Sample, tolerance: float, confidence: float) -> xr.Dataset:
    n, mean = sample.n_path, exact_mean(sample.values)
    premium, weights = _tilted(sample.values - mean[..., None], tolerance)
    effective = n / np.square(weights).mean(axis=-1)
    varies = sample.values.min(axis=-1) < sample.values.max(axis=-1)
    few = (effective < _FEWEST_EFFECTIVE) & varies
    if few.any() or n == 1:
        needed = int(np.ceil(n * (_FEWEST_EFFECTIVE / effective).max()))
        figure = f"certainty equivalent at a tolerance of {tolerance:g}"
        unsure = (few | (n == 1)).reshape(few.shape[0], -1).any(axis=1)
        whose = dataclasses.replace(sample, labels=sample.labels.isel(strategy=unsure))
        warn_few_paths(whose, figure, max(needed, 2), confidence)
    value = mean + premium
    best = value.argmin(axis=0)

    def estimate(at: Floats, influence: Floats, unsure: Floats) -> Estimate:
        # The influence of a path has mean 0: only the width of its interval is used.
        centre, lower, upper = mean_estimate(influence, confidence)
        return Estimate(
            at,
            np.where(unsure, -np.inf, at + (lower - centre)),
            np.where(unsure, np.inf, at + (upper - centre)),
        )

    influence = tolerance * weights
    with_best = few | np.take_along_axis(few, best[None], axis=0)
    itself = np.arange(value.shape[0]).reshape(-1, *[1] * best.ndim) == best
    of_value = estimate(value, influence, few)
    of_premium = estimate(premium, influence - sample.values, few)
    of_best = np.take_along_axis(influence, best[None, ..., None], axis=0)
    above = estimate(_above(value, best), influence - of_best, with_best & ~itself)
    variables = _ranked(sample, of_value, above, "certainty equivalent")
    variables |= sample.label_estimate(
        of_premium, f"certainty equivalent less mean of {sample.title}", name="risk_premium"
    )
    variables["effective_paths"] = sample.label(effective, "paths that decide", units="1")
    result = sample.dataset(variables, measure="certainty_equivalent", confidence=confidence)
    return result.assign_coords(tolerance=scalar("tolerance", tolerance, sample.units))


def _tilted(centred: Floats, tolerance: float) -> tuple[Floats, Floats]:
    """Return the certainty equivalent of centred costs, and each path's weight (mean 1)."""
    exponent = centred / tolerance
    top = exponent.max(axis=-1, keepdims=True)
    scaled = np.exp(exponent - top)
    mean = scaled.mean(axis=-1, keepdims=True)
    far = (top + np.log(mean))[..., 0]
    # Where nothing can overflow, no digits are lost to the exponential either.
    near = np.log1p(np.expm1(np.minimum(exponent, 1.0)).mean(axis=-1))
    return np.asarray(tolerance * np.where(top[..., 0] > 1.0, far, near)), scaled / mean


def _above(found: Floats, best: Ranks) -> Floats:
    """Return what each row of axis 0 has above the row ``best`` names; batches may follow."""
    rows = best.reshape(1, *best.shape, *[1] * (found.ndim - best.ndim - 1))
    return np.asarray(found - np.take_along_axis(found, rows, axis=0))


def _ranked(sample: Sample, value: Estimate, above: Estimate, what: str) -> dict[str, xr.DataArray]:
    variables = sample.label_estimate(value, f"{what} of {sample.title}")
    variables |= sample.label_estimate(
        above, f"{what} of {sample.title} above the best", name="above_best"
    )
    smaller = value.value[None] < value.value[:, None]
    variables["rank"] = sample.label(1 + smaller.sum(axis=1), "rank, 1 is best", units="1")
    return variables


def _checked_weight(weight: float) -> float:
    if isinstance(weight, bool) or not isinstance(weight, Real):
        raise TypeError(f"weight must be a number, got {weight!r}; write 1.0")
    if not 0.0 <= weight < np.inf:
        raise ArgumentError("weight", weight, "must be finite and not negative", "write 1.0")
    return float(weight)


def _warn(sample: Sample, figure: str, needed: int, confidence: float) -> None:
    warn_few_paths(sample, figure, needed, confidence)
