"""Sections 4 to 6 and 8: what one service of a strategy costs."""

from __future__ import annotations

from typing import Any

from tests.reference.arrangements import contracted_fte, service_posts
from tests.reference.lines import book_line, one
from tests.reference.projects import book_project
from tests.reference.services import ServiceRun, hires
from tests.reference.timeline import MONTHS, Ledger, between_changes, year_index, year_parts
from tests.reference.vendors import base_fee, months_left

WEEKS_PER_YEAR = 52.0


def book_service(run: ServiceRun, ledger: Ledger) -> None:
    """Book every cost of the service."""
    for seat in run.common + run.outgoing + run.incoming:
        run.staff.book_seat(ledger, run.name, seat)
    for seat in run.outgoing:
        run.staff.book_severance(ledger, run.name, seat)
    _book_contracts(run, ledger)
    _book_oversight(run, ledger)
    _book_on_call(run, ledger)
    _book_lines(run, ledger)
    _book_projects(run, ledger)
    _book_gap(run, ledger)
    if run.changes:
        _book_one_off(run, ledger, run.target, f"transition/{run.name}", 0, 0.0)
    _book_disruptions(run, ledger)


def _spans(run: ServiceRun) -> list[tuple[Any, float, float]]:
    """Return (arrangement, from, to) of the arrangements in force."""
    now, then = (run.current, 0.0, run.t_out), (run.target, run.t_out, float(run.years))
    return [now, then] if run.changes else [then]


def _book_one_off(
    run: ServiceRun, ledger: Ledger, arrangement: Any, stream: str, step: int, t: float
) -> None:
    rules = arrangement.transition
    amount = run.values.number(rules.cost) * run.values.draw(rules.overrun, stream, step)
    index = run.staff.macro.price_index[year_index(t)]
    ledger.lump(run.name, "transition", t, amount * index)


def _book_contracts(run: ServiceRun, ledger: Ledger) -> None:
    for vendor, contract in run.target.contracts.items():
        incoming = vendor not in run.current.contracts
        start = 0.0 if incoming else run.t_out
        _book_fees(run, ledger, vendor, run.target, start, float(run.years))
        if incoming and run.changes:
            fee = run.values.number(contract.onboarding_fee)
            ledger.lump(run.name, "transition", 0.0, fee)
    if not run.changes:
        return
    for vendor, contract in run.current.contracts.items():
        _book_fees(run, ledger, vendor, run.current, 0.0, min(run.t_out, run.years))
        if vendor not in run.target.contracts:
            timeline = run.vendors.timeline(vendor)
            fee = base_fee(run.values, contract, run.t_out) * timeline.level.at(run.t_out)
            share = run.values.number(run.world.scenario.vendors[vendor].exit_fee_share)
            amount = share * fee * timeline.months_left(run.t_out)
            ledger.lump(run.name, "transition", run.t_out, amount)


def _book_fees(
    run: ServiceRun, ledger: Ledger, vendor: str, arrangement: Any, start: float, end: float
) -> None:
    timeline = run.vendors.timeline(vendor)
    credit = run.values.number(run.world.scenario.vendors[vendor].sla_credit_share)
    overlap = run.values.number(arrangement.overlap)
    changing = (timeline.level, timeline.delivered, run.values.size_over_time)
    for left, right in between_changes(changing, start, end):
        yearly = MONTHS * base_fee(run.values, arrangement.contracts[vendor], left)
        paid = 1 + overlap - (credit if timeline.owes_credit(left) else 0.0)
        rate = yearly * timeline.level.at(left) * paid
        ledger.flow(run.name, "vendor_fees", left, right, lambda _y, rate=rate: rate)


def _book_oversight(run: ServiceRun, ledger: Ledger) -> None:
    for arrangement, start, end in _spans(run):
        fte, role = run.values.number(arrangement.oversight_fte), arrangement.oversight_role
        if fte == 0:
            continue
        factor = fte * (1 + run.staff.load(role))
        ledger.flow(
            run.name,
            "oversight",
            start,
            end,
            lambda y, role=role, factor=factor: factor * run.staff.base(role, y),
        )


