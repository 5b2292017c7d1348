"""Coverage: how much of a service nobody delivers, at a time and over time (model 4)."""

from __future__ import annotations

from hcrisk.kernels._jit import njit
from hcrisk.kernels.arrays import fill
from hcrisk.kernels.columns import (
    C_DIP,
    C_DIP_MONTHS,
    C_GAP,
    C_HOURS,
    C_POSTS,
    C_SHARE,
    CL_CURRENT,
    CL_PRESENCE,
    CL_SERVICE,
    CL_UNFUNDED,
    K_SCOPE,
    KL_VENDOR,
    MONTHS_PER_YEAR,
    P_DRIFT,
    P_HOURS,
    R_BACKFILL,
    R_FTE,
    R_START,
    RAMP_STEPS,
    SL_ROLE,
    T_DELIVERED,
    T_TIME,
    V_ABSENCE,
    V_SICKNESS,
)
from hcrisk.kernels.seats import productivity, step_productivity
from hcrisk.kernels.vendor import segment_at

(HEADS, VACANT_MANAGERS, DELIVERED) = range(3)


@njit
def tabulate_shortfall(posts, sickness, out):
    """Write s(m) = E[(P - X)+] / P, X ~ Binomial(m, 1 - sickness), for m = 0, 1, ...

    Parameters
    ----------
    posts : float
        P; 0 leaves no shortfall.
    sickness : float
        Share of rostered people who do not come.
    out : float64[n]
        Overwritten; entry m belongs to m rostered people.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.empty(3)
    >>> tabulate_shortfall(1.0, 0.1, out)
    >>> out.round(6)
    array([1.  , 0.1 , 0.01])
    """
    if posts <= 0.0:
        fill(out, 0.0)
        return
    present = 1.0 - sickness
    for m in range(out.size):
        expected = 0.0
        if present > 0.0 and sickness > 0.0:
            probability = 1.0
            for _ in range(m):
                probability *= sickness
            x = 0
            while x <= m and x < posts:
                expected += (posts - x) * probability
                probability *= (m - x) / (x + 1.0) * (present / sickness)
                x += 1
        else:
            expected = max(posts - m * present, 0.0)
        out[m] = expected / posts


@njit
def shortfall(t, p, w, cell, heads):
    """Return the share s of the internal scope of `cell` that `heads` FTE leave uncovered."""
    posts = t.cells[cell, C_POSTS]
    if posts <= 0.0:
        return 0.0
    if p.cells[cell, CL_PRESENCE] == 0:
        return max(1.0 - heads / posts, 0.0)
    absence = t.services[p.cells[cell, CL_SERVICE], V_ABSENCE]
    rostered = t.practice[0, P_HOURS] * (1.0 - absence) * heads / t.cells[cell, C_HOURS]
    m = min(int(max(rostered, 0.0)), w.shortfall.shape[1] - 2)
    low, high = w.shortfall[cell, m], w.shortfall[cell, m + 1]
    return low + (high - low) * (rostered - m)


@njit
def tabulate_cells(t, p, w):
    """Write the shortfall table of every cell with presence coverage."""
    for cell in range(t.cells.shape[0]):
        if p.cells[cell, CL_PRESENCE] == 1:
            sickness = t.services[p.cells[cell, CL_SERVICE], V_SICKNESS]
            tabulate_shortfall(t.cells[cell, C_POSTS], sickness, w.shortfall[cell])


@njit
def uncovered(t, p, w, cell, heads, delivered, dip):
    """Return u of a cell given effective heads, the vendors' delivered share and a dip."""
    if p.cells[cell, CL_UNFUNDED] == 1:
        return 1.0
    share = t.cells[cell, C_SHARE]
    u = share * shortfall(t, p, w, cell, heads) + t.cells[cell, C_GAP] + dip
    if p.cell_contract_start[cell + 1] > p.cell_contract_start[cell]:
        u += (1.0 - share) * (1.0 - delivered)
    return min(u, 1.0)


@njit
def vacant_managers(t, p, w, n_manager, time):
    """Return the uncovered managers among the first `n_manager`, in heads."""
    if n_manager == 0:
        return 0.0
    gap = 1.0 - t.roles[p.manager_role, R_BACKFILL]
    vacant = 0.0
    for i in range(n_manager):
        if not is_filled(w, i, time):
            vacant += gap
    return vacant


