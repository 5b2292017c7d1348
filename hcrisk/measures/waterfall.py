"""Why two strategies differ: their difference split into parts that add up."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import xarray as xr

from hcrisk.measures._estimators import mean_estimate
from hcrisk.measures._labelled import Sample, check_share, warn_few_paths
from hcrisk.measures._parts import By, check_by, mean_error, read_parts
from hcrisk.measures.compare import checked_baseline
from hcrisk.variables import scalar


def difference_by(
    ds: xr.Dataset,
    by: By | Iterable[By] = "component",
    *,
    baseline: str | None = None,
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return which components, services or years make a strategy dearer or cheaper on average.

    The mean of each part's paired difference, strategy minus baseline, path by path: negative
    where the strategy spends less. Means are linear, so parts add up to the mean difference of
    ``npv``, to rounding, whatever the dependence between them. The intervals are central-limit
    ones on the paired differences; as parts offset each other, the interval of the total is not
    the sum of theirs. For shares of the tail see `hcrisk.measures.allocate`.

    Parameters
    ----------
    ds
        Result of `simulate`, whole.
    by
        ``"component"``, ``"service"`` or ``"year"`` (detail ``"default"``), or several of them
        for every combination (detail ``"full"``). Costs of years are discounted to today.
    baseline
        Name of the strategy to compare with; the current arrangement, ``ds.attrs["current"]``,
        when omitted.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        In currency, over ``strategy`` (all but the baseline) and ``by``: ``value``, ``lower``,
        ``upper`` and ``standard_error``; over ``strategy``: ``total`` and ``strategy_mean``;
        without dimension ``baseline_mean``; these three with their bounds beside them under the
        suffixes ``_lower`` and ``_upper``. ``baseline`` is a scalar coordinate.

    Raises
    ------
    ValueError
        An unknown baseline or none known, no strategy besides it, an unknown or repeated ``by``,
        a result without the variable that ``by`` needs, parts that do not add up to ``npv`` (a
        selection), a confidence outside (0, 1), or values that are not finite.

    Warns
    -----
    PrecisionWarning
        There is a single path.

    Examples
    --------
    >>> import xarray as xr
    >>> parts = [[[8.0, 9.0], [1.0, 2.0]], [[3.0, 3.0], [5.0, 6.0]]]
    >>> ds = xr.Dataset(
    ...     {
    ...         "npv": (("strategy", "path"), [[9.0, 11.0], [8.0, 9.0]]),
    ...         "component_npv": (("strategy", "component", "path"), parts),
    ...     },
    ...     {"strategy": ["current", "msp"], "component": ["salaries", "vendor_fees"]},
    ... )
    >>> result = difference_by(ds, "component", baseline="current").sel(strategy="msp")
    >>> result["value"].values.tolist(), result["total"].item()
    ([-5.5, 4.0], -1.5)
    """
    confidence, dims = check_share("confidence", confidence), check_by(by)
    whole, parts = read_parts(ds, dims)
    names = [str(name) for name in whole.labels["strategy"].values]
    base = names.index(checked_baseline(ds, baseline, names))
    if whole.n_path == 1:
        _warn(whole, confidence)
    return _differences(whole, parts, base, confidence)


def _differences(whole: Sample, parts: Sample, base: int, confidence: float) -> xr.Dataset:
    others = [i for i in range(whole.values.shape[0]) if i != base]

    def paired(sample: Sample) -> Sample:
        labels = sample.labels.isel(strategy=others)
        labels.coords["baseline"] = scalar("baseline", str(sample.labels["strategy"].values[base]))
        values = sample.values[others] - sample.values[base]
        return dataclasses.replace(sample, values=values, labels=labels)

    by_part, total = paired(parts), paired(whole)
    current = dataclasses.replace(whole, labels=whole.labels.isel(strategy=base, drop=True))
    said = {
        "total": (total, total.values, f"mean difference in {whole.title}"),
        "strategy_mean": (total, whole.values[others], f"mean of {whole.title}"),
        "baseline_mean": (current, whole.values[base], f"mean of {whole.title} of the baseline"),
    }
    title = f"mean difference in {parts.title}"
    variables = by_part.label_estimate(mean_estimate(by_part.values, confidence), title)
    variables["standard_error"] = by_part.label(
        mean_error(by_part.values), f"standard error of {title}"
    )
    for name, (sample, values, long_name) in said.items():
        variables |= sample.label_estimate(mean_estimate(values, confidence), long_name, name=name)
    return total.dataset(variables, measure="difference_by", confidence=confidence)


def _warn(whole: Sample, confidence: float) -> None:
    warn_few_paths(whole, "mean difference", 2, confidence)