def _book_on_call(run: ServiceRun, ledger: Ledger) -> None:
    """Book the stipends of those on call while the arrangement is in force."""
    wage = run.staff.macro.wage_index
    for arrangement, start, end in _spans(run):
        if arrangement.on_call is not None:
            stipend = WEEKS_PER_YEAR * run.values.number(arrangement.on_call.stipend)
            ledger.flow(
                run.name, "salaries", start, end, lambda y, stipend=stipend: stipend * wage[y]
            )


def _book_lines(run: ServiceRun, ledger: Ledger) -> None:
    for name, line in run.target.lines.items():
        replaces = run.changes and name in run.current.lines and line.driver != "hire"
        _book_line(run, ledger, line, run.target, run.t_out if replaces else 0.0, run.years)
    if run.changes:
        for line in run.current.lines.values():
            if line.driver != "hire":
                _book_line(run, ledger, line, run.current, 0.0, min(run.t_out, run.years))


def _book_line(
    run: ServiceRun, ledger: Ledger, line: Any, arrangement: Any, begin: float, end: float
) -> None:
    def fte(t: float) -> float:
        return contracted_fte(run.values, arrangement, t)

    count = fte if line.driver == "fte" else one
    first_days = [stay.start for seat in run.common + run.incoming for stay in hires(seat)]
    book_line(ledger, run.name, run.values, run.staff.macro, line, begin, end, count, first_days)


def _book_projects(run: ServiceRun, ledger: Ledger) -> None:
    """Book the target's projects, and those of current that it drops until t_out."""
    years = float(run.years)
    spans = [(name, project, years) for name, project in run.target.projects.items()]
    spans += [
        (name, project, min(run.t_out, years))
        for name, project in run.current.projects.items()
        if name not in run.target.projects
    ]
    for name, project, end in spans:
        book_project(ledger, run.name, run.values, run.staff.macro, name, project, end)


def _book_gap(run: ServiceRun, ledger: Ledger) -> None:
    macro = run.staff.macro
    # In each part posts and revenue are constant; u need not be.
    for left, right in between_changes((run.values.size_over_time, run.peak), 0.0, run.years):
        posts = service_posts(run.values, run.service, left) * run.peak.at(left)
        hours = posts * float(run.service.coverage.hours_per_week) * WEEKS_PER_YEAR
        rate = run.values.number(run.service.gap_rate) * hours
        revenue = run.values.driver("revenue", left)
        stake = run.values.number(run.service.revenue_at_stake) * revenue
        for y, start, end in year_parts(left, right):
            uncovered = run.uncovered.integral(start, end)
            amount = rate * uncovered * macro.wage_index[y]
            amount += stake * uncovered * macro.price_index[y]
            ledger.book(run.name, "coverage_gap", y, amount)


def _book_disruptions(run: ServiceRun, ledger: Ledger) -> None:
    """Book what recurs when a vendor fails or is switched (section 5)."""
    for vendor, event in run.disruptions():
        arrangement = run.in_force(event.start)
        stream = f"transition/{run.name}/{vendor}/{event.kind}"
        _book_one_off(run, ledger, arrangement, stream, event.n, event.start)
        if event.kind == "failure":
            continue
        fee = base_fee(run.values, arrangement.contracts[vendor], event.start)
        fee *= event.level_before
        share = run.values.number(run.world.scenario.vendors[vendor].exit_fee_share)
        parallel = MONTHS * (event.end - event.start)
        left = max(0.0, months_left(event.due_before, event.start) - parallel)
        ledger.lump(run.name, "transition", event.start, share * fee * left)
        ledger.flow(
            run.name,
            "transition",
            event.start,
            event.end,
            lambda _y, rate=MONTHS * fee: rate,
        )
