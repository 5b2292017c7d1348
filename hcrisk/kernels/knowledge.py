"""What leaves with a person: a service is less covered for some time after (model 4)."""

from __future__ import annotations

from hcrisk.kernels._jit import njit
from hcrisk.kernels.columns import (
    CLOSED,
    MONTHS_PER_YEAR,
    R_KEY_DIP,
    R_KEY_MONTHS,
    SL_INCUMBENT,
    SL_ROLE,
)


@njit
def has_key_persons(t, p, cell):
    """Return whether anybody in a cell takes something along."""
    for j in range(p.cell_seat_start[cell], p.cell_seat_start[cell + 1]):
        if t.roles[p.seats[p.cell_seats[j], SL_ROLE], R_KEY_DIP] > 0.0:
            return True
    return False


@njit
def list_losses(t, p, w, cell, target, out):
    """Write when people leave a cell, and when that is overcome; return how many times.

    Parameters
    ----------
    t, p, w : Tables, Links, Work
    cell : int
        The cell in force.
    target : int
        The cell that the service moves to.
    out : float64[n]
        Overwritten with pairs of times, unsorted.
    """
    horizon = float(w.discount.size)
    n = 0
    for j in range(p.cell_seat_start[target], p.cell_seat_start[target + 1]):
        i = p.cell_seats[j]
        r = p.seats[i, SL_ROLE]
        if t.roles[r, R_KEY_DIP] <= 0.0 or not works_in(p, cell, target, i):
            continue
        years = t.roles[r, R_KEY_MONTHS] / MONTHS_PER_YEAR
        for k in range(w.n_spell[i]):
            if w.spell_end[i, k] < horizon and w.spell_ramp[i, k] != CLOSED:
                out[n], out[n + 1] = w.spell_end[i, k], w.spell_end[i, k] + years
                n += 2
    if cell == target:
        return n
    for j in range(p.cell_displaced_start[target], p.cell_displaced_start[target + 1]):
        i = p.cell_displaced[j]
        r = p.seats[i, SL_ROLE]
        if t.roles[r, R_KEY_DIP] > 0.0 and w.gone[i] < horizon:
            years = t.roles[r, R_KEY_MONTHS] / MONTHS_PER_YEAR
            out[n], out[n + 1] = w.gone[i], w.gone[i] + years
            n += 2
    return n


@njit
def lost_at(t, p, w, cell, target, time):
    """Return what a cell lacks at `time` because people left it."""
    lost = 0.0
    for j in range(p.cell_seat_start[target], p.cell_seat_start[target + 1]):
        i = p.cell_seats[j]
        r = p.seats[i, SL_ROLE]
        dip = t.roles[r, R_KEY_DIP]
        if dip <= 0.0 or not works_in(p, cell, target, i):
            continue
        years = t.roles[r, R_KEY_MONTHS] / MONTHS_PER_YEAR
        for k in range(w.n_spell[i]):
            end = w.spell_end[i, k]
            if end <= time < end + years and w.spell_ramp[i, k] != CLOSED:
                lost += dip
    if cell == target:
        return lost
    for j in range(p.cell_displaced_start[target], p.cell_displaced_start[target + 1]):
        i = p.cell_displaced[j]
        r = p.seats[i, SL_ROLE]
        years = t.roles[r, R_KEY_MONTHS] / MONTHS_PER_YEAR
        if w.gone[i] <= time < w.gone[i] + years:
            lost += t.roles[r, R_KEY_DIP]
    return lost


@njit
def works_in(p, cell, target, i):
    """Return whether seat `i` of `target` works while `cell` is in force.

    Before a change only those who are there already do.
    """
    return cell == target or p.seats[i, SL_INCUMBENT] == 1
