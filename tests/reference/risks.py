"""Section 7: candidates, thinning, loss forms, and an event's gross losses."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from scipy.special import gammaincinv

from tests.reference.growth import most
from tests.reference.inputs import Values, chance, whole_up
from tests.reference.services import ServiceRun
from tests.reference.timeline import year_index
from tests.reference.uniforms import poisson_quantile


@dataclass(frozen=True, order=True)
class Point:
    """A candidate event; the order of the fields is the order of settlement."""

    time: float
    risk_order: int
    slab: int
    year: int
    i: int
    risk: str
    stream: str
    level: float


def intensity(values: Values, name: str, risk: Any) -> float:
    """Return Lambda of a risk, at the size of time 0."""
    ratio = values.driver("provider") / float(risk.reference_providers)
    result = values.number(risk.frequency) * ratio ** values.number(risk.size_exponent)
    if risk.frailty_shape is None:
        return result
    shape = values.number(risk.frailty_shape)
    return result * float(gammaincinv(shape, values.uniform(f"risk/{name}/frailty"))) / shape


def in_year(values: Values, name: str, risk: Any, year: int) -> float:
    """Return Lambda of a risk in a year, counted from 1."""
    return intensity(values, name, risk) * (1 + values.number(risk.trend)) ** (year - 1)


def candidates(values: Values, years: int) -> list[Point]:
    """Return every candidate of every risk, in order of settlement."""
    points = [
        point
        for order, (name, risk) in enumerate(values.scenario.risks.items())
        for slab in range(whole_up(float(risk.max_multiple) * most(values)))
        for year in range(1, years + 1)
        for point in cell(values, name, order, in_year(values, name, risk, year), slab, year)
    ]
    return sorted(points)


def cell(
    values: Values, name: str, order: int, mean: float, slab: int, year: int
) -> Iterator[Point]:
    """Return the points of one cell."""
    stream = f"risk/{name}/slab/{slab}/year/{year}"
    for i in range(poisson_quantile(mean, values.uniform(stream))):
        yield Point(
            time=year - 1 + values.uniform(f"{stream}/time", i),
            risk_order=order,
            slab=slab,
            year=year,
            i=i,
            risk=name,
            stream=stream,
            level=slab + values.uniform(f"{stream}/level", i),
        )


# -- which candidates a strategy keeps


def interpolated(curve: Sequence[tuple[float, float]], u: float) -> float:
    """Return a piecewise linear function, flat outside its points."""
    if u <= curve[0][0]:
        return curve[0][1]
    for (x0, y0), (x1, y1) in pairwise(curve):
        if u <= x1:
            return y0 + (y1 - y0) * (u - x0) / (x1 - x0)
    return curve[-1][1]


def curve_of(values: Values, curve: Any) -> list[tuple[float, float]]:
    """Return the points of a curve; one number is the multiple at 1, with 1 at 0."""
    if curve.number is not None:
        return [(0.0, 1.0), (1.0, values.number(curve.number))]
    return [(float(point.at), values.number(point.multiple)) for point in curve.points]


def exposure(values: Values, risk: Any, runs: Mapping[str, ServiceRun], t: float) -> float:
    """Return E: 1, or what the contracts in force expose to the vendor."""
    if risk.vendor is None:
        return 1.0
    safe = 1.0
    for run in runs.values():
        contract = run.in_force(t).contracts.get(risk.vendor)
        if contract is not None:
            safe *= 1 - values.number(contract.access)
    return 1 - safe


def state(effect: Any, run: ServiceRun, t: float) -> float:
    """Return the share of a service that an effect looks at."""
    return (run.unskilled if effect.on == "unskilled" else run.uncovered).at(t)


def multiple(values: Values, risk: Any, runs: Mapping[str, ServiceRun], t: float) -> float:
    """Return E U^b min(M, max_multiple), U^b at most the bound of U."""
    m = 1.0
    concerned = set(risk.effects)
    for service, effect in risk.effects.items():
        factor = effect.factors.get(runs[service].in_force_name(t))
        curve = curve_of(values, effect.frequency)
        m *= values.number(factor, 1.0) * interpolated(curve, state(effect, runs[service], t))
    if risk.vendor is not None:
        concerned |= {s for s, run in runs.items() if risk.vendor in run.in_force(t).contracts}
    if any(runs[service].in_change(t) for service in concerned):
        m *= values.number(risk.transition_multiple)
    grown = min(values.scale(t) ** values.number(risk.size_exponent), most(values))
    return exposure(values, risk, runs, t) * grown * min(m, float(risk.max_multiple))


# -- what a kept event costs


@dataclass(frozen=True)
class Event:
    """A kept event with its gross loss by form."""

    point: Point
    losses: dict[str, float]


def event_of(
    values: Values, point: Point, runs: Mapping[str, ServiceRun], price_index: Sequence[float]
) -> Event:
    """Return the gross losses of a kept point."""
    risk = values.scenario.risks[point.risk]
    records = 0.0
    if risk.records is not None:
        drawn = values.draw(risk.records, f"{point.stream}/records", point.i)
        records = min(drawn, values.driver("record", point.time))
    total = values.draw(risk.total, f"{point.stream}/total", point.i)
    severity = math.prod(
        interpolated(curve_of(values, effect.severity), state(effect, runs[s], point.time))
        for s, effect in risk.effects.items()
    )
    losses: dict[str, float] = {}
    for name, form in risk.losses.items():
        if occurs(values, point, name, form, records, losses):
            loss = severity * capped_loss(values, point, name, form, records, total)
            losses[name] = loss * (price_index[year_index(point.time)] if form.trended else 1.0)
    return Event(point, losses)


class YearlyCaps:
    """What a strategy may still lose by each loss form in each year."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self._left: dict[tuple[str, str, int], float] = {}

    def applied(self, event: Event) -> Event:
        """Return the event with each loss at most what is left of its cap."""
        risk = self.values.scenario.risks[event.point.risk]
        losses = {}
        for name, loss in event.losses.items():
            key = (event.point.risk, name, event.point.year)
            left = self._left.get(key, self.values.number(risk.losses[name].yearly_cap))
            losses[name] = min(loss, left)
            self._left[key] = left - losses[name]
        return Event(event.point, losses)


def occurs(
    values: Values,
    point: Point,
    name: str,
    form: Any,
    records: float,
    occurred: Mapping[str, float],
) -> bool:
    """Return whether a loss form occurs."""
    if form.requires is not None and form.requires not in occurred:
        return False
    u = values.uniform(f"{point.stream}/loss/{name}/occurs", point.i)
    return u < chance(values, form.probability, records)


def capped_loss(
    values: Values, point: Point, name: str, form: Any, records: float, total: float
) -> float:
    """Return min(draw x unit cost x count, cap)."""
    if form.severity is not None:
        draw = values.draw(form.severity, f"{point.stream}/loss/{name}", point.i)
    else:
        draw = values.number(form.share, 0.0) * total
    if form.per == "event":
        count = 1.0
    else:
        count = records if form.per == "record" else values.driver(form.per, point.time)
    return min(draw * values.number(form.unit_cost) * count, values.number(form.cap))
