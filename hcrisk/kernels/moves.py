"""Moves: how the effective head count of every cell changes with time (model 4).

The seats of a service move at the same times in whichever cell they serve. So the moves of all
seats of a service are merged once, in order of time, and each cell takes those of its own seats.
"""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.columns import (
    CL_CURRENT,
    CLOSED,
    MONTHS_PER_YEAR,
    R_BACKFILL,
    R_FALLBACK,
    R_FALLBACK_SHARE,
    R_FTE,
    R_START,
    RAMP_STEPS,
    SL_DISPLACED,
    SL_OPEN,
    SL_ROLE,
)


@njit
def list_seat(roles, w, r, i, is_open, horizon):
    """Write the moves of seat `i` before the horizon, in order of time.

    One that is open at 0 is vacant before any move; others begin with a spell, held or closed.

    Returns
    -------
    int
        How many; more than there is room for if there is not enough.
    """
    fte, vacant, lowest = roles[r, R_FTE], roles[r, R_BACKFILL], roles[r, R_START]
    time, size = w.seat_move_time, w.seat_move_size
    rise = fte * (1.0 - lowest) / RAMP_STEPS
    patience = roles[r, R_FALLBACK] / MONTHS_PER_YEAR
    taken_over = fte * (roles[r, R_FALLBACK_SHARE] - vacant)
    partner = patience if is_open == 1 else math.inf
    n = 0
    for k in range(w.n_spell[i]):
        first, last, ramp = w.spell_start[i, k], w.spell_end[i, k], w.spell_ramp[i, k]
        if n + RAMP_STEPS + 5 > time.size:
            return time.size + 1
        stop = min(last, horizon)
        heads = 1.0 if ramp <= 0.0 else lowest + (1.0 - lowest) * 0.5 / RAMP_STEPS
        if ramp == CLOSED:
            heads = 0.0
        if k > 0 or is_open == 1:
            time[n], size[n] = first, fte * (heads - vacant)
            if partner < first:
                time[n], size[n] = partner, taken_over
                time[n + 1], size[n + 1] = first, fte * (heads - vacant) - taken_over
                n += 1
            n += 1
        heads *= fte
        if ramp > 0.0:
            step = 1
            at = first + ramp / RAMP_STEPS
            while step < RAMP_STEPS and at < stop:
                time[n], size[n] = at, rise
                heads += rise
                n += 1
                step += 1
                at = first + ramp * step / RAMP_STEPS
            if step == RAMP_STEPS and at < stop:
                time[n], size[n] = at, fte - heads
                heads = fte
                n += 1
        if last < horizon:
            time[n], size[n] = last, fte * vacant - heads
            n += 1
        partner = last + patience
    if partner < horizon:
        time[n], size[n] = partner, taken_over
        n += 1
    return n


@njit
def list_going(roles, w, r, i, horizon):
    """Write the moves of a displaced seat: its holder goes, a partner may take over."""
    fte, vacant = roles[r, R_FTE], roles[r, R_BACKFILL]
    w.seat_move_time[0], w.seat_move_size[0] = w.gone[i], fte * (vacant - 1.0)
    partner = w.gone[i] + roles[r, R_FALLBACK] / MONTHS_PER_YEAR
    if partner >= horizon:
        return 1
    w.seat_move_time[1] = partner
    w.seat_move_size[1] = fte * (roles[r, R_FALLBACK_SHARE] - vacant)
    return 2


@njit
def merge_moves(w, n, m, code):
    """Merge the `m` moves of a seat, under its code, into the `n` of its service."""
    i, j, k = n - 1, m - 1, n + m - 1
    while j >= 0:
        if i >= 0 and w.move_time[i] > w.seat_move_time[j]:
            w.move_time[k] = w.move_time[i]
            w.move_size[k] = w.move_size[i]
            w.move_code[k] = w.move_code[i]
            i -= 1
        else:
            w.move_time[k] = w.seat_move_time[j]
            w.move_size[k] = w.seat_move_size[j]
            w.move_code[k] = code
            j -= 1
        k -= 1


@njit
def list_service(t, p, w, service):
    """Write the moves of all seats of a service in order of time.

    The code of a move is the seat's position in the service; plus their number for what a
    displaced seat does instead once its going is announced.

    Returns
    -------
    int
        How many; more than there is room for if there is not enough.
    """
    horizon = float(w.discount.size)
    first, end = w.service_seat_start[service], w.service_seat_start[service + 1]
    n = 0
    for j in range(first, end):
        i = w.service_seats[j]
        r = p.seats[i, SL_ROLE]
        m = list_seat(t.roles, w, r, i, p.seats[i, SL_OPEN], horizon)
        if n + m > w.move_time.size:
            return n + m
        merge_moves(w, n, m, j - first)
        n += m
        if p.seats[i, SL_DISPLACED] == 1 and w.gone[i] < horizon:
            if n + 2 > w.move_time.size:
                return n + 2
            m = list_going(t.roles, w, r, i, horizon)
            merge_moves(w, n, m, end - first + j - first)
            n += m
    return n


@njit
def take_moves(w, n, row, until):
    """Write the effective FTE of a row after each of its moves before `until`.

    Parameters
    ----------
    w : Work
    n : int
        How many moves the service has.
    row : int
        A cell, or the number of cells plus the cell for what goes before its change.
    until : float
    """
    time, after = w.heads_time[row], w.heads[row]
    takes = w.takes[row]
    heads = w.first_heads[row]
    m = 0
    for j in range(n):
        if w.move_time[j] >= until:
            break
        # Written always, kept only if the row takes it: no branch to guess.
        taken = takes[w.move_code[j]]
        heads += taken * w.move_size[j]
        time[m], after[m] = w.move_time[j], heads
        m += taken
    w.n_heads[row] = m


@njit
def count_heads(t, p, w):
    """Write the effective FTE over time of every cell, and of what goes before its change.

    Returns
    -------
    int
        1 if there is not enough room, else 0.
    """
    n_cell = t.cells.shape[0]
    horizon = float(w.discount.size)
    for service in range(t.services.shape[0]):
        n = list_service(t, p, w, service)
        if n > w.move_time.size:
            return 1
        for j in range(w.service_cell_start[service], w.service_cell_start[service + 1]):
            cell = w.service_cells[j]
            take_moves(w, n, cell, horizon)
            if cell != p.cells[cell, CL_CURRENT]:
                take_moves(w, n, n_cell + cell, w.t_out[cell])
    return 0
