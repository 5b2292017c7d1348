"""Times and memory of fresh processes: importing, compiling, starting from the cache."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from statistics import median
from typing import Any

IMPORT = """
import time
start = time.perf_counter()
import hcrisk
first = time.perf_counter()
hcrisk.simulate
print(first - start, time.perf_counter() - start)
"""
FIRST_PATH = """
import sys, time
start = time.perf_counter()
import hcrisk
scenario = hcrisk.load(sys.argv[1])
loaded = time.perf_counter()
hcrisk.simulate(scenario, paths=1, threads=1, progress=False)
print(loaded - start, time.perf_counter() - loaded, time.perf_counter() - start)
"""
PEAK = """
import resource, sys
import hcrisk
scenario = hcrisk.load(sys.argv[1])
hcrisk.simulate(scenario, paths=1, threads=1, progress=False)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
ds = hcrisk.simulate(scenario, paths=int(sys.argv[2]), threads=1, progress=False)
print(before / 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, ds.nbytes / 2**20)
"""


def fresh(code: str, *arguments: str, cache: str | None = None) -> list[float]:
    """Return the numbers that code prints in a new process, with its own cache if one is given."""
    environment = dict(os.environ)
    if cache is not None:
        environment |= {"NUMBA_CACHE_DIR": cache, "XDG_CACHE_HOME": cache}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return [float(token) for token in done.stdout.split()]


def start_times(scenario: str, repeats: int) -> dict[str, Any]:
    """Return seconds to import, to a first path without any cache, and with one."""
    imports = [fresh(IMPORT) for _ in range(repeats)]
    with tempfile.TemporaryDirectory() as cache:
        cold = fresh(FIRST_PATH, scenario, cache=cache)
        cached = [fresh(FIRST_PATH, scenario, cache=cache) for _ in range(repeats)]
    return {
        "import_hcrisk": median(row[0] for row in imports),
        "import_simulate": median(row[1] for row in imports),
        "cold_first_path": cold[2],
        "cold_compile": cold[1] - median(row[1] for row in cached),
        "cached_first_path": median(row[2] for row in cached),
    }


def peak_memory(scenario: str, paths: int) -> dict[str, float]:
    """Return MiB: a process before its run, at its peak, and of the Dataset."""
    before, peak, dataset = fresh(PEAK, scenario, str(paths))
    return {"paths": paths, "before_mib": before, "peak_mib": peak, "dataset_mib": dataset}
