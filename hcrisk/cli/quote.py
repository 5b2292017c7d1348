"""The quote command."""

from __future__ import annotations

import argparse
import sys
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hcrisk.ahead import read_ahead
from hcrisk.cli.check import odd_values
from hcrisk.cli.refusals import FileRefused
from hcrisk.cli.values import (
    read_output,
    read_percentiles,
    read_scenario,
    read_strategies,
    read_whole,
)
from hcrisk.exceptions import PrecisionWarning, ScenarioError
from hcrisk.io import SUFFIXES, check_format, replace_when_done, write

if TYPE_CHECKING:
    import xarray as xr

    from hcrisk.scenario import Scenario

MOST_PATHS = 10**12
LARGEST_SEED = 2**64 - 1
MOST_THREADS = 1024
LONGEST = 50
PICTURES = (".png", ".pdf", ".svg")


def quote(arguments: argparse.Namespace) -> str:
    """Simulate a scenario and return its quote, having written the files asked for.

    Everything that can be refused is refused before the simulation starts.
    """
    asked = _read(arguments)
    odd = [] if arguments.quiet else odd_values(asked.scenario)
    if odd:
        print("\n".join(["Worth a second look:", *odd]), file=sys.stderr)
    with ExitStack() as files:
        saved, drawn = (
            None if path is None else files.enter_context(replace_when_done(path, arguments.force))
            for path in (asked.out, asked.plot)
        )
        ds = _simulate(asked, quiet=arguments.quiet)
        text = _text(ds, asked, as_json=arguments.json)
        if saved is not None:
            write(ds, saved)
        if drawn is not None:
            _draw(ds, drawn)
    written = [str(path) for path in (asked.out, asked.plot) if path is not None]
    if written and not arguments.quiet:
        print(f"wrote {' and '.join(written)}", file=sys.stderr)
    return text


class _Asked(NamedTuple):
    scenario: Scenario
    levels: tuple[float, ...]
    paths: int
    seed: int
    threads: int | None
    strategies: list[str] | None
    out: Path | None
    plot: Path | None


def _read(arguments: argparse.Namespace) -> _Asked:
    def whole(option: str, text: str | None, least: int, most: int) -> int | None:
        return None if text is None else read_whole(option, text, least, most)

    def output(option: str, text: str | None, suffixes: tuple[str, ...]) -> Path | None:
        return None if text is None else read_output(option, text, suffixes, arguments.force)

    levels = read_percentiles(arguments.percentiles)
    paths = read_whole("--paths", arguments.paths, 1, MOST_PATHS)
    seed = read_whole("--seed", arguments.seed, 0, LARGEST_SEED)
    threads = whole("--threads", arguments.threads, 1, MOST_THREADS)
    years = whole("--years", arguments.years, 1, LONGEST)
    out = output("--out", arguments.out, SUFFIXES)
    if out is not None:
        check_format(out)
    plot = output("--plot", arguments.plot, PICTURES)
    scenario = read_scenario(arguments.scenario)
    if years is not None:
        scenario = _with_horizon(scenario, years, arguments.scenario)
    if arguments.no_effect:
        scenario = scenario.no_effect()
    strategies = read_strategies(arguments.strategies, scenario)
    return _Asked(scenario, levels, paths, seed, threads, strategies, out, plot)


def _with_horizon(scenario: Scenario, years: int, name: str) -> Scenario:
    try:
        return scenario.replace({"horizon.years": years})
    except ScenarioError as error:
        raise FileRefused(f"{name} with --years {years}", error) from None


def _simulate(asked: _Asked, *, quiet: bool) -> xr.Dataset:
    import hcrisk

    simulate = hcrisk.simulate
    read_ahead("hcrisk.report.quote", "hcrisk.report.text", "hcrisk.report.json")
    return simulate(
        asked.scenario,
        paths=asked.paths,
        seed=asked.seed,
        strategies=asked.strategies,
        threads=asked.threads,
        # None shows a bar, on long runs in a terminal only.
        progress=False if quiet else None,
    )


def _text(ds: xr.Dataset, asked: _Asked, *, as_json: bool) -> str:
    from hcrisk.report.json import to_json
    from hcrisk.report.quote import build_quote
    from hcrisk.report.text import render_text

    found = build_quote(ds, asked.scenario, asked.levels)
    return to_json(found) if as_json else render_text(found)


def _draw(ds: xr.Dataset, path: Path) -> None:
    from hcrisk.plot import exceedance
    from hcrisk.plot._file import draw_to_file

    with warnings.catch_warnings():
        # The page has said so already.
        warnings.simplefilter("ignore", PrecisionWarning)
        draw_to_file(exceedance, ds, path)
