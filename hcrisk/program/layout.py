"""The structure of a program: which cells, seats, roles and vendors the strategies need."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.service import Arrangement
from hcrisk.scenario.size import Count

CURRENT = "current"
ENTERPRISE = "enterprise"
HAIR = 1e-9

Assignment = dict[str, str]
Strategies = Sequence[str] | Mapping[str, Mapping[str, str]]
Cell = tuple[str, str]


class Rule(NamedTuple):
    """How a count follows the size: how many of it today, not rounded, and at least."""

    today: float
    least: float

    def of(self, size: float) -> int:
        """Return how many there are at a size of the practice against today's."""
        return int(max(math.ceil(self.today * size - HAIR), self.least))


@dataclass(frozen=True)
class Seat:
    """One position: where, of which role, and whether somebody holds it at time 0."""

    service: str
    role: str
    number: int
    is_incumbent: bool
    # Wanted at time 0, and nobody there.
    is_open: bool
    # Somebody holds it at time 0, if only until a move displaces them.
    is_held: bool
    # What it follows as the practice grows: a rule, a number of managers, or nothing.
    follows: Rule | Management | None

    @property
    def stream(self) -> str:
        """The name of the seat's stream."""
        return f"seat/{self.service}/{self.role}/{self.number}"


class Management(NamedTuple):
    """Who leads the staff of a strategy: managers hired, the leader's share, what is lacking."""

    n: int
    leader: float
    short: float
    # The staff led, if it follows the size: its FTE that stay, and each rule with its FTE.
    team: tuple[float, tuple[tuple[Rule, float], ...]] | None = None

    def most(self, scenario: Scenario) -> int:
        """Return how many managers there may be at most."""
        if self.team is None or scenario.managers is None:
            return self.n
        largest = float(scenario.growth.most)
        fte = self.team[0] + math.fsum(rule.of(largest) * each for rule, each in self.team[1])
        count = math.ceil(fte / float(scenario.managers.span) - self.leader - HAIR)
        stated = scenario.managers.most
        return max(count if stated is None else min(count, int(float(stated))), self.n)


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
    manager_seats: dict[Management, range]
    current_managers: int
    rules: tuple[Rule, ...]

    def cell(self, service: str, arrangement: str) -> int:
        """Return the position of a cell."""
        return self.cells.index((service, arrangement))


def assignments(scenario: Scenario, strategies: Strategies | None) -> dict[str, Assignment]:
    """Return the arrangement of every service, by strategy; current is always among them.

    Parameters
    ----------
    scenario : Scenario
    strategies : sequence of str, or mapping, optional
        Names of strategies, in the order wanted; default all, in file order. A mapping gives
        strategies of its own: by name, the arrangements that differ from today's, by service.

    Returns
    -------
    dict
        ``current`` comes last, and only if no strategy equals it.

    Raises
    ------
    ScenarioError
        For an unknown or repeated name, or an unknown service or arrangement.
    """
    if isinstance(strategies, Mapping):
        own = {name: _own_assignment(scenario, name, given) for name, given in strategies.items()}
        return own if scenario.current in own.values() else own | {CURRENT: scenario.current}
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


def _own_assignment(scenario: Scenario, name: str, given: Mapping[str, str]) -> Assignment:
    """Return today's arrangements but for those given."""
    path = f"strategies.{name}.services"
    if name == CURRENT and dict(given) != scenario.current and given:
        rule = "is the name of what is in place today"
        raise ScenarioError([Problem(path, dict(given), rule, "give the strategy another name")])
    for service, arrangement in given.items():
        if service not in scenario.services:
            known = ", ".join(scenario.services)
            raise ScenarioError(
                [Problem(path, service, "is no service of this scenario", f"choose from {known}")]
            )
        arrangements = scenario.services[service].arrangements
        if arrangement not in arrangements:
            rule, remedy = f"is no arrangement of {service}", ", ".join(arrangements)
            raise ScenarioError(
                [Problem(f"{path}.{service}", arrangement, rule, f"choose from {remedy}")]
            )
    return scenario.current | dict(given)


def lay_out(scenario: Scenario, strategies: Strategies | None = None) -> Layout:
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
    seats, blocks = manager_seats(scenario, sorted(set(managers.values())), current_managers)
    seats += service_seats(scenario, cells)
    rules = dict.fromkeys(seat.follows for seat in seats if isinstance(seat.follows, Rule))
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
        manager_seats=blocks,
        current_managers=current_managers,
        rules=tuple(rules),
    )


def seat_count(scenario: Scenario, arrangement: Arrangement, role: str) -> int:
    """Return how many seats of a role an arrangement has."""
    if role not in arrangement.seats:
        return 0
    return int(arrangement.seats[role].count.of(scenario.practice))


def seat_rule(scenario: Scenario, arrangement: Arrangement, role: str) -> Rule | None:
    """Return how the seats of a role follow the practice's size; None if they do not."""
    return (
        count_rule(scenario, arrangement.seats[role].count) if role in arrangement.seats else None
    )


def count_rule(scenario: Scenario, count: Count) -> Rule | None:
    """Return how a count follows the practice's size; None if it does not."""
    if not scenario.growth.changes or count.ratio is None or count.per in (None, "site"):
        return None
    return Rule(scenario.practice.driver_count(count.per) / count.ratio, count.minimum)


