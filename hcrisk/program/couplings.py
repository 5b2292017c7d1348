"""What services share: vendors with their streams, strategies, managers and their pairs."""

from __future__ import annotations

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
        names.append(row)
    moves = [[f"transition/{service}"] for service in layout.services]
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
        "transition_keys": keys.array(moves)[:, 0].copy(),
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
    chief = scenario.managers
    has_seats = chief is not None and chief.role in layout.roles
    return {
        "strategy_cells": ints(cells, len(layout.services)),
        "strategy_managers": ints(managers),
        "pairs": ints(pairs, 2),
        "pair_index": index,
        "manager_counts": ints(counts),
        "current_managers": layout.current_managers,
        "manager_role": layout.roles.index(chief.role) if chief and has_seats else 0,
    }
