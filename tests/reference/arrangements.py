"""Section 4: what an arrangement needs and what it delivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.reference.coverage import queue_shortfall, roster_shortfall
from tests.reference.inputs import Values
from tests.reference.vendors import Vendors, scopes


def seat_counts(values: Values, arrangement: Any, t: float) -> dict[str, int]:
    """Return the number of seats of each role that the arrangement wants at t."""
    return {
        role: int(values.count(seats.count, rounded_up=True, t=t))
        for role, seats in arrangement.seats.items()
    }


def contracted_fte(values: Values, arrangement: Any, t: float) -> float:
    """Return the contracted FTE of an arrangement, of the seats that it wants at t."""
    counts = seat_counts(values, arrangement, t)
    return sum(n * float(values.scenario.roles[role].fte) for role, n in counts.items())


def arrangements_of(scenario: Any, assignment: Mapping[str, str]) -> list[Any]:
    """Return the arrangements that an assignment gives the services."""
    return [scenario.services[s].arrangements[a] for s, a in assignment.items()]


def internal_share(values: Values, arrangement: Any) -> float:
    """Return w."""
    return values.number(arrangement.internal_share, 0.0 if arrangement.contracts else 1.0)


def service_posts(values: Values, service: Any, t: float) -> float:
    """Return the whole service's posts at t, peaks aside."""
    return values.count(service.coverage.posts, service.coverage.kind == "presence", t)


def shortfall(
    values: Values, service: Any, arrangement: Any, n: float, t: float, peak: float
) -> float:
    """Return s, the share of the internal scope that n effective FTE do not cover at t."""
    rules = service.coverage
    queue = rules.kind == "queue"
    if arrangement.posts is not None:
        posts = values.count(arrangement.posts, not queue, t)
    else:
        posts = service_posts(values, service, t)
        posts *= internal_share(values, arrangement) if queue else 1.0
    if queue:
        return queue_shortfall(peak * posts, n)
    return _presence(values, rules, arrangement, posts, n)


def _presence(values: Values, rules: Any, arrangement: Any, posts: float, n: float) -> float:
    if posts == 0:
        return 0.0
    own, on_call = arrangement.hours_per_week, arrangement.on_call
    hours = float(rules.hours_per_week if own is None else own)
    sites = values.driver("site") if rules.per_site else 1.0
    away = 0.0 if on_call is None else float(on_call.hours_per_week)
    present = 1 - values.number(rules.planned_absence)
    contracted = float(values.scenario.people.hours_per_week)
    on_duty = contracted * present * n / (hours - away)
    sickness = values.number(rules.sickness)
    s = roster_shortfall(posts / sites, on_duty / sites, sickness)
    if on_call is None:
        return s
    available = min(1.0, n / values.number(on_call.people))
    answered = values.number(on_call.effectiveness) * available
    return (1 - away / hours) * s + away / hours * (1 - answered)


def delivered(values: Values, vendors: Vendors, arrangement: Any, t: float) -> float:
    """Return d(t): what the arrangement's vendors deliver, by scope, quality and oversight."""
    contracts = arrangement.contracts
    d = sum(
        share * values.number(contracts[vendor].quality) * vendors.timeline(vendor).delivered.at(t)
        for vendor, share in scopes(values, contracts).items()
    )
    return d * (1 - values.number(arrangement.unmanaged_loss) * (1 - overseen(values, arrangement)))


def overseen(values: Values, arrangement: Any) -> float:
    """Return o, the share of the oversight it takes that there is."""
    need = values.number(arrangement.oversight_need)
    if need == 0:
        return 1.0
    capability = values.number(arrangement.oversight_capability)
    return min(1.0, values.number(arrangement.oversight_fte) * capability / need)


def contracted_skills(values: Values, vendors: Vendors, arrangement: Any, t: float) -> float:
    """Return the skilled FTE that an arrangement's vendors bring at t."""
    return sum(
        values.number(contract.skills) * vendors.timeline(vendor).delivered.at(t)
        for vendor, contract in arrangement.contracts.items()
    )
