"""Seats: who fills them when, what they are paid, what a vacancy costs (model 4)."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.arrays import clear
from hcrisk.kernels.calls import exp, log
from hcrisk.kernels.columns import (
    DAYS_PER_YEAR,
    MONTHS_PER_YEAR,
    P_ANNOUNCE,
    PRICE,
    R_BACKFILL,
    R_ELASTICITY,
    R_FLAT,
    R_FTE,
    R_MULTIPLE,
    R_PREMIUM,
    R_RAISE,
    R_RATE,
    R_SHARE,
    R_START,
    R_UNFILLABLE,
    RAMP_STEPS,
    RL_DISPERSION,
    RL_FILL,
    RL_RAMP,
    S_TENURE,
    SK_PAY,
    SK_RAMP,
    SK_STAY,
    SL_DISPLACED,
    SL_FIRST,
    SL_INCUMBENT,
    SL_ROLE,
)
from hcrisk.kernels.draws import draw_named
from hcrisk.kernels.laws import draw_law
from hcrisk.kernels.philox import uniform_call
from hcrisk.kernels.tenure import equilibrium_tenure, hazard_scale, stay_end


@njit
def draw_fill(laws, law, tables, unfillable, u):
    """Return a time to fill in years, infinite for an unfillable share of openings."""
    if u > 1.0 - unfillable:
        return math.inf
    return draw_law(laws, law, tables, u / (1.0 - unfillable)) / DAYS_PER_YEAR


@njit
def scale_hazards(roles, breaks, factors, scale):
    """Write the hazard scale of each role."""
    for r in range(roles.shape[0]):
        scale[r] = hazard_scale(roles[r, R_RATE], breaks, factors)


@njit
def fill_seats(t, p, w, path, g):
    """Write the spells of every seat: start, end, ramp and pay factor.

    Spell k of an incumbent starts at 0 without ramp for k = 0; every other spell k is hire k.

    Parameters
    ----------
    t : Tables
    p : Links
    w : Work
        ``spell_*``, ``n_spell`` and ``gone`` are overwritten.
    path : uint64
    g : int
        The path's column in ``w.first``.

    Returns
    -------
    int
        1 if a seat needs more spells than there is room for, else 0.
    """
    roles, breaks, factors = t.roles, p.tenure_breaks, p.tenure_factors
    level = w.index[2]
    n_year = level.size
    room = w.spell_start.shape[1]
    for i in range(p.seats.shape[0]):
        r = p.seats[i, SL_ROLE]
        row = p.row_seat + p.seats[i, SL_FIRST]
        rate = w.scale[r] * exp(-roles[r, R_ELASTICITY] * roles[r, R_RAISE])
        key = p.seat_keys[i, SK_STAY]
        k = 0
        if p.seats[i, SL_INCUMBENT] == 1:
            tenure = t.seats[i, S_TENURE]
            if math.isnan(tenure):
                tenure = equilibrium_tenure(w.first[row, g], w.scale[r], breaks, factors)
            threshold = -log(w.first[row + 1, g])
            start = 0.0
            end = stay_end(0.0, tenure, threshold, rate, breaks, factors, level)
            if p.seats[i, SL_DISPLACED] == 1:
                sooner = rate * t.practice[0, P_ANNOUNCE]
                w.gone[i] = stay_end(0.0, tenure, threshold, sooner, breaks, factors, level)
            w.spell_ramp[i, 0] = 0.0
            w.spell_factor[i, 0] = 1.0
        else:
            start = draw_fill(
                t.laws,
                p.role_laws[r, RL_FILL],
                p.quantile_tables,
                roles[r, R_UNFILLABLE],
                w.first[row, g],
            )
            end = 0.0
            if start < n_year:
                threshold = -log(w.first[row + 1, g])
                end = stay_end(start, 0.0, threshold, rate, breaks, factors, level)
                hire(t, p, w, i, r, 0, path)
        while start < n_year:
            w.spell_start[i, k] = start
            w.spell_end[i, k] = end
            k += 1
            if end >= n_year:
                break
            if k == room:
                return 1
            u = uniform_call(key, path, 2 * k)
            law = p.role_laws[r, RL_FILL]
            start = end + draw_fill(t.laws, law, p.quantile_tables, roles[r, R_UNFILLABLE], u)
            if start < n_year:
                threshold = -log(uniform_call(key, path, 2 * k + 1))
                end = stay_end(start, 0.0, threshold, rate, breaks, factors, level)
                hire(t, p, w, i, r, k, path)
        w.n_spell[i] = k
    return 0


@njit
def hire(t, p, w, i, r, k, path):
    """Write the ramp (years) and pay factor of hire `k` of seat `i`."""
    ramp = draw_named(t, p, p.role_laws[r, RL_RAMP], p.seat_keys[i, SK_RAMP], path, k)
    pay = draw_named(t, p, p.role_laws[r, RL_DISPERSION], p.seat_keys[i, SK_PAY], path, k)
    w.spell_ramp[i, k] = ramp / MONTHS_PER_YEAR
    w.spell_factor[i, k] = pay * (1.0 + t.roles[r, R_PREMIUM]) if k > 0 else pay


@njit
def productivity(roles, w, r, i, t):
    """Return the share of its work that seat `i` does at time `t`, backfill included."""
    for k in range(w.n_spell[i] - 1, -1, -1):
        if t >= w.spell_start[i, k]:
            if t >= w.spell_end[i, k]:
                break
            step = ramp_step(w.spell_start[i, k], w.spell_ramp[i, k], t)
            return step_productivity(roles[r, R_START], step)
    return roles[r, R_BACKFILL]


@njit
def ramp_step(start, ramp, t):
    """Return how many of the ramp's eight steps lie behind at `t`."""
    step = 0
    while step < RAMP_STEPS and start + ramp * (step + 1) / RAMP_STEPS <= t:
        step += 1
    return step


