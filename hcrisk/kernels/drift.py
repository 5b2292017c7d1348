"""Drift: what a team achieves while its managers are missing (model 4)."""

from __future__ import annotations

from hcrisk.kernels._jit import njit_part
from hcrisk.kernels.columns import P_DRIFT, R_BACKFILL


@njit_part
def list_absences(t, p, w):
    """Write, for each number of managers, when the share present changes and what it leaves.

    ``w.present`` is 1 - drift times the uncovered share of the managers.
    """
    for j in range(p.manager_counts.size):
        w.absence_time[j, 0], w.present[j, 0] = 0.0, 1.0
        w.n_absence[j] = 1
        n_manager = p.manager_counts[j]
        drift = t.practice[0, P_DRIFT]
        if n_manager > 0 and drift != 0.0:
            gap = 1.0 - t.roles[p.manager_role, R_BACKFILL]
            w.n_absence[j] = list_changes(w, n_manager, w.absence_time[j])
            for k in range(w.n_absence[j]):
                vacant = vacant_managers(w, n_manager, gap, w.absence_time[j, k])
                w.present[j, k] = 1.0 - drift * (vacant / n_manager)


@njit_part
def list_changes(w, n_manager, times):
    """Write 0 and the times at which managers come and go, in order; return how many."""
    horizon = float(w.discount.size)
    n = 1
    for i in range(n_manager):
        for k in range(w.n_spell[i]):
            n = insert_time(times, n, w.spell_start[i, k], horizon)
            n = insert_time(times, n, w.spell_end[i, k], horizon)
    return n


@njit_part
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


@njit_part
def vacant_managers(w, n_manager, gap, time):
    """Return the uncovered managers among the first `n_manager`, each vacancy counting `gap`."""
    vacant = 0.0
    for i in range(n_manager):
        if not is_filled(w, i, time):
            vacant += gap
    return vacant


@njit_part
def is_filled(w, i, time):
    """Return whether seat `i` is filled at `time`."""
    for k in range(w.n_spell[i] - 1, -1, -1):
        if time >= w.spell_start[i, k]:
            return time < w.spell_end[i, k]
    return False


@njit_part
def present_at(w, j, time):
    """Return what the managers present at `time` leave of a head's work."""
    k = w.n_absence[j] - 1
    while w.absence_time[j, k] > time:
        k -= 1
    return w.present[j, k]
