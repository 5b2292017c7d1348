"""Cells: one for each arrangement of each service, with its seats, contracts and controls."""

from __future__ import annotations

from hcrisk.kernels import columns as col
from hcrisk.kernels.tables import Ints
from hcrisk.program import numbers, purchases
from hcrisk.program.layout import Layout, has_seat, seat_count
from hcrisk.program.recorder import Recorder, ints, ragged, starts
from hcrisk.scenario.scenario import Scenario


def cell_links(recorder: Recorder, scenario: Scenario, layout: Layout) -> dict[str, object]:
    """Write the numbers of every cell; return its links, its seats and those it displaces."""
    rows: list[list[int]] = []
    seats: list[list[int]] = []
    displaced: list[list[int]] = []
    for service, name in layout.cells:
        table = scenario.services[service]
        arrangement = table.arrangements[name]
        role = arrangement.oversight_role
        links = [0] * col.CELL_LINKS
        links[col.CL_OVERRUN] = numbers.write_cell(recorder, scenario, service, name)
        links[col.CL_PER_SITE] = int(table.coverage.per_site)
        links[col.CL_ON_CALL] = int(arrangement.on_call is not None)
        links[col.CL_SERVICE] = layout.services.index(service)
        links[col.CL_CURRENT] = layout.cell(service, table.current)
        links[col.CL_UNFUNDED] = int(arrangement.unfunded)
        links[col.CL_PRESENCE] = int(table.coverage.kind == "presence")
        links[col.CL_OVERSIGHT_ROLE] = -1 if role is None else layout.roles.index(role)
        rows.append(links)
        own, gone = seats_of(scenario, layout, service, name)
        seats.append(own)
        displaced.append(gone)
    seat_starts, cell_seats = ragged(seats)
    displaced_starts, cell_displaced = ragged(displaced)
    return {
        "cells": ints(rows, col.CELL_LINKS),
        "cell_seat_start": seat_starts,
        "cell_seats": cell_seats,
        "cell_displaced_start": displaced_starts,
        "cell_displaced": cell_displaced,
    }


def seats_of(
    scenario: Scenario, layout: Layout, service: str, name: str
) -> tuple[list[int], list[int]]:
    """Return the seats of an arrangement, and those of current that a move to it displaces."""
    table = scenario.services[service]
    arrangement, current = table.arrangements[name], table.arrangements[table.current]
    own, gone = [], []
    for i, seat in enumerate(layout.seats):
        if seat.service != service:
            continue
        if has_seat(scenario, arrangement, seat):
            own.append(i)
        is_current = seat.is_held and has_seat(scenario, current, seat)
        if is_current and seat.number >= seat_count(scenario, arrangement, seat.role):
            gone.append(i)
    return own, gone


def contract_links(recorder: Recorder, scenario: Scenario, layout: Layout) -> dict[str, object]:
    """Write the contracts of every cell; return their cells, vendors and bands."""
    contracts: list[list[list[int]]] = []
    bands: list[list[int]] = []
    for cell, (service, name) in enumerate(layout.cells):
        arrangement = scenario.services[service].arrangements[name]
        scope = purchases.scopes(arrangement)
        contracts.append([])
        for vendor, contract in arrangement.contracts.items():
            path = f"services.{service}.arrangements.{name}.contracts.{vendor}"
            bands.append(purchases.write_contract(recorder, scenario, contract, path, scope))
            contracts[-1].append([cell, layout.vendors.index(vendor)])
    return {
        "cell_contract_start": starts(contracts),
        "contracts": ints([contract for group in contracts for contract in group], 2),
        "contract_bands": ints(bands, col.CONTRACT_WIDTH - col.K_USER),
    }


def control_links(scenario: Scenario, layout: Layout) -> Ints:
    """Return which required controls each cell provides; those in place anyway are left out."""
    policy = scenario.insurance
    required = [] if policy is None else list(policy.required_controls)
    required = [control for control in required if control not in scenario.practice.controls]
    table = [
        [int(control in scenario.services[s].arrangements[a].provides) for control in required]
        for s, a in layout.cells
    ]
    return ints(table, len(required))
