"""Projects: what is built, what it costs in the end, and what becomes of it (model 9)."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.columns import (
    CL_CURRENT,
    J_BUDGET,
    J_FINISH_COST,
    J_FINISH_SHARE,
    J_GROWTH,
    J_PURCHASE,
    J_STALL,
    J_START,
    J_STRETCH,
    J_SUBSCRIPTION,
    J_UPKEEP,
    JL_DURATION,
    JL_FINISH,
    JL_INDEX,
    JL_MONTHS,
    JL_NAME,
    JL_RATIO,
    JL_STALLS,
    MONTHS_PER_YEAR,
)
from hcrisk.kernels.macro import power
from hcrisk.kernels.seats import add_flow

QUARTER = 0.25


@njit
def cost_projects(t, p, w, g, cell, t_out, out):
    """Add what the projects of a cell cost, and those of current that it drops.

    Parameters
    ----------
    t, p, w : Tables, Links, Work
    g : int
        The path's column in ``w.first``.
    cell : int
    t_out : float
        When current ends.
    out : float64[n_year]
        Added to.
    """
    horizon = float(out.size)
    first, end = p.cell_project_start[cell], p.cell_project_start[cell + 1]
    for k in range(first, end):
        add_project(t, p, w, g, k, horizon, out)
    current = p.cells[cell, CL_CURRENT]
    if current == cell:
        return
    for k in range(p.cell_project_start[current], p.cell_project_start[current + 1]):
        goes_on = False
        for n in range(first, end):
            goes_on |= p.projects[n, JL_NAME] == p.projects[k, JL_NAME]
        if not goes_on:
            add_project(t, p, w, g, k, min(t_out, horizon), out)


@njit
def add_project(t, p, w, g, k, stop, out):
    """Add the cost of project `k` until `stop`: build, upkeep, and what follows a stall."""
    row, index = t.projects[k], w.index[p.projects[k, JL_INDEX]]
    ratio = w.draw[p.projects[k, JL_RATIO]]
    cost = row[J_BUDGET] * ratio
    begun = row[J_START] / MONTHS_PER_YEAR
    years = w.draw[p.projects[k, JL_DURATION]] / MONTHS_PER_YEAR
    if ratio > 1.0:
        years *= power(ratio, row[J_STRETCH])
    planned = begun + years
    done, over = planned, stop
    stalled = math.inf
    if w.first[p.projects[k, JL_STALLS], g] < row[J_STALL]:
        stalled = begun + w.draw[p.projects[k, JL_MONTHS]] / MONTHS_PER_YEAR
    if stalled < stop:
        if w.first[p.projects[k, JL_FINISH], g] < row[J_FINISH_SHARE]:
            done = min(done, stalled)
            out[int(stalled)] += row[J_FINISH_COST] * row[J_BUDGET] * index[int(stalled)]
        else:
            over = stalled
            out[int(stalled)] += row[J_PURCHASE] * index[int(stalled)]
            add_flow(index, row[J_SUBSCRIPTION], stalled, stop, out)
    if planned > begun:
        add_flow(index, cost / years, begun, min(done, over), out)
    elif begun < stop:
        out[int(begun)] += cost * index[int(begun)]
    add_upkeep(index, row[J_UPKEEP] * cost, row[J_GROWTH], done, over, out)


@njit
def add_upkeep(index, yearly, growth, done, over, out):
    """Add upkeep over [done, over), which grows with every quarter since `done`."""
    if yearly == 0.0:
        return
    quarter = 0
    while done + QUARTER * quarter < over:
        start = done + QUARTER * quarter
        add_flow(index, yearly, start, min(done + QUARTER * (quarter + 1), over), out)
        yearly *= 1.0 + growth
        quarter += 1
