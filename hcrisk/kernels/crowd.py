"""The people of a group of paths: what is drawn for all of them before each path goes on alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hcrisk.kernels._jit import njit
from hcrisk.kernels.arrays import copy_row
from hcrisk.kernels.batches import LANES
from hcrisk.kernels.columns import (
    ATTRITION,
    C_PARALLEL,
    MACRO_WIDTH,
    MONTHS_PER_YEAR,
    P_ANNOUNCE,
    P_MANAGER_PARALLEL,
    R_DRIFT,
    R_DRIFT_SD,
    R_ELASTICITY,
    R_PAY,
    R_PREMIUM,
    R_RAISE,
    R_RATE,
    R_UNFILLABLE,
    S_TENURE,
    SL_DISPLACED,
)
from hcrisk.kernels.law_columns import LAW_WIDTH
from hcrisk.kernels.room import GROUP, Room, n_sizes
from hcrisk.kernels.tables import Floats, Ints, Keys, Links, Tables

# Columns of a spell.
SPELL_WIDTH = 4
(SP_START, SP_END, SP_RAMP, SP_FACTOR) = range(SPELL_WIDTH)


class Crowd(NamedTuple):
    """Scratch of a group of paths; in most arrays the path is last, for loops over paths.

    Numbers that a path's inputs may change are noted here by path; ``item_*`` are open seats of
    any path, ``spells`` and what follows have a row for each path.
    """

    macro: Floats
    pay: Floats
    drift: Floats
    drift_sd: Floats
    attrition: Floats
    damping: Floats
    unfillable: Floats
    premium: Floats
    given_tenure: Floats
    announce: Floats
    change_years: Ints
    own_law: Ints
    law_slot: Ints
    laws: Floats
    lane: Ints
    growth: Floats
    index: Floats
    base: Floats
    scratch: Floats
    scale: Floats
    newton: Floats
    hazard: Floats
    survival: Floats
    stayed: Floats
    tenure: Floats
    level: Floats
    gone: Floats
    item_seat: Ints
    item_path: Ints
    item_number: Ints
    item_time: Floats
    item_found: Ints
    path_key: Keys
    stay_key: Keys
    pay_key: Keys
    ramp_key: Keys
    fill_step: Keys
    stay_step: Keys
    item_step: Keys
    fill: Floats
    factor: Floats
    ramp: Floats
    stay: Floats
    quantile: Floats
    spells: Floats
    n_spell: Ints
    n_held: Ints
    size_time: Floats
    size: Floats
    n_size: Ints
    wanted: Ints
    lacking: Floats
    cell_fte: Floats


def make_crowd(tables: Tables, links: Links, room: Room) -> Crowd:
    """Return scratch for the people of a group of paths.

    Parameters
    ----------
    tables : Tables
    links : Links
    room : Room
        Capacities per path.

    Returns
    -------
    Crowd
    """
    n_year, n_size = links.n_year, n_sizes(tables, links, room)
    n_seat, n_role = tables.seats.shape[0], tables.roles.shape[0]
    n_piece, n_item = links.tenure_factors.size, max(n_seat, 1) * GROUP + LANES
    own = own_laws(tables, links)
    slot = np.full(tables.laws.shape[0], -1)
    slot[own] = np.arange(own.size)
    by_role = {name: np.zeros((n_role, GROUP)) for name in BY_ROLE}
    whole = {name: np.zeros(n_item, dtype=np.int64) for name in ITEM_NUMBERS}
    keys = {name: np.zeros(n_item, dtype=np.uint64) for name in ITEM_KEYS}
    drawn = {name: np.zeros(n_item) for name in ITEM_DRAWS}
    wanted = links.rules.shape[0] + links.manager_counts.size
    return Crowd(
        **by_role,
        **whole,
        **keys,
        **drawn,
        macro=np.zeros((3, MACRO_WIDTH, GROUP)),
        given_tenure=np.zeros((n_seat, GROUP)),
        announce=np.zeros(GROUP),
        change_years=np.zeros(GROUP, dtype=np.int64),
        own_law=own,
        law_slot=slot,
        laws=np.zeros((GROUP, own.size, LAW_WIDTH)),
        lane=np.arange(GROUP),
        growth=np.zeros((3, n_year, GROUP)),
        index=np.ones((3, n_year, GROUP)),
        base=np.zeros((n_role, n_year, GROUP)),
        scratch=np.zeros((2, GROUP)),
        newton=np.zeros((n_role, 4, GROUP)),
        survival=np.zeros((n_role, n_piece, GROUP)),
        stayed=np.zeros((n_role, n_piece, GROUP)),
        tenure=np.zeros((n_seat, GROUP)),
        level=np.zeros((GROUP, n_year)),
        gone=np.zeros((GROUP, n_seat)),
        spells=np.zeros((GROUP, n_seat, room.spells, SPELL_WIDTH)),
        n_spell=np.zeros((GROUP, n_seat), dtype=np.int64),
        n_held=np.zeros((GROUP, n_seat), dtype=np.int64),
        size_time=np.zeros((GROUP, n_size)),
        size=np.ones((GROUP, n_size)),
        n_size=np.ones((GROUP, 1), dtype=np.int64),
        wanted=np.zeros((GROUP, wanted, n_size), dtype=np.int64),
        lacking=np.zeros((GROUP, links.manager_counts.size, n_size)),
        cell_fte=np.zeros((GROUP, tables.cells.shape[0], n_size)),
    )


BY_ROLE = (
    "pay",
    "drift",
    "drift_sd",
    "attrition",
    "damping",
    "unfillable",
    "premium",
    "scale",
    "hazard",
)
ITEM_NUMBERS = ("item_seat", "item_path", "item_number", "item_found")
ITEM_KEYS = ("path_key", "stay_key", "pay_key", "ramp_key", "fill_step", "stay_step", "item_step")
ITEM_DRAWS = ("item_time", "fill", "factor", "ramp", "stay", "quantile")


def own_laws(tables: Tables, links: Links) -> Ints:
    """Return the laws that a path's inputs may change."""
    first = (tables.laws.ctypes.data - tables.values.ctypes.data) // tables.values.itemsize
    slots = np.concatenate([links.write_slots, links.scaled_slots]) - first
    inside = slots[(slots >= 0) & (slots < tables.laws.size)] // LAW_WIDTH
    return np.unique(np.concatenate([links.dirty_laws, inside])).astype(np.int64)


