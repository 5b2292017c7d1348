"""What a report is asked for, checked before anything is simulated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import NamedTuple

from hcrisk.arguments import check_whole
from hcrisk.exceptions import ArgumentError, Problem, ScenarioError
from hcrisk.report import FEWEST_PATHS
from hcrisk.scenario.scenario import CURRENT, Scenario
from hcrisk.simulation import LARGEST_PATH, LARGEST_SEED, check_scenario
from hcrisk.whatif._runs import check_strategy


class Asked(NamedTuple):
    """Arguments that can be used."""

    paths: int
    seed: int
    strategies: list[str] | None
    baseline: str | None
    budget: float | None


def checked(
    scenario: Scenario,
    paths: object,
    seed: object,
    strategies: str | Sequence[str] | None,
    baseline: str | None,
    budget: object,
) -> Asked:
    """Return the arguments of a report, or refuse them.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> checked(load("mid-market"), 1000, 0, "hybrid", None, 7e6).strategies
    ['hybrid']
    """
    check_scenario(scenario)
    check_whole("paths", paths, FEWEST_PATHS, LARGEST_PATH)
    check_whole("seed", seed, 0, LARGEST_SEED)
    names = [strategies] if isinstance(strategies, str) else strategies
    if names is not None:
        names = list(dict.fromkeys(check_strategy(scenario, one, "strategies") for one in names))
    if baseline is not None:
        check_strategy(scenario, baseline, "baseline")
        _refuse_left_out(scenario, names, baseline)
    return Asked(int(paths), int(seed), names, baseline, _amount(budget))  # type: ignore[call-overload]


def _refuse_left_out(scenario: Scenario, names: list[str] | None, baseline: str) -> None:
    """Refuse a baseline that is not among the strategies simulated."""
    simulated = [*(scenario.strategies if names is None else names)]
    today = scenario.current
    same = [name for name in simulated if scenario.assignment(name) == today]
    if baseline in simulated or (baseline == CURRENT and not same):
        return
    if baseline == CURRENT:
        rule = f"is the arrangement of {same[0]}, which goes by that name"
        raise ScenarioError([Problem("baseline", baseline, rule, f"write {same[0]!r}")])
    rule = "is not among the strategies asked for"
    remedy = f"add it to them, or choose from {', '.join(simulated)}"
    raise ScenarioError([Problem("baseline", baseline, rule, remedy)])


def _amount(budget: object) -> float | None:
    if budget is None:
        return None
    good = isinstance(budget, Real) and not isinstance(budget, bool)
    value = float(budget) if good else math.nan  # type: ignore[arg-type]
    if not (math.isfinite(value) and value > 0):
        raise ArgumentError("budget", budget, "must be an amount above 0", "write 7_000_000")
    return value
