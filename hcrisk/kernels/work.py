"""Room for one group of paths: everything a path computes before its results are written."""

from __future__ import annotations

from typing import Any

import numpy as np

from hcrisk.kernels.batches import LANES
from hcrisk.kernels.columns import (
    CANDIDATE_WIDTH,
    EVENT_WIDTH,
    FO_INDEMNIFIED,
    FO_INSURED,
    JOURNAL_WIDTH,
    LOSS_WIDTH,
    N_COST_LINE,
    N_SEAT_LINE,
    SEGMENT_WIDTH,
    XL_FORM_END,
    XL_FORM_FIRST,
)
from hcrisk.kernels.masks import seat_masks
from hcrisk.kernels.room import GROUP, Room, n_absences, n_demands, n_segments, n_sizes
from hcrisk.kernels.tables import Floats, Ints, Links, Tables, Work


def make_work(
    tables: Tables, links: Links, room: Room, with_cube: bool, with_journal: bool = False
) -> Work:
    """Return scratch for one thread.

    Parameters
    ----------
    tables : Tables
    links : Links
    room : Room
        Capacities per path.
    with_cube : bool
        Keep the incident flows by component and year, as ``detail="full"`` needs.
    with_journal : bool
        Keep the amounts of every incident of the last path, by strategy.

    Returns
    -------
    Work
    """
    return Work(
        **_proposal_work(links, with_journal),
        **_growth_work(tables, links, room),
        **_people_work(tables, links, room),
        **_vendor_work(tables, links, room),
        **_cell_work(tables, links, room),
        **_cover_work(tables, links, room),
        **_result_work(tables, links, room, with_cube),
        **_journal_work(links, room, with_journal),
    )


Arrays = dict[str, Any]
POINT_KEYS = ("level_keys", "time_keys", "point_steps")
POINT_NUMBERS = ("level_uniforms", "time_uniforms", "point_slab", "point_bound")


def _floats(*shape: int) -> Floats:
    return np.zeros(shape)


def _ints(*shape: int) -> Ints:
    return np.zeros(shape, dtype=np.int64)


def _flow_and_row(name: str, n: int, lines: int, n_year: int) -> Arrays:
    """Return costs by line and year, and the same memory as one row each, for short loops."""
    flow = _floats(n, lines, n_year)
    return {f"{name}_flow": flow, f"{name}_row": flow.reshape(n, lines * n_year)}


def _proposal_work(links: Links, with_kept: bool) -> Arrays:
    """Return room for what paths of a proposal weigh, and for the uniforms of the last group."""
    return {
        "kept": _floats(links.first_keys.size * with_kept, GROUP),
        "pick": _ints(GROUP),
        "ratio": _floats(links.cause_risk.size, GROUP),
        "forced": np.array([-1, -1]),
        "weight": np.ones(GROUP),
    }


def _people_work(tables: Tables, links: Links, room: Room) -> Arrays:
    """Return room for draws, indices and seats."""
    n_year = links.n_year
    n_seat, n_role = tables.seats.shape[0], tables.roles.shape[0]
    return {
        "first": _floats(links.first_keys.size, GROUP),
        "inputs": _floats(links.input_laws.size, GROUP),
        "copula_normal": _floats(links.copula_rows.size, GROUP),
        "copula_sum": _floats(GROUP),
        "log_growth": _floats(3, n_year),
        "index": np.ones((4, n_year)),
        "base": _floats(n_role, n_year),
        "scratch_year": _floats(n_year),
        "discount": _floats(n_year),
        "draw": _floats(links.draw_laws.size),
        "spell_start": _floats(n_seat, room.spells),
        "spell_end": _floats(n_seat, room.spells),
        "spell_ramp": _floats(n_seat, room.spells),
        "spell_factor": _floats(n_seat, room.spells),
        "n_spell": _ints(n_seat),
        "gone": _floats(n_seat),
        "seat_work": _floats(n_seat),
        "seat_work_until": _floats(n_seat),
        **_flow_and_row("seat", n_seat, N_SEAT_LINE, n_year),
    }


