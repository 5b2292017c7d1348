"""The chance that a cost exceeds an amount, for one amount or along a whole curve."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real

import numpy as np
import numpy.typing as npt
import xarray as xr

from hcrisk.arguments import check_whole
from hcrisk.exceptions import ArgumentError
from hcrisk.measures._estimators import Estimate, Floats, wilson_estimate
from hcrisk.measures._gamma import share_estimate
from hcrisk.measures._labelled import Sample, check_share, read_sample
from hcrisk.measures._weights import shares_above


def exceedance_curve(
    ds: xr.Dataset, *, of: str = "npv", points: int = 1000, confidence: float = 0.95
) -> xr.Dataset:
    """Return the exceedance curve: the chance of costing more than an amount, amount by amount.

    Every point lies on the empirical curve: the amounts are paths' own values in rising order and
    the probability is the share of paths strictly above, with Wilson's interval [1]_. With at
    most ``points`` paths that is the whole curve, a step at each path. With more, points are left
    out and none is moved: half are kept at even steps of probability, half ever closer to the two
    ends, where the smallest and largest paths always stay. Between points the curve is a
    staircase: it holds its probability up to the next amount (``drawstyle="steps-post"``).

    Parameters
    ----------
    ds
        Result of `simulate`.
    of
        Variable to measure; any variable with paths.
    points
        Most points of a curve, at least 2.
    confidence
        Confidence of the interval at each point, in (0, 1). It is not a band for the whole curve.

    Returns
    -------
    xarray.Dataset
        ``threshold`` (unit of the variable), ``value``, ``lower`` and ``upper`` (probabilities)
        over the variable's dimensions without ``path``, then ``point``. Equal paths give equal
        points.

    Raises
    ------
    ValueError
        A confidence outside (0, 1), fewer than 2 points, an unknown variable, or values that are
        not finite.

    References
    ----------
    .. [1] E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
       Journal of the American Statistical Association 22(158), 1927, 209-212.

    Examples
    --------
    >>> import xarray as xr
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), [[3.0, 0.0, 0.0, 1.0]])})
    >>> curve = exceedance_curve(ds).isel(strategy=0)
    >>> curve["threshold"].values.tolist(), curve["value"].values.tolist()
    ([0.0, 0.0, 1.0, 3.0], [0.5, 0.5, 0.25, 0.0])
    """
    confidence = check_share("confidence", confidence)
    check_whole("points", points, 2)
    sample = read_sample(ds, of, designed=True)
    ordered = np.sort(sample.values, axis=-1)
    threshold = ordered[..., _kept_ranks(sample.n_path, int(points))]
    along = xr.DataArray(np.arange(threshold.shape[-1]), dims="point")
    along.attrs = {"units": "1", "long_name": "point of the curve, from its low end"}
    estimate = _above(sample, threshold, confidence)
    variables = {
        "threshold": sample.label(threshold, sample.title, along=along),
        **sample.label_estimate(estimate, _title(sample), units="1", along=along),
    }
    return sample.dataset(variables, measure="exceedance_curve", confidence=confidence)


def probability_above(
    ds: xr.Dataset,
    threshold: float | Iterable[float],
    *,
    of: str = "npv",
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return the probability of costing more than an amount, such as a budget.

    The share of paths strictly above ``threshold``, with Wilson's score interval: a cost that
    equals the budget is within it. Paths of a proposal have Fay and Feuer's (docs/variance.md).

    Parameters
    ----------
    ds
        Result of `simulate`.
    threshold
        Amount, or several, in the unit of the variable.
    of
        Variable to measure; any variable with paths.
    confidence
        Confidence of the interval, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower`` and ``upper`` (probabilities) over the variable's dimensions without
        ``path``. ``threshold`` is a scalar coordinate for one amount, a last dimension for
        several.

    Raises
    ------
    ValueError
        A threshold that is not finite, a confidence outside (0, 1), an unknown variable, or
        values that are not finite.

    Examples
    --------
    >>> import xarray as xr
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), [[1.0, 2.0, 3.0, 4.0]])})
    >>> probability_above(ds, [0.0, 3.0])["value"].values.tolist()
    [[1.0, 0.25]]
    """
    confidence = check_share("confidence", confidence)
    amounts = list(threshold) if isinstance(threshold, Iterable) else [threshold]
    for amount in amounts:
        if isinstance(amount, bool) or not isinstance(amount, Real) or not np.isfinite(amount):
            raise ArgumentError(
                "threshold", amount, "must be a finite amount", "write one such as 6_400_000.0"
            )
    sample = read_sample(ds, of, designed=True)
    estimate = _above(sample, np.asarray(amounts, dtype=float), confidence)
    along = xr.DataArray(np.asarray(amounts, dtype=float), dims="threshold")
    along.attrs = {"units": sample.units, "long_name": f"threshold of {sample.title}"}
    variables = sample.label_estimate(estimate, _title(sample), units="1", along=along)
    result = sample.dataset(variables, measure="probability_above", confidence=confidence)
    return result if isinstance(threshold, Iterable) else result.isel(threshold=0)


def _above(sample: Sample, amounts: Floats, confidence: float) -> Estimate:
    """Return the probability of exceeding each amount, the last axis of ``amounts``."""
    if sample.design is not None and sample.design.weight is not None:
        return share_estimate(sample.values, sample.design.weight, amounts, confidence)
    if sample.design is not None:
        return sample.design.proportion(
            sample.values,
            lambda values, weight: shares_above(values, weight, amounts),
            confidence,
        )
    count = np.rint(shares_above(sample.values, None, amounts) * sample.n_path)
    return wilson_estimate(count, sample.n_path, confidence)


def _title(sample: Sample) -> str:
    return f"probability that {sample.title} exceeds the threshold"


def _kept_ranks(n: int, points: int) -> npt.NDArray[np.intp]:
    """Return at most ``points`` 0-based ranks of ``n``, rising, first and last among them."""
    if n <= points:
        return np.arange(n)
    near_ends = points // 4
    even = np.linspace(0, n - 1, points - 2 * near_ends)
    # Distances from the ends grow by a constant factor: 1, 2, 4, ... paths.
    steps = np.geomspace(1, n / 2, near_ends) - 1
    ranks = np.concatenate([even, steps, n - 1 - steps])
    return np.unique(np.clip(np.rint(ranks), 0, n - 1).astype(np.intp))
