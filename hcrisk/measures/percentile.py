"""Percentiles and means of a result, each with its interval."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
import xarray as xr

from hcrisk.measures._estimators import (
    Estimate,
    mean_estimate,
    order_statistic_estimate,
    ordered_for,
    paths_to_bound_quantile,
    stack_estimates,
    t_quantile,
)
from hcrisk.measures._gamma import quantile_estimate
from hcrisk.measures._labelled import (
    Sample,
    check_levels,
    check_share,
    known_tail,
    level_coordinate,
    level_name,
    read_sample,
    warn_few_paths,
)
from hcrisk.measures._weights import mean_of, quantile_of


def percentiles(
    ds: xr.Dataset,
    levels: float | Iterable[float] = (0.5, 0.8, 0.95),
    *,
    of: str = "npv",
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return percentiles over the paths, with intervals from order statistics.

    The value is Hyndman and Fan's type 7 quantile [1]_, linear between neighbouring paths:
    with :math:`h = (n - 1) p`, :math:`x_{(\lfloor h \rfloor + 1)}` plus the fraction of the step
    to the next. The interval is free of assumptions on the distribution [2]_: with B binomial
    (n, p), it runs from :math:`x_{(r)}` to :math:`x_{(s)}`, r the largest rank with
    :math:`P(B \le r - 1) \le (1 - c) / 2` and s the smallest with
    :math:`P(B \ge s) \le (1 - c) / 2`. It covers the true quantile with probability at least
    ``confidence``, also where the cost has atoms, such as years without a single incident.

    Parameters
    ----------
    ds
        Result of `simulate`.
    levels
        Levels in (0, 1): 0.8 is P80, the cost that 80% of paths do not exceed.
    of
        Variable to take percentiles of; any variable with paths.
    confidence
        Confidence of the interval, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` (unit of the variable) and ``tail_paths`` (how many paths
        lie strictly above the value) over the variable's dimensions without ``path``, then
        ``level``. Inside an atom ``tail_paths`` counts only the paths beyond the atom, so it is
        0 where the value is the largest path. A bound that needs a rank outside the sample is
        infinite. With a proposal the bounds are the amounts at which Fay and Feuer's bounds of
        the weighted share above pass ``1 - level`` (docs/variance.md).

    Raises
    ------
    ValueError
        A level or confidence outside (0, 1), a repeated level, an unknown variable, or values
        that are not finite.

    Warns
    -----
    PrecisionWarning
        A bound is infinite: the level has too few paths behind it. Or fewer than 20 effective
        paths of a proposal stand behind it.

    See Also
    --------
    hcrisk.measures.tail_value_at_risk : The mean beyond the percentile.

    References
    ----------
    .. [1] R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", The American
       Statistician 50(4), 1996, 361-365.
    .. [2] H. A. David, H. N. Nagaraja, "Order Statistics", 3rd ed., Wiley, 2003, section 7.1.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> npv = np.arange(1.0, 102.0)
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), [npv])}, coords={"strategy": ["current"]})
    >>> table = percentiles(ds, (0.5, 0.9)).sel(strategy="current")
    >>> table["value"].values.tolist(), table["lower"].values.tolist()
    ([51.0, 91.0], [41.0, 85.0])
    >>> table["tail_paths"].values.tolist()
    [50, 10]
    """
    wanted, confidence = check_levels("levels", levels), check_share("confidence", confidence)
    sample = read_sample(ds, of, designed=True)
    return quantile_dataset(sample, wanted, confidence, measure="percentile")


