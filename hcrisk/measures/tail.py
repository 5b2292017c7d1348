"""Value at risk and the mean beyond it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import xarray as xr

from hcrisk.measures._design import Design
from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    paths_to_batch,
    snapped,
    stack_estimates,
    tail_estimate,
)
from hcrisk.measures._gamma import tail_estimate_of
from hcrisk.measures._labelled import (
    Sample,
    check_levels,
    check_share,
    known_tail,
    level_coordinate,
    read_sample,
    warn_few_paths,
)
from hcrisk.measures._weights import calibrated, quantile_of, tail_mean_of
from hcrisk.measures.percentile import quantile_dataset


def value_at_risk(
    ds: xr.Dataset,
    level: float | Iterable[float],
    *,
    of: str = "npv",
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return the value at risk: the cost that a share ``level`` of the paths does not exceed.

    Costs are positive, so this is the ``level`` quantile itself: Hyndman-Fan type 7 with an
    interval from order statistics, exactly as `hcrisk.measures.percentiles` gives it. Value at
    risk says nothing of what lies beyond it, and is not subadditive; `tail_value_at_risk` is.

    Parameters
    ----------
    ds
        Result of `simulate`.
    level
        Level in (0, 1), or several.
    of
        Variable to measure; any variable with paths.
    confidence
        Confidence of the interval, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` (unit of the variable) and ``tail_paths`` (paths strictly
        above the value) over the variable's dimensions without ``path``. ``level`` is a scalar
        coordinate for a single level, a last dimension for several.

    Raises
    ------
    ValueError
        A level or confidence outside (0, 1), an unknown variable, or values that are not finite.

    Warns
    -----
    PrecisionWarning
        A bound is infinite: the level has too few paths behind it.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), [np.arange(1.0, 102.0)])})
    >>> result = value_at_risk(ds, 0.9)
    >>> result["value"].item(), result["lower"].item(), result["upper"].item()
    (91.0, 85.0, 97.0)
    """
    wanted, confidence = check_levels("level", level), check_share("confidence", confidence)
    sample = read_sample(ds, of, designed=True)
    result = quantile_dataset(sample, wanted, confidence, measure="value_at_risk")
    return _drop_single(result, level)


