"""Cells: what one service costs under one arrangement, its transition included (model 5, 6, 8)."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.arrays import add_row, fill
from hcrisk.kernels.columns import (
    BACKFILL,
    BENEFITS,
    C_COST,
    C_HANDOVER,
    C_OVERLAP,
    C_OVERSIGHT,
    C_PARALLEL,
    C_STIPEND,
    CL_CURRENT,
    CL_OVERRUN,
    CL_OVERSIGHT_ROLE,
    CL_SERVICE,
    CLOSED,
    CONSTANT_MONEY,
    D_EXIT,
    D_NOTICE,
    E_DUE,
    E_KIND,
    E_LENGTH,
    E_LEVEL,
    E_NUMBER,
    E_TIME,
    FOLLOWS_NOTHING,
    K_ONBOARDING,
    KL_VENDOR,
    L_AMOUNT,
    L_COUNT,
    L_EVERY,
    L_START,
    LL_COMPONENT,
    LL_GROWS,
    LL_INDEX,
    LL_PER_HIRE,
    MONTHS_PER_YEAR,
    OVERSIGHT,
    P_MANAGER_PARALLEL,
    PRICE,
    PROJECTS,
    R_FTE,
    R_LOAD,
    R_RAISE,
    R_WEEKS,
    SALARIES,
    SEVERANCE,
    SL_INCUMBENT,
    SL_ROLE,
    SWITCH,
    T_DUE,
    T_LEVEL,
    TRANSITION,
    VENDOR_FEES,
    WAGE,
    WEEKS_PER_YEAR,
)
from hcrisk.kernels.draws import draw_named
from hcrisk.kernels.growth import line_size, size_end, size_step
from hcrisk.kernels.projects import cost_projects
from hcrisk.kernels.seats import (
    add_backfill,
    add_flow,
    add_pay,
    add_vacancy,
    count_departures,
    pay_at,
)
from hcrisk.kernels.vendor import add_contract, fee_at, segment_at


@njit
def has_vendor(p, cell, v):
    """Return whether a contract of `cell` is with vendor `v`."""
    for k in range(p.cell_contract_start[cell], p.cell_contract_start[cell + 1]):
        if p.contracts[k, KL_VENDOR] == v:
            return True
    return False


@njit
def time_of_change(t, p, w, cell):
    """Return t_out of a move to `cell`; 0 if it is the current arrangement."""
    current = p.cells[cell, CL_CURRENT]
    if cell == current:
        return 0.0
    ready = 0.0
    for k in range(p.cell_contract_start[cell], p.cell_contract_start[cell + 1]):
        v = p.contracts[k, KL_VENDOR]
        if not has_vendor(p, current, v):
            ready = max(ready, w.draw[p.onboarding_draw + v] / MONTHS_PER_YEAR)
    for j in range(p.cell_seat_start[cell], p.cell_seat_start[cell + 1]):
        i = p.cell_seats[j]
        if p.seats[i, SL_INCUMBENT] == 0:
            first = w.spell_start[i, 0] if w.n_spell[i] > 0 else float(w.discount.size)
            ready = max(ready, first)
    ready += t.cells[cell, C_HANDOVER] / MONTHS_PER_YEAR
    notice = 0.0
    for k in range(p.cell_contract_start[current], p.cell_contract_start[current + 1]):
        v = p.contracts[k, KL_VENDOR]
        if not has_vendor(p, cell, v):
            notice = max(notice, t.vendors[v, D_NOTICE] / MONTHS_PER_YEAR)
    return min(max(ready, notice), t.cells[cell, C_PARALLEL] / MONTHS_PER_YEAR)


@njit
def cost_cell(t, p, w, path, g, cell):
    """Write what a cell costs by component and year, all but its coverage gap.

    Parameters
    ----------
    t, p, w : Tables, Links, Work
    path : uint64
    g : int
        The path's column in ``w.first``.
    cell : int
    """
    flow = w.cell_flow[cell]
    fill(w.cell_row[cell], 0.0)
    current = p.cells[cell, CL_CURRENT]
    t_out = w.t_out[cell]
    horizon = float(w.discount.size)
    w.departures[cell] = cost_people(t, p, w, cell, t_out, flow)
    cost_contracts(t, p, w, path, cell, current, t_out, horizon, flow)
    add_retained(t, p, w, cell, t_out, horizon, flow)
    for n in range(p.cell_line_start[cell], p.cell_line_start[cell + 1]):
        since = t_out if p.line_twin[n] == 1 else 0.0
        add_line(t, p, w, n, since, horizon, flow[p.lines[n, LL_COMPONENT]])
        if p.lines[n, LL_PER_HIRE] == 1:
            add_hires(t, p, w, n, cell, flow[p.lines[n, LL_COMPONENT]])
    cost_projects(t, p, w, g, cell, t_out, flow[PROJECTS])
    if cell == current:
        return
    leave(t, p, w, cell, t_out, flow)
    add_retained(t, p, w, current, 0.0, min(t_out, horizon), flow)
    for n in range(p.cell_line_start[current], p.cell_line_start[current + 1]):
        add_line(t, p, w, n, 0.0, min(t_out, horizon), flow[p.lines[n, LL_COMPONENT]])
    cost = t.cells[cell, C_COST]
    if cost != 0.0:
        flow[TRANSITION, 0] += cost * w.draw[p.overrun_draws[cell]]


@njit
def cost_people(t, p, w, cell, t_out, flow):
    """Add pay, benefits, recruiting and backfill of the seats of a cell; return departures."""
    departures = 0
    for j in range(p.cell_seat_start[cell], p.cell_seat_start[cell + 1]):
        i = p.cell_seats[j]
        r = p.seats[i, SL_ROLE]
        add_row(w.seat_row[i], w.cell_row[cell])
        if p.seats[i, SL_INCUMBENT] == 0:
            add_backfill(t.roles, w, r, i, t_out, flow[BACKFILL])
        departures += count_departures(p, w, i)
    return departures


@njit
def leave(t, p, w, cell, t_out, flow):
    """Add pay, backfill and severance of the seats that a move to `cell` displaces."""
    horizon = float(w.discount.size)
    stop = min(t_out, horizon)
    for j in range(p.cell_displaced_start[cell], p.cell_displaced_start[cell + 1]):
        i = p.cell_displaced[j]
        if w.gone[i] < stop:
            w.departures[cell] += 1
            r = p.seats[i, SL_ROLE]
            add_vacancy(t.roles, w.base[r], r, w.gone[i], w.gone[i], stop, flow[BACKFILL])
        part(t, p, w, i, t_out, flow)


@njit
def part(t, p, w, i, t_out, flow):
    """Add the pay of a displaced seat until it leaves or `t_out`, and its severance then."""
    r = p.seats[i, SL_ROLE]
    base, fte, raise_rate = w.base[r], t.roles[r, R_FTE], t.roles[r, R_RAISE]
    n_year = flow.shape[1]
    until = min(min(w.gone[i], t_out), float(n_year))
    paid = w.scratch_year
    years = math.ceil(until)
    for y in range(years):
        paid[y] = 0.0
    add_pay(base, raise_rate, fte, 0.0, until, paid)
    for y in range(years):
        flow[SALARIES, y] += paid[y]
        flow[BENEFITS, y] += t.roles[r, R_LOAD] * paid[y]
    if w.gone[i] > t_out and t_out < n_year:
        pay = pay_at(base, raise_rate, fte, 0.0, t_out)
        flow[SEVERANCE, int(t_out)] += t.roles[r, R_WEEKS] / WEEKS_PER_YEAR * pay


@njit
def cost_contracts(t, p, w, path, cell, current, t_out, horizon, flow):
    """Add fees, onboarding, exit and vendor events of a move to `cell`."""
    overlap = t.cells[cell, C_OVERLAP]
    for k in range(p.cell_contract_start[cell], p.cell_contract_start[cell + 1]):
        v = p.contracts[k, KL_VENDOR]
        common = has_vendor(p, current, v)
        since = t_out if common else 0.0
        add_contract(t, w, v, k, overlap, since, horizon, flow[VENDOR_FEES])
        if not common:
            flow[TRANSITION, 0] += t.contracts[k, K_ONBOARDING]
        add_vendor_events(t, p, w, path, cell, k, t_out, horizon, flow[TRANSITION])
    if cell == current:
        return
    stop = min(t_out, horizon)
    overlap = t.cells[current, C_OVERLAP]
    for k in range(p.cell_contract_start[current], p.cell_contract_start[current + 1]):
        v = p.contracts[k, KL_VENDOR]
        add_contract(t, w, v, k, overlap, 0.0, stop, flow[VENDOR_FEES])
        add_vendor_events(t, p, w, path, current, k, 0.0, stop, flow[TRANSITION])
        if t_out < horizon and not has_vendor(p, cell, v) and t.vendors[v, D_EXIT] != 0.0:
            n = segment_at(w, v, t_out)
            left = months_left(w.segments[v, n, T_DUE], t_out, 0.0)
            fee = fee_at(w, k, t_out) * w.segments[v, n, T_LEVEL]
            flow[TRANSITION, int(t_out)] += t.vendors[v, D_EXIT] * fee * left


@njit
def months_left(due, time, paid_on):
    """Return the months from `time` to the end of a term, less those paid on anyway."""
    if due == float("inf"):
        return 0.0
    return max(due - MONTHS_PER_YEAR * time - paid_on, 0.0)


@njit
def add_vendor_events(t, p, w, path, cell, k, start, end, out):
    """Add what a contract's vendor costs when it fails or is switched inside [start, end)."""
    v = p.contracts[k, KL_VENDOR]
    service = p.cells[cell, CL_SERVICE]
    for n in range(w.n_event[v]):
        time = w.events[v, n, E_TIME]
        if not (start <= time < end):
            continue
        y = int(time)
        kind = int(w.events[v, n, E_KIND])
        cost = t.cells[cell, C_COST]
        if cost != 0.0:
            key = p.vendor_transition_keys[service, v, 1 if kind == SWITCH else 0]
            law, number = p.cells[cell, CL_OVERRUN], int(w.events[v, n, E_NUMBER])
            out[y] += cost * draw_named(t, p, law, key, path, number) * w.index[PRICE, y]
        if kind == SWITCH:
            fee = fee_at(w, k, time) * w.events[v, n, E_LEVEL]
            length = w.events[v, n, E_LENGTH]
            left = months_left(w.events[v, n, E_DUE], time, length)
            out[y] += t.vendors[v, D_EXIT] * fee * left
            add_flow(
                w.index[CONSTANT_MONEY],
                MONTHS_PER_YEAR * fee,
                time,
                time + length / MONTHS_PER_YEAR,
                out,
            )


