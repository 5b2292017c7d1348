"""Coverage: how much of a service nobody delivers, at a time and over time (model 4)."""

from __future__ import annotations

from hcrisk.kernels._jit import njit, njit_part
from hcrisk.kernels.arrays import fill
from hcrisk.kernels.columns import (
    C_CAPABILITY,
    C_DIP,
    C_DIP_MONTHS,
    C_GAP,
    C_HOURS,
    C_NEED,
    C_OVERSIGHT,
    C_POSTS,
    C_SHARE,
    C_UNMANAGED,
    CL_CURRENT,
    CL_PRESENCE,
    CL_SERVICE,
    CL_UNFUNDED,
    K_QUALITY,
    K_SCOPE,
    KL_VENDOR,
    MONTHS_PER_YEAR,
    P_HOURS,
    R_BACKFILL,
    R_FTE,
    SL_INCUMBENT,
    SL_ROLE,
    V_ABSENCE,
    V_SICKNESS,
)
from hcrisk.kernels.drift import present_at

# Heads are counted up and down; what rounding leaves of a full team's shortfall is none.
SHORTFALL_HAIR = 1e-12


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


@njit_part
def heads_at_first(t, p, cell):
    """Return the effective FTE of a cell's seats before anybody comes or goes."""
    heads = 0.0
    for j in range(p.cell_seat_start[cell], p.cell_seat_start[cell + 1]):
        i = p.cell_seats[j]
        r = p.seats[i, SL_ROLE]
        work = 1.0 if p.seats[i, SL_INCUMBENT] == 1 else t.roles[r, R_BACKFILL]
        heads += t.roles[r, R_FTE] * work
    return heads


@njit
def managed_share(cells, cell):
    """Return what is left of the vendors' work in a cell, given the staff who manage them."""
    need = cells[cell, C_NEED]
    if need <= 0.0:
        return 1.0
    overseen = min(cells[cell, C_OVERSIGHT] * cells[cell, C_CAPABILITY] / need, 1.0)
    return 1.0 - cells[cell, C_UNMANAGED] * (1.0 - overseen)


@njit_part
def prepare_cover(t, p, w):
    """Write how the heads of each cell become cover: a scale, and a table for presence."""
    for cell in range(t.cells.shape[0]):
        posts = t.cells[cell, C_POSTS]
        service = p.cells[cell, CL_SERVICE]
        if p.cells[cell, CL_PRESENCE] == 1:
            working = t.practice[0, P_HOURS] * (1.0 - t.services[service, V_ABSENCE])
            w.cover_scale[cell] = working / t.cells[cell, C_HOURS]
            tabulate_shortfall(posts, t.services[service, V_SICKNESS], w.shortfall[cell])
        else:
            w.cover_scale[cell] = 1.0 / posts if posts > 0.0 else 0.0
        w.managed[cell] = managed_share(t.cells, cell)
        w.first_heads[cell] = heads_at_first(t, p, cell)
        w.first_heads[t.cells.shape[0] + cell] = heads_at_first(t, p, p.cells[cell, CL_CURRENT])


@njit
def shortfall(table, is_table, cover):
    """Return the share of the internal scope left uncovered.

    Parameters
    ----------
    table : float64[n]
        s(m) of presence coverage, m = 0, 1, ...
    is_table : bool
        Otherwise queue coverage: one less the heads per post.
    cover : float
        Rostered people, or heads per post.

    Examples
    --------
    >>> import numpy as np
    >>> shortfall(np.array([1.0, 0.5, 0.0]), True, 0.5)
    0.75
    >>> shortfall(np.empty(0), False, 0.9).__round__(6)
    0.1
    """
    if not is_table:
        missing = 1.0 - cover
        return missing if missing > SHORTFALL_HAIR else 0.0
    m = min(int(max(cover, 0.0)), table.size - 2)
    return table[m] + (table[m + 1] - table[m]) * (cover - m)


@njit_part
def delivered_at(t, p, w, cell, time):
    """Return the scope-weighted delivered share of a cell's vendors at `time`.

    Less what their work is worth, and what is lost of it because nobody manages them.
    """
    delivered = 0.0
    for k in range(p.cell_contract_start[cell], p.cell_contract_start[cell + 1]):
        v = p.contracts[k, KL_VENDOR]
        n = w.n_delivered[v] - 1
        while n > 0 and w.delivered_time[v, n] > time:
            n -= 1
        delivered += t.contracts[k, K_SCOPE] * t.contracts[k, K_QUALITY] * w.delivered[v, n]
    return delivered * w.managed[cell]


@njit_part
def note_cuts(w, n, times, count, start, end):
    """Insert those of the increasing `times` in order that lie inside (start, end)."""
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


