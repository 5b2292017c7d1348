"""What the strategy changes: the start, what is paid once, and when each change is over."""

from __future__ import annotations

from collections.abc import Iterator

from hcrisk.figures import counted
from hcrisk.kernels.columns import (
    C_COST,
    D_EXIT,
    K_ONBOARDING,
    MONTHS_PER_YEAR,
    T_DUE,
    T_LEVEL,
    T_TIME,
)
from hcrisk.story.context import Told, months
from hcrisk.story.record import Event


def choice_events(told: Told) -> Iterator[Event]:
    """Yield what every service moves to, what that costs, and when it is done."""
    for service, target, current in told.moves():
        name, arrangement = told.service(service), told.arrangement(target)
        if target == current:
            yield told.event(0.0, service, "start", f"{name}: {arrangement}, as today")
            continue
        text = f"{name}: from {told.arrangement(current)} to {arrangement}"
        yield told.event(0.0, service, "start", text)
        yield from _paid_once(told, service, target, current)
        t_out = told.until(target)
        if t_out < told.horizon:
            after = f", after {months(t_out)}" if t_out > 0.0 else " at once"
            text = f"{name}: {arrangement} takes over{after}"
            yield told.event(t_out, service, "change", text)
            yield from _exits(told, service, target, current)


def _paid_once(told: Told, service: str, target: int, current: int) -> Iterator[Event]:
    cost, name = float(told.tables.cells[target, C_COST]), told.service(service)
    if cost != 0.0:
        cost *= float(told.work.draw[told.links.overrun_draws[target]])
        text = f"{name}: the transition, with its overrun"
        yield told.event(0.0, service, "one_off", text, cost)
    today = told.contracts(current)
    for v, k in told.contracts(target).items():
        fee = float(told.tables.contracts[k, K_ONBOARDING])
        if v not in today and fee != 0.0:
            text = f"{name}: {told.vendor(v)} is brought in"
            yield told.event(0.0, service, "one_off", text, fee)


def _exits(told: Told, service: str, target: int, current: int) -> Iterator[Event]:
    t_out, stays = told.until(target), told.contracts(target)
    for v, k in told.contracts(current).items():
        share = float(told.tables.vendors[v, D_EXIT])
        if v in stays:
            continue
        segments = told.work.segments[v, : told.work.n_segment[v]]
        segment = segments[segments[:, T_TIME] <= t_out][-1]
        left = max(float(segment[T_DUE]) - MONTHS_PER_YEAR * t_out, 0.0)
        if share != 0.0 and 0.0 < left < float("inf"):
            fee = share * float(told.fee(k, t_out) * segment[T_LEVEL]) * left
            early = counted(f"{left:.0f}", "months")
            text = f"{told.service(service)}: {told.vendor(v)} is paid off, {early} early"
            yield told.event(t_out, service, "one_off", text, fee)
