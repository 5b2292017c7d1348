"""Figures of any number of paths in memory that does not grow with them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import xarray as xr

from hcrisk._version import __version__
from hcrisk.arguments import check_whole
from hcrisk.kernels._cache import source_stamp
from hcrisk.measures._labelled import check_levels, check_share
from hcrisk.program import compile_program
from hcrisk.program.keys import Seed
from hcrisk.program.layout import Strategies
from hcrisk.progress import progress_bar
from hcrisk.results import manifest
from hcrisk.scenario.scenario import Scenario
from hcrisk.simulation import LARGEST_PATH, check_scenario, checked_seed
from hcrisk.summary.checkpoint import Checkpoint
from hcrisk.summary.crew import Crew, check_client, cluster_crew, local_crew
from hcrisk.summary.passes import Passes
from hcrisk.summary.table import build_table, samples_of, warn
from hcrisk.summary.wanted import Wanted
from hcrisk.summary.work import Run
from hcrisk.variables import DEFAULT

if TYPE_CHECKING:
    from distributed import Client

# Of two passes.
PASSES = 2


def summarize(
    scenario: Scenario,
    *,
    paths: int,
    levels: float | Iterable[float] = (0.5, 0.8, 0.95),
    tail_levels: float | Iterable[float] = (0.95, 0.99),
    seed: Seed = 0,
    strategies: str | Strategies | None = None,
    start: int = 0,
    confidence: float = 0.95,
    threads: int | None = None,
    progress: bool | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    client: Client | None = None,
) -> xr.Dataset:
    """Return percentiles, tail means and means of any number of paths, without keeping them.

    The figures are those of `simulate` and the measures on as many paths, not approximations:
    percentiles, their bounds and numbers of paths are equal to the bit, and means and tail means
    are exact sums, rounded once. They do not depend on threads, on how the paths are cut into
    tasks, on a checkpoint or on a cluster. Every path is simulated twice, in two passes: the
    first counts, the second keeps the few values near a wanted rank. See docs/scale.md.

    Parameters
    ----------
    scenario : Scenario
        From `hcrisk.load` or built in Python.
    paths : int
        How many futures to simulate, twice.
    levels : float or sequence of float
        Of percentiles, in (0, 1).
    tail_levels : float or sequence of float
        Of tail values at risk, in (0, 1).
    seed : int or mapping
        As for `simulate`.
    strategies : str, sequence of str, or mapping, optional
        As for `simulate`.
    start : int
        Number of the first path.
    confidence : float
        Of all intervals, in (0, 1).
    threads : int, optional
        Default: one for each processor available.
    progress : bool, optional
        Show a progress bar; by default on runs of more than a second in a terminal or notebook.
    checkpoint : str or path, optional
        A file to write what is known to, every half minute, at an error and at Ctrl-C. The same
        call goes on from there: nothing is lost but what came after the last writing, and nothing
        is counted twice. The file stays when the run is complete, and then gives its result at
        once; delete it when that is kept elsewhere.
    client : dask.distributed.Client, optional
        A cluster whose workers simulate, in place of threads here. Needs ``hcrisk[dask]``.

    Returns
    -------
    xarray.Dataset
        Each figure with its bounds under the suffixes ``_lower`` and ``_upper``:
        ``percentile`` of npv over strategy and level, ``cost_percentile`` also over year, both
        with ``_tail_paths``; ``tail_value_at_risk`` over strategy and tail_level; ``mean`` of npv,
        ``cost_mean``, ``component_mean`` and ``service_mean`` with ``_standard_error``;
        ``probability_cheapest``. Estimators of values and bounds are those of
        `hcrisk.percentiles`, `hcrisk.tail_value_at_risk`, `hcrisk.mean` and
        `hcrisk.probability_cheapest`. The manifest is in attrs.

    Raises
    ------
    TypeError
        For a scenario that is only its name, or a client that is none.
    ValueError
        For an argument outside its range, or the checkpoint of another run, naming what differs.
    ScenarioError
        For an unknown strategy, service or arrangement.
    MissingExtraError
        If ``client`` is given and dask.distributed is not installed.
    HcriskError
        If a result is not finite.

    Warns
    -----
    PrecisionWarning
        A bound is infinite: there are too few paths.

    Examples
    --------
    >>> import hcrisk
    >>> practice = hcrisk.load("small-practice")
    >>> table = hcrisk.summarize(practice, paths=6_000, levels=0.8, seed=1)
    >>> ds = hcrisk.simulate(practice, paths=6_000, seed=1)
    >>> bool((table["percentile"] == hcrisk.percentiles(ds, 0.8)["value"]).all())
    True
    >>> table["cost_percentile"].dims
    ('strategy', 'year', 'level')
    """
    check_scenario(scenario)
    check_whole("paths", paths, 1, LARGEST_PATH)
    check_whole("start", start, 0, LARGEST_PATH - int(paths))
    seed, paths, start = checked_seed(seed), int(paths), int(start)
    ordinary, tails = check_levels("levels", levels), check_levels("tail_levels", tail_levels)
    confidence = check_share("confidence", confidence)
    threads = _checked_threads(threads, client)
    names = [strategies] if isinstance(strategies, str) else strategies
    run = Run(scenario, compile_program(scenario, seed, names), start, paths)
    attrs = manifest(scenario, run.program, seed=seed, start=start, paths=paths, detail=DEFAULT)
    samples = samples_of(run, attrs)
    n_sum = sum(sample.labels.size for sample in samples.values())
    wanted = Wanted(ordinary, tails, confidence, paths, n_sum)
    found = Checkpoint(checkpoint, _about(run, seed, wanted))
    with progress_bar(PASSES * paths, progress) as advance, _crew(threads, client) as crew:
        result = Passes(run, wanted, crew, found, advance).finish(threads, progress)
    warn(samples["npv"], wanted)
    return build_table(samples, wanted, result)


def _checked_threads(threads: int | None, client: Client | None) -> int:
    if client is not None:
        check_client(client)
        if threads is not None:
            raise ValueError(
                f"threads must be left out with client, got {threads!r}: workers have their own"
            )
    if threads is None:
        threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
        threads = threads or os.cpu_count() or 1
    check_whole("threads", threads, 1, 1024)
    return int(threads)


def _crew(threads: int, client: Client | None) -> AbstractContextManager[Crew]:
    return local_crew(threads) if client is None else cluster_crew(client)


def _about(run: Run, seed: Seed, wanted: Wanted) -> dict[str, Any]:
    """Return what a checkpoint must agree with, by the names that users know."""
    return {
        "hcrisk": __version__,
        "kernels": source_stamp(),
        "scenario": run.scenario.digest,
        "strategies": run.program.layout.strategies,
        "seed": dict(seed) if isinstance(seed, Mapping) else seed,
        "start": run.start,
        "paths": run.paths,
        "levels": wanted.levels,
        "tail_levels": wanted.tail_levels,
        "confidence": wanted.confidence,
    }
