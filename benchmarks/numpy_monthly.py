"""The main parts of the benchmark scenario as one would write them in NumPy: months, all paths.

Departures, arrivals and breaches fall on months. Left out are failures, acquisitions and switches
of vendors with their service credits and indemnities, and the higher breach rate while a provider
changes. `comparable` takes the same out of a scenario, whose means in hcrisk are then within two
percent of these. NumPy's own generator draws everything.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from export import number
from numpy_people import Floats, Indices, People, Sampler, Seats

from hcrisk.kernels.coverage import tabulate_shortfall
from hcrisk.program.layout import contracted_fte, seat_count
from hcrisk.scenario.scenario import Scenario

# Paths computed together: few enough for their arrays to stay in the cache.
CHUNK = 2_000


def comparable(scenario: Scenario) -> Scenario:
    """Return a scenario without what the monthly model leaves out."""
    changes = {f"risks.{name}.transition_multiple": 1 for name in scenario.risks}
    for name in scenario.vendors:
        changes |= {f"vendors.{name}.{kind}.rate": 0 for kind in ("failure", "switch")}
        changes[f"vendors.{name}.acquisition.rate"] = 0
    return scenario.replace(changes)


class Monthly(People):
    """A scenario prepared for the monthly grid."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        rate = number(scenario.discounting.rate)
        self.discount = (1.0 + rate) ** -(np.arange(self.years) + 0.5)
        self.months = np.arange(12 * self.years)
        self.vendors = {name: scenario.vendors[name] for name in self.layout.vendors}

    def run(self, paths: int, seed: int = 0) -> Floats:
        """Return net present values over paths and strategies."""
        rng = np.random.default_rng(seed)
        sizes = [min(CHUNK, paths - start) for start in range(0, paths, CHUNK)]
        return np.concatenate([self.chunk(rng, n) for n in sizes])

    def chunk(self, rng: np.random.Generator, n: int) -> Floats:
        path = self.indices(rng, n)
        seats = self.walk_seats(rng, n, path)
        policy = self.scenario.insurance
        growth = 1.0 + Sampler(policy.premium_growth)(rng, (n, self.years))
        growth[:, 0] = policy.premium.amount(number(self.scenario.practice.providers))
        premium = np.cumprod(growth, axis=1)
        levels = {name: self.fee_level(rng, path, name) for name in self.vendors}
        starts = {k: Sampler(v.onboarding_months)(rng, n) for k, v in self.vendors.items()}
        frailty = {
            name: rng.gamma(number(risk.frailty_shape), 1 / number(risk.frailty_shape), n)
            for name, risk in self.scenario.risks.items()
            if risk.frailty_shape is not None
        }
        out = np.empty((n, len(self.layout.strategies)))
        for x, name in enumerate(self.layout.strategies):
            strategy = Strategy(self, name, path, seats, levels, starts)
            cost = premium + strategy.services(rng) + strategy.managers() + strategy.shared_lines()
            cost += strategy.incidents(rng, frailty)
            out[:, x] = cost @ self.discount
        return out

    def fee_level(self, rng: np.random.Generator, path: Indices, name: str) -> Floats:
        """Return a vendor's fee level by year: escalators, and renewals at the start of years."""
        v = self.vendors[name]
        level = np.ones_like(path.price)
        for y in range(1, self.years):
            rise = path.price[:, y] / path.price[:, y - 1] - 1 + number(v.escalator_spread)
            rise = np.clip(rise, number(v.escalator_floor), number(v.escalator_cap))
            rise = rise if v.escalator_fixed is None else number(v.escalator_fixed)
            level[:, y] = level[:, y - 1] * (1 + rise)
            if 12 * y % number(v.term_months) == 0:
                level[:, y] *= 1 + Sampler(v.renewal_jump)(rng, level.shape[0])
        return level


