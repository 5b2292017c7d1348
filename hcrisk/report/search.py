"""Whether a combination of arrangements, service by service, costs less than the strategies do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from hcrisk.assignments import simulate_assignments
from hcrisk.figures import Figure, measured
from hcrisk.measures import best_assignment, compare
from hcrisk.report.quote import THIN
from hcrisk.scenario.scenario import CURRENT, Scenario
from hcrisk.simulation import simulate
from hcrisk.variables import words

# As the decide command simulates, so that both find the same.
SEARCH_PATHS = 2_000
# Further futures, on which what was found is compared with the focus.
CHECK_PATHS = 20_000
# More take longer than the rest of a report.
MOST_COMBINATIONS = 1_000
_FOCUS, _BEST, _COVERED = "focus", "best", "covered"

Choices = Mapping[str, Sequence[str]]


class Combination(NamedTuple):
    """A combination that was found, and what it is on futures the search has not seen.

    Attributes
    ----------
    held : dict
        Arrangement by service.
    saving : Figure
        What the strategy the report is about costs more on average, path by path.
    thin : dict
        Uncovered share of services that are not covered most of the time, by service.
    """

    held: Mapping[str, str]
    saving: Figure
    thin: Mapping[str, float]


class Search(NamedTuple):
    """What a search through all combinations of arrangements found.

    Attributes
    ----------
    combinations : int
        How many combinations there are in which no service is left to nobody.
    best : Combination or None
        That of least mean cost; None where there were too many to search.
    covered : Combination or None
        That of least mean cost among those that leave no service mostly uncovered; None where
        the best is one of these, or there is none.
    """

    combinations: int
    best: Combination | None
    covered: Combination | None


def search(scenario: Scenario, focus: str, *, paths: int, seed: int, **run: object) -> Search:
    """Return the combination of least mean cost, held against a strategy.

    The best of many looks better than it is on the futures it was chosen on, so it is compared
    with the strategy on further ones.

    Parameters
    ----------
    scenario
        The scenario.
    focus
        Name of the strategy.
    paths, seed
        Of the report.
    run
        ``threads`` and ``progress``, as for `hcrisk.simulate`.

    Returns
    -------
    Search
    """
    choices = funded(scenario, scenario.services)
    count = math.prod(map(len, choices.values()))
    if count > MOST_COMBINATIONS:
        return Search(count, None, None)
    seen = min(paths, SEARCH_PATHS)
    ds = simulate_assignments(scenario, choices, paths=seen, seed=seed, **run)  # type: ignore[arg-type]
    thin = thin_arrangements(scenario, choices, paths=seen, seed=seed, **run)
    names = [str(name) for name in ds["strategy"].values]
    chosen = np.array([name != CURRENT for name in names])
    covered = np.array([not _held(ds, name).items() & thin.keys() for name in names])
    wanted = {_FOCUS: scenario.assignment(focus), _BEST: _best(ds, chosen)}
    if wanted[_BEST].items() & thin.keys() and (chosen & covered).any():
        wanted[_COVERED] = _best(ds, chosen & covered)
    check = {"paths": min(paths, CHECK_PATHS), "start": seen, "seed": seed}
    fresh = simulate(scenario, strategies=wanted, **check, **run)  # type: ignore[arg-type]
    found = {name: _compared(fresh, scenario, name, wanted) for name in wanted}
    return Search(count, found[_BEST], found.get(_COVERED))


def funded(
    scenario: Scenario, services: Sequence[str] | Mapping[str, object], unfunded: bool = False
) -> dict[str, list[str]]:
    """Return the arrangements to choose from, by service: those that leave it to nobody if asked.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> funded(load("mid-market"), ["help_desk"])
    {'help_desk': ['insource', 'hybrid', 'outsource']}
    """
    found = {}
    for name in services:
        every = scenario.services[name].arrangements
        kept = [key for key, one in every.items() if unfunded or not one.unfunded]
        found[name] = kept or list(every)
    return found


def thin_arrangements(
    scenario: Scenario, choices: Choices, *, paths: int, seed: int, **run: object
) -> dict[tuple[str, str], float]:
    """Return which arrangements leave their service mostly uncovered, and how much of it.

    What a service leaves uncovered hardly depends on how the others are delivered, so as many
    combinations as a service has arrangements tell it of all.

    Returns
    -------
    dict
        Uncovered share, over time and futures, by service and arrangement.
    """
    most = max(map(len, choices.values()))
    tried = {
        f"try {i}": {service: names[i % len(names)] for service, names in choices.items()}
        for i in range(most)
    }
    ds = simulate(scenario, strategies=tried, paths=paths, seed=seed, **run)  # type: ignore[arg-type]
    found = {}
    for name, held in tried.items():
        for service, share in _thin(ds, scenario, name, held).items():
            found[service, held[service]] = share
    return found


def strategy_of(scenario: Scenario, held: Mapping[str, str]) -> str:
    """Return the strategy that has these arrangements; "" if none has."""
    names = [*scenario.strategies, CURRENT]
    return next((name for name in names if scenario.assignment(name) == held), "")


def arrangement_label(scenario: Scenario, service: str, name: str) -> str:
    """Return what an arrangement of a service is called."""
    return scenario.services[service].arrangements[name].label or words(name)


def _best(ds: xr.Dataset, allowed: np.ndarray) -> dict[str, str]:
    ranked = best_assignment(ds.isel(strategy=allowed), top=1)
    return _held(ds, str(ranked["strategy"].values[0]))


def _held(ds: xr.Dataset, strategy: str) -> dict[str, str]:
    own = ds.coords.to_dataset().sel(strategy=strategy)
    return {str(service): str(own[service].item()) for service in ds.attrs["services"]}


def _thin(
    ds: xr.Dataset, scenario: Scenario, strategy: str, held: Mapping[str, str]
) -> dict[str, float]:
    shares = ds["uncovered"].sel(strategy=strategy).mean("path")
    paid = [name for name in held if not scenario.services[name].arrangements[held[name]].unfunded]
    found = {name: float(shares.sel(service=name)) for name in paid}
    return {name: share for name, share in found.items() if share > THIN}


def _compared(
    fresh: xr.Dataset, scenario: Scenario, name: str, wanted: Mapping[str, Mapping[str, str]]
) -> Combination:
    held = wanted[name]
    saving = Figure(0.0, 0.0, 0.0)
    if held != wanted[_FOCUS]:
        both = fresh.sel(strategy=[name, _FOCUS])
        saving = measured(compare(both, name, levels=0.5).sel(strategy=_FOCUS), "mean_difference")
    return Combination(held, saving, _thin(fresh, scenario, name, held))
