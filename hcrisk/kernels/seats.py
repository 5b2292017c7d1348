"""Seats: who fills them when, what they are paid, what a vacancy costs (model 4)."""

from __future__ import annotations

import math

import numpy as np

from hcrisk.kernels._jit import njit, njit_part
from hcrisk.kernels.arrays import fill
from hcrisk.kernels.batches import draw_laws, exponentials, uniforms, whole_lanes
from hcrisk.kernels.calls import exp
from hcrisk.kernels.columns import (
    ATTRITION,
    BACKFILL,
    BENEFITS,
    C_PARALLEL,
    CLOSED,
    DAYS_PER_YEAR,
    MONTHS_PER_YEAR,
    P_ANNOUNCE,
    P_MANAGER_PARALLEL,
    PRICE,
    R_BACKFILL,
    R_ELASTICITY,
    R_FALLBACK,
    R_FALLBACK_MULTIPLE,
    R_FALLBACK_SHARE,
    R_FLAT,
    R_FTE,
    R_LOAD,
    R_MULTIPLE,
    R_PREMIUM,
    R_RAISE,
    R_RATE,
    R_SHARE,
    R_UNFILLABLE,
    RECRUITING,
    RL_DISPERSION,
    RL_FILL,
    RL_RAMP,
    S_TENURE,
    SALARIES,
    SK_PAY,
    SK_RAMP,
    SK_STAY,
    SL_DISPLACED,
    SL_FILL,
    SL_FIRST,
    SL_INCUMBENT,
    SL_ROLE,
)
from hcrisk.kernels.growth import wanted_from, wanted_until
from hcrisk.kernels.tenure import equilibrium_piece, hazard_scales, stay_end, tabulate_stay


@njit_part
def prepare_roles(t, p, w):
    """Write each role's hazard: its scale, its rate after a raise, survival at the breaks."""
    roles, breaks, factors = t.roles, p.tenure_breaks, p.tenure_factors
    n = roles.shape[0]
    for r in range(n):
        w.attrition[r] = roles[r, R_RATE]
    hazard_scales(w.attrition, breaks, factors, n, w.scale, w.newton)
    for r in range(n):
        w.hazard[r] = w.scale[r] * exp(-roles[r, R_ELASTICITY] * roles[r, R_RAISE])
        w.stay[r] = w.newton[0, r]
        tabulate_stay(w.scale[r], breaks, factors, w.survival[r], w.stayed[r])
    longest = t.practice[0, P_MANAGER_PARALLEL]
    for cell in range(t.cells.shape[0]):
        longest = max(longest, t.cells[cell, C_PARALLEL])
    # Years, begun ones included, within which every change of arrangement is over.
    w.change_years[0] = int(min(longest / MONTHS_PER_YEAR, float(w.discount.size))) + 1


@njit_part
def fill_seats(t, p, w, path, g):
    """Write the spells of every seat: start, end, ramp and pay factor.

    An incumbent's first spell starts at 0 without ramp; every other is a hire's, or one during
    which nobody wants the seat (its ramp is ``CLOSED``). The first hires of all open seats are
    drawn together, then the second, and so on.

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
    n_year = float(w.discount.size)
    age_incumbents(t, p, w, g)
    n = 0
    for i in range(p.seats.shape[0]):
        opening = 0.0
        w.n_spell[i], w.n_held[i] = 0, 0
        w.n_drawn[i] = p.seats[i, SL_FILL]
        if p.seats[i, SL_INCUMBENT] == 1:
            opening = start_incumbent(t, p, w, i, g)
        if p.has_growth == 1:
            opening = reopen(p, w, i, opening)
            if opening < 0.0:
                return 1
        if opening < n_year:
            w.open_seat[n], w.open_time[n] = i, opening
            n += 1
    while n > 0:
        draw_hires(t, p, w, path, n)
        n = start_hires(t, p, w, n)
    return -n


@njit_part
def age_incumbents(t, p, w, g):
    """Write every incumbent's tenure at time 0, given or drawn."""
    n = p.seats.shape[0]
    for i in range(n):
        tenure, rate, share = t.seats[i, S_TENURE], math.inf, 1.0
        r = p.seats[i, SL_ROLE]
        if math.isnan(tenure):
            tenure = 0.0
            if p.seats[i, SL_INCUMBENT] == 1 and w.scale[r] > 0.0:
                u = w.first[p.row_seat + p.seats[i, SL_FIRST], g]
                tenure, rate, share = equilibrium_piece(
                    u,
                    w.stay[r],
                    w.scale[r],
                    p.tenure_breaks,
                    p.tenure_factors,
                    w.survival[r],
                    w.stayed[r],
                )
        w.tenure[i], w.tenure_rate[i], w.drawn[i] = tenure, rate, share
    exponentials(w.drawn, 0, whole_lanes(0, n))
    for i in range(n):
        w.tenure[i] += w.drawn[i] / w.tenure_rate[i]


@njit_part
def start_incumbent(t, p, w, i, g):
    """Write the first spell of an incumbent, and when it ends if displaced; return its end."""
    r = p.seats[i, SL_ROLE]
    breaks, factors, level = p.tenure_breaks, p.tenure_factors, w.index[ATTRITION]
    n_year = w.discount.size
    tenure = w.tenure[i]
    threshold = w.first[p.row_seat + p.seats[i, SL_FIRST] + 1, g]
    end = stay_end(0.0, tenure, threshold, w.hazard[r], breaks, factors, level, n_year)
    if p.seats[i, SL_DISPLACED] == 1:
        sooner = w.hazard[r] * t.practice[0, P_ANNOUNCE]
        # Displaced staff are looked at until the last change only.
        n_year = min(n_year, w.change_years[0])
        w.gone[i] = stay_end(0.0, tenure, threshold, sooner, breaks, factors, level, n_year)
    w.spell_start[i, 0], w.spell_end[i, 0] = 0.0, end
    w.spell_ramp[i, 0], w.spell_factor[i, 0] = 0.0, 1.0
    w.n_spell[i], w.n_held[i] = 1, 1
    return end


