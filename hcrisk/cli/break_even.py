"""The break-even command."""

from __future__ import annotations

import argparse
import sys
import textwrap
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hcrisk.cli.check import odd_values
from hcrisk.cli.refusals import UsageError
from hcrisk.cli.values import CURRENT, read_output, read_scenario, read_whole
from hcrisk.figures import (
    Figure,
    common_unit,
    counted,
    measured,
    money,
    money_margin,
    plain,
    supported_step,
)
from hcrisk.io import replace_when_done
from hcrisk.report.manifest import json_manifest
from hcrisk.report.strict import strict_json

if TYPE_CHECKING:
    import xarray as xr

    from hcrisk.exceptions import Problem
    from hcrisk.scenario import Scenario

WIDTH = 80
MOST_PATHS = 10**12
MOST_POINTS = 10_000
LARGEST_SEED = 2**64 - 1
PICTURES = (".png", ".pdf", ".svg")
# Rows of the table: enough to see the shape.
ROWS = 9
# What of a result says where it comes from.
MANIFEST = ("scenario", "scenario_digest", "currency", "years", "seed", "paths")


def break_even(arguments: argparse.Namespace) -> str:
    """Return where one way becomes cheaper than another, having drawn the picture asked for."""
    low, high = (_read_number(name, getattr(arguments, name)) for name in ("low", "high"))
    if not low < high:
        remedy = "swap them" if low > high else "choose two that differ"
        raise UsageError(
            f"LOW must be less than HIGH, got {arguments.low} and {arguments.high}; {remedy}"
        )
    _check(arguments)
    points = read_whole("--points", arguments.points, 2, MOST_POINTS)
    paths = read_whole("--paths", arguments.paths, 1, MOST_PATHS)
    seed = read_whole("--seed", arguments.seed, 0, LARGEST_SEED)
    plot = None
    if arguments.plot is not None:
        plot = read_output("--plot", arguments.plot, PICTURES, arguments.force)
    scenario = read_scenario(arguments.scenario)
    odd = [] if arguments.quiet else odd_values(scenario)
    if odd:
        print("\n".join(["Worth a second look:", *odd]), file=sys.stderr)
    progress = False if arguments.quiet else None
    from hcrisk.whatif import Effort
    from hcrisk.whatif.break_even import break_even as find

    with ExitStack() as files:
        drawn = None
        if plot is not None:
            drawn = files.enter_context(replace_when_done(plot, arguments.force))
        try:
            between, service = _ways(arguments, scenario)
            ds = find(
                scenario,
                arguments.path,
                low,
                high,
                between=between,
                service=service,
                statistic=arguments.statistic,
                effort=Effort(paths=paths, seed=seed, points=points, progress=progress),
            )
        except ValueError as error:
            raise _as_usage(error) from None
        if drawn is not None:
            _draw(ds, drawn)
    if plot is not None and not arguments.quiet:
        print(f"wrote {plot}", file=sys.stderr)
    return strict_json(to_json(ds)) if arguments.json else render(ds)


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what no scenario can make right."""
    from hcrisk.measures.statistic import statistic

    one, other = arguments.between
    if one == other:
        raise UsageError(f"--between must name two that differ, got {one!r} twice; change one")
    try:
        statistic(arguments.statistic, "--statistic")
    except ValueError as error:
        raise UsageError(str(error)) from None


def _ways(arguments: argparse.Namespace, scenario: Scenario) -> tuple[list[Any], str | None]:
    """Return what is compared: of a service beside a strategy, whole assignments."""
    service, between = arguments.service, list(arguments.between)
    from hcrisk.whatif._runs import check_strategy

    check_strategy(scenario, arguments.others, "--others")
    if service not in scenario.services or arguments.others == CURRENT:
        return between, service
    rest = scenario.assignment(arguments.others)
    return [rest | {service: name} for name in between], None


def _as_usage(error: ValueError) -> Exception:
    """Return a refusal as the command line shows it."""
    from hcrisk.exceptions import HcriskError, ScenarioError

    if isinstance(error, ScenarioError):
        # The scenario itself was read before: what is refused here was asked for.
        return UsageError("\n".join(map(_asked, error.problems)))
    return error if isinstance(error, HcriskError) else UsageError(str(error))


def _asked(problem: Problem) -> str:
    """Return what is wrong with what was asked for, by the name it has on the command line."""
    name, _, rest = problem.path.partition(".")
    options = {"between": "--between", "service": "--service", "path": "PATH"}
    if name not in options and name != "--others":
        return str(problem)
    name = options.get(name, name)
    where = f"{name}, {rest}" if rest else name
    return f"{where}: {problem.value!r} {problem.rule}; {problem.remedy}"


def _read_number(name: str, text: str) -> float:
    """Return a finite number.

    Examples
    --------
    >>> _read_number("low", "1,000"), _read_number("high", "40k"), _read_number("low", "25%")
    (1000.0, 40000.0, 0.25)
    """
    from hcrisk.measures.constraint import read_amount

    value = read_amount(text.removesuffix("%"))
    if value is None:
        raise UsageError(
            f"{name.upper()} must be a number, got {text!r}; write for example 10, 0.25, 25% or "
            f"40_000"
        )
    return value / 100.0 if text.endswith("%") else value


def _draw(ds: xr.Dataset, path: Path) -> None:
    from hcrisk.plot._file import draw_to_file
    from hcrisk.plot.break_even import break_even as plot

    draw_to_file(plot, ds, path)


def render(ds: xr.Dataset) -> str:
    """Return a break-even as a page 80 columns wide: the answer, then the curve as a table."""
    from hcrisk.variables import labels_of

    about, names = ds.attrs, [str(name) for name in ds["way"].values]
    labels = labels_of(ds, "way")
    where = f" of {about['service']}" if about["service"] else ""
    lines = _wrapped(f"{about['title']}: break-even in {about['path']}")
    lines += ["", *_wrapped(f"Ways{where}:")]
    for name in names:
        lines += _wrapped(f"  {name}: {labels[name]}", "    ")
    lines.append("")
    for sentence in str(about["summary"]).splitlines():
        lines += _wrapped(sentence)
    return "\n".join([*lines, "", *_table(ds, names), "", *_notes(ds)])


def _table(ds: xr.Dataset, names: list[str]) -> list[str]:
    currency = str(ds.attrs["currency"])
    head = [str(ds.attrs["units"]) or "value", *names, "difference", "", "cheaper"]
    shown = ds.isel(at=_rows(ds))
    count = shown.sizes["at"]
    differences = [measured(shown.isel(at=i)) for i in range(count)]
    costs = [
        [measured(shown.sel(way=name).isel(at=i), "cost") for name in names] for i in range(count)
    ]
    unit = common_unit([*differences, *(cost for row in costs for cost in row)])
    # One step for all, so that the difference of two costs is the one shown beside them.
    step = max(supported_step(one) for one in differences)
    rows = [head]
    for i, difference in enumerate(differences):
        rows.append(
            [
                plain(float(shown["at"][i])),
                *(money(cost, currency, unit, step=step) for cost in costs[i]),
                money(difference, currency, unit, step=step),
                money_margin(difference, unit, step=step),
                _cheaper(difference, names),
            ]
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return [
        "  ".join(
            text.ljust(width) if column >= len(head) - 2 else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _rows(ds: xr.Dataset) -> list[int]:
    """Return which places to show: all if few, else some and those beside each change."""
    places = ds["at"].values
    if places.size <= ROWS:
        return list(range(places.size))
    wanted = np.linspace(places[0], places[-1], ROWS)
    chosen = {int(np.argmin(np.abs(places - x))) for x in wanted}
    for name in ("stretch_from", "stretch_to"):
        beside = ds[name].values.tolist()
        chosen |= (
            {int(np.searchsorted(places, x)) for x in beside} if len(beside) <= ROWS else set()
        )
    return sorted(chosen)


def _cheaper(difference: Figure, names: list[str]) -> str:
    if difference.lower <= 0.0 <= difference.upper:
        return "not certain"
    return names[int(difference.value < 0)]


def _notes(ds: xr.Dataset) -> list[str]:
    from hcrisk.whatif.telling import unseen

    about, names = ds.attrs, [str(name) for name in ds["way"].values]
    same = f"; all else as in {about['others']}" if about["service"] else ""
    statistic = str(about["statistic"])
    text = (
        f"{statistic[:1].upper()}{statistic[1:]} "
        f"of present value over {counted(int(about['years']), 'years')}, whole strategy{same}. "
        f"The difference is {names[1]} less {names[0]}, with a {100 * about['confidence']:g}% "
        f"interval; where that holds zero, the two cannot be told apart. "
        f"{about['paths']:,} futures at each value, seed {int(about['seed'])}. Amounts are rounded "
        f"one by one. {unseen(ds)}"
    )
    return _wrapped(text.rstrip())


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent) or [""]


def to_json(ds: xr.Dataset) -> dict[str, Any]:
    """Return a break-even for other programs: its origin, who is cheaper where, the curve."""
    about = {key: value for key, value in ds.attrs.items() if key not in (*MANIFEST, "summary")}
    about["whole"] = bool(about["whole"])
    manifest = json_manifest("break-even", run={key: ds.attrs[key] for key in MANIFEST})
    names = [str(name) for name in ds["way"].values]
    curve = [
        {
            "at": float(ds["at"][i]),
            "cost": {n: measured(ds.sel(way=n).isel(at=i), "cost") for n in names},
            "difference": measured(ds.isel(at=i)),
        }
        for i in range(ds.sizes["at"])
    ]
    crossings = [
        {
            "before": float(ds["before"][i]),
            "after": float(ds["after"][i]),
            "cheaper": str(ds["cheaper"][i].item()),
        }
        for i in range(ds.sizes["crossing"])
    ]
    stretches = [
        {
            "from": float(ds["stretch_from"][i]),
            "to": float(ds["stretch_to"][i]),
            "cheaper": str(ds["stretch_cheaper"][i].item()) or None,
        }
        for i in range(ds.sizes["stretch"])
    ]
    summary = str(ds.attrs["summary"]).splitlines()
    return {
        "manifest": manifest,
        **about,
        "between": names,
        "summary": summary,
        "crossings": crossings,
        "stretches": stretches,
        "curve": curve,
    }
