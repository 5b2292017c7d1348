"""The monthly NumPy model's indices and seats: what all strategies of a path have in common."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from export import number
from numpy.typing import NDArray

from hcrisk.distributions.encode import TableBuilder, encode
from hcrisk.kernels import law_columns as col
from hcrisk.kernels.tenure import hazard_scales
from hcrisk.program.layout import lay_out
from hcrisk.scenario.scenario import Scenario

Floats = NDArray[np.float64]
NEVER = 1e9


class Sampler:
    """Draws of a law from NumPy's generator, cut off where the law is truncated."""

    def __init__(self, law: Any) -> None:
        row = encode(law.distribution, TableBuilder())
        self.family = int(row[col.FAMILY])
        self.numbers = [float(row[col.CANON0 + k]) for k in range(3)]
        self.low = max(row[col.TRUNCATE_LOW], row[col.CLIP_LOW])
        self.high = min(row[col.TRUNCATE_HIGH], row[col.CLIP_HIGH])

    def __call__(self, rng: np.random.Generator, size: int | tuple[int, ...]) -> Floats:
        a, b, c = self.numbers
        if self.family == col.CONSTANT:
            return np.full(size, a)
        if self.family == col.TRIANGULAR:
            return rng.triangular(a, b, c, size)
        values = (rng.normal if self.family == col.NORMAL else rng.lognormal)(a, b, size)
        return np.clip(values, self.low, self.high)


class Indices(NamedTuple):
    """Indices over paths and years; base pay of a seat also over seats."""

    wage: Floats
    price: Floats
    attrition: Floats
    base: Floats


class Seats(NamedTuple):
    """State over months, paths and seats; cost over paths, years and seats."""

    work: Floats
    is_filled: NDArray[np.bool_]
    has_stayed: NDArray[np.bool_]
    pay: Floats
    extra: Floats


