"""Differences between strategies, path by path."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from functools import partial

import numpy as np
import xarray as xr

from hcrisk.measures._design import Design
from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    batch_count,
    batch_estimate,
    in_batches,
    ordered_for,
    paths_to_batch,
    paths_to_bound_quantile,
    quantile,
    stack_estimates,
    wilson_estimate,
)
from hcrisk.measures._labelled import (
    Sample,
    check_choice,
    check_levels,
    check_share,
    level_coordinate,
    level_name,
    read_sample,
    warn_few_paths,
)
from hcrisk.measures._weights import mean_of, quantile_of
from hcrisk.measures.percentile import quantile_estimates, sample_mean
from hcrisk.variables import scalar


def compare(
    ds: xr.Dataset,
    baseline: str | None = None,
    *,
    levels: float | Iterable[float] = (0.5, 0.8, 0.95),
    of: str = "npv",
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return how each strategy differs from a baseline, path by path.

    Strategies share their random numbers, so differences are taken within a path: strategy minus
    baseline, negative where the strategy is cheaper. Percentiles differ in two ways that answer
    different questions and are seldom equal, hence two names:

    * ``percentile_of_difference``: the percentile of the paired difference. At 0.95: "on 95% of
      futures, switching costs at most this much more". Hyndman-Fan type 7; the interval is from
      order statistics.
    * ``difference_of_percentiles``: the strategy's percentile minus the baseline's. At 0.95: "the
      P95 budget moves by this much". The interval comes from paired batches: the same 10 to 30
      consecutive slices of paths for both, with at least 5 paths beyond the level in each, and
      the Student t interval of their spread about the estimate from all paths (sectioning, as in
      `hcrisk.measures.allocate`).

    Parameters
    ----------
    ds
        Result of `simulate`.
    baseline
        Name of the strategy to compare with; the current arrangement, ``ds.attrs["current"]``,
        when omitted.
    levels
        Levels in (0, 1).
    of
        Variable to compare, by strategy and path: ``"npv"``, or ``"cost"`` for each year.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over ``strategy`` (all but the baseline) and the variable's other dimensions without
        ``path``: ``mean_difference`` (central-limit interval on the paired difference) and
        ``probability_cheaper`` (Wilson; a tie counts one half). With ``level`` as last dimension:
        ``percentile_of_difference`` and ``difference_of_percentiles``. Each has its bounds beside
        it under the suffixes ``_lower`` and ``_upper``. ``baseline`` is a scalar coordinate.
        Bounds are infinite where there are too few paths.

    Raises
    ------
    ValueError
        An unknown baseline or none known, no strategy besides the baseline, a level or confidence
        outside (0, 1), an unknown variable or one without strategies, or values not finite.

    Warns
    -----
    PrecisionWarning
        A bound is infinite: there are too few paths.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> current = np.arange(1000.0)
    >>> npv = [current, 2.0 * current - 600.0]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": ["current", "msp"]})
    >>> result = compare(ds, "current", levels=0.5).sel(strategy="msp")
    >>> result["mean_difference"].item(), result["probability_cheaper"].item()
    (-100.5, 0.6005)
    """
    wanted, confidence = check_levels("levels", levels), check_share("confidence", confidence)
    sample = read_sample(ds, of, by_strategy=True, designed=True)
    names = [str(name) for name in sample.labels["strategy"].values]
    base = names.index(checked_baseline(ds, baseline, names))
    if sample.design is None:
        _warn(sample, base, wanted, confidence)
    return _differences(sample, base, wanted, confidence)