@njit
def step_productivity(start_productivity, step):
    """Return the productivity on a step of the ramp, its midpoint; 1 after the last.

    Examples
    --------
    >>> step_productivity(0.2, 0), step_productivity(0.2, 8)
    (0.25, 1.0)
    """
    if step >= RAMP_STEPS:
        return 1.0
    return start_productivity + (1.0 - start_productivity) * (step + 0.5) / RAMP_STEPS


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
    """Write pay and recruiting of every seat by year, over its own spells."""
    clear(w.seat_pay)
    clear(w.seat_recruiting)
    for i in range(p.seats.shape[0]):
        r = p.seats[i, SL_ROLE]
        fte = t.roles[r, R_FTE]
        for k in range(w.n_spell[i]):
            start, factor = w.spell_start[i, k], w.spell_factor[i, k]
            add_pay(
                w.base[r],
                t.roles[r, R_RAISE],
                fte * factor,
                start,
                w.spell_end[i, k],
                w.seat_pay[i],
            )
            if k > 0 or p.seats[i, SL_INCUMBENT] == 0:
                y = int(start)
                pay = fte * factor * w.base[r, y]
                w.seat_recruiting[i, y] += (
                    t.roles[r, R_FLAT] * w.index[PRICE, y] + t.roles[r, R_SHARE] * pay
                )


@njit
def add_backfill(roles, w, r, i, since, out):
    """Add what contractors cost while seat `i` is vacant from `since` on."""
    yearly = roles[r, R_BACKFILL] * roles[r, R_MULTIPLE] * roles[r, R_FTE]
    if yearly == 0.0:
        return
    horizon = float(out.size)
    vacant = 0.0
    for k in range(w.n_spell[i]):
        add_flow(w.base[r], yearly, max(vacant, since), w.spell_start[i, k], out)
        vacant = w.spell_end[i, k]
    add_flow(w.base[r], yearly, max(vacant, since), horizon, out)


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
    n = w.n_spell[i]
    if n > 0 and w.spell_end[i, n - 1] >= w.discount.size:
        return n - 1
    return n
