"""Peak memory and time of summarize beside simulate: ``python benchmarks/memory.py``.

Each row is a process of its own. Results go to memory.json beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from pathlib import Path
from typing import Any

from starts import fresh
from variance import processor

import hcrisk

HERE = Path(__file__).parent
# How many paths of which scenario: the more a path costs, the fewer.
CASES = {
    "bench.toml": (10**4, 10**5, 10**6, 10**7),
    "light.toml": (10**5, 10**6, 10**7, 10**8),
}
# More than this many paths are too many for simulate on most machines.
MOST_KEPT = 10**6
ROW = """
import resource, sys, time
import hcrisk
scenario, paths, threads = hcrisk.load(sys.argv[1]), int(sys.argv[3]), int(sys.argv[4])
hcrisk.simulate(scenario, paths=10)
hcrisk.summarize(scenario, paths=6_000, threads=threads)
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
getattr(hcrisk, sys.argv[2])(scenario, paths=paths, threads=threads, progress=False)
used = time.perf_counter() - start
print(before / 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, used)
"""


def measure(function: str, scenario: str, paths: int, threads: int) -> dict[str, Any]:
    before, peak, seconds = fresh(ROW, scenario, function, str(paths), str(threads))
    return {
        "function": function,
        "paths": paths,
        "threads": threads,
        "before_mib": before,
        "peak_mib": peak,
        "seconds": seconds,
        "microseconds_per_path": 1e6 * seconds / paths,
    }


def measure_all(scenario: str, threads: int) -> list[dict[str, Any]]:
    rows = []
    print(f"\n{scenario:10} {'paths':>12} {'before':>9} {'peak':>9} {'seconds':>9} {'us/path':>9}")
    for paths in CASES[scenario]:
        for function in ("simulate", "summarize"):
            if function == "simulate" and paths > MOST_KEPT:
                continue
            row = measure(function, str(HERE / scenario), paths, threads)
            rows.append(row)
            print(
                f"{function:10} {paths:12,} {row['before_mib']:5.0f} MiB {row['peak_mib']:5.0f} MiB"
                f" {row['seconds']:9.1f} {row['microseconds_per_path']:9.1f}",
                flush=True,
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario", nargs="*", default=list(CASES), help="default: all")
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    found = {
        "cpu": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "hcrisk": hcrisk.__version__,
        "scenarios": {},
    }
    file = HERE / "memory.json"
    if file.exists():
        # What is not measured again stays.
        found["scenarios"] = json.loads(file.read_text(encoding="utf-8"))["scenarios"]
    for scenario in chosen.scenario:
        found["scenarios"][scenario] = measure_all(scenario, chosen.threads)
        file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