def _differences(
    sample: Sample, base: int, levels: tuple[float, ...], confidence: float
) -> xr.Dataset:
    others = [i for i in range(sample.values.shape[0]) if i != base]
    labels = sample.labels.isel(strategy=others)
    labels.coords["baseline"] = scalar("baseline", str(sample.labels["strategy"].values[base]))
    paired = dataclasses.replace(
        sample, values=sample.values[others] - sample.values[base], labels=labels
    )
    cheaper = (paired.values < 0) + 0.5 * (paired.values == 0)
    means = sample_mean(paired, confidence)
    of_difference = stack_estimates(quantile_estimates(paired, levels, confidence))
    if sample.design is None:
        chance = wilson_estimate(cheaper.sum(axis=-1), sample.n_path, confidence)
        of_percentiles = _differences_of_percentiles(sample.values, base, levels, confidence)
    else:
        chance = sample.design.proportion(cheaper, mean_of, confidence)
        of_percentiles = _designed_differences(sample, sample.design, base, levels, confidence)
        if not np.isfinite(of_percentiles.upper).all():
            needed = max(sample.design.paths_to_section(level) for level in levels)
            warn_few_paths(paired, "difference of percentiles", needed, confidence)
    along, title = level_coordinate(levels), sample.title
    variables = {
        **paired.label_estimate(means, f"mean difference in {title}", name="mean_difference"),
        **paired.label_estimate(
            of_difference,
            f"percentile of the paired difference in {title}",
            name="percentile_of_difference",
            along=along,
        ),
        **paired.label_estimate(
            of_percentiles,
            f"difference of percentiles of {title}",
            name="difference_of_percentiles",
            along=along,
        ),
        **paired.label_estimate(
            chance, f"probability of a lower {title}", name="probability_cheaper", units="1"
        ),
    }
    return paired.dataset(variables, measure="compare", confidence=confidence)


def _designed_differences(
    sample: Sample, design: Design, base: int, levels: tuple[float, ...], confidence: float
) -> Estimate:
    """Return differences of percentiles of paths that weigh differently or come in sections."""

    def differences(values: Floats, weight: Floats | None, level: float) -> Floats:
        found = quantile_of(values, weight, level)
        return np.asarray(np.delete(found, base, axis=0) - found[base])

    return stack_estimates(
        design.estimate(sample.values, partial(differences, level=level), level, confidence)
        for level in levels
    )


def _differences_of_percentiles(
    values: Floats, base: int, levels: tuple[float, ...], confidence: float
) -> Estimate:
    def differences(ordered: Floats, level: float) -> Floats:
        found = quantile(ordered, level)
        return np.asarray(np.delete(found, base, axis=0) - found[base])

    ordered, n = ordered_for(values, levels, confidence), values.shape[-1]
    cuts: dict[int, Floats] = {}
    parts = []
    for level in levels:
        batches, by_batch = batch_count(n, min(level, 1.0 - level)), None
        if batches:
            if batches not in cuts:
                cuts[batches] = ordered_for(in_batches(values, batches), levels, confidence)
            by_batch = differences(cuts[batches], level)
        parts.append(batch_estimate(differences(ordered, level), by_batch, confidence))
    return stack_estimates(parts)


def _warn(sample: Sample, base: int, levels: tuple[float, ...], confidence: float) -> None:
    """Warn once per level and once for the mean, naming the paths that would do for both kinds."""
    others = [i for i in range(sample.values.shape[0]) if i != base]
    paired = dataclasses.replace(sample, labels=sample.labels.isel(strategy=others))
    if paired.n_path == 1:
        warn_few_paths(paired, "mean difference", 2, confidence)
    for level in levels:
        needed = max(
            paths_to_batch(min(level, 1.0 - level)), paths_to_bound_quantile(level, confidence)
        )
        if paired.n_path < needed:
            figure = f"{level_name(level)} of the difference or difference of {level_name(level)}"
            warn_few_paths(paired, figure, needed, confidence)


def checked_baseline(ds: xr.Dataset, baseline: str | None, names: list[str]) -> str:
    """Return the baseline's name, the current arrangement's when None, or say what is wrong."""
    chosen = ds.attrs.get("current") if baseline is None else baseline
    if chosen is None:
        raise ValueError(
            f"baseline must be named, got None and no ds.attrs['current']; choose one of {names}"
        )
    check_choice("baseline", chosen, names)
    if len(names) < 2:
        raise ValueError(
            f"baseline must leave a strategy to compare, got {chosen!r}, the only one; "
            f"simulate another"
        )
    return str(chosen)
