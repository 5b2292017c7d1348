"""Time hcrisk beside scalar C, NumPy and its peers: ``python benchmarks/run.py``.

Every repeat runs each contender once, so that a busy machine slows all of them; medians are
reported. Results go to results.json beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
from pathlib import Path
from statistics import median
from typing import Any

import numba
import numpy as np
import peers
import scaling
from contenders import (
    BENCH,
    COMPILER,
    HERE,
    MEAN_TOLERANCE,
    TOLERANCE,
    Contender,
    c_program,
    central,
    hcrisk_seconds,
    numpy_disagreement,
    numpy_seconds,
)
from numpy_monthly import Monthly
from starts import peak_memory, start_times

import hcrisk

REFERENCE = "hcrisk, 1 thread"
C_ROW, NUMPY_ROW = "scalar C", "NumPy, monthly grid"


def machine() -> dict[str, Any]:
    """Return what the times depend on; no names of hosts or places."""
    model = platform.processor() or "unknown"
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text(encoding="utf-8").splitlines()
        model = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), model)
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
        "hcrisk": hcrisk.__version__,
        "compiler": compiler_version(),
    }


def compiler_version() -> str | None:
    try:
        done = subprocess.run([COMPILER, "--version"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.splitlines()[0]


def make_contenders(paths: int) -> tuple[list[Contender], dict[str, Any]]:
    """Return the rows of the table and how well they agree; stop if C disagrees."""
    bench, mid = hcrisk.load(str(BENCH)), hcrisk.load("mid-market")
    rows = [
        Contender(REFERENCE, hcrisk_seconds(bench, 1), paths),
        Contender("hcrisk, 2 threads", hcrisk_seconds(bench, 2), paths),
    ]
    checks: dict[str, Any] = {}
    program = c_program(bench)
    if program is None:
        print(f"no C compiler ({COMPILER}): without the row of scalar C")
    else:
        checks["c_largest_relative_difference"] = worst = program.disagreement()
        if max(worst.values()) > TOLERANCE:
            raise SystemExit(f"the C program disagrees with hcrisk: {worst}")
        rows.append(Contender(C_ROW, program.seconds, paths))
        rows.append(Contender(f"{C_ROW}, two processes", program.seconds_of_two, paths))
    model = Monthly(bench)
    checks["numpy_relative_difference_of_means"] = means = numpy_disagreement(bench, model, paths)
    if max(map(abs, means)) > MEAN_TOLERANCE:
        raise SystemExit(f"the means of the NumPy model are off: {means}")
    rows.append(Contender(NUMPY_ROW, numpy_seconds(model), max(paths // 10, 2_000)))
    fixed = hcrisk_seconds(central(mid), 1)
    rows.append(Contender("mid-market as shipped, 1 thread", hcrisk_seconds(mid, 1), paths // 2))
    rows.append(Contender("mid-market, central values, 1 thread", fixed, paths // 2))
    return rows, checks


def measure(rows: list[Contender], repeats: int) -> dict[str, dict[str, Any]]:
    """Return each row's times per path: a warm-up, then interleaved repeats."""
    warm = {row.name: row.run(row.paths) for row in rows}
    seconds: dict[str, list[float]] = {row.name: [] for row in rows}
    for _ in range(repeats):
        for row in rows:
            seconds[row.name].append(row.run(row.paths))
    reference = seconds[REFERENCE]
    paths = {row.name: row.paths for row in rows}
    out = {}
    for name, times in seconds.items():
        scale = paths[REFERENCE] / paths[name]
        # A ratio of each repeat, so that what slowed both does not count.
        ratios = [a * scale / b for a, b in zip(times, reference, strict=True)]
        micro = [1e6 * t / paths[name] for t in times]
        out[name] = {
            "paths": paths[name],
            "paths_per_second": 1e6 / median(micro),
            "microseconds_per_path": median(micro),
            "fastest_microseconds": min(micro),
            "slowest_microseconds": max(micro),
            "time_ratio_to_hcrisk": median(ratios),
            "warm_up_seconds": warm[name],
        }
    return out


def show(results: dict[str, Any]) -> None:
    """Print the results."""
    m = results["machine"]
    print(f"{m['cpu']}, {m['cores']} cores; Python {m['python']}, numba {m['numba']}, ", end="")
    print(f"NumPy {m['numpy']}, {m['compiler'] or 'no C compiler'}")
    print(f"medians of {results['repeats']} interleaved repeats\n")
    print(f"{'':38}{'paths/s':>10}{'us/path':>10}{'fastest':>10}{'time, hcrisk = 1':>18}")
    for name, row in results["throughput"].items():
        print(
            f"{name:38}{row['paths_per_second']:>10,.0f}{row['microseconds_per_path']:>10.2f}"
            f"{row['fastest_microseconds']:>10.2f}{row['time_ratio_to_hcrisk']:>18.2f}"
        )
    checks = results["checks"]
    if "c_largest_relative_difference" in checks:
        worst = max(checks["c_largest_relative_difference"].values())
        print(f"\nC and hcrisk differ by at most {worst:.1e} in relative terms")
    means = ", ".join(f"{x:+.2%}" for x in checks["numpy_relative_difference_of_means"])
    print(f"means of NumPy against hcrisk without what NumPy lacks: {means}")
    scaling.show(results["scaling"])
    peers.show(results["peers"], peers.missing())
    print("\nseconds in a fresh process")
    for name, value in results["starts"].items():
        print(f"  {name.replace('_', ' '):36}{value:>8.2f}")
    memory = results["memory"]
    print(
        f"\npeak memory, MiB: {memory['before_mib']:.0f} once compiled or loaded, "
        f"{memory['peak_mib']:.0f} after {memory['paths']:,} paths, "
        f"whose Dataset has {memory['dataset_mib']:.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paths", type=int, default=100_000, help="paths a run (default 100000)")
    parser.add_argument("--repeats", type=int, default=7, help="timed repeats (default 7)")
    parser.add_argument("--out", type=Path, default=HERE / "results.json", help="results file")
    options = parser.parse_args()
    rows, checks = make_contenders(options.paths)
    shrink = max(1, 100_000 // options.paths)
    results = {
        "machine": machine(),
        "repeats": options.repeats,
        "checks": checks,
        "throughput": measure(rows, options.repeats),
        "scaling": scaling.measure(options.repeats, 10 * options.paths),
        "peers": peers.measure(options.repeats, shrink),
        "starts": start_times(str(BENCH), min(options.repeats, 3)),
        "memory": peak_memory(str(BENCH), options.paths),
    }
    options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    show(results)
    if wrong := peers.disagreeing(results["peers"]):
        raise SystemExit(f"means of peers that differ from hcrisk's: {wrong}")


if __name__ == "__main__":
    main()
