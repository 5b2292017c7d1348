"""Simulate a scenario: blocks of paths in a pool of threads, gathered in one Dataset."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from hcrisk.ahead import read_ahead
from hcrisk.arguments import check_whole
from hcrisk.capacity import check_room, too_many
from hcrisk.chunked import in_chunks
from hcrisk.design import RANDOM, Inputs, checked_design
from hcrisk.exceptions import ArgumentError, HcriskError
from hcrisk.kernels._cache import cache_directory
from hcrisk.kernels._jit import is_kept
from hcrisk.kernels._struct import pack
from hcrisk.kernels.crowd import make_crowd
from hcrisk.kernels.path import DONE, run_block
from hcrisk.kernels.room import Room
from hcrisk.kernels.tables import Output
from hcrisk.kernels.work import make_work
from hcrisk.program import Program, compile_program
from hcrisk.program.keys import REST, Seed
from hcrisk.program.layout import Strategies
from hcrisk.program.proposal import Proposal
from hcrisk.progress import is_watched, progress_bar
from hcrisk.results import build_dataset, empty_output, manifest
from hcrisk.scenario.scenario import Scenario
from hcrisk.variables import DETAILS, Detail

if TYPE_CHECKING:
    import xarray as xr

# Paths of a thread's first block; later ones take about BLOCK_SECONDS, so that Ctrl-C acts soon.
FIRST_BLOCK = 64
# Paths of the last ones, which are small so that no thread waits long for another.
LEAST_BLOCK = 256
LARGEST_BLOCK = 1 << 16
BLOCK_SECONDS = 0.05
# How often the waiting thread looks for Ctrl-C, in seconds.
TICK = 0.1
MOST_ROOM = 1 << 16
LARGEST_SEED = 2**64 - 1
LARGEST_PATH = 2**63 - 1
COMPILING = "hcrisk: compiling the simulation core, once; this takes about half a minute ..."
COMPILING_AGAIN = (
    "hcrisk: compiling the simulation core; this takes about half a minute, and there is nowhere "
    "to keep it for the next time: set NUMBA_CACHE_DIR to a directory that you can write to ..."
)


class Until(Protocol):
    """What says when a run is long enough, as `hcrisk.Precision` does."""

    def reach(self, part: Callable[..., xr.Dataset], start: int, most: int) -> xr.Dataset:
        """Simulate parts of so many ``paths`` from ``start`` on until there are enough."""


def simulate(
    scenario: Scenario,
    *,
    paths: int = 100_000,
    seed: Seed = 0,
    strategies: str | Strategies | None = None,
    detail: Detail = "default",
    threads: int | None = None,
    progress: bool | None = None,
    start: int = 0,
    proposal: Proposal | None = None,
    inner: int = 1,
    inputs: Inputs = RANDOM,
    until: Until | None = None,
    chunks: int | None = None,
) -> xr.Dataset:
    """Simulate the cost of every strategy of a scenario.

    Path `n` of a scenario and seed is the same to the bit whatever `paths`, `threads` and
    `start` are, and whichever other strategies are simulated: see docs/model.md, section 1.

    Parameters
    ----------
    scenario : Scenario
        From `hcrisk.load` or built in Python.
    paths : int
        How many futures to simulate; with ``until``, at most.
    seed : int or mapping
        From 0 to 2**64 - 1. Or such seeds by stream: ``{"": 7, "input/": 1}`` has the inputs of
        seed 1 and all else, which is chance, of seed 7.
    strategies : str, sequence of str, or mapping, optional
        Name or names of strategies; default all. A mapping gives strategies that the scenario
        does not have: by name, the arrangement of each service that differs from today's, such as
        ``{"own desk": {"help_desk": "insource"}}``. The current assignment is always simulated
        too.
    detail : {"default", "totals", "full"}
        "totals" keeps npv and cost, "full" adds the cube by service, cost line and year.
    threads : int, optional
        Default: one for each processor available.
    progress : bool, optional
        Show a progress bar; by default on runs of more than a second in a terminal or notebook.
    start : int
        Number of the first path: a run of N paths is continued by ``start=N``.
    proposal : Proposal, optional
        From `hcrisk.tail_proposal`: paths are drawn where high costs come from, and the result has
        a variable ``weight`` that measures take into account, or refuse (docs/variance.md).
    inner : int
        So many consecutive paths share their inputs, as `hcrisk.nested_variance` needs; ``start``
        and ``paths`` are multiples of it.
    inputs : {"random", "sobol"}
        "sobol": inputs from scrambled Sobol points, 8 independent scramblings one after the other;
        ``paths`` is 8 times a power of 2. Such a run is not a part of a longer one.
    until : Precision, optional
        Stop when every strategy's figure is as precise as this asks. The paths are those of a run
        of as many, to the bit; the manifest says under ``until`` what was asked, as JSON.
    chunks : int, optional
        Compute nothing yet: a Dataset of dask arrays in chunks of so many paths, equal to the bit
        (docs/scale.md). It asks for the extra ``dask``.

    Returns
    -------
    xarray.Dataset
        npv, cost, component_npv, service_npv, events, uncovered, departures, wage_index,
        price_index and input over strategy, year, component, service, risk, parameter and path,
        and weight over path with a proposal; the manifest in attrs.

    Raises
    ------
    TypeError
        For a scenario that is only its name, or something else.
    ArgumentError
        For an argument outside its range, naming it, its value and the rule.
    ScenarioError
        For an unknown strategy, service or arrangement.
    MissingExtraError
        If ``chunks`` is given and dask is not installed.
    TooManyPathsError
        If the results would not fit into memory, before anything is simulated.

    Warns
    -----
    PrecisionWarning
        The precision of ``until`` is not reached with ``paths``.

    Examples
    --------
    >>> import hcrisk
    >>> ds = hcrisk.simulate(hcrisk.load("small-practice"), paths=200, seed=1)
    >>> dict(ds.npv.sizes)["path"], ds.npv.attrs["units"]
    (200, 'USD')
    >>> wanted = hcrisk.Precision("mean", rel=0.005)
    >>> found = hcrisk.mean(hcrisk.simulate(hcrisk.load("small-practice"), until=wanted))
    >>> bool((found.upper - found.value <= 0.005 * found.value).all())
    True
    """
    check_scenario(scenario)
    check_whole("paths", paths, 1, LARGEST_PATH)
    seed = checked_seed(seed)
    check_whole("start", start, 0, LARGEST_PATH - paths)
    if detail not in DETAILS:
        raise ArgumentError("detail", detail, f"must be one of {', '.join(DETAILS)}")
    if threads is None:
        threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
        threads = threads or os.cpu_count() or 1
    check_whole("threads", threads, 1, 1024)
    paths, start, threads = int(paths), int(start), int(threads)
    if until is not None:
        refuse_designs(until, inner, inputs, chunks)
        part = partial(simulate, scenario, seed=seed, strategies=strategies, detail=detail)
        how = partial(part, threads=threads, progress=progress, proposal=proposal)
        return until.reach(how, start, int(paths))
    if chunks is not None:
        checked_design(proposal, inner, inputs, paths, start)
        check_chunks(chunks, paths, inner, inputs)
        part = partial(simulate, scenario, seed=seed, strategies=strategies, detail=detail)
        how = partial(part, threads=1, progress=False, proposal=proposal, inner=inner)
        return in_chunks(how, start, paths, int(chunks), int(inner))
    design = checked_design(proposal, inner, inputs, paths, start)
    names = [strategies] if isinstance(strategies, str) else strategies
    program = compile_program(scenario, seed, names)
    check_room(scenario, program, paths, detail, design.bytes_per_path(program))
    program = design.apply(program, scenario, seed)
    output = allocate(scenario, program, paths, detail)
    # Whatever of it could fail is to fail before the run, not after.
    attrs = manifest(scenario, program, seed=seed, start=start, paths=paths, detail=detail)
    attrs |= design.attrs
    read_ahead("xarray")
    run_paths(program, output, start, threads=threads, progress=progress)
    return build_dataset(scenario, program, output, attrs)


def refuse_designs(until: object, inner: int, inputs: str, chunks: object) -> None:
    """Refuse what says of no run when it is long enough, and runs that cannot be continued."""
    if not hasattr(until, "reach"):
        remedy = 'write hcrisk.Precision("p95", rel=0.01)'
        raise TypeError(f"until must be a Precision, got {until!r}; {remedy}")
    if chunks is not None:
        raise ValueError(
            f"only one of chunks and until may be given, got chunks={chunks!r}: how many chunks "
            "there will be is not known; leave one out"
        )
    if inner != 1 or inputs != RANDOM:
        raise ValueError(
            f"until needs paths that are drawn one by one, got inner={inner!r} and "
            f"inputs={inputs!r}; leave these out, or until"
        )


def check_chunks(chunks: object, paths: int, inner: int, inputs: str) -> None:
    """Refuse chunks that cannot be parts of a run."""
    check_whole("chunks", chunks, 1, LARGEST_PATH)
    if inputs != RANDOM:
        raise ValueError(
            f"chunks needs paths that are drawn one by one, got inputs={inputs!r}; leave one out"
        )
    if int(chunks) % inner and int(chunks) < paths:  # type: ignore[call-overload]
        raise ArgumentError("chunks", chunks, f"must be a multiple of inner={inner}")


def check_scenario(scenario: object) -> None:
    """Refuse what is not a scenario, such as the name of one."""
    if isinstance(scenario, Scenario):
        return
    remedy = "make one with hcrisk.load or hcrisk.Scenario"
    if isinstance(scenario, str | os.PathLike):
        remedy = f'write hcrisk.load("{os.fspath(scenario)}") in its place'
    raise TypeError(f"scenario must be a Scenario, got {scenario!r}; {remedy}")


def checked_seed(seed: Seed) -> Seed:
    """Return a seed, or seeds by stream, as plain integers, or say what is wrong with them."""
    if not isinstance(seed, Mapping):
        check_whole("seed", seed, 0, LARGEST_SEED)
        return int(seed)
    for name, value in seed.items():
        if not isinstance(name, str):
            raise ArgumentError("seed", name, "must name streams by text", "write such as 'input/'")
        check_whole(f"seed[{name!r}]", value, 0, LARGEST_SEED)
    if REST not in seed:
        rule = "must say what all other streams have"
        raise ArgumentError("seed", dict(seed), rule, "add it under ''")
    return {name: int(value) for name, value in seed.items()}


def allocate(scenario: Scenario, program: Program, paths: int, detail: str) -> Output:
    """Return room for the results, or say how much memory they would need and how many fit."""
    # A system may promise more than it has, and stop the process that makes use of it.
    check_room(scenario, program, paths, detail)
    with suppress(MemoryError):
        return empty_output(scenario, program, paths, detail)
    raise too_many(scenario, program, paths, detail, 0)


def run_paths(
    program: Program,
    output: Output,
    start: int,
    *,
    threads: int = 1,
    block: int | None = None,
    progress: bool | None = None,
) -> None:
    """Fill `output` with paths from `start` on.

    Parameters
    ----------
    program : Program
    output : Output
        Its last dimension says how many paths.
    start : int
    threads : int
    block : int, optional
        Paths a thread computes between two looks at whether to stop; results do not depend on it.
    progress : bool, optional
    """
    paths = output.npv.shape[-1]
    workers = threading.local()
    announce_compiling(progress)
    Worker(program, output).run(start, 0, 0)

    def work(column: int, n: int) -> tuple[int, float]:
        if not hasattr(workers, "own"):
            workers.own = Worker(program, output)
        worker: Worker = workers.own
        begun = time.perf_counter()
        worker.run(start, column, n)
        return n, time.perf_counter() - begun

    with progress_bar(paths, progress) as advance, ThreadPoolExecutor(threads) as pool:
        pending: set[Future[tuple[int, float]]] = set()
        column, size = 0, block or FIRST_BLOCK
        try:
            while column < paths or pending:
                while column < paths and len(pending) < 2 * threads:
                    n = next_block(size, paths - column, threads)
                    pending.add(pool.submit(work, column, n))
                    column += n
                done, pending = wait(pending, TICK, FIRST_COMPLETED)
                for n, seconds in (future.result() for future in done):
                    advance(n)
                    if block is None:
                        size = block_size(n, seconds)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def announce_compiling(progress: bool | None) -> None:
    """Tell whoever watches, if the kernels are not compiled yet, that this takes its time."""
    if is_watched(progress) and not is_kept(run_block):
        sys.stderr.write(f"{COMPILING if cache_directory() else COMPILING_AGAIN}\n")
        sys.stderr.flush()


def next_block(size: int, left: int, threads: int) -> int:
    """Return how many of the paths left to give a thread: fewer towards the end, for all to share.

    Examples
    --------
    >>> next_block(5000, 100_000, 2), next_block(5000, 4000, 2), next_block(5000, 100, 2)
    (5000, 1000, 100)
    """
    return min(size, max(left // (2 * threads), LEAST_BLOCK), left)


def block_size(n: int, seconds: float) -> int:
    """Return how many paths to give a thread next, after `n` took so many seconds.

    Examples
    --------
    >>> block_size(1000, 0.1)
    500
    """
    return max(1, min(int(n * BLOCK_SECONDS / max(seconds, 1e-9)), LARGEST_BLOCK))


class Worker:
    """One thread's tables and scratch, which hold the timelines of the last path it computed.

    Parameters
    ----------
    program : Program
    output : Output
    with_journal : bool
        Keep the amounts of every incident of the last path in ``work.journal``.
    """

    def __init__(self, program: Program, output: Output, with_journal: bool = False) -> None:
        self.links = program.links
        self.output = output
        self.tables = program.tables()
        self.with_journal = with_journal
        self.room = Room()
        self.make_scratch()

    def make_scratch(self) -> None:
        """Allocate the scratch that the room asks for, and pack it for the kernels."""
        with_cube = self.output.cube.shape[-1] > 0
        self.work = make_work(self.tables, self.links, self.room, with_cube, self.with_journal)
        self.crowd = make_crowd(self.tables, self.links, self.room)
        parts = (self.tables, self.links, self.work, self.crowd, self.output)
        self.packed = tuple(pack(part) for part in parts)

    def run(self, start: int, column: int, n: int) -> None:
        """Compute `n` paths into the output from `column` on, with more room if needed."""
        first = np.uint64(start + column)
        run: Any = run_block
        while run(*self.packed, first, n, column) != DONE:
            if max(self.room) > MOST_ROOM:
                raise HcriskError(
                    f"a path among {first} to {first + np.uint64(n)} has more than {MOST_ROOM} "
                    "spells, vendor events or incidents; lower the rates of the scenario"
                )
            self.room = self.room.doubled()
            self.make_scratch()
