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
    """How many managers lead at a time, in managers: wanted, the leader's own share, and nobody."""

    hired: int  # N
    leader: float  # l
    short: float


@dataclass
class Managers:
    """Section 4: the managers of a strategy."""

    world: World
    target: Mapping[str, str]
    kept: list[Seat]  # wanted at some time
    displaced: list[Seat]

    def factor(self) -> Steps:
        """Return 1 - delta x(t), by which every service's n is multiplied."""
        if self.world.scenario.managers is None:
            return Steps([(0.0, 1.0)])
        staff = self.world.staff
        times = [t for seat in self.kept for t in staff.change_times(seat)]
        times += self.world.values.size_over_time.times
        return Steps.sampled(self._factor_at, times, self.world.years)

    def _factor_at(self, t: float) -> float:
        rule = management(self.world, self.target, t)
        needed = rule.hired + rule.leader + rule.short
        if needed == 0:
            return 1.0
        staff = self.world.staff
        delta = self.world.values.number(self.world.scenario.managers.drift)
        open_since = [(seat.role, seat.opening(t)) for seat in self.kept]
        shares = Counter(
            staff.vacancy_share(role, opening, t)
            for role, opening in open_since
            if opening is not None
        )
        lost = sum(delta * n * (1 - share) for share, n in shares.items())
        return 1 - (lost + delta * rule.short) / needed

    def book(self, ledger: Ledger) -> None:
        """Book the managers' costs to the enterprise."""
        staff = self.world.staff
        for seat in self.kept + self.displaced:
            staff.book_seat(ledger, ENTERPRISE, seat)
        for seat in self.displaced:
            staff.book_severance(ledger, ENTERPRISE, seat)


def management(world: World, assignment: Mapping[str, str], t: float) -> Management:
    """Return who is wanted to lead at t under an assignment of arrangements to services."""
    rules = world.scenario.managers
    arrangements = arrangements_of(world.scenario, assignment)
    fte = sum(contracted_fte(world.values, arrangement, t) for arrangement in arrangements)
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
    managers = Managers(world, target, [], [])
    rules, staff, end = world.scenario.managers, world.staff, float(world.years)
    times = world.values.size_over_time.times
    wanted = Steps((t, management(world, target, t).hired) for t in times)
    now, then = management(world, current, 0.0).hired, wanted.at(0.0)
    for j in range(max(now, *wanted.values)):
        stream = f"seat/{ENTERPRISE}/{rules.role}/{j}"
        if then <= j < now:
            leave = world.values.number(rules.max_parallel_months) / MONTHS
            life = staff.displaced(stream, rules.role)
            managers.displaced.append(Seat(rules.role, life, leave, float("inf")))
        if j < max(wanted.values):
            life = staff.life(
                stream,
                rules.role,
                incumbent=j < min(now, then),
                wanted=wanted.above(j),
                first_fill=int(j < now),
            )
            managers.kept.append(Seat(rules.role, life, end, 0.0))
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
