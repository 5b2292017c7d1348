"""Write the practice, macro, roles, seats, vendors, services and contracts into tables."""

from __future__ import annotations

import math

import numpy as np

from hcrisk.kernels import columns as col
from hcrisk.kernels.tables import Ints
from hcrisk.program.layout import Layout, Seat, most_fte
from hcrisk.program.recorder import Recorder
from hcrisk.scenario.quantity import Number, Quantity
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.service import Arrangement
from hcrisk.scenario.vendor import Vendor

ROLE_COLUMNS = {
    "pay": col.R_PAY,
    "fte": col.R_FTE,
    "attrition_rate": col.R_RATE,
    "drift": col.R_DRIFT,
    "drift_sd": col.R_DRIFT_SD,
    "replacement_premium": col.R_PREMIUM,
    "retention_raise": col.R_RAISE,
    "retention_elasticity": col.R_ELASTICITY,
    "unfillable_share": col.R_UNFILLABLE,
    "start_productivity": col.R_START,
    "recruiting_flat": col.R_FLAT,
    "recruiting_share": col.R_SHARE,
    "backfill_share": col.R_BACKFILL,
    "backfill_multiple": col.R_MULTIPLE,
    "severance_weeks": col.R_WEEKS,
    "skill": col.R_SKILL,
    "fallback_share": col.R_FALLBACK_SHARE,
    "fallback_multiple": col.R_FALLBACK_MULTIPLE,
    "key_dip": col.R_KEY_DIP,
    "key_months": col.R_KEY_MONTHS,
}
VENDOR_COLUMNS = {
    "delivered": col.D_DELIVERED,
    "term_months": col.D_TERM,
    "escalator_spread": col.D_SPREAD,
    "escalator_floor": col.D_FLOOR,
    "escalator_cap": col.D_CAP,
    "notice_months": col.D_NOTICE,
    "exit_fee_share": col.D_EXIT,
    "indemnity_share": col.D_INDEMNITY,
    "indemnity_months": col.D_INDEMNITY_MONTHS,
    "sla_credit_share": col.D_CREDIT,
}
TRANSITION_COLUMNS = {
    "cost": col.C_COST,
    "handover_months": col.C_HANDOVER,
    "max_parallel_months": col.C_PARALLEL,
    "dip": col.C_DIP,
    "dip_months": col.C_DIP_MONTHS,
}
OVERSIGHT_COLUMNS = {
    "oversight_need": col.C_NEED,
    "oversight_capability": col.C_CAPABILITY,
    "unmanaged_loss": col.C_UNMANAGED,
}
CALL_COLUMNS = {
    "hours_per_week": col.C_CALL_HOURS,
    "effectiveness": col.C_CALL_EFFECT,
    "people": col.C_CALL_PEOPLE,
    "stipend": col.C_STIPEND,
}
INDICES = {"none": col.CONSTANT_MONEY, "wage": col.WAGE, "price": col.PRICE}


def write_size(
    recorder: Recorder,
    scenario: Scenario,
    place: tuple[str, int, int],
    size: Quantity,
    path: str,
) -> None:
    """Write a size, multiplied by the providers if it is a ratio."""
    per_provider = getattr(size, "per_provider", False)
    scale = float(scenario.practice.providers) if per_provider else 1.0
    recorder.put(*place, size, path, scale)


def write_revenue(
    recorder: Recorder, scenario: Scenario, place: tuple[str, int, int], scale: float = 1.0
) -> None:
    """Write the practice's yearly revenue, or a part of it."""
    revenue = scenario.practice.revenue
    scale *= float(scenario.practice.providers) if revenue.per_provider else 1.0
    recorder.put(*place, revenue, "practice.revenue", scale)


def write_practice(recorder: Recorder, scenario: Scenario) -> None:
    """Write the one row of what holds for the whole practice."""
    row = recorder.row("practice", col.PRACTICE_WIDTH)
    recorder.put("practice", row, col.P_RATE, scenario.discounting.rate, "discounting.rate")
    people = scenario.people
    recorder.put("practice", row, col.P_ANNOUNCE, people.announce, "people.announce")
    recorder.set("practice", row, col.P_HOURS, float(people.hours_per_week))
    recorder.set("practice", row, col.P_PROVIDERS, float(scenario.practice.providers))
    place = ("practice", row, col.P_RECORDS)
    write_size(recorder, scenario, place, scenario.practice.records, "practice.records")
    write_revenue(recorder, scenario, ("practice", row, col.P_REVENUE))
    recorder.set("practice", row, col.P_SITES, float(scenario.practice.sites))
    managers = scenario.managers
    if managers is not None:
        recorder.put("practice", row, col.P_DRIFT, managers.drift, "managers.drift")
        months, path = managers.max_parallel_months, "managers.max_parallel_months"
        recorder.put("practice", row, col.P_MANAGER_PARALLEL, months, path)


