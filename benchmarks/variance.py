"""What importance sampling and Sobol inputs gain at equal cost, from repeated independent runs.

    python benchmarks/variance.py [--paths 5000] [--runs 200]

Writes variance.json. A gain is the ratio of the variances of an estimate between runs, plain to
other, times the ratio of their processor times: 10 means that a tenth of the time would do.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

import hcrisk
from hcrisk.measures._weights import calibrated, mean_of, quantile_of, tail_mean_of

SCENARIO = "mid-market"
FIGURES: dict[str, Callable[..., Any]] = {
    "mean": mean_of,
    "p50": lambda x, w: quantile_of(x, w, 0.5),
    "p95": lambda x, w: quantile_of(x, w, 0.95),
    "p99": lambda x, w: quantile_of(x, w, 0.99),
    "tvar99": lambda x, w: tail_mean_of(x, w, 0.99),
}
LEVELS = (0.95, 0.99)
SOBOL_PATHS = 8192


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paths", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=200)
    chosen = parser.parse_args()
    scenario = hcrisk.load(SCENARIO)
    hcrisk.simulate(scenario, paths=100, detail="totals", progress=False)
    plain = repeated(scenario, chosen.runs, chosen.paths)
    found: dict[str, Any] = {
        "scenario": SCENARIO,
        "paths": chosen.paths,
        "runs": chosen.runs,
        "processor": processor(),
        "strategies": plain.attrs["strategies"],
        "plain_seconds": plain.attrs["seconds"],
        "gains": {},
        "proposals": {},
    }
    for level in LEVELS:
        begun = time.process_time()
        proposal = hcrisk.tail_proposal(scenario, level=level, seed=1, progress=False)
        pilot = time.process_time() - begun
        other = repeated(scenario, chosen.runs, chosen.paths, proposal=proposal)
        name = f"proposal {level:g}"
        found["gains"][name] = gains(plain, other)
        found["proposals"][name] = {
            "pilot_seconds": pilot,
            "seconds": other.attrs["seconds"],
            "bias_in_standard_errors": biases(plain, other),
            "tilts": str(proposal).splitlines(),
        }
    few = max(chosen.runs // 2, 2)
    plain = repeated(scenario, few, SOBOL_PATHS)
    other = repeated(scenario, few, SOBOL_PATHS, inputs="sobol")
    found["gains"]["sobol"] = gains(plain, other)
    found["sobol_paths"], found["sobol_runs"] = SOBOL_PATHS, few
    path = Path(__file__).with_name("variance.json")
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    report(found)


def repeated(scenario: hcrisk.Scenario, runs: int, paths: int, **options: Any) -> xr.DataArray:
    """Return every figure over run and strategy, with the seconds of processor time a run took."""
    rows, seconds, names = [], 0.0, []
    first = 1_000_000 if options else 0
    for run in range(runs):
        begun = time.process_time()
        ds = hcrisk.simulate(
            scenario, paths=paths, seed=first + run, detail="totals", progress=False, **options
        )
        seconds += time.process_time() - begun
        weight = calibrated(ds["weight"].values) if "weight" in ds else None
        rows.append([figure(ds["npv"].values, weight) for figure in FIGURES.values()])
        names = ds["strategy"].values.tolist()
    about = {"seconds": seconds / runs, "strategies": names}
    coords = {"figure": list(FIGURES), "strategy": names}
    return xr.DataArray(np.array(rows), coords, ("run", "figure", "strategy"), attrs=about)


def gains(plain: xr.DataArray, other: xr.DataArray) -> dict[str, dict[str, float]]:
    cost = other.attrs["seconds"] / plain.attrs["seconds"]
    ratio = plain.var("run", ddof=1) / other.var("run", ddof=1) / cost
    return {
        str(figure): {str(x): round(float(ratio.sel(figure=figure, strategy=x)), 2) for x in names}
        for names in [plain["strategy"].values]
        for figure in ratio["figure"].values
    }


def biases(plain: xr.DataArray, other: xr.DataArray) -> dict[str, list[float]]:
    error = np.sqrt(plain.var("run") / plain.sizes["run"] + other.var("run") / other.sizes["run"])
    away = (other.mean("run") - plain.mean("run")) / error
    return {str(f): away.sel(figure=f).values.round(1).tolist() for f in away["figure"].values}


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def report(found: dict[str, Any]) -> None:
    names = found["strategies"]
    for way, rows in found["gains"].items():
        print(f"\n{way:16}" + "".join(f"{name:>12}" for name in names))
        for figure, row in rows.items():
            print(f"{figure:16}" + "".join(f"{row[name]:12.1f}" for name in names))
    for way, told in found["proposals"].items():
        print(f"\n{way}: pilot {told['pilot_seconds']:.0f} s of processor time")


if __name__ == "__main__":
    main()
