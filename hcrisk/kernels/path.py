"""One path, all strategies: the order in which the parts of the model are computed."""

from __future__ import annotations

import math

import numpy as np

from hcrisk.kernels._jit import njit, njit_once, njit_part
from hcrisk.kernels.arrays import clear, fill
from hcrisk.kernels.batches import (
    draw_same_law,
    exponentials,
    normal_cdfs,
    normal_quantiles,
    uniforms_of_paths,
)
from hcrisk.kernels.cells import add_line, cost_cell, cost_managers, time_of_change
from hcrisk.kernels.columns import (
    CL_CURRENT,
    CL_PRESENCE,
    CL_SERVICE,
    COVERAGE_GAP,
    LL_COMPONENT,
    N_CLOCK,
    N_COST_LINE,
    P_REVENUE,
    PRICE,
    SL_FIRST,
    SL_INCUMBENT,
    V_GAP_RATE,
    V_POST_HOURS,
    V_STAKE,
    WAGE,
    Y_LEVEL,
    Y_LIMIT,
    Y_MULTIPLE,
)
from hcrisk.kernels.coverage import prepare_cover
from hcrisk.kernels.crowd import keep_size, note_people, take_levels, take_people, take_size
from hcrisk.kernels.drift import list_absences
from hcrisk.kernels.growth import count_wanted, list_demand, walk_size, weigh_uncovered
from hcrisk.kernels.incidents import bound_multiples, find_candidates
from hcrisk.kernels.laws import prepare_law
from hcrisk.kernels.macro import fill_discount, walk_base_pay, walk_indices
from hcrisk.kernels.moves import count_heads
from hcrisk.kernels.output import stage_path, write_group
from hcrisk.kernels.people import draw_for_paths, fill_seats, prepare_roles
from hcrisk.kernels.philox import uniform_call
from hcrisk.kernels.proposal import force_incident, tilt_first
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

SMALLEST_U = 2.0**-53
LARGEST_U = 1.0 - 2.0**-53
(DONE, NO_ROOM) = range(2)


@njit_part
def share_first(p, w, row, first_path, n):
    """Write an input's uniforms as given, or those that `inner` consecutive paths share."""
    if p.given.shape[0] > 0:
        column = int(first_path) - p.given_start
        for g in range(n):
            w.first[row, g] = p.given[row, column + g]
        return
    for g in range(n):
        outer = (first_path + np.uint64(g)) // np.uint64(p.inner)
        w.first[row, g] = uniform_call(p.first_keys[row], outer, p.first_steps[row])


@njit_part
def draw_first(p, w, first_path, n):
    """Write the uniforms, normals and exponentials that every path needs, for `n` paths."""
    for row in range(p.first_keys.size):
        key, step = p.first_keys[row], p.first_steps[row]
        if row < p.n_shared:
            share_first(p, w, row, first_path, n)
            continue
        uniforms_of_paths(key, first_path, step, n, w.first[row])
    if p.pick_row.size > 0:
        tilt_first(p, w, first_path, n)
    for row in range(w.kept.shape[0]):
        for g in range(n):
            w.kept[row, g] = w.first[row, g]
    for j in range(p.normal_rows.size):
        normal_quantiles(w.first[p.normal_rows[j]], 0, n)
    for i in range(p.seats.shape[0]):
        if p.seats[i, SL_INCUMBENT] == 1:
            exponentials(w.first[p.row_seat + p.seats[i, SL_FIRST] + 1], 0, n)
    for row in range(p.row_vendor, p.row_vendor + N_CLOCK * p.vendor_keys.shape[0]):
        exponentials(w.first[row], 0, n)


