"""One path at a time, and the variables of the Dataset (section 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tests.reference.inputs import Values
from tests.reference.insurance import Indemnity, Policy
from tests.reference.macro import Macro, simulate_macro
from tests.reference.people import Staff
from tests.reference.readiness import with_numbers_of_their_own
from tests.reference.risks import Point, YearlyCaps, candidates, event_of, multiple
from tests.reference.services import World
from tests.reference.strategies import ENTERPRISE, StrategyRun, run_strategy
from tests.reference.timeline import Ledger
from tests.reference.uniforms import PathUniforms, Uniforms
from tests.reference.vendors import Vendors

COST_LINES = (
    "salaries",
    "benefits",
    "recruiting",
    "training",
    "backfill",
    "tools",
    "vendor_fees",
    "oversight",
    "transition",
    "severance",
    "coverage_gap",
    "projects",
    "insurance_premium",
    "insurance_recovery",
    "vendor_indemnity",
)


def current_assignment(scenario: Any) -> dict[str, str]:
    """Return the arrangement in place of each service."""
    return {name: service.current for name, service in scenario.services.items()}


def assignments(scenario: Any) -> dict[str, dict[str, str]]:
    """Return the strategies in file order; current last unless one of them equals it."""
    result = {
        name: {s: strategy.services.get(s, strategy.all) for s in scenario.services}
        for name, strategy in scenario.strategies.items()
    }
    current = current_assignment(scenario)
    if current not in result.values():
        result["current"] = current
    return result


def coordinates(scenario: Any) -> dict[str, list[Any]]:
    """Return the coordinates that do not depend on the paths."""
    return {
        "strategy": list(assignments(scenario)),
        "service": [*scenario.services, ENTERPRISE],
        "component": [*COST_LINES, *scenario.risks],
        "risk": list(scenario.risks),
        "year": list(range(1, int(float(scenario.horizon.years)) + 1)),
        "parameter": list(scenario.inputs()),
    }


def book_events(
    strategy: StrategyRun,
    points: Sequence[Point],
    policy: Policy | None,
    ledger: Ledger,
    macro: Macro,
) -> dict[str, int]:
    """Settle a strategy's events in order; return how many of each risk there were."""
    world, runs = strategy.world, strategy.services
    values, risks = world.values, world.scenario.risks
    indemnity = Indemnity(values, world.vendors, runs)
    caps = YearlyCaps(values)
    counts = dict.fromkeys(risks, 0)
    for point in points:
        risk = risks[point.risk]
        if point.level >= multiple(values, risk, runs, point.time):
            continue
        counts[point.risk] += 1
        event = caps.applied(event_of(values, point, runs, macro.price_index))
        service = risk.service or ENTERPRISE
        ledger.lump(service, point.risk, point.time, sum(event.losses.values()))
        recovered = indemnity.settle(risk, event)
        ledger.lump(service, "vendor_indemnity", point.time, -sum(recovered.values()))
        if policy is not None:
            paid = policy.settle(risk, event, recovered)
            ledger.lump(ENTERPRISE, "insurance_recovery", point.time, -paid)
    return counts


def discount_factors(values: Values, years: int) -> list[float]:
    """Return D_y."""
    rules = values.scenario.discounting
    shift = 0.5 if rules.timing == "mid" else 0.0
    rate = values.number(rules.rate)
    return [(1 + rate) ** -(y - shift) for y in range(1, years + 1)]


def strategy_results(
    strategy: StrategyRun,
    points: Sequence[Point],
    macro: Macro,
    dims: Mapping[str, list[Any]],
) -> dict[str, Any]:
    """Return the variables of one strategy on one path."""
    world, years = strategy.world, strategy.world.years
    ledger = Ledger(years)
    strategy.book(ledger)
    policy = None
    if world.scenario.insurance is not None:
        policy = Policy(world.values, strategy.services, years)
        policy.book_premiums(ledger)
    counts = book_events(strategy, points, policy, ledger, macro)
    discount = discount_factors(world.values, years)
    components = dict.fromkeys(dims["component"], 0.0)
    services = dict.fromkeys(dims["service"], 0.0)
    cost = [0.0] * years
    for (service, component), amounts in ledger.amounts.items():
        discounted = sum(d * amount for d, amount in zip(discount, amounts, strict=True))
        components[component] += discounted
        services[service] += discounted
        cost = [total + amount for total, amount in zip(cost, amounts, strict=True)]
    runs = strategy.services.values()
    return {
        "npv": sum(components.values()),
        "cost": cost,
        "component_npv": list(components.values()),
        "service_npv": list(services.values()),
        "events": list(counts.values()),
        "uncovered": [*(r.uncovered.integral(0.0, float(years)) / years for r in runs), 0.0],
        "departures": [*(run.departures() for run in runs), 0],
    }


def path_results(
    scenario: Any,
    uniform: PathUniforms,
    targets: Mapping[str, Mapping[str, str]],
    dims: Mapping[str, list[Any]],
) -> dict[str, Any]:
    """Return the variables of one path, without the path dimension."""
    years = int(float(scenario.horizon.years))
    values = Values(scenario, uniform)
    macro = simulate_macro(values, years)
    world = World(values, Staff(values, macro, years), Vendors(values, macro, years), years)
    points = candidates(values, years)
    current = current_assignment(scenario)
    found = [
        strategy_results(run_strategy(world, current, target), points, macro, dims)
        for target in targets.values()
    ]
    return {
        **{name: [result[name] for result in found] for name in found[0]},
        "wage_index": macro.wage_index,
        "price_index": macro.price_index,
        "input": list(values.inputs.values()),
    }


def simulate_reference(
    scenario: Any, seed: int, paths: Sequence[int], strategies: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return every variable of the Dataset, the path last, and the coordinates as lists."""
    scenario = with_numbers_of_their_own(scenario)
    targets = assignments(scenario)
    if strategies is not None:
        targets = {name: targets[name] for name in strategies}
    dims = coordinates(scenario)
    dims["strategy"] = list(targets)
    uniforms = Uniforms(seed)
    results = [
        path_results(scenario, PathUniforms(uniforms, int(path)), targets, dims) for path in paths
    ]
    variables = {
        name: np.stack([np.asarray(result[name], dtype=float) for result in results], axis=-1)
        for name in results[0]
    }
    return {**variables, **dims, "path": [int(path) for path in paths]}
