"""Room for one group of paths: everything a path computes before its results are written."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hcrisk.kernels.columns import (
    CANDIDATE_WIDTH,
    CL_CURRENT,
    CL_SERVICE,
    EVENT_WIDTH,
    FO_INDEMNIFIED,
    FO_INSURED,
    N_COST_LINE,
    SEGMENT_WIDTH,
    XL_FORM_END,
    XL_FORM_FIRST,
    Counts,
    Floats,
    Ints,
    Keys,
    Links,
    Tables,
)

GROUP = 32


class Room(NamedTuple):
    """Capacities that a path may outgrow; its block is then run again with more."""

    spells: int = 12
    segments: int = 8
    moves: int = 160
    candidates: int = 32

    def doubled(self) -> Room:
        """Return twice the room."""
        return Room(*(2 * capacity for capacity in self))


class Work(NamedTuple):
    """Scratch arrays; names follow docs/model.md. Indices are those of the program's tables."""

    first: Floats
    inputs: Floats
    copula_normal: Floats
    copula_sum: Floats
    growth: Floats
    index: Floats
    base: Floats
    scratch_year: Floats
    discount: Floats
    attrition: Floats
    scale: Floats
    newton: Floats
    hazard: Floats
    stay: Floats
    survival: Floats
    stayed: Floats
    open_seat: Ints
    open_time: Floats
    found: Ints
    draw_law: Ints
    draw_key: Keys
    draw_step: Keys
    drawn: Floats
    normals: Floats
    spell_start: Floats
    spell_end: Floats
    spell_ramp: Floats
    spell_factor: Floats
    n_spell: Ints
    gone: Floats
    change_years: Ints
    seat_pay: Floats
    seat_recruiting: Floats
    seat_backfill: Floats
    segments: Floats
    n_segment: Ints
    events: Floats
    n_event: Ints
    base_fee: Floats
    shortfall: Floats
    t_out: Floats
    cell_flow: Floats
    cell_component: Floats
    cell_year: Floats
    cell_npv: Floats
    departures: Ints
    service_seats: Ints
    service_seat_start: Ints
    service_cells: Ints
    service_cell_start: Ints
    takes: Ints
    seat_move_time: Floats
    seat_move_size: Floats
    move_time: Floats
    move_size: Floats
    move_code: Ints
    first_heads: Floats
    heads: Floats
    heads_time: Floats
    n_heads: Ints
    cover_scale: Floats
    cuts: Floats
    step_time: Floats
    step_u: Floats
    n_step: Ints
    pair_gap: Floats
    pair_gap_npv: Floats
    pair_uncovered: Floats
    manager_flow: Floats
    premium: Floats
    covered: Ints
    cut: Ints
    candidate_time: Floats
    candidate_level: Floats
    candidate: Ints
    candidate_loss: Floats
    rate: Floats
    bound: Floats
    strategy_bound: Floats
    is_indemnified: Ints
    is_insured: Ints
    occurred: Ints
    loss: Floats
    indemnity: Floats
    aggregate: Floats
    paid: Floats
    paid_due: Floats
    component: Floats
    year: Floats
    service: Floats
    count: Ints
    incident_flow: Floats
    stage_npv: Floats
    stage_cost: Floats
    stage_wage: Floats
    stage_price: Floats
    stage_component: Floats
    stage_service: Floats
    stage_uncovered: Floats
    stage_departures: Counts
    stage_events: Counts


