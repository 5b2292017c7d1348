"""Options that several commands have, each written once."""

from __future__ import annotations

from typing import Any

from hcrisk.cli.completion import scenarios_like


def add_scenario(command: Any) -> None:
    """Add the scenario, by name or file."""
    scenario = command.add_argument(
        "scenario",
        metavar="SCENARIO",
        help="a name that hcrisk list shows, or a .toml or .xlsx file",
    )
    scenario.completer = scenarios_like


def add_runs(
    command: Any, paths: int | None, about: str = "futures to simulate", *, threads: bool = False
) -> None:
    """Add the number of paths, the seed and, if asked for, the threads.

    Examples
    --------
    >>> import argparse
    >>> parser = argparse.ArgumentParser()
    >>> add_runs(parser, 2_000)
    >>> parser.parse_args([]).paths, parser.parse_args(["--seed", "7"]).seed
    ('2000', '7')
    """
    option, shown = command.add_argument, "" if paths is None else f" (default {paths:,})"
    default = None if paths is None else str(paths)
    option("--paths", metavar="N", default=default, help=f"{about}{shown}")
    option("--seed", metavar="N", default="0", help="seed of the random numbers (default 0)")
    if threads:
        option("--threads", metavar="N", help="threads to use (default: one per processor)")


def add_statistic(command: Any, about: str, name: str = "--statistic") -> None:
    """Add what to judge a cost by."""
    command.add_argument(
        name, metavar="NAME", default="mean", help=f"{about}: mean (default), or p80, tvar95, ..."
    )


def add_json(command: Any) -> None:
    """Add the choice of JSON."""
    command.add_argument(
        "--json", action="store_true", help="print JSON, unrounded, instead of the page"
    )


def add_output(
    command: Any,
    *,
    plot: str = "",
    result: bool = False,
    quiet: str = "",
) -> None:
    """Add where results go: JSON, a picture of what ``plot`` says, the whole, and silence."""
    option, files = command.add_argument, []
    add_json(command)
    if result:
        option("--out", metavar="FILE", help="also save the whole result: .nc, .zarr or .parquet")
        files.append("--out")
    if plot:
        option("--plot", metavar="FILE.png", help=f"also save {plot} (.png, .pdf or .svg)")
        files.append("--plot")
    if files:
        which = "existing files" if len(files) > 1 else "an existing file"
        option("--force", action="store_true", help=f"let {' and '.join(files)} replace {which}")
    if quiet:
        option("--quiet", action="store_true", help=f"show {quiet}")
