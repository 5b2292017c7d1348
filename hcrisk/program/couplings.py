"""What services share: vendors with their streams, strategies, managers and their pairs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from hcrisk.kernels import columns as col
from hcrisk.program import numbers
from hcrisk.program.keys import StreamKeys
from hcrisk.program.layout import Layout
from hcrisk.program.recorder import Recorder, ints
from hcrisk.scenario.scenario import Scenario


def vendor_links(
    recorder: Recorder, scenario: Scenario, layout: Layout, keys: StreamKeys
) -> dict[str, object]:
    """Write the vendors; return their laws and streams, and the streams of transitions."""
    names = []
    for vendor in layout.vendors:
        stream = f"vendor/{vendor}"
        row = [f"{stream}/renewal", f"{stream}/onboarding"]
        for kind in ("failure", "acquisition", "switch"):
            row += [f"{stream}/{kind}{end}" for end in ("", "/months", "/fee_jump")]
        row.append(f"{stream}/switch/wait")
        names.append(row)
    recurring = [
        [
            [keys.key(f"transition/{service}/{vendor}/{kind}") for kind in ("failure", "switch")]
            for vendor in layout.vendors
        ]
        for service in layout.services
    ]
    shape = (len(layout.services), len(layout.vendors), 2)
    return {
        "vendor_laws": numbers.write_vendors(recorder, scenario, layout),
        "vendor_keys": keys.array(names).reshape(-1, col.VENDOR_KEYS),
        "vendor_transition_keys": np.array(recurring, dtype=np.uint64).reshape(shape),
    }


def strategy_links(scenario: Scenario, layout: Layout) -> dict[str, object]:
    """Return the cells and manager counts of the strategies, and their distinct pairs."""
    counts = sorted(set(layout.managers.values()))
    cells = [
        [layout.cell(service, assignment[service]) for service in layout.services]
        for assignment in layout.strategies.values()
    ]
    managers = [counts.index(layout.managers[name]) for name in layout.strategies]
    pairs: list[list[int]] = []
    index = -np.ones((len(layout.cells), len(counts)), dtype=np.int64)
    for row, count in zip(cells, managers, strict=True):
        for cell in row:
            if index[cell, count] < 0:
                index[cell, count] = len(pairs)
                pairs.append([cell, count])
    chief, most = scenario.managers, math.inf
    if chief is not None and chief.most is not None:
        most = float(chief.most)
    led = list(layout.managers.values())
    has_seats = chief is not None and chief.role in layout.roles
    return {
        "strategy_cells": ints(cells, len(layout.services)),
        "strategy_managers": ints(managers),
        "pairs": ints(pairs, 2),
        "pair_index": index,
        "manager_counts": ints([each.n for each in counts]),
        "manager_first": ints([layout.manager_seats[each].start for each in counts]),
        "manager_seats": ints([len(layout.manager_seats[each]) for each in counts]),
        "manager_span": float(chief.span) if chief is not None else math.inf,
        "most_managers": most if chief is not None else 0.0,
        "manager_strategies": ints([led.index(each) for each in counts]),
        "leader_shares": np.array([each.leader for each in counts]),
        "manager_shortages": np.array([each.short for each in counts]),
        "current_managers": layout.current_managers,
        "manager_role": layout.roles.index(chief.role) if chief and has_seats else 0,
    }


def cell_components(links: Mapping[str, Any]) -> list[list[int]]:
    """Return the components in which each cell can have costs of its own, in registry order."""
    cells, lines, starts = links["cells"], links["lines"], links["cell_line_start"]
    n_seat, n_contract = np.diff(links["cell_seat_start"]), np.diff(links["cell_contract_start"])
    groups = []
    for cell, row in enumerate(cells):
        used = {col.TRANSITION}
        for each in (cell, row[col.CL_CURRENT]):
            if n_seat[each] > 0:
                used |= {col.SALARIES, col.BENEFITS, col.RECRUITING, col.BACKFILL, col.SEVERANCE}
            if cells[each, col.CL_ON_CALL] == 1:
                used.add(col.SALARIES)
            if n_contract[each] > 0:
                used.add(col.VENDOR_FEES)
            if np.diff(links["cell_project_start"])[each] > 0:
                used.add(col.PROJECTS)
            if cells[each, col.CL_OVERSIGHT_ROLE] >= 0:
                used.add(col.OVERSIGHT)
            used |= set(lines[starts[each] : starts[each + 1], col.LL_COMPONENT].tolist())
        groups.append(sorted(used))
    return groups
