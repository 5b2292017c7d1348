"""Results: gathered for a group of paths, then written row by row.

A result's paths lie side by side in memory, its rows far apart: writing path by path would touch
a hundred distant places each time.
"""

from __future__ import annotations

from hcrisk.kernels._jit import njit
from hcrisk.kernels.columns import COVERAGE_GAP, N_COST_LINE, PRICE, WAGE


@njit
def stage_path(p, w, out, g, column):
    """Gather the results of one path in column `g` of the group; a cube goes out at once."""
    for x in range(p.strategy_cells.shape[0]):
        npv = 0.0
        for c in range(w.component.shape[1]):
            npv += w.component[x, c]
        w.stage_npv[x, g] = npv
        for y in range(w.discount.size):
            w.stage_cost[x, y, g] = w.year[x, y]
    for y in range(w.discount.size):
        w.stage_wage[y, g] = w.index[WAGE, y]
        w.stage_price[y, g] = w.index[PRICE, y]
    if out.component_npv.shape[2] > 0:
        stage_details(p, w, g)
    if out.cube.shape[4] > 0:
        for x in range(p.strategy_cells.shape[0]):
            write_cube(p, w, out, x, column)


@njit
def stage_details(p, w, g):
    """Gather what ``detail="default"`` adds."""
    n_service = p.strategy_cells.shape[1]
    for x in range(p.strategy_cells.shape[0]):
        for c in range(w.component.shape[1]):
            w.stage_component[x, c, g] = w.component[x, c]
        for k in range(w.count.shape[1]):
            w.stage_events[x, k, g] = w.count[x, k]
        for s in range(n_service):
            cell = p.strategy_cells[x, s]
            pair = p.pair_index[cell, p.strategy_managers[x]]
            w.stage_service[x, s, g] = w.service[x, s]
            w.stage_uncovered[x, s, g] = w.pair_uncovered[pair]
            w.stage_departures[x, s, g] = w.departures[cell]
        w.stage_service[x, n_service, g] = w.service[x, n_service]


@njit
def write_group(p, w, out, n, column):
    """Write the gathered results of `n` paths to the output from `column` on."""
    write_rows(w.stage_npv, out.npv, n, column)
    write_rows(w.stage_wage, out.wage_index, n, column)
    write_rows(w.stage_price, out.price_index, n, column)
    for x in range(p.strategy_cells.shape[0]):
        write_rows(w.stage_cost[x], out.cost[x], n, column)
    if out.component_npv.shape[2] > 0:
        write_rows(w.inputs, out.input, n, column)
        for x in range(p.strategy_cells.shape[0]):
            write_rows(w.stage_component[x], out.component_npv[x], n, column)
            write_rows(w.stage_service[x], out.service_npv[x], n, column)
            write_rows(w.stage_uncovered[x], out.uncovered[x], n, column)
            write_rows(w.stage_departures[x], out.departures[x], n, column)
            write_rows(w.stage_events[x], out.events[x], n, column)


@njit
def write_rows(stage, out, n, column):
    """Copy the first `n` entries of each row to the output from `column` on.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.zeros((1, 3))
    >>> write_rows(np.ones((1, 2)), out, 2, 1)
    >>> out.tolist()
    [[0.0, 1.0, 1.0]]
    """
    for i in range(stage.shape[0]):
        for g in range(n):
            out[i, column + g] = stage[i, g]


@njit
def write_cube(p, w, out, x, column):
    """Write strategy `x` by service, component and year."""
    n_service = p.strategy_cells.shape[1]
    for s in range(n_service + 1):
        for c in range(w.component.shape[1]):
            for y in range(w.discount.size):
                amount = w.incident_flow[x, s, c, y]
                if c < N_COST_LINE:
                    if s == n_service:
                        amount += w.manager_flow[p.strategy_managers[x], c, y]
                    else:
                        amount += w.cell_flow[p.strategy_cells[x, s], c, y]
                if c == COVERAGE_GAP and s < n_service:
                    cell = p.strategy_cells[x, s]
                    amount += w.pair_gap[p.pair_index[cell, p.strategy_managers[x]], y]
                out.cube[x, s, c, y, column] = amount
