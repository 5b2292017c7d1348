"""The uncovered share over time: its steps, and its integral by year (model 4)."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.arrays import fill
from hcrisk.kernels.columns import (
    C_CALL_EFFECT,
    C_DIP,
    C_DIP_MONTHS,
    C_GAP,
    C_POSTS,
    C_SHARE,
    CL_CURRENT,
    CL_PRESENCE,
    CL_SERVICE,
    CL_UNFUNDED,
    KL_VENDOR,
    LS_SINCE,
    LS_UNTIL,
    MONTHS_PER_YEAR,
)
from hcrisk.kernels.coverage import cover_table, delivered_at, demand_growth, missing_share
from hcrisk.kernels.drift import present_at
from hcrisk.kernels.growth import demand_step
from hcrisk.kernels.knowledge import list_losses, lost_at


@njit
def note_cuts(w, n, times, count, start, end):
    """Insert those of `times` in order that lie inside (start, end); return how many there are."""
    for k in range(count):
        time = times[k]
        if not (start < time < end):
            continue
        j = n
        while j > 0 and w.cuts[j - 1] > time:
            w.cuts[j] = w.cuts[j - 1]
            j -= 1
        w.cuts[j] = time
        n += 1
    return n


@njit
def list_cuts(p, w, cell, n_loss, j, start, settled, end):
    """Write when u may jump inside (start, end) other than by heads.

    Parameters
    ----------
    p, w : Links, Work
    cell : int
        The cell in force.
    n_loss : int
        How many people leave it.
    j : int
        Position of the number of managers; negative if they do not matter.
    start, settled, end : float

    Returns
    -------
    int
        How many; there is room for all (``Work.cuts``).
    """
    n = 0
    if start < settled < end:
        w.cuts[0] = settled
        n = 1
    for k in range(p.cell_contract_start[cell], p.cell_contract_start[cell + 1]):
        v = p.contracts[k, KL_VENDOR]
        if w.n_delivered[v] > 1:
            n = note_cuts(w, n, w.delivered_time[v], w.n_delivered[v], start, end)
    if j >= 0 and w.n_absence[j] > 1:
        n = note_cuts(w, n, w.absence_time[j], w.n_absence[j], start, end)
    if p.has_demand == 1:
        service = p.cells[cell, CL_SERVICE]
        n = note_cuts(w, n, w.demand_time[service], w.n_demand[service], start, end)
    n = note_cuts(w, n, w.losses[LS_SINCE], n_loss, start, end)
    return note_cuts(w, n, w.losses[LS_UNTIL], n_loss, start, end)


@njit
def cover_per_head(p, w, cell, j, time):
    """Return the cover that a head of a cell gives at `time`, less for absent managers.

    Infinity where there is nothing to do: then nobody is missing.
    """
    scale = w.cover_scale[cell]
    if p.has_demand == 1 and p.cells[cell, CL_PRESENCE] == 0:
        demand = demand_growth(p, w, cell, demand_step(w, p.cells[cell, CL_SERVICE], time))
        if demand == 0.0:
            return math.inf
        scale /= demand
    return scale * present_at(w, j, time) if j >= 0 else scale


@njit
def table_at(t, p, w, cell, time):
    """Return which table of shortfalls holds for a cell at `time`."""
    if p.has_demand == 0:
        return p.cover_row[cell]
    return cover_table(t, p, w, cell, demand_step(w, p.cells[cell, CL_SERVICE], time))


@njit
def missed_by_vendors(t, p, w, cell, time):
    """Return the share of a service that is the vendors' and not delivered at `time`."""
    if p.cell_contract_start[cell + 1] == p.cell_contract_start[cell]:
        return 0.0
    return (1.0 - t.cells[cell, C_SHARE]) * (1.0 - delivered_at(t, p, w, cell, time))


@njit
def missed_at(t, p, w, cell, n_loss, time):
    """Return what vendors and those who have left leave uncovered at `time`."""
    return missed_by_vendors(t, p, w, cell, time) + lost_at(w.losses, n_loss, time)


