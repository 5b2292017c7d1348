"""Room for one group of paths: everything a path computes before its results are written."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hcrisk.kernels.columns import (
    EVENT_WIDTH,
    N_COST_LINE,
    SEGMENT_WIDTH,
    Floats,
    Ints,
    Links,
    Tables,
)

GROUP = 32


class Room(NamedTuple):
    """Capacities that a path may outgrow; its block is then run again with more."""

    spells: int = 12
    segments: int = 8
    changes: int = 96
    candidates: int = 16

    def doubled(self) -> Room:
        """Return twice the room."""
        return Room(*(2 * capacity for capacity in self))


class Work(NamedTuple):
    """Scratch arrays; names follow docs/model.md. Indices are those of the program's tables."""

    first: Floats
    inputs: Floats
    normal: Floats
    growth: Floats
    index: Floats
    base: Floats
    ones: Floats
    scratch_year: Floats
    discount: Floats
    scale: Floats
    spell_start: Floats
    spell_end: Floats
    spell_ramp: Floats
    spell_factor: Floats
    n_spell: Ints
    gone: Floats
    seat_pay: Floats
    seat_recruiting: Floats
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
    change_time: Floats
    change_size: Floats
    change_kind: Ints
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

    def f(*shape: int) -> Floats:
        return np.zeros(shape)

    def i(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    return Work(
        first=f(links.first_keys.size, GROUP),
        inputs=f(links.input_laws.size, GROUP),
        normal=f(links.copula_rows.size),
        growth=f(3, n_year),
        index=f(3, n_year),
        base=f(n_role, n_year),
        ones=np.ones(n_year),
        scratch_year=f(n_year),
        discount=f(n_year),
        scale=f(n_role),
        spell_start=f(n_seat, room.spells),
        spell_end=f(n_seat, room.spells),
        spell_ramp=f(n_seat, room.spells),
        spell_factor=f(n_seat, room.spells),
        n_spell=i(n_seat),
        gone=f(n_seat),
        seat_pay=f(n_seat, n_year),
        seat_recruiting=f(n_seat, n_year),
        segments=f(n_vendor, n_year + room.segments, SEGMENT_WIDTH),
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
        change_time=f(room.changes),
        change_size=f(room.changes),
        change_kind=i(room.changes),
        pair_gap=f(n_pair, n_year),
        pair_gap_npv=f(n_pair),
        pair_uncovered=f(n_pair),
        manager_flow=f(links.manager_counts.size, N_COST_LINE, n_year),
        premium=f(n_strategy, n_year),
        covered=i(n_strategy, n_year),
        cut=i(n_strategy, n_year),
        candidate_time=f(room.candidates),
        candidate_level=f(room.candidates),
        candidate=i(room.candidates, 4),
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
    )
