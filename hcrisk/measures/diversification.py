"""What is saved by setting money aside for the whole instead of for each part."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import xarray as xr

from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    order_statistic_estimate,
    quantile,
    stack_estimates,
)
from hcrisk.measures._labelled import (
    Sample,
    check_levels,
    check_share,
    level_coordinate,
)
from hcrisk.measures._parts import By, check_by, read_parts
from hcrisk.measures._sections import sectioned, warn_few_beyond


def diversification(
    ds: xr.Dataset,
    levels: float | Iterable[float] = 0.8,
    *,
    by: By | Iterable[By] = "service",
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return the percentile of the whole cost beside the sum of the percentiles of its parts.

    A budget that gives each service (or cost line, or year) its own P80 holds more than the P80
    of the whole: services are seldom dear together. ``saved`` is the difference, what one reserve
    for all saves against one for each. Percentiles are not subadditive: with rare large losses,
    each too rare to reach its own percentile, or below the median, it may be negative, and then
    the parts' budgets together are too small. The tail mean never does that; `allocate` has it.

    Percentiles are Hyndman and Fan's type 7, of the parts and the whole with intervals from order
    statistics; those of the sum and of what is saved come from batches of paths (sectioning, as
    in `hcrisk.measures.allocate`).

    Parameters
    ----------
    ds
        Result of `simulate`, whole.
    levels
        Level in (0, 1), or several.
    by
        ``"component"``, ``"service"`` or ``"year"`` (detail ``"default"``), or several of them
        for every combination (detail ``"full"``). Costs of years are discounted to today.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over ``strategy``, in currency: ``whole``, ``sum_of_parts`` and ``saved``; over
        ``strategy`` and ``by``: ``part``. Each has its bounds beside it under the suffixes
        ``_lower`` and ``_upper``, infinite where there are too few paths. ``level`` is a scalar
        coordinate for a single level, a last dimension for several.

    Raises
    ------
    ValueError
        A level or confidence outside (0, 1), a repeated level, an unknown or repeated ``by``, or
        a result that `allocate` refuses.

    Warns
    -----
    PrecisionWarning
        Bounds are infinite: there are too few paths.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> desk = np.tile(np.arange(1001.0), 3)
    >>> security = np.tile(np.arange(1001.0)[::-1], 3)
    >>> ds = xr.Dataset(
    ...     {
    ...         "npv": (("strategy", "path"), [desk + security]),
    ...         "service_npv": (("strategy", "service", "path"), [[desk, security]]),
    ...     },
    ...     {"strategy": ["own"], "service": ["desk", "security"]},
    ... )
    >>> found = diversification(ds, 0.8).sel(strategy="own")
    >>> [round(found[name].item()) for name in ("whole", "sum_of_parts", "saved")]
    [1000, 1600, 600]
    """
    wanted, confidence = check_levels("levels", levels), check_share("confidence", confidence)
    whole, parts = read_parts(ds, check_by(by))
    warn_few_beyond(whole, "{} of parts", wanted, confidence)
    result = _diversification(whole, parts, wanted, confidence)
    return result if isinstance(levels, Iterable) else result.isel(level=0)


def _diversification(
    whole: Sample, parts: Sample, levels: tuple[float, ...], confidence: float
) -> xr.Dataset:
    along = level_coordinate(levels)
    flat = parts.values.reshape(len(parts.values), -1, parts.n_path)
    added, saved = added_percentiles(flat, whole.values, levels, confidence)
    title = whole.title
    variables = dict[str, xr.DataArray]()
    for sample, name, estimate, long_name in (
        (whole, "whole", percentile_estimates(whole.values, levels, confidence),
         f"percentile of {title}"),
        (whole, "sum_of_parts", added, f"sum of percentiles of the parts of {title}"),
        (whole, "saved", saved, f"sum of percentiles less percentile of the sum of {title}"),
        (parts, "part", percentile_estimates(parts.values, levels, confidence),
         f"percentile of {parts.title}"),
    ):  # fmt: skip
        variables |= sample.label_estimate(estimate, long_name, name=name, along=along)
    return whole.dataset(variables, measure="diversification", confidence=confidence)


def percentile_estimates(values: Floats, levels: tuple[float, ...], confidence: float) -> Estimate:
    """Return percentiles along the last axis, levels along a new last one."""
    ordered = np.sort(values, axis=-1)
    return stack_estimates(order_statistic_estimate(ordered, p, confidence) for p in levels)


def added_percentiles(
    parts: Floats, whole: Floats, levels: tuple[float, ...], confidence: float
) -> tuple[Estimate, Estimate]:
    """Return the sum of the parts' percentiles, and what it is above that of the whole.

    ``parts`` is ``float64[..., part, path]``, ``whole`` ``float64[..., path]``.
    """
    axis = parts.ndim - 2
    rows = np.concatenate([parts, np.expand_dims(whole, axis)], axis=axis)
    ordered, places = np.sort(rows, axis=-1), list(range(parts.shape[axis]))

    def added(level: float, batch: Floats) -> Floats:
        return np.asarray(quantile(batch, level).take(places, axis=axis).sum(axis=axis))

    def excess(level: float, batch: Floats) -> Floats:
        return np.asarray(added(level, batch) - quantile(batch, level).take(-1, axis=axis))

    def estimates(statistic: Callable[[float, Floats], Floats]) -> Estimate:
        return stack_estimates(
            sectioned(rows, ordered, min(p, 1.0 - p), confidence, partial(statistic, p))
            for p in levels
        )

    return estimates(added), estimates(excess)
