"""Section 4: tenure profile, seats as alternating stays and vacancies, pay, managers."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scipy.optimize import brentq

from tests.reference.inputs import Values
from tests.reference.macro import Macro
from tests.reference.timeline import DAYS, MONTHS, Ledger, Steps, year_index, year_parts

RAMP_STEPS = 8
WEEKS = 52.0
ALWAYS = Steps([(0.0, 1.0)])  # a seat that is wanted at any time


@dataclass(frozen=True)
class TenureProfile:
    """Hazard by tenure at Z = 1 and raise 0: rate i from starts[i] on."""

    starts: list[float]
    rates: list[float]

    def pieces(self) -> Iterator[tuple[float, float, float]]:
        """Return (from, to, rate), the last piece without end."""
        yield from zip(self.starts, [*self.starts[1:], math.inf], self.rates, strict=True)

    def mean_stay(self) -> float:
        """Return the integral of the survival function."""
        total, survival = 0.0, 1.0
        for start, end, rate in self.pieces():
            width = end - start
            total += survival * survived_years(rate, width)
            survival *= math.exp(-rate * width)
        return total

    def equilibrium_tenure(self, u: float) -> float:
        """Return a with integral_0^a S / E[stay] = u."""
        wanted, survival = u * self.mean_stay(), 1.0
        for start, end, rate in self.pieces():
            here = survival * survived_years(rate, end - start)
            if wanted < here or end == math.inf:
                if rate == 0:
                    return start + wanted / survival
                return start - math.log1p(-wanted * rate / survival) / rate
            wanted -= here
            survival *= math.exp(-rate * (end - start))
        raise AssertionError


def survived_years(rate: float, width: float) -> float:
    """Return the integral of exp(-rate x) over [0, width]."""
    return width if rate == 0 else -math.expm1(-rate * width) / rate


def tenure_profile(people: Any, rate: float) -> TenureProfile:
    """Return the profile whose mean stay is 1 / rate."""
    starts = [0.0, *(float(x) for x in people.tenure_breaks)]
    factors = [float(x) for x in people.tenure_factors]
    if rate == 0:
        return TenureProfile(starts, [0.0] * len(factors))

    def scaled(log_k: float) -> TenureProfile:
        return TenureProfile(starts, [rate * math.exp(log_k) * c for c in factors])

    low, high = -math.log(max(factors)), -math.log(min(factors))
    if high - low < 1e-12:
        return scaled(low)
    root = brentq(
        lambda log_k: scaled(log_k).mean_stay() * rate - 1, low - 1e-9, high + 1e-9, xtol=1e-15
    )
    return scaled(root)


@dataclass(frozen=True)
class Stay:
    """Somebody in a seat: stay k from start to end (infinite beyond the horizon)."""

    k: int
    start: float
    end: float
    factor: float  # f
    hired: bool  # false for an incumbent
    ramp_edges: list[float]
    ramp_levels: list[float]

    def productivity(self, t: float) -> float:
        """Return the productivity at t of whoever is in the seat."""
        return self.ramp_levels[bisect_right(self.ramp_edges, t) - 1]


@dataclass(frozen=True)
class Life:
    """Who is in a seat and when it is open, up to T; at other times it is closed."""

    stays: list[Stay]
    openings: list[tuple[float, float]]  # from when, and when it is filled or withdrawn


@dataclass(frozen=True)
class Seat:
    """One seat's timeline; `window` is the time in which it exists for a strategy."""

    role: str
    life: Life
    window_end: float
    backfill_start: float

    @property
    def stays(self) -> list[Stay]:
        """Return who is in the seat, one after the other."""
        return self.life.stays

    def stay_at(self, t: float) -> Stay | None:
        """Return the stay that fills the seat at t."""
        for stay in self.stays:
            if stay.start <= t < stay.end:
                return stay
        return None

    def vacancies(self) -> Iterator[tuple[float, float]]:
        """Return the times in the window at which the seat is open."""
        for opening, end in self.life.openings:
            if opening < min(end, self.window_end):
                yield opening, min(end, self.window_end)

    def opening(self, t: float) -> float | None:
        """Return when the vacancy at t began; none if the seat is filled or closed."""
        return next((a for a, b in self.vacancies() if a <= t < b), None)

    def departures(self) -> list[float]:
        """Return when somebody resigned while the seat existed."""
        return [stay.end for stay in self.stays if stay.end < self.window_end]

    def change_times(self) -> list[float]:
        """Return every time at which whoever is in the seat may change."""
        times = [self.window_end, self.backfill_start]
        for stay in self.stays:
            times += [stay.start, stay.end, *stay.ramp_edges]
        return times + [t for opening in self.life.openings for t in opening]