def make_work(tables: Tables, links: Links, room: Room, with_cube: bool) -> Work:
    """Return scratch for one thread.

    Parameters
    ----------
    tables : Tables
    links : Links
    room : Room
        Capacities per path.
    with_cube : bool
        Keep the incident flows by component and year, as ``detail="full"`` needs.

    Returns
    -------
    Work
    """
    n_year = links.n_year
    n_seat, n_role = tables.seats.shape[0], tables.roles.shape[0]
    n_cell, n_pair = tables.cells.shape[0], links.pairs.shape[0]
    n_vendor, n_contract = tables.vendors.shape[0], tables.contracts.shape[0]
    n_strategy, n_service = links.strategy_cells.shape
    n_risk, n_form = tables.risks.shape[0], tables.forms.shape[0]
    n_component = N_COST_LINE + n_risk
    n_cube = n_strategy if with_cube else 0
    most_managers = int(max(links.manager_counts))
    most_contracts = int(np.diff(links.cell_contract_start).max())
    n_segment = n_year + room.segments
    n_cut = n_year + most_contracts * n_segment + 2 * most_managers * room.spells
    n_draw = max(4 * n_seat, GROUP)
    n_step = 2 * room.moves + 3 * (n_cut + 1)
    widest = int((links.risks[:, XL_FORM_END] - links.risks[:, XL_FORM_FIRST]).max(initial=0))

    def f(*shape: int) -> Floats:
        return np.zeros(shape)

    def i(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    return Work(
        first=f(links.first_keys.size, GROUP),
        inputs=f(links.input_laws.size, GROUP),
        copula_normal=f(links.copula_rows.size, GROUP),
        copula_sum=f(GROUP),
        growth=f(3, n_year),
        index=np.ones((4, n_year)),
        base=f(n_role, n_year),
        scratch_year=f(n_year),
        discount=f(n_year),
        attrition=f(n_role),
        scale=f(n_role),
        newton=f(4, n_role),
        hazard=f(n_role),
        stay=f(n_role),
        survival=f(n_role, links.tenure_factors.size),
        stayed=f(n_role, links.tenure_factors.size),
        open_seat=i(n_seat),
        open_time=f(n_seat),
        found=i(n_seat),
        draw_law=i(n_draw),
        draw_key=np.zeros(n_draw, dtype=np.uint64),
        draw_step=np.zeros(n_draw, dtype=np.uint64),
        drawn=f(n_draw),
        normals=f(n_draw),
        spell_start=f(n_seat, room.spells),
        spell_end=f(n_seat, room.spells),
        spell_ramp=f(n_seat, room.spells),
        spell_factor=f(n_seat, room.spells),
        n_spell=i(n_seat),
        gone=f(n_seat),
        change_years=i(1),
        seat_pay=f(n_seat, n_year),
        seat_recruiting=f(n_seat, n_year),
        seat_backfill=f(n_seat, n_year),
        segments=f(n_vendor, n_segment, SEGMENT_WIDTH),
        n_segment=i(n_vendor),
        events=f(n_vendor, room.segments, EVENT_WIDTH),
        n_event=i(n_vendor),
        base_fee=f(n_contract),
        shortfall=f(n_cell, links.n_roster),
        t_out=f(n_cell),
        cell_flow=f(n_cell, N_COST_LINE, n_year),
        cell_component=f(n_cell, N_COST_LINE),
        cell_year=f(n_cell, n_year),
        cell_npv=f(n_cell),
        departures=i(n_cell),
        **seat_masks(links, n_service),
        seat_move_time=f(room.moves),
        seat_move_size=f(room.moves),
        move_time=f(room.moves),
        move_size=f(room.moves),
        move_code=i(room.moves),
        first_heads=f(2 * n_cell),
        heads=f(2 * n_cell, room.moves),
        heads_time=f(2 * n_cell, room.moves),
        n_heads=i(2 * n_cell),
        cover_scale=f(n_cell),
        cuts=f(n_cut),
        step_time=f(n_pair, n_step),
        step_u=f(n_pair, n_step),
        n_step=i(n_pair),
        pair_gap=f(n_pair, n_year),
        pair_gap_npv=f(n_pair),
        pair_uncovered=f(n_pair),
        manager_flow=f(links.manager_counts.size, N_COST_LINE, n_year),
        premium=f(n_strategy, n_year),
        covered=i(n_strategy, n_year),
        cut=i(n_strategy, n_year),
        candidate_time=f(room.candidates),
        candidate_level=f(room.candidates),
        candidate=i(room.candidates, CANDIDATE_WIDTH),
        candidate_loss=f(room.candidates, widest),
        rate=f(n_risk),
        bound=f(n_risk),
        strategy_bound=f(n_strategy, n_risk),
        is_indemnified=_any_form(links, FO_INDEMNIFIED),
        is_insured=_any_form(links, FO_INSURED) * links.has_insurance,
        occurred=i(n_form),
        loss=f(n_form),
        indemnity=f(n_form),
        aggregate=f(n_year),
        paid=f(n_vendor),
        paid_due=f(n_vendor),
        component=f(n_strategy, n_component),
        year=f(n_strategy, n_year),
        service=f(n_strategy, n_service + 1),
        count=i(n_strategy, n_risk),
        incident_flow=f(n_cube, n_service + 1, n_component, n_year),
        stage_npv=f(n_strategy, GROUP),
        stage_cost=f(n_strategy, n_year, GROUP),
        stage_wage=f(n_year, GROUP),
        stage_price=f(n_year, GROUP),
        stage_component=f(n_strategy, n_component, GROUP),
        stage_service=f(n_strategy, n_service + 1, GROUP),
        stage_uncovered=f(n_strategy, n_service + 1, GROUP),
        stage_departures=np.zeros((n_strategy, n_service + 1, GROUP), dtype=np.int32),
        stage_events=np.zeros((n_strategy, n_risk, GROUP), dtype=np.int32),
    )


def seat_masks(links: Links, n_service: int) -> dict[str, Ints]:
    """Return the seats and cells of each service, and which moves each cell takes.

    Row `cell` of ``takes`` says which seats of the service are the cell's. Row ``n_cell + cell``
    is for the time before a change to it: the seats of current that stay, and beyond the number
    of seats those that go.
    """
    cells = links.cells
    n_cell = cells.shape[0]
    of_service = [np.flatnonzero(cells[:, CL_SERVICE] == s) for s in range(n_service)]
    own = [_slice(links.cell_seats, links.cell_seat_start, cell) for cell in range(n_cell)]
    gone = [
        _slice(links.cell_displaced, links.cell_displaced_start, cell) for cell in range(n_cell)
    ]
    seats = [np.unique(np.concatenate([own[cell] for cell in group])) for group in of_service]
    widest = max(group.size for group in seats)
    takes = np.zeros((2 * n_cell, 2 * widest), dtype=np.int64)
    for service, group in enumerate(of_service):
        held = seats[service]
        for cell in group:
            current = own[cells[cell, CL_CURRENT]]
            takes[cell, : held.size] = np.isin(held, own[cell])
            stay, go = np.setdiff1d(current, gone[cell]), gone[cell]
            takes[n_cell + cell, : held.size] = np.isin(held, stay)
            takes[n_cell + cell, held.size : 2 * held.size] = np.isin(held, go)
    return {
        "service_seats": np.concatenate(seats).astype(np.int64),
        "service_seat_start": _starts(seats),
        "service_cells": np.concatenate(of_service).astype(np.int64),
        "service_cell_start": _starts(of_service),
        "takes": takes,
    }


def _slice(items: Ints, start: Ints, n: int) -> Ints:
    return items[start[n] : start[n + 1]]


def _starts(groups: list[Ints]) -> Ints:
    return np.cumsum([0, *(group.size for group in groups)], dtype=np.int64)


def _any_form(links: Links, column: int) -> Ints:
    """Return for each risk whether any of its forms has a flag."""
    marks = [
        links.forms[row[XL_FORM_FIRST] : row[XL_FORM_END], column].any() for row in links.risks
    ]
    return np.array(marks, dtype=np.int64)
