"""Small scenarios for tests: a bare practice, and a crowded one in which everything happens."""

from __future__ import annotations

import copy
import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hcrisk.scenario import Scenario

WEEKS_PER_YEAR = 52
# Pay must be positive; this is lost in rounding.
NOTHING = 1e-30
CLOSED = {"dist", "value", "per_provider", "per", "count"}
GROWTH = tomllib.loads(Path(__file__).with_name("growth.toml").read_text(encoding="utf-8"))
CROWDED = tomllib.loads(Path(__file__).with_name("crowded.toml").read_text(encoding="utf-8"))

BARE: dict[str, Any] = {
    "name": "bare",
    "practice": {
        "providers": 50,
        "users": 200,
        "endpoints": 260,
        "records": 90_000,
        "revenue": 40_000_000,
    },
    "horizon": {"years": 1},
    "discounting": {"rate": 0},
    "macro": {
        "wage": {"mean": 0, "phi": 0, "sd": 0},
        "price": {"mean": 0, "phi": 0, "sd": 0},
        "attrition": {"phi": 0, "sd": 0},
    },
    "people": {"benefits_load": 0},
    # A service without seats, contracts or cost.
    "services": {
        "desk": {
            "current": "none",
            "coverage": {"kind": "queue", "posts": 1, "hours_per_week": 40},
            "arrangements": {"none": {"unfunded": True}},
        }
    },
}


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of `below` in which `above` replaces whatever is not an open table in both."""
    result = copy.deepcopy(dict(below))
    for key, value in above.items():
        old = result.get(key)
        result[key] = (
            merged(old, value) if is_open(old) and is_open(value) else copy.deepcopy(value)
        )
    return result


def is_open(value: Any) -> bool:
    """Tell whether a value is a table other than a number, law or count."""
    return isinstance(value, Mapping) and not CLOSED & set(value)


def dotted(path: str, value: Any) -> dict[str, Any]:
    """Return the nested table that holds a value at a dotted path.

    Examples
    --------
    >>> dotted("a.b", 1)
    {'a': {'b': 1}}
    """
    for key in reversed(path.split(".")):
        value = {key: value}
    return value


def content(
    base: Mapping[str, Any], *layers: Mapping[str, Any] | str, **changes: Any
) -> dict[str, Any]:
    """Return a file's content: a base, layers (tables or TOML), then `a__b=value` changes."""
    result = copy.deepcopy(dict(base))
    for layer in layers:
        result = merged(result, tomllib.loads(layer) if isinstance(layer, str) else layer)
    for key, value in changes.items():
        result = merged(result, dotted(key.replace("__", "."), value))
    return result


def bare(*layers: Mapping[str, Any] | str, **changes: Any) -> Scenario:
    """Return a practice in which nothing happens and nothing costs, and what is added to it."""
    return Scenario(**content(BARE, *layers, **changes))


def crowded(*layers: Mapping[str, Any] | str, **changes: Any) -> Scenario:
    """Return the small practice of `crowded.toml`, with changes."""
    return Scenario(**content(CROWDED, *layers, **changes))


def growing(*layers: Mapping[str, Any] | str, **changes: Any) -> Scenario:
    """Return the practice of `growth.toml`, whose size and demand change, with changes."""
    return Scenario(**content(GROWTH, *layers, **changes))


def team(
    name: str = "clerk", seats: int = 1, posts: float | None = None, **role: Any
) -> dict[str, Any]:
    """Return a layer with a service of own staff, filled at time 0, that nobody manages.

    Service and role have the same name. By default each seat is a post, and nobody is missed. Pay
    is as good as nothing, and a year in which the service is fully uncovered costs 1.
    """
    hours, posts = 40, seats if posts is None else posts
    return {
        "roles": {name: {"pay": NOTHING, "attrition_rate": 0, "time_to_fill_days": 0, **role}},
        "services": {
            name: {
                "current": "own",
                "coverage": {"kind": "queue", "posts": posts, "hours_per_week": hours},
                "gap_rate": 1 / (posts * hours * WEEKS_PER_YEAR),
                "arrangements": {"own": {"seats": {name: seats}}},
            }
        },
    }


def exponential(mean: float) -> dict[str, Any]:
    """Return an exponential law."""
    return {"dist": "gamma", "shape": 1, "scale": mean}


def one_risk(frequency: float, severity: Mapping[str, Any] | float, **risk: Any) -> dict[str, Any]:
    """Return a layer with one risk that has one loss form, untrended and insured."""
    form = {"severity": severity, "trended": False, "insured": True}
    return {"risks": {"breach": {"frequency": frequency, "losses": {"sum": form}, **risk}}}


def standard_error(sample: Any) -> float:
    """Return the standard error of a sample's mean."""
    return float(sample.std(ddof=1)) / math.sqrt(sample.size)
