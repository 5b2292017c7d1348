"""What the vendors do: prices, renewals, failures, acquisitions, switches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from hcrisk.kernels.columns import (
    C_COST,
    CL_OVERRUN,
    D_EXIT,
    E_DUE,
    E_KIND,
    E_LENGTH,
    E_LEVEL,
    E_NUMBER,
    E_TIME,
    FAILURE,
    MONTHS_PER_YEAR,
    PRICE,
    T_DELIVERED,
    T_DUE,
    T_LEVEL,
    T_TIME,
)
from hcrisk.kernels.laws import draw_law
from hcrisk.kernels.philox import uniform_call
from hcrisk.kernels.tables import Floats
from hcrisk.kernels.vendor import SAME_MONTH
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
    is_acquired, renewed = False, -1.0
    segments = work.segments[v, : work.n_segment[v]]
    # A switch at the end of a term may fall on a year's start: what is told is what comes of both.
    lasting = [one for one, after in zip(segments, [*segments[1:], None], strict=True)
               if after is None or after[T_TIME] != one[T_TIME]]  # fmt: skip
    for before, now in pairwise(lasting):
        time, level = float(now[T_TIME]), float(now[T_LEVEL])
        rise = level / float(before[T_LEVEL]) - 1.0 if before[T_LEVEL] != 0.0 else 0.0
        price = fees(rise, level)
        if time in noted:
            yield _noted(told, v, name, noted[time], (f"the new one's {price}", time - renewed))
            name = f"{told.vendor(v)} (new)"
        elif time.is_integer():
            is_renewed = now[T_DUE] != before[T_DUE]
            renewed = time if is_renewed else renewed
            if is_renewed or rise != 0.0:
                why = "is renewed; " if is_renewed else ""
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


def _noted(told: Told, v: int, name: str, row: Floats, then: tuple[str, float]) -> Event:
    """Return a failure or switch, with the fees that follow and the time since a renewal."""
    price, since = then
    length = months(float(row[E_LENGTH]) / MONTHS_PER_YEAR)
    cost = _cost_of_change(told, v, row)
    if row[E_KIND] == FAILURE:
        text = f"{name} fails; it takes {length} to replace it, {price}"
        return told.event(row[E_TIME], ENTERPRISE, "failure", text, cost)
    left = float(row[E_DUE]) - MONTHS_PER_YEAR * float(row[E_TIME])
    when = " as the term ends" if abs(left) < SAME_MONTH else ""
    if not when and since < 1.0 / MONTHS_PER_YEAR:
        when = f", {months(since)} into its new term"
    text = f"{name} is left for another vendor{when}, over {length}; {price}"
    return told.event(row[E_TIME], ENTERPRISE, "switch", text, cost)


def _cost_of_change(told: Told, v: int, row: Floats) -> float:
    """Return what a failure or switch costs: transitions, and of a switch two fees and an exit.

    As the kernels book it to the transition, for every service that the vendor delivers then.
    """
    time, is_switch = float(row[E_TIME]), row[E_KIND] != FAILURE
    cost = 0.0
    for service, cell in told.in_force(time):
        contracts = told.contracts(cell)
        if v not in contracts:
            continue
        cost += _transition(told, service, cell, v, row)
        if is_switch:
            fee = told.fee(contracts[v], time) * float(row[E_LEVEL])
            length = float(row[E_LENGTH])
            left = float(row[E_DUE]) - MONTHS_PER_YEAR * time - length
            if 0.0 < left < float("inf"):
                cost += float(told.tables.vendors[v, D_EXIT]) * fee * left
            until = min(time + length / MONTHS_PER_YEAR, told.horizon)
            cost += MONTHS_PER_YEAR * fee * (until - time)
    return cost


def _transition(told: Told, service: str, cell: int, v: int, row: Floats) -> float:
    """Return what moving a service to another vendor costs, with the overrun of this time."""
    cost = float(told.tables.cells[cell, C_COST])
    if cost == 0.0:
        return 0.0
    s = told.layout.services.index(service)
    key = told.links.vendor_transition_keys[s, v, 0 if row[E_KIND] == FAILURE else 1]
    u = uniform_call(key, np.uint64(told.path), np.uint64(int(row[E_NUMBER])))
    law = int(told.links.cells[cell, CL_OVERRUN])
    overrun = draw_law(told.tables.laws, law, told.links.quantile_tables, u)
    return cost * float(overrun) * float(told.work.index[PRICE, int(row[E_TIME])])
