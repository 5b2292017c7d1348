"""Which seats of a service each of its cells has: fixed for a program, read by the moves."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from hcrisk.kernels.columns import CL_SERVICE, SL_INCUMBENT
from hcrisk.kernels.tables import Ints, Links


def seat_masks(links: Links, n_service: int) -> dict[str, Ints]:
    """Return the seats and cells of each service, and which moves each cell takes.

    Row `cell` of ``takes`` says which seats of the service are the cell's. Row ``n_cell + cell``
    is for the time before a change to it: its seats that are held already, and beyond the number
    of seats those of current that go.
    """
    cells = links.cells
    n_cell = cells.shape[0]
    of_service = [np.flatnonzero(cells[:, CL_SERVICE] == s) for s in range(n_service)]
    own = [_slice(links.cell_seats, links.cell_seat_start, cell) for cell in range(n_cell)]
    gone = [
        _slice(links.cell_displaced, links.cell_displaced_start, cell) for cell in range(n_cell)
    ]
    seats = [np.unique(np.concatenate([own[cell] for cell in group])) for group in of_service]
    widest = max(group.size for group in seats)
    takes = np.zeros((2 * n_cell, 2 * widest), dtype=np.int64)
    for service, group in enumerate(of_service):
        held = seats[service]
        for cell in group:
            takes[cell, : held.size] = np.isin(held, own[cell])
            stay = own[cell][links.seats[own[cell], SL_INCUMBENT] == 1]
            takes[n_cell + cell, : held.size] = np.isin(held, stay)
            takes[n_cell + cell, held.size : 2 * held.size] = np.isin(held, gone[cell])
    return {
        "service_seats": np.concatenate(seats).astype(np.int64),
        "service_seat_start": _starts(seats),
        "service_cells": np.concatenate(of_service).astype(np.int64),
        "service_cell_start": _starts(of_service),
        "takes": takes,
    }


def _slice(items: Ints, start: Ints, n: int) -> Ints:
    return items[start[n] : start[n + 1]]


def _starts(groups: list[Ints]) -> Ints:
    return np.array([0, *accumulate(group.size for group in groups)], dtype=np.int64)
