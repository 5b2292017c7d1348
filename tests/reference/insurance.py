"""Section 7: indemnity and insurance, event by event in order of time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tests.reference.inputs import Values
from tests.reference.risks import Event
from tests.reference.services import ServiceRun
from tests.reference.strategies import ENTERPRISE
from tests.reference.timeline import Ledger, year_index
from tests.reference.vendors import Vendors, base_fee


class Indemnity:
    """What a strategy's vendors have paid in their running terms."""

    def __init__(self, values: Values, vendors: Vendors, runs: Mapping[str, ServiceRun]) -> None:
        self.values = values
        self.vendors = vendors
        self.runs = runs
        self._paid: dict[tuple[str, float], float] = {}

    def settle(self, risk: Any, event: Event) -> dict[str, float]:
        """Return the indemnity of each form of an event."""
        t = event.point.time
        covered = {f: loss for f, loss in event.losses.items() if risk.losses[f].indemnified}
        total = sum(covered.values())
        if risk.vendor is None or total <= 0:
            return {}
        timeline = self.vendors.timeline(risk.vendor)
        if timeline.has_failed(t):
            return {}
        vendor = self.values.scenario.vendors[risk.vendor]
        term = (risk.vendor, timeline.term.at(t))
        months = self.values.number(vendor.indemnity_months)
        fee = self._monthly_fee(risk.vendor, t)
        left = (months * fee if fee > 0 else 0.0) - self._paid.get(term, 0.0)
        paid = max(0.0, min(self.values.number(vendor.indemnity_share) * total, left))
        self._paid[term] = self._paid.get(term, 0.0) + paid
        return {form: paid * loss / total for form, loss in covered.items()}

    def _monthly_fee(self, vendor: str, t: float) -> float:
        """Return the monthly fee at t of the contracts in force with a vendor."""
        contracts = [run.in_force(t).contracts.get(vendor) for run in self.runs.values()]
        base = sum(base_fee(self.values, c, t) for c in contracts if c is not None)
        return base * self.vendors.timeline(vendor).level.at(t)


class Policy:
    """The insurance of a strategy on one path."""

    def __init__(self, values: Values, runs: Mapping[str, ServiceRun], years: int) -> None:
        self.values = values
        self.rules = values.scenario.insurance
        self.runs = runs
        unmet = [not self.conditions_met(float(y)) for y in range(years)]
        refused = values.uniform("insurance/refusal") < values.number(self.rules.unmet_refusal)
        self.covered = [not (u and refused) for u in unmet]
        self.loaded = [u and not refused for u in unmet]
        self.left = [values.number(self.rules.aggregate_limit)] * years

    def conditions_met(self, t: float) -> bool:
        """Return whether the policy's conditions hold at t."""
        controls = set(self.values.scenario.practice.controls)
        for run in self.runs.values():
            controls |= set(run.in_force(t).provides)
        return controls.issuperset(self.rules.required_controls) and all(
            self.runs[service].uncovered.at(t) <= self.values.number(threshold) + 1e-9
            for service, threshold in self.rules.max_uncovered.items()
        )

    def book_premiums(self, ledger: Ledger) -> None:
        """Book the premium of each year."""
        premium = self.values.size(self.rules.premium)
        load = 1 + self.values.number(self.rules.unmet_load)
        for y in range(len(self.covered)):
            if y > 0:
                stream = "insurance/premium_growth"
                premium *= 1 + self.values.draw(self.rules.premium_growth, stream, y + 1)
            if self.covered[y]:
                amount = premium * self.values.scale(float(y)) * (load if self.loaded[y] else 1.0)
                ledger.book(ENTERPRISE, "insurance_premium", y, amount)

    def settle(self, risk: Any, event: Event, indemnity: Mapping[str, float]) -> float:
        """Return what the policy pays for an event."""
        y = year_index(event.point.time)
        if not self.covered[y] or self._denied(event):
            return 0.0
        claim = 0.0
        for form, loss in event.losses.items():
            if risk.losses[form].insured:
                sublimit = self._sublimit(event.point.risk, form, self.loaded[y])
                claim += min(loss - indemnity.get(form, 0.0), sublimit)
        number, rules = self.values.number, self.rules
        layer = min(max(claim - number(rules.retention), 0.0), number(rules.limit))
        paid = min((1 - number(rules.coinsurance)) * layer, self.left[y])
        self.left[y] -= paid
        return paid

    def _denied(self, event: Event) -> bool:
        if self.conditions_met(event.point.time):
            return False
        u = self.values.uniform(f"{event.point.stream}/conditions", event.point.i)
        return u < self.values.number(self.rules.unmet_denial)

    def _sublimit(self, risk: str, form: str, cut_applies: bool) -> float:
        given = self.rules.sublimits.get(risk, {}).get(form)
        cut = self.rules.unmet_sublimits.get(risk, {}).get(form)
        sublimit = self.values.number(given, math.inf)
        if not cut_applies or cut is None:
            return sublimit
        if given is None:
            sublimit = self.values.number(self.rules.limit)
        share = self.values.number(cut)
        return share * sublimit if share > 0 else 0.0
