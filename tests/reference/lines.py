"""Section 8: cost lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.reference.inputs import Values
from tests.reference.macro import Macro
from tests.reference.timeline import MONTHS, Ledger, year_index

DRIVERS = ("user", "endpoint", "provider", "site", "claim", "revenue")


def book_line(
    ledger: Ledger,
    service: str,
    values: Values,
    macro: Macro,
    line: Any,
    begin: float,
    end: float,
    count: float = 1.0,
    first_days: Sequence[float] = (),
) -> None:
    """Book what a line costs in [begin, end): lumps at first days or recurring, or a flow."""
    if line.driver in DRIVERS:
        count = values.driver(line.driver)
    amount = values.number(line.amount) * count
    index = macro.index(line.index)
    start = float(line.start_months) / MONTHS
    if line.driver == "hire":
        lumps = [t for t in first_days if t >= start]
    elif line.every_years is not None:
        lumps = recurring(start, float(line.every_years), end)
    else:
        per_year = amount * (MONTHS if line.period == "month" else 1.0)
        ledger.flow(service, line.component, max(start, begin), end, lambda y: per_year * index[y])
        return
    for t in lumps:
        if begin <= t < end:
            ledger.lump(service, line.component, t, amount * index[year_index(t)])


def recurring(start: float, every: float, end: float) -> list[float]:
    """Return start, start + every, ... before `end`."""
    times: list[float] = []
    while start + every * len(times) < end:
        times.append(start + every * len(times))
    return times