@njit
def add_retained(t, p, w, cell, start, end, flow):
    """Add over [start, end) those who manage a cell's vendors, and pay for being on call."""
    if t.cells[cell, C_STIPEND] != 0.0:
        yearly = WEEKS_PER_YEAR * t.cells[cell, C_STIPEND]
        add_flow(w.index[WAGE], yearly, start, end, flow[SALARIES])
    fte = t.cells[cell, C_OVERSIGHT]
    if fte != 0.0:
        r = p.cells[cell, CL_OVERSIGHT_ROLE]
        add_flow(w.base[r], fte * (1.0 + t.roles[r, R_LOAD]), start, end, flow[OVERSIGHT])


@njit
def add_line(t, p, w, n, start, end, out):
    """Add cost line `n` over [start, end): a flow, or a lump every so many years."""
    if p.lines[n, LL_PER_HIRE] == 1:
        return
    index = w.index[p.lines[n, LL_INDEX]]
    amount = t.lines[n, L_AMOUNT] * t.lines[n, L_COUNT]
    first, every = t.lines[n, L_START], t.lines[n, L_EVERY]
    if every == 0.0:
        since = max(start, first)
        if p.lines[n, LL_GROWS] == FOLLOWS_NOTHING:
            add_flow(index, amount, since, end, out)
            return
        for m in range(w.n_size[0]):
            yearly = amount * line_size(p, w, n, m)
            until = min(end, size_end(w, m))
            add_flow(index, yearly, max(since, w.size_time[m]), until, out)
        return
    k = 0
    while first + every * k < end:
        time = first + every * k
        if time >= start:
            lump = amount * line_size(p, w, n, size_step(w, time))
            out[int(time)] += lump * index[int(time)]
        k += 1


