"""Seats: who fills them when, for a whole group of paths (model 4)."""

from __future__ import annotations

import math

import numpy as np

from hcrisk.kernels import elementary
from hcrisk.kernels._jit import njit
from hcrisk.kernels.batches import draw_same_law, exponentials, uniforms, whole_lanes
from hcrisk.kernels.columns import (
    CLOSED,
    DAYS_PER_YEAR,
    MONTHS_PER_YEAR,
    RL_DISPERSION,
    RL_FILL,
    RL_RAMP,
    SK_PAY,
    SK_RAMP,
    SK_STAY,
    SL_DISPLACED,
    SL_FILL,
    SL_FIRST,
    SL_INCUMBENT,
    SL_ROLE,
)
from hcrisk.kernels.crowd import SP_END, SP_FACTOR, SP_RAMP, SP_START
from hcrisk.kernels.growth import wanted_from, wanted_until
from hcrisk.kernels.laws import draw_law
from hcrisk.kernels.tenure import equilibrium_pieces, hazard_scales, stay_end, tabulate_stays


@njit
def draw_for_paths(t, p, c, law, path, u, first, end):
    """Turn uniforms into draws of a law, in place: item j is on path ``path[j]``."""
    slot = c.law_slot[law]
    if slot < 0:
        draw_same_law(t.laws, law, p.quantile_tables, u, first, end, c.quantile)
        return
    for j in range(first, end):
        u[j] = draw_law(c.laws[path[j]], slot, p.quantile_tables, u[j])


@njit
def prepare_roles(p, c, n):
    """Write each role's hazard: its scale, its rate after a raise, survival at the breaks."""
    breaks, factors = p.tenure_breaks, p.tenure_factors
    for r in range(c.scale.shape[0]):
        hazard_scales(c.attrition[r], breaks, factors, n, c.scale[r], c.newton[r])
        damp(c.scale[r], c.damping[r], n, c.hazard[r])
        tabulate_stays(c.scale[r], breaks, factors, n, c.survival[r], c.stayed[r])


@njit
def damp(scale, damping, n, hazard):
    """Write what raises leave of a hazard."""
    for g in range(n):
        hazard[g] = scale[g] * elementary.exp(damping[g])


@njit
def fill_seats(t, p, w, c, first_path, n):
    """Write the spells of every seat on `n` paths: start, end, ramp and pay factor.

    An incumbent's first spell starts at 0 without ramp; every other is a hire's, or one during
    which nobody wants the seat (its ramp is ``CLOSED``). The first hires of all open seats are
    drawn together, then the second, and so on.

    Parameters
    ----------
    t : Tables
    p : Links
    w : Work
    c : Crowd
        ``spells``, ``n_spell`` and ``gone`` are overwritten.
    first_path : uint64
    n : int

    Returns
    -------
    int
        1 if a seat needs more spells than there is room for, else 0.
    """
    n_open = 0
    for i in range(p.seats.shape[0]):
        if p.seats[i, SL_INCUMBENT] == 1:
            age_incumbent(p, w, c, i, n)
        for g in range(n):
            opening = 0.0
            c.n_spell[g, i], c.n_held[g, i] = 0, 0
            if p.seats[i, SL_INCUMBENT] == 1:
                opening = start_incumbent(p, w, c, i, g)
            n_open = open_item(p, c, n_open, i, g, opening, p.seats[i, SL_FILL])
            if n_open < 0:
                return 1
    while n_open > 0:
        draw_hires(t, p, c, first_path, n_open)
        n_open = start_hires(p, c, n_open)
    return -n_open


@njit
def age_incumbent(p, w, c, i, n):
    """Write the tenure at time 0 of an incumbent on `n` paths, given or drawn."""
    r, age, u = p.seats[i, SL_ROLE], c.tenure[i], w.first[p.row_seat + p.seats[i, SL_FIRST]]
    scale, rate, share = c.scale[r], c.scratch[0], c.scratch[1]
    equilibrium_pieces(
        u,
        c.newton[r, 0],
        scale,
        p.tenure_breaks,
        p.tenure_factors,
        c.survival[r],
        c.stayed[r],
        n,
        age,
        rate,
        share,
    )
    exponentials(share, 0, n)
    for g in range(n):
        given = c.given_tenure[i, g]
        drawn = age[g] + share[g] / rate[g] if scale[g] > 0.0 else 0.0
        age[g] = drawn if math.isnan(given) else given


@njit
def start_incumbent(p, w, c, i, g):
    """Write the first spell of an incumbent, and when it ends if displaced; return its end."""
    r, tenure, level = p.seats[i, SL_ROLE], c.tenure[i, g], c.level[g]
    breaks, factors = p.tenure_breaks, p.tenure_factors
    threshold = w.first[p.row_seat + p.seats[i, SL_FIRST] + 1, g]
    end = stay_end(0.0, tenure, threshold, c.hazard[r, g], breaks, factors, level, p.n_year)
    if p.seats[i, SL_DISPLACED] == 1:
        sooner = c.hazard[r, g] * c.announce[g]
        # Displaced staff are looked at until the last change only.
        n_year = min(p.n_year, c.change_years[g])
        c.gone[g, i] = stay_end(0.0, tenure, threshold, sooner, breaks, factors, level, n_year)
    write_spell(c, i, g, 0, 0.0, end, 0.0, 1.0)
    c.n_spell[g, i], c.n_held[g, i] = 1, 1
    return end


