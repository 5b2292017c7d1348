"""Write a scenario as the stream of numbers and keys that c/bench.c reads.

What the C program lacks is refused here, so that it never prices a scenario wrongly: current
arrangements with vendors, seats that only a target has, uncertain inputs, raises, hire lines,
lumps, conditions and sublimits of the insurance, losses other than shares of a total.
"""

from __future__ import annotations

import hashlib
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from hcrisk.distributions.encode import TableBuilder, encode
from hcrisk.kernels import law_columns as col
from hcrisk.program.layout import Layout, contracted_fte, lay_out, seat_count
from hcrisk.program.numbers import is_incumbent
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenarios import load

COMPONENTS = ("salaries", "benefits", "recruiting", "training", "backfill", "tools")
COMPONENTS += ("vendor_fees", "oversight", "transition")
INDICES = {"none": 0, "wage": 1, "price": 2}
MACRO = ("wage", "price", "attrition")
LAW_COLUMNS = (
    *range(col.CANON0, col.CANON0 + 3),
    *(col.U_LOW, col.U_HIGH, col.TRUNCATE_LOW, col.TRUNCATE_HIGH, col.CLIP_LOW, col.CLIP_HIGH),
)


def refuse(is_missing: bool, what: str) -> None:
    """Stop if a scenario uses what the C program does not have."""
    if is_missing:
        raise SystemExit(f"the C program has no {what}")


def number(value: Any) -> float:
    """Return a certain number."""
    return float(value)


