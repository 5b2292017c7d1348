"""Paths drawn from a proposal, and what each then weighs (docs/variance.md).

A pick is a cause of high costs: it tilts some uniforms of every path (its tilts), and may force an
incident in one slab and year of its risk, some uniforms of whose first point (its marks) it tilts
as well. A path's weight is 1 / (a_0 + sum over picks of a_j r_j), r_j the density ratio of its
uniforms under pick j; it does not depend on the pick the path was drawn from.
"""

from __future__ import annotations

import numpy as np

from hcrisk.kernels._jit import njit
from hcrisk.kernels.batches import uniforms_of_points, whole_lanes
from hcrisk.kernels.calls import exp
from hcrisk.kernels.columns import CANDIDATE_POINT, CANDIDATE_ROW, XK_LEVEL, XK_TIME, XL_ROW
from hcrisk.kernels.philox import uniform_call
from hcrisk.kernels.rates import intensity, intensity_in

SMALLEST_U = 2.0**-53
LARGEST_U = 1.0 - 2.0**-53


@njit
def place(bounds, x):
    """Return the last position at which rising `bounds` are not above `x`, 0 if none.

    Examples
    --------
    >>> import numpy as np
    >>> [place(np.array([0.0, 0.5, 1.0]), x) for x in (0.2, 0.5, 0.9)]
    [0, 1, 1]
    """
    low, high = 0, bounds.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        if x >= bounds[middle]:
            low = middle
        else:
            high = middle
    return low


@njit
def tilted(edges, density, below, u):
    """Return the quantile at `u` of a density that is constant between edges.

    Parameters
    ----------
    edges : ndarray of float64, shape (n + 1,)
        From 0 to 1.
    density : ndarray of float64, shape (n,)
        All above 0.
    below : ndarray of float64, shape (n + 1,)
        Probability below each edge.
    u : float
        In (0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> edges, density, below = np.array([0, 0.5, 1.0]), np.array([0.4, 1.6]), np.array([0, 0.2, 1])
    >>> float(tilted(edges, density, below, 0.1)), float(tilted(edges, density, below, 0.6))
    (0.25, 0.75)
    """
    b = place(below, u)
    found = edges[b] + (u - below[b]) / density[b]
    return min(max(found, SMALLEST_U), LARGEST_U)


@njit
def tilt_first(p, w, first_path, n):
    """Choose the pick of each of `n` paths, tilt its uniforms and write every cause's ratio."""
    for g in range(n):
        u = uniform_call(p.pick_key[0], first_path + np.uint64(g), 0)
        w.pick[g] = -1 if u < p.plain_share else place(p.pick_bounds, u)
        if w.pick[g] < 0:
            continue
        c = p.pick_cause[w.pick[g]]
        for m in range(p.tilt_start[c], p.tilt_start[c + 1]):
            u = w.first[p.tilt_rows[m], g]
            w.first[p.tilt_rows[m], g] = tilted(p.tilt_edges, p.tilt_density[m], p.tilt_below[m], u)
    for i in range(p.twin_rows.shape[0]):
        for g in range(n):
            w.first[p.twin_rows[i, 1], g] = w.first[p.twin_rows[i, 0], g]
    for c in range(p.cause_risk.size):
        for g in range(n):
            ratio = 1.0
            for m in range(p.tilt_start[c], p.tilt_start[c + 1]):
                ratio *= p.tilt_density[m, place(p.tilt_edges, w.first[p.tilt_rows[m], g])]
            w.ratio[c, g] = ratio


@njit
def probability_of_none(t, p, k, first, row, n_year):
    """Return the probability of no candidate of risk `k` in the cell of a row of counts."""
    year = (row - p.risks[k, XL_ROW]) % n_year
    return exp(-intensity_in(t, k, first, year))


