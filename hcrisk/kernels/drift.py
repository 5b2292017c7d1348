"""Drift: what a team achieves while its managers are missing (model 4)."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.columns import (
    MONTHS_PER_YEAR,
    P_DRIFT,
    R_BACKFILL,
    R_FALLBACK,
    R_FALLBACK_SHARE,
)
from hcrisk.kernels.growth import size_step


@njit
def list_absences(t, p, w):
    """Write, for each number of managers, when the share present changes and what it leaves.

    ``w.present`` is 1 - drift times the uncovered share of the managers, the leader's part and
    what is lacking included.
    """
    drift = t.practice[0, P_DRIFT]
    for j in range(p.manager_counts.size):
        w.absence_time[j, 0], w.present[j, 0] = 0.0, 1.0
        w.n_absence[j] = 1
        if drift == 0.0:
            continue
        patience = t.roles[p.manager_role, R_FALLBACK] / MONTHS_PER_YEAR
        w.n_absence[j] = list_changes(p, w, j, patience, w.absence_time[j])
        for k in range(w.n_absence[j]):
            time = w.absence_time[j, k]
            n_manager, short = p.manager_counts[j], p.manager_shortages[j]
            if p.has_growth == 1:
                n = size_step(w, time)
                n_manager, short = w.wanted[p.rules.shape[0] + j, n], w.lacking[j, n]
            needed = n_manager + p.leader_shares[j] + short
            if needed > 0.0:
                first = p.manager_first[j]
                end = first + n_manager
                vacant = vacant_managers(t.roles, p.manager_role, w, first, end, patience, time)
                w.present[j, k] = 1.0 - drift * ((vacant + short) / needed)
            else:
                w.present[j, k] = 1.0


@njit
def list_changes(p, w, j, patience, times):
    """Write 0 and the times at which managers, or partners in their place, come and go.

    With growth also those at which the size changes, and so how many are wanted.

    Returns
    -------
    int
        How many; there is room for all (``Work.absence_time``).
    """
    horizon = float(w.discount.size)
    n = 1
    for k in range(1, w.n_size[0]):
        n = insert_time(times, n, w.size_time[k], horizon)
    for i in range(p.manager_first[j], p.manager_first[j] + p.manager_seats[j]):
        n = insert_time(times, n, patience, horizon)
        for k in range(w.n_spell[i]):
            n = insert_time(times, n, w.spell_start[i, k], horizon)
            n = insert_time(times, n, w.spell_end[i, k], horizon)
            n = insert_time(times, n, w.spell_end[i, k] + patience, horizon)
    return n


@njit
def insert_time(times, n, time, horizon):
    """Insert a time in order if it lies inside (0, horizon); return the count."""
    if not (0.0 < time < horizon):
        return n
    j = n
    while times[j - 1] > time:
        times[j] = times[j - 1]
        j -= 1
    times[j] = time
    return n + 1


@njit
def vacant_managers(roles, r, w, first, end, patience, time):
    """Return the managers missing in seats `first` to `end`, less what is done in their place."""
    vacant = 0.0
    for i in range(first, end):
        opened = vacant_since(w, i, time)
        if time >= opened + patience:
            vacant += 1.0 - roles[r, R_FALLBACK_SHARE]
        elif time >= opened:
            vacant += 1.0 - roles[r, R_BACKFILL]
    return vacant


@njit
def vacant_since(w, i, time):
    """Return since when seat `i` is vacant at `time`; inf if it is filled."""
    for k in range(w.n_spell[i] - 1, -1, -1):
        if time >= w.spell_start[i, k]:
            return w.spell_end[i, k] if time >= w.spell_end[i, k] else math.inf
    return 0.0


@njit
def present_at(w, j, time):
    """Return what the managers present at `time` leave of a head's work."""
    k = w.n_absence[j] - 1
    while w.absence_time[j, k] > time:
        k -= 1
    return w.present[j, k]