@njit
def is_filled(w, i, time):
    """Return whether seat `i` is filled at `time`."""
    for k in range(w.n_spell[i] - 1, -1, -1):
        if time >= w.spell_start[i, k]:
            return time < w.spell_end[i, k]
    return False


@njit
def heads_at(t, p, w, cell, leaving, time):
    """Return the effective FTE of a cell at `time`.

    Parameters
    ----------
    t, p, w : Tables, Links, Work
    cell : int
    leaving : int
        The target cell whose displaced seats are on their way out, or -1.
    time : float

    Returns
    -------
    float
    """
    heads = 0.0
    for j in range(p.cell_seat_start[cell], p.cell_seat_start[cell + 1]):
        i = p.cell_seats[j]
        r = p.seats[i, SL_ROLE]
        if leaving >= 0 and is_displaced(p, leaving, i):
            work = 1.0 if time < w.gone[i] else t.roles[r, R_BACKFILL]
        else:
            work = productivity(t.roles, w, r, i, time)
        heads += t.roles[r, R_FTE] * work
    return heads


@njit
def is_displaced(p, target, i):
    """Return whether a move to cell `target` displaces seat `i`."""
    for j in range(p.cell_displaced_start[target], p.cell_displaced_start[target + 1]):
        if p.cell_displaced[j] == i:
            return True
    return False


@njit
def delivered_at(t, p, w, cell, time):
    """Return the scope-weighted delivered share of a cell's vendors at `time`."""
    delivered = 0.0
    for k in range(p.cell_contract_start[cell], p.cell_contract_start[cell + 1]):
        v = p.contracts[k, KL_VENDOR]
        delivered += t.contracts[k, K_SCOPE] * w.segments[v, segment_at(w, v, time), T_DELIVERED]
    return delivered


@njit
def uncovered_at(t, p, w, target, n_manager, time):
    """Return u of a service that moves, or has moved, to cell `target`, at `time`."""
    cell, leaving, dip = target, -1, 0.0
    current = p.cells[target, CL_CURRENT]
    if target != current:
        t_out = w.t_out[target]
        if time < t_out:
            cell, leaving = current, target
        if time < t_out + t.cells[target, C_DIP_MONTHS] / MONTHS_PER_YEAR:
            dip = t.cells[target, C_DIP]
    heads = heads_at(t, p, w, cell, leaving, time)
    if n_manager > 0 and t.practice[0, P_DRIFT] != 0.0:
        missing = vacant_managers(t, p, w, n_manager, time) / n_manager
        heads *= 1.0 - t.practice[0, P_DRIFT] * missing
    return uncovered(t, p, w, cell, heads, delivered_at(t, p, w, cell, time), dip)


@njit
def note_change(w, n, time, size, kind, start, end):
    """Insert a change in order of time if it lies inside (start, end); return the count."""
    if not (start < time < end):
        return n
    if n >= w.change_time.size:
        return n + 1
    j = n
    while j > 0 and w.change_time[j - 1] > time:
        w.change_time[j] = w.change_time[j - 1]
        w.change_size[j] = w.change_size[j - 1]
        w.change_kind[j] = w.change_kind[j - 1]
        j -= 1
    w.change_time[j] = time
    w.change_size[j] = size
    w.change_kind[j] = kind
    return n + 1


@njit
def note_seat(roles, w, r, i, start, end, n):
    """Note the changes of a seat's productivity inside (start, end)."""
    fte, vacant, lowest = roles[r, R_FTE], roles[r, R_BACKFILL], roles[r, R_START]
    for k in range(w.n_spell[i]):
        first, last, ramp = w.spell_start[i, k], w.spell_end[i, k], w.spell_ramp[i, k]
        step = RAMP_STEPS if ramp <= 0.0 else 0
        before = step_productivity(lowest, step)
        n = note_change(w, n, first, fte * (before - vacant), HEADS, start, end)
        while step < RAMP_STEPS and first + ramp * (step + 1) / RAMP_STEPS < last:
            step += 1
            after = step_productivity(lowest, step)
            time = first + ramp * step / RAMP_STEPS
            n = note_change(w, n, time, fte * (after - before), HEADS, start, end)
            before = after
        n = note_change(w, n, last, fte * (vacant - before), HEADS, start, end)
    return n


