"""What the results of this package have in common: coordinates, attributes, words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import xarray as xr

from hcrisk.figures import Figure, plain, supported_step
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
        "seed": np.uint64(runs.seed),
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


def amount(value: float, unit: str = "") -> str:
    """Return a value of a parameter with its unit.

    Examples
    --------
    >>> amount(63.0, "providers"), amount(0.25)
    ('63 providers', '0.25')
    """
    return f"{plain(value)} {unit}".rstrip()


def rounded_band(figure: Figure, unit: str = "") -> tuple[str, str, str]:
    """Return a value of a parameter and the ends of its band, in the digits the band supports.

    The ends are rounded outwards, and shown as they are where there is no band or no end.

    Examples
    --------
    >>> rounded_band(Figure(278.8, 267.2, 290.5), "providers")
    ('279 providers', '267 providers', '291 providers')
    >>> rounded_band(Figure(51.0, 50.0, 51.0))
    ('51', '50', '51')
    >>> rounded_band(Figure(0.41238, 0.40941, math.inf)), rounded_band(Figure(51.0, 51.0, 51.0))
    (('0.4124', '0.4094', 'no limit'), ('51', '51', '51'))
    """
    half = max((abs(end - figure.value) for end in figure[1:] if math.isfinite(end)), default=0.0)
    if half <= 1e-9 * abs(figure.value):
        return tuple(amount(part, unit) for part in figure)  # type: ignore[return-value]
    step = supported_step(Figure(figure.value, figure.value - half, figure.value + half)) / 10.0
    if all(part == round(part) for part in figure if math.isfinite(part)):
        step = max(step, 1.0)
    decimals = max(0, round(-math.log10(step)))

    def told(value: float, rounding: Callable[[float], float]) -> str:
        if not math.isfinite(value):
            return amount(value, unit)
        # What stands on a step but for its last bits is not moved to the next.
        return f"{rounding(round(value / step, 6)) * step:,.{decimals}f} {unit}".rstrip()

    return told(figure[0], round), told(figure[1], math.floor), told(figure[2], math.ceil)


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