def tail_value_at_risk(
    ds: xr.Dataset,
    level: float | Iterable[float],
    *,
    of: str = "npv",
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return the tail value at risk: the mean of the worst ``1 - level`` share of the paths.

    Also known as conditional value at risk, expected shortfall and conditional tail expectation.
    The estimator is Acerbi and Tasche's [1]_: with :math:`k = \lfloor n p \rfloor`,

    .. math:: \frac{(k + 1 - n p)\, x_{(k+1)} + x_{(k+2)} + \dots + x_{(n)}}{n - n p},

    so the path on the boundary enters with the part of it that lies in the tail. It is coherent
    (subadditive, monotone, homogeneous, translates with a sure amount) and right with a mass at
    one value: the mean above value at risk is neither.

    The same mean is the least, over all amounts, of the amount and the mean excess over it divided
    by :math:`1 - p`, taken at the boundary [2]_: to first order the boundary adds no noise, and
    the estimate is as sure as a mean of excesses. Few of them are large, and a run in which one is
    missing is too low and looks too sure; the interval is therefore Student's t with as many
    degrees of freedom as paths in the tail, less one, after Hall's transformation [3]_, which
    takes out the skewness: its upper side is the longer. Where much of the cost is one amount, as
    without an incident, the boundary may lie on either side of it; the lower bound is taken at the
    lower end of the quantile's interval as well.

    Parameters
    ----------
    ds
        Result of `simulate`.
    level
        Level in (0, 1), or several.
    of
        Variable to measure; any variable with paths.
    confidence
        Confidence of the interval, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` (unit of the variable) and ``tail_paths`` (how many paths
        enter the mean, the one on the boundary included) over the variable's dimensions without
        ``path``. ``level`` is a scalar coordinate for a single level, a last dimension for
        several. With fewer than ``50 / (1 - level)`` paths the bounds are infinite, unless all
        paths are equal and there are enough of them to bound the quantile at ``level``.
        docs/decisions.md says how often the intervals cover: 94% to 96% of the time up to a
        lognormal loss of sigma 1, somewhat less for heavier ones. With a proposal the excess over
        the quantile has Fay and Feuer's bounds (docs/variance.md).

    Raises
    ------
    ValueError
        A level or confidence outside (0, 1), an unknown variable, or values that are not finite.

    Warns
    -----
    PrecisionWarning
        The bounds are infinite: there are too few paths in the tail. Or fewer than 20 effective
        paths of a proposal stand behind the mean.

    References
    ----------
    .. [1] C. Acerbi, D. Tasche, "On the coherence of expected shortfall", Journal of Banking &
       Finance 26(7), 2002, 1487-1503.
    .. [2] R. T. Rockafellar, S. Uryasev, "Conditional value-at-risk for general loss
       distributions", Journal of Banking & Finance 26(7), 2002, 1443-1471.
    .. [3] P. Hall, "On the removal of skewness by transformation", Journal of the Royal
       Statistical Society B 54(1), 1992, 221-228.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), [np.arange(1.0, 1001.0)])})
    >>> result = tail_value_at_risk(ds, 0.95)
    >>> result["value"].item(), result["tail_paths"].item()
    (975.5, 50)
    """
    wanted, confidence = check_levels("level", level), check_share("confidence", confidence)
    sample = read_sample(ds, of, designed=True)
    return _drop_single(_tail_dataset(sample, wanted, confidence), level)


def _tail_dataset(sample: Sample, levels: tuple[float, ...], confidence: float) -> xr.Dataset:
    ordered, n = np.sort(sample.values, axis=-1), sample.n_path
    parts, entering = [], []
    for level in levels:
        if sample.design is None:
            part = tail_estimate(ordered, level, confidence)
            entering.append(np.full(part.value.shape, n - snapped(level, n)[0]))
        else:
            part, count = _weighted_tail(sample, sample.design, level, confidence)
            entering.append(count)
        if not np.isfinite([part.lower, part.upper]).all():
            design = sample.design
            needed = paths_to_batch(1.0 - level)
            if design is not None:
                needed = design.paths_to_bound(level, confidence)
            warn_few_paths(sample, f"TVaR at {level:g}", needed, confidence)
        parts.append(part)
    estimate = stack_estimates(parts)
    along = level_coordinate(levels)
    variables = sample.label_estimate(estimate, f"tail mean of {sample.title}", along=along)
    variables["tail_paths"] = sample.label(
        np.stack(entering, axis=-1),
        "paths that enter the tail mean",
        units="1",
        along=along,
    )
    return sample.dataset(variables, measure="tail_value_at_risk", confidence=confidence)


def _weighted_tail(
    sample: Sample, design: Design, level: float, confidence: float
) -> tuple[Estimate, Floats]:
    """Return the tail mean of paths that weigh differently, and how many enter it."""

    def statistic(values: Floats, weight: Floats | None) -> Floats:
        return tail_mean_of(values, weight, level)

    weight = None
    if design.weight is None:
        found = design.estimate(sample.values, statistic, level, confidence)
    else:
        weight = calibrated(design.weight)
        tail = tail_estimate_of(sample.values, design.weight, level, confidence)
        found = known_tail(sample, tail, f"TVaR at {level:g}")
    boundary = quantile_of(sample.values, weight, level)
    return found, np.asarray((sample.values >= boundary[..., None]).sum(axis=-1))


def _drop_single(result: xr.Dataset, level: float | Iterable[float]) -> xr.Dataset:
    return result if isinstance(level, Iterable) else result.isel(level=0)
