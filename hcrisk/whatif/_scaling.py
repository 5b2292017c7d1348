"""A number or law as it is written, made larger or smaller by a factor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

# Parameters that are in the unit of the number itself; shapes and weights are not.
SCALED = ("value", "low", "high", "mode", "mean", "median", "scale", "location", "values")
BOUNDS = ("truncate", "clip")
# A normal's, lognormal's or beta's spread about its mean; the others have none of that name.
SPREAD = "sd"
PRICE = "price"


def scaled(raw: Any, factor: float) -> Any:
    """Return a number, law, list of prices or size times a factor.

    A distribution keeps its family and its shape: parameters in the unit of the number are
    multiplied, those without a unit stay.

    Parameters
    ----------
    raw
        As a scenario's content holds it.
    factor
        More than 0.

    Examples
    --------
    >>> scaled({"dist": "triangular", "low": 10, "mode": 20, "high": 40, "source": "s"}, 1.5)
    {'dist': 'triangular', 'low': 15.0, 'mode': 30.0, 'high': 60.0}
    >>> scaled({"dist": "lognormal", "mu": {"value": 0.0}, "sigma": 1.2}, 1.0)
    {'dist': 'lognormal', 'mu': {'value': 0.0}, 'sigma': 1.2}
    >>> scaled([{"from": 0, "price": 100}, {"from": 50, "price": 80}], 2.0)
    [{'from': 0, 'price': 200.0}, {'from': 50, 'price': 160.0}]
    """
    if isinstance(raw, list | tuple):
        return [{**entry, PRICE: scaled(entry[PRICE], factor)} for entry in raw]
    if not isinstance(raw, Mapping):
        return float(raw) * factor
    if raw.get("dist") == "beta":
        # Its ends are those of a share where they are left out.
        raw = {"low": 0.0, "high": 1.0, **raw}
    return {
        name: _part(name, value, factor)
        for name, value in raw.items()
        if name not in ("source", "note", "range")
    }


def at_most_one(raw: Any) -> Any:
    """Return a share that was made larger with what is above 1 moved to 1.

    Examples
    --------
    >>> at_most_one(1.2), at_most_one({"dist": "uniform", "low": 0.6, "high": 1.2})
    (1.0, {'dist': 'uniform', 'low': 0.6, 'high': 1.2, 'clip': [0.0, 1.0]})
    >>> at_most_one([{"from": 0, "price": 1.2}])
    [{'from': 0, 'price': 1.0}]
    """
    if isinstance(raw, list | tuple):
        return [{**entry, PRICE: at_most_one(entry[PRICE])} for entry in raw]
    if not isinstance(raw, Mapping):
        return min(float(raw), 1.0)
    if "dist" not in raw:
        return {**raw, "value": min(float(raw["value"]), 1.0)}
    return {**raw, "clip": [0.0, 1.0]}


def _part(name: str, value: Any, factor: float) -> Any:
    if name == "mu":
        return shifted(value, math.log(factor))
    if name == "components":
        return [scaled(part, factor) for part in value]
    if name == "quantiles":
        return [[level, x * factor] for level, x in value]
    if name in BOUNDS or (name == "values" and isinstance(value, list | tuple)):
        return [x * factor for x in value]
    return scaled(value, factor) if in_unit(name) else value


def in_unit(name: str) -> bool:
    """Return whether a parameter of this name is in the unit of the number.

    Examples
    --------
    >>> [in_unit(name) for name in ("p90", "mode", "per_provider", "sigma", "power")]
    [True, True, True, False, False]
    """
    percentile = name.startswith("p") and name[1:].replace(".", "", 1).isdigit()
    return name in SCALED or name == SPREAD or percentile or name == "per_provider"


def shifted(raw: Any, by: float) -> Any:
    """Return a number moved by an amount: its distribution keeps its width.

    Examples
    --------
    >>> shifted({"dist": "normal", "mean": 1.0, "sd": 0.5}, 0.25)
    {'dist': 'normal', 'mean': 1.25, 'sd': 0.5}
    """
    if not isinstance(raw, Mapping):
        return float(raw) + by
    if by == 0.0:
        return dict(raw)
    moved = {}
    for name, value in raw.items():
        if name in ("source", "note", "range"):
            continue
        if name in BOUNDS:
            moved[name] = [x + by for x in value]
        else:
            placed = in_unit(name) and name not in (SPREAD, "scale")
            moved[name] = shifted(value, by) if placed else value
    return moved
