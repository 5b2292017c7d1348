"""Candidate points of incidents, of which each strategy keeps some (model 7)."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.columns import (
    CANDIDATE_DRAWN,
    CANDIDATE_ORDER,
    CANDIDATE_POINT,
    CANDIDATE_RISK,
    CANDIDATE_ROW,
    CANDIDATE_YEAR,
    XL_ROW,
    XL_SLABS,
)
from hcrisk.kernels.growth import largest_effect
from hcrisk.kernels.poisson import poisson_quantile
from hcrisk.kernels.proposal import draw_points, note_point
from hcrisk.kernels.rates import intensity, intensity_in


@njit
def find_candidates(t, p, w, path, g):
    """Write the path's candidate points in order of time.

    Returns
    -------
    int
        How many there are; more than there is room for if there is not enough.
    """
    n_point = list_points(t, p, w, g)
    if n_point > w.candidate_time.size:
        return n_point
    draw_points(p, w, path, n_point)
    n = 0
    for i in range(n_point):
        level = w.point_slab[i] + w.level_uniforms[i]
        # Only those that some strategy may keep.
        if level < w.point_bound[i]:
            time = w.candidate[i, CANDIDATE_YEAR] + w.time_uniforms[i]
            keep_point(w, i, n, level, time)
            n += 1
    return n


@njit
def list_points(t, p, w, g):
    """Write the points of every risk, year and slab, with the keys of their uniforms.

    Returns
    -------
    int
        How many; more than there is room for if there is not enough.
    """
    n_year, n = w.discount.size, 0
    for k in range(t.risks.shape[0]):
        w.rate[k] = intensity(t, p, w, k)
    for year in range(n_year):
        for k in range(t.risks.shape[0]):
            rate, bound = intensity_in(t, k, w.rate[k], year), w.bound[k]
            if p.has_growth == 1:
                bound *= largest_effect(t, p, w, k, year)
            for slab in range(min(math.ceil(bound), p.risks[k, XL_SLABS])):
                row = p.risks[k, XL_ROW] + slab * n_year + year
                u = w.first[p.row_count + row, g]
                # 1 - rate <= exp(-rate): below it the count is 0.
                if u <= 1.0 - rate:
                    continue
                for i in range(poisson_quantile(rate, u)):
                    if n >= w.candidate_time.size:
                        return n + 1
                    note_point(p, w, n, row, i)
                    w.point_slab[n], w.point_bound[n] = slab, bound
                    w.candidate[n, CANDIDATE_RISK] = k
                    w.candidate[n, CANDIDATE_ROW] = row
                    w.candidate[n, CANDIDATE_POINT] = i
                    w.candidate[n, CANDIDATE_YEAR] = year
                    n += 1
    return n


@njit
def keep_point(w, i, n, level, time):
    """Make point `i` candidate `n`, not above `i`, and put it in order of time."""
    w.candidate_level[n] = level
    for column in (CANDIDATE_RISK, CANDIDATE_ROW, CANDIDATE_POINT, CANDIDATE_YEAR):
        w.candidate[n, column] = w.candidate[i, column]
    w.candidate[n, CANDIDATE_DRAWN] = 0
    j = n
    while j > 0 and w.candidate_time[j - 1] > time:
        w.candidate_time[j] = w.candidate_time[j - 1]
        w.candidate[j, CANDIDATE_ORDER] = w.candidate[j - 1, CANDIDATE_ORDER]
        j -= 1
    w.candidate_time[j] = time
    w.candidate[j, CANDIDATE_ORDER] = n
