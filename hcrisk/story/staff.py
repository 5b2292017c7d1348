"""Who leaves, who comes, and how long seats stay empty."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hcrisk.kernels.columns import (
    CLOSED,
    MONTHS_PER_YEAR,
    P_MANAGER_PARALLEL,
    PRICE,
    R_FALLBACK,
    R_FLAT,
    R_FTE,
    R_RAISE,
    R_SHARE,
    R_WEEKS,
    SL_INCUMBENT,
    SL_ROLE,
    WEEKS_PER_YEAR,
)
from hcrisk.kernels.tables import Ints
from hcrisk.program.layout import ENTERPRISE
from hcrisk.story.context import Told, label, months
from hcrisk.story.record import Event


def staff_events(told: Told) -> Iterator[Event]:
    """Yield the departures and hires of every service of the strategy, and of its managers."""
    links = told.links
    for service, target, current in told.moves():
        seats = _range(links.cell_seats, links.cell_seat_start, target)
        for i in seats:
            yield from _spells(told, service, i, len(_same_role(told, seats, i)) > 1)
        if target != current:
            displaced = _range(links.cell_displaced, links.cell_displaced_start, target)
            for i in displaced:
                yield from _parting(told, service, i, told.until(target))
    count = links.strategy_managers[told.x]
    first, most = int(links.manager_first[count]), int(links.manager_seats[count])
    for i in range(first, first + most):
        yield from _spells(told, ENTERPRISE, i, most > 1)
    kept = float(told.tables.practice[0, P_MANAGER_PARALLEL]) / MONTHS_PER_YEAR
    for i in range(int(links.manager_counts[count]), links.current_managers):
        yield from _parting(told, ENTERPRISE, i, kept)


def _range(items: Ints, start: Ints, cell: int) -> list[int]:
    return [int(i) for i in items[start[cell] : start[cell + 1]]]


def _same_role(told: Told, seats: list[int], i: int) -> list[int]:
    return [j for j in seats if told.layout.seats[j].role == told.layout.seats[i].role]


def _name(told: Told, i: int, numbered: bool) -> str:
    """Return who holds a seat: the role, with its service and number where there are several."""
    seat = told.layout.seats[i]
    name = label(told.scenario.roles, seat.role)
    if len({other.service for other in told.layout.seats if other.role == seat.role}) > 1:
        where = "Management" if seat.service == ENTERPRISE else told.service(seat.service)
        name = f"{where}: {name}"
    return f"{name}, seat {seat.number + 1}," if numbered else name


def _spells(told: Told, service: str, i: int, numbered: bool) -> Iterator[Event]:
    """Yield who comes to a seat and leaves it, and when it is closed and opened."""
    work, name = told.work, _name(told, i, numbered)
    is_incumbent = told.links.seats[i, SL_INCUMBENT] == 1
    opened = 0.0
    for k in range(int(work.n_spell[i])):
        start, end = float(work.spell_start[i, k]), float(work.spell_end[i, k])
        if work.spell_ramp[i, k] == CLOSED:
            yield from _closed(told, service, name, opened, start, end)
            opened = end
            continue
        if k > 0 or not is_incumbent:
            cost = _recruiting(told, i, k)
            text = f"{name} starts, after {months(start - opened)}"
            text += "; recruiting" if cost != 0.0 else ""
            yield told.event(start, service, "hire", text, cost)
        if end < told.horizon:
            yield told.event(end, service, "departure", f"{name} leaves; {_then(told, i, k)}")
        opened = end
    if work.n_spell[i] == 0:
        text = f"{name} is looked for in vain; the seat stays empty"
        text += _partner(told, i, told.horizon)
        yield told.event(0.0, service, "vacancy", text)


def _then(told: Told, i: int, k: int) -> str:
    """Return what becomes of a seat whose holder leaves at the end of spell `k`."""
    work, end = told.work, float(told.work.spell_end[i, k])
    if k + 1 == work.n_spell[i]:
        return f"the seat is empty to the end{_partner(told, i, told.horizon - end)}"
    empty = float(work.spell_start[i, k + 1]) - end
    if work.spell_ramp[i, k + 1] == CLOSED and empty == 0.0:
        return "nobody is needed instead"
    return f"the seat is empty for {months(empty)}{_partner(told, i, empty)}"


def _partner(told: Told, i: int, empty: float) -> str:
    """Return when a partner takes over the work of a seat that stays open for so many years."""
    patience = told.tables.roles[told.links.seats[i, SL_ROLE], R_FALLBACK] / MONTHS_PER_YEAR
    if patience >= empty:
        return ""
    return f", and a partner does its work after {months(float(patience))}"


def _closed(
    told: Told, service: str, name: str, opened: float, start: float, end: float
) -> Iterator[Event]:
    """Yield that an opening is withdrawn because fewer are needed, and that there is one again."""
    if start > opened:
        text = f"{name} is needed no more, and looked for no longer"
        yield told.event(start, service, "vacancy", text)
    if end < told.horizon:
        yield told.event(end, service, "vacancy", f"{name} is needed: the seat opens")


def _recruiting(told: Told, i: int, k: int) -> float:
    """Return what it costs to find hire `k` of a seat."""
    work, r = told.work, int(told.links.seats[i, SL_ROLE])
    role, year = told.tables.roles[r], int(work.spell_start[i, k])
    pay = role[R_FTE] * work.spell_factor[i, k] * work.base[r, year]
    return float(role[R_FLAT] * work.index[PRICE, year] + role[R_SHARE] * pay)


def _parting(told: Told, service: str, i: int, t_out: float) -> Iterator[Event]:
    """Yield how somebody whose seat goes leaves: of their own accord, or with severance."""
    gone, name = float(told.work.gone[i]), _name(told, i, True)
    if gone < min(t_out, told.horizon):
        text = f"{name} leaves before the change"
        yield told.event(gone, service, "departure", text)
    elif gone > t_out and t_out < told.horizon:
        r = int(told.links.seats[i, SL_ROLE])
        role = told.tables.roles[r]
        pay = role[R_FTE] * told.work.base[r, int(t_out)]
        pay *= (1.0 + role[R_RAISE]) ** math.floor(t_out)
        severance = role[R_WEEKS] / WEEKS_PER_YEAR * pay
        yield told.event(t_out, service, "let_go", f"{name} is let go; severance", severance)