def _vendor_work(tables: Tables, links: Links, room: Room) -> Arrays:
    """Return room for the timelines of vendors and for managers who are missing."""
    n_vendor, n_count = tables.vendors.shape[0], links.manager_counts.size
    n_segment, n_absence = n_segments(links, room), n_absences(tables, links, room)
    return {
        "segments": _floats(n_vendor, n_segment, SEGMENT_WIDTH),
        "n_segment": _ints(n_vendor),
        "events": _floats(n_vendor, room.segments, EVENT_WIDTH),
        "n_event": _ints(n_vendor),
        "delivered_time": _floats(n_vendor, n_segment),
        "delivered": _floats(n_vendor, n_segment),
        "n_delivered": _ints(n_vendor),
        "base_fee": _floats(tables.contracts.shape[0], n_sizes(tables, links, room)),
        "absence_time": _floats(n_count, n_absence),
        "present": _floats(n_count, n_absence),
        "n_absence": _ints(n_count),
        **_flow_and_row("manager", n_count, N_COST_LINE, links.n_year),
    }


def _growth_work(tables: Tables, links: Links, room: Room) -> Arrays:
    """Return room for the practice's size, what it wants, and the demand on its services."""
    n_size, n_demand = n_sizes(tables, links, room), n_demands(tables, links, room)
    n_rule, n_count = links.rules.shape[0], links.manager_counts.size
    n_service = tables.services.shape[0]
    return {
        "size_time": _floats(n_size),
        "size": np.ones(n_size),
        "n_size": np.ones(1, dtype=np.int64),
        "wanted": _ints(n_rule + n_count, n_size),
        "lacking": _floats(n_count, n_size),
        "cell_fte": _floats(tables.cells.shape[0], n_size),
        "demand_time": _floats(n_service, n_demand),
        "demand_size": np.ones((n_service, n_demand)),
        "demand_peak": np.ones((n_service, n_demand)),
        "n_demand": np.ones(n_service, dtype=np.int64),
        "weighted": _floats(2, links.n_year),
    }


def _cell_work(tables: Tables, links: Links, room: Room) -> Arrays:
    """Return room for what cells cost and how their heads move."""
    n_year, n_cell = links.n_year, tables.cells.shape[0]
    return {
        "t_out": _floats(n_cell),
        **_flow_and_row("cell", n_cell, N_COST_LINE, n_year),
        "cell_component": _floats(n_cell, N_COST_LINE),
        "cell_year": _floats(n_cell, n_year),
        "cell_npv": _floats(n_cell),
        "departures": _ints(n_cell),
        "unskilled": _floats(n_cell),
        "unskilled_until": _floats(n_cell),
        **seat_masks(links, links.strategy_cells.shape[1]),
        "seat_move_time": _floats(room.moves),
        "seat_move_size": _floats(room.moves),
        "move_time": _floats(room.moves),
        "move_size": _floats(room.moves),
        "move_code": _ints(room.moves),
        "first_heads": _floats(2 * n_cell),
        "heads": _floats(2 * n_cell, room.moves),
        "heads_time": _floats(2 * n_cell, room.moves),
        "n_heads": _ints(2 * n_cell),
    }


def _cover_work(tables: Tables, links: Links, room: Room) -> Arrays:
    """Return room for how heads become cover, and for the steps of u."""
    n_year, n_cell, n_pair = links.n_year, tables.cells.shape[0], links.pairs.shape[0]
    most_contracts = int(np.diff(links.cell_contract_start).max())
    seats = np.diff(links.cell_seat_start) + np.diff(links.cell_displaced_start)
    n_loss = room.spells * int(seats.max())
    n_cut = most_contracts * n_segments(links, room) + n_absences(tables, links, room) + 2 * n_loss
    n_cut += n_demands(tables, links, room) + 1
    # A row is swept in up to two parts: before a change and after.
    n_step = 2 * (room.moves + n_cut + 1)
    return {
        "is_tabulated": _ints(links.cover_posts.size),
        "shortfall": _floats(links.cover_posts.size, links.n_roster),
        "cover_scale": _floats(n_cell),
        "managed": _floats(n_cell),
        "key_persons": _ints(n_cell),
        "losses": _floats(LOSS_WIDTH, n_loss),
        "on_call": _floats(n_cell),
        "on_call_reach": _floats(n_cell),
        "cuts": _floats(n_cut),
        "step_time": _floats(n_pair, n_step),
        "step_u": _floats(n_pair, n_step),
        "n_step": _ints(n_pair),
        "pair_gap": _floats(n_pair, n_year),
        "pair_gap_npv": _floats(n_pair),
        "pair_uncovered": _floats(n_pair),
    }