@njit
def note_managers(t, p, w, n_manager, start, end, n):
    """Note the changes of the number of uncovered managers inside (start, end)."""
    gap = 1.0 - t.roles[p.manager_role, R_BACKFILL] if n_manager > 0 else 0.0
    for i in range(n_manager):
        for k in range(w.n_spell[i]):
            n = note_change(w, n, w.spell_start[i, k], -gap, VACANT_MANAGERS, start, end)
            n = note_change(w, n, w.spell_end[i, k], gap, VACANT_MANAGERS, start, end)
    return n


@njit
def note_vendors(t, p, w, cell, start, end, n):
    """Note the changes of the delivered share inside (start, end)."""
    for k in range(p.cell_contract_start[cell], p.cell_contract_start[cell + 1]):
        v = p.contracts[k, KL_VENDOR]
        for j in range(1, w.n_segment[v]):
            step = w.segments[v, j, T_DELIVERED] - w.segments[v, j - 1, T_DELIVERED]
            if step != 0.0:
                size = t.contracts[k, K_SCOPE] * step
                n = note_change(w, n, w.segments[v, j, T_TIME], size, DELIVERED, start, end)
    return n


@njit
def sweep(t, p, w, cell, leaving, n_manager, start, end, dip, out):
    """Add the integral of u over [start, end), by year, walking its steps in order.

    Parameters
    ----------
    t, p, w : Tables, Links, Work
    cell, leaving : int
        The cell in force, and the target its displaced seats make room for (or -1).
    n_manager : int
    start, end : float
        Times in years, within the horizon.
    dip : float
    out : float64[n_year]
        Added to, in years.

    Returns
    -------
    int
        1 if there are more changes than there is room for, else 0.
    """
    if end <= start:
        return 0
    n = 0
    for j in range(p.cell_seat_start[cell], p.cell_seat_start[cell + 1]):
        i = p.cell_seats[j]
        r = p.seats[i, SL_ROLE]
        if leaving >= 0 and is_displaced(p, leaving, i):
            lost = t.roles[r, R_FTE] * (t.roles[r, R_BACKFILL] - 1.0)
            n = note_change(w, n, w.gone[i], lost, HEADS, start, end)
        else:
            n = note_seat(t.roles, w, r, i, start, end, n)
        if n > w.change_time.size:
            return 1
    drift = t.practice[0, P_DRIFT] / n_manager if n_manager > 0 else 0.0
    vacant = 0.0
    if drift != 0.0:
        vacant = vacant_managers(t, p, w, n_manager, start)
        n = note_managers(t, p, w, n_manager, start, end, n)
    n = note_vendors(t, p, w, cell, start, end, n)
    if n > w.change_time.size:
        return 1
    heads = heads_at(t, p, w, cell, leaving, start)
    delivered = delivered_at(t, p, w, cell, start)
    since = start
    for j in range(n + 1):
        until = w.change_time[j] if j < n else end
        if until > since:
            u = uncovered(t, p, w, cell, heads * (1.0 - drift * vacant), delivered, dip)
            add_share(u, since, until, out)
            since = until
        if j < n:
            if w.change_kind[j] == HEADS:
                heads += w.change_size[j]
            elif w.change_kind[j] == DELIVERED:
                delivered += w.change_size[j]
            else:
                vacant += w.change_size[j]
    return 0


@njit
def add_share(u, start, end, out):
    """Add ``u`` times the length of [start, end) to the years it falls in."""
    if u == 0.0:
        return
    since = start
    while since < end:
        y = int(since)
        until = min(y + 1.0, end)
        out[y] += (until - since) * u
        since = until


@njit
def integrate_uncovered(t, p, w, target, n_manager, out):
    """Write the integral of u of a service that moves to cell `target`, by year.

    Returns
    -------
    int
        1 if there is not enough room, else 0.
    """
    fill(out, 0.0)
    horizon = float(out.size)
    current = p.cells[target, CL_CURRENT]
    if target == current:
        return sweep(t, p, w, target, -1, n_manager, 0.0, horizon, 0.0, out)
    dip = t.cells[target, C_DIP]
    t_out = min(w.t_out[target], horizon)
    settled = min(t_out + t.cells[target, C_DIP_MONTHS] / MONTHS_PER_YEAR, horizon)
    full = sweep(t, p, w, current, target, n_manager, 0.0, t_out, dip, out)
    full |= sweep(t, p, w, target, -1, n_manager, t_out, settled, dip, out)
    return full | sweep(t, p, w, target, -1, n_manager, settled, horizon, 0.0, out)
