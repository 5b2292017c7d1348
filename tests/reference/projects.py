"""Section 8: projects, which may cost more than planned, take longer, and stall."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

from tests.reference.inputs import Values
from tests.reference.macro import Macro
from tests.reference.timeline import MONTHS, Ledger, year_index

QUARTERS = 4


@dataclass(frozen=True)
class Course:
    """What becomes of a project, in years from time 0."""

    begin: float
    planned_end: float
    stall: float  # infinite if it does not stall
    finished: bool  # whether a stalled project is finished after all
    cost: float  # real build cost

    @property
    def building_ends(self) -> float:
        """Return until when the build is paid for."""
        return min(self.planned_end, self.stall)

    @property
    def upkeep_begins(self) -> float:
        """Return when the build is complete; infinite if it never is."""
        never = self.replaced and self.stall < self.planned_end
        return math.inf if never else self.building_ends

    @property
    def upkeep_ends(self) -> float:
        """Return when there is nothing left to keep up."""
        return self.stall if self.replaced else math.inf

    @property
    def replaced(self) -> bool:
        """Return whether something else takes its place."""
        return self.stall < math.inf and not self.finished


def course_of(values: Values, service: str, name: str, project: Any) -> Course:
    """Return the course of a project on this path."""
    stream = f"project/{service}/{name}"
    ratio = values.draw(project.cost_ratio, f"{stream}/cost")
    months = values.draw(project.duration_months, f"{stream}/duration")
    begin = values.number(project.start_months) / MONTHS
    duration = months * max(1.0, ratio) ** values.number(project.stretch) / MONTHS
    stall = math.inf
    if values.uniform(f"{stream}/stalls") < values.number(project.stall_probability):
        stall = begin + values.draw(project.stall_months, f"{stream}/stall_months") / MONTHS
    return Course(
        begin=begin,
        planned_end=begin + duration,
        stall=stall,
        finished=values.uniform(f"{stream}/finish") < values.number(project.finish_share),
        cost=values.number(project.budget) * ratio,
    )


def book_project(
    ledger: Ledger, service: str, values: Values, macro: Macro, name: str, project: Any, end: float
) -> None:
    """Book what a project costs until `end`, at which it is dropped."""
    course = course_of(values, service, name, project)
    index = macro.index(project.index)

    def lump(t: float, amount: float) -> None:
        if t < end:
            ledger.lump(service, "projects", t, amount * index[year_index(t)])

    def flow(start: float, stop: float, rate: float) -> None:
        ledger.flow(service, "projects", start, min(stop, end), lambda y: rate * index[y])

    if course.planned_end == course.begin:
        lump(course.begin, course.cost)
    else:
        flow(course.begin, course.building_ends, course.cost / (course.planned_end - course.begin))
    budget = values.number(project.budget)
    if course.replaced:
        lump(course.stall, values.number(project.purchase))
        flow(course.stall, end, values.number(project.subscription))
    elif course.finished and course.stall < math.inf:
        lump(course.stall, values.number(project.finish_cost) * budget)
    upkeep = course.cost * values.number(project.maintenance_share)
    growth = 1 + values.number(project.maintenance_growth)
    stop = min(end, course.upkeep_ends)
    for quarter in itertools.count():
        start, after = (course.upkeep_begins + q / QUARTERS for q in (quarter, quarter + 1))
        if start >= stop:
            break
        flow(start, min(after, stop), upkeep * growth**quarter)
