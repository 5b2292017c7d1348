"""The years of the horizon: the worst one, and what funding each year on its own would cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np
import xarray as xr

from hcrisk.measures._estimators import wilson_estimate
from hcrisk.measures._labelled import (
    Sample,
    check_levels,
    check_share,
    level_coordinate,
    read_sample,
)
from hcrisk.measures._sections import warn_few_beyond
from hcrisk.measures.diversification import added_percentiles, percentile_estimates


def worst_year(
    ds: xr.Dataset,
    levels: float | Iterable[float] = (0.5, 0.8, 0.95),
    *,
    of: str = "cost",
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return percentiles of the dearest single year, of each year, and of the whole horizon.

    A budget for the horizon can be enough while one year of it cannot be paid. ``worst_year`` is
    the percentile of the dearest year of each path, whichever year that is; it is never below the
    percentile of any one year. Funding each year at its own percentile is another question:
    years are seldom bad together, so ``sum_of_years`` is as a rule more than ``horizon``, the
    percentile of the sum; ``excess`` is the difference, what a reserve carried over from year to
    year saves. (Percentiles are not subadditive: below the median, or with rare large losses, it
    may be negative.)

    Percentiles are Hyndman and Fan's type 7 with intervals from order statistics, as
    `hcrisk.measures.percentiles` gives them. The intervals of ``sum_of_years`` and ``excess`` come
    from batches of paths (sectioning, as in `hcrisk.measures.allocate`).

    Parameters
    ----------
    ds
        Result of `simulate`.
    levels
        Levels in (0, 1).
    of
        Variable with a year and paths; nominal ``"cost"`` as a rule.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over the variable's dimensions without ``year`` and ``path``, then ``level``:
        ``worst_year``, ``horizon``, ``sum_of_years`` and ``excess`` (unit of the variable). With
        ``year`` before ``level``: ``yearly``. Without ``level``: ``probability_worst`` by year,
        the chance that the year is the dearest (Wilson; years that tie share equally). Each has
        its bounds beside it under the suffixes ``_lower`` and ``_upper``, infinite where there
        are too few paths.

    Raises
    ------
    ValueError
        A level or confidence outside (0, 1), a repeated level, an unknown variable or one without
        years, or values that are not finite.

    Warns
    -----
    PrecisionWarning
        Bounds are infinite: there are too few paths.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> rising = np.arange(1001.0)
    >>> cost = [[rising, rising[::-1]]]
    >>> ds = xr.Dataset({"cost": (("strategy", "year", "path"), cost)}, {"year": [1, 2]})
    >>> result = worst_year(ds, 0.8).squeeze()
    >>> result["yearly"].values.tolist(), result["worst_year"].item()
    ([800.0, 800.0], 900.0)
    >>> result["horizon"].item(), result["excess"].item()
    (1000.0, 600.0)
    """
    wanted, confidence = check_levels("levels", levels), check_share("confidence", confidence)
    sample = read_sample(ds, of)
    if "year" not in sample.labels.dims:
        raise ValueError(
            f"of={of!r} has no dimension 'year', only {ds[of].dims}; choose a variable by year, "
            f"such as 'cost'"
        )
    warn_few_beyond(sample, "{} of years", wanted, confidence)
    result = _years(_years_last(sample), wanted, confidence)
    return result if isinstance(levels, Iterable) else result.isel(level=0)


def _years(sample: Sample, levels: tuple[float, ...], confidence: float) -> xr.Dataset:
    values, along, title = sample.values, level_coordinate(levels), sample.title
    one = dataclasses.replace(sample, labels=sample.labels.isel(year=0, drop=True))
    added, excess = added_percentiles(values, values.sum(axis=-2), levels, confidence)
    dearest = percentile_estimates(values.max(axis=-2), levels, confidence)
    horizon = percentile_estimates(values.sum(axis=-2), levels, confidence)
    said = {
        "worst_year": (dearest, f"percentile of the dearest year of {title}"),
        "horizon": (horizon, f"percentile of the sum over years of {title}"),
        "sum_of_years": (added, f"sum over years of percentiles of {title}"),
        "excess": (excess, f"sum of percentiles less percentile of the sum of {title}"),
    }
    variables = dict[str, xr.DataArray]()
    for name, (estimate, long_name) in said.items():
        variables |= one.label_estimate(estimate, long_name, name=name, along=along)
    variables |= sample.label_estimate(
        percentile_estimates(values, levels, confidence),
        f"percentile of each year of {title}",
        name="yearly",
        along=along,
    )
    worst = values == values.max(axis=-2, keepdims=True)
    count = (worst / worst.sum(axis=-2, keepdims=True)).sum(axis=-1)
    variables |= sample.label_estimate(
        wilson_estimate(count, sample.n_path, confidence),
        f"probability of the largest {title}",
        name="probability_worst",
        units="1",
    )
    return sample.dataset(variables, measure="worst_year", confidence=confidence)


def _years_last(sample: Sample) -> Sample:
    """Return the sample with its years as the last dimension before the paths."""
    labels = sample.labels.transpose(..., "year")
    axis = sample.labels.dims.index("year")
    return dataclasses.replace(sample, values=np.moveaxis(sample.values, axis, -2), labels=labels)
