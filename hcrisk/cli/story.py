"""The story command."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from hcrisk.cli.check import odd_values
from hcrisk.cli.refusals import UsageError
from hcrisk.cli.values import CURRENT, read_percentiles, read_scenario, read_whole, suggest
from hcrisk.report.manifest import json_manifest
from hcrisk.report.strict import strict_json

if TYPE_CHECKING:
    from hcrisk.scenario import Scenario
    from hcrisk.story import Story

MOST_PATHS = 10**12
LARGEST_SEED = 2**64 - 1
LARGEST_PATH = 2**63 - 2
PATHS = 10_000


def story(arguments: argparse.Namespace) -> str:
    """Tell one future of a scenario: the path asked for, or the one nearest a percentile."""
    if (arguments.path is None) == (arguments.at is None):
        raise UsageError(
            "one of --path and --at says which future to tell; write for example --path 0 "
            "or --at p95"
        )
    if arguments.at is None and arguments.paths is not None:
        raise UsageError("--paths is for --at, which looks among them; leave it out with --path")
    seed = read_whole("--seed", arguments.seed, 0, LARGEST_SEED)
    paths = PATHS
    if arguments.paths is not None:
        paths = read_whole("--paths", arguments.paths, 1, MOST_PATHS)
    path = level = None
    if arguments.path is not None:
        path = read_whole("--path", arguments.path, 0, LARGEST_PATH)
    else:
        level = _read_level(arguments.at)
    scenario = read_scenario(arguments.scenario)
    strategy = _read_strategy(arguments.strategy, scenario)
    odd = [] if arguments.quiet else odd_values(scenario)
    if odd:
        print("\n".join(["Worth a second look:", *odd]), file=sys.stderr)
    # The package, not what hcrisk.story is: the search is part of it alone.
    from hcrisk.story import nearest_path
    from hcrisk.story import story as tell

    if level is not None:
        path = nearest_path(scenario, seed, level, strategy=strategy, paths=paths)
    told = tell(scenario, seed, path or 0, strategy=strategy)
    if not arguments.json:
        return told.page(every=arguments.every)
    return _as_json(told, scenario, None if level is None else paths)


def _as_json(told: Story, scenario: Scenario, paths: int | None) -> str:
    """Return a story for other programs; ``paths`` is among how many it was looked for."""
    yearly = told.yearly
    run = {"seed": told.seed, "paths": paths, "path": told.path}
    content = {
        "manifest": json_manifest("story", scenario, run),
        "strategy": told.strategy,
        "label": told.label,
        "total": told.total,
        "years": [
            {
                "year": int(year),
                "discount": discount,
                "cost": dict(
                    zip(
                        yearly["component"].values.tolist(),
                        yearly.sel(year=year).values.tolist(),
                        strict=True,
                    )
                ),
            }
            for year, discount in zip(yearly["year"], told.discount, strict=True)
        ],
        "events": told.events,
    }
    return strict_json(content)


def _read_level(text: str) -> float:
    """Return the share of futures that a percentile stands for.

    Examples
    --------
    >>> _read_level("p95"), _read_level("99.9")
    (0.95, 0.999)
    """
    try:
        levels = read_percentiles(text)
    except UsageError:
        levels = ()
    if len(levels) != 1:
        raise UsageError(
            f"--at must be a percentile between 0 and 100, got {text!r}; write for example --at p95"
        )
    return levels[0]


def _read_strategy(name: str | None, scenario: Scenario) -> str | None:
    known = [*scenario.strategies, CURRENT]
    if name is not None and name not in known:
        raise UsageError(
            f"--strategy: {scenario.name} has no strategy {name!r}. {suggest(name, known)}"
        )
    return name
