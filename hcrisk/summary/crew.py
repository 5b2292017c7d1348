"""Who does the tasks: threads of this process, or the workers of a dask cluster."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

from hcrisk.exceptions import MissingExtraError
from hcrisk.summary.counting import Arrays
from hcrisk.summary.work import Run, Stage, Task, completed, run_task

# How often a cluster tries a task again whose worker raised an error.
RETRIES = 3

Submit = Callable[[Task], Future[Arrays]]


class Crew(NamedTuple):
    """Those who do the tasks.

    Attributes
    ----------
    threads : int
        How many work at a time.
    begin : callable
        Makes what hands out tasks of one stage of a run.
    """

    threads: int
    begin: Callable[[Run, Stage], Submit]

    def each(self, run: Run, stage: Stage, tasks: Iterator[Task]) -> Iterator[tuple[Task, Arrays]]:
        """Yield every task with its result, as they are done."""
        return completed(self.begin(run, stage), tasks, 2 * self.threads)


@contextmanager
def local_crew(threads: int) -> Iterator[Crew]:
    """Yield threads of this process, which stop soon after an error or Ctrl-C."""
    stop = threading.Event()
    with ThreadPoolExecutor(threads) as pool:

        def begin(run: Run, stage: Stage) -> Submit:
            return lambda task: pool.submit(run_task, run, stage, task, stop.is_set)

        try:
            yield Crew(threads, begin)
        finally:
            stop.set()


@contextmanager
def cluster_crew(client: Any) -> Iterator[Crew]:
    """Yield the workers of a cluster; a task whose worker is lost is done by another."""
    pool = client.get_executor(retries=RETRIES, pure=False)

    def begin(run: Run, stage: Stage) -> Submit:
        # A task of its own: when all workers that have it are lost, it is done again. What is
        # scattered would be lost with them.
        shared = client.submit(_together, run, stage, pure=False)
        return lambda task: pool.submit(_run_shared, shared, task)

    try:
        yield Crew(max(1, sum(client.nthreads().values())), begin)
    finally:
        pool.shutdown(wait=False)


def _together(run: Run, stage: Stage) -> tuple[Run, Stage]:
    return run, stage


def _run_shared(shared: tuple[Run, Stage], task: Task) -> Arrays:
    return run_task(*shared, task)


def check_client(client: object) -> None:
    """Refuse what is no client of a cluster."""
    try:
        from distributed import Client
    except ImportError:
        raise MissingExtraError("client", "dask.distributed", "dask") from None
    if not isinstance(client, Client):
        raise TypeError(
            f"client must be a dask.distributed.Client, got {client!r}; write such as "
            'distributed.Client("tcp://scheduler:8786")'
        )
