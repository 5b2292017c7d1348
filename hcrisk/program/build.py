"""Turn a scenario into the program the kernels read."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import Any

import numpy as np

from hcrisk.distributions.copula import cholesky, pearson_from_spearman
from hcrisk.kernels import columns as col
from hcrisk.kernels.law_columns import LAW_WIDTH
from hcrisk.kernels.tables import Keys, Links
from hcrisk.program import incidents, numbers, purchases
from hcrisk.program.cells import cell_links, contract_links, control_links
from hcrisk.program.couplings import cell_components, strategy_links, vendor_links
from hcrisk.program.draws import path_draws
from hcrisk.program.growth import follower_links, write_growth
from hcrisk.program.keys import Seed, StreamKeys
from hcrisk.program.layout import Layout, Management, Rule, Strategies, contracted_fte, lay_out
from hcrisk.program.program import Program
from hcrisk.program.projects import write_projects
from hcrisk.program.readiness import readiness_links, write_readiness
from hcrisk.program.recorder import LAWS, Recorder, ints, ragged, starts
from hcrisk.program.sampling import plain_links
from hcrisk.program.views import view_links
from hcrisk.scenario.scenario import Scenario

MACRO_NAMES = ("wage", "price", "attrition")
WIDTHS = {
    "practice": col.PRACTICE_WIDTH,
    "growth": col.GROWTH_WIDTH,
    "planned": 1,
    "peaks": 1,
    "macro": col.MACRO_WIDTH,
    "roles": col.ROLE_WIDTH,
    "seats": col.SEAT_WIDTH,
    "services": col.SERVICE_WIDTH,
    "cells": col.CELL_WIDTH,
    "contracts": col.CONTRACT_WIDTH,
    "bands": 2,
    "lines": col.LINE_WIDTH,
    "projects": col.PROJECT_WIDTH,
    "vendors": col.VENDOR_WIDTH,
    "risks": col.RISK_WIDTH,
    "factors": 0,
    "points": 2,
    "forms": col.FORM_WIDTH,
    "steps": 2,
    "insurance": col.INSURANCE_WIDTH,
    "readiness": col.READINESS_WIDTH,
    "conditions": 1,
    LAWS: LAW_WIDTH,
}


def compile_program(
    scenario: Scenario, seed: Seed, strategies: Strategies | None = None
) -> Program:
    """Return the program of a scenario.

    Parameters
    ----------
    scenario : Scenario
    seed : int or mapping
        From 0 to 2**64 - 1, or such seeds by stream: see `StreamKeys`.
    strategies : sequence of str, or mapping, optional
        Default all; the current assignment is always added. See `hcrisk.simulate`.

    Returns
    -------
    Program

    Raises
    ------
    ScenarioError
        For an unknown strategy.
    ValueError
        If a seed is that of streams this scenario does not have.
    """
    builder = _Builder(scenario, seed, lay_out(scenario, strategies))
    program = builder.build()
    if unused := builder.keys.unused():
        raise ValueError(
            f"seed must name streams of this scenario, got {', '.join(map(repr, unused))}; write "
            "the name of one, such as 'input/people.benefits_load', or a beginning that ends in "
            "a slash, such as 'input/' (docs/model.md names them all)"
        )
    return program


class _Builder:
    """Holds what the steps of compiling a scenario share."""

    def __init__(self, scenario: Scenario, seed: Seed, layout: Layout) -> None:
        self.scenario = scenario
        self.layout = layout
        self.keys = StreamKeys(seed)
        self.recorder = Recorder()
        self.n_year = int(float(scenario.horizon.years))
        self.links: dict[str, Any] = {}
        self.first_keys: list[int] = []
        self.first_steps: list[int] = []

    def first(self, name: str, step: int = 0) -> int:
        """Reserve a row of uniforms that every path needs."""
        return self.first_key(self.keys.key(name), step)

    def first_key(self, key: int, step: int = 0) -> int:
        self.first_keys.append(key)
        self.first_steps.append(step)
        return len(self.first_keys) - 1

    def build(self) -> Program:
        scenario, layout, recorder = self.scenario, self.layout, self.recorder
        self.add_inputs()
        self.readied = write_readiness(recorder, scenario)
        numbers.write_practice(recorder, scenario)
        self.links |= write_growth(recorder, scenario, self.keys)
        self.links |= follower_links(scenario, layout)
        numbers.write_macro(recorder, scenario)
        numbers.write_services(recorder, scenario)
        self.add_people()
        self.add_cells()
        self.add_projects()
        self.add_shared_lines()
        self.links |= vendor_links(recorder, scenario, layout, self.keys)
        self.add_vendor_clocks()
        self.links |= strategy_links(scenario, layout)
        self.add_incidents()
        self.add_first_rows()
        return self.finish()

    def add_inputs(self) -> None:
        """Add the inputs and the copula of those that are correlated."""
        inputs = self.scenario.inputs()
        laws = [self.recorder.input_law(number) for number in inputs.values()]
        rows = {path: self.first(f"input/{path}") for path in inputs}
        blocks = self.scenario.correlation_blocks()
        named = [path for block in blocks for path in block.inputs]
        for path in named:
            if path not in rows:
                rows[path] = self.first(f"input/{path}")
        copula = np.eye(len(named))
        start = 0
        for block in blocks:
            pearson = [[pearson_from_spearman(rho) for rho in row] for row in block.spearman]
            end = start + len(block.inputs)
            copula[start:end, start:end] = cholesky(np.array(pearson))
            start = end
        self.inputs = tuple(inputs)
        self.links["input_laws"] = ints(laws)
        self.links["copula"] = copula
        self.links["copula_rows"] = ints([rows[path] for path in named])

    def add_people(self) -> None:
        """Add roles and seats with their streams."""
        layout, people = self.layout, self.scenario.people
        self.links["role_laws"] = numbers.write_roles(self.recorder, self.scenario, layout)
        numbers.write_seats(self.recorder, self.scenario, layout)
        self.links["tenure_breaks"] = np.array([float(b) for b in people.tenure_breaks])
        self.links["tenure_factors"] = np.array([float(f) for f in people.tenure_factors])
        streams = [seat.stream for seat in layout.seats]
        ends = ("", "/ramp", "/pay", "/tenure")
        names = [[f"{stream}{end}" for end in ends] for stream in streams]
        self.links["seat_keys"] = self.keys.array(names).reshape(-1, len(ends))

    def add_cells(self) -> None:
        """Add the cells: their seats, contracts, own lines and controls."""
        self.links |= cell_links(self.recorder, self.scenario, self.layout)
        self.links |= contract_links(self.recorder, self.scenario, self.layout)
        self.links["n_roster"] = numbers.roster_width(self.scenario, self.layout)
        self.add_seat_links(set(self.links["cell_displaced"].tolist()))
        self.add_own_lines()
        self.links["cell_controls"] = control_links(self.scenario, self.layout)

    def add_seat_links(self, displaced: set[int]) -> None:
        """Add what the kernels need to know of each seat."""
        layout = self.layout
        fewest = min(each.n for each in layout.managers.values())
        displaced |= set(range(fewest, layout.current_managers))
        plans = sorted(set(layout.managers.values()))
        followed: list[Rule | Management | None] = [*layout.rules, *plans]
        rows = []
        self.links["row_seat"] = len(self.first_keys)
        for i, seat in enumerate(layout.seats):
            row = [0] * col.SEAT_LINKS
            row[col.SL_ROLE] = layout.roles.index(seat.role)
            row[col.SL_INCUMBENT] = int(seat.is_incumbent)
            row[col.SL_FIRST] = len(self.first_keys) - self.links["row_seat"]
            row[col.SL_DISPLACED] = int(seat.is_incumbent and i in displaced)
            place = followed.index(seat.follows) if seat.follows is not None else -1
            row[col.SL_OPEN], row[col.SL_FILL] = int(seat.is_open), int(seat.is_held)
            row[col.SL_RULE], row[col.SL_NUMBER] = place, seat.number
            self.first(f"{seat.stream}/tenure" if seat.is_incumbent else seat.stream)
            self.first(seat.stream, 1)
            rows.append(row)
        self.links["seats"] = ints(rows, col.SEAT_LINKS)

    def add_own_lines(self) -> None:
        """Add the cost lines of each cell, and whether current has one of the same name."""
        links: list[list[list[int]]] = []
        twins: list[int] = []
        for cell, (service, name) in enumerate(self.layout.cells):
            table = self.scenario.services[service]
            arrangement = table.arrangements[name]
            fte = contracted_fte(self.scenario, arrangement)
            links.append([])
            for line_name, line in arrangement.lines.items():
                path = f"services.{service}.arrangements.{name}.lines.{line_name}"
                row = purchases.write_line(self.recorder, self.scenario, line, path, fte)
                row[col.LL_CELL] = cell
                links[-1].append(row)
                twins.append(int(line_name in table.arrangements[table.current].lines))
        self.own_lines = [line for group in links for line in group]
        self.links["cell_line_start"] = starts(links)
        self.links["line_twin"] = ints(twins)

    def add_shared_lines(self) -> None:
        """Add the lines that services share, after all own lines."""
        needs: list[list[int]] = []
        rows: list[list[int]] = []
        for name, line in self.scenario.lines.items():
            cells = [tuple(text.split(".")) for text in line.needed_by]
            known = [self.layout.cells.index(cell) for cell in cells if cell in self.layout.cells]
            if cells and not known:
                continue
            needs.append(known)
            rows.append(
                purchases.write_line(self.recorder, self.scenario, line, f"lines.{name}", 0)
            )
        self.links["shared_line_first"] = len(self.own_lines)
        self.links["lines"] = ints(self.own_lines + rows, col.LINE_LINKS)
        self.links["shared_need_start"], self.links["shared_needs"] = ragged(needs)
        components = ragged(cell_components(self.links))
        self.links["cell_component_start"], self.links["cell_components"] = components

    def add_vendor_clocks(self) -> None:
        """Reserve the uniforms of every vendor's first failure, acquisition and switch."""
        self.links["row_vendor"] = len(self.first_keys)
        for vendor in self.layout.vendors:
            for kind in ("failure", "acquisition", "switch"):
                self.first(f"vendor/{vendor}/{kind}")

    def add_projects(self) -> None:
        """Add the projects of the cells."""
        links, self.project_draws = write_projects(
            self.recorder, self.scenario, self.layout.cells, self.first
        )
        self.links["cell_project_start"] = starts(links)
        self.links["projects"] = ints([row for group in links for row in group], 7)

    def add_incidents(self) -> None:
        """Add risks and insurance with their streams."""
        built = incidents.write_risks(
            self.recorder, self.scenario, self.layout, self.keys, self.n_year
        )
        self.links["risks"] = built.risks
        self.links["effects"] = built.effects
        self.links["forms"] = built.forms
        self.links["incident_keys"] = built.keys
        self.links["row_count"] = len(self.first_keys)
        for key in built.count_keys:
            self.first_key(key)
        premium, services = incidents.write_insurance(self.recorder, self.scenario, self.layout)
        self.links["has_insurance"] = int(self.scenario.insurance is not None)
        losses = (loss for risk in self.scenario.risks.values() for loss in risk.losses.values())
        caps = (loss.yearly_cap for loss in losses)
        self.links["has_yearly_caps"] = int(any(cap.central < math.inf for cap in caps))
        self.links["condition_services"] = services
        self.links |= view_links(self.scenario, self.links)
        self.links["row_refusal"] = self.first("insurance/refusal")
        draws, places = path_draws(
            self.scenario,
            self.layout,
            self.links,
            self.keys,
            frailty_laws=built.frailty_laws,
            premium_law=premium,
        )
        self.links |= places
        for draw in self.project_draws:
            self.links["projects"][draw.project, draw.column] = len(draws)
            draws.append((draw.law, self.keys.key(draw.stream), 0))
        self.links["row_draw"] = len(self.first_keys)
        self.links["draw_laws"] = ints([law for law, *_ in draws])
        for _, key, step in draws:
            self.first_key(key, step)

    def add_first_rows(self) -> None:
        """Add the normals of macro shocks and role drift."""
        macro = self.scenario.macro
        normal: list[int] = []
        rows = []
        for name in MACRO_NAMES:
            rows.append(len(self.first_keys))
            stream = f"macro/{name}"
            normal += [self.first(stream, year) for year in range(1, self.n_year + 1)]
        drift = []
        for name in self.layout.roles:
            spread = self.scenario.roles[name].drift_sd
            if spread.is_certain and spread.value == 0.0:
                drift.append(-1)
                continue
            drift.append(len(self.first_keys))
            stream = f"role/{name}/drift"
            normal += [self.first(stream, year) for year in range(2, self.n_year + 1)]
        wp, wa, pa = (
            float(rho) for rho in (macro.wage_price, macro.wage_attrition, macro.price_attrition)
        )
        self.links["macro_cholesky"] = cholesky(np.array([[1, wp, wa], [wp, 1, pa], [wa, pa, 1]]))
        self.links["macro_rows"] = ints(rows)
        self.links["drift_rows"] = ints(drift)
        self.links["normal_rows"] = ints(normal)
        self.links["first_keys"] = _keys(self.first_keys)
        self.links["first_steps"] = _keys(self.first_steps)

    def finish(self) -> Program:
        """Join the tables in one vector and resolve where inputs are written."""
        widths = WIDTHS | {"factors": len(self.layout.cells)}
        arrays = {name: self.recorder.array(name, width) for name, width in widths.items()}
        shapes = {name: (array.shape[0], array.shape[1]) for name, array in arrays.items()}
        values = np.concatenate([array.ravel() for array in arrays.values()])
        sizes = [array.size for array in arrays.values()]
        places = dict(zip(arrays, accumulate([0, *sizes]), strict=False))
        position = {path: i for i, path in enumerate(self.inputs)}
        writes = self.recorder.writes
        self.links["write_inputs"] = ints([position[path] for path, *_ in writes])
        self.links["write_slots"] = ints(
            [places[table] + row * widths[table] + column for _, table, row, column, _ in writes]
        )
        self.links["write_scales"] = np.array([scale for *_, scale in writes], dtype=np.float64)
        self.links |= readiness_links(self.recorder, self.readied, places, widths)
        dirty = {row for _, table, row, _, _ in writes if table == LAWS}
        self.links["dirty_laws"] = ints(sorted(dirty))
        self.links["quantile_tables"] = self.recorder.quantiles.array()
        self.links["n_year"] = self.n_year
        self.links |= plain_links()
        self.links["mid_year"] = int(self.scenario.discounting.timing == "mid")
        return Program(
            layout=self.layout,
            links=Links(**self.links),
            values=values,
            shapes=shapes,
            inputs=self.inputs,
            streams=tuple(self.keys.name(key) for key in self.first_keys),
        )


def _keys(keys: list[int]) -> Keys:
    return np.array(keys, dtype=np.uint64)