@njit
def note_people(t, p, c, g):
    """Note the numbers of path `g` that its people depend on, as they stand in the tables."""
    for r in range(t.roles.shape[0]):
        c.pay[r, g] = t.roles[r, R_PAY]
        c.drift[r, g], c.drift_sd[r, g] = t.roles[r, R_DRIFT], t.roles[r, R_DRIFT_SD]
        c.attrition[r, g] = t.roles[r, R_RATE]
        c.damping[r, g] = -t.roles[r, R_ELASTICITY] * t.roles[r, R_RAISE]
        c.unfillable[r, g], c.premium[r, g] = t.roles[r, R_UNFILLABLE], t.roles[r, R_PREMIUM]
    for k in range(t.macro.shape[0]):
        for j in range(t.macro.shape[1]):
            c.macro[k, j, g] = t.macro[k, j]
    for i in range(t.seats.shape[0]):
        c.given_tenure[i, g] = t.seats[i, S_TENURE]
    for k in range(c.own_law.size):
        copy_row(t.laws[c.own_law[k]], c.laws[g, k])
    c.announce[g] = t.practice[0, P_ANNOUNCE]
    longest = t.practice[0, P_MANAGER_PARALLEL]
    for cell in range(t.cells.shape[0]):
        longest = max(longest, t.cells[cell, C_PARALLEL])
    # Years, begun ones included, within which every change of arrangement is over.
    c.change_years[g] = int(min(longest / MONTHS_PER_YEAR, float(p.n_year))) + 1


@njit
def take_people(p, w, c, g):
    """Put path `g` before the stages that compute one path alone."""
    for y in range(p.n_year):
        for k in range(c.index.shape[0]):
            w.log_growth[k, y], w.index[k, y] = c.growth[k, y, g], c.index[k, y, g]
        for r in range(c.base.shape[0]):
            w.base[r, y] = c.base[r, y, g]
    for j in range(p.draw_laws.size):
        w.draw[j] = w.first[p.row_draw + j, g]
    for i in range(p.seats.shape[0]):
        w.n_spell[i] = c.n_spell[g, i]
        for k in range(w.n_spell[i]):
            spell = c.spells[g, i, k]
            w.spell_start[i, k], w.spell_end[i, k] = spell[SP_START], spell[SP_END]
            w.spell_ramp[i, k], w.spell_factor[i, k] = spell[SP_RAMP], spell[SP_FACTOR]
        if p.seats[i, SL_DISPLACED] == 1:
            w.gone[i] = c.gone[g, i]


@njit
def keep_size(w, c, g):
    """Keep what has been computed of the practice's size on path `g`."""
    n = w.n_size[0]
    c.n_size[g, 0] = n
    for k in range(n):
        c.size_time[g, k], c.size[g, k] = w.size_time[k], w.size[k]
        for j in range(w.wanted.shape[0]):
            c.wanted[g, j, k] = w.wanted[j, k]
        for j in range(w.lacking.shape[0]):
            c.lacking[g, j, k] = w.lacking[j, k]
        for cell in range(w.cell_fte.shape[0]):
            c.cell_fte[g, cell, k] = w.cell_fte[cell, k]


@njit
def take_size(w, c, g):
    """Put the practice's size on path `g` before the stages that compute one path alone."""
    n = c.n_size[g, 0]
    w.n_size[0] = n
    for k in range(n):
        w.size_time[k], w.size[k] = c.size_time[g, k], c.size[g, k]
        for j in range(w.wanted.shape[0]):
            w.wanted[j, k] = c.wanted[g, j, k]
        for j in range(w.lacking.shape[0]):
            w.lacking[j, k] = c.lacking[g, j, k]
        for cell in range(w.cell_fte.shape[0]):
            w.cell_fte[cell, k] = c.cell_fte[g, cell, k]


@njit
def take_levels(p, c, n):
    """Write the levels of attrition of `n` paths by path."""
    for g in range(n):
        for y in range(p.n_year):
            c.level[g, y] = c.index[ATTRITION, y, g]
