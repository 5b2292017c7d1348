"""Runs of one scenario that differ in one thing, and whose cost is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypedDict

from hcrisk.arguments import check_whole
from hcrisk.exceptions import ArgumentError
from hcrisk.measures._estimators import Floats
from hcrisk.measures._inputs import read_target
from hcrisk.measures._labelled import Sample
from hcrisk.program import compile_program
from hcrisk.program.keys import Seed
from hcrisk.program.layout import CURRENT
from hcrisk.scenario.refusal import nearest, refused
from hcrisk.scenario.scenario import Scenario
from hcrisk.simulation import (
    LARGEST_PATH,
    LARGEST_SEED,
    check_scenario,
    simulate,
)

# Flips one bit of a seed: the seed of what is drawn anew.
_OTHER = 1 << 63


PATHS = 10_000


class Run(TypedDict, total=False):
    """How to simulate, as for `hcrisk.simulate`.

    Parameters
    ----------
    paths : int
        Futures of each run, 10 000 by default.
    seed : int
    threads : int or None
    progress : bool or None
        One bar for all runs.
    """

    paths: int
    seed: int
    threads: int | None
    progress: bool | None


class Target(NamedTuple):
    """Whose cost is looked at, in runs of which size."""

    strategy: str
    baseline: str | None
    paths: int
    seed: int
    threads: int | None
    progress: bool | None

    @property
    def names(self) -> list[str]:
        """The strategies that must be simulated."""
        return [self.strategy] if self.baseline is None else [self.strategy, self.baseline]

    @property
    def other_seed(self) -> int:
        """The seed of what is drawn anew."""
        return int(self.seed) ^ _OTHER

    def sample(self, scenario: Scenario, seed: Seed | None = None) -> Sample:
        """Return the cost by path, with its labels."""
        ds = simulate(
            scenario,
            paths=self.paths,
            seed=self.seed if seed is None else seed,
            strategies=self.names,
            detail="totals",
            threads=self.threads,
            progress=False,
        )
        return read_target(ds, "npv", self.strategy, self.baseline)

    def cost(self, scenario: Scenario, seed: Seed | None = None) -> Floats:
        """Return the cost by path."""
        return self.sample(scenario, seed).values


def target(scenario: Scenario, strategy: str, baseline: str | None, run: Run) -> Target:
    """Return whose cost is looked at, or say what is wrong, before anything is simulated."""
    check_scenario(scenario)
    if unknown := sorted(set(run) - set(Run.__annotations__)):
        raise TypeError(
            f"got an unexpected argument {unknown[0]!r}; a run takes "
            f"{', '.join(Run.__annotations__)}"
        )
    paths, seed = run.get("paths", PATHS), run.get("seed", 0)
    check_whole("paths", paths, 1, LARGEST_PATH)
    check_whole("seed", seed, 0, LARGEST_SEED)
    known = [*scenario.strategies, CURRENT]
    for field, name in (("strategy", strategy), ("baseline", baseline)):
        if name is None and field == "baseline":
            continue
        if name not in known:
            raise refused(
                field, name, f"is not a strategy of {scenario.name}", nearest(name, known)
            )
    if strategy == baseline:
        raise ValueError(
            f"baseline must differ from strategy, got {baseline!r} for both; choose another, or "
            "leave it out"
        )
    threads, progress = run.get("threads"), run.get("progress")
    return Target(strategy, baseline, int(paths), int(seed), threads, progress)


def inputs_used(scenario: Scenario, names: Iterable[str]) -> list[str]:
    """Return the inputs written into any number that these strategies are computed from.

    Today's arrangements are left at some time, so what they need counts as well.
    """
    program = compile_program(scenario, 0, list(names))
    written = {program.inputs[i] for i in program.links.write_inputs}
    return [path for path in program.inputs if path in written]


def chosen_inputs(
    scenario: Scenario, used: list[str], wanted: str | Iterable[str] | None
) -> list[str]:
    """Return the inputs asked for, by default those used; refuse what is no input."""
    if wanted is None:
        return used
    paths = [wanted] if isinstance(wanted, str) else list(dict.fromkeys(wanted))
    known = scenario.inputs()
    for path in paths:
        if path not in known:
            raise ArgumentError(
                "inputs",
                path,
                f"must be uncertain numbers of {scenario.name}",
                nearest(path, known),
            )
    if not paths:
        raise ValueError(
            "inputs must name at least one input, got none; leave it out to take all that count"
        )
    return paths
