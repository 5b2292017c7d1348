"""The report command."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hcrisk.cli.check import odd_values
from hcrisk.cli.quote import LARGEST_SEED, MOST_PATHS, MOST_THREADS
from hcrisk.cli.refusals import UsageError
from hcrisk.cli.values import (
    CURRENT,
    WORKBOOK,
    read_output,
    read_scenario,
    read_strategies,
    read_whole,
    suggest,
)
from hcrisk.exceptions import ScenarioError
from hcrisk.io import replace_when_done
from hcrisk.report import FEWEST_PATHS
from hcrisk.report.columns import wrapped
from hcrisk.report.manifest import json_manifest
from hcrisk.report.strict import strict_json

if TYPE_CHECKING:
    from hcrisk.report.changes import Changes
    from hcrisk.report.contents import Report
    from hcrisk.scenario import Scenario

SUFFIXES = (".html", ".htm")
OLDER = "--against names another version of the scenario that exists, such as last month's file"


def report(arguments: argparse.Namespace) -> str:
    """Write the report of a scenario, and return its decision in four sentences.

    Everything that can be refused is refused before the simulation starts.
    """
    asked = _read(arguments)
    odd = [] if arguments.quiet else odd_values(asked.scenario)
    if odd:
        print("\n".join(["Worth a second look:", *odd]), file=sys.stderr)
    with ExitStack() as files:
        page, book = (
            None if path is None else files.enter_context(replace_when_done(path, arguments.force))
            for path in (asked.html, asked.xlsx)
        )
        # None shows a bar, on long runs in a terminal only.
        found = _write(asked, page, book, False if arguments.quiet else None)
    written = [str(path) for path in (asked.html, asked.xlsx) if path is not None]
    if not arguments.quiet:
        print(f"wrote {' and '.join(written)}", file=sys.stderr)
    if arguments.json:
        return _as_json(found, written, asked.against)
    said = [_wrapped(found.sentences)]
    if found.changes is not None:
        said += [
            f"Against {arguments.against}, on the same futures:",
            *_changed(found.changes),
        ]
    return "\n".join(said)


def _changed(found: Changes) -> list[str]:
    """Return what changed against another version of the scenario."""
    from hcrisk.report.changes import change_lines

    return [part for line in change_lines(found) for part in wrapped(line, "  ")]


def _as_json(found: Report, written: list[str], against: Scenario | None) -> str:
    """Return what was written and decided, and the figures that a quote of the run has."""
    from hcrisk.report.json import change_content, content

    other = None
    if against is not None and found.changes is not None:
        known = {"scenario": against.name, "scenario_digest": against.digest}
        other = known | change_content(found.changes)
    said = {"wrote": written, "decision": found.sentences, "against": other}
    about = {"manifest": json_manifest("report", run=found.quote.manifest)}
    return strict_json(about | said | content(found.quote))


class _Asked(NamedTuple):
    scenario: Scenario
    against: Scenario | None
    paths: int
    seed: int
    threads: int | None
    strategies: list[str] | None
    baseline: str | None
    budget: float | None
    html: Path | None
    xlsx: Path | None


def _check_currency(arguments: argparse.Namespace, scenario: Scenario, against: Scenario) -> None:
    if against.currency != scenario.currency:
        raise UsageError(
            f"--against: {arguments.against} is in {against.currency}, {arguments.scenario} in "
            f"{scenario.currency}; state both in one currency"
        )


def _read(arguments: argparse.Namespace) -> _Asked:
    """Return what was asked for, or refuse it."""
    paths = read_whole("--paths", arguments.paths, FEWEST_PATHS, MOST_PATHS)
    seed = read_whole("--seed", arguments.seed, 0, LARGEST_SEED)
    threads = None
    if arguments.threads is not None:
        threads = read_whole("--threads", arguments.threads, 1, MOST_THREADS)
    budget = None if arguments.budget is None else _read_budget(arguments.budget)
    html, xlsx = _read_files(arguments)
    scenario = read_scenario(arguments.scenario)
    against = None
    if arguments.against is not None:
        against = read_scenario(arguments.against, OLDER)
        _check_currency(arguments, scenario, against)
    strategies = read_strategies(arguments.strategies, scenario)
    baseline = _read_baseline(arguments.baseline, scenario)
    from hcrisk.report.asked import checked

    try:
        checked(scenario, paths, seed, strategies, baseline, budget)
    except ScenarioError as error:
        raise UsageError(f"--{error}") from None
    return _Asked(scenario, against, paths, seed, threads, strategies, baseline, budget, html, xlsx)


def _read_files(arguments: argparse.Namespace) -> tuple[Path | None, Path | None]:
    """Return the files to write, at least one."""
    if arguments.html is None and arguments.xlsx is None:
        raise UsageError(
            "report needs a file to write; add --html quote.html, --xlsx quote.xlsx, or both"
        )

    def output(option: str, text: str | None, suffixes: tuple[str, ...]) -> Path | None:
        return None if text is None else read_output(option, text, suffixes, arguments.force)

    html, xlsx = output("--html", arguments.html, SUFFIXES), None
    if arguments.xlsx is not None:
        from hcrisk.report.workbook import check_installed

        xlsx = output("--xlsx", arguments.xlsx, (WORKBOOK,))
        check_installed(arguments.xlsx)
    return html, xlsx


def _write(asked: _Asked, page: Path | None, book: Path | None, progress: bool | None) -> Report:
    """Simulate once, and write what was asked for."""
    from hcrisk.progress import one_bar, stage
    from hcrisk.report.contents import progress_paths
    from hcrisk.report.contents import report as gather
    from hcrisk.report.html import render_html

    # The workbook's yearly costs, and the other version, are as many futures once more.
    again = (book is not None) + (asked.against is not None)
    paths = progress_paths(asked.paths) + again * asked.paths
    with one_bar(paths, progress):
        found = gather(
            asked.scenario,
            paths=asked.paths,
            seed=asked.seed,
            strategies=asked.strategies,
            baseline=asked.baseline,
            budget=asked.budget,
            threads=asked.threads,
            progress=progress,
        )
        if asked.against is not None:
            with stage(asked.paths):
                found = found.against(asked.against, threads=asked.threads, progress=progress)
        if page is not None:
            page.write_text(render_html(found), encoding="utf-8", newline="\n")
        if book is not None:
            with stage(asked.paths):
                # The empty file that keeps the name is replaced.
                found.to_xlsx(book, force=True, threads=asked.threads, progress=progress)
    return found


def _wrapped(sentences: tuple[str, ...]) -> str:
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
