"""Section 3b: the practice's size over time, and the peaks of a service's demand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tests.reference.timeline import MONTHS, Steps

if TYPE_CHECKING:
    from tests.reference.inputs import Values

YEAR_START, PLANNED, ACQUISITION = range(3)


def is_off(growth: Any) -> bool:
    """Return whether both rates are certain zeros and nothing is planned."""
    rates = (growth.rate, growth.acquisition.rate)
    certainly_zero = all(rate.is_certain and float(rate.value) == 0 for rate in rates)
    return certainly_zero and not growth.planned


def size_over_time(values: Values) -> Steps:
    """Return U, 1 at time 0."""
    growth = values.scenario.growth
    if is_off(growth):
        return Steps([(0.0, 1.0)])
    years = int(float(values.scenario.horizon.years))
    changes = [*_year_starts(values, years), *_planned(values), *_acquisitions(values, years)]
    least, most = values.number(growth.least), values.number(growth.most)
    size, points = 1.0, [(0.0, 1.0)]
    for t, _, _, share in sorted(changes):
        if t < years:
            size = min(max(size * (1 + share), least), most)
            points.append((t, size))
    return Steps(points)


def _year_starts(values: Values, years: int) -> list[tuple[float, int, int, float]]:
    """Return (t, rank, n, share added) of the start of each year but the first."""
    rate = values.number(values.scenario.growth.rate)
    return [(float(y), YEAR_START, y, rate) for y in range(1, years)]


def _planned(values: Values) -> list[tuple[float, int, int, float]]:
    """Return (t, rank, n, share added) of each planned change."""
    return [
        (float(change.months) / MONTHS, PLANNED, n, values.number(change.size))
        for n, change in enumerate(values.scenario.growth.planned.values())
    ]


def _acquisitions(values: Values, years: int) -> list[tuple[float, int, int, float]]:
    """Return (t, rank, n, share added) of each acquisition before T."""
    rules = values.scenario.growth.acquisition
    rate = values.number(rules.rate)
    found: list[tuple[float, int, int, float]] = []
    t = 0.0
    while rate > 0:
        n = len(found)
        t -= math.log(values.uniform("growth/acquisition", n)) / rate
        if t >= years:
            break
        found.append((t, ACQUISITION, n, values.draw(rules.size, "growth/acquisition/size", n)))
    return found


def most(values: Values) -> float:
    """Return the bound of U^b; 1 while growth is off."""
    growth = values.scenario.growth
    return 1.0 if is_off(growth) else values.number(growth.most)


def peak_multiple(values: Values, service: Any) -> Steps:
    """Return what the posts of a service are multiplied by, over time."""
    years = float(values.scenario.horizon.years)
    lasting = [
        (start, end, values.number(peak.multiple))
        for peak in service.peaks.values()
        for start, end in occurrences(peak, years)
    ]

    def at(t: float) -> float:
        return math.prod(multiple for start, end, multiple in lasting if start <= t < end)

    return Steps.sampled(at, [t for start, end, _ in lasting for t in (start, end)], years)


def occurrences(peak: Any, years: float) -> list[tuple[float, float]]:
    """Return from when to when a peak lasts, each time it begins before T."""
    start, months = float(peak.start_months), float(peak.months)
    found = []
    begin = start
    while begin < years * MONTHS:
        found.append((begin / MONTHS, (begin + months) / MONTHS))
        if peak.every_months is None:
            break
        begin = start + len(found) * float(peak.every_months)
    return found
