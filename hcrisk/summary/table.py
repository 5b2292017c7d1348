"""The labelled Dataset of what was found."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    paths_to_batch,
    paths_to_bound_quantile,
    t_quantile,
    wilson_estimate,
)
from hcrisk.measures._labelled import Sample, level_coordinate, level_name, warn_few_paths
from hcrisk.results import build_dataset, empty_output
from hcrisk.summary.counting import AVERAGED
from hcrisk.summary.exact import mean_and_spread, whole
from hcrisk.summary.passes import Result
from hcrisk.summary.ranks import Ordered
from hcrisk.summary.wanted import Wanted
from hcrisk.summary.work import Run
from hcrisk.variables import DEFAULT

Variables = dict[str, xr.DataArray]

# What the means of a variable are called; those of npv need no more than their own name.
MEANS = {"npv": "mean", "cost": "cost_mean"} | {
    f"{name}_npv": f"{name}_mean" for name in ("component", "service")
}


def samples_of(run: Run, attrs: Mapping[str, Any]) -> dict[str, Sample]:
    """Return what labels a measure of each variable, with as many paths as the run has.

    Parameters
    ----------
    run : Run
    attrs : mapping
        The manifest.
    """
    output = empty_output(run.scenario, run.program, 1, DEFAULT)
    template = build_dataset(run.scenario, run.program, output, attrs)
    found = {}
    for name in AVERAGED:
        labels = template[name].isel(path=0, drop=True)
        # Labels and warnings ask a sample for its shape only; its values take no memory.
        values: Floats = np.broadcast_to(np.float64(0.0), (*labels.shape, run.paths))
        found[name] = Sample(name, values, labels, dict(attrs))
    return found


def build_table(samples: Mapping[str, Sample], wanted: Wanted, result: Result) -> xr.Dataset:
    """Return everything found as one Dataset.

    Parameters
    ----------
    samples : mapping
        From `samples_of`.
    wanted : Wanted
    result : Result
    """
    npv = samples["npv"]
    variables = {
        **_percentiles(samples, wanted, result),
        **_tail_means(npv, wanted, result),
        **_means(samples, wanted, result),
        **_cheapest(npv, wanted, result),
    }
    attrs = {**npv.attrs, "measure": "summarize", "confidence": wanted.confidence}
    return xr.Dataset(variables, attrs=attrs)


def warn(sample: Sample, wanted: Wanted) -> None:
    """Warn once of each figure of npv that too few paths leave without an interval."""
    for level in wanted.levels:
        needed = paths_to_bound_quantile(level, wanted.confidence)
        if wanted.paths < needed:
            warn_few_paths(sample, level_name(level), needed, wanted.confidence)
    for level in wanted.tail_levels:
        if not wanted.is_bounded(level):
            needed = paths_to_batch(1.0 - level)
            warn_few_paths(sample, f"TVaR at {level:g}", needed, wanted.confidence)
    if wanted.paths == 1:
        warn_few_paths(sample, "mean", 2, wanted.confidence)


def _percentiles(samples: Mapping[str, Sample], wanted: Wanted, result: Result) -> Variables:
    found, n_row = result.found, len(result.found.keeping.series.edges)
    estimate = wanted.percentiles(Ordered(tuple(range(n_row)), wanted.paths, found.value))
    above = np.array(
        [[found.above(row, value) for value in own] for row, own in enumerate(estimate.value)]
    )
    along, at = level_coordinate(wanted.levels), 0
    variables: Variables = {}
    for of, name in (("npv", "percentile"), ("cost", "cost_percentile")):
        sample = samples[of]
        shape = (*sample.labels.shape, len(wanted.levels))
        rows = slice(at, at + sample.labels.size)
        parts = Estimate(*(part[rows].reshape(shape) for part in estimate))
        title = f"percentile of {sample.title}"
        variables |= sample.label_estimate(parts, title, name=name, along=along)
        variables[f"{name}_tail_paths"] = sample.label(
            above[rows].reshape(shape), "paths strictly above the value", units="1", along=along
        )
        at += sample.labels.size
    return variables


def _tail_means(sample: Sample, wanted: Wanted, result: Result) -> Variables:
    along = level_coordinate(wanted.tail_levels).rename(level="tail_level")
    along.attrs["long_name"] = "level: share of paths before the tail"
    estimate = wanted.tail_means(result.found)
    title = f"tail mean of {sample.title}"
    return sample.label_estimate(estimate, title, name="tail_value_at_risk", along=along)


def _means(samples: Mapping[str, Sample], wanted: Wanted, result: Result) -> Variables:
    n = wanted.paths
    totals, squares = (map(whole, result.counted[name]) for name in ("totals", "squares"))
    pairs = [mean_and_spread(*sums, n) for sums in zip(totals, squares, strict=True)]
    mean, spread = np.array(pairs).T
    error = spread / np.sqrt(n)
    # No spread is known of a single path, nor how many standard errors that would be.
    half = error if n == 1 else t_quantile(n - 1, wanted.confidence) * error
    variables: Variables = {}
    at = 0
    for of, name in MEANS.items():
        sample = samples[of]
        rows, shape = slice(at, at + sample.labels.size), sample.labels.shape
        parts = (part[rows].reshape(shape) for part in (mean, mean - half, mean + half))
        title = f"mean of {sample.title}"
        variables |= sample.label_estimate(Estimate(*parts), title, name=name)
        variables[f"{name}_standard_error"] = sample.label(
            error[rows].reshape(shape), f"standard error of {title}"
        )
        at += sample.labels.size
    return variables


def _cheapest(sample: Sample, wanted: Wanted, result: Result) -> Variables:
    counts: npt.NDArray[np.int64] = result.counted["cheapest"]
    shares = [
        float(sum(Fraction(count, m) for m, count in enumerate(own, start=1)))
        for own in counts.tolist()
    ]
    estimate = wilson_estimate(np.array(shares), wanted.paths, wanted.confidence)
    title = f"probability of the lowest {sample.title}"
    return sample.label_estimate(estimate, title, name="probability_cheapest", units="1")