class Export:
    """Collects tokens; numbers are written in hexadecimal, so that no bit is lost."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        refuse(bool(scenario.inputs()), "uncertain inputs")
        self.scenario = scenario
        self.layout: Layout = lay_out(scenario)
        self.prefix = seed.to_bytes(8, "little")
        self.laws: list[np.ndarray] = []
        self.tables = TableBuilder()
        self.lines: list[str] = []

    def key(self, name: str) -> int:
        digest = hashlib.blake2b(self.prefix + name.encode(), digest_size=8).digest()
        return int.from_bytes(digest, "little")

    def put(self, word: str, *tokens: float) -> None:
        """Add a line: a word to check the reader's place by, then numbers or whole numbers."""
        parts = [float(t).hex() if isinstance(t, float) else str(int(t)) for t in tokens]
        self.lines.append(" ".join([word, *parts]))

    def law(self, law: Any) -> int:
        self.laws.append(encode(law.distribution, self.tables))
        return len(self.laws) - 1

    def write(self) -> str:
        self.write_practice()
        self.write_roles()
        self.write_seats()
        self.write_vendors()
        self.write_services()
        self.write_cells()
        self.write_shared_lines()
        self.write_risks()
        self.write_insurance()
        self.write_laws()
        return "\n".join(self.lines) + "\n"

    def write_practice(self) -> None:
        s = self.scenario
        rate, mid = number(s.discounting.rate), s.discounting.timing == "mid"
        managers = s.managers
        refuse(managers is None, "practice without managers")
        self.put("practice", int(float(s.horizon.years)), mid, rate, number(s.people.announce))
        self.put("managers", number(managers.drift), number(managers.max_parallel_months) / 12)
        self.put("hours", number(s.people.hours_per_week))
        for name in MACRO:
            process = getattr(s.macro, name)
            mean = number(getattr(process, "mean", 0.0))
            start = mean if process.start is None else number(process.start)
            self.put("macro", mean, number(process.phi), number(process.sd), start)
            self.put("key", self.key(f"macro/{name}"))
        wp, wa = number(s.macro.wage_price), number(s.macro.wage_attrition)
        pa = number(s.macro.price_attrition)
        factor = np.linalg.cholesky([[1, wp, wa], [wp, 1, pa], [wa, pa, 1]])
        self.put("cholesky", *map(float, factor.ravel()))
        breaks = [number(b) for b in s.people.tenure_breaks]
        self.put("tenure", len(breaks), *breaks, *map(number, s.people.tenure_factors))

    def write_roles(self) -> None:
        s = self.scenario
        self.put("roles", len(self.layout.roles))
        for name in self.layout.roles:
            role = s.roles[name]
            refuse(number(role.retention_raise) != 0.0, "raises")
            load = s.people.benefits_load if role.benefits_load is None else role.benefits_load
            numbers = [role.pay, role.fte, role.attrition_rate, role.drift, role.drift_sd]
            numbers += [role.replacement_premium, role.unfillable_share, role.start_productivity]
            numbers += [role.recruiting_flat, role.recruiting_share, role.backfill_share]
            numbers += [role.backfill_multiple, role.severance_weeks, load]
            self.put("role", *map(number, numbers))
            laws = (role.time_to_fill_days, role.ramp_months, role.pay_dispersion)
            self.put("laws", *(self.law(law) for law in laws))
            self.put("key", self.key(f"role/{name}/drift"))

    def write_seats(self) -> None:
        layout = self.layout
        self.put("seats", len(layout.seats))
        for seat in layout.seats:
            refuse(not seat.is_incumbent, "seats that only a target has")
            known = None
            if seat.service in self.scenario.services:
                service = self.scenario.services[seat.service]
                known = service.arrangements[service.current].seats[seat.role].tenure_years
            refuse(known is not None, "known tenures")
            self.put("seat", layout.roles.index(seat.role))
            ends = ("", "/tenure", "/ramp", "/pay")
            self.put("keys", *(self.key(f"{seat.stream}{end}") for end in ends))

    def write_vendors(self) -> None:
        self.put("vendors", len(self.layout.vendors))
        for name in self.layout.vendors:
            v = self.scenario.vendors[name]
            fixed = math.nan if v.escalator_fixed is None else number(v.escalator_fixed)
            refuse(v.switch.wait_months.constant != 0.0, "switches that wait")
            is_new = v.months_to_renewal is None or not is_incumbent(self.scenario, name)
            renewal = v.term_months if is_new else v.months_to_renewal
            numbers = [v.delivered, v.term_months, renewal, fixed, v.escalator_spread]
            numbers += [v.escalator_floor, v.escalator_cap, v.exit_fee_share, v.indemnity_share]
            numbers += [v.indemnity_months, v.sla_credit_share, v.failure.rate, v.acquisition.rate]
            numbers += [v.switch.rate, v.failure.delivered, v.acquisition.delivered]
            self.put("vendor", *map(number, numbers))
            laws = [self.law(v.renewal_jump), self.law(v.onboarding_months)]
            names = [f"vendor/{name}/renewal", f"vendor/{name}/onboarding"]
            for kind in ("failure", "acquisition", "switch"):
                event = getattr(v, kind)
                laws += [self.law(event.months), self.law(event.fee_jump)]
                names += [f"vendor/{name}/{kind}{end}" for end in ("", "/months", "/fee_jump")]
            self.put("laws", *laws)
            self.put("keys", *map(self.key, names))

    def write_services(self) -> None:
        s = self.scenario
        self.put("services", len(s.services))
        for name, service in s.services.items():
            cover = service.coverage
            presence = cover.kind == "presence"
            posts = cover.posts.of(s.practice, round_up=presence)
            hours = posts * number(cover.hours_per_week) * 52.0
            absence, sickness = number(cover.planned_absence), number(cover.sickness)
            self.put("service", presence, absence, sickness, number(service.gap_rate) * hours)
            self.put("key", self.key(f"transition/{name}"))
            for vendor in self.layout.vendors:
                ends = ("failure", "switch")
                self.put("keys", *(self.key(f"transition/{name}/{vendor}/{end}") for end in ends))

    def write_cells(self) -> None:
        """Write the current cells, then those of each strategy, service by service."""
        layout, s = self.layout, self.scenario
        self.put("strategies", len(layout.strategies))
        for name, (count, *_) in layout.managers.items():
            self.put("managers_of", count)
            refuse(count > layout.current_managers, f"managers that only {name} has")
        self.put("managers_now", layout.current_managers)
        for service in layout.services:
            arrangement = s.services[service].arrangements[layout.current[service]]
            refuse(bool(arrangement.contracts), "current arrangements with vendors")
            self.write_cell(service, layout.current[service])
        for assignment in layout.strategies.values():
            for service in layout.services:
                self.write_cell(service, assignment[service])

    def write_cell(self, service: str, name: str) -> None:
        s, table = self.scenario, self.scenario.services[service]
        arrangement = table.arrangements[name]
        current = table.arrangements[table.current]
        refuse(arrangement.unfunded, "unfunded services")
        presence, cover = table.coverage.kind == "presence", table.coverage
        share = number(arrangement.share)
        posts = cover.posts.of(s.practice, round_up=presence) * (1.0 if presence else share)
        if arrangement.posts is not None:
            posts = arrangement.posts.of(s.practice, round_up=presence)
        hours = number(arrangement.hours_per_week or cover.hours_per_week)
        move = arrangement.transition
        numbers = [share, posts, hours, arrangement.gap, arrangement.overlap]
        numbers += [arrangement.oversight_fte, move.cost, number(move.handover_months) / 12]
        numbers += [number(move.max_parallel_months) / 12, move.dip, number(move.dip_months) / 12]
        role = arrangement.oversight_role
        oversight = 0 if role is None else self.layout.roles.index(role)
        own, gone = [], []
        for i, seat in enumerate(self.layout.seats):
            if seat.service == service:
                held = seat.number < seat_count(s, arrangement, seat.role)
                had = seat.number < seat_count(s, current, seat.role)
                own += [i] if held else []
                gone += [i] if had and not held else []
        self.put("cell", name == table.current, *map(number, numbers))
        self.put("links", oversight, self.law(move.overrun))
        self.put("own", len(own), *own)
        self.put("displaced", len(gone), *gone)
        stated = [c.scope for c in arrangement.contracts.values() if c.scope is not None]
        refuse(bool(stated), "stated scopes")
        self.put("contracts", len(arrangement.contracts))
        for vendor, contract in arrangement.contracts.items():
            self.write_contract(vendor, contract, 1.0 / len(arrangement.contracts))
        fte = contracted_fte(s, arrangement)
        self.put("lines", len(arrangement.lines))
        for line_name, line in arrangement.lines.items():
            self.write_line(line, fte, line_name in current.lines)

    def write_contract(self, vendor: str, contract: Any, scope: float) -> None:
        fee = number(contract.fixed_fee)
        for field, driver in (("user",) * 2, ("endpoint",) * 2, ("provider",) * 2):
            count = self.scenario.practice.driver_count(driver)
            price = getattr(contract, f"per_{field}")
            fee += number(list(price.numbers().values())[price.at(count) or 0]) * count
        fee = max(fee, number(contract.minimum_fee))
        onboarding, access = number(contract.onboarding_fee), number(contract.access)
        self.put("contract", self.layout.vendors.index(vendor), fee, onboarding, access, scope)

    def write_line(self, line: Any, fte: float, is_twin: bool) -> None:
        refuse(line.every_years is not None or line.driver == "hire", "lumps")
        count = {"flat": 1.0, "fte": fte}.get(line.driver)
        if count is None:
            count = self.scenario.practice.driver_count(line.driver)
        amount = number(line.amount) * count * (12.0 if line.period == "month" else 1.0)
        start = number(line.start_months) / 12
        component = COMPONENTS.index(line.component)
        self.put("line", component, INDICES[line.index], is_twin, amount, start)

    def write_shared_lines(self) -> None:
        self.put("shared_lines", len(self.scenario.lines))
        for line in self.scenario.lines.values():
            refuse(bool(line.needed_by), "shared lines that only some need")
            self.write_line(line, 0.0, False)

    def write_risks(self) -> None:
        s, layout = self.scenario, self.layout
        self.put("risks", len(s.risks))
        for name, risk in s.risks.items():
            refuse(risk.records is not None or risk.total is None, "losses by record")
            refuse(number(risk.trend) != 0.0, "rates with a trend")
            size = number(s.practice.providers) / number(risk.reference_providers)
            rate = number(risk.frequency) * size ** number(risk.size_exponent)
            shape = risk.frailty_shape
            frailty = -1
            if shape is not None:
                gamma = {"dist": "gamma", "shape": number(shape), "scale": 1.0 / number(shape)}
                frailty = self.law(type(risk.total).parse(gamma))
            vendor = -1 if risk.vendor is None else layout.vendors.index(risk.vendor)
            services = layout.services
            booked = len(services) if risk.service is None else services.index(risk.service)
            numbers = (rate, number(risk.max_multiple), number(risk.transition_multiple))
            self.put("risk", vendor, booked, frailty, self.law(risk.total), *numbers)
            self.put("key", self.key(f"risk/{name}/frailty"))
            self.write_risk_streams(name, math.ceil(number(risk.max_multiple)))
            self.put("effects", len(risk.effects))
            for service, effect in risk.effects.items():
                refuse(bool(effect.factors), "factors of arrangements")
                self.put("effect", services.index(service))
                for curve in (effect.frequency, effect.severity):
                    pairs = [(p.at, number(p.multiple)) for p in curve.points]
                    self.put("points", len(pairs), *(float(x) for pair in pairs for x in pair))
            self.put("forms", len(risk.losses))
            for form in risk.losses.values():
                odd = form.share is None or form.per != "event" or form.requires is not None
                refuse(odd or number(form.probability.number) != 1.0, "loss but a share")
                numbers = (number(form.share) * number(form.unit_cost), number(form.cap))
                self.put("form", form.trended, form.insured, form.indemnified, *numbers)

    def write_risk_streams(self, name: str, slabs: int) -> None:
        self.put("slabs", slabs)
        for slab in range(slabs):
            for year in range(1, int(float(self.scenario.horizon.years)) + 1):
                cell = f"risk/{name}/slab/{slab}/year/{year}"
                ends = ("", "/time", "/level", "/total")
                self.put("keys", *(self.key(f"{cell}{end}") for end in ends))

    def write_insurance(self) -> None:
        policy, practice = self.scenario.insurance, self.scenario.practice
        refuse(policy is None, "practice without insurance")
        missing = set(policy.required_controls) - set(practice.controls)
        refuse(bool(missing or policy.max_uncovered), "conditions of the insurance")
        refuse(bool(policy.sublimits), "sublimits")
        premium = policy.premium.amount(number(practice.providers))
        numbers = [premium, policy.retention, policy.limit, policy.aggregate_limit]
        self.put("insurance", *map(number, [*numbers, policy.coinsurance]))
        self.put("links", self.law(policy.premium_growth))
        self.put("key", self.key("insurance/premium_growth"))

    def write_laws(self) -> None:
        self.put("laws", len(self.laws))
        known = (col.CONSTANT, col.TRIANGULAR, col.NORMAL, col.LOGNORMAL, col.GAMMA)
        for row in self.laws:
            refuse(int(row[col.FAMILY]) not in known, "such family of laws")
            whole = (row[col.FAMILY], row[col.TABLE_START], row[col.TABLE_SIZE])
            self.put("law", *map(int, whole), *(float(row[c]) for c in LAW_COLUMNS))
        table = self.tables.array()
        self.put("tables", table.size, *map(float, table))


def export(scenario: Scenario, seed: int = 0) -> str:
    """Return the text that c/bench.c reads."""
    return Export(scenario, seed).write()


if __name__ == "__main__":
    file, out = sys.argv[1:3]
    Path(out).write_text(export(load(file)), encoding="ascii")