class Strategy:
    """The costs of one strategy over paths and years, from the seats and indices of a chunk."""

    def __init__(
        self,
        model: Monthly,
        name: str,
        path: Indices,
        seats: Seats,
        levels: dict[str, Floats],
        starts: dict[str, Floats],
    ) -> None:
        self.model, self.path, self.seats = model, path, seats
        self.levels, self.starts = levels, starts
        self.chosen = model.layout.strategies[name]
        self.n_manager = model.layout.managers[name].n
        self.n = path.wage.shape[0]
        self.uncovered: dict[str, Floats] = {}
        managers = slice(0, self.n_manager)
        drift = number(model.scenario.managers.drift)
        vacant = ~seats.is_filled[:, :, managers] * (1 - model.backfill[managers])
        self.led = 1 - drift * vacant.mean(axis=2) if self.n_manager else np.ones((1, 1))

    def until(self, t_out: Floats) -> Floats:
        """Return the share of each month before a time in months, over months and paths."""
        return np.clip(t_out - self.model.months[:, None], 0.0, 1.0)

    def by_year(self, monthly: Floats) -> Floats:
        """Return sums by year over paths and years."""
        return monthly.reshape(self.model.years, 12, self.n).sum(axis=1).T

    def part(self, seats: list[int], until: Floats, t_out: Floats) -> Floats:
        """Return pay, backfill and severance of displaced seats until a change."""
        model, cost = self.model, np.zeros_like(self.path.wage)
        load = 1 + number(model.scenario.people.benefits_load)
        weeks, last = model.of_role("severance_weeks"), np.minimum(t_out, 12 * model.years - 1)
        year, row = (last // 12).astype(int), np.arange(self.n)
        for i in seats:
            stays = self.seats.has_stayed[:, :, i] * until
            pay = self.path.base[:, :, i]
            cost += self.by_year(stays) / 12 * pay * load
            cost += self.by_year(until - stays) / 12 * pay * model.vacancy[i]
            there = self.seats.has_stayed[last.astype(int), row, i]
            cost[row, year] += there * weeks[i] / 52 * pay[row, year]
        return cost

    def keep(self, seats: list[int]) -> Floats:
        """Return what the seats that are kept cost."""
        load = 1 + number(self.model.scenario.people.benefits_load)
        return self.seats.pay[:, :, seats].sum(axis=2) * load + self.seats.extra[:, :, seats].sum(2)

    def services(self, rng: np.random.Generator) -> Floats:
        return sum(self.service(rng, name) for name in self.chosen)

    def service(self, rng: np.random.Generator, service: str) -> Floats:
        """Return what a service costs; note how much of it is uncovered by month."""
        model, scenario = self.model, self.model.scenario
        table = scenario.services[service]
        target, now = table.arrangements[self.chosen[service]], table.arrangements[table.current]
        own, gone = [], []
        for i, seat in enumerate(model.layout.seats):
            if seat.service == service:
                held = seat.number < seat_count(scenario, target, seat.role)
                (own if held else gone).append(i)
        move = target.transition
        t_out = np.zeros(self.n)
        if target is not now:
            ready = np.max([self.starts[v] for v in target.contracts], axis=0)
            ready += number(move.handover_months)
            t_out = np.minimum(ready, number(move.max_parallel_months))
        before = self.until(t_out)
        cost = self.keep(own) + self.part(gone, before, t_out)
        cost += self.vendors(target, before) + self.lines(target, now, before)
        if target is not now:
            cost[:, 0] += number(move.cost) * Sampler(move.overrun)(rng, self.n)
        u_now = self.gap(service, now, own, gone)
        u = before * u_now + (1 - before) * self.gap(service, target, own, [])
        if target is not now:
            u += number(move.dip) * self.until(t_out + number(move.dip_months))
        self.uncovered[service] = np.minimum(u, 1.0)
        posts = table.coverage.posts.of(scenario.practice, round_up=table.coverage.kind != "queue")
        yearly = number(table.gap_rate) * posts * number(table.coverage.hours_per_week) * 52
        return cost + self.by_year(self.uncovered[service]) / 12 * yearly * self.path.wage

    def vendors(self, target: Any, before: Floats) -> Floats:
        """Return fees, onboarding and oversight."""
        practice, cost = self.model.scenario.practice, np.zeros_like(self.path.wage)
        for vendor, contract in target.contracts.items():
            fee = number(contract.fixed_fee)
            for driver in ("user", "endpoint", "provider"):
                price = next(iter(getattr(contract, f"per_{driver}").numbers().values()))
                fee += number(price) * practice.driver_count(driver)
            fee = 12 * max(fee, number(contract.minimum_fee)) * (1 + number(target.overlap))
            cost += fee * self.levels[vendor]
            cost[:, 0] += number(contract.onboarding_fee)
        if number(target.oversight_fte) > 0:
            role = self.model.scenario.roles[target.oversight_role]
            load = 1 + number(self.model.scenario.people.benefits_load)
            yearly = number(target.oversight_fte) * number(role.pay) * load * self.path.wage
            cost += self.by_year(1 - before) / 12 * yearly
        return cost

    def lines(self, target: Any, now: Any, before: Floats) -> Floats:
        """Return the cost lines of both arrangements while they run."""
        cost = np.zeros_like(self.path.wage)
        early = self.by_year(before) / 12
        for name, line in target.lines.items():
            cost += self.line(line, target) * (1 - early if name in now.lines else 1.0)
        if target is not now:
            for line in now.lines.values():
                cost += self.line(line, now) * early
        return cost

    def line(self, line: Any, arrangement: Any) -> Floats:
        scenario = self.model.scenario
        if line.driver == "fte":
            count = contracted_fte(scenario, arrangement)
        else:
            count = 1.0 if line.driver == "flat" else scenario.practice.driver_count(line.driver)
        yearly = number(line.amount) * count * (12 if line.period == "month" else 1)
        return yearly * (1.0 if line.index == "none" else getattr(self.path, line.index))

    def shared_lines(self) -> Floats:
        return sum(self.line(line, None) for line in self.model.scenario.lines.values())

    def managers(self) -> Floats:
        now = self.model.layout.current_managers
        months = number(self.model.scenario.managers.max_parallel_months)
        t_out = np.full(self.n, months)
        gone = list(range(self.n_manager, now))
        return self.keep(list(range(self.n_manager))) + self.part(gone, self.until(t_out), t_out)

    def gap(self, service: str, arrangement: Any, own: list[int], gone: list[int]) -> Floats:
        """Return the uncovered share by month with the seats of one arrangement."""
        model, scenario = self.model, self.model.scenario
        table = scenario.services[service]
        heads = self.seats.work[:, :, own].sum(axis=2)
        for i in gone:
            stays = self.seats.has_stayed[:, :, i]
            heads += model.fte[i] * (stays + ~stays * model.backfill[i])
        heads = heads * self.led
        cover, share = table.coverage, number(arrangement.share)
        presence = cover.kind == "presence"
        posts = cover.posts.of(scenario.practice, round_up=presence) * (1 if presence else share)
        if arrangement.posts is not None:
            posts = arrangement.posts.of(scenario.practice, round_up=presence)
        if posts == 0 or share == 0:
            short = np.zeros_like(heads)
        elif presence:
            hours = number(arrangement.hours_per_week or cover.hours_per_week)
            weekly = number(scenario.people.hours_per_week) * (1 - number(cover.planned_absence))
            shortfall = np.empty(int(heads.max() * weekly / hours) + 3)
            tabulate_shortfall(posts, number(cover.sickness), shortfall)
            short = np.interp(heads * weekly / hours, np.arange(shortfall.size), shortfall)
        else:
            short = np.maximum(1 - heads / posts, 0.0)
        failing = [1 - number(model.vendors[v].delivered) for v in arrangement.contracts]
        outside = (1 - share) * np.mean(failing) if failing else 0.0
        return np.minimum(share * short + number(arrangement.gap) + outside, 1.0)

    def incidents(self, rng: np.random.Generator, frailty: dict[str, Floats]) -> Floats:
        """Return breaches, one at most a month, less what the insurance pays."""
        model, policy = self.model, self.model.scenario.insurance
        gross, paid = np.zeros_like(self.path.wage), np.zeros_like(self.path.wage)
        for name, risk in model.scenario.risks.items():
            multiple, severity = np.ones((2, 12 * model.years, self.n))
            for service, effect in risk.effects.items():
                u = self.uncovered[service]
                for curve, out in ((effect.frequency, multiple), (effect.severity, severity)):
                    levels = [p.at for p in curve.points]
                    out *= np.interp(u, levels, [number(p.multiple) for p in curve.points])
            size = number(model.scenario.practice.providers) / number(risk.reference_providers)
            rate = number(risk.frequency) * size ** number(risk.size_exponent) / 12
            hidden = 1.0
            for service, arrangement in self.chosen.items():
                contracts = model.scenario.services[service].arrangements[arrangement].contracts
                if risk.vendor in contracts:
                    hidden *= 1 - number(contracts[risk.vendor].access)
            rate *= 1 - hidden if risk.vendor is not None else 1.0
            multiple = np.minimum(multiple, number(risk.max_multiple))
            hit = rng.random(multiple.shape) < rate * multiple * frailty.get(name, 1.0)
            month, row = np.nonzero(hit)
            year = month // 12
            loss = Sampler(risk.total)(rng, row.size) * severity[month, row]
            loss *= self.path.price[row, year]
            covered = sum(number(form.share) for form in risk.losses.values() if form.insured)
            total = sum(number(form.share) for form in risk.losses.values())
            above = np.clip(loss * covered - number(policy.retention), 0.0, number(policy.limit))
            np.add.at(gross, (row, year), loss * total)
            np.add.at(paid, (row, year), (1 - number(policy.coinsurance)) * above)
        return gross - np.minimum(paid, number(policy.aggregate_limit))
