"""A strategy as a whole: managers, its services, shared lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.reference.inputs import whole_up
from tests.reference.lines import book_line
from tests.reference.people import Seat
from tests.reference.services import ServiceRun, World, contracted_fte
from tests.reference.timeline import MONTHS, Ledger, Steps

ENTERPRISE = "enterprise"


@dataclass
class Managers:
    """Section 4: the managers of a strategy."""

    world: World
    kept: list[Seat]  # j < N
    displaced: list[Seat]

    def factor(self) -> Steps:
        """Return 1 - delta x(t), by which every service's n is multiplied."""
        if not self.kept:
            return Steps([(0.0, 1.0)])
        values, staff = self.world.values, self.world.staff
        rules = self.world.scenario.managers
        delta = values.number(rules.drift)
        missing = 1 - staff.number(rules.role, "backfill_share")

        def factor_at(t: float) -> float:
            vacant = sum(seat.stay_at(t) is None for seat in self.kept)
            return 1 - delta * vacant * missing / len(self.kept)

        times = [t for seat in self.kept for t in seat.change_times()]
        return Steps.sampled(factor_at, times, self.world.years)

    def book(self, ledger: Ledger) -> None:
        """Book the managers' costs to the enterprise."""
        staff = self.world.staff
        for seat in self.kept + self.displaced:
            staff.book_seat(ledger, ENTERPRISE, seat)
        for seat in self.displaced:
            staff.book_severance(ledger, ENTERPRISE, seat)


def managers_needed(world: World, assignment: Mapping[str, str]) -> int:
    """Return N of an assignment of arrangements to services."""
    rules = world.scenario.managers
    if rules is None:
        return 0
    services = world.scenario.services
    fte = sum(
        contracted_fte(world.values, services[s].arrangements[a]) for s, a in assignment.items()
    )
    return whole_up(fte / float(rules.span))


def make_managers(world: World, current: Mapping[str, str], target: Mapping[str, str]) -> Managers:
    """Return the managers of a strategy that replaces the current assignment."""
    now, then = managers_needed(world, current), managers_needed(world, target)
    managers = Managers(world, [], [])
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
            service.book(ledger)
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
