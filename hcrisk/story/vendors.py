"""What the vendors do: prices, renewals, failures, acquisitions, switches."""

from __future__ import annotations

from collections.abc import Iterator

from hcrisk.kernels.columns import (
    E_KIND,
    E_LENGTH,
    E_TIME,
    FAILURE,
    MONTHS_PER_YEAR,
    T_DELIVERED,
    T_DUE,
    T_LEVEL,
    T_TIME,
)
from hcrisk.kernels.tables import Floats
from hcrisk.program.layout import ENTERPRISE
from hcrisk.story.context import Told, fees, months
from hcrisk.story.record import Event


def vendor_events(told: Told) -> Iterator[Event]:
    """Yield what happens to every vendor while it works for the practice."""
    for v in range(len(told.layout.vendors)):
        for event in _timeline(told, v):
            if told.serves(v, event.time):
                yield event


def _timeline(told: Told, v: int) -> Iterator[Event]:
    work, name = told.work, told.vendor(v)
    noted = {float(row[E_TIME]): row for row in work.events[v, : work.n_event[v]]}
    ends = {time + float(row[E_LENGTH]) / MONTHS_PER_YEAR for time, row in noted.items()}
    is_acquired = False
    for n in range(1, int(work.n_segment[v])):
        before, now = work.segments[v, n - 1], work.segments[v, n]
        time, level = float(now[T_TIME]), float(now[T_LEVEL])
        rise = level / float(before[T_LEVEL]) - 1.0 if before[T_LEVEL] != 0.0 else 0.0
        price = fees(rise, level)
        if time in noted:
            yield _noted(told, name, noted[time], price)
        elif time.is_integer():
            why = "is renewed; " if now[T_DUE] != before[T_DUE] else ""
            if why or rise != 0.0:
                yield told.event(time, ENTERPRISE, "fees", f"{name} {why}{price}")
        elif time in ends:
            continue
        elif is_acquired and rise == 0.0:
            # What else begins a segment is an acquisition, or the end of what it upsets.
            is_acquired = False
        else:
            is_acquired = True
            text = f"{name} is bought; it delivers {now[T_DELIVERED]:.0%} for a while, {price}"
            yield told.event(time, ENTERPRISE, "acquisition", text)


def _noted(told: Told, name: str, row: Floats, price: str) -> Event:
    length = months(float(row[E_LENGTH]) / MONTHS_PER_YEAR)
    if row[E_KIND] == FAILURE:
        text = f"{name} fails; it takes {length} to replace it, {price}"
        return told.event(row[E_TIME], ENTERPRISE, "failure", text)
    text = f"{name} is left for another vendor, over {length}; {price}"
    return told.event(row[E_TIME], ENTERPRISE, "switch", text)
