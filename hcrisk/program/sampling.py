"""How the paths of a program are sampled: each on its own, or with inputs shared or given."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from hcrisk.kernels.tables import Floats
from hcrisk.program.program import Program

INPUT = "input/"


def plain_links() -> dict[str, Any]:
    """Return the links of a program whose paths are independent futures of equal weight."""
    none = np.zeros(0, dtype=np.int64)
    return {
        "inner": 1,
        "n_shared": 0,
        "given": np.zeros((0, 0)),
        "given_start": 0,
        "plain_share": 1.0,
        "pick_key": np.zeros(1, dtype=np.uint64),
        "pick_bounds": np.zeros(0),
        "pick_share": np.zeros(0),
        "pick_cause": none,
        "pick_row": none,
        "pick_start": np.zeros(1, dtype=np.int64),
        "cause_risk": none,
        "tilt_start": np.zeros(1, dtype=np.int64),
        "tilt_rows": none,
        "twin_rows": np.zeros((0, 2), dtype=np.int64),
        "tilt_edges": np.array([0.0, 1.0]),
        "tilt_density": np.zeros((0, 1)),
        "tilt_below": np.zeros((0, 2)),
        "mark_tilts": np.zeros((0, 0), dtype=np.int64),
    }


def n_input_rows(program: Program) -> int:
    """Return how many streams of inputs a program has; they come before all others."""
    return sum(name.startswith(INPUT) for name in program.streams)


def with_inner(program: Program, inner: int) -> Program:
    """Return the program with the inputs of path ``n`` drawn as for path ``n // inner``."""
    shared = n_input_rows(program) if inner > 1 else 0
    return _replaced(program, inner=inner, n_shared=shared)


def with_given(program: Program, uniforms: Floats, start: int) -> Program:
    """Return the program with the uniforms of its inputs given, by row and path from ``start``."""
    given = np.ascontiguousarray(uniforms)
    return _replaced(program, given=given, given_start=start, n_shared=given.shape[0])


def _replaced(program: Program, **links: Any) -> Program:
    return dataclasses.replace(program, links=program.links._replace(**links))
