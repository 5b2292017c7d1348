"""Time each mechanism on and at its value without effect: ``python benchmarks/mechanisms.py``.

Each measurement of a row stands beside one of the scenario without the mechanism, taken just
before or just after it; the ratio of the two is the row's, and medians are reported. Times are
those the processor spent on this process. Results go to mechanisms.json beside this file.
"""

from __future__ import annotations

import argparse
import json
import time
import tomllib
from pathlib import Path
from statistics import median
from typing import Any

from contenders import BENCH, HERE
from run import machine

import hcrisk
from hcrisk import Scenario

LAYERS = HERE / "mechanisms.toml"
CHECKED_PATHS = 1_000
AGAIN, ALL = "the same scenario again", "all of them on"


def over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Return a table in which what is above replaces what is no table in both."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        is_open = isinstance(old, dict) and isinstance(value, dict) and "dist" not in old
        result[key] = over(old, value) if is_open else value
    return result


def make_rows() -> tuple[dict[str, Scenario], Scenario]:
    """Return the scenarios by name of their row, and the one without any mechanism."""
    base = tomllib.loads(BENCH.read_text(encoding="utf-8"))
    layers = tomllib.loads(LAYERS.read_text(encoding="utf-8"))
    rows = {AGAIN: Scenario.from_mapping(base)}
    whole = base
    for mechanism, states in layers.items():
        for state, layer in states.items():
            rows[f"{mechanism}: {state}"] = Scenario.from_mapping(over(base, layer))
        whole = over(whole, states["on"])
    rows[ALL] = Scenario.from_mapping(whole)
    return rows, Scenario.from_mapping(base)


def largest_change(scenario: Scenario, base: Scenario) -> float:
    """Return the largest relative change of an npv of a path."""
    one, other = (
        hcrisk.simulate(s, paths=CHECKED_PATHS, threads=1, progress=False).npv.values
        for s in (scenario, base)
    )
    return float(abs(one / other - 1.0).max())


def seconds(scenario: Scenario, paths: int) -> float:
    """Return the processor time of a run on one thread."""
    start = time.process_time()
    hcrisk.simulate(scenario, paths=paths, threads=1, progress=False)
    return time.process_time() - start


def measure(
    rows: dict[str, Scenario], base: Scenario, paths: int, repeats: int
) -> dict[str, dict[str, float]]:
    """Return times per path and ratios to the scenario without the mechanism, row by row."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in rows}
    for repeat in range(repeats):
        for name, scenario in rows.items():
            # In turns, since the second of two runs may be the slower one.
            order = (base, scenario) if repeat % 2 else (scenario, base)
            pair = [seconds(one, paths) for one in order]
            times[name].append((pair[0], pair[1]) if repeat % 2 else (pair[1], pair[0]))
    out = {}
    for name, pairs in times.items():
        ratios = sorted(after / before for before, after in pairs)
        quarter = len(ratios) // 4
        out[name] = {
            "microseconds_without": 1e6 * median(before for before, _ in pairs) / paths,
            "microseconds_per_path": 1e6 * median(after for _, after in pairs) / paths,
            "time_ratio": median(ratios),
            "ratio_lower_quarter": ratios[quarter],
            "ratio_upper_quarter": ratios[-1 - quarter],
            "largest_relative_change_of_npv": largest_change(rows[name], base),
        }
    return out


def show(results: dict[str, Any]) -> None:
    """Print the results, 80 columns wide."""
    m = results["machine"]
    print(f"{m['cpu']}, {m['cores']} cores; Python {m['python']}, numba {m['numba']}")
    print(f"{results['paths']:,} paths, medians of {results['repeats']} pairs of runs, 1 thread\n")
    print(f"{'':34}{'without':>8}{'with':>8}{'ratio':>8}{'quarters':>13}{'npv':>9}")
    for name, row in results["rows"].items():
        spread = f"{row['ratio_lower_quarter']:.2f}-{row['ratio_upper_quarter']:.2f}"
        change = row["largest_relative_change_of_npv"]
        moved = "same" if change == 0.0 else f"{change:.0e}" if change < 1e-9 else "moves"
        print(
            f"{name:34}{row['microseconds_without']:>8.2f}{row['microseconds_per_path']:>8.2f}"
            f"{row['time_ratio']:>8.2f}{spread:>13}{moved:>9}"
        )
    print("\nwithout, with: microseconds a path; npv: against the scenario without it")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paths", type=int, default=20_000, help="paths a run (default 20000)")
    parser.add_argument("--repeats", type=int, default=9, help="pairs a row (default 9)")
    parser.add_argument("--out", type=Path, default=HERE / "mechanisms.json", help="results file")
    options = parser.parse_args()
    rows, base = make_rows()
    # The first runs compile.
    measure({AGAIN: base, ALL: rows[ALL]}, base, 10, 1)
    results = {
        "machine": {key: value for key, value in machine().items() if key != "compiler"},
        "paths": options.paths,
        "repeats": options.repeats,
        "rows": measure(rows, base, options.paths, options.repeats),
    }
    options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    show(results)


if __name__ == "__main__":
    main()