@njit_part
def correlate(p, w, n):
    """Replace the uniforms of correlated inputs by those of a Gaussian copula."""
    for i in range(p.copula_rows.size):
        for g in range(n):
            w.copula_normal[i, g] = w.first[p.copula_rows[i], g]
        normal_quantiles(w.copula_normal[i], 0, n)
        if p.copula[i, i] == 1.0:
            continue
        z = w.copula_sum
        fill(z, 0.0)
        for j in range(i + 1):
            weight = p.copula[i, j]
            if weight != 0.0:
                for g in range(n):
                    z[g] += weight * w.copula_normal[j, g]
        normal_cdfs(z, n)
        for g in range(n):
            w.first[p.copula_rows[i], g] = min(max(z[g], SMALLEST_U), LARGEST_U)


@njit_part
def draw_inputs(t, p, w, c, n):
    """Write the inputs of a group of `n` paths."""
    if p.copula_rows.size > 0:
        correlate(p, w, n)
    for i in range(p.input_laws.size):
        for g in range(n):
            w.inputs[i, g] = w.first[i, g]
        draw_same_law(t.laws, p.input_laws[i], p.quantile_tables, w.inputs[i], 0, n, c.quantile)


@njit_part
def draw_paths(t, p, w, c, n):
    """Draw the laws that every path draws: renewals, onboarding, overruns, frailties, growth."""
    for j in range(p.draw_laws.size):
        draw_for_paths(t, p, c, p.draw_laws[j], c.lane, w.first[p.row_draw + j], 0, n)


@njit_part
def apply_readiness(t, p):
    """Multiply the numbers that depend on what the practice has in place."""
    for j in range(p.scaled_slots.size):
        slot, effect = p.scaled_slots[j], p.scaled_effects[j]
        if not math.isnan(p.scaled_bases[j]):
            t.values[slot] = p.scaled_bases[j]
        lacking = 1.0 - t.readiness[effect, Y_LEVEL]
        product = t.values[slot] * (1.0 + (t.readiness[effect, Y_MULTIPLE] - 1.0) * lacking)
        t.values[slot] = min(product, t.readiness[effect, Y_LIMIT])


@njit_part
def write_inputs(t, p, w, g):
    """Write a path's inputs into their slots and prepare the laws that depend on them."""
    for j in range(p.write_inputs.size):
        t.values[p.write_slots[j]] = w.inputs[p.write_inputs[j], g] * p.write_scales[j]
    for j in range(p.dirty_laws.size):
        prepare_law(t.laws, p.dirty_laws[j], p.quantile_tables)
    apply_readiness(t, p)


@njit_part
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


@njit_part
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


@njit_part
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


@njit_part
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


@njit_part
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


@njit_part
def note_group(t, p, w, c, first_path, n):
    """Note for each path of a group the numbers that its people depend on.

    Returns
    -------
    int
        1 if a path has more sizes than there is room for, else 0.
    """
    for g in range(n):
        if p.input_laws.size > 0:
            write_inputs(t, p, w, g)
            note_people(t, p, c, g)
        if p.has_growth == 1:
            if walk_size(t, p, w, first_path + np.uint64(g)) != 0:
                return 1
            count_wanted(p, w)
            keep_size(w, c, g)
    return 0


@njit_once
def run_people(t, p, w, c, first_path, n):
    """Compute what `n` paths are made of before each goes on alone: draws, indices, people.

    Returns
    -------
    int
        DONE, or NO_ROOM if the scratch is too small for one of the paths.
    """
    draw_first(p, w, first_path, n)
    draw_inputs(t, p, w, c, n)
    if note_group(t, p, w, c, first_path, n) != 0:
        return NO_ROOM
    if p.input_laws.size > 0:
        prepare_roles(p, c, n)
    draw_paths(t, p, w, c, n)
    rows, drift_rows = p.macro_rows, p.drift_rows
    walk_indices(c.macro, p.macro_cholesky, w.first, rows, n, c.growth, c.index, c.scratch)
    wage, level = c.index[WAGE], c.scratch[0]
    walk_base_pay(c.pay, c.drift, c.drift_sd, wage, w.first, drift_rows, n, c.base, level)
    take_levels(p, c, n)
    return NO_ROOM if fill_seats(t, p, w, c, first_path, n) != 0 else DONE


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
        if run_people(t, p, w, c, start, n) != DONE:
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
