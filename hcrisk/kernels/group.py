"""A group of paths: what is drawn and walked for all of them before each path goes on alone."""

from __future__ import annotations

import math

import numpy as np

from hcrisk.kernels._jit import njit, njit_once
from hcrisk.kernels.arrays import fill
from hcrisk.kernels.batches import (
    draw_same_law,
    exponentials,
    normal_cdfs,
    normal_quantiles,
    uniforms_of_paths,
)
from hcrisk.kernels.columns import (
    N_CLOCK,
    SL_FIRST,
    SL_INCUMBENT,
    WAGE,
    Y_LEVEL,
    Y_LIMIT,
    Y_MULTIPLE,
)
from hcrisk.kernels.crowd import keep_size, note_people, take_levels
from hcrisk.kernels.growth import count_wanted, walk_size
from hcrisk.kernels.laws import prepare_law
from hcrisk.kernels.macro import walk_base_pay, walk_indices
from hcrisk.kernels.people import draw_for_paths, fill_seats, prepare_roles
from hcrisk.kernels.philox import uniform_call
from hcrisk.kernels.proposal import tilt_first

SMALLEST_U = 2.0**-53
LARGEST_U = 1.0 - 2.0**-53


@njit
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


@njit
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


@njit
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


@njit
def draw_inputs(t, p, w, c, n):
    """Write the inputs of a group of `n` paths."""
    if p.copula_rows.size > 0:
        correlate(p, w, n)
    for i in range(p.input_laws.size):
        for g in range(n):
            w.inputs[i, g] = w.first[i, g]
        draw_same_law(t.laws, p.input_laws[i], p.quantile_tables, w.inputs[i], 0, n, c.quantile)


@njit
def draw_paths(t, p, w, c, n):
    """Draw the laws that every path draws: renewals, onboarding, overruns, frailties, growth."""
    for j in range(p.draw_laws.size):
        draw_for_paths(t, p, c, p.draw_laws[j], c.lane, w.first[p.row_draw + j], 0, n)


@njit
def apply_readiness(t, p):
    """Multiply the numbers that depend on what the practice has in place."""
    for j in range(p.scaled_slots.size):
        slot, effect = p.scaled_slots[j], p.scaled_effects[j]
        if not math.isnan(p.scaled_bases[j]):
            t.values[slot] = p.scaled_bases[j]
        lacking = 1.0 - t.readiness[effect, Y_LEVEL]
        product = t.values[slot] * (1.0 + (t.readiness[effect, Y_MULTIPLE] - 1.0) * lacking)
        t.values[slot] = min(product, t.readiness[effect, Y_LIMIT])


@njit
def write_inputs(t, p, w, g):
    """Write a path's inputs into their slots and prepare the laws that depend on them."""
    for j in range(p.write_inputs.size):
        t.values[p.write_slots[j]] = w.inputs[p.write_inputs[j], g] * p.write_scales[j]
    for j in range(p.dirty_laws.size):
        prepare_law(t.laws, p.dirty_laws[j], p.quantile_tables)
    apply_readiness(t, p)


@njit
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
        1 if the scratch is too small for one of the paths, else 0.
    """
    draw_first(p, w, first_path, n)
    draw_inputs(t, p, w, c, n)
    if note_group(t, p, w, c, first_path, n) != 0:
        return 1
    if p.input_laws.size > 0:
        prepare_roles(p, c, n)
    draw_paths(t, p, w, c, n)
    rows, drift_rows = p.macro_rows, p.drift_rows
    walk_indices(c.macro, p.macro_cholesky, w.first, rows, n, c.growth, c.index, c.scratch)
    wage, level = c.index[WAGE], c.scratch[0]
    walk_base_pay(c.pay, c.drift, c.drift_sd, wage, w.first, drift_rows, n, c.base, level)
    take_levels(p, c, n)
    return fill_seats(t, p, w, c, first_path, n)
