"""Section 8: cost lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.reference.inputs import Values
from tests.reference.macro import Macro
from tests.reference.timeline import MONTHS, Ledger, year_index

DRIVERS = ("user", "endpoint", "provider", "site", "claim", "revenue")


def one(t: float) -> float:
    """Return 1, the count at any t of what is stated as an amount."""
    return 1.0


def book_line(
    ledger: Ledger,
    service: str,
    values: Values,
    macro: Macro,
    line: Any,
    begin: float,
    end: float,
    count: Callable[[float], float] = one,
    first_days: Sequence[float] = (),
) -> None:
    """Book what a line costs in [begin, end): lumps at first days or recurring, or a flow.

    `count` is how many of its driver there are at t, unless the driver belongs to the practice.
    """
    amount = values.number(line.amount)
    if line.driver in DRIVERS:

        def count(t: float) -> float:
            return values.driver(line.driver, t)

    index = macro.index(line.index)
    start = float(line.start_months) / MONTHS
    if line.driver == "hire":
        lumps = [t for t in first_days if t >= start]
    elif line.every_years is not None:
        lumps = recurring(start, float(line.every_years), end)
    else:
        periods = MONTHS if line.period == "month" else 1.0
        for a, b, _ in values.size_over_time.pieces(max(start, begin), end):
            per_year = amount * count(a) * periods
            ledger.flow(
                service, line.component, a, b, lambda y, per_year=per_year: per_year * index[y]
            )
        return
    for t in lumps:
        if begin <= t < end:
            ledger.lump(service, line.component, t, amount * count(t) * index[year_index(t)])


def recurring(start: float, every: float, end: float) -> list[float]:
    """Return start, start + every, ... before `end`."""
    times: list[float] = []
    while start + every * len(times) < end:
        times.append(start + every * len(times))
    return times
