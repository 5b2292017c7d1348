"""The drivers command."""

from __future__ import annotations

import argparse
import sys
import warnings
from contextlib import ExitStack
from typing import TYPE_CHECKING

from hcrisk.cli.check import odd_values
from hcrisk.cli.quote import LARGEST_SEED, MOST_PATHS, MOST_THREADS, PICTURES
from hcrisk.cli.refusals import UsageError
from hcrisk.cli.values import CURRENT, read_output, read_scenario, read_whole, suggest
from hcrisk.exceptions import PrecisionWarning
from hcrisk.io import replace_when_done

if TYPE_CHECKING:
    from hcrisk.scenario import Scenario

MOST_INPUTS = 1000


def drivers(arguments: argparse.Namespace) -> str:
    """Return what drives the cost of a scenario's strategy, having drawn what was asked for."""
    paths = read_whole("--paths", arguments.paths, 1, MOST_PATHS)
    seed = read_whole("--seed", arguments.seed, 0, LARGEST_SEED)
    count = read_whole("--count", arguments.count, 1, MOST_INPUTS)
    threads = None
    if arguments.threads is not None:
        threads = read_whole("--threads", arguments.threads, 1, MOST_THREADS)
    plot = None
    if arguments.plot is not None:
        plot = read_output("--plot", arguments.plot, PICTURES, arguments.force)
    scenario = read_scenario(arguments.scenario)
    _check(arguments, scenario)
    odd = [] if arguments.quiet else odd_values(scenario)
    if odd:
        print("\n".join(["Worth a second look:", *odd]), file=sys.stderr)
    from hcrisk.report.drivers import drivers_json, drivers_text, find_drivers

    with ExitStack() as files:
        drawn = None if plot is None else files.enter_context(
            replace_when_done(plot, arguments.force))  # fmt: skip
        with warnings.catch_warnings():
            if arguments.json or arguments.quiet:
                # Bounds that are null say so already.
                warnings.simplefilter("ignore", PrecisionWarning)
            found = find_drivers(
                scenario,
                arguments.strategy,
                arguments.baseline,
                statistic=arguments.statistic,
                count=count,
                paths=paths,
                seed=seed,
                threads=threads,
                progress=False if arguments.quiet else None,
            )
        if drawn is not None:
            from hcrisk.plot import tornado
            from hcrisk.plot._file import draw_to_file

            draw_to_file(tornado, found.inputs, drawn)
    if plot is not None and not arguments.quiet:
        print(f"wrote {plot}", file=sys.stderr)
    return drivers_json(found) if arguments.json else drivers_text(found)


def _check(arguments: argparse.Namespace, scenario: Scenario) -> None:
    """Refuse what cannot be looked at, before anything is simulated."""
    from hcrisk.measures.statistic import statistic

    known = list(dict.fromkeys([*scenario.strategies, CURRENT]))
    for option in ("strategy", "baseline"):
        name = getattr(arguments, option)
        if name is not None and name not in known:
            raise UsageError(
                f"--{option}: {scenario.name} has no strategy {name!r}. {suggest(name, known)}"
            )
    if arguments.baseline is not None and arguments.strategy is None:
        raise UsageError("--baseline is for --strategy; name the strategy it is taken from")
    if arguments.baseline is not None and arguments.baseline == arguments.strategy:
        raise UsageError(
            f"--baseline must differ from --strategy, got {arguments.baseline!r} for both; "
            "choose another, or leave it out"
        )
    try:
        statistic(arguments.statistic)
    except ValueError:
        raise UsageError(
            "--statistic must be mean, or p or tvar with a percentage between 0 and 100, got "
            f"{arguments.statistic!r}; write for example --statistic p80"
        ) from None
    if not scenario.inputs():
        raise UsageError(
            f"{scenario.name} has no uncertain number, so nothing but chance drives its cost; "
            "give a number a distribution"
        )