@njit_part
def list_cuts(p, w, cell, j, start, end):
    """Write when u may jump inside (start, end) other than by heads.

    Parameters
    ----------
    p, w : Links, Work
    cell : int
    j : int
        Position of the number of managers; negative if they do not matter.
    start, end : float

    Returns
    -------
    int
        How many; there is room for all (``Work.cuts``).
    """
    n = 0
    for k in range(p.cell_contract_start[cell], p.cell_contract_start[cell + 1]):
        v = p.contracts[k, KL_VENDOR]
        if w.n_delivered[v] > 1:
            n = note_cuts(w, n, w.delivered_time[v], w.n_delivered[v], start, end)
    if j >= 0 and w.n_absence[j] > 1:
        n = note_cuts(w, n, w.absence_time[j], w.n_absence[j], start, end)
    return n


@njit_part
def cover_per_head(w, cell, j, time):
    """Return the cover that a head of a cell gives at `time`, less for absent managers."""
    return w.cover_scale[cell] * present_at(w, j, time) if j >= 0 else w.cover_scale[cell]


@njit_part
def missed_by_vendors(t, p, w, cell, time):
    """Return the share of a service that is the vendors' and not delivered at `time`."""
    if p.cell_contract_start[cell + 1] == p.cell_contract_start[cell]:
        return 0.0
    return (1.0 - t.cells[cell, C_SHARE]) * (1.0 - delivered_at(t, p, w, cell, time))


@njit_part
def sweep_piece(w, pair, cell, row, is_table, i, since, until, scale, share, rest, out):
    """Add the integral of u over [since, until) by year, noting u's steps.

    Parameters
    ----------
    w : Work
    pair, cell : int
    row : int
        Row of heads over time.
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
    table, step_time, step_u = w.shortfall[cell], w.step_time[pair], w.step_u[pair]
    while i < n and times[i] <= since:
        i += 1
    heads = after[i - 1] if i > 0 else w.first_heads[row]
    k = w.n_step[pair]
    year = int(since)
    total = 0.0
    while since < until:
        u = min(share * shortfall(table, is_table, heads * scale) + rest, 1.0)
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


@njit_part
def sweep(t, p, w, pair, cell, row, j, start, end, dip, out):
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
    dip : float
    out : float64[n_year]
        Added to, in years.
    """
    if end <= start:
        return
    if p.cell_seat_start[cell] == p.cell_seat_start[cell + 1]:
        j = -1
    n_cut = list_cuts(p, w, cell, j, start, end)
    share, rest = t.cells[cell, C_SHARE], t.cells[cell, C_GAP] + dip
    if p.cells[cell, CL_UNFUNDED] == 1:
        share, rest = 0.0, 1.0
    is_table = p.cells[cell, CL_PRESENCE] == 1 or t.cells[cell, C_POSTS] <= 0.0
    scale = cover_per_head(w, cell, j, start)
    missed = missed_by_vendors(t, p, w, cell, start)
    since, move = start, 0
    for cut in range(n_cut + 1):
        until = w.cuts[cut] if cut < n_cut else end
        if until > since:
            move = sweep_piece(
                w, pair, cell, row, is_table, move, since, until, scale, share, rest + missed, out
            )
            since = until
        if cut < n_cut:
            scale = cover_per_head(w, cell, j, since)
            missed = missed_by_vendors(t, p, w, cell, since)


@njit_part
def integrate_uncovered(t, p, w, pair, target, j, out):
    """Write u of a service that moves to cell `target`: its steps, and its integral by year.

    `j` is the position of the strategy's number of managers.
    """
    fill(out, 0.0)
    w.n_step[pair] = 0
    horizon = float(out.size)
    current = p.cells[target, CL_CURRENT]
    if target == current:
        sweep(t, p, w, pair, target, target, j, 0.0, horizon, 0.0, out)
        return
    dip = t.cells[target, C_DIP]
    t_out = min(w.t_out[target], horizon)
    settled = min(t_out + t.cells[target, C_DIP_MONTHS] / MONTHS_PER_YEAR, horizon)
    before = t.cells.shape[0] + target
    sweep(t, p, w, pair, current, before, j, 0.0, t_out, dip, out)
    sweep(t, p, w, pair, target, target, j, t_out, settled, dip, out)
    sweep(t, p, w, pair, target, target, j, settled, horizon, 0.0, out)


@njit_part
def uncovered_at(w, pair, time):
    """Return u of a cell with its managers at `time`, from the steps noted."""
    # Halving without a branch to guess.
    first, n = 0, w.n_step[pair]
    while n > 1:
        half = n >> 1
        first = first + half if w.step_time[pair, first + half] <= time else first
        n -= half
    return w.step_u[pair, first]
