"""Simulating strategies again and again with another value at one place of the scenario."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hcrisk.arguments import check_whole
from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.measures._estimators import Floats
from hcrisk.program import Program, compile_program
from hcrisk.program.fixed import with_input
from hcrisk.scenario.refusal import nearest
from hcrisk.scenario.scenario import CURRENT, Scenario
from hcrisk.simulation import (
    LARGEST_PATH,
    LARGEST_SEED,
    allocate,
    check_scenario,
    run_paths,
)

TOTALS = "totals"


class Runs:
    """Costs of some strategies on the same random numbers, whatever is changed.

    Parameters
    ----------
    scenario : Scenario
    strategies : sequence of str
        Whose npv is wanted, in this order.
    paths : int
    seed : int
    """

    def __init__(
        self, scenario: Scenario, strategies: Sequence[str], paths: int, seed: int
    ) -> None:
        self.scenario, self.strategies = scenario, list(strategies)
        self.paths, self.seed = int(paths), int(seed)
        self._inputs = scenario.inputs()
        self._base: Program | None = None

    def base(self) -> Floats:
        """Return ``float64[strategy, path]`` of npv with nothing changed."""
        return self._run(self._program())

    def at(self, path: str, value: float) -> Floats:
        """Return the same with ``value`` at a dotted path.

        An uncertain input is set without touching the draws of any other, correlated or not.
        """
        if path in self._inputs:
            return self._run(with_input(self._program(), path, value))
        return self.changed({path: value})

    def check(self, path: str, values: Sequence[float]) -> None:
        """Refuse a path that holds no number and values it cannot have."""
        check_path(self.scenario, path)
        for value in values:
            changes: dict[str, Any] = {path: value}
            content = self.scenario.to_mapping()
            if path in self._inputs and "correlations" in content:
                changes["correlations"] = []
            self.scenario.replace(changes)

    def changed(self, changes: Mapping[str, Any]) -> Floats:
        """Return npv with any changes made to the scenario."""
        return self._run(self._compile(self.scenario.replace(changes)))

    def _program(self) -> Program:
        if self._base is None:
            self._base = self._compile(self.scenario)
        return self._base

    def _compile(self, scenario: Scenario) -> Program:
        return compile_program(scenario, self.seed, self.strategies)

    def _run(self, program: Program) -> Floats:
        output = allocate(self.scenario, program, self.paths, TOTALS)
        run_paths(program, output, 0, threads=processors(), progress=False)
        names = list(program.layout.strategies)
        wanted = [_place(name, names, program) for name in self.strategies]
        return np.asarray(output.npv[wanted])


def _place(name: str, names: list[str], program: Program) -> int:
    # The current arrangement has no name of its own where a strategy equals it.
    return names.index(name if name in names else program.layout.current_name)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def checked_runs(scenario: Scenario, strategies: Sequence[str], paths: int, seed: int) -> Runs:
    """Return the runs of known strategies, or say what is wrong with an argument."""
    check_scenario(scenario)
    check_whole("paths", paths, 1, LARGEST_PATH)
    check_whole("seed", seed, 0, LARGEST_SEED)
    for name in strategies:
        check_strategy(scenario, name)
    return Runs(scenario, strategies, paths, seed)


def check_path(scenario: Scenario, path: str) -> None:
    """Refuse the path of a table, which holds numbers and is none."""
    if not isinstance(path, str):
        raise TypeError(f"path must be text, got {path!r}; write 'practice.providers'")
    below = [name for name in scenario.numbers() if name.startswith(f"{path}.")]
    if below and path not in scenario.numbers() and path not in scenario.quantities():
        remedy = f"name a number in it, such as {' or '.join(below[:2])}"
        raise ScenarioError([Problem("path", path, "is a table and no number", remedy)])


def check_strategy(scenario: Scenario, name: object, argument: str = "strategy") -> str:
    """Return the name of a strategy of the scenario, or name those there are."""
    known = [*scenario.strategies, CURRENT]
    if not isinstance(name, str) or name not in known:
        rule = f"is not a strategy of {scenario.name}"
        known = list(dict.fromkeys(known))
        meant, choose = nearest(str(name), known), f"choose from {', '.join(known)}"
        remedy = f"{meant} If not, {choose}" if meant.startswith("did") else choose
        raise ScenarioError([Problem(argument, name, rule, remedy)])
    return name
