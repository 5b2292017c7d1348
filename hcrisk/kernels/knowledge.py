"""What leaves with a person: a service is less covered for some time after (model 4)."""

from __future__ import annotations

from hcrisk.kernels._jit import njit
from hcrisk.kernels.columns import (
    CLOSED,
    LS_SHARE,
    LS_SINCE,
    LS_UNTIL,
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
    """Write when people leave a cell, when that is overcome, and what is lacking until then.

    Parameters
    ----------
    t, p, w : Tables, Links, Work
    cell : int
        The cell in force.
    target : int
        The cell that the service moves to.
    out : float64[LOSS_WIDTH, n]
        Overwritten, unsorted.

    Returns
    -------
    int
        How many.
    """
    horizon = float(w.discount.size)
    n = 0
    for j in range(p.cell_seat_start[target], p.cell_seat_start[target + 1]):
        i = p.cell_seats[j]
        r = p.seats[i, SL_ROLE]
        if t.roles[r, R_KEY_DIP] <= 0.0 or not works_in(p, cell, target, i):
            continue
        for k in range(w.n_spell[i]):
            if w.spell_end[i, k] < horizon and w.spell_ramp[i, k] != CLOSED:
                n = note_loss(t.roles, r, w.spell_end[i, k], out, n)
    if cell == target:
        return n
    for j in range(p.cell_displaced_start[target], p.cell_displaced_start[target + 1]):
        i = p.cell_displaced[j]
        r = p.seats[i, SL_ROLE]
        if t.roles[r, R_KEY_DIP] > 0.0 and w.gone[i] < horizon:
            n = note_loss(t.roles, r, w.gone[i], out, n)
    return n


@njit
def note_loss(roles, r, time, out, n):
    """Write that somebody of role `r` leaves, as loss `n`; return how many there are then."""
    out[LS_SINCE, n] = time
    out[LS_UNTIL, n] = time + roles[r, R_KEY_MONTHS] / MONTHS_PER_YEAR
    out[LS_SHARE, n] = roles[r, R_KEY_DIP]
    return n + 1


@njit
def lost_at(losses, n, time):
    """Return what is lacking at `time` because people left, given the first `n` losses.

    Examples
    --------
    >>> import numpy as np
    >>> losses = np.array([[0.5, 1.0], [1.5, 2.0], [0.1, 0.2]])
    >>> lost_at(losses, 2, 0.5), lost_at(losses, 2, 1.25).__round__(6), lost_at(losses, 2, 2.0)
    (0.1, 0.3, 0.0)
    """
    lost = 0.0
    for k in range(n):
        if losses[LS_SINCE, k] <= time < losses[LS_UNTIL, k]:
            lost += losses[LS_SHARE, k]
    return lost


@njit
def works_in(p, cell, target, i):
    """Return whether seat `i` of `target` works while `cell` is in force.

    Before a change only those who are there already do.
    """
    return cell == target or p.seats[i, SL_INCUMBENT] == 1
