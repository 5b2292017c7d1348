"""Section 5: one timeline per vendor and path, and what a contract costs."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from tests.reference.inputs import Values, banded_price
from tests.reference.macro import Macro
from tests.reference.timeline import MONTHS, Steps, year_index

# Ranks of what happens at the same time: a decision to switch, a year start, then these.
KINDS = ("failure", "acquisition", "switch")
DECISION, YEAR_START, FAILURE, ACQUISITION, SWITCH = -1, 0, 1, 2, 3


@dataclass(frozen=True)
class VendorEvent:
    """The n-th failure, acquisition or switch; level and due are those just before it."""

    kind: str
    n: int
    start: float
    end: float
    level_before: float
    due_before: float


@dataclass
class VendorTimeline:
    """Fee level, end of term, delivered share and events of a vendor."""

    level: Steps
    due: Steps  # end of the running term, in months
    term: Steps  # a number that changes when due moves
    delivered: Steps
    own_delivered: float
    events: list[VendorEvent]

    def failing(self, t: float) -> bool:
        """Return whether a failure lasts at t."""
        return any(e.kind == "failure" and e.start <= t < e.end for e in self.events)

    def has_failed(self, t: float) -> bool:
        """Return whether a failure has begun by t."""
        return any(e.kind == "failure" and e.start <= t for e in self.events)

    def owes_credit(self, t: float) -> bool:
        """Return whether an acquisition alone keeps d below what was agreed."""
        return self.delivered.at(t) < self.own_delivered and not self.failing(t)

    def months_left(self, t: float) -> float:
        """Return the months left to the end of the term at t."""
        return months_left(self.due.at(t), t)


def renewal_is_due(due: float, t: float) -> bool:
    """Return whether the term has ended by t."""
    return due <= MONTHS * t + 1e-9


def months_left(due: float, t: float) -> float:
    """Return the months from t to due; none if it has passed or there is no term."""
    return 0.0 if due == math.inf else max(0.0, due - MONTHS * t)


@dataclass
class _State:
    """A vendor as its timeline is walked."""

    level: float
    due: float
    term: int = 0
    renewals: int = 0
    history: list[tuple[float, float, float, int]] = field(default_factory=list)

    def record(self, t: float) -> None:
        self.history.append((t, self.level, self.due, self.term))


class Vendors:
    """The vendors of one path."""

    def __init__(self, values: Values, macro: Macro, years: int) -> None:
        self.values = values
        self.macro = macro
        self.years = years
        self._timelines: dict[str, VendorTimeline] = {}

    def timeline(self, name: str) -> VendorTimeline:
        """Return a vendor's timeline."""
        if name not in self._timelines:
            self._timelines[name] = self._walk(name)
        return self._timelines[name]

    def onboarding(self, name: str) -> float:
        """Return how long the vendor takes to come in, in years."""
        vendor = self.values.scenario.vendors[name]
        return self.values.draw(vendor.onboarding_months, f"vendor/{name}/onboarding") / MONTHS

    # -- the timeline

    def _walk(self, name: str) -> VendorTimeline:
        vendor = self.values.scenario.vendors[name]
        term = self.values.number(vendor.term_months)
        state = _State(level=1.0, due=self._first_due(name, vendor, term))
        state.record(0.0)
        events: list[VendorEvent] = []
        agenda = self._schedule(name, vendor) + self._decision(name, vendor, 0, 0.0)
        while agenda and min(agenda)[0] < self.years:
            t, rank, n, end = step = min(agenda)
            agenda.remove(step)
            decided = [item for item in agenda if item[1] == SWITCH]
            if rank == DECISION:
                agenda += self._leave(name, vendor, n, t, state.due)
                continue
            if rank == YEAR_START:
                self._year_start(name, vendor, state, t, term, is_leaving=bool(decided))
            else:
                kind = KINDS[rank - 1]
                events.append(VendorEvent(kind, n, t, end, state.level, state.due))
                jump = getattr(vendor, kind).fee_jump
                state.level *= 1 + self.values.draw(jump, f"vendor/{name}/{kind}/fee_jump", n)
                if rank != ACQUISITION:
                    state.due = MONTHS * t + term if term > 0 else math.inf
                    state.term += 1
                if rank == SWITCH:
                    agenda += self._decision(name, vendor, n + 1, end)
                if rank == FAILURE and decided:
                    agenda.remove(decided[0])
                    agenda += self._decision(name, vendor, decided[0][2] + 1, t)
            state.record(t)
        own = self.values.number(vendor.delivered)
        return VendorTimeline(
            level=Steps((t, level) for t, level, _, _ in state.history),
            due=Steps((t, due) for t, _, due, _ in state.history),
            term=Steps((t, term) for t, _, _, term in state.history),
            delivered=self._delivered(vendor, own, events),
            own_delivered=own,
            events=events,
        )

    def _first_due(self, name: str, vendor: Any, term: float) -> float:
        if term == 0:
            return math.inf
        services = self.values.scenario.services.values()
        current = [service.arrangements[service.current] for service in services]
        if not any(name in arrangement.contracts for arrangement in current):
            return term
        return self.values.number(vendor.months_to_renewal, term)

    def _schedule(self, name: str, vendor: Any) -> list[tuple[float, int, int, float]]:
        """Return (t, rank, n, end) of year starts (rank 0) and what depends on no other event."""
        schedule = [(float(y), 0, 0, 0.0) for y in range(1, self.years)]
        for rank, kind in enumerate(KINDS[:2], start=1):
            table = getattr(vendor, kind)
            rate = self.values.number(table.rate)
            if rate == 0:
                continue
            stream = f"vendor/{name}/{kind}"
            n, free = 0, 0.0
            while True:
                start = free - math.log(self.values.uniform(stream, n)) / rate
                if start >= self.years:
                    break
                months = self.values.draw(table.months, f"{stream}/months", n)
                free = start + months / MONTHS
                schedule.append((start, rank, n, free))
                n += 1
        return sorted(schedule)

    def _decision(
        self, name: str, vendor: Any, n: int, free: float
    ) -> list[tuple[float, int, int, float]]:
        """Return when the n-th switch is decided, nothing if never."""
        rate = self.values.number(vendor.switch.rate)
        if rate == 0:
            return []
        t = free - math.log(self.values.uniform(f"vendor/{name}/switch", n)) / rate
        return [(t, DECISION, n, t)] if t < self.years else []

    def _leave(
        self, name: str, vendor: Any, n: int, decided: float, due: float
    ) -> list[tuple[float, int, int, float]]:
        """Return when the n-th switch is made, and its end."""
        stream = f"vendor/{name}/switch"
        wait = self.values.draw(vendor.switch.wait_months, f"{stream}/wait", n)
        t = max(decided, min(due / MONTHS, decided + wait / MONTHS))
        if due == math.inf or self.values.number(vendor.exit_fee_share) == 0:
            t = decided
        months = self.values.draw(vendor.switch.months, f"{stream}/months", n)
        return [(t, SWITCH, n, t + months / MONTHS)]

    def _year_start(
        self, name: str, vendor: Any, state: _State, t: float, term: float, is_leaving: bool
    ) -> None:
        state.level *= 1 + self._escalation(vendor, year_index(t))
        if renewal_is_due(state.due, t) and not is_leaving:
            jump = self.values.draw(vendor.renewal_jump, f"vendor/{name}/renewal", state.renewals)
            state.level *= 1 + jump
            state.renewals += 1
            state.term += 1
            while renewal_is_due(state.due, t):
                state.due += term

    def _escalation(self, vendor: Any, y: int) -> float:
        if vendor.escalator_fixed is not None:
            return self.values.number(vendor.escalator_fixed)
        spread = self.values.number(vendor.escalator_spread)
        floor = self.values.number(vendor.escalator_floor)
        cap = self.values.number(vendor.escalator_cap)
        growth = math.exp(self.macro.growth["price"][y]) - 1
        return min(max(growth + spread, floor), cap)

    def _delivered(self, vendor: Any, own: float, events: list[VendorEvent]) -> Steps:
        lasting = [
            (e.start, e.end, self.values.number(getattr(vendor, e.kind).delivered))
            for e in events
            if e.kind != "switch"
        ]
        edges = [t for start, end, _ in lasting for t in (start, end)]

        def at(t: float) -> float:
            return min([own, *(d for start, end, d in lasting if start <= t < end)])

        return Steps.sampled(at, edges, self.years)


def base_fee(values: Values, contract: Any, t: float) -> float:
    """Return the monthly base fee of a contract at t."""
    fee = values.number(contract.fixed_fee)
    for driver in ("user", "endpoint", "provider"):
        count = values.driver(driver, t)
        fee += count * banded_price(values, getattr(contract, f"per_{driver}"), count)
    for driver, months in (("claim", MONTHS), ("site", 1.0)):
        count = values.driver(driver, t) / months
        fee += count * banded_price(values, getattr(contract, f"per_{driver}"), count)
    revenue = values.driver("revenue", t)
    fee += banded_price(values, contract.collections_share, revenue) * revenue / MONTHS
    return max(values.number(contract.minimum_fee), fee)


def scopes(values: Values, contracts: Any) -> dict[str, float]:
    """Return each contract's share of the vendors' part of the service."""
    given = {
        name: values.number(contract.scope)
        for name, contract in contracts.items()
        if contract.scope is not None
    }
    others = len(contracts) - len(given)
    rest = (1 - sum(given.values())) / others if others else 0.0
    return {name: given.get(name, rest) for name in contracts}
