"""All that a report to a board says, gathered from a scenario and its runs."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import xarray as xr

from hcrisk.exceptions import PrecisionWarning
from hcrisk.figures import Figure, measured
from hcrisk.measures import (
    allocate,
    compare,
    difference_by,
    percentiles,
    probability_above,
    tail_drivers,
)
from hcrisk.measures import (
    budget as budgeted,
)
from hcrisk.progress import one_bar, stage
from hcrisk.report.asked import checked
from hcrisk.report.assumptions import WeakAssumption, weakest
from hcrisk.report.changes import Changes, find_changes
from hcrisk.report.commands import decide_command
from hcrisk.report.drivers import Drivers, find_drivers
from hcrisk.report.pair import Pair, choose, entry_of
from hcrisk.report.quote import BUDGET_LEVEL, TAIL_LEVEL, Quote, build_quote
from hcrisk.report.search import CHECK_PATHS, SEARCH_PATHS, Search, search
from hcrisk.report.sentences import what_budget, what_changes, which_combination, which_way
from hcrisk.report.sources import listed
from hcrisk.report.turning import MOST_INPUTS, PATHS, POINTS, Turning, find_turning
from hcrisk.report.worst import worst_path
from hcrisk.scenario import Assumption, Scenario
from hcrisk.simulation import simulate
from hcrisk.story import Story
from hcrisk.story.telling import story

LEVELS = (0.1, 0.5, 0.8, 0.9, 0.95)
YEAR_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
# Each of some forty runs behind the drivers.
DRIVER_PATHS = 5_000
MOST_DRIVERS = 8
MOST_WEAK = 10


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """All that a report says, with the figures unrounded; how it is set is not its matter.

    Attributes
    ----------
    scenario : Scenario
    ds : xarray.Dataset
        The run; its attributes are the manifest.
    quote : Quote
        The figures of each strategy.
    pair : Pair
        The strategy the report is about, and what it is held against.
    sentences : tuple of str
        The decision: which way, service by service, what budget, what would change it.
    search : Search
        Whether a combination of arrangements costs less.
    budget : xarray.Dataset
        Of `hcrisk.budget`, for the strategy the report is about.
    stated : float or None
        The budget somebody has in mind.
    kept : Figure or None
        The chance that it is enough.
    years : xarray.Dataset
        Percentiles of the nominal cost of each year, by strategy.
    difference : xarray.Dataset or None
        Of `hcrisk.difference_by` component against the baseline; None without another strategy.
    by_component, by_service : xarray.Dataset
        Of `hcrisk.allocate`.
    tail : xarray.Dataset
        Of `hcrisk.tail_drivers`: what sets the worst futures apart.
    drivers : Drivers or None
        What moves the cost; None if no input is uncertain.
    turning : Turning or None
        Where the choice turns round; None without another strategy.
    story : Story
        The future nearest the mean of the worst 5%, event by event.
    weakest : tuple of WeakAssumption
        What to question first.
    register : tuple of Assumption
        Every number, the weakest first.
    changes : Changes or None
        What changed since another version of the scenario, see `against`.
    """

    scenario: Scenario
    ds: xr.Dataset
    quote: Quote
    pair: Pair
    sentences: tuple[str, str, str, str]
    search: Search
    budget: xr.Dataset
    stated: float | None
    kept: Figure | None
    years: xr.Dataset
    difference: xr.Dataset | None
    by_component: xr.Dataset
    by_service: xr.Dataset
    tail: xr.Dataset
    drivers: Drivers | None
    turning: Turning | None
    story: Story
    weakest: tuple[WeakAssumption, ...]
    register: tuple[Assumption, ...]
    changes: Changes | None = None

    def __repr__(self) -> str:
        """Return one line: the whole is long."""
        count, title = len(self.quote.strategies), self.quote.title
        return f"<Report on {title}: {count} strategies, {self.quote.paths:,} futures>"

    def against(
        self,
        before: Scenario,
        *,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Report:
        """Return the same report, which also tells what changed since another version.

        That is simulated on the same futures.

        Parameters
        ----------
        before : Scenario
            The scenario as it was.
        threads, progress
            As for `hcrisk.simulate`.

        Returns
        -------
        Report

        Examples
        --------
        >>> import hcrisk
        >>> small = hcrisk.load("small-practice")
        >>> dearer = hcrisk.report(
        ...     small.replace({"people.benefits_load": 0.35}), paths=200, progress=False
        ... )
        >>> [one.path for one in dearer.against(small, progress=False).changes.stated]
        ['people.benefits_load']
        """
        found = find_changes(self.scenario, self.ds, before, threads=threads, progress=progress)
        return replace(self, changes=found)

    def to_html(self, path: str | os.PathLike[str], force: bool = False) -> None:
        """Write the report as one HTML file that needs no other, for screens and for print.

        Parameters
        ----------
        path : path
            Ends in ``.html``.
        force : bool
            Whether an existing file may be replaced.

        Raises
        ------
        OutputError
            The file exists and ``force`` is false, or cannot be written there.
        """
        from hcrisk.io import replace_when_done
        from hcrisk.report.html import render_html

        with replace_when_done(path, force) as temporary:
            temporary.write_text(render_html(self), encoding="utf-8", newline="\n")

    def to_xlsx(
        self,
        path: str | os.PathLike[str],
        force: bool = False,
        *,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> None:
        """Write the report as a workbook: figures to calculate with, formulas, native charts.

        The futures are simulated once more, for the cost of each year by cost line.

        Parameters
        ----------
        path : path
            Ends in ``.xlsx``.
        force : bool
            Whether an existing file may be replaced.
        threads, progress
            As for `hcrisk.simulate`.

        Raises
        ------
        MissingExtraError
            XlsxWriter is not installed.
        OutputError
            The file exists and ``force`` is false, or cannot be written there.
        """
        from hcrisk.io import replace_when_done
        from hcrisk.report.flows import yearly_flows
        from hcrisk.report.workbook import check_installed, write_workbook

        check_installed(path)
        with replace_when_done(path, force) as temporary:
            flows = yearly_flows(self.scenario, self.ds, threads=threads, progress=progress)
            write_workbook(self, flows, temporary)


def report(
    scenario: Scenario,
    *,
    paths: int = 100_000,
    seed: int = 0,
    strategies: str | list[str] | None = None,
    baseline: str | None = None,
    budget: float | None = None,
    threads: int | None = None,
    progress: bool | None = None,
) -> Report:
    """Simulate a scenario and gather all that a board is to be told of it.

    The strategy the report is about is that of least mean cost among those that leave no service
    to nobody. Besides the run itself there are smaller ones: 5,000 futures for each of the runs
    behind the drivers, 2,000 for each size of the practice and each value of an input at which
    the choice may turn round, 2,000 on which every combination of arrangements is compared, and
    20,000 further ones for the best of them.

    Parameters
    ----------
    scenario : Scenario
        From `hcrisk.load` or built in Python.
    paths : int
        How many futures to simulate, at least 100.
    seed : int
        From 0 to 2**64 - 1.
    strategies : str or list of str, optional
        Only these, and the current arrangement; none for the latter alone.
    baseline : str, optional
        What the others are compared with; the current arrangement when omitted.
    budget : float, optional
        An amount somebody has in mind: the report says how often it is enough.
    threads, progress
        As for `hcrisk.simulate`.

    Returns
    -------
    Report
        ``report.to_html("quote.html")`` and ``report.to_xlsx("quote.xlsx")`` write it.

    Raises
    ------
    TypeError, ValueError
        For an argument that cannot be used, before anything is simulated.
    ScenarioError
        For an unknown strategy.

    Examples
    --------
    >>> import hcrisk
    >>> told = hcrisk.report(hcrisk.load("small-practice"), paths=200, progress=False)
    >>> len(told.sentences), told.quote.paths
    (4, 200)
    """
    asked = checked(scenario, paths, seed, strategies, baseline, budget)
    run: dict[str, Any] = {"seed": asked.seed, "threads": threads, "progress": progress}
    stages = _stages(asked.paths)
    with warnings.catch_warnings(), one_bar(sum(stages), progress):
        # Figures without an interval say so themselves.
        warnings.simplefilter("ignore", PrecisionWarning)
        with stage(stages.run):
            ds = simulate(scenario, paths=asked.paths, strategies=asked.strategies, **run)
            quote = build_quote(ds, scenario, LEVELS, baseline=asked.baseline)
        pair, turning = choose(quote), None
        with stage(stages.search):
            found = search(scenario, pair.focus, paths=asked.paths, **run)
        with stage(stages.drivers):
            drivers = _drivers(scenario, pair.focus, min(asked.paths, DRIVER_PATHS), run)
        with stage(stages.turning):
            if pair.rival is not None:
                between = pair.focus, pair.rival
                turning = find_turning(scenario, ds, between, seed=asked.seed, progress=progress)
        with stage(stages.measures):
            return _gathered(scenario, ds, quote, pair, asked.budget, found, drivers, turning)


def progress_paths(paths: int) -> int:
    """Return how many paths the progress of a report counts."""
    return sum(_stages(paths))


class _Stages(NamedTuple):
    """What each part of the work takes, in paths."""

    run: int
    search: int
    drivers: int
    turning: int
    measures: int


def _stages(paths: int) -> _Stages:
    # Two runs for each of twice as many inputs as are kept, and four to choose them.
    drivers = (4 + 4 * MOST_DRIVERS) * min(paths, DRIVER_PATHS)
    search = min(paths, SEARCH_PATHS) + min(paths, CHECK_PATHS)
    return _Stages(paths, search, drivers, (POINTS + MOST_INPUTS) * min(paths, PATHS), paths // 4)


def _drivers(scenario: Scenario, strategy: str, paths: int, run: dict[str, Any]) -> Drivers | None:
    if not scenario.inputs():
        return None
    return find_drivers(scenario, strategy, count=MOST_DRIVERS, paths=paths, **run)


def _gathered(
    scenario: Scenario,
    ds: xr.Dataset,
    quote: Quote,
    pair: Pair,
    stated: float | None,
    combinations: Search,
    drivers: Drivers | None,
    turning: Turning | None,
) -> Report:
    """Return the report of a run, by the measures."""
    own = ds.sel(strategy=[pair.focus])
    found = budgeted(own, BUDGET_LEVEL, reserve=TAIL_LEVEL).sel(strategy=pair.focus)
    bad, difference = worst_path(own, entry_of(quote, pair.focus).tail.value), None
    if pair.compared is not None:
        difference = difference_by(ds, "component", baseline=quote.baseline)
    kept = None if stated is None else _kept(own, stated)
    command = decide_command(scenario, int(ds.attrs["seed"]))
    sentences = (
        which_way(quote, pair, _apart(ds, pair)),
        which_combination(scenario, quote, pair, combinations, command),
        what_budget(quote, pair, found, stated, kept),
        what_changes(quote, pair, drivers, turning),
    )
    return Report(
        scenario=scenario,
        ds=ds,
        quote=quote,
        pair=pair,
        sentences=sentences,
        search=combinations,
        budget=found,
        stated=stated,
        kept=kept,
        years=percentiles(ds, YEAR_LEVELS, of="cost"),
        difference=difference,
        by_component=allocate(own, TAIL_LEVEL, by="component"),
        by_service=allocate(own, TAIL_LEVEL, by="service"),
        tail=tail_drivers(ds, pair.focus, level=TAIL_LEVEL),
        drivers=drivers,
        turning=turning,
        story=story(scenario, int(ds.attrs["seed"]), bad, strategy=pair.focus),
        weakest=weakest(scenario, ds, MOST_WEAK),
        register=tuple(listed(scenario, weakest_first=True)),
    )


def _kept(own: xr.Dataset, stated: float) -> Figure:
    """Return the chance that an amount is not exceeded."""
    return measured(probability_above(own, stated).isel(strategy=0)).complement


def _apart(ds: xr.Dataset, pair: Pair) -> Figure | None:
    """Return what the rival costs more on average, path by path."""
    if pair.rival is None:
        return None
    both = ds.sel(strategy=[pair.focus, pair.rival])
    found = compare(both, pair.focus, levels=0.5).sel(strategy=pair.rival)
    return measured(found, "mean_difference")
