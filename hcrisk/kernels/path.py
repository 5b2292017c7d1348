"""One path, all strategies: the order in which the parts of the model are computed."""

from __future__ import annotations

import numpy as np

from hcrisk.kernels._jit import njit, njit_once
from hcrisk.kernels.arrays import clear, fill
from hcrisk.kernels.candidates import find_candidates
from hcrisk.kernels.cells import add_line, cost_cell, cost_managers, time_of_change
from hcrisk.kernels.columns import (
    CL_CURRENT,
    CL_PRESENCE,
    CL_SERVICE,
    COVERAGE_GAP,
    LL_COMPONENT,
    N_COST_LINE,
    P_REVENUE,
    PRICE,
    V_GAP_RATE,
    V_POST_HOURS,
    V_STAKE,
    WAGE,
)
from hcrisk.kernels.coverage import prepare_cover
from hcrisk.kernels.crowd import note_people, take_people, take_size
from hcrisk.kernels.drift import list_absences
from hcrisk.kernels.group import apply_readiness, run_people, write_inputs
from hcrisk.kernels.growth import list_demand, weigh_uncovered
from hcrisk.kernels.incidents import bound_multiples
from hcrisk.kernels.macro import fill_discount
from hcrisk.kernels.moves import count_heads
from hcrisk.kernels.output import stage_path, write_group
from hcrisk.kernels.people import prepare_roles
from hcrisk.kernels.proposal import force_incident
from hcrisk.kernels.seats import cost_seats
from hcrisk.kernels.settle import (
    book,
    book_premiums,
    judge_candidates,
    price_premiums,
    settle_alone,
    settle_shared,
)
from hcrisk.kernels.sweep import integrate_uncovered
from hcrisk.kernels.vendor import base_fees, walk_vendors

(DONE, NO_ROOM) = range(2)


@njit
def prepare(t, p, w):
    """Compute what depends on numbers alone, beside people."""
    fill_discount(t.practice, p.mid_year, w.discount)
    if p.has_growth == 0:
        base_fees(t, p, w)
        if p.has_demand == 1:
            list_demand(t, p, w)
    prepare_cover(t, p, w)
    bound_multiples(t, p, w)


@njit_once
def cost_cells(t, p, w, path, g):
    """Compute every cell: its change-over, costs, and uncovered share for each manager count.

    Returns
    -------
    int
        1 if there is not enough room, else 0.
    """
    n_year = w.discount.size
    for cell in range(t.cells.shape[0]):
        w.t_out[cell] = time_of_change(t, p, w, cell)
        flow = w.cell_flow[cell]
        cost_cell(t, p, w, path, g, cell)
        total = 0.0
        fill(w.cell_year[cell], 0.0)
        for j in range(p.cell_component_start[cell], p.cell_component_start[cell + 1]):
            c = p.cell_components[j]
            present = 0.0
            for y in range(n_year):
                present += w.discount[y] * flow[c, y]
                w.cell_year[cell, y] += flow[c, y]
            w.cell_component[cell, c] = present
            total += present
        w.cell_npv[cell] = total
    if count_heads(t, p, w) != 0:
        return 1
    for j in range(p.pairs.shape[0]):
        cell = p.pairs[j, 0]
        integrate_uncovered(t, p, w, j, cell, p.pairs[j, 1], w.scratch_year)
        service = p.cells[cell, CL_SERVICE]
        rate = t.services[service, V_GAP_RATE] * t.services[service, V_POST_HOURS]
        stake = t.services[service, V_STAKE] * t.practice[0, P_REVENUE]
        if p.has_demand == 1:
            weigh_uncovered(p, w, j, p.cells[cell, CL_PRESENCE] == 1)
        total, present = 0.0, 0.0
        for y in range(n_year):
            idle = lost = w.scratch_year[y]
            total += idle
            if p.has_demand == 1:
                idle, lost = w.weighted[0, y], w.weighted[1, y]
            w.pair_gap[j, y] = rate * idle * w.index[WAGE, y]
            if stake != 0.0:
                w.pair_gap[j, y] += stake * lost * w.index[PRICE, y]
            present += w.discount[y] * w.pair_gap[j, y]
        w.pair_gap_npv[j] = present
        w.pair_uncovered[j] = total / n_year
    return 0


@njit
def add_cells(p, w, x):
    """Start strategy `x` with its services' own costs."""
    n_service = p.strategy_cells.shape[1]
    n_year = w.discount.size
    fill(w.component[x], 0.0)
    fill(w.year[x], 0.0)
    fill(w.service[x], 0.0)
    fill(w.count[x], 0)
    for s in range(n_service):
        cell = p.strategy_cells[x, s]
        pair = p.pair_index[cell, p.strategy_managers[x]]
        for j in range(p.cell_component_start[cell], p.cell_component_start[cell + 1]):
            c = p.cell_components[j]
            w.component[x, c] += w.cell_component[cell, c]
        w.component[x, COVERAGE_GAP] += w.pair_gap_npv[pair]
        for y in range(n_year):
            w.year[x, y] += w.cell_year[cell, y] + w.pair_gap[pair, y]
        w.service[x, s] = w.cell_npv[cell] + w.pair_gap_npv[pair]


