"""What is built, what it costs in the end, and what becomes of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from hcrisk.figures import Figure, spoken
from hcrisk.kernels.columns import (
    J_BUDGET,
    J_FINISH_COST,
    J_FINISH_SHARE,
    J_PURCHASE,
    J_STALL,
    J_START,
    J_STRETCH,
    J_SUBSCRIPTION,
    J_UPKEEP,
    JL_DURATION,
    JL_FINISH,
    JL_INDEX,
    JL_MONTHS,
    JL_RATIO,
    JL_STALLS,
    MONTHS_PER_YEAR,
)
from hcrisk.kernels.tables import Floats
from hcrisk.story.context import Told, label, months
from hcrisk.story.record import Event


@dataclass(frozen=True)
class _Project:
    """A project of one path; times in years, `stalled` infinite if it never does."""

    name: str
    ratio: float
    begun: float
    planned: float
    stalled: float
    is_finished: bool

    @property
    def done(self) -> float:
        return min(self.planned, self.stalled) if self.is_finished else self.planned


def project_events(told: Told) -> Iterator[Event]:
    """Yield what becomes of every project of the strategy, and of those it drops."""
    for service, target, current in told.moves():
        begins = told.links.cell_project_start
        mine = _names(told, target)
        for n, key in enumerate(mine):
            yield from _events(told, service, int(begins[target]) + n, target, key, told.horizon)
        if current == target:
            continue
        stop = min(told.until(target), told.horizon)
        for n, key in enumerate(_names(told, current)):
            if key not in mine:
                yield from _events(told, service, int(begins[current]) + n, current, key, stop)


def _names(told: Told, cell: int) -> list[str]:
    service, arrangement = told.layout.cells[cell]
    return list(told.scenario.services[service].arrangements[arrangement].projects)


def _project(told: Told, k: int, name: str) -> _Project:
    """Return what is drawn of project `k`, as the kernels read it."""
    row, links, work = told.tables.projects[k], told.links.projects[k], told.work
    ratio = float(work.draw[links[JL_RATIO]])
    begun = float(row[J_START]) / MONTHS_PER_YEAR
    years = float(work.draw[links[JL_DURATION]]) / MONTHS_PER_YEAR
    years *= max(ratio, 1.0) ** float(row[J_STRETCH])
    stalled = math.inf
    if work.first[links[JL_STALLS], 0] < row[J_STALL]:
        stalled = begun + float(work.draw[links[JL_MONTHS]]) / MONTHS_PER_YEAR
    is_finished = bool(work.first[links[JL_FINISH], 0] < row[J_FINISH_SHARE])
    return _Project(name, ratio, begun, begun + years, stalled, is_finished)


def _events(told: Told, service: str, k: int, cell: int, key: str, stop: float) -> Iterator[Event]:
    arrangement = told.scenario.services[service].arrangements[told.layout.cells[cell][1]]
    project, row = _project(told, k, label(arrangement.projects, key)), told.tables.projects[k]
    if project.begun >= stop:
        return
    index = told.work.index[told.links.projects[k, JL_INDEX]]
    name, budget = project.name, float(row[J_BUDGET])
    planned = f"planned at {_money(told, budget)}"
    yield told.event(project.begun, service, "project", f"{name}: it begins, {planned}")
    over = stop
    if project.stalled < stop and not project.is_finished:
        over = project.stalled
    built, cost = min(project.done, over), budget * project.ratio
    paid = _spread(index, cost, project.begun, project.planned, built)
    if project.done < over:
        text = f"{name}: done, after {months(project.done - project.begun)}"
        text += f", at {project.ratio:.2f} times the plan"
        if row[J_UPKEEP] != 0.0:
            text += f"; upkeep of {_money(told, float(row[J_UPKEEP]) * cost)} a year begins"
        if project.done == project.stalled:
            text = f"{name}: it stalls, and is finished after all"
            paid += float(row[J_FINISH_COST]) * budget * float(index[int(project.stalled)])
        yield told.event(project.done, service, "project", text, paid)
    elif over == stop:
        ended = "dropped with the arrangement" if stop < told.horizon else "not done at the end"
        time = min(stop, math.nextafter(told.horizon, 0.0))
        yield told.event(time, service, "project", f"{name}: {ended}; so far", paid)
    if project.stalled < stop and project.stalled != project.done:
        yield _stall(told, service, k, project, paid if project.planned > over else 0.0)


def _stall(told: Told, service: str, k: int, project: _Project, paid: float) -> Event:
    """Return the stall of a project: finished after all, or replaced by something bought."""
    row, index = told.tables.projects[k], told.work.index[told.links.projects[k, JL_INDEX]]
    price = float(index[int(project.stalled)])
    if project.is_finished:
        text = f"{project.name}: it stalls, and is put right"
        amount = float(row[J_FINISH_COST] * row[J_BUDGET]) * price
        return told.event(project.stalled, service, "project", text, amount)
    text = f"{project.name}: it is given up"
    text += "; built so far" if paid else ""
    amount = paid + float(row[J_PURCHASE]) * price
    if row[J_PURCHASE] != 0.0:
        text += f"{', and' if paid else ';'} what is bought instead"
    if row[J_SUBSCRIPTION] != 0.0:
        text += f", with {_money(told, float(row[J_SUBSCRIPTION]))} a year from now on"
    return told.event(project.stalled, service, "project", text, amount)


def _spread(index: Floats, cost: float, begun: float, planned: float, until: float) -> float:
    """Return what is paid of a cost by a time, being spread evenly over a build."""
    levels = [float(level) for level in index]
    if planned <= begun:
        return cost * levels[int(begun)]
    paid = 0.0
    for year, level in enumerate(levels):
        share = min(until, year + 1.0) - max(begun, float(year))
        paid += max(share, 0.0) * cost / (planned - begun) * level
    return paid


def _money(told: Told, value: float) -> str:
    return spoken(Figure(value, value, value), told.scenario.currency)
