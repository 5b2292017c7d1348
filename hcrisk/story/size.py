"""How the practice itself grows and shrinks."""

from __future__ import annotations

from collections.abc import Iterator

from hcrisk.kernels.columns import MONTHS_PER_YEAR
from hcrisk.program.layout import ENTERPRISE
from hcrisk.story.context import Told, label
from hcrisk.story.record import Event


def size_events(told: Told) -> Iterator[Event]:
    """Yield every change of the practice's size after the first day."""
    planned = told.scenario.growth.planned
    names = {float(change.months) / MONTHS_PER_YEAR: name for name, change in planned.items()}
    times, sizes = told.sizes()
    for time, before, size in zip(times[1:], sizes[:-1], sizes[1:], strict=True):
        way = "grows" if size > before else "shrinks"
        reason = "another practice joins" if size > before else "a part leaves"
        if float(time) in names:
            reason = label(planned, names[float(time)])
        elif float(time).is_integer():
            reason = "a new year"
        text = f"The practice {way} to {100 * size:.0f}% of today's size: {reason}"
        yield told.event(time, ENTERPRISE, "size", text)
