"""The tuples of arrays that a program is made of, that a path works in, and that take results.

The tables of numbers are two-dimensional views of one flat vector, so that a path can write its
own values by slot; `hcrisk.kernels.columns` names their columns.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Counts = NDArray[np.int32]
Keys = NDArray[np.uint64]


class Tables(NamedTuple):
    """Numbers by name; each table is a view of ``values``, so writing a slot changes it.

    Sizes: ``n_planned``, ``n_peak``, ``n_role``, ``n_seat`` (services' and managers'),
    ``n_service``, ``n_cell``, ``n_contract``, ``n_band``, ``n_line`` (cells' and shared),
    ``n_project``, ``n_vendor``, ``n_risk``, ``n_effect``, ``n_point``, ``n_form``, ``n_step``,
    ``n_condition``.
    """

    values: Floats
    practice: Floats
    growth: Floats
    planned: Floats
    peaks: Floats
    macro: Floats
    roles: Floats
    seats: Floats
    services: Floats
    cells: Floats
    contracts: Floats
    bands: Floats
    lines: Floats
    projects: Floats
    vendors: Floats
    risks: Floats
    factors: Floats
    points: Floats
    forms: Floats
    steps: Floats
    insurance: Floats
    readiness: Floats
    conditions: Floats
    laws: Floats


class Output(NamedTuple):
    """Results of all paths, path last; arrays not asked for have no paths."""

    npv: Floats
    cost: Floats
    component_npv: Floats
    service_npv: Floats
    events: Counts
    uncovered: Floats
    departures: Counts
    wage_index: Floats
    price_index: Floats
    input: Floats
    cube: Floats
    weight: Floats


class Links(NamedTuple):
    """The structure of a program: integers, certain numbers and stream keys.

    ``manager_counts`` and ``manager_shortages`` are those of time 0.
    """

    n_year: int
    mid_year: int
    n_roster: int
    has_growth: int
    has_demand: int
    most: float
    least: float
    acquisition_law: int
    acquisition_keys: Keys
    planned_times: Floats
    peak_windows: Floats
    service_peak_start: Ints
    rules: Floats
    post_rules: Floats
    skills_grow: Ints
    cell_fixed_fte: Floats
    cell_rules: Ints
    cell_rule_fte: Floats
    cell_rule_start: Ints
    cover_row: Ints
    cover_posts: Floats
    contract_bands: Ints
    quantile_tables: Floats
    macro_cholesky: Floats
    tenure_breaks: Floats
    tenure_factors: Floats
    role_laws: Ints
    seats: Ints
    cells: Ints
    cell_seats: Ints
    cell_seat_start: Ints
    cell_displaced: Ints
    cell_displaced_start: Ints
    contracts: Ints
    cell_contract_start: Ints
    lines: Ints
    cell_line_start: Ints
    line_twin: Ints
    projects: Ints
    cell_project_start: Ints
    shared_line_first: int
    vendor_laws: Ints
    risks: Ints
    effects: Ints
    forms: Ints
    has_insurance: int
    has_yearly_caps: int
    condition_services: Ints
    risk_view: Ints
    view_start: Ints
    view_strategy: Ints
    is_alone: Ints
    strategy_cells: Ints
    strategy_managers: Ints
    cell_controls: Ints
    shared_needs: Ints
    shared_need_start: Ints
    cell_components: Ints
    cell_component_start: Ints
    pairs: Ints
    pair_index: Ints
    manager_counts: Ints
    manager_first: Ints
    manager_seats: Ints
    manager_span: float
    most_managers: float
    manager_strategies: Ints
    leader_shares: Floats
    manager_shortages: Floats
    current_managers: int
    manager_role: int
    input_laws: Ints
    copula: Floats
    copula_rows: Ints
    write_inputs: Ints
    write_slots: Ints
    write_scales: Floats
    scaled_slots: Ints
    scaled_effects: Ints
    scaled_bases: Floats
    dirty_laws: Ints
    seat_keys: Keys
    vendor_keys: Keys
    vendor_transition_keys: Keys
    incident_keys: Keys
    first_keys: Keys
    first_steps: Keys
    normal_rows: Ints
    macro_rows: Ints
    drift_rows: Ints
    draw_laws: Ints
    renewal_draws: Ints
    onboarding_draw: int
    overrun_draws: Ints
    frailty_draws: Ints
    premium_draw: int
    row_draw: int
    row_refusal: int
    row_seat: int
    row_vendor: int
    row_count: int
    inner: int
    n_shared: int
    given: Floats
    given_start: int
    plain_share: float
    pick_key: Keys
    pick_bounds: Floats
    pick_share: Floats
    pick_cause: Ints
    pick_row: Ints
    pick_start: Ints
    cause_risk: Ints
    tilt_start: Ints
    tilt_rows: Ints
    twin_rows: Ints
    tilt_edges: Floats
    tilt_density: Floats
    tilt_below: Floats
    mark_tilts: Ints


class Work(NamedTuple):
    """Scratch arrays; names follow docs/model.md. Indices are those of the program's tables."""

    first: Floats
    kept: Floats
    pick: Ints
    ratio: Floats
    forced: Ints
    weight: Floats
    inputs: Floats
    copula_normal: Floats
    copula_sum: Floats
    log_growth: Floats
    size_time: Floats
    size: Floats
    n_size: Ints
    wanted: Ints
    lacking: Floats
    cell_fte: Floats
    demand_time: Floats
    demand_size: Floats
    demand_peak: Floats
    n_demand: Ints
    weighted: Floats
    index: Floats
    base: Floats
    scratch_year: Floats
    discount: Floats
    draw: Floats
    spell_start: Floats
    spell_end: Floats
    spell_ramp: Floats
    spell_factor: Floats
    n_spell: Ints
    gone: Floats
    seat_work: Floats
    seat_work_until: Floats
    seat_flow: Floats
    seat_row: Floats
    segments: Floats
    n_segment: Ints
    events: Floats
    n_event: Ints
    delivered_time: Floats
    delivered: Floats
    n_delivered: Ints
    absence_time: Floats
    present: Floats
    n_absence: Ints
    base_fee: Floats
    shortfall: Floats
    is_tabulated: Ints
    t_out: Floats
    cell_flow: Floats
    cell_row: Floats
    cell_component: Floats
    cell_year: Floats
    cell_npv: Floats
    departures: Ints
    unskilled: Floats
    unskilled_until: Floats
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
    managed: Floats
    key_persons: Ints
    losses: Floats
    on_call: Floats
    on_call_reach: Floats
    cuts: Floats
    step_time: Floats
    step_u: Floats
    n_step: Ints
    pair_gap: Floats
    pair_gap_npv: Floats
    pair_uncovered: Floats
    manager_flow: Floats
    manager_row: Floats
    premium: Floats
    covered: Ints
    cut: Ints
    level_keys: Keys
    time_keys: Keys
    point_steps: Keys
    level_uniforms: Floats
    time_uniforms: Floats
    point_slab: Floats
    point_bound: Floats
    candidate_time: Floats
    candidate_level: Floats
    candidate: Ints
    candidate_loss: Floats
    rate: Floats
    bound: Floats
    view_bound: Floats
    view_least: Floats
    view_count: Ints
    view_flow: Floats
    severity: Floats
    shared: Ints
    is_indemnified: Ints
    is_insured: Ints
    occurred: Ints
    loss: Floats
    yearly_left: Floats
    indemnity: Floats
    aggregate: Floats
    paid: Floats
    paid_due: Floats
    component: Floats
    year: Floats
    service: Floats
    count: Ints
    incident_flow: Floats
    journal: Floats
    n_journal: Ints
    stage_npv: Floats
    stage_cost: Floats
    stage_wage: Floats
    stage_price: Floats
    stage_component: Floats
    stage_service: Floats
    stage_uncovered: Floats
    stage_departures: Counts
    stage_events: Counts