@njit
def sweep_piece(t, w, pair, cell, row, table, is_table, i, since, until, scale, share, rest, out):
    """Add the integral of u over [since, until) by year, noting u's steps.

    Parameters
    ----------
    t, w : Tables, Work
    pair, cell : int
    row : int
        Row of heads over time.
    table : int
        Row of shortfalls.
    is_table : bool
        Whether the cell's coverage is presence.
    i : int
        First move of the row that may lie after `since`.
    since, until : float
        In between nothing changes but heads.
    scale : float
        Cover per head.
    share, rest : float
        ``u = min(share s + rest, 1)``.
    out : float64[n_year]
        Added to, in years.

    Returns
    -------
    int
        First move of the row that may lie after `until`.
    """
    n, times, after = w.n_heads[row], w.heads_time[row], w.heads[row]
    step_time, step_u = w.step_time[pair], w.step_u[pair]
    effectiveness = t.cells[cell, C_CALL_EFFECT]
    while i < n and times[i] <= since:
        i += 1
    heads = after[i - 1] if i > 0 else w.first_heads[row]
    k = w.n_step[pair]
    year = int(since)
    total = 0.0
    while since < until:
        missing = missing_share(w, cell, table, is_table, heads * scale, effectiveness)
        u = min(share * missing + rest, 1.0)
        step_time[k], step_u[k] = since, u
        k += 1
        at = min(times[i], until) if i < n else until
        while at > year + 1.0:
            out[year] += total + (year + 1.0 - since) * u
            total = 0.0
            year += 1
            since = float(year)
        total += (at - since) * u
        since = at
        if i < n and times[i] <= until:
            heads = after[i]
            i += 1
    out[year] += total
    w.n_step[pair] = k
    return i


@njit
def sweep(t, p, w, pair, cell, row, j, start, end, dip, settled, out):
    """Add the integral of u over [start, end) by year, noting u's steps.

    Parameters
    ----------
    t, p, w : Tables, Links, Work
    pair, cell : int
        Where u is noted; the cell in force.
    row : int
        Row of heads over time.
    j : int
        Position of the number of managers.
    start, end : float
        Times in years, within the horizon.
    dip, settled : float
        What a change leaves uncovered besides, and until when.
    out : float64[n_year]
        Added to, in years.
    """
    if end <= start:
        return
    if p.cell_seat_start[cell] == p.cell_seat_start[cell + 1]:
        j = -1
    target = row - t.cells.shape[0] if row >= t.cells.shape[0] else cell
    n_loss = list_losses(t, p, w, cell, target, w.losses) if w.key_persons[cell] == 1 else 0
    n_cut = list_cuts(p, w, cell, n_loss, j, start, settled, end)
    share, rest = t.cells[cell, C_SHARE], t.cells[cell, C_GAP]
    if p.cells[cell, CL_UNFUNDED] == 1:
        share, rest = 0.0, 1.0
    is_table = p.cells[cell, CL_PRESENCE] == 1 or t.cells[cell, C_POSTS] <= 0.0
    scale = cover_per_head(p, w, cell, j, start)
    table = table_at(t, p, w, cell, start)
    missed = missed_at(t, p, w, cell, n_loss, start)
    since, move = start, 0
    for cut in range(n_cut + 1):
        until = w.cuts[cut] if cut < n_cut else end
        if until > since:
            move = sweep_piece(
                t,
                w,
                pair,
                cell,
                row,
                table,
                is_table,
                move,
                since,
                until,
                scale if scale < math.inf else 0.0,
                share if scale < math.inf else 0.0,
                (rest + dip if since < settled else rest) + missed,
                out,
            )
            since = until
        if cut < n_cut:
            scale = cover_per_head(p, w, cell, j, since)
            table = table_at(t, p, w, cell, since)
            missed = missed_at(t, p, w, cell, n_loss, since)


@njit
def integrate_uncovered(t, p, w, pair, target, j, out):
    """Write u of a service that moves to cell `target`: its steps, and its integral by year.

    `j` is the position of the strategy's number of managers.
    """
    fill(out, 0.0)
    w.n_step[pair] = 0
    horizon = float(out.size)
    current = p.cells[target, CL_CURRENT]
    if target == current:
        sweep(t, p, w, pair, target, target, j, 0.0, horizon, 0.0, 0.0, out)
        return
    dip = t.cells[target, C_DIP]
    t_out = min(w.t_out[target], horizon)
    settled = min(t_out + t.cells[target, C_DIP_MONTHS] / MONTHS_PER_YEAR, horizon)
    before = t.cells.shape[0] + target
    sweep(t, p, w, pair, current, before, j, 0.0, t_out, dip, t_out, out)
    sweep(t, p, w, pair, target, target, j, t_out, horizon, dip, settled, out)


@njit
def uncovered_at(w, pair, time):
    """Return u of a cell with its managers at `time`, from the steps noted."""
    # Halving without a branch to guess.
    first, n = 0, w.n_step[pair]
    while n > 1:
        half = n >> 1
        first = first + half if w.step_time[pair, first + half] <= time else first
        n -= half
    return w.step_u[pair, first]
