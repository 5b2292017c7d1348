"""The decide command."""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from hcrisk.cli.quote import PICTURES
from hcrisk.cli.refusals import UsageError
from hcrisk.cli.values import CURRENT, read_output, read_scenario, read_whole, suggest
from hcrisk.exceptions import PrecisionWarning
from hcrisk.io import replace_when_done
from hcrisk.variables import DEFAULT, TOTALS

if TYPE_CHECKING:
    import xarray as xr

    from hcrisk.report.choice import Choice
    from hcrisk.scenario import Scenario

MOST_PATHS = 10**12
LARGEST_SEED = 2**64 - 1
MOST_SHOWN = 100


def decide(arguments: argparse.Namespace) -> str:
    """Return the best combination of arrangements, service by service."""
    paths = read_whole("--paths", arguments.paths, 1, MOST_PATHS)
    seed = read_whole("--seed", arguments.seed, 0, LARGEST_SEED)
    top = read_whole("--top", arguments.top, 1, MOST_SHOWN)
    constraints = list(arguments.constraint)
    if arguments.budget is not None:
        constraints.append(f"probability above {_amount('--budget', arguments.budget):.12g} <= 20%")
    plot = None
    if arguments.plot is not None:
        plot = read_output("--plot", arguments.plot, PICTURES, arguments.force)
    scenario = read_scenario(arguments.scenario)
    choices = _choices(arguments.services, scenario, arguments.with_unfunded)
    from hcrisk.measures.statistic import statistic

    try:
        statistic(arguments.objective, "--objective")
    except ValueError as error:
        raise UsageError(str(error)) from None
    from hcrisk.assignments import simulate_assignments
    from hcrisk.measures import feasible_assignments
    from hcrisk.report.choice import build_choice, render_choice

    try:
        ds = simulate_assignments(
            scenario,
            choices,
            paths=paths,
            seed=seed,
            # Shares uncovered take room and time, so they are kept where they are asked for.
            detail=DEFAULT if any("uncovered" in text for text in constraints) else TOTALS,
            progress=False if arguments.quiet else None,
        )
        choice = build_choice(ds, scenario, arguments.objective, constraints=constraints, top=top)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if plot is not None:
        # As on the page: what is in place today is drawn where it is one of the combinations.
        drawn = ds.sel(strategy=ds["strategy"].values != CURRENT)
        _draw(feasible_assignments(drawn, constraints), plot, arguments.force)
        if not arguments.quiet:
            print(f"wrote {plot}", file=sys.stderr)
    return _as_json(choice) if arguments.json else render_choice(choice)


def _draw(ds: xr.Dataset, path: Path, force: bool) -> None:
    from hcrisk.plot import frontier
    from hcrisk.plot._file import draw_to_file

    with replace_when_done(path, force) as drawn, warnings.catch_warnings():
        # Points without their intervals say so already.
        warnings.simplefilter("ignore", PrecisionWarning)
        draw_to_file(frontier, ds, drawn)


def _amount(option: str, text: str) -> float:
    from hcrisk.measures.constraint import read_amount

    amount = read_amount(text)
    if amount is None or amount < 0.0:
        raise UsageError(f"{option} must be an amount, got {text!r}; write for example 5_000_000")
    return amount


def _choices(text: str | None, scenario: Scenario, with_unfunded: bool) -> dict[str, list[str]]:
    """Return the arrangements to choose from, by service."""
    names = list(scenario.services) if text is None else [name.strip() for name in text.split(",")]
    for name in names:
        if name not in scenario.services:
            known = list(scenario.services)
            raise UsageError(f"--services: {name!r} is no service. {suggest(name, known)}")
    found = {}
    for name in names:
        arrangements = scenario.services[name].arrangements
        found[name] = [
            key for key, each in arrangements.items() if with_unfunded or not each.unfunded
        ]
        found[name] = found[name] or list(arrangements)
    return found


def _as_json(choice: Choice) -> str:
    ranking, services = choice.ranking, choice.services
    content = {
        "scenario": choice.ds.attrs["scenario"],
        "digest": choice.ds.attrs["scenario_digest"],
        "seed": int(choice.ds.attrs["seed"]),
        "paths": choice.ds.sizes["path"],
        "combinations": choice.ds.sizes["strategy"],
        "objective": choice.objective,
        "constraints": list(choice.constraints),
        "feasible": int(ranking.attrs["feasible"]),
        "best": [
            {
                "services": {
                    name: str(choice.ds[name].sel(strategy=strategy).item())
                    for name in services["service"].values.tolist()
                },
                **{
                    key: float(ranking[key].sel(strategy=strategy))
                    for key in ("value", "margin", "margin_lower", "margin_upper")
                },
            }
            for strategy in ranking["strategy"].values.tolist()
        ],
        "by_service": {
            service: {
                name: {
                    key: float(services[key].sel(service=service, arrangement=name))
                    for key in ("value", "margin", "margin_lower", "margin_upper")
                }
                for name in services["arrangement"].values.tolist()
                if not bool(services["value"].isnull().sel(service=service, arrangement=name))
            }
            for service in services["service"].values.tolist()
        },
    }
    return json.dumps(content, indent=2)
