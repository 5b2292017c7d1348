"""A strategy as a whole: managers, its services, shared lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.reference.arrangements import arrangements_of, contracted_fte
from tests.reference.inputs import ROUNDING, whole_up
from tests.reference.lines import book_line
from tests.reference.people import Seat
from tests.reference.service_costs import book_service
from tests.reference.services import ServiceRun, World
from tests.reference.timeline import MONTHS, Ledger, Steps

ENTERPRISE = "enterprise"


@dataclass(frozen=True)
class Management:
    """How many managers lead, in managers: hired, the leader's own share, and nobody."""

    hired: int  # N
    leader: float  # l
    short: float


@dataclass
class Managers:
    """Section 4: the managers of a strategy."""

    world: World
    rule: Management
    kept: list[Seat]  # j < N
    displaced: list[Seat]

    def factor(self) -> Steps:
        """Return 1 - delta x(t), by which every service's n is multiplied."""
        needed = len(self.kept) + self.rule.leader + self.rule.short
        if needed == 0:
            return Steps([(0.0, 1.0)])
        staff = self.world.staff
        delta = self.world.values.number(self.world.scenario.managers.drift)

        def factor_at(t: float) -> float:
            vacant = [seat for seat in self.kept if seat.stay_at(t) is None]
            shares = Counter(staff.vacancy_share(seat, t) for seat in vacant)
            lost = sum(delta * n * (1 - share) for share, n in shares.items())
            return 1 - (lost + delta * self.rule.short) / needed

        times = [t for seat in self.kept for t in staff.change_times(seat)]
        return Steps.sampled(factor_at, times, self.world.years)

    def book(self, ledger: Ledger) -> None:
        """Book the managers' costs to the enterprise."""
        staff = self.world.staff
        for seat in self.kept + self.displaced:
            staff.book_seat(ledger, ENTERPRISE, seat)
        for seat in self.displaced:
            staff.book_severance(ledger, ENTERPRISE, seat)


def management(world: World, assignment: Mapping[str, str]) -> Management:
    """Return who leads under an assignment of arrangements to services."""
    rules = world.scenario.managers
    arrangements = arrangements_of(world.scenario, assignment)
    fte = sum(contracted_fte(world.values, arrangement) for arrangement in arrangements)
    if rules is None or fte == 0:
        return Management(0, 0.0, 0.0)
    needed = fte / float(rules.span)
    vendors = {vendor for arrangement in arrangements for vendor in arrangement.contracts}
    leader = max(0.0, float(rules.leader_bandwidth) - float(rules.per_vendor) * len(vendors))
    hired = max(0, whole_up(needed - leader))
    if rules.most is not None:
        hired = min(int(float(rules.most)), hired)
    short = needed - leader - hired
    return Management(hired, leader, short if short > ROUNDING else 0.0)


def make_managers(world: World, current: Mapping[str, str], target: Mapping[str, str]) -> Managers:
    """Return the managers of a strategy that replaces the current assignment."""
    rule = management(world, target)
    now, then = management(world, current).hired, rule.hired
    managers = Managers(world, rule, [], [])
    rules, end = world.scenario.managers, float(world.years)
    for j in range(max(now, then)):
        stream = f"seat/{ENTERPRISE}/{rules.role}/{j}"
        stays = world.staff.stays(stream, rules.role, j < now, displaced=j >= then)
        if j < then:
            managers.kept.append(Seat(rules.role, stays, end, 0.0))
        else:
            leave = world.values.number(rules.max_parallel_months) / MONTHS
            never = float("inf")
            managers.displaced.append(Seat(rules.role, stays, leave, never))
    return managers


@dataclass
class StrategyRun:
    """A strategy on one path, before any event of a risk."""

    world: World
    managers: Managers
    services: dict[str, ServiceRun]

    def book(self, ledger: Ledger) -> None:
        """Book everything but risks and insurance."""
        self.managers.book(ledger)
        for service in self.services.values():
            book_service(service, ledger)
        for line in self.world.scenario.lines.values():
            end = min(self.shared_line_end(line), float(self.world.years))
            staff = self.world.staff
            book_line(ledger, ENTERPRISE, self.world.values, staff.macro, line, 0.0, end)

    def shared_line_end(self, line: Any) -> float:
        """Return until when a shared line runs; 0 if nothing needs it."""
        if not line.needed_by:
            return float(self.world.years)
        end = 0.0
        for needed in line.needed_by:
            service, arrangement = needed.split(".")
            run = self.services[service]
            if arrangement == run.target_name:
                return float(self.world.years)
            if arrangement == run.current_name:
                end = max(end, run.t_out)
        return end


def run_strategy(
    world: World, current: Mapping[str, str], target: Mapping[str, str]
) -> StrategyRun:
    """Return the strategy that gives each service the target arrangement."""
    managers = make_managers(world, current, target)
    factor = managers.factor()
    services = {
        name: ServiceRun(world, name, current[name], target[name], factor) for name in target
    }
    return StrategyRun(world, managers, services)
