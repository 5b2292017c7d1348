"""Sections 4 to 6 for one service of a strategy: its transition and coverage."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.reference.arrangements import (
    contracted_skills,
    delivered,
    internal_share,
    seat_counts,
    service_posts,
    shortfall,
)
from tests.reference.growth import peak_multiple
from tests.reference.inputs import Values
from tests.reference.people import Life, Seat, Staff
from tests.reference.timeline import DAYS, MONTHS, Steps
from tests.reference.vendors import VendorEvent, Vendors

CHANGE_YEARS = 90 / DAYS


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
    incoming: list[Seat] = field(default_factory=list)  # open or closed at time 0

    def __post_init__(self) -> None:
        self.values = self.world.values
        self.staff = self.world.staff
        self.vendors = self.world.vendors
        self.years = self.world.years
        self.service = self.world.scenario.services[self.name]
        self.current = self.service.arrangements[self.current_name]
        self.target = self.service.arrangements[self.target_name]
        self.peak = peak_multiple(self.values, self.service)
        self.changes = self.current_name != self.target_name
        if self.changes:
            self.t_out = self._end_of_parallel_running()
        self._make_seats()
        self.uncovered = Steps.sampled(self._uncovered_at, self._change_times(), self.years)
        self.change_starts = self._change_starts()

    @cached_property
    def unskilled(self) -> Steps:
        """Return the unskilled share; few effects look at it."""
        return Steps.sampled(self._unskilled_at, self._change_times(), self.years)

    # -- section 6: who is outgoing, incoming and common, and until when

    def in_force_name(self, t: float) -> str:
        """Return the arrangement in force at t."""
        return self.current_name if t < self.t_out else self.target_name

    def in_force(self, t: float) -> Any:
        """Return the arrangement in force at t."""
        return self.service.arrangements[self.in_force_name(t)]

    def _indices(self) -> list[tuple[str, int, bool, Steps]]:
        """Return (role, j, in current, when the target wants it) of every seat of either."""
        now = seat_counts(self.values, self.current, 0.0)
        times = self.values.size_over_time.times
        found = []
        for role in self.world.scenario.roles:
            then = Steps((t, seat_counts(self.values, self.target, t).get(role, 0)) for t in times)
            most = max(now.get(role, 0), *then.values)
            found += [(role, j, j < now.get(role, 0), then.above(j)) for j in range(most)]
        return found

    def _life(self, role: str, j: int, now: bool, wanted: Steps) -> Life:
        """Return the life of a seat of the target."""
        return self.staff.life(
            f"seat/{self.name}/{role}/{j}",
            role,
            incumbent=now and wanted.at(0.0) == 1,
            tenure=self.current.seats[role].tenure_years if now else None,
            wanted=wanted,
            first_fill=int(now),
        )

    def _end_of_parallel_running(self) -> float:
        number, rules = self.values.number, self.target.transition
        ready, notice = 0.0, 0.0
        for role, j, now, wanted in self._indices():
            if wanted.at(0.0) and not now:
                _, filled_or_withdrawn = self._life(role, j, now, wanted).openings[0]
                ready = max(ready, filled_or_withdrawn)
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
        for role, j, now, wanted in self._indices():
            then = wanted.at(0.0) == 1
            if now and not then:
                tenure = self.current.seats[role].tenure_years
                life = self.staff.displaced(f"seat/{self.name}/{role}/{j}", role, tenure)
                self.outgoing.append(Seat(role, life, self.t_out, 0.0))
            if 1 in wanted.values:
                seats, start = (self.common, 0.0) if now and then else (self.incoming, self.t_out)
                seats.append(Seat(role, self._life(role, j, now, wanted), end, start))

    # -- section 4: coverage

    def _dip(self, t: float) -> float:
        if not self.changes:
            return 0.0
        rules = self.target.transition
        lasts = t < self.t_out + self.values.number(rules.dip_months) / MONTHS
        return self.values.number(rules.dip) if t < self.t_out or lasts else 0.0

    def _seats_in_force(self, t: float) -> list[Seat]:
        return self.common + (self.outgoing if t < self.t_out else self.incoming)

    def _effective_fte(self, t: float) -> float:
        n = sum(self.staff.contribution(seat, t) for seat in self._seats_in_force(t))
        return n * self.manager_factor.at(t)

    def _uncovered_at(self, t: float) -> float:
        arrangement = self.in_force(t)
        if arrangement.unfunded:
            return 1.0
        share = internal_share(self.values, arrangement)
        n, peak = self._effective_fte(t), self.peak.at(t)
        u = share * shortfall(self.values, self.service, arrangement, n, t, peak)
        if arrangement.contracts:
            u += (1 - share) * (1 - delivered(self.values, self.vendors, arrangement, t))
        missed = sum(self.staff.missed(seat, t) for seat in self._seats_in_force(t))
        return min(1.0, u + self.values.number(arrangement.gap) + self._dip(t) + missed)

    def _unskilled_at(self, t: float) -> float:
        arrangement = self.in_force(t)
        if arrangement.unfunded:
            return 1.0
        stated = self.service.skills_needed
        needed = service_posts(self.values, self.service, t)
        if stated is not None:
            needed = self.values.number(stated)
        if needed == 0:
            return 0.0
        there = sum(self.staff.skilled(seat, t) for seat in self._seats_in_force(t))
        there += contracted_skills(self.values, self.vendors, arrangement, t)
        return max(0.0, 1 - there / needed)

    def _change_times(self) -> list[float]:
        times = [self.t_out, *self.manager_factor.times, *self.peak.times]
        times += self.values.size_over_time.times
        if self.changes:
            rules = self.target.transition
            times.append(self.t_out + self.values.number(rules.dip_months) / MONTHS)
        for seat in self.common + self.outgoing + self.incoming:
            times += self.staff.change_times(seat)
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


def hires(seat: Seat) -> list[Any]:
    """Return the stays that begin with a first day."""
    return [stay for stay in seat.stays if stay.hired]
