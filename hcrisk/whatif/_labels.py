"""What the results of this package have in common: coordinates, attributes, words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from hcrisk.figures import Figure
from hcrisk.measures._estimators import Estimate
from hcrisk.scenario.register import unit_of
from hcrisk.scenario.scenario import Scenario
from hcrisk.variables import described, title_of
from hcrisk.whatif._runs import Runs

_BOUNDS = ("", "_lower", "_upper")
_SAID = ("", "lower bound of ", "upper bound of ")


def as_figure(estimate: Estimate) -> Figure:
    """Return an estimate of one number as a figure."""
    return Figure(*(float(part) for part in estimate))


def figures_over(
    dims: Sequence[str], figures: Any, long_name: str, units: str, name: str = ""
) -> dict[str, tuple[Sequence[str], Any, dict[str, str]]]:
    """Return value, lower and upper of figures as variables of a Dataset.

    ``figures`` has value, lower and upper along its last axis.
    """
    array = np.asarray(figures, dtype=float).reshape(*np.shape(figures)[: len(dims)], 3)
    keys = [f"{name}{bound}" for bound in _BOUNDS] if name else ["value", "lower", "upper"]
    return {
        key: (dims, array[..., i], described(f"{said}{long_name}", units))
        for i, (key, said) in enumerate(zip(keys, _SAID, strict=True))
    }


def attributes(runs: Runs, measure: str, statistic: str, confidence: float) -> dict[str, Any]:
    """Return what identifies a result: the scenario, the runs, the measure."""
    scenario = runs.scenario
    return {
        "title": title_of(scenario),
        "scenario": scenario.name,
        "scenario_digest": scenario.digest,
        "currency": scenario.currency,
        "years": scenario.years,
        "seed": int(runs.seed),
        "paths": runs.paths,
        "measure": measure,
        "of": "npv",
        "statistic": statistic,
        "confidence": confidence,
    }


def unit_words(scenario: Scenario, path: str) -> str:
    """Return the unit of a number, "" for a share or a multiple of something."""
    unit = unit_of(scenario, path)
    return "" if unit in ("share", "multiple") else unit


def coordinate(
    name: str, values: Sequence[Any], long_name: str, units: str = ""
) -> tuple[str, Any, dict[str, str]]:
    """Return a coordinate of one dimension with its meaning."""
    about = described(long_name, units)
    return name, np.asarray(values), about


def with_summary(ds: xr.Dataset, sentences: Sequence[str]) -> xr.Dataset:
    """Return a Dataset with what it says in words, one sentence a line."""
    ds.attrs["summary"] = "\n".join(sentences)
    return ds