@njit
def force_incident(t, p, w, path, g):
    """Force the incident of the path's pick, and write the path's weight."""
    w.forced[0] = -1
    j = w.pick[g]
    if j >= 0 and p.pick_row[j] >= 0:
        row = p.row_count + p.pick_row[j]
        k = p.cause_risk[p.pick_cause[j]]
        none = probability_of_none(t, p, k, intensity(t, p, w, k), p.pick_row[j], w.discount.size)
        if none < 1.0:
            w.forced[0], w.forced[1] = p.pick_row[j], p.pick_cause[j]
            # The count is at least 1 where its uniform exceeds the probability of none.
            u = max(none + (1.0 - none) * w.first[row, g], none + SMALLEST_U)
            w.first[row, g] = min(u, LARGEST_U)
    total = p.plain_share
    for c in range(p.cause_risk.size):
        k, first = p.cause_risk[c], 0.0
        if k >= 0:
            first = intensity(t, p, w, k)
        for j in range(p.pick_start[c], p.pick_start[c + 1]):
            none = 1.0
            if k >= 0:
                none = probability_of_none(t, p, k, first, p.pick_row[j], w.discount.size)
            if none == 1.0:
                total += p.pick_share[j] * w.ratio[c, g]
            elif w.first[p.row_count + p.pick_row[j], g] > none:
                marks = mark_ratio(p, w, path, p.pick_row[j], c)
                total += p.pick_share[j] * w.ratio[c, g] * (marks / (1.0 - none))
    w.weight[g] = 1.0 / total


@njit
def mark_ratio(p, w, path, row, c):
    """Return the density ratio under cause `c` of the first point's uniforms in a row."""
    ratio = 1.0
    for column in range(XK_TIME, p.mark_tilts.shape[1]):
        m = p.mark_tilts[c, column]
        if m >= 0:
            u = mark_uniform(p, w, path, row, column, 0)
            ratio *= p.tilt_density[m, place(p.tilt_edges, u)]
    return ratio


@njit
def mark_uniform(p, w, path, row, column, point):
    """Return the uniform of an incident's stream, tilted at the first point of a forced row."""
    u = uniform_call(p.incident_keys[row, column], path, point)
    return tilt_mark(p, w, row, column, point, u)


@njit
def note_point(p, w, n, row, point):
    """Write under which keys and at which step the level and time of point `n` are drawn."""
    w.level_keys[n], w.time_keys[n] = p.incident_keys[row, XK_LEVEL], p.incident_keys[row, XK_TIME]
    w.point_steps[n] = point


@njit
def draw_points(p, w, path, n):
    """Draw the levels and times of `n` points: in vectors, which cost less than one at a time."""
    lanes = whole_lanes(0, n)
    uniforms_of_points(w.level_keys, path, w.point_steps, lanes, w.level_uniforms)
    uniforms_of_points(w.time_keys, path, w.point_steps, lanes, w.time_uniforms)
    if w.forced[0] < 0:
        return
    for i in range(n):
        row, point = w.candidate[i, CANDIDATE_ROW], w.candidate[i, CANDIDATE_POINT]
        w.level_uniforms[i] = tilt_mark(p, w, row, XK_LEVEL, point, w.level_uniforms[i])
        w.time_uniforms[i] = tilt_mark(p, w, row, XK_TIME, point, w.time_uniforms[i])


@njit
def tilt_mark(p, w, row, column, point, u):
    """Return the uniform `u` of an incident's stream, tilted as `mark_uniform` tilts it."""
    if row == w.forced[0] and point == 0:
        m = p.mark_tilts[w.forced[1], column]
        if m >= 0:
            return tilted(p.tilt_edges, p.tilt_density[m], p.tilt_below[m], u)
    return u


@njit
def read_marks(p, w, path, row, point, out):
    """Write every uniform of an incident into `out`; those of its count are left out."""
    for column in range(XK_TIME, p.incident_keys.shape[1]):
        out[column] = mark_uniform(p, w, path, row, column, point)
