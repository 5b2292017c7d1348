"""Skills: how much of what an incident takes is there at a time (model 7)."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.arrays import fill
from hcrisk.kernels.columns import (
    CL_PRESENCE,
    CL_SERVICE,
    CL_UNFUNDED,
    CLOSED,
    K_SKILLS,
    KL_VENDOR,
    R_FTE,
    R_SKILL,
    R_START,
    RAMP_STEPS,
    SL_ROLE,
    V_SKILLS,
)
from hcrisk.kernels.coverage import vendor_delivers
from hcrisk.kernels.growth import posts_growth, size_step
from hcrisk.kernels.knowledge import works_in


@njit
def productivity_at(roles, w, r, i, time):
    """Return the productivity of whoever holds seat `i`, 0 if nobody does, and until when."""
    following = math.inf
    for k in range(w.n_spell[i] - 1, -1, -1):
        start, ramp = w.spell_start[i, k], w.spell_ramp[i, k]
        if time >= start:
            if time >= w.spell_end[i, k] or ramp == CLOSED:
                return 0.0, following
            if time >= start + ramp:
                return 1.0, w.spell_end[i, k]
            # As the moves of the seat have it: step k begins at start + ramp k / 8.
            step = RAMP_STEPS - 1
            while step > 0 and start + ramp * step / RAMP_STEPS > time:
                step -= 1
            work = roles[r, R_START] + (1.0 - roles[r, R_START]) * (step + 0.5) / RAMP_STEPS
            return work, min(start + ramp * (step + 1) / RAMP_STEPS, w.spell_end[i, k])
        following = start
    return 0.0, following


@njit
def forget_skills(w):
    """Begin a path, whose times are asked for in order."""
    fill(w.seat_work_until, 0.0)
    fill(w.unskilled_until, 0.0)


@njit
def unskilled_at(t, p, w, target, cell, time):
    """Return the unskilled share of a service that moves to `target`, with `cell` in force.

    Times asked for do not fall within a path: what was found holds until somebody comes or goes.
    """
    if time >= w.unskilled_until[target]:
        w.unskilled[target], w.unskilled_until[target] = find_unskilled(t, p, w, target, cell, time)
    return w.unskilled[target]


@njit
def find_unskilled(t, p, w, target, cell, time):
    """Return the unskilled share as `unskilled_at`, and until when it holds at least."""
    until = w.t_out[target] if cell != target else math.inf
    if p.cells[cell, CL_UNFUNDED] == 1:
        return 1.0, until
    service = p.cells[cell, CL_SERVICE]
    needed = t.services[service, V_SKILLS]
    if needed <= 0.0:
        return 0.0, until
    if p.skills_grow[service] == 1:
        whole = p.cells[cell, CL_PRESENCE] == 1
        needed *= posts_growth(p.post_rules, service, w.size[size_step(w, time)], whole)
        until = time
    skilled = 0.0
    for j in range(p.cell_seat_start[target], p.cell_seat_start[target + 1]):
        i = p.cell_seats[j]
        if works_in(p, cell, target, i):
            r = p.seats[i, SL_ROLE]
            if time >= w.seat_work_until[i]:
                w.seat_work[i], w.seat_work_until[i] = productivity_at(t.roles, w, r, i, time)
            until = min(until, w.seat_work_until[i])
            skilled += t.roles[r, R_FTE] * w.seat_work[i] * t.roles[r, R_SKILL]
    if cell != target:
        for j in range(p.cell_displaced_start[target], p.cell_displaced_start[target + 1]):
            i = p.cell_displaced[j]
            r = p.seats[i, SL_ROLE]
            if time < w.gone[i]:
                until = min(until, w.gone[i])
                skilled += t.roles[r, R_FTE] * t.roles[r, R_SKILL]
    for k in range(p.cell_contract_start[cell], p.cell_contract_start[cell + 1]):
        delivers, holds = vendor_delivers(w, p.contracts[k, KL_VENDOR], time)
        skilled += t.contracts[k, K_SKILLS] * delivers
        until = min(until, holds)
    return max(1.0 - skilled / needed, 0.0), until
