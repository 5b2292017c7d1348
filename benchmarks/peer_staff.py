"""The part `staff` in simpy, as its documentation writes models: a process a seat.

The wage, price and attrition indices are those of the monthly NumPy model, drawn at once for all
paths, and so is what it prepares: hazards, equilibrium tenures, backfill.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from export import number
from numpy_people import Floats, Indices, People

from hcrisk import Scenario

RAMP_STEPS = 8


def sampler(law: Any) -> Callable[[], float]:
    """Return draws of a lognormal or triangular law from Python's own generator."""
    x, family = law.distribution.parameters, law.distribution.family
    if family == "triangular":
        return lambda: random.triangular(x["low"], x["high"], x["mode"])
    if "median" in x:
        return lambda: random.lognormvariate(math.log(x["median"]), x["sigma"])
    spread = math.log1p((x["sd"] / x["mean"]) ** 2)
    mu = math.log(x["mean"]) - spread / 2
    return lambda: random.lognormvariate(mu, math.sqrt(spread))


class Staff:
    """The part's numbers, as the processes read them."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.people = people = People(scenario)
        self.years = people.years
        self.load = number(scenario.people.benefits_load)
        self.breaks, self.factors = people.breaks.tolist(), people.factors.tolist()
        roles = people.roles
        self.fill, self.ramp, self.pay = (
            [sampler(getattr(role, field)) for role in roles]
            for field in ("time_to_fill_days", "ramp_months", "pay_dispersion")
        )
        rate = number(scenario.discounting.rate)
        self.discount = [(1 + rate) ** -(y + 0.5) for y in range(self.years)]
        self.managers = people.layout.managers[next(iter(people.layout.managers))].n
        self.drift = number(scenario.managers.drift)

    def run(self, paths: int, seed: int = 0) -> Floats:
        """Return net present values."""
        random.seed(seed)
        indices = self.people.indices(np.random.default_rng(seed), paths)
        return np.array([Path(self, indices, k).npv() for k in range(paths)])


class Path:
    """One future: a simpy environment with the seats and the teams they are in."""

    def __init__(self, staff: Staff, indices: Indices, k: int) -> None:
        import simpy

        self.staff, self.env = staff, simpy.Environment()
        self.wage, self.price, self.attrition = (
            index[k].tolist() for index in (indices.wage, indices.price, indices.attrition)
        )
        self.base = indices.base[k].T.tolist()
        self.cost = [0.0] * staff.years
        self.led = 1.0
        self.teams = {name: Team(self, name) for name in staff.scenario.services}
        for i, seat in enumerate(staff.people.layout.seats):
            self.env.process(self.seat(i, self.teams.get(seat.service)))

    def npv(self) -> float:
        self.env.run(until=self.staff.years)
        for team in self.teams.values():
            team.settle()
        return sum(c * d for c, d in zip(self.cost, self.staff.discount, strict=True))

    def book(self, start: float, end: float, by_year: list[float], share: float) -> None:
        """Charge a flow, an amount a year, from one time to another."""
        y = int(start)
        while start < end and y < self.staff.years:
            self.cost[y] += share * by_year[y] * (min(end, y + 1) - start)
            y += 1
            start = float(y)

    def seat(self, i: int, team: Team | None) -> Iterator[Any]:
        """Live through the stays and vacancies of a seat; without a team it is a manager's."""
        staff, people, env = self.staff, self.staff.people, self.env
        r, base, fte = people.role_of[i], self.base[i], people.fte[i]
        role, backfill = people.roles[r], people.backfill[i]
        factor, tenure = 1.0, float(np.interp(random.random(), people.settled[r], people.grid))
        ramp = 0.0
        self.change(team, fte)
        while True:
            stay = self.stay(people.hazard[r], tenure)
            self.book(env.now, env.now + stay, base, factor * (1 + staff.load))
            yield from self.work(team, role, fte, ramp, stay)
            self.change(team, fte * (backfill - 1.0))
            if random.random() < number(role.unfillable_share):
                self.book(env.now, staff.years, base, people.vacancy[i])
                return
            wait = staff.fill[r]() / 365
            self.book(env.now, env.now + wait, base, people.vacancy[i])
            yield env.timeout(wait)
            factor = staff.pay[r]() * (1 + number(role.replacement_premium))
            tenure, ramp, y = 0.0, staff.ramp[r]() / 12, int(env.now)
            self.cost[y] += number(role.recruiting_flat) * self.price[y]
            self.cost[y] += number(role.recruiting_share) * base[y] * factor
            self.change(team, fte * (1.0 - backfill))

    def work(self, team: Team | None, role: Any, fte: float, ramp: float, stay: float) -> Any:
        """Stay, at first with the lower productivity of a newcomer in a team."""
        if team is not None and ramp > 0.0:
            missing = 0.0
            for step in range(RAMP_STEPS):
                before = missing
                done = (step + 0.5) / RAMP_STEPS
                missing = fte * (1 - number(role.start_productivity)) * (1 - done)
                team.change(before - missing)
                spell = min(ramp / RAMP_STEPS, stay)
                yield self.env.timeout(spell)
                stay -= spell
                if stay <= 0.0:
                    break
            team.change(missing)
        yield self.env.timeout(stay)

    def stay(self, rate: float, tenure: float) -> float:
        """Return how long someone stays: the hazard depends on tenure and on the year."""
        staff, start = self.staff, self.env.now
        left, now, k = random.expovariate(1.0), self.env.now, 0
        while now < staff.years:
            while k < len(staff.breaks) and tenure >= staff.breaks[k]:
                k += 1
            span = int(now) + 1 - now
            if k < len(staff.breaks):
                span = min(span, staff.breaks[k] - tenure)
            hazard = rate * staff.factors[k] * self.attrition[int(now)]
            if left < hazard * span:
                return now + left / hazard - start
            left -= hazard * span
            now, tenure = now + span, tenure + span
        return now - start + 1.0

    def change(self, team: Team | None, amount: float) -> None:
        if team is not None:
            team.change(amount)
            return
        # A manager less: every team does less.
        for each in self.teams.values():
            each.settle()
        if self.env.now > 0.0:
            self.led += self.staff.drift * amount / self.staff.managers


class Team:
    """A service: who works in it, and what is left undone."""

    def __init__(self, path: Path, name: str) -> None:
        service = path.staff.scenario.services[name]
        practice, cover = path.staff.scenario.practice, service.coverage
        self.path, self.since, self.heads = path, 0.0, 0.0
        self.posts = cover.posts.of(practice, round_up=False)
        hours = self.posts * number(cover.hours_per_week) * 52
        self.rate = number(service.gap_rate) * hours if cover.kind == "queue" else 0.0

    def change(self, amount: float) -> None:
        self.settle()
        self.heads += amount

    def settle(self) -> None:
        """Charge what was left undone since the last change."""
        path, now = self.path, self.path.env.now
        if self.rate and now > self.since:
            short = max(0.0, 1 - self.heads * path.led / self.posts)
            path.book(self.since, now, path.wage, short * self.rate)
        self.since = now
