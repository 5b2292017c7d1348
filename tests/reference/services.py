"""Sections 4 to 6 for one service of a strategy: transition, coverage and its costs."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from tests.reference.coverage import queue_shortfall, roster_shortfall
from tests.reference.inputs import Values
from tests.reference.lines import book_line
from tests.reference.people import Seat, Staff
from tests.reference.timeline import DAYS, MONTHS, Ledger, Steps, year_index, year_parts
from tests.reference.vendors import VendorEvent, Vendors, base_fee, months_left, scopes

CHANGE_YEARS = 90 / DAYS
WEEKS_PER_YEAR = 52.0


@dataclass
class World:
    """What the services of one path share."""

    values: Values
    staff: Staff
    vendors: Vendors
    years: int

    @property
    def scenario(self) -> Any:
        """Return the scenario."""
        return self.values.scenario


def seat_counts(values: Values, arrangement: Any) -> dict[str, int]:
    """Return the number of seats of each role."""
    return {
        role: int(values.count(seats.count, rounded_up=True))
        for role, seats in arrangement.seats.items()
    }


def contracted_fte(values: Values, arrangement: Any) -> float:
    """Return the contracted FTE of an arrangement."""
    counts = seat_counts(values, arrangement)
    return sum(n * float(values.scenario.roles[role].fte) for role, n in counts.items())


def internal_share(values: Values, arrangement: Any) -> float:
    """Return w."""
    return values.number(arrangement.internal_share, 0.0 if arrangement.contracts else 1.0)


@dataclass
class ServiceRun:
    """One service of one strategy on one path."""

    world: World
    name: str
    current_name: str
    target_name: str
    manager_factor: Steps  # 1 - delta x(t)
    t_out: float = 0.0
    common: list[Seat] = field(default_factory=list)
    outgoing: list[Seat] = field(default_factory=list)
    incoming: list[Seat] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.values = self.world.values
        self.staff = self.world.staff
        self.vendors = self.world.vendors
        self.years = self.world.years
        self.service = self.world.scenario.services[self.name]
        self.current = self.service.arrangements[self.current_name]
        self.target = self.service.arrangements[self.target_name]
        self.changes = self.current_name != self.target_name
        if self.changes:
            self.t_out = self._end_of_parallel_running()
        self._make_seats()
        self.uncovered = Steps.sampled(self._uncovered_at, self._change_times(), self.years)
        self.change_starts = self._change_starts()

    # -- section 6: who is outgoing, incoming and common, and until when

    def in_force_name(self, t: float) -> str:
        """Return the arrangement in force at t."""
        return self.current_name if t < self.t_out else self.target_name

    def in_force(self, t: float) -> Any:
        """Return the arrangement in force at t."""
        return self.service.arrangements[self.in_force_name(t)]

    def _indices(self) -> list[tuple[str, int, bool, bool]]:
        """Return (role, j, in current, in target) of every seat of either arrangement."""
        now, then = (seat_counts(self.values, a) for a in (self.current, self.target))
        return [
            (role, j, j < now.get(role, 0), j < then.get(role, 0))
            for role in self.world.scenario.roles
            for j in range(max(now.get(role, 0), then.get(role, 0)))
        ]

    def _stays(self, role: str, j: int, incumbent: bool, displaced: bool = False) -> Any:
        seats = self.current.seats.get(role)
        return self.staff.stays(
            f"seat/{self.name}/{role}/{j}",
            role,
            incumbent,
            seats.tenure_years if incumbent else None,
            displaced,
        )

    def _end_of_parallel_running(self) -> float:
        number, rules = self.values.number, self.target.transition
        ready, notice = 0.0, 0.0
        for role, j, now, then in self._indices():
            if then and not now:
                stays = self._stays(role, j, incumbent=False)
                ready = max(ready, stays[0].start if stays else math.inf)
        for vendor in self.target.contracts:
            if vendor not in self.current.contracts:
                ready = max(ready, self.vendors.onboarding(vendor))
        for vendor in self.current.contracts:
            if vendor not in self.target.contracts:
                months = number(self.world.scenario.vendors[vendor].notice_months)
                notice = max(notice, months / MONTHS)
        ready += number(rules.handover_months) / MONTHS
        parallel = number(rules.max_parallel_months) / MONTHS
        return min(max(ready, notice), parallel)

    def _make_seats(self) -> None:
        end = float(self.years)
        for role, j, now, then in self._indices():
            if now and then:
                self.common.append(Seat(role, self._stays(role, j, True), end, 0.0))
            elif now:
                stays = self._stays(role, j, True, displaced=True)
                self.outgoing.append(Seat(role, stays, self.t_out, 0.0))
            else:
                stays = self._stays(role, j, False)
                self.incoming.append(Seat(role, stays, end, self.t_out))

    # -- section 4: coverage

    def _dip(self, t: float) -> float:
        if not self.changes:
            return 0.0
        rules = self.target.transition
        lasts = t < self.t_out + self.values.number(rules.dip_months) / MONTHS
        return self.values.number(rules.dip) if t < self.t_out or lasts else 0.0

    def _effective_fte(self, t: float) -> float:
        seats = self.common + (self.outgoing if t < self.t_out else self.incoming)
        n = sum(self.staff.contribution(seat, t) for seat in seats)
        return n * self.manager_factor.at(t)

    def _shortfall(self, arrangement: Any, n: float) -> float:
        rules = self.service.coverage
        share = internal_share(self.values, arrangement)
        if arrangement.posts is not None:
            posts = self.values.count(arrangement.posts, rules.kind == "presence")
        else:
            posts = self.values.count(rules.posts, rules.kind == "presence")
            posts *= share if rules.kind == "queue" else 1.0
        if rules.kind == "queue":
            return queue_shortfall(posts, n)
        own = arrangement.hours_per_week
        hours = rules.hours_per_week if own is None else own
        present = 1 - self.values.number(rules.planned_absence)
        contracted = float(self.world.scenario.people.hours_per_week)
        on_duty = contracted * present * n / float(hours)
        return roster_shortfall(posts, on_duty, self.values.number(rules.sickness))

    def delivered(self, arrangement: Any, t: float) -> float:
        """Return d(t): the scope-weighted sum of what the arrangement's vendors deliver."""
        shares = scopes(self.values, arrangement.contracts)
        return sum(
            share * self.vendors.timeline(vendor).delivered.at(t)
            for vendor, share in shares.items()
        )

    def _uncovered_at(self, t: float) -> float:
        arrangement = self.in_force(t)
        if arrangement.unfunded:
            return 1.0
        share = internal_share(self.values, arrangement)
        u = share * self._shortfall(arrangement, self._effective_fte(t))
        if arrangement.contracts:
            u += (1 - share) * (1 - self.delivered(arrangement, t))
        return min(1.0, u + self.values.number(arrangement.gap) + self._dip(t))

    def _change_times(self) -> list[float]:
        times = [self.t_out, *self.manager_factor.times]
        if self.changes:
            rules = self.target.transition
            times.append(self.t_out + self.values.number(rules.dip_months) / MONTHS)
        for seat in self.common + self.outgoing + self.incoming:
            times += seat.change_times()
        for vendor in {*self.current.contracts, *self.target.contracts}:
            times += self.vendors.timeline(vendor).delivered.times
        return times

    # -- section 6: the 90 days after a change

    def disruptions(self) -> list[tuple[str, VendorEvent]]:
        """Return the failures and switches of vendors that serve at that time."""
        found = []
        for vendor in dict.fromkeys([*self.current.contracts, *self.target.contracts]):
            found += [
                (vendor, event)
                for event in self.vendors.timeline(vendor).events
                if event.kind != "acquisition" and vendor in self.in_force(event.start).contracts
            ]
        return found

    def _change_starts(self) -> list[float]:
        starts = [event.start for _, event in self.disruptions()]
        return [self.t_out, *starts] if self.changes else starts

    def in_change(self, t: float) -> bool:
        """Return whether t is within 90 days of a change."""
        return any(start <= t < start + CHANGE_YEARS for start in self.change_starts)

    # -- results

    def departures(self) -> int:
        """Return the number of resignations."""
        return sum(
            stay.end < min(seat.window_end, self.years)
            for seat in self.common + self.outgoing + self.incoming
            for stay in seat.stays
        )

    def book(self, ledger: Ledger) -> None:
        """Book every cost of the service."""
        for seat in self.common + self.outgoing + self.incoming:
            self.staff.book_seat(ledger, self.name, seat)
        for seat in self.outgoing:
            self.staff.book_severance(ledger, self.name, seat)
        self._book_contracts(ledger)
        self._book_oversight(ledger)
        self._book_lines(ledger)
        self._book_gap(ledger)
        if self.changes:
            self._book_one_off(ledger, self.target, f"transition/{self.name}", 0, 0.0)
        self._book_disruptions(ledger)

    def _spans(self) -> list[tuple[Any, float, float]]:
        """Return (arrangement, from, to) of the arrangements in force."""
        now, then = (self.current, 0.0, self.t_out), (self.target, self.t_out, float(self.years))
        return [now, then] if self.changes else [then]

    def _book_one_off(
        self, ledger: Ledger, arrangement: Any, stream: str, step: int, t: float
    ) -> None:
        rules = arrangement.transition
        amount = self.values.number(rules.cost) * self.values.draw(rules.overrun, stream, step)
        index = self.staff.macro.price_index[year_index(t)]
        ledger.lump(self.name, "transition", t, amount * index)

    def _book_contracts(self, ledger: Ledger) -> None:
        for vendor, contract in self.target.contracts.items():
            incoming = vendor not in self.current.contracts
            start = 0.0 if incoming else self.t_out
            self._book_fees(ledger, vendor, self.target, start, float(self.years))
            if incoming and self.changes:
                fee = self.values.number(contract.onboarding_fee)
                ledger.lump(self.name, "transition", 0.0, fee)
        if not self.changes:
            return
        for vendor, contract in self.current.contracts.items():
            self._book_fees(ledger, vendor, self.current, 0.0, min(self.t_out, self.years))
            if vendor not in self.target.contracts:
                timeline = self.vendors.timeline(vendor)
                fee = base_fee(self.values, contract) * timeline.level.at(self.t_out)
                share = self.values.number(self.world.scenario.vendors[vendor].exit_fee_share)
                amount = share * fee * timeline.months_left(self.t_out)
                ledger.lump(self.name, "transition", self.t_out, amount)

    def _book_fees(
        self, ledger: Ledger, vendor: str, arrangement: Any, start: float, end: float
    ) -> None:
        timeline = self.vendors.timeline(vendor)
        credit = self.values.number(self.world.scenario.vendors[vendor].sla_credit_share)
        yearly = MONTHS * base_fee(self.values, arrangement.contracts[vendor])
        overlap = self.values.number(arrangement.overlap)
        for a, b, level in timeline.level.pieces(start, end):
            for left, right, _ in timeline.delivered.pieces(a, b):
                paid = 1 + overlap - (credit if timeline.owes_credit(left) else 0.0)
                ledger.flow(
                    self.name,
                    "vendor_fees",
                    left,
                    right,
                    lambda _y, rate=yearly * level * paid: rate,
                )

    def _book_oversight(self, ledger: Ledger) -> None:
        for arrangement, start, end in self._spans():
            fte, role = self.values.number(arrangement.oversight_fte), arrangement.oversight_role
            if fte == 0:
                continue
            factor = fte * (1 + self.staff.load(role))
            ledger.flow(
                self.name,
                "oversight",
                start,
                end,
                lambda y, role=role, factor=factor: factor * self.staff.base(role, y),
            )

    def _book_lines(self, ledger: Ledger) -> None:
        for name, line in self.target.lines.items():
            replaces = self.changes and name in self.current.lines and line.driver != "hire"
            self._book_line(ledger, line, self.target, self.t_out if replaces else 0.0, self.years)
        if self.changes:
            for line in self.current.lines.values():
                if line.driver != "hire":
                    self._book_line(ledger, line, self.current, 0.0, min(self.t_out, self.years))

    def _book_line(
        self, ledger: Ledger, line: Any, arrangement: Any, begin: float, end: float
    ) -> None:
        count = 1.0
        if line.driver == "fte":
            count = contracted_fte(self.values, arrangement)
        first_days = [stay.start for seat in self.common + self.incoming for stay in hires(seat)]
        book_line(
            ledger, self.name, self.values, self.staff.macro, line, begin, end, count, first_days
        )

    def _book_gap(self, ledger: Ledger) -> None:
        rules = self.service.coverage
        posts = self.values.count(rules.posts, rules.kind == "presence")
        hours = posts * float(rules.hours_per_week) * WEEKS_PER_YEAR
        rate = self.values.number(self.service.gap_rate) * hours
        for y, start, end in year_parts(0.0, float(self.years)):
            amount = rate * self.uncovered.integral(start, end) * self.staff.macro.wage_index[y]
            ledger.book(self.name, "coverage_gap", y, amount)

    def _book_disruptions(self, ledger: Ledger) -> None:
        """Book what recurs when a vendor fails or is switched (section 5)."""
        for vendor, event in self.disruptions():
            arrangement = self.in_force(event.start)
            stream = f"transition/{self.name}/{vendor}/{event.kind}"
            self._book_one_off(ledger, arrangement, stream, event.n, event.start)
            if event.kind == "failure":
                continue
            fee = base_fee(self.values, arrangement.contracts[vendor]) * event.level_before
            share = self.values.number(self.world.scenario.vendors[vendor].exit_fee_share)
            parallel = MONTHS * (event.end - event.start)
            left = max(0.0, months_left(event.due_before, event.start) - parallel)
            ledger.lump(self.name, "transition", event.start, share * fee * left)
            ledger.flow(
                self.name,
                "transition",
                event.start,
                event.end,
                lambda _y, rate=MONTHS * fee: rate,
            )


def hires(seat: Seat) -> list[Any]:
    """Return the stays that begin with a first day."""
    return [stay for stay in seat.stays if stay.hired]
