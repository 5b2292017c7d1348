"""Every way to deliver every service, from one set of futures."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from hcrisk.exceptions import ArgumentError, Problem, ScenarioError
from hcrisk.measures.constraint import VENDORS
from hcrisk.scenario.scenario import Scenario
from hcrisk.simulation import check_scenario, simulate
from hcrisk.variables import TOTALS, Detail

MOST_ASSIGNMENTS = 10_000
SEPARATOR = " / "

Choices = dict[str, tuple[str, ...]]


def simulate_assignments(
    scenario: Scenario,
    services: Sequence[str] | Mapping[str, Sequence[str]] | None = None,
    *,
    paths: int = 10_000,
    seed: int = 0,
    detail: Detail = TOTALS,
    threads: int | None = None,
    progress: bool | None = None,
    start: int = 0,
) -> xr.Dataset:
    """Simulate every combination of arrangements over services.

    All combinations see the same futures: path `n` of each is that of `simulate` for a strategy
    with these arrangements, to the bit.

    Parameters
    ----------
    scenario : Scenario
    services : sequence of str, or mapping, optional
        Services to vary, each over all its arrangements, or a mapping to those to choose from.
        Default: all services. The others stay as today; one that is to stay as it is in a
        strategy is given that one arrangement, as `Scenario.assignment` tells it.
    paths, seed, detail, threads, progress, start
        As for `simulate`; here only npv and cost are kept unless asked for otherwise.

    Returns
    -------
    xarray.Dataset
        npv and cost over strategy, year and path, and whatever else ``detail`` keeps;
        ``vendor_count`` over strategy. A strategy is called by its arrangements, such as
        ``"insource / outsource"``; a coordinate over strategy, called like each service varied,
        says which it has. The current assignment is among them. All measures of strategies apply.

    Raises
    ------
    ScenarioError
        For an unknown service or arrangement, or an empty choice.
    ValueError
        For more than 10,000 combinations, with their number.

    See Also
    --------
    best_assignment : Which of them costs least.

    Examples
    --------
    >>> import hcrisk
    >>> small = hcrisk.load("small-practice")
    >>> choices = {"help_desk": ["insource", "outsource"], "security": ["basic", "outsource"]}
    >>> ds = hcrisk.simulate_assignments(small, choices, paths=100)
    >>> ds["strategy"].values[:2].tolist()
    ['insource / basic', 'insource / outsource']
    >>> ds["help_desk"].values[:3].tolist()
    ['insource', 'insource', 'outsource']
    """
    check_scenario(scenario)
    choices = choices_of(scenario, services)
    count = math.prod(len(names) for names in choices.values())
    if count > MOST_ASSIGNMENTS:
        rule = f"must leave at most {MOST_ASSIGNMENTS:,} of the {count:,} combinations there are"
        remedy = "name the services to vary, or for each the arrangements to choose from"
        raise ArgumentError("services", services, rule, remedy)
    combinations = {
        SEPARATOR.join(chosen): scenario.current | dict(zip(choices, chosen, strict=True))
        for chosen in itertools.product(*choices.values())
    }
    ds = simulate(
        scenario,
        paths=paths,
        seed=seed,
        strategies=combinations,
        detail=detail,
        threads=threads,
        progress=progress,
        start=start,
    )
    return _with_services(ds, scenario, combinations, choices)


def choices_of(
    scenario: Scenario, services: Sequence[str] | Mapping[str, Sequence[str]] | None
) -> Choices:
    """Return the arrangements to choose from, by service to vary.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> choices_of(load("mid-market"), ["help_desk"])
    {'help_desk': ('insource', 'hybrid', 'outsource', 'unfunded')}
    """
    if isinstance(services, str):
        services = [services]
    wanted = list(scenario.services) if services is None else list(services)
    choices: Choices = {}
    for name in wanted:
        if name not in scenario.services:
            raise _refused("services", name, "is no service of this scenario", scenario.services)
        known = scenario.services[name].arrangements
        stated = services[name] if isinstance(services, Mapping) else list(known)
        names = [stated] if isinstance(stated, str) else list(dict.fromkeys(stated))
        for arrangement in names:
            if arrangement not in known:
                rule = f"is no arrangement of {name}"
                raise _refused(f"services.{name}", arrangement, rule, known)
        if not names:
            raise _refused(f"services.{name}", names, "must name an arrangement", known)
        choices[name] = tuple(names)
    if not choices:
        raise _refused("services", wanted, "must name a service", scenario.services)
    return choices


def _refused(path: str, value: object, rule: str, known: Mapping[str, object]) -> ScenarioError:
    return ScenarioError([Problem(path, value, rule, "choose from " + ", ".join(known))])


def _with_services(
    ds: xr.Dataset,
    scenario: Scenario,
    combinations: Mapping[str, Mapping[str, str]],
    choices: Choices,
) -> xr.Dataset:
    """Return the Dataset with how many vendors, and a coordinate for each service that varies."""
    held = [combinations.get(str(name), scenario.current) for name in ds["strategy"].values]
    about = {"units": "1", "long_name": "vendors under contract"}
    counts = [_vendor_count(scenario, each) for each in held]
    ds = ds.assign({VENDORS: ("strategy", np.array(counts), about)})
    for service in choices:
        found = [each[service] for each in held]
        about = {"long_name": f"arrangement of {scenario.services[service].label or service}"}
        ds = ds.assign_coords({service: ("strategy", np.array(found), about)})
    ds.attrs["services"] = list(choices)
    return ds


def _vendor_count(scenario: Scenario, held: Mapping[str, str]) -> int:
    contracts = (scenario.services[name].arrangements[held[name]].contracts for name in held)
    return len({vendor for each in contracts for vendor in each})