@njit
def add_managers(p, w, x):
    """Add the managers of strategy `x`."""
    n_service = p.strategy_cells.shape[1]
    flow = w.manager_flow[p.strategy_managers[x]]
    if p.manager_seats[p.strategy_managers[x]] == 0 and p.current_managers == 0:
        return
    for c in range(N_COST_LINE):
        present = 0.0
        for y in range(w.discount.size):
            present += w.discount[y] * flow[c, y]
            w.year[x, y] += flow[c, y]
        w.component[x, c] += present
        w.service[x, n_service] += present


@njit
def shared_line_end(p, w, x, n):
    """Return until when strategy `x` pays shared line `n` (an index among the shared)."""
    first, end = p.shared_need_start[n], p.shared_need_start[n + 1]
    if first == end:
        return np.inf
    stop = 0.0
    for j in range(first, end):
        cell = p.shared_needs[j]
        target = p.strategy_cells[x, p.cells[cell, CL_SERVICE]]
        if target == cell:
            return np.inf
        if cell == p.cells[target, CL_CURRENT]:
            stop = max(stop, w.t_out[target])
    return stop


@njit
def add_shared_lines(t, p, w):
    """Add the lines that several services share to every strategy."""
    n_service, horizon = p.strategy_cells.shape[1], float(w.discount.size)
    for n in range(p.shared_line_first, t.lines.shape[0]):
        written = -1.0
        for x in range(p.strategy_cells.shape[0]):
            end = min(shared_line_end(p, w, x, n - p.shared_line_first), horizon)
            if end == 0.0:
                continue
            if end != written:
                fill(w.scratch_year, 0.0)
                add_line(t, p, w, n, 0.0, end, w.scratch_year)
                written = end
            for y in range(w.discount.size):
                amount = w.scratch_year[y]
                if amount != 0.0:
                    book(w, x, n_service, p.lines[n, LL_COMPONENT], y, amount)


@njit_once
def run_path(t, p, w, c, path, g):
    """Compute one path of all strategies into the scratch.

    Parameters
    ----------
    t, p, w, c : Tables, Links, Work, Crowd
    path : uint64
    g : int
        The path's column in the scratch of its group.

    Returns
    -------
    int
        DONE, or NO_ROOM if the scratch is too small for this path.
    """
    if p.input_laws.size > 0:
        write_inputs(t, p, w, g)
        prepare(t, p, w)
    take_people(p, w, c, g)
    if p.has_growth == 1:
        take_size(w, c, g)
        base_fees(t, p, w)
        list_demand(t, p, w)
    if walk_vendors(t, p, w, path, g) != 0:
        return NO_ROOM
    cost_seats(t, p, w)
    list_absences(t, p, w)
    if cost_cells(t, p, w, path, g) != 0:
        return NO_ROOM
    for j in range(p.manager_counts.size):
        cost_managers(t, p, w, j)
    if p.pick_row.size > 0:
        force_incident(t, p, w, path, g)
    n_candidate = find_candidates(t, p, w, path, g)
    if n_candidate > w.candidate_time.size:
        return NO_ROOM
    if p.has_insurance == 1:
        price_premiums(t, p, w, g)
    for x in range(w.incident_flow.shape[0]):
        for s in range(w.incident_flow.shape[1]):
            clear(w.incident_flow[x, s])
    for x in range(p.strategy_cells.shape[0]):
        add_cells(p, w, x)
        add_managers(p, w, x)
    add_shared_lines(t, p, w)
    w.n_journal[0] = 0
    n_shared = 0
    if n_candidate > 0:
        n_shared = judge_candidates(t, p, w, path, n_candidate)
    for x in range(p.strategy_cells.shape[0]):
        if p.has_insurance == 1:
            book_premiums(w, x, p.strategy_cells.shape[1])
        if n_candidate > 0:
            settle_alone(p, w, x)
        if n_shared > 0:
            settle_shared(t, p, w, path, x, n_shared)
    return DONE


@njit
def run_block(t, p, w, c, out, first_path, n_path, column):
    """Compute a block of paths.

    Parameters
    ----------
    t : Tables
        This thread's own copy: inputs are written into it.
    p : Links
    w : Work
    c : Crowd
    out : Output
    first_path : uint64
        Number of the first path.
    n_path : int
    column : int
        Column of the output to which the first path is written.

    Returns
    -------
    int
        DONE, or NO_ROOM: run the block again with more room.
    """
    group = w.first.shape[1]
    apply_readiness(t, p)
    prepare(t, p, w)
    for g in range(group):
        note_people(t, p, c, g)
    prepare_roles(p, c, group)
    done = 0
    while done < n_path:
        n = min(group, n_path - done)
        start = first_path + np.uint64(done)
        if run_people(t, p, w, c, start, n) != 0:
            return NO_ROOM
        for g in range(n):
            if run_path(t, p, w, c, start + np.uint64(g), g) != DONE:
                return NO_ROOM
            stage_path(p, w, out, g, column + done + g)
            if out.weight.size > 0:
                out.weight[column + done + g] = w.weight[g]
        write_group(p, w, out, n, column + done)
        done += n
    return DONE
