"""What a cluster costs beside the simulation itself: ``python benchmarks/cluster.py``.

Workers are processes of this machine, one thread each; scheduler and client share this process,
whose processor time is what does not spread over workers. Results go to cluster.json beside this
file. Every figure is the median of the repeats.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from distributed import Client, LocalCluster
from variance import processor

import hcrisk
from hcrisk.summary import passes

HERE = Path(__file__).parent
SIZES = (2_048, 8_192, 32_768)
TASKS = 12


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Return wall time, and processor time of this process, of a call."""
    wall, own = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - wall, time.process_time() - own


def summarized(scenario: hcrisk.Scenario, size: int, client: Client | None) -> tuple[float, float]:
    """Return both times of a summary in tasks of so many paths; one thread without a cluster."""
    where = {"threads": 1} if client is None else {"client": client}
    with mock.patch.object(passes, "task_size", return_value=size):
        paths = size * TASKS
        return timed(lambda: hcrisk.summarize(scenario, paths=paths, progress=False, **where))


def chunked(scenario: hcrisk.Scenario, size: int) -> tuple[float, float]:
    """Return both times of the mean npv of so many chunks, on the client that there is."""
    ds = hcrisk.simulate(scenario, paths=size * TASKS, chunks=size)
    return timed(lambda: ds["npv"].mean("path").compute())


def measure(scenario: hcrisk.Scenario, size: int, client: Client, repeats: int) -> dict[str, float]:
    """Return what a task of so many paths costs."""
    rows = [
        (*summarized(scenario, size, None), *summarized(scenario, size, client),
         *chunked(scenario, size))
        for _ in range(repeats)
    ]  # fmt: skip
    alone, _, wall, own, chunk_wall, chunk_own = map(statistics.median, zip(*rows, strict=True))
    n = 2 * TASKS
    return {
        "paths": size,
        "alone_ms": 1e3 * alone / n,
        "cluster_ms": 1e3 * wall / n,
        "scheduler_ms": 1e3 * own / n,
        "chunk_ms": 1e3 * chunk_wall / TASKS,
        "chunk_scheduler_ms": 1e3 * chunk_own / TASKS,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--scenario", default="light.toml", help="of this folder, or shipped")
    asked = parser.parse_args()
    own = HERE / asked.scenario
    scenario = hcrisk.load(str(own) if own.exists() else asked.scenario)
    rows = []
    with (
        LocalCluster(
            n_workers=asked.workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        # Workers load the kernels, which no row is to pay for.
        summarized(scenario, SIZES[0], client)
        chunked(scenario, SIZES[0])
        print(("{:>18}" * 6).format("paths", "alone_ms", "cluster_ms", "scheduler_ms",
                                    "chunk_ms", "chunk_scheduler_ms"))  # fmt: skip
        for size in SIZES:
            rows.append(measure(scenario, size, client, asked.repeats))
            print(("{:18,.0f}" + "{:18.2f}" * 5).format(*rows[-1].values()), flush=True)
    about = {
        "cpu": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.machine()}",
        "hcrisk": hcrisk.__version__,
        "scenario": asked.scenario,
        "workers": asked.workers,
        "repeats": asked.repeats,
        "tasks": TASKS,
    }
    text = json.dumps({**about, "rows": rows}, indent=2)
    (HERE / "cluster.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