@njit_part
def reopen(p, w, i, time):
    """Return when seat `i`, empty at `time`, opens; it is closed until then.

    Returns
    -------
    float
        `time` itself if the seat is wanted then, infinity if it is wanted no more; -1 if there
        is no room for a spell.
    """
    opening = wanted_from(p, w, i, time)
    if opening > time:
        k = w.n_spell[i]
        if k == w.spell_start.shape[1]:
            return -1.0
        w.spell_start[i, k], w.spell_end[i, k] = time, opening
        w.spell_ramp[i, k], w.spell_factor[i, k] = CLOSED, 0.0
        w.n_spell[i] = k + 1
    return opening


@njit_part
def draw_hires(t, p, w, path, n):
    """Draw the next hire of the first `n` open seats into ``w.drawn``.

    A quarter each: time to fill (days), pay factor, ramp (months), and the exponential variable
    that ends the stay; ``w.found`` is 0 where nobody is found.
    """
    for j in range(n):
        i = w.open_seat[j]
        k = np.uint64(w.n_drawn[i])
        r = p.seats[i, SL_ROLE]
        w.draw_law[j] = p.role_laws[r, RL_FILL]
        w.draw_law[n + j] = p.role_laws[r, RL_DISPERSION]
        w.draw_law[2 * n + j] = p.role_laws[r, RL_RAMP]
        w.draw_key[j], w.draw_step[j] = p.seat_keys[i, SK_STAY], k + k
        w.draw_key[n + j], w.draw_step[n + j] = p.seat_keys[i, SK_PAY], k
        w.draw_key[2 * n + j], w.draw_step[2 * n + j] = p.seat_keys[i, SK_RAMP], k
        w.draw_key[3 * n + j] = p.seat_keys[i, SK_STAY]
        w.draw_step[3 * n + j] = k + k + np.uint64(1)
    uniforms(w.draw_key, path, w.draw_step, whole_lanes(0, 4 * n), w.drawn)
    for j in range(n):
        unfillable = t.roles[p.seats[w.open_seat[j], SL_ROLE], R_UNFILLABLE]
        w.found[j] = 1 if w.drawn[j] <= 1.0 - unfillable else 0
        w.drawn[j] /= 1.0 - unfillable
    # Ramps apart: seldom normal, unlike the others.
    draw_laws(t.laws, w.draw_law, p.quantile_tables, w.drawn, 0, 2 * n, w.normals)
    draw_laws(t.laws, w.draw_law, p.quantile_tables, w.drawn, 2 * n, 3 * n, w.normals)
    exponentials(w.drawn, 3 * n, whole_lanes(3 * n, 4 * n))


@njit_part
def start_hires(t, p, w, n):
    """Write the spells of the hires drawn for `n` open seats.

    Returns
    -------
    int
        How many seats open again before the horizon; -1 if a seat has no room for a spell.
    """
    n_year = float(w.discount.size)
    breaks, factors, level = p.tenure_breaks, p.tenure_factors, w.index[ATTRITION]
    again = 0
    for j in range(n):
        i = w.open_seat[j]
        opening = math.inf
        if p.has_growth == 1:
            opening = wanted_until(p, w, i, w.open_time[j])
        start = w.open_time[j] + w.drawn[j] / DAYS_PER_YEAR if w.found[j] == 1 else math.inf
        w.n_drawn[i] += 1
        if start < min(opening, n_year):
            r, k = p.seats[i, SL_ROLE], w.n_spell[i]
            if k == w.spell_start.shape[1]:
                return -1
            stay = w.drawn[3 * n + j]
            opening = stay_end(
                start, 0.0, stay, w.hazard[r], breaks, factors, level, w.discount.size
            )
            w.spell_start[i, k], w.spell_end[i, k] = start, opening
            w.spell_ramp[i, k] = w.drawn[2 * n + j] / MONTHS_PER_YEAR
            pay = w.drawn[n + j]
            w.spell_factor[i, k] = pay * (1.0 + t.roles[r, R_PREMIUM]) if w.n_held[i] > 0 else pay
            w.n_spell[i] = k + 1
            w.n_held[i] += 1
        if opening < n_year and p.has_growth == 1:
            opening = reopen(p, w, i, opening)
            if opening < 0.0:
                return -1
        if opening < n_year:
            w.open_seat[again], w.open_time[again] = i, opening
            again += 1
    return again


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


@njit_part
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


@njit_part
def add_backfill(roles, w, r, i, since, out):
    """Add what stands in for seat `i` while it is vacant, from `since` on."""
    horizon = float(out.size)
    vacant = 0.0
    for k in range(w.n_spell[i]):
        add_vacancy(roles, w.base[r], r, vacant, since, w.spell_start[i, k], out)
        vacant = w.spell_end[i, k]
    add_vacancy(roles, w.base[r], r, vacant, since, horizon, out)


@njit_part
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


@njit_part
def count_departures(p, w, i):
    """Return how often somebody leaves seat `i` before the horizon."""
    left = 0
    for k in range(w.n_spell[i]):
        if w.spell_end[i, k] < w.discount.size and w.spell_ramp[i, k] != CLOSED:
            left += 1
    return left
