"""Small scenarios with one service at work, and what a change of one of their fields changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import hcrisk
from hcrisk.scenario import Scenario
from tests.builders import bare, merged, team

PAY = 100_000
# What differs by less is rounding.
ROUNDING = 1e-9

Layer = dict[str, Any]


def staffed(seats: int = 1, arrangement: Mapping[str, Any] = {}, **role: Any) -> Layer:
    """Return a layer with a service of clerks, there from the start, whose gaps cost nothing."""
    layer = team(seats=seats, **{"pay": PAY, **role})
    service = layer["services"]["clerk"]
    service["gap_rate"] = 0
    service["arrangements"]["own"].update(arrangement)
    service["arrangements"]["nobody"] = {"unfunded": True}
    return {**layer, "strategies": {"x": {"all": "none", "services": {"clerk": "own"}}}}


def hired(seats: int = 1, arrangement: Mapping[str, Any] = {}, **role: Any) -> Layer:
    """Return the same with clerks who are all hired anew, nobody being there before."""
    layer = staffed(seats, {"transition": {"max_parallel_months": 0}, **arrangement}, **role)
    layer["services"]["clerk"]["current"] = "nobody"
    return layer


def rented(
    contract: Mapping[str, Any],
    vendor: Mapping[str, Any] = {},
    arrangement: Mapping[str, Any] = {},
) -> Layer:
    """Return a layer in which a vendor that never fails takes over the desk at once."""
    rent = {"contracts": {"v": contract}, **arrangement}
    return {
        "vendors": {"v": {"delivered": 1, **vendor}},
        "services": {"desk": {"arrangements": {"rent": rent}}},
        "strategies": {"x": {"all": "rent"}},
    }


def incumbent(layer: Layer) -> Layer:
    """Return the layer with the rented desk in place already, and a way out of it."""
    return merged(layer, {"services": {"desk": {"current": "rent"}}})


def run(scenario: Scenario, paths: int = 1, strategy: str = "x", **options: Any) -> Any:
    """Simulate one strategy."""
    options = {"strategies": [] if strategy == "current" else [strategy], **options}
    ds = hcrisk.simulate(scenario, paths=paths, progress=False, **options)
    return ds.sel(strategy=strategy)


def figures(scenario: Scenario, **options: Any) -> dict[str, float]:
    """Return the mean of each cost line and risk, and of what happens in each service."""
    ds = run(scenario, **options)
    found = {str(name): ds["component_npv"].sel(component=name) for name in ds["component"].values}
    for variable in ("uncovered", "departures"):
        for service in scenario.services:
            found[f"{variable} {service}"] = ds[variable].sel(service=service)
    return {name: float(values.mean()) for name, values in found.items()}


def effect(scenario: Scenario, changes: Mapping[str, Any], **options: Any) -> dict[str, float]:
    """Return what other values at some dotted paths change, and by how much; nothing else."""
    before, after = (figures(s, **options) for s in (scenario, scenario.replace(changes)))
    differences = {name: after[name] - before.get(name, 0.0) for name in after}
    return {name: value for name, value in differences.items() if abs(value) > ROUNDING}


def yearly(scenario: Scenario, **options: Any) -> Any:
    """Return the mean cost of each year."""
    return run(scenario, **options)["cost"].mean("path").values


def practice(*layers: Layer | str, **changes: Any) -> Scenario:
    """Return a bare practice with layers and changes."""
    return bare(*layers, **changes)
