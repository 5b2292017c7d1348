"""The structure of a program: which cells, seats, roles and vendors the strategies need."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.service import Arrangement

CURRENT = "current"
ENTERPRISE = "enterprise"
HAIR = 1e-9

Assignment = dict[str, str]
Cell = tuple[str, str]


@dataclass(frozen=True)
class Seat:
    """One position: where, of which role, and whether somebody holds it at time 0."""

    service: str
    role: str
    number: int
    is_incumbent: bool

    @property
    def stream(self) -> str:
        """The name of the seat's stream."""
        return f"seat/{self.service}/{self.role}/{self.number}"


class Management(NamedTuple):
    """Who leads the staff of a strategy: managers hired, the leader's share, what is lacking."""

    n: int
    leader: float
    short: float


@dataclass(frozen=True)
class Layout:
    """What is computed, and in which order; indices of the kernels' tables are positions here."""

    strategies: dict[str, Assignment]
    current: Assignment
    current_name: str
    services: tuple[str, ...]
    cells: tuple[Cell, ...]
    roles: tuple[str, ...]
    seats: tuple[Seat, ...]
    vendors: tuple[str, ...]
    managers: dict[str, Management]
    current_managers: int

    def cell(self, service: str, arrangement: str) -> int:
        """Return the position of a cell."""
        return self.cells.index((service, arrangement))


def assignments(scenario: Scenario, strategies: Sequence[str] | None) -> dict[str, Assignment]:
    """Return the arrangement of every service, by strategy; current is always among them.

    Parameters
    ----------
    scenario : Scenario
    strategies : sequence of str, optional
        Names of strategies, in the order wanted; default all, in file order.

    Returns
    -------
    dict
        ``current`` comes last, and only if no strategy equals it.

    Raises
    ------
    ScenarioError
        For an unknown or repeated name.
    """
    names = list(scenario.strategies) if strategies is None else list(strategies)
    current = {name: service.current for name, service in scenario.services.items()}
    chosen: dict[str, Assignment] = {}
    for name in names:
        if name == CURRENT and name not in scenario.strategies:
            chosen[name] = current
            continue
        if name not in scenario.strategies or name in chosen:
            rule = "is named twice" if name in chosen else "is not a strategy of this scenario"
            remedy = "choose from " + ", ".join([*scenario.strategies, CURRENT])
            raise ScenarioError([Problem("strategies", name, rule, remedy)])
        strategy = scenario.strategies[name]
        chosen[name] = {service: strategy.arrangement_of(service) for service in scenario.services}
    if current not in chosen.values():
        chosen[CURRENT] = current
    return chosen


def lay_out(scenario: Scenario, strategies: Sequence[str] | None = None) -> Layout:
    """Return the layout of the strategies asked for."""
    chosen = assignments(scenario, strategies)
    current = {name: service.current for name, service in scenario.services.items()}
    needed = [*chosen.values(), current]
    cells = tuple(
        (service, arrangement)
        for service, table in scenario.services.items()
        for arrangement in table.arrangements
        if any(assignment[service] == arrangement for assignment in needed)
    )
    managers = {name: management(scenario, assignment) for name, assignment in chosen.items()}
    current_managers = management(scenario, current).n
    most = max([*(each.n for each in managers.values()), current_managers])
    seats = manager_seats(scenario, most, current_managers)
    seats += service_seats(scenario, cells)
    return Layout(
        strategies=chosen,
        current=current,
        current_name=next(name for name, chosen_ in chosen.items() if chosen_ == current),
        services=tuple(scenario.services),
        cells=cells,
        roles=used_roles(scenario, cells, seats),
        seats=tuple(seats),
        vendors=used_vendors(scenario, cells),
        managers=managers,
        current_managers=current_managers,
    )


def seat_count(scenario: Scenario, arrangement: Arrangement, role: str) -> int:
    """Return how many seats of a role an arrangement has."""
    if role not in arrangement.seats:
        return 0
    return int(arrangement.seats[role].count.of(scenario.practice))


def contracted_fte(scenario: Scenario, arrangement: Arrangement) -> float:
    """Return the FTE of an arrangement's seats."""
    return math.fsum(
        seat_count(scenario, arrangement, role) * float(scenario.roles[role].fte)
        for role in arrangement.seats
    )


def management(scenario: Scenario, assignment: Assignment) -> Management:
    """Return how many managers the internal staff of an assignment needs beside the leader."""
    rules = scenario.managers
    if rules is None:
        return Management(0, 0.0, 0.0)
    fte = math.fsum(
        contracted_fte(scenario, scenario.services[service].arrangements[arrangement])
        for service, arrangement in assignment.items()
    )
    needed = fte / float(rules.span)
    if needed == 0.0:
        return Management(0, 0.0, 0.0)
    vendors = {
        vendor
        for service, arrangement in assignment.items()
        for vendor in scenario.services[service].arrangements[arrangement].contracts
    }
    leader = max(0.0, float(rules.leader_bandwidth) - float(rules.per_vendor) * len(vendors))
    count = max(0, math.ceil(needed - leader - HAIR))
    if rules.most is not None:
        count = min(count, int(float(rules.most)))
    short = needed - leader - count
    return Management(count, leader, short if short > HAIR else 0.0)


def manager_seats(scenario: Scenario, n: int, incumbent: int) -> list[Seat]:
    """Return the managers' seats, the first of all seats."""
    if scenario.managers is None:
        return []
    role = scenario.managers.role
    return [Seat(ENTERPRISE, role, number, number < incumbent) for number in range(n)]


def service_seats(scenario: Scenario, cells: Sequence[Cell]) -> list[Seat]:
    """Return every distinct seat of the services, by service, role and number."""
    seats: list[Seat] = []
    for name, service in scenario.services.items():
        wanted = [service.arrangements[a] for s, a in cells if s == name]
        current = service.arrangements[service.current]
        for role in scenario.roles:
            most = max(seat_count(scenario, arrangement, role) for arrangement in wanted)
            incumbent = seat_count(scenario, current, role)
            seats += [Seat(name, role, j, j < incumbent) for j in range(most)]
    return seats


def used_roles(scenario: Scenario, cells: Sequence[Cell], seats: Sequence[Seat]) -> tuple[str, ...]:
    """Return the roles with a seat, or in charge of oversight, in file order."""
    used = {seat.role for seat in seats}
    for service, arrangement in cells:
        role = scenario.services[service].arrangements[arrangement].oversight_role
        used |= {role} if role is not None else set()
    return tuple(role for role in scenario.roles if role in used)


def used_vendors(scenario: Scenario, cells: Sequence[Cell]) -> tuple[str, ...]:
    """Return the vendors with a contract or a risk, in file order."""
    used = {risk.vendor for risk in scenario.risks.values() if risk.vendor is not None}
    for service, arrangement in cells:
        used |= set(scenario.services[service].arrangements[arrangement].contracts)
    return tuple(vendor for vendor in scenario.vendors if vendor in used)
