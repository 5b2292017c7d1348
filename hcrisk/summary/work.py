"""Both passes over the paths: cut into tasks, done by threads or a cluster, put together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hcrisk.exceptions import HcriskError
from hcrisk.kernels.tables import Output
from hcrisk.program import Program
from hcrisk.results import bytes_per_path, empty_output
from hcrisk.scenario.scenario import Scenario
from hcrisk.simulation import TICK, Worker
from hcrisk.summary.counting import Arrays

# Paths that a thread has in memory, and their bytes: results in reach of the processor's cache.
MOST_IN_BLOCK = 1 << 11
LEAST_IN_BLOCK = 1 << 5
BLOCK_BYTES = 1 << 23
# Paths of a task: enough for its result to weigh little, few enough for all to be busy to the end.
LEAST_IN_TASK = 1 << 11
MOST_IN_TASK = 1 << 16
TASKS_PER_THREAD = 16
# Tasks of a pass: each costs whoever merges their results some milliseconds, and some megabytes on
# the way from a cluster.
MOST_TASKS = 1 << 20
# Counts of a task have 32 bits; limbs of its sums have room for as many addends.
MOST_EVER_IN_TASK = 1 << 26

# First path and how many, counted from the first of the run.
Task = tuple[int, int]

_threads = threading.local()


class Stage(Protocol):
    """One of the two passes."""

    detail: str
    name: str

    def empty(self) -> Arrays:
        """Return the result of no paths."""

    def part(self) -> Arrays:
        """Return what the paths of one task are added to."""

    def add(self, part: Arrays, output: Output, first: int, n: int) -> None:
        """Add paths to a part."""

    def merge(self, state: Arrays, part: Arrays) -> None:
        """Add a part to the result."""


@dataclass(frozen=True)
class Run:
    """Which paths of what.

    Parameters
    ----------
    scenario : Scenario
    program : Program
    start : int
        Number of the first path.
    paths : int
    """

    scenario: Scenario
    program: Program
    start: int
    paths: int


class StoppedError(HcriskError):
    """A task was told to stop."""


def run_task(run: Run, stage: Stage, task: Task, stop: Callable[[], bool] | None = None) -> Arrays:
    """Return what a stage makes of the paths of a task, simulated block by block.

    It needs nothing but its arguments, wherever it runs.

    Parameters
    ----------
    run : Run
    stage : Stage
    task : (int, int)
    stop : callable, optional
        Asked between blocks.

    Raises
    ------
    StoppedError
        If `stop` says so.
    """
    first, n = task
    worker = own_worker(run, stage.detail)
    output = worker.output
    block = output.npv.shape[-1]
    part = stage.part()
    for at in range(first, first + n, block):
        if stop is not None and stop():
            raise StoppedError("stopped")
        count = min(block, first + n - at)
        worker.run(run.start + at, 0, count)
        stage.add(part, output, at, count)
    return part


def own_worker(run: Run, detail: str) -> Worker:
    """Return this thread's worker, with room for the results of a block of paths.

    It is the one of the task before, if that was of the same run: it has learned how much scratch
    the paths need.
    """
    if getattr(_threads, "run", None) is not run or _threads.detail != detail:
        size = bytes_per_path(run.scenario, run.program, detail)
        block = max(LEAST_IN_BLOCK, min(MOST_IN_BLOCK, BLOCK_BYTES // size))
        output = empty_output(run.scenario, run.program, block, detail)
        made = Worker(run.program, output)
        # What room the paths need shows in few of them.
        made.run(run.start, 0, min(LEAST_IN_BLOCK, run.paths))
        _threads.run, _threads.detail, _threads.worker = run, detail, made
    worker: Worker = _threads.worker
    return worker


class Ranges:
    """Whole numbers from 0 to below `n`, as the ranges of which some were ticked off.

    Parameters
    ----------
    n : int
    done : iterable of (int, int), optional
        Ranges ticked off: from, to (not included).

    Examples
    --------
    >>> ranges = Ranges(10)
    >>> ranges.tick(4, 2)
    >>> ranges.tick(6, 3)
    >>> ranges.done, list(ranges.tasks(3)), ranges.count
    ([(4, 9)], [(0, 3), (3, 1), (9, 1)], 5)
    """

    def __init__(self, n: int, done: Iterable[tuple[int, int]] = ()) -> None:
        self.n, self.done = n, sorted(done)

    @property
    def count(self) -> int:
        """How many are ticked off."""
        return sum(end - begin for begin, end in self.done)

    def tick(self, first: int, n: int) -> None:
        """Tick off a range that has no part ticked off yet."""
        merged: list[tuple[int, int]] = []
        for begin, end in sorted([*self.done, (first, first + n)]):
            if merged and merged[-1][1] == begin:
                merged[-1] = (merged[-1][0], end)
            else:
                merged.append((begin, end))
        self.done = merged

    def tasks(self, size: int) -> Iterator[Task]:
        """Yield what is left now, in tasks of at most `size`."""
        edges = [0, *np.ravel(self.done).astype(int).tolist(), self.n]
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            for first in range(begin, end, size):
                yield first, min(size, end - first)


def task_size(paths: int, threads: int) -> int:
    """Return how many paths a task has; results do not depend on it.

    Examples
    --------
    >>> task_size(1000, 4), task_size(10**6, 4), task_size(10**9, 4), task_size(10**12, 4)
    (2048, 15625, 65536, 953675)
    """
    size = max(LEAST_IN_TASK, min(paths // (TASKS_PER_THREAD * threads), MOST_IN_TASK))
    return min(max(size, -(-paths // MOST_TASKS)), MOST_EVER_IN_TASK)


def completed(
    submit: Callable[[Task], Future[Arrays]], tasks: Iterator[Task], most: int
) -> Iterator[tuple[Task, Arrays]]:
    """Yield every task with its result, in the order in which they are done.

    Parameters
    ----------
    submit : callable
        Hands a task out.
    tasks : iterator
    most : int
        Tasks handed out at a time.
    """
    pending: dict[Future[Arrays], Task] = {}
    try:
        while True:
            while len(pending) < most and (task := next(tasks, None)) is not None:
                pending[submit(task)] = task
            if not pending:
                return
            # In short steps, so that Ctrl-C is acted on.
            done, _ = wait(pending, TICK, FIRST_COMPLETED)
            for future in done:
                yield pending.pop(future), future.result()
    finally:
        for future in pending:
            future.cancel()
