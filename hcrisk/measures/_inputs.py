"""Reading what measures of inputs need: sampled inputs, and the cost they are held against."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
import xarray as xr

from hcrisk.measures._estimators import Estimate, Floats
from hcrisk.measures._labelled import Sample, check_choice, read_sample
from hcrisk.variables import scalar


class Inputs(NamedTuple):
    """The sampled inputs: their coordinate, and ``float64[parameter, path]``."""

    coordinate: xr.DataArray
    values: Floats


def read_inputs(ds: xr.Dataset) -> Inputs:
    """Return the sampled inputs of a result, or say why there are none."""
    if isinstance(ds, xr.Dataset) and "input" not in ds:
        raise ValueError(
            "ds must hold the sampled inputs, got a result without 'input'; simulate with "
            "detail='default' or 'full'"
        )
    if isinstance(ds, xr.Dataset) and 0 in ds["input"].shape[:1]:
        raise ValueError(
            "ds['input'] must hold at least one input, got none: every number of this scenario is "
            "certain; give one a distribution, or select at least one parameter"
        )
    sample = read_sample(ds, "input")
    if sample.labels.dims != ("parameter",):
        raise ValueError(
            f"ds['input'] must have the dimensions ('parameter', 'path'), got "
            f"{ds['input'].dims}; keep one parameter by a list: ds.sel(parameter=[...])"
        )
    return Inputs(sample.labels["parameter"], sample.values)


def read_target(ds: xr.Dataset, of: str, strategy: str | None, baseline: str | None) -> Sample:
    """Return the cost of all strategies, of one, or of one less that of another, by path."""
    sample = read_sample(ds, of, by_strategy=True)
    if sample.values.ndim != 2:
        rest = [str(dim) for dim in sample.labels.dims if dim != "strategy"]
        raise ValueError(
            f"of={of!r} must have only strategy and path, got {rest} as well; select one first: "
            f"ds.sel({rest[0]}=...)"
        )
    names = [str(name) for name in sample.labels["strategy"].values]
    if strategy is None:
        if baseline is not None:
            raise ValueError(
                f"baseline needs a strategy to subtract it from, got {baseline!r} and no "
                f"strategy; choose strategy from {names}"
            )
        return sample
    check_choice("strategy", strategy, names)
    row = names.index(strategy)
    labels = sample.labels.isel(strategy=row)
    if baseline is None:
        return dataclasses.replace(sample, values=sample.values[row], labels=labels)
    check_choice("baseline", baseline, names)
    if baseline == strategy:
        raise ValueError(
            f"baseline must differ from strategy, got {baseline!r} for both; choose another of "
            f"{names}, or leave baseline out"
        )
    labels.coords["baseline"] = scalar("baseline", baseline)
    difference = sample.values[row] - sample.values[names.index(baseline)]
    return dataclasses.replace(sample, values=difference, labels=labels)


def rows_of(sample: Sample) -> Floats:
    """Return a target's values as ``float64[row, path]``, one row for a single strategy."""
    return np.asarray(np.atleast_2d(sample.values))


def shaped(sample: Sample, estimate: Estimate) -> Estimate:
    """Return estimates over (row, other) with the dimensions of the target, then the other."""
    if sample.values.ndim == 2:
        return estimate
    return Estimate(*(part[0] for part in estimate))


def sorted_by_size(result: xr.Dataset, dim: str, key: str) -> xr.Dataset:
    """Return the result with its largest on top, where there is one strategy to go by."""
    if result[key].dims != (dim,):
        return result
    # The sort is stable: equals stay in file order.
    return result.isel({dim: np.argsort(-np.abs(result[key].values), kind="stable")})
