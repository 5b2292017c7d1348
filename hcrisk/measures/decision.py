"""Which strategy is best: the chance of being cheapest and the regret of choosing it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import xarray as xr

from hcrisk.measures._estimators import regrets, shares_of_minimum, wilson_estimate
from hcrisk.measures._labelled import check_share, read_sample
from hcrisk.measures._weights import mean_of
from hcrisk.measures.percentile import mean_dataset


def probability_cheapest(
    ds: xr.Dataset,
    *,
    of: str = "npv",
    strategies: Iterable[str] | None = None,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return, for each strategy, the probability that it is the cheapest.

    The share of paths on which it costs least; strategies share their random numbers, so a path
    is one future in which all of them are tried. A tie of m strategies counts 1/m for each, so
    the probabilities add up to 1. The interval is Wilson's score interval; on shared ties, whose
    counts are fractional, it is conservative. Intervals are per strategy, not joint.

    Parameters
    ----------
    ds
        Result of `simulate`.
    of
        Variable to compare, by strategy and path: ``"npv"``, or ``"cost"`` for each year.
    strategies
        Names of the strategies to compare; all when omitted.
    confidence
        Confidence of the interval, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower`` and ``upper`` (probabilities) over ``strategy`` and the variable's
        other dimensions without ``path``.

    Raises
    ------
    ValueError
        An unknown or repeated strategy, an unknown variable or one without strategies, a
        confidence outside (0, 1), or values that are not finite.

    Examples
    --------
    >>> import xarray as xr
    >>> npv = [[1.0, 2.0, 3.0, 4.0], [2.0, 2.0, 2.0, 2.0]]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": ["current", "msp"]})
    >>> probability_cheapest(ds)["value"].values.tolist()
    [0.375, 0.625]
    """
    confidence = check_share("confidence", confidence)
    sample = read_sample(ds, of, by_strategy=True, strategies=strategies, designed=True)
    shares = shares_of_minimum(sample.values)
    if sample.design is None:
        estimate = wilson_estimate(shares.sum(axis=-1), sample.n_path, confidence)
    else:
        estimate = sample.design.proportion(shares, mean_of, confidence)
    title = f"probability of the lowest {sample.title}"
    variables = sample.label_estimate(estimate, title, units="1")
    return sample.dataset(variables, measure="probability_cheapest", confidence=confidence)


def expected_regret(
    ds: xr.Dataset,
    *,
    of: str = "npv",
    strategies: Iterable[str] | None = None,
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return, for each strategy, what choosing it costs on average above the best in hindsight.

    :math:`R_s = E[X_s - \min_t X_t]`, path by path [1]_. The strategy of least regret is the one
    of least mean cost; the regret of that strategy is what perfect foresight of everything,
    chance included, would be worth, which is more than any study of the inputs can be worth.

    Parameters
    ----------
    ds
        Result of `simulate`.
    of
        Variable to compare, by strategy and path: ``"npv"``, or ``"cost"`` for each year.
    strategies
        Names of the strategies to choose from; all when omitted.
    confidence
        Confidence of the interval, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` and ``standard_error`` (unit of the variable) over
        ``strategy`` and the variable's other dimensions without ``path``. The interval is the
        central-limit one of `hcrisk.measures.mean`, taken on the regret itself and cut at 0,
        below which no regret can lie.

    Raises
    ------
    ValueError
        An unknown or repeated strategy, an unknown variable or one without strategies, a
        confidence outside (0, 1), or values that are not finite.

    Warns
    -----
    PrecisionWarning
        There is a single path.

    References
    ----------
    .. [1] L. J. Savage, "The theory of statistical decision", Journal of the American Statistical
       Association 46(253), 1951, 55-67.

    Examples
    --------
    >>> import xarray as xr
    >>> npv = [[1.0, 2.0, 3.0, 4.0], [2.0, 2.0, 2.0, 2.0]]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": ["current", "msp"]})
    >>> expected_regret(ds)["value"].values.tolist()
    [0.75, 0.25]
    """
    confidence = check_share("confidence", confidence)
    sample = read_sample(ds, of, by_strategy=True, strategies=strategies, designed=True)
    regret = dataclasses.replace(sample, values=regrets(sample.values))
    found = mean_dataset(regret, confidence, measure="expected_regret", title="expected regret in ")
    found["lower"] = found["lower"].clip(min=0.0, keep_attrs=True)
    return found