@njit
def write_spell(c, i, g, k, start, end, ramp, factor):
    """Write spell `k` of seat `i` on path `g`."""
    spell = c.spells[g, i, k]
    spell[SP_START], spell[SP_END], spell[SP_RAMP], spell[SP_FACTOR] = start, end, ramp, factor


@njit
def open_item(p, c, n, i, g, time, number):
    """List seat `i` of path `g`, empty at `time`, as item `n` if it opens before the horizon.

    Parameters
    ----------
    p, c : Links, Crowd
    n : int
        How many items are listed.
    i, g : int
    time : float
    number : int
        How many hires have been drawn for the seat.

    Returns
    -------
    int
        How many items are listed then; -1 if there is no room for a spell.
    """
    opening = time
    if p.has_growth == 1:
        # Closed until it is wanted, which may be never.
        opening = wanted_from(p, c, i, g, time)
        if time < p.n_year and opening > time:
            k = c.n_spell[g, i]
            if k == c.spells.shape[2]:
                return -1
            write_spell(c, i, g, k, time, opening, CLOSED, 0.0)
            c.n_spell[g, i] = k + 1
    if opening >= p.n_year:
        return n
    c.item_seat[n], c.item_path[n], c.item_time[n], c.item_number[n] = i, g, opening, number
    return n + 1


@njit
def draw_hires(t, p, c, first_path, n):
    """Draw the next hire of `n` open seats.

    ``fill`` is the time to fill (days), ``factor`` that of the pay, ``ramp`` in months, ``stay``
    the exponential variable that ends the stay; ``item_found`` is 0 where nobody is found.
    """
    for j in range(n):
        i, k = c.item_seat[j], np.uint64(c.item_number[j])
        c.path_key[j] = first_path + np.uint64(c.item_path[j])
        c.stay_key[j], c.pay_key[j] = p.seat_keys[i, SK_STAY], p.seat_keys[i, SK_PAY]
        c.ramp_key[j] = p.seat_keys[i, SK_RAMP]
        c.fill_step[j], c.stay_step[j], c.item_step[j] = k + k, k + k + np.uint64(1), k
    end = whole_lanes(0, n)
    uniforms(c.stay_key, c.path_key, c.fill_step, end, c.fill)
    uniforms(c.pay_key, c.path_key, c.item_step, end, c.factor)
    uniforms(c.ramp_key, c.path_key, c.item_step, end, c.ramp)
    uniforms(c.stay_key, c.path_key, c.stay_step, end, c.stay)
    exponentials(c.stay, 0, end)
    first = 0
    while first < n:
        r = p.seats[c.item_seat[first], SL_ROLE]
        end = role_end(p, c, first, n)
        find_hires(c, r, first, end)
        draw_for_paths(t, p, c, p.role_laws[r, RL_FILL], c.item_path, c.fill, first, end)
        draw_for_paths(t, p, c, p.role_laws[r, RL_DISPERSION], c.item_path, c.factor, first, end)
        draw_for_paths(t, p, c, p.role_laws[r, RL_RAMP], c.item_path, c.ramp, first, end)
        first = end


@njit
def role_end(p, c, first, n):
    """Return up to which item all have the role of item `first`."""
    r, end = p.seats[c.item_seat[first], SL_ROLE], first + 1
    while end < n and p.seats[c.item_seat[end], SL_ROLE] == r:
        end += 1
    return end


@njit
def find_hires(c, r, first, end):
    """Write for which items of role `r` somebody is found, and the uniform of how soon."""
    for j in range(first, end):
        findable = 1.0 - c.unfillable[r, c.item_path[j]]
        c.item_found[j] = 1 if c.fill[j] <= findable else 0
        c.fill[j] /= findable


@njit
def start_hires(p, c, n):
    """Write the spells of the hires drawn for `n` open seats.

    Returns
    -------
    int
        How many seats open again before the horizon; -1 if a seat has no room for a spell.
    """
    again = 0
    for j in range(n):
        i, g = c.item_seat[j], c.item_path[j]
        opening = math.inf
        if p.has_growth == 1:
            opening = wanted_until(p, c, i, g, c.item_time[j])
        start = c.item_time[j] + c.fill[j] / DAYS_PER_YEAR if c.item_found[j] == 1 else math.inf
        if start < min(opening, float(p.n_year)):
            k = c.n_spell[g, i]
            if k == c.spells.shape[2]:
                return -1
            opening = start_hire(p, c, j, start)
        again = open_item(p, c, again, i, g, opening, c.item_number[j] + 1)
        if again < 0:
            return -1
    return again


@njit
def start_hire(p, c, j, start):
    """Write the spell of the hire drawn for item `j`; return its end."""
    i, g = c.item_seat[j], c.item_path[j]
    r, k = p.seats[i, SL_ROLE], c.n_spell[g, i]
    breaks, factors, hazard = p.tenure_breaks, p.tenure_factors, c.hazard[r, g]
    end = stay_end(start, 0.0, c.stay[j], hazard, breaks, factors, c.level[g], p.n_year)
    pay = c.factor[j]
    factor = pay * (1.0 + c.premium[r, g]) if c.n_held[g, i] > 0 else pay
    write_spell(c, i, g, k, start, end, c.ramp[j] / MONTHS_PER_YEAR, factor)
    c.n_spell[g, i] = k + 1
    c.n_held[g, i] += 1
    return end