@njit
def add_hires(t, p, w, n, cell, out):
    """Add cost line `n` at the first day of every hire of a cell."""
    index = w.index[p.lines[n, LL_INDEX]]
    for j in range(p.cell_seat_start[cell], p.cell_seat_start[cell + 1]):
        i = p.cell_seats[j]
        for k in range(p.seats[i, SL_INCUMBENT], w.n_spell[i]):
            time = w.spell_start[i, k]
            if time >= t.lines[n, L_START] and w.spell_ramp[i, k] != CLOSED:
                out[int(time)] += t.lines[n, L_AMOUNT] * index[int(time)]


@njit
def cost_managers(t, p, w, j):
    """Write what the managers of count `j` cost, and those beyond them until they leave."""
    flow = w.manager_flow[j]
    fill(w.manager_row[j], 0.0)
    for i in range(p.manager_first[j], p.manager_first[j] + p.manager_seats[j]):
        r = p.seats[i, SL_ROLE]
        add_row(w.seat_row[i], w.manager_row[j])
        if p.seats[i, SL_INCUMBENT] == 0:
            add_backfill(t.roles, w, r, i, 0.0, flow[BACKFILL])
    for i in range(p.manager_counts[j], p.current_managers):
        part(t, p, w, i, t.practice[0, P_MANAGER_PARALLEL] / MONTHS_PER_YEAR, flow)
