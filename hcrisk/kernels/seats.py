"""Seats: what those in them are paid, and what a vacancy costs (model 4)."""

from __future__ import annotations

from hcrisk.kernels._jit import njit
from hcrisk.kernels.arrays import fill
from hcrisk.kernels.columns import (
    BACKFILL,
    BENEFITS,
    CLOSED,
    MONTHS_PER_YEAR,
    PRICE,
    R_BACKFILL,
    R_FALLBACK,
    R_FALLBACK_MULTIPLE,
    R_FALLBACK_SHARE,
    R_FLAT,
    R_FTE,
    R_LOAD,
    R_MULTIPLE,
    R_RAISE,
    R_SHARE,
    RECRUITING,
    SALARIES,
    SL_INCUMBENT,
    SL_ROLE,
)


@njit
def add_pay(base, raise_rate, scale, start, end, out):
    """Add the pay of a spell to the years it falls in.

    Parameters
    ----------
    base : float64[n_year]
        Median pay of the role for one FTE.
    raise_rate : float
        Raise for each completed year of the spell.
    scale : float
        FTE times the spell's pay factor.
    start, end : float
        Times in years; `start` is the spell's first day.
    out : float64[n_year]
        Added to.
    """
    horizon = float(base.size)
    stop = min(end, horizon)
    t = start
    anniversary = 1
    while t < stop:
        y = int(t)
        until = min(y + 1.0, stop)
        if raise_rate != 0.0:
            until = min(until, start + anniversary)
        out[y] += (until - t) * base[y] * scale
        t = until
        if raise_rate != 0.0 and t >= start + anniversary:
            anniversary += 1
            scale *= 1.0 + raise_rate


@njit
def pay_at(base, raise_rate, scale, start, t):
    """Return the yearly pay at `t` of a spell that began at `start`."""
    anniversary = 1
    while raise_rate != 0.0 and start + anniversary <= t:
        anniversary += 1
        scale *= 1.0 + raise_rate
    return base[int(t)] * scale


@njit
def cost_seats(t, p, w):
    """Write pay, benefits, recruiting and an incumbent's backfill of every seat by year."""
    for i in range(p.seats.shape[0]):
        fill(w.seat_row[i], 0.0)
        flow = w.seat_flow[i]
        r = p.seats[i, SL_ROLE]
        fte = t.roles[r, R_FTE]
        for k in range(w.n_spell[i]):
            if w.spell_ramp[i, k] == CLOSED:
                continue
            start, factor = w.spell_start[i, k], w.spell_factor[i, k]
            add_pay(
                w.base[r],
                t.roles[r, R_RAISE],
                fte * factor,
                start,
                w.spell_end[i, k],
                flow[SALARIES],
            )
            if k > 0 or p.seats[i, SL_INCUMBENT] == 0:
                y = int(start)
                pay = fte * factor * w.base[r, y]
                flow[RECRUITING, y] += (
                    t.roles[r, R_FLAT] * w.index[PRICE, y] + t.roles[r, R_SHARE] * pay
                )
        if p.seats[i, SL_INCUMBENT] == 1:
            add_backfill(t.roles, w, r, i, 0.0, flow[BACKFILL])
        for y in range(w.discount.size):
            flow[BENEFITS, y] = t.roles[r, R_LOAD] * flow[SALARIES, y]


@njit
def add_backfill(roles, w, r, i, since, out):
    """Add what stands in for seat `i` while it is vacant, from `since` on."""
    horizon = float(out.size)
    vacant = 0.0
    for k in range(w.n_spell[i]):
        add_vacancy(roles, w.base[r], r, vacant, since, w.spell_start[i, k], out)
        vacant = w.spell_end[i, k]
    add_vacancy(roles, w.base[r], r, vacant, since, horizon, out)


@njit
def add_vacancy(roles, base, r, opened, since, end, out):
    """Add what stands in for a seat that is vacant from `opened` to `end` costs, from `since` on.

    Contractors at first, a partner once it has been open for long.
    """
    partner = opened + roles[r, R_FALLBACK] / MONTHS_PER_YEAR
    start = max(opened, since)
    yearly = roles[r, R_BACKFILL] * roles[r, R_MULTIPLE] * roles[r, R_FTE]
    if yearly != 0.0:
        add_flow(base, yearly, start, min(end, partner), out)
    if partner < end:
        yearly = roles[r, R_FALLBACK_SHARE] * roles[r, R_FALLBACK_MULTIPLE] * roles[r, R_FTE]
        add_flow(base, yearly, max(start, partner), end, out)


@njit
def add_flow(index, yearly, start, end, out):
    """Add ``yearly * index[y]`` per year over [start, end) to the years it falls in."""
    stop = min(end, float(out.size))
    t = max(start, 0.0)
    while t < stop:
        y = int(t)
        until = min(y + 1.0, stop)
        out[y] += (until - t) * yearly * index[y]
        t = until


@njit
def count_departures(p, w, i):
    """Return how often somebody leaves seat `i` before the horizon."""
    left = 0
    for k in range(w.n_spell[i]):
        if w.spell_end[i, k] < w.discount.size and w.spell_ramp[i, k] != CLOSED:
            left += 1
    return left
