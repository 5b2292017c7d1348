"""Projects of the cells: their numbers, the draws and uniforms they need, their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hcrisk.kernels import columns as col
from hcrisk.program.numbers import INDICES
from hcrisk.program.recorder import Recorder
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.service import Project

COLUMNS = {
    "budget": col.J_BUDGET,
    "start_months": col.J_START,
    "stretch": col.J_STRETCH,
    "stall_probability": col.J_STALL,
    "finish_share": col.J_FINISH_SHARE,
    "finish_cost": col.J_FINISH_COST,
    "purchase": col.J_PURCHASE,
    "subscription": col.J_SUBSCRIPTION,
    "maintenance_share": col.J_UPKEEP,
    "maintenance_growth": col.J_GROWTH,
}
# Laws drawn on every path: field, stream, and where the kernels find the draw.
LAWS = (
    ("cost_ratio", "cost", col.JL_RATIO),
    ("duration_months", "duration", col.JL_DURATION),
    ("stall_months", "stall_months", col.JL_MONTHS),
)


class ProjectDraw(NamedTuple):
    """A law that a project draws: its row, its stream, and where to write which draw it is."""

    law: int
    stream: str
    project: int
    column: int


def write_projects(
    recorder: Recorder,
    scenario: Scenario,
    cells: tuple[tuple[str, str], ...],
    first: Callable[[str], int],
) -> tuple[list[list[list[int]]], list[ProjectDraw]]:
    """Write the projects of every cell.

    Parameters
    ----------
    recorder : Recorder
    scenario : Scenario
    cells : tuple of (str, str)
        Service and arrangement.
    first : callable
        Reserves the uniforms of a stream.

    Returns
    -------
    links : list
        By cell, each project's links, all but its draws.
    draws : list of ProjectDraw
    """
    links: list[list[list[int]]] = []
    draws: list[ProjectDraw] = []
    names: dict[str, int] = {}
    number = 0
    for service, arrangement in cells:
        links.append([])
        path = f"services.{service}.arrangements.{arrangement}.projects"
        for name, project in scenario.services[service].arrangements[arrangement].projects.items():
            stream = f"project/{service}/{name}"
            write_numbers(recorder, project, f"{path}.{name}")
            row = [0] * 7
            row[col.JL_INDEX] = INDICES[project.index]
            row[col.JL_NAME] = names.setdefault(stream, len(names))
            row[col.JL_STALLS] = first(f"{stream}/stalls")
            row[col.JL_FINISH] = first(f"{stream}/finish")
            links[-1].append(row)
            for field, end, column in LAWS:
                law = recorder.law(getattr(project, field), f"{path}.{name}.{field}")
                draws.append(ProjectDraw(law, f"{stream}/{end}", number, column))
            number += 1
    return links, draws


def write_numbers(recorder: Recorder, project: Project, path: str) -> None:
    """Write the numbers of a project."""
    row = recorder.row("projects", col.PROJECT_WIDTH)
    for field, column in COLUMNS.items():
        recorder.put("projects", row, column, getattr(project, field), f"{path}.{field}")