class People:
    """Seats and their roles' numbers, one column a seat."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.layout = lay_out(scenario)
        self.years = int(float(scenario.horizon.years))
        self.roles = [scenario.roles[name] for name in self.layout.roles]
        self.role_of = np.array([self.layout.roles.index(s.role) for s in self.layout.seats])
        people = scenario.people
        self.breaks = np.array([float(b) for b in people.tenure_breaks])
        self.factors = np.array([float(f) for f in people.tenure_factors])
        rates = [number(role.attrition_rate) for role in self.roles]
        self.hazard, work = np.empty(len(rates)), np.empty((4, len(rates)))
        hazard_scales(np.array(rates), self.breaks, self.factors, len(rates), self.hazard, work)
        self.fill = [Sampler(role.time_to_fill_days) for role in self.roles]
        self.ramp = [Sampler(role.ramp_months) for role in self.roles]
        self.pay = [Sampler(role.pay_dispersion) for role in self.roles]
        self.fte = self.of_role("fte")
        self.backfill = self.of_role("backfill_share")
        self.vacancy = self.backfill * self.of_role("backfill_multiple")
        self.grid = np.linspace(0.0, 60.0, 6_001)
        self.settled = [self.settled_share(rate) for rate in self.hazard]

    def of_role(self, field: str) -> Floats:
        """Return a number of each seat's role."""
        return np.array([number(getattr(self.roles[r], field)) for r in self.role_of])

    def settled_share(self, rate: float) -> Floats:
        """Return the share of a role's staff in equilibrium below each tenure of the grid."""
        hazard = rate * self.factors[np.searchsorted(self.breaks, self.grid)]
        stay = np.cumsum(np.exp(-np.cumsum(hazard) * self.grid[1]))
        return stay / stay[-1]

    def indices(self, rng: np.random.Generator, n: int) -> Indices:
        """Return wages, prices, the level of attrition and each seat's base pay by year."""
        m = self.scenario.macro
        wp, wa, pa = (number(x) for x in (m.wage_price, m.wage_attrition, m.price_attrition))
        factor = np.linalg.cholesky([[1, wp, wa], [wp, 1, pa], [wa, pa, 1]])
        shock = rng.standard_normal((n, self.years, 3)) @ factor.T
        paths, variance = [], 0.0
        for k, process in enumerate((m.wage, m.price, m.attrition)):
            mean, phi = number(getattr(process, "mean", 0.0)), number(process.phi)
            sd, state = number(process.sd), np.full(n, number(process.start))
            level = np.ones((n, self.years))
            for y in range(self.years):
                state = mean + phi * (state - mean) + sd * shock[:, y, k]
                if k == 2:
                    variance = sd**2 + phi**2 * variance
                    level[:, y] = np.exp(state - 0.5 * variance)
                elif y > 0:
                    level[:, y] = level[:, y - 1] * np.exp(state)
            paths.append(level)
        drift, noise, pay = (
            np.array([number(getattr(role, field)) for role in self.roles])
            for field in ("drift", "drift_sd", "pay")
        )
        steps = drift + noise * rng.standard_normal((n, self.years, len(self.roles)))
        steps[:, 0] = 0.0
        base = pay * np.exp(np.cumsum(steps, axis=1)) * paths[0][:, :, None]
        return Indices(*paths, base[:, :, self.role_of] * self.fte)

    def walk_seats(self, rng: np.random.Generator, n: int, path: Indices) -> Seats:
        """Step every seat through the months; also the stays of seats that are given up."""
        shape, months = (n, self.role_of.size), 12 * self.years
        announce = number(self.scenario.people.announce)
        start, flat = self.of_role("start_productivity"), self.of_role("recruiting_flat")
        share = self.of_role("recruiting_share")
        tenure, since = self.tenures(rng, shape), np.full(shape, NEVER)
        until, ramp, factor = np.zeros(shape), np.ones(shape), np.ones(shape)
        filled, stays = np.ones(shape, dtype=bool), np.ones(shape, dtype=bool)
        out = Seats(
            np.empty((months, *shape)),
            np.empty((months, *shape), dtype=bool),
            np.empty((months, *shape), dtype=bool),
            np.zeros((n, self.years, shape[1])),
            np.zeros((n, self.years, shape[1])),
        )
        for month in range(months):
            y, base = month // 12, path.base[:, month // 12] / 12
            done = np.minimum(start + (1 - start) * (since + 0.5) / ramp, 1.0)
            out.work[month] = self.fte * np.where(filled, done, self.backfill)
            out.is_filled[month], out.has_stayed[month] = filled, stays
            out.pay[:, y] += filled * base * factor
            out.extra[:, y] += ~filled * base * self.vacancy
            factors = self.factors[np.searchsorted(self.breaks, tenure)]
            hazard = self.hazard[self.role_of] * factors * path.attrition[:, y, None] / 12
            u = -np.log(rng.random(shape))
            leaves = filled & (u < hazard)
            stays &= u >= hazard * announce
            until -= 1
            arrives = ~filled & (until < 0.5)
            tenure += 1 / 12
            since += 1
            tenure[arrives], since[arrives] = 0.0, 0.0
            self.hire(rng, arrives, ramp, factor)
            cost = flat * path.price[:, y, None] + share * 12 * base * factor
            out.extra[:, y] += arrives * cost
            filled = (filled & ~leaves) | arrives
            self.open_seats(rng, leaves, until)
        return out

    def hire(self, rng: np.random.Generator, arrives: Any, ramp: Floats, factor: Floats) -> None:
        """Draw the ramps and pay factors of those who start."""
        premium = self.of_role("replacement_premium")
        rows, seats = np.nonzero(arrives)
        for r in np.unique(self.role_of[seats]):
            mine = self.role_of[seats] == r
            place = rows[mine], seats[mine]
            ramp[place] = self.ramp[r](rng, place[0].size)
            factor[place] = self.pay[r](rng, place[0].size) * (1.0 + premium[place[1]])

    def open_seats(self, rng: np.random.Generator, leaves: Any, until: Floats) -> None:
        """Draw how many months the seats just left stay vacant."""
        unfillable = self.of_role("unfillable_share")
        rows, seats = np.nonzero(leaves)
        for r in np.unique(self.role_of[seats]):
            mine = self.role_of[seats] == r
            place = rows[mine], seats[mine]
            months = self.fill[r](rng, place[0].size) * (12 / 365)
            never = rng.random(place[0].size) < unfillable[place[1]]
            until[place] = np.where(never, NEVER, months)

    def tenures(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
        """Return incumbents' tenures in equilibrium."""
        u, out = rng.random(shape), np.empty(shape)
        for i, r in enumerate(self.role_of):
            out[:, i] = np.interp(u[:, i], self.settled[r], self.grid)
        return out