def _result_work(tables: Tables, links: Links, room: Room, with_cube: bool) -> Arrays:
    """Return room for incidents, insurance and the sums of strategies."""
    n_year = links.n_year
    n_strategy, n_service = links.strategy_cells.shape
    n_risk, n_form = tables.risks.shape[0], tables.forms.shape[0]
    n_vendor, n_view = tables.vendors.shape[0], links.view_strategy.size
    n_component = N_COST_LINE + n_risk
    n_cube = n_strategy if with_cube else 0
    widest = int((links.risks[:, XL_FORM_END] - links.risks[:, XL_FORM_FIRST]).max(initial=0))
    return {
        "premium": _floats(n_strategy, n_year),
        "covered": _ints(n_strategy, n_year),
        "cut": _ints(n_strategy, n_year),
        **_point_work(room),
        "candidate_time": _floats(room.candidates),
        "candidate_level": _floats(room.candidates),
        "candidate": _ints(room.candidates, CANDIDATE_WIDTH),
        "candidate_loss": _floats(room.candidates, widest),
        "rate": _floats(n_risk),
        "bound": _floats(n_risk),
        "view_bound": _floats(n_view),
        "view_least": _floats(n_view),
        "view_count": _ints(n_view),
        "view_flow": _floats(n_view, n_year),
        "severity": _floats(room.candidates, int(np.diff(links.view_start).max(initial=0))),
        "shared": _ints(room.candidates),
        "is_indemnified": _any_form(links, FO_INDEMNIFIED),
        "is_insured": _any_form(links, FO_INSURED) * links.has_insurance,
        "occurred": _ints(n_form),
        "loss": _floats(n_form),
        "yearly_left": _floats(n_form * links.has_yearly_caps, n_year),
        "indemnity": _floats(n_form),
        "aggregate": _floats(n_year),
        "paid": _floats(n_vendor),
        "paid_due": _floats(n_vendor),
        "component": _floats(n_strategy, n_component),
        "year": _floats(n_strategy, n_year),
        "service": _floats(n_strategy, n_service + 1),
        "count": _ints(n_strategy, n_risk),
        "incident_flow": _floats(n_cube, n_service + 1, n_component, n_year),
        "stage_npv": _floats(n_strategy, GROUP),
        "stage_cost": _floats(n_strategy, n_year, GROUP),
        "stage_wage": _floats(n_year, GROUP),
        "stage_price": _floats(n_year, GROUP),
        "stage_component": _floats(n_strategy, n_component, GROUP),
        "stage_service": _floats(n_strategy, n_service + 1, GROUP),
        "stage_uncovered": _floats(n_strategy, n_service + 1, GROUP),
        "stage_departures": np.zeros((n_strategy, n_service + 1, GROUP), dtype=np.int32),
        "stage_events": np.zeros((n_strategy, n_risk, GROUP), dtype=np.int32),
    }


def _point_work(room: Room) -> Arrays:
    """Return room for points, in whole vectors."""
    n = room.candidates + LANES
    keys = {name: np.zeros(n, dtype=np.uint64) for name in POINT_KEYS}
    return keys | {name: _floats(n) for name in POINT_NUMBERS}


def _journal_work(links: Links, room: Room, with_journal: bool) -> Arrays:
    """Return room for every candidate in every strategy, or none."""
    rows = links.strategy_cells.shape[0] * room.candidates * with_journal
    return {"journal": _floats(rows, JOURNAL_WIDTH), "n_journal": _ints(1)}


def _any_form(links: Links, column: int) -> Ints:
    """Return for each risk whether any of its forms has a flag."""
    marks = [
        links.forms[row[XL_FORM_FIRST] : row[XL_FORM_END], column].any() for row in links.risks
    ]
    return np.array(marks, dtype=np.int64)
