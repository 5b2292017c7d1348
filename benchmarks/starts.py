"""Times and memory of fresh processes: importing, compiling, starting from the cache."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
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
# The greatest resident set that Linux keeps across exec may be that of the process that started
# this one, so what it keeps for the program itself is read where there is such a file.
PEAK = """
import pathlib, resource, sys
import hcrisk
def peak():
    status = pathlib.Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    own = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
    return (own or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])[0] / 1024
scenario = hcrisk.load(sys.argv[1])
hcrisk.simulate(scenario, paths=1, threads=1, progress=False)
before = peak()
ds = hcrisk.simulate(scenario, paths=int(sys.argv[2]), threads=1, progress=False)
print(before, peak(), ds.nbytes / 2**20)
"""


def fresh(code: str, *arguments: str, cache: str | None = None) -> list[float]:
    """Return the numbers that code prints in a new process, with its own cache if one is given."""
    environment = dict(os.environ)
    if cache is not None:
        environment |= {"NUMBA_CACHE_DIR": cache, "XDG_CACHE_HOME": cache}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return [float(token) for token in done.stdout.split()]


def quote_seconds(paths: int, cache: str) -> tuple[float, float]:
    """Return the time and the processor time of a quote on two threads, as a whole process."""
    environment = os.environ | {"NUMBA_CACHE_DIR": cache, "XDG_CACHE_HOME": cache}
    command = [sys.executable, "-m", "hcrisk", "quote", "mid-market", "--quiet"]
    command += ["--paths", str(paths), "--threads", "2"]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def start_times(scenario: str, repeats: int) -> dict[str, Any]:
    """Return seconds to import, to a first path without any cache, with one, and to a quote."""
    imports = [fresh(IMPORT) for _ in range(repeats)]
    with tempfile.TemporaryDirectory() as cache:
        cold = fresh(FIRST_PATH, scenario, cache=cache)
        cached = [fresh(FIRST_PATH, scenario, cache=cache) for _ in range(repeats)]
        few, many = (
            [quote_seconds(paths, cache) for _ in range(repeats)] for paths in (1_000, 100_000)
        )
    return {
        "import_hcrisk": median(row[0] for row in imports),
        "import_simulate": median(row[1] for row in imports),
        "cold_first_path": cold[2],
        "cold_compile": cold[1] - median(row[1] for row in cached),
        "cached_first_path": median(row[2] for row in cached),
        "cached_quote_1000_paths": median(wall for wall, _ in few),
        "cached_quote_1000_paths_processor": median(used for _, used in few),
        "cached_quote_100000_paths": median(wall for wall, _ in many),
        "cached_quote_100000_paths_processor": median(used for _, used in many),
    }


def peak_memory(scenario: str, paths: int) -> dict[str, float]:
    """Return MiB: a process before its run, at its peak, and of the Dataset."""
    before, peak, dataset = fresh(PEAK, scenario, str(paths))
    return {"paths": paths, "before_mib": before, "peak_mib": peak, "dataset_mib": dataset}
