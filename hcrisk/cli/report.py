"""The report command."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from hcrisk.cli.check import odd_values
from hcrisk.cli.quote import LARGEST_SEED, MOST_PATHS, MOST_THREADS
from hcrisk.cli.refusals import UsageError
from hcrisk.cli.values import (
    CURRENT,
    read_output,
    read_scenario,
    read_strategies,
    read_whole,
    suggest,
)
from hcrisk.exceptions import ScenarioError
from hcrisk.io import replace_when_done
from hcrisk.report import FEWEST_PATHS

if TYPE_CHECKING:
    from hcrisk.scenario import Scenario

SUFFIXES = (".html", ".htm")


def report(arguments: argparse.Namespace) -> str:
    """Write the report of a scenario, and return its decision in three sentences.

    Everything that can be refused is refused before the simulation starts.
    """
    paths = read_whole("--paths", arguments.paths, FEWEST_PATHS, MOST_PATHS)
    seed = read_whole("--seed", arguments.seed, 0, LARGEST_SEED)
    threads = None
    if arguments.threads is not None:
        threads = read_whole("--threads", arguments.threads, 1, MOST_THREADS)
    budget = None if arguments.budget is None else _read_budget(arguments.budget)
    path = read_output("--html", arguments.html, SUFFIXES, arguments.force)
    scenario = read_scenario(arguments.scenario)
    strategies = read_strategies(arguments.strategies, scenario)
    baseline = _read_baseline(arguments.baseline, scenario)
    odd = [] if arguments.quiet else odd_values(scenario)
    if odd:
        print("\n".join(["Worth a second look:", *odd]), file=sys.stderr)
    from hcrisk.report.asked import checked
    from hcrisk.report.contents import report as gather
    from hcrisk.report.html import render_html

    try:
        checked(scenario, paths, seed, strategies, baseline, budget)
    except ScenarioError as error:
        raise UsageError(f"--{error}") from None
    with replace_when_done(path, arguments.force) as temporary:
        found = gather(
            scenario,
            paths=paths,
            seed=seed,
            strategies=strategies,
            baseline=baseline,
            budget=budget,
            threads=threads,
            progress=False if arguments.quiet else None,
        )
        temporary.write_text(render_html(found), encoding="utf-8", newline="\n")
    if not arguments.quiet:
        print(f"wrote {path}", file=sys.stderr)
    return _wrapped(found.sentences)


def _wrapped(sentences: tuple[str, ...]) -> str:
    from hcrisk.report.columns import wrapped

    return "\n".join(line for sentence in sentences for line in wrapped(sentence))


def _read_budget(text: str) -> float:
    """Return an amount above 0.

    Examples
    --------
    >>> _read_budget("7M"), _read_budget("$7,000,000")
    (7000000.0, 7000000.0)
    """
    from hcrisk.measures.constraint import read_amount

    value = read_amount(text)
    if value is None or value <= 0:
        raise UsageError(
            f"--budget must be an amount above 0, got {text!r}; write for example --budget 7M"
        )
    return value


def _read_baseline(name: str | None, scenario: Scenario) -> str | None:
    known = list(dict.fromkeys([*scenario.strategies, CURRENT]))
    if name is not None and name not in known:
        raise UsageError(
            f"--baseline: {scenario.name} has no strategy {name!r}. {suggest(name, known)}"
        )
    return name