def most_seats(scenario: Scenario, arrangement: Arrangement, role: str) -> int:
    """Return how many seats of a role an arrangement may ever want."""
    rule = seat_rule(scenario, arrangement, role)
    if rule is None:
        return seat_count(scenario, arrangement, role)
    return rule.of(float(scenario.growth.most))


def has_seat(scenario: Scenario, arrangement: Arrangement, seat: Seat) -> bool:
    """Return whether an arrangement of the seat's service may ever want the seat."""
    if seat.follows != seat_rule(scenario, arrangement, seat.role):
        return False
    return seat.number < most_seats(scenario, arrangement, seat.role)


def team_of(
    scenario: Scenario, arrangements: Sequence[Arrangement]
) -> tuple[float, tuple[tuple[Rule, float], ...]]:
    """Return the FTE that stay as the practice grows, and each rule of others with its FTE."""
    fixed: list[float] = []
    follow: list[tuple[Rule, float]] = []
    for arrangement in arrangements:
        for role in arrangement.seats:
            fte, rule = float(scenario.roles[role].fte), seat_rule(scenario, arrangement, role)
            if rule is None:
                fixed.append(seat_count(scenario, arrangement, role) * fte)
            elif most_seats(scenario, arrangement, role) > 0:
                follow.append((rule, fte))
    return math.fsum(fixed), tuple(sorted(follow))


def contracted_fte(scenario: Scenario, arrangement: Arrangement) -> float:
    """Return the FTE of an arrangement's seats."""
    return math.fsum(
        seat_count(scenario, arrangement, role) * float(scenario.roles[role].fte)
        for role in arrangement.seats
    )


def most_fte(scenario: Scenario, arrangement: Arrangement) -> float:
    """Return the FTE of the seats an arrangement may want at most."""
    return math.fsum(
        most_seats(scenario, arrangement, role) * float(scenario.roles[role].fte)
        for role in arrangement.seats
    )


def management(scenario: Scenario, assignment: Assignment) -> Management:
    """Return how many managers the internal staff of an assignment needs beside the leader."""
    rules = scenario.managers
    if rules is None:
        return Management(0, 0.0, 0.0)
    chosen = [
        scenario.services[service].arrangements[arrangement]
        for service, arrangement in assignment.items()
    ]
    fte = math.fsum(contracted_fte(scenario, arrangement) for arrangement in chosen)
    needed = fte / float(rules.span)
    if needed == 0.0:
        return Management(0, 0.0, 0.0)
    vendors = {vendor for arrangement in chosen for vendor in arrangement.contracts}
    leader = max(0.0, float(rules.leader_bandwidth) - float(rules.per_vendor) * len(vendors))
    count = max(0, math.ceil(needed - leader - HAIR))
    if rules.most is not None:
        count = min(count, int(float(rules.most)))
    short = needed - leader - count
    team = team_of(scenario, chosen) if scenario.growth.changes else None
    return Management(count, leader, short if short > HAIR else 0.0, team)


def manager_seats(
    scenario: Scenario, wanted: Sequence[Management], incumbent: int
) -> tuple[list[Seat], dict[Management, range]]:
    """Return the managers' seats, the first of all, and which are those of each management.

    Seats that do not follow the size serve every management, those of today come first.
    """
    if scenario.managers is None:
        return [], dict.fromkeys(wanted, range(0))
    role = scenario.managers.role
    fixed = max([incumbent, *(each.n for each in wanted if each.team is None)])
    seats = [_seat(ENTERPRISE, role, j, incumbent, fixed, None) for j in range(fixed)]
    blocks = {}
    for each in wanted:
        blocks[each] = range(each.n)
        if each.team is not None:
            most = each.most(scenario)
            blocks[each] = range(len(seats), len(seats) + most)
            seats += [_seat(ENTERPRISE, role, j, incumbent, each.n, each) for j in range(most)]
    return seats, blocks


def _seat(
    service: str,
    role: str,
    number: int,
    held: int,
    wanted: int,
    follows: Rule | Management | None,
) -> Seat:
    """Return a seat of which `held` are held at time 0 and `wanted` are wanted then."""
    is_held, is_wanted = number < held, number < wanted
    is_open = is_wanted and not is_held
    return Seat(service, role, number, is_held and is_wanted, is_open, is_held, follows)


def service_seats(scenario: Scenario, cells: Sequence[Cell]) -> list[Seat]:
    """Return every distinct seat of the services, by service, role and number."""
    seats: list[Seat] = []
    for name, service in scenario.services.items():
        wanted = [service.arrangements[a] for s, a in cells if s == name]
        current = service.arrangements[service.current]
        for role in scenario.roles:
            held = seat_count(scenario, current, role)
            for rule in dict.fromkeys(seat_rule(scenario, each, role) for each in wanted):
                mine = [each for each in wanted if seat_rule(scenario, each, role) == rule]
                most = max(most_seats(scenario, each, role) for each in mine)
                today = most if rule is None else rule.of(1.0)
                seats += [_seat(name, role, j, held, today, rule) for j in range(most)]
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