def mean(ds: xr.Dataset, *, of: str = "npv", confidence: float = 0.95) -> xr.Dataset:
    r"""Return the mean over the paths, with its central-limit interval.

    :math:`\bar x \pm t_{n-1}\, s / \sqrt n`, with Student's t, which is the normal quantile for
    all but small n. The interval rests on a finite variance: for a loss with a tail index of 2 or
    less (a Pareto below 2) it is too narrow at any number of paths.

    Parameters
    ----------
    ds
        Result of `simulate`.
    of
        Variable to average; any variable with paths.
    confidence
        Confidence of the interval, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` and ``standard_error`` (unit of the variable) over the
        variable's dimensions without ``path``. With a single path the bounds and the standard
        error are infinite.

    Raises
    ------
    ValueError
        A confidence outside (0, 1), an unknown variable, or values that are not finite.

    Warns
    -----
    PrecisionWarning
        There is a single path.

    Examples
    --------
    >>> import xarray as xr
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), [[1.0, 2.0, 3.0], [4.0, 4.0, 4.0]])})
    >>> result = mean(ds)
    >>> result["value"].values.tolist(), result["standard_error"].values.round(3).tolist()
    ([2.0, 4.0], [0.577, 0.0])
    """
    confidence = check_share("confidence", confidence)
    sample = read_sample(ds, of, designed=True)
    return mean_dataset(sample, confidence, measure="mean", title="mean of ")


def quantile_dataset(
    sample: Sample, levels: tuple[float, ...], confidence: float, *, measure: str
) -> xr.Dataset:
    """Return the quantiles of ``sample`` as `percentiles` describes."""
    parts = quantile_estimates(sample, levels, confidence)
    estimate = stack_estimates(parts)
    values = sample.values
    above = np.stack([(values > part.value[..., None]).sum(axis=-1) for part in parts], axis=-1)
    for level, part in zip(levels, parts, strict=True):
        if not np.isfinite([part.lower, part.upper]).all():
            needed = paths_to_bound_quantile(level, confidence)
            if sample.design is not None:
                needed = sample.design.paths_to_bound(level, confidence)
            warn_few_paths(sample, level_name(level), needed, confidence)
    along = level_coordinate(levels)
    variables = sample.label_estimate(estimate, f"percentile of {sample.title}", along=along)
    variables["tail_paths"] = sample.label(
        above, "paths strictly above the value", units="1", along=along
    )
    return sample.dataset(variables, measure=measure, confidence=confidence)


def quantile_estimates(
    sample: Sample, levels: tuple[float, ...], confidence: float
) -> list[Estimate]:
    """Return the quantile at each level, with intervals that suit how the paths were drawn."""
    design = sample.design
    if design is None:
        ordered = ordered_for(sample.values, levels, confidence)
        return [order_statistic_estimate(ordered, level, confidence) for level in levels]
    if design.weight is not None:
        found = []
        for level in levels:
            tail = quantile_estimate(sample.values, design.weight, level, confidence)
            found.append(known_tail(sample, tail, level_name(level)))
        return found
    return [
        design.estimate(sample.values, partial(quantile_of, level=level), level, confidence)
        for level in levels
    ]


def sample_mean(sample: Sample, confidence: float) -> Estimate:
    """Return the mean, with an interval that suits how the paths were drawn."""
    if sample.design is None:
        return mean_estimate(sample.values, confidence)
    return sample.design.estimate(sample.values, mean_of, 0.5, confidence)


def mean_dataset(sample: Sample, confidence: float, *, measure: str, title: str) -> xr.Dataset:
    """Return the mean of ``sample`` as `mean` describes."""
    estimate = sample_mean(sample, confidence)
    n, design = sample.n_path, sample.design
    if not np.isfinite(estimate.upper).all():
        needed = 2 if design is None else design.paths_to_section(0.5)
        warn_few_paths(sample, "mean", needed, confidence)
        error = np.full_like(estimate.value, np.inf)
    elif design is not None:
        degrees = len(design.cuts(sample.values, 0.5)) - 1
        error = (estimate.upper - estimate.value) / t_quantile(degrees, confidence)
    else:
        error = sample.values.std(axis=-1, ddof=1) / np.sqrt(n)
    variables = sample.label_estimate(estimate, title + sample.title)
    variables["standard_error"] = sample.label(error, "standard error of " + title + sample.title)
    return sample.dataset(variables, measure=measure, confidence=confidence)