def write_macro(recorder: Recorder, scenario: Scenario) -> None:
    """Write the autoregressions of wage, price and attrition."""
    macro = scenario.macro
    for name in ("wage", "price", "attrition"):
        process = getattr(macro, name)
        row, path = recorder.row("macro", col.MACRO_WIDTH), f"macro.{name}"
        mean = getattr(process, "mean", None)
        if mean is not None:
            recorder.put("macro", row, col.M_MEAN, mean, f"{path}.mean")
        recorder.put("macro", row, col.M_PHI, process.phi, f"{path}.phi")
        recorder.put("macro", row, col.M_SD, process.sd, f"{path}.sd")
        if process.start is not None:
            recorder.put("macro", row, col.M_START, process.start, f"{path}.start")
        elif mean is not None:
            recorder.put("macro", row, col.M_START, mean, f"{path}.mean")


def write_roles(recorder: Recorder, scenario: Scenario, layout: Layout) -> Ints:
    """Write the roles and return their laws."""
    laws = []
    for name in layout.roles:
        role, path = scenario.roles[name], f"roles.{name}"
        row = recorder.row("roles", col.ROLE_WIDTH)
        for field, column in ROLE_COLUMNS.items():
            recorder.put("roles", row, column, getattr(role, field), f"{path}.{field}")
        recorder.set("roles", row, col.R_FALLBACK, math.inf)
        if role.fallback_months is not None:
            months = role.fallback_months
            recorder.put("roles", row, col.R_FALLBACK, months, f"{path}.fallback_months")
        load, load_path = role.benefits_load, f"{path}.benefits_load"
        if load is None:
            load, load_path = scenario.people.benefits_load, "people.benefits_load"
        recorder.put("roles", row, col.R_LOAD, load, load_path)
        laws.append(
            [
                recorder.law(role.pay_dispersion, f"{path}.pay_dispersion"),
                recorder.law(role.time_to_fill_days, f"{path}.time_to_fill_days"),
                recorder.law(role.ramp_months, f"{path}.ramp_months"),
            ]
        )
    return np.array(laws, dtype=np.int64).reshape(-1, 3)


def write_seats(recorder: Recorder, scenario: Scenario, layout: Layout) -> None:
    """Write what is known of the tenure of incumbents."""
    for seat in layout.seats:
        row = recorder.row("seats", col.SEAT_WIDTH)
        recorder.set("seats", row, col.S_TENURE, math.nan)
        tenure = _tenure(scenario, seat)
        if tenure is not None:
            recorder.put("seats", row, col.S_TENURE, *tenure)


def _tenure(scenario: Scenario, seat: Seat) -> tuple[Number, str] | None:
    if not seat.is_incumbent or seat.service not in scenario.services:
        return None
    service = scenario.services[seat.service]
    seats = service.arrangements[service.current].seats[seat.role]
    if seats.tenure_years is None:
        return None
    place = f"services.{seat.service}.arrangements.{service.current}.seats.{seat.role}"
    return seats.tenure_years, f"{place}.tenure_years"


def write_vendors(recorder: Recorder, scenario: Scenario, layout: Layout) -> Ints:
    """Write the vendors and return their laws."""
    laws = []
    for name in layout.vendors:
        vendor, path = scenario.vendors[name], f"vendors.{name}"
        row = recorder.row("vendors", col.VENDOR_WIDTH)
        for field, column in VENDOR_COLUMNS.items():
            recorder.put("vendors", row, column, getattr(vendor, field), f"{path}.{field}")
        write_terms(recorder, vendor, row, path, is_incumbent(scenario, name))
        law_rows = [
            recorder.law(vendor.renewal_jump, f"{path}.renewal_jump"),
            recorder.law(vendor.onboarding_months, f"{path}.onboarding_months"),
        ]
        for kind in ("failure", "acquisition", "switch"):
            event = getattr(vendor, kind)
            months = recorder.law(event.months, f"{path}.{kind}.months")
            jump = recorder.law(event.fee_jump, f"{path}.{kind}.fee_jump")
            law_rows += [-1, months, jump]
        law_rows.append(recorder.law(vendor.switch.wait_months, f"{path}.switch.wait_months"))
        laws.append(law_rows)
    return np.array(laws, dtype=np.int64).reshape(-1, col.VENDOR_KEYS)


def is_incumbent(scenario: Scenario, vendor: str) -> bool:
    """Return whether a vendor has a contract in the current assignment."""
    return any(vendor in s.arrangements[s.current].contracts for s in scenario.services.values())


