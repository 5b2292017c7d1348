"""How the practice itself grows and shrinks, and when there is more to do."""

from __future__ import annotations

from collections.abc import Iterator

from hcrisk.figures import counted
from hcrisk.kernels.columns import MONTHS_PER_YEAR
from hcrisk.program.layout import ENTERPRISE
from hcrisk.story.context import Told, label
from hcrisk.story.record import Event


def size_events(told: Told) -> Iterator[Event]:
    """Yield every change of the practice's size, and every beginning of a peak."""
    times, sizes = told.sizes()
    for time, before, size in zip(times[1:], sizes[:-1], sizes[1:], strict=True):
        way = "grows" if size > before else "shrinks"
        text = f"The practice {way} to {100 * size:.0f}% of today's size: {_why(told, time, way)}"
        yield told.event(time, ENTERPRISE, "size", text)
    yield from _peaks(told)


def _why(told: Told, time: float, way: str) -> str:
    """Return what happens at a time: a new year, what is planned, or another practice."""
    growth = told.scenario.growth
    causes = ["a new year"] if float(time).is_integer() and growth.rate.constant != 0.0 else []
    causes += [
        label(growth.planned, name)
        for name, change in growth.planned.items()
        if float(change.months) / MONTHS_PER_YEAR == time
    ]
    return ", ".join(causes) or ("a practice joins" if way == "grows" else "a practice leaves")


def _peaks(told: Told) -> Iterator[Event]:
    for service, stated in told.scenario.services.items():
        for name, peak in stated.peaks.items():
            begin, i = float(peak.start_months), 0
            lasts = counted(f"{float(peak.months):g}", "months")
            text = f"{told.service(service)}: {label(stated.peaks, name)}, for {lasts}"
            while begin < told.horizon * MONTHS_PER_YEAR:
                yield told.event(begin / MONTHS_PER_YEAR, service, "peak", text)
                if peak.every_months is None:
                    break
                i += 1
                begin = float(peak.start_months) + float(peak.every_months) * i
