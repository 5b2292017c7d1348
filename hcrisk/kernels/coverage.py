"""Coverage: how much of a service nobody delivers, at a time and over time (model 4)."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.arrays import fill
from hcrisk.kernels.columns import (
    C_CALL_HOURS,
    C_CALL_PEOPLE,
    C_CAPABILITY,
    C_HOURS,
    C_NEED,
    C_OVERSIGHT,
    C_POSTS,
    C_UNMANAGED,
    CL_CURRENT,
    CL_PER_SITE,
    CL_PRESENCE,
    CL_SERVICE,
    K_QUALITY,
    K_SCOPE,
    KL_VENDOR,
    P_HOURS,
    P_SITES,
    R_BACKFILL,
    R_FTE,
    RU_LEAST,
    RU_TODAY,
    SL_INCUMBENT,
    SL_OPEN,
    SL_ROLE,
    V_ABSENCE,
    V_SICKNESS,
)
from hcrisk.kernels.growth import posts_growth, rounded_up
from hcrisk.kernels.knowledge import has_key_persons

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
        expected, probability = 0.0, 1.0
        # From the end that is likely: the other's probability may be too small for a number.
        if sickness <= 0.5:
            for _ in range(m):
                probability *= present
            for x in range(m, -1, -1):
                expected += max(posts - x, 0.0) * probability
                probability *= x / (m - x + 1.0) * (sickness / present)
        else:
            for _ in range(m):
                probability *= sickness
            for x in range(min(m + 1, math.ceil(posts))):
                expected += (posts - x) * probability
                probability *= (m - x) / (x + 1.0) * (present / sickness)
        out[m] = expected / posts


@njit
def heads_at_first(t, p, cell):
    """Return the effective FTE of a cell's seats before anybody comes or goes."""
    heads = 0.0
    for j in range(p.cell_seat_start[cell], p.cell_seat_start[cell + 1]):
        i = p.cell_seats[j]
        r = p.seats[i, SL_ROLE]
        work = 0.0
        if p.seats[i, SL_INCUMBENT] == 1:
            work = 1.0
        elif p.seats[i, SL_OPEN] == 1:
            work = t.roles[r, R_BACKFILL]
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


@njit
def tabulate_row(t, p, w, cell, row):
    """Write a cell's table of shortfalls for one number of posts, unless it is there."""
    if w.is_tabulated[row] == 0:
        sites = t.practice[0, P_SITES] if p.cells[cell, CL_PER_SITE] == 1 else 1.0
        sickness = t.services[p.cells[cell, CL_SERVICE], V_SICKNESS]
        tabulate_shortfall(p.cover_posts[row] / sites, sickness, w.shortfall[row])
        w.is_tabulated[row] = 1


@njit
def prepare_cover(t, p, w):
    """Write how the heads of each cell become cover: a scale, and a table for presence."""
    for cell in range(t.cells.shape[0]):
        posts = t.cells[cell, C_POSTS]
        service = p.cells[cell, CL_SERVICE]
        w.on_call[cell] = 0.0
        if p.cells[cell, CL_PRESENCE] == 1:
            sites = t.practice[0, P_SITES] if p.cells[cell, CL_PER_SITE] == 1 else 1.0
            working = t.practice[0, P_HOURS] * (1.0 - t.services[service, V_ABSENCE])
            hours, called = t.cells[cell, C_HOURS], t.cells[cell, C_CALL_HOURS]
            w.cover_scale[cell] = working / (hours - called) / sites
            for row in range(p.cover_row[cell], p.cover_row[cell + 1]):
                w.is_tabulated[row] = 0
            if p.has_growth == 0:
                tabulate_row(t, p, w, cell, p.cover_row[cell])
            if called > 0.0 and posts > 0.0:
                w.on_call[cell] = called / hours
                people = t.cells[cell, C_CALL_PEOPLE]
                w.on_call_reach[cell] = 1.0 / (w.cover_scale[cell] * people)
        else:
            w.cover_scale[cell] = 1.0 / posts if posts > 0.0 else 0.0
        w.managed[cell] = managed_share(t.cells, cell)
        w.key_persons[cell] = 1 if has_key_persons(t, p, cell) else 0
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


@njit
def cover_table(t, p, w, cell, m):
    """Return which table of shortfalls holds for a cell at step `m` of the demand.

    A practice that grows passes through few of the sizes it may have: a table is written when it
    is first asked for.
    """
    row, end = p.cover_row[cell], p.cover_row[cell + 1]
    if end - row > 1:
        service = p.cells[cell, CL_SERVICE]
        rule = p.post_rules[w.n_demand.size + cell]
        posts = max(rounded_up(rule[RU_TODAY] * w.demand_size[service, m]), rule[RU_LEAST])
        while row + 1 < end and p.cover_posts[row + 1] <= posts:
            row += 1
    if p.cells[cell, CL_PRESENCE] == 1:
        tabulate_row(t, p, w, cell, row)
    return row


@njit
def demand_growth(p, w, cell, m):
    """Return by how much a queue's posts have grown at step `m` of the demand."""
    service = p.cells[cell, CL_SERVICE]
    rule = w.n_demand.size + cell
    growth = posts_growth(p.post_rules, rule, w.demand_size[service, m], False)
    return growth * w.demand_peak[service, m]


@njit
def missing_share(w, cell, table, is_table, cover, effectiveness):
    """Return s: what the roster leaves, and of the hours on call what those leave.

    `table` is the row of shortfalls of presence coverage.
    """
    missing = shortfall(w.shortfall[table], is_table, cover)
    called = w.on_call[cell]
    if called == 0.0:
        return missing
    reached = effectiveness * min(cover * w.on_call_reach[cell], 1.0)
    return (1.0 - called) * missing + called * (1.0 - reached)


@njit
def vendor_delivers(w, v, time):
    """Return the share of its scope that vendor `v` delivers at `time`, and until when."""
    n, until = w.n_delivered[v] - 1, math.inf
    while n > 0 and w.delivered_time[v, n] > time:
        until = w.delivered_time[v, n]
        n -= 1
    return w.delivered[v, n], until


@njit
def delivered_at(t, p, w, cell, time):
    """Return the scope-weighted delivered share of a cell's vendors at `time`.

    Less what their work is worth, and what is lost of it because nobody manages them.
    """
    delivered = 0.0
    for k in range(p.cell_contract_start[cell], p.cell_contract_start[cell + 1]):
        share = t.contracts[k, K_SCOPE] * t.contracts[k, K_QUALITY]
        delivers, _ = vendor_delivers(w, p.contracts[k, KL_VENDOR], time)
        delivered += share * delivers
    return delivered * w.managed[cell]