def write_terms(
    recorder: Recorder, vendor: Vendor, row: int, path: str, has_contract: bool
) -> None:
    """Write the end of the first term, the escalator and the event rates of a vendor."""
    renewal, renewal_path = vendor.months_to_renewal, f"{path}.months_to_renewal"
    if renewal is None or not has_contract:
        renewal, renewal_path = vendor.term_months, f"{path}.term_months"
    recorder.put("vendors", row, col.D_RENEWAL, renewal, renewal_path)
    recorder.set("vendors", row, col.D_FIXED, math.nan)
    if vendor.escalator_fixed is not None:
        fixed = vendor.escalator_fixed
        recorder.put("vendors", row, col.D_FIXED, fixed, f"{path}.escalator_fixed")
    numbers = {
        col.D_FAILURE_RATE: (vendor.failure.rate, "failure.rate"),
        col.D_FAILURE_DELIVERED: (vendor.failure.delivered, "failure.delivered"),
        col.D_ACQUISITION_RATE: (vendor.acquisition.rate, "acquisition.rate"),
        col.D_ACQUISITION_DELIVERED: (vendor.acquisition.delivered, "acquisition.delivered"),
        col.D_SWITCH_RATE: (vendor.switch.rate, "switch.rate"),
    }
    for column, (number, name) in numbers.items():
        recorder.put("vendors", row, column, number, f"{path}.{name}")


def write_services(recorder: Recorder, scenario: Scenario) -> None:
    """Write the services: absence, gap rate and yearly post-hours."""
    for name, service in scenario.services.items():
        row, path = recorder.row("services", col.SERVICE_WIDTH), f"services.{name}"
        cover = service.coverage
        absence, sickness = cover.planned_absence, cover.sickness
        recorder.put("services", row, col.V_ABSENCE, absence, f"{path}.coverage.planned_absence")
        recorder.put("services", row, col.V_SICKNESS, sickness, f"{path}.coverage.sickness")
        recorder.put("services", row, col.V_GAP_RATE, service.gap_rate, f"{path}.gap_rate")
        stake = service.revenue_at_stake
        recorder.put("services", row, col.V_STAKE, stake, f"{path}.revenue_at_stake")
        posts = cover.posts.of(scenario.practice, round_up=cover.kind == "presence")
        hours = posts * float(cover.hours_per_week) * col.WEEKS_PER_YEAR
        recorder.set("services", row, col.V_POST_HOURS, hours)
        recorder.set("services", row, col.V_SKILLS, posts)
        if service.skills_needed is not None:
            needed = service.skills_needed
            recorder.put("services", row, col.V_SKILLS, needed, f"{path}.skills_needed")


def write_cell(recorder: Recorder, scenario: Scenario, service: str, name: str) -> int:
    """Write the numbers of one arrangement and return the law of its overrun."""
    table = scenario.services[service]
    arrangement = table.arrangements[name]
    path = f"services.{service}.arrangements.{name}"
    row = recorder.row("cells", col.CELL_WIDTH)
    recorder.put("cells", row, col.C_SHARE, arrangement.share, f"{path}.internal_share")
    recorder.put("cells", row, col.C_GAP, arrangement.gap, f"{path}.gap")
    recorder.put("cells", row, col.C_OVERLAP, arrangement.overlap, f"{path}.overlap")
    oversight = arrangement.oversight_fte
    recorder.put("cells", row, col.C_OVERSIGHT, oversight, f"{path}.oversight_fte")
    if arrangement.on_call is not None:
        for field, column in CALL_COLUMNS.items():
            number = getattr(arrangement.on_call, field)
            recorder.put("cells", row, column, number, f"{path}.on_call.{field}")
    for field, column in OVERSIGHT_COLUMNS.items():
        recorder.put("cells", row, column, getattr(arrangement, field), f"{path}.{field}")
    for field, column in TRANSITION_COLUMNS.items():
        number = getattr(arrangement.transition, field)
        recorder.put("cells", row, column, number, f"{path}.transition.{field}")
    write_posts(recorder, scenario, service, arrangement, row, f"{path}.internal_share")
    return recorder.law(arrangement.transition.overrun, f"{path}.transition.overrun")


def write_posts(
    recorder: Recorder,
    scenario: Scenario,
    service: str,
    arrangement: Arrangement,
    row: int,
    share_path: str,
) -> None:
    """Write the posts and hours of an arrangement's internal scope."""
    cover = scenario.services[service].coverage
    hours = arrangement.hours_per_week
    hours = cover.hours_per_week if hours is None else hours
    recorder.set("cells", row, col.C_HOURS, float(hours))
    round_up = cover.kind == "presence"
    if arrangement.posts is not None:
        posts = arrangement.posts.of(scenario.practice, round_up=round_up)
        recorder.set("cells", row, col.C_POSTS, posts)
        return
    posts = cover.posts.of(scenario.practice, round_up=round_up)
    if round_up:
        recorder.set("cells", row, col.C_POSTS, posts)
    else:
        recorder.put("cells", row, col.C_POSTS, arrangement.share, share_path, posts)


def roster_width(scenario: Scenario, layout: Layout) -> int:
    """Return how many entries a shortfall table needs."""
    most = 0.0
    for service, name in layout.cells:
        table = scenario.services[service]
        arrangement = table.arrangements[name]
        hours = arrangement.hours_per_week
        hours = table.coverage.hours_per_week if hours is None else hours
        call = arrangement.on_call
        rostered = float(hours) - (0.0 if call is None else float(call.hours_per_week))
        fte = most_fte(scenario, arrangement)
        most = max(most, fte * float(scenario.people.hours_per_week) / rostered)
    return math.ceil(most) + 2
