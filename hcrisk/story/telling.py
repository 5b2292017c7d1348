"""Compute one path, and tell it."""

from __future__ import annotations

import numpy as np

from hcrisk.arguments import check_whole
from hcrisk.design import RANDOM, checked_design
from hcrisk.exceptions import ArgumentError
from hcrisk.program import compile_program
from hcrisk.program.layout import lay_out
from hcrisk.program.proposal import Proposal
from hcrisk.results import build_dataset, empty_output, labels, manifest, slugs
from hcrisk.scenario.scenario import Scenario
from hcrisk.simulation import (
    LARGEST_PATH,
    LARGEST_SEED,
    Worker,
    announce_compiling,
    check_scenario,
    simulate,
)
from hcrisk.story.choices import choice_events
from hcrisk.story.context import Told
from hcrisk.story.incidents import incident_events, insurance_events
from hcrisk.story.projects import project_events
from hcrisk.story.record import Event, Story
from hcrisk.story.size import size_events
from hcrisk.story.staff import staff_events
from hcrisk.story.vendors import vendor_events
from hcrisk.variables import FULL, TOTALS, title_of, words


def story(
    scenario: Scenario,
    seed: int,
    path: int,
    *,
    strategy: str | None = None,
    proposal: Proposal | None = None,
    inner: int = 1,
) -> Story:
    """Tell one simulated path of a strategy event by event.

    It is the path of that number in the result of `simulate`, to the bit.

    Parameters
    ----------
    scenario : Scenario
        From `hcrisk.load` or built in Python.
    seed : int
        From 0 to 2**64 - 1.
    path : int
        Number of the path, from 0.
    strategy : str, optional
        Default: today's arrangement.
    proposal, inner
        Those of the run the path is from. A path of a run with Sobol points cannot be told: its
        inputs are a part of the whole.

    Returns
    -------
    Story
        Print it for a page; its ``events``, ``yearly`` and ``total`` are not rounded. Departures
        of managers are told; the Dataset counts those of services.

    Raises
    ------
    TypeError
        For a scenario that is only its name, or something else.
    ValueError
        For a seed or path that is not a whole number in its range.
    ScenarioError
        For an unknown strategy.

    See Also
    --------
    simulate : All paths, without their events.

    Examples
    --------
    >>> import hcrisk
    >>> small = hcrisk.load("small-practice")
    >>> told = hcrisk.story(small, 1, 7, strategy="insource")
    >>> told.events[0].month, told.events[0].kind
    (1, 'start')
    >>> ds = hcrisk.simulate(small, seed=1, start=7, paths=1)
    >>> told.total == float(ds.npv.sel(strategy="insource", path=7))
    True
    """
    check_scenario(scenario)
    check_whole("seed", seed, 0, LARGEST_SEED)
    check_whole("path", path, 0, LARGEST_PATH - 1)
    seed, path = int(seed), int(path)
    name = strategy if strategy is not None else lay_out(scenario).current_name
    first = path - path % inner if inner > 0 else path
    design = checked_design(proposal, inner, RANDOM, max(inner, 1), first)
    program = design.apply(compile_program(scenario, seed, [name]), scenario, seed)
    output = empty_output(scenario, program, 1, FULL)
    announce_compiling(None)
    worker = Worker(program, output, with_journal=True)
    worker.run(path, 0, 1)
    told = Told(scenario, program.layout, worker.tables, program.links, worker.work, name, path)
    attrs = manifest(scenario, program, seed=seed, start=path, paths=1, detail=FULL)
    ds = build_dataset(scenario, program, output, attrs).sel(strategy=name).isel(path=0)
    shown = labels(scenario, slugs(scenario, program))["strategy"][name]
    return Story(
        title=title_of(scenario),
        currency=scenario.currency,
        strategy=name,
        label=words(shown),
        seed=seed,
        path=path,
        events=_events(told),
        yearly=ds["cost_cube"].sum("service", keep_attrs=True).rename("cost"),
        discount=tuple(worker.work.discount.tolist()),
        total=float(ds["npv"]),
        weight=float(output.weight[0]) if output.weight.size else 1.0,
    )


def _events(told: Told) -> tuple[Event, ...]:
    """Return all events in order of time; of those at one time, choices come first."""
    every = [
        *choice_events(told),
        *size_events(told),
        *staff_events(told),
        *vendor_events(told),
        *project_events(told),
        *insurance_events(told),
        *incident_events(told),
    ]
    return tuple(sorted(every, key=lambda event: event.time))


def nearest_path(
    scenario: Scenario,
    seed: int,
    level: float,
    *,
    strategy: str | None = None,
    paths: int = 10_000,
    progress: bool | None = None,
) -> int:
    """Return the path whose npv is nearest a percentile of a strategy's.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    level : float
        In (0, 1): 0.95 for the P95.
    strategy : str, optional
        Default: today's arrangement.
    paths : int
        How many futures to look among.
    progress : bool, optional
        As for `simulate`.

    Returns
    -------
    int
        The first of those that are equally near.

    Raises
    ------
    ValueError
        For a level outside (0, 1), or what `simulate` refuses.

    Examples
    --------
    >>> import hcrisk
    >>> nearest_path(hcrisk.load("small-practice"), 1, 0.5, paths=1)
    0
    """
    if not 0.0 < level < 1.0:
        raise ArgumentError("level", level, "must lie between 0 and 1", "0.95 is the P95")
    check_scenario(scenario)
    name = strategy if strategy is not None else lay_out(scenario).current_name
    ds = simulate(
        scenario, paths=paths, seed=seed, strategies=name, detail=TOTALS, progress=progress
    )
    npv = ds["npv"].sel(strategy=name).values
    return int(np.argmin(np.abs(npv - np.quantile(npv, level))))
