"""The decide command."""

from __future__ import annotations

import argparse
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from hcrisk.cli.quote import PICTURES
from hcrisk.cli.refusals import UsageError
from hcrisk.cli.values import CURRENT, read_output, read_scenario, read_whole, suggest
from hcrisk.exceptions import PrecisionWarning
from hcrisk.figures import measured
from hcrisk.io import replace_when_done
from hcrisk.report.manifest import json_manifest
from hcrisk.report.strict import strict_json
from hcrisk.variables import DEFAULT, TOTALS, Detail

if TYPE_CHECKING:
    import xarray as xr

    from hcrisk.report.choice import Choice
    from hcrisk.scenario import Scenario

MOST_PATHS = 10**12
LARGEST_SEED = 2**64 - 1
MOST_SHOWN = 100
_FIGURES = ("value", "lower", "upper", "margin", "margin_lower", "margin_upper")


def decide(arguments: argparse.Namespace) -> str:
    """Return the best combination of arrangements, service by service."""
    paths = read_whole("--paths", arguments.paths, 1, MOST_PATHS)
    seed = read_whole("--seed", arguments.seed, 0, LARGEST_SEED)
    top = read_whole("--top", arguments.top, 1, MOST_SHOWN)
    plot = None
    if arguments.plot is not None:
        plot = read_output("--plot", arguments.plot, PICTURES, arguments.force)
    scenario = read_scenario(arguments.scenario)
    choices = _choices(arguments.services, scenario, arguments.with_unfunded)
    constraints, budget = list(arguments.constraint), None
    if arguments.budget is not None:
        budget = _amount("--budget", arguments.budget, scenario.currency)
    from hcrisk.measures.statistic import statistic

    try:
        statistic(arguments.objective, "--objective")
    except ValueError as error:
        raise UsageError(str(error)) from None
    from hcrisk.assignments import simulate_assignments
    from hcrisk.measures import feasible_assignments
    from hcrisk.report.choice import build_choice, render_choice
    from hcrisk.report.search import thin_arrangements

    # Shares uncovered take room and time, so they are kept where they are asked for.
    detail: Detail = DEFAULT if any("uncovered" in text.lower() for text in constraints) else TOTALS
    progress = False if arguments.quiet else None
    try:
        if constraints:
            _check_constraints(scenario, arguments.services, choices, constraints, detail)
        ds = simulate_assignments(
            scenario, choices, paths=paths, seed=seed, detail=detail, progress=progress
        )
        thin = thin_arrangements(scenario, choices, paths=paths, seed=seed, progress=progress)
        with warnings.catch_warnings():
            # Figures without an interval say so themselves.
            warnings.simplefilter("ignore", PrecisionWarning)
            choice = build_choice(
                ds, scenario, arguments.objective, constraints=constraints, budget=budget, top=top,
                thin=thin,
            )  # fmt: skip
    except ValueError as error:
        raise UsageError(str(error)) from None
    if plot is not None:
        drawn = feasible_assignments(_chosen(ds), constraints, budget=budget)
        limits = _limits(constraints, budget, scenario.currency)
        _draw(drawn.assign_attrs(limits=limits), plot, arguments.force)
        if not arguments.quiet:
            print(f"wrote {plot}", file=sys.stderr)
    return _as_json(choice) if arguments.json else render_choice(choice)


def _check_constraints(
    scenario: Scenario,
    services: str | None,
    choices: dict[str, list[str]],
    constraints: list[str],
    detail: Detail,
) -> None:
    """Refuse what cannot be read, before anybody has waited."""
    from hcrisk.assignments import simulate_assignments
    from hcrisk.measures import feasible_assignments

    def check(among: dict[str, list[str]]) -> None:
        one = simulate_assignments(scenario, among, paths=1, detail=detail, progress=False)
        feasible_assignments(_chosen(one), constraints)

    try:
        check(choices)
    except ValueError as error:
        every = _choices(services, scenario, True)
        if every == choices:
            raise
        with suppress(ValueError):
            check(every)
            # All is well once services may be left to nobody.
            raise UsageError(f"{error}; or add --with-unfunded") from None
        raise


def _chosen(ds: xr.Dataset) -> xr.Dataset:
    """Return the result without what is in place today, where that is none of the combinations."""
    return ds.sel(strategy=ds["strategy"].values != CURRENT)


def _limits(constraints: list[str], budget: float | None, currency: str) -> str:
    """Return what combinations were held to, in words; nothing if there is no limit."""
    from hcrisk.measures._limits import amount_text

    told = [] if budget is None else [f"P80 <= {amount_text(budget, currency)}"]
    return "; ".join([*constraints, *told])


def _draw(ds: xr.Dataset, path: Path, force: bool) -> None:
    from hcrisk.plot import frontier
    from hcrisk.plot._file import draw_to_file

    with replace_when_done(path, force) as drawn, warnings.catch_warnings():
        # Points without their intervals say so already.
        warnings.simplefilter("ignore", PrecisionWarning)
        draw_to_file(frontier, ds, drawn)


def _amount(option: str, text: str, currency: str) -> float:
    from hcrisk.measures.constraint import read_amount

    amount = read_amount(text, currency)
    if amount is None or amount <= 0.0:
        raise UsageError(
            f"{option} must be an amount in {currency} above 0, got {text!r}; write for example "
            f"5_000_000 or 5M"
        )
    return amount


def _choices(text: str | None, scenario: Scenario, with_unfunded: bool) -> dict[str, list[str]]:
    """Return the arrangements to choose from, by service."""
    names = list(scenario.services) if text is None else [name.strip() for name in text.split(",")]
    for name in names:
        if name not in scenario.services:
            known = list(scenario.services)
            raise UsageError(f"--services: {name!r} is no service. {suggest(name, known)}")
    from hcrisk.report.search import funded

    return funded(scenario, names, with_unfunded)


def _as_json(choice: Choice) -> str:
    ranking, services = choice.ranking, choice.services
    content = {
        "manifest": json_manifest("decide", run=choice.ds.attrs),
        "combinations": choice.ds.sizes["strategy"] - (CURRENT in choice.ds["strategy"].values),
        "objective": choice.objective,
        "constraints": list(choice.constraints),
        "budget": choice.budget,
        "feasible": int(ranking.attrs["feasible"]),
        "prices": _prices(ranking),
        "best": [
            {
                "services": {
                    name: str(choice.ds[name].sel(strategy=strategy).item())
                    for name in services["service"].values.tolist()
                },
                **{key: float(ranking[key].sel(strategy=strategy)) for key in _FIGURES},
            }
            for strategy in ranking["strategy"].values.tolist()
        ],
        "mostly_uncovered": [
            {"service": service, "arrangement": name, "uncovered": share}
            for (service, name), share in choice.thin.items()
        ],
        "by_service": {
            service: {
                name: {
                    key: float(services[key].sel(service=service, arrangement=name))
                    for key in _FIGURES
                }
                for name in services["arrangement"].values.tolist()
                if not bool(services["value"].isnull().sel(service=service, arrangement=name))
            }
            for service in services["service"].values.tolist()
        },
    }
    return strict_json(content)


def _prices(ranking: xr.Dataset) -> dict[str, dict[str, float]]:
    """Return what each limit costs, and what all do."""
    if "price" not in ranking:
        return {}
    found = {}
    for name in ranking["limit"].values.tolist():
        own = ranking.sel(limit=name)
        found[name] = measured(own, "price")._asdict() | {"kept_by": int(own["kept_by"])}
    return found | {"together": measured(ranking, "price_together")._asdict()}