class Staff:
    """Everything about people on one path: profiles, stays, pay and its booking."""

    def __init__(self, values: Values, macro: Macro, years: int) -> None:
        self.values = values
        self.macro = macro
        self.years = years
        self.people = values.scenario.people
        self.roles = values.scenario.roles
        self._numbers: dict[tuple[str, str], float] = {}
        self._profiles: dict[str, TenureProfile] = {}
        self._lives: dict[tuple[Any, ...], Life] = {}

    # -- numbers of a role

    def number(self, role: str, field: str) -> float:
        """Return a number of a role."""
        if (role, field) not in self._numbers:
            self._numbers[role, field] = self.values.number(getattr(self.roles[role], field))
        return self._numbers[role, field]

    def load(self, role: str) -> float:
        """Return the benefits load of a role."""
        own = self.roles[role].benefits_load
        return self.values.number(self.people.benefits_load if own is None else own)

    def fte(self, role: str) -> float:
        """Return the contracted share of full time of a seat."""
        return float(self.roles[role].fte)

    def base(self, role: str, y: int) -> float:
        """Return base_r,y by index of the year."""
        return self.macro.base_pay[role][y]

    def pay(self, role: str, stay: Stay, y: int, completed_years: int) -> float:
        """Return pay per year of a stay."""
        raises = (1 + self.number(role, "retention_raise")) ** completed_years
        return self.fte(role) * self.base(role, y) * stay.factor * raises

    def pay_at(self, role: str, stay: Stay, t: float) -> float:
        """Return pay per year at t."""
        return self.pay(role, stay, year_index(t), math.floor(t - stay.start))

    # -- stays

    def profile(self, role: str) -> TenureProfile:
        """Return the tenure profile of a role."""
        if role not in self._profiles:
            self._profiles[role] = tenure_profile(self.people, self.number(role, "attrition_rate"))
        return self._profiles[role]

    def life(
        self,
        stream: str,
        role: str,
        incumbent: bool,
        tenure: Any = None,
        wanted: Steps = ALWAYS,
        first_fill: int = 0,
    ) -> Life:
        """Return the life of a seat; that of a seat without incumbent begins open or closed."""
        key = (stream, incumbent, first_fill, *wanted.times, *wanted.values)
        if key not in self._lives:
            stays = [self._incumbent(stream, role, tenure)] if incumbent else []
            k = 1 if incumbent else first_fill
            self._lives[key] = self._walk(stream, role, stays, wanted, k)
        return self._lives[key]

    def displaced(self, stream: str, role: str, tenure: Any = None) -> Life:
        """Return the life of a seat that the target does not want: its holder is the last."""
        stay = self._incumbent(stream, role, tenure, displaced=True)
        return Life([stay], [(stay.end, math.inf)])

    def _walk(self, stream: str, role: str, stays: list[Stay], wanted: Steps, k: int) -> Life:
        """Add to the first stay, if there is one, whatever follows; k is the next fill."""
        openings: list[tuple[float, float]] = []
        t = stays[-1].end if stays else 0.0
        while (opening := wanted.next_time(t, 1.0)) < self.years:
            withdrawal = wanted.next_time(opening, 0.0)
            first_day = opening + self._fill(stream, role, k)
            openings.append((opening, min(first_day, withdrawal)))
            if withdrawal <= first_day:
                t = withdrawal
            elif first_day < self.years:
                stays.append(self._hire(stream, role, k, first_day, bool(stays)))
                t = stays[-1].end
            else:
                break
            k += 1
        return Life(stays, openings)

    def _fill(self, stream: str, role: str, k: int) -> float:
        """Return how long fill k lasts, in years; infinite if the seat is unfillable."""
        u = self.values.uniform(stream, 2 * k)
        unfillable = self.number(role, "unfillable_share")
        if u > 1 - unfillable:
            return math.inf
        return self.values.quantile(self.roles[role].time_to_fill_days, u / (1 - unfillable)) / DAYS

    def _incumbent_tenure(self, stream: str, role: str, tenure: Any) -> float:
        if tenure is not None:
            return self.values.number(tenure)
        if self.number(role, "attrition_rate") == 0:
            return 0.0
        return self.profile(role).equilibrium_tenure(self.values.uniform(f"{stream}/tenure"))

    def _departure(
        self, stream: str, role: str, k: int, start: float, age: float, displaced: bool
    ) -> float:
        """Return when the cumulative hazard reaches -log U; infinite if not before T."""
        left = -math.log(self.values.uniform(stream, 2 * k + 1))
        elasticity = self.number(role, "retention_elasticity")
        multiple = math.exp(-elasticity * self.number(role, "retention_raise"))
        if displaced:
            multiple *= self.values.number(self.people.announce)
        for tenure_start, tenure_end, rate in self.profile(role).pieces():
            begin = max(start, start + (tenure_start - age))
            stop = min(start + (tenure_end - age), float(self.years))
            for y, a, b in year_parts(begin, stop):
                hazard = rate * multiple * self.macro.attrition[y]
                if left < hazard * (b - a):
                    return a + left / hazard
                left -= hazard * (b - a)
        return math.inf

    def _incumbent(self, stream: str, role: str, tenure: Any, displaced: bool = False) -> Stay:
        age = self._incumbent_tenure(stream, role, tenure)
        end = self._departure(stream, role, 0, 0.0, age, displaced)
        return Stay(0, 0.0, end, 1.0, False, [0.0], [1.0])

    def _hire(self, stream: str, role: str, k: int, start: float, replaces: bool) -> Stay:
        """Return the stay of hire k; `replaces` tells whether somebody held the seat before."""
        end = self._departure(stream, role, k, start, 0.0, displaced=False)
        rules = self.roles[role]
        factor = self.values.draw(rules.pay_dispersion, f"{stream}/pay", k)
        if replaces:
            factor *= 1 + self.number(role, "replacement_premium")
        ramp = self.values.draw(rules.ramp_months, f"{stream}/ramp", k) / MONTHS
        p0 = self.number(role, "start_productivity")
        edges = [start + ramp * i / RAMP_STEPS for i in range(RAMP_STEPS + 1)]
        levels = [p0 + (1 - p0) * (i + 0.5) / RAMP_STEPS for i in range(RAMP_STEPS)]
        return Stay(k, start, end, factor, True, edges, [*levels, 1.0])

    # -- what a seat delivers and costs

    def contribution(self, seat: Seat, t: float) -> float:
        """Return what the seat adds to n at t."""
        if t >= seat.window_end:
            return 0.0
        stay = seat.stay_at(t)
        if stay is not None:
            return self.fte(seat.role) * stay.productivity(t)
        opening = seat.opening(t)
        if opening is None or t < seat.backfill_start:
            return 0.0
        return self.vacancy_share(seat.role, opening, t) * self.fte(seat.role)

    def vacancy_share(self, role: str, opening: float, t: float) -> float:
        """Return the share of a vacant seat's work that contractors or the partner do at t."""
        partner = t >= self.partner_start(role, opening)
        return self.number(role, "fallback_share" if partner else "backfill_share")

    def partner_start(self, role: str, opening: float) -> float:
        """Return when a partner takes over the work of a seat open since then."""
        months = self.values.number(self.roles[role].fallback_months, math.inf)
        return opening + months / MONTHS

    def missed(self, seat: Seat, t: float) -> float:
        """Return what the departures from a seat add to u at t."""
        departures = seat.departures()
        if not departures:
            return 0.0
        months = self.number(seat.role, "key_months")
        recent = sum(end <= t < end + months / MONTHS for end in departures)
        return recent * self.number(seat.role, "key_dip")

    def skilled(self, seat: Seat, t: float) -> float:
        """Return the skilled FTE in a seat at t."""
        stay = seat.stay_at(t)
        if stay is None or t >= seat.window_end:
            return 0.0
        return self.fte(seat.role) * stay.productivity(t) * self.number(seat.role, "skill")

    def change_times(self, seat: Seat) -> list[float]:
        """Return every time at which what the seat contributes, or who is missed, may change."""
        months = self.number(seat.role, "key_months")
        return [
            *seat.change_times(),
            *(self.partner_start(seat.role, opening) for opening, _ in seat.vacancies()),
            *(end + months / MONTHS for end in seat.departures()),
        ]

    def book_seat(self, ledger: Ledger, service: str, seat: Seat) -> None:
        """Book pay, benefits, recruiting and backfill."""
        for stay in seat.stays:
            self._book_pay(ledger, service, seat, stay)
            if stay.hired and stay.start < seat.window_end:
                self._book_recruiting(ledger, service, seat.role, stay)
        for opening, end in seat.vacancies():
            start = max(opening, seat.backfill_start)
            partner = max(start, min(self.partner_start(seat.role, opening), end))
            for kind, a, b in [("backfill", start, partner), ("fallback", partner, end)]:
                rate = self.number(seat.role, f"{kind}_share")
                rate *= self.number(seat.role, f"{kind}_multiple") * self.fte(seat.role)
                ledger.flow(
                    service,
                    "backfill",
                    a,
                    b,
                    lambda y, rate=rate: rate * self.base(seat.role, y),
                )

    def _book_pay(self, ledger: Ledger, service: str, seat: Seat, stay: Stay) -> None:
        stop = min(stay.end, seat.window_end, float(self.years))
        load = self.load(seat.role)
        completed = 0
        while stay.start + completed < stop:
            start, end = stay.start + completed, min(stay.start + completed + 1, stop)
            for y, a, b in year_parts(start, end):
                amount = self.pay(seat.role, stay, y, completed) * (b - a)
                ledger.book(service, "salaries", y, amount)
                ledger.book(service, "benefits", y, load * amount)
            completed += 1

    def _book_recruiting(self, ledger: Ledger, service: str, role: str, stay: Stay) -> None:
        y = year_index(stay.start)
        flat = self.number(role, "recruiting_flat") * self.macro.price_index[y]
        share = self.number(role, "recruiting_share") * self.pay(role, stay, y, 0)
        ledger.book(service, "recruiting", y, flat + share)

    def book_severance(self, ledger: Ledger, service: str, seat: Seat) -> None:
        """Book the severance of a displaced seat that is still filled at its end."""
        t = seat.window_end
        stay = seat.stays[0]
        if t < self.years and stay.end > t:
            weeks = self.number(seat.role, "severance_weeks") / WEEKS
            ledger.lump(service, "severance", t, weeks * self.pay_at(seat.role, stay, t))
