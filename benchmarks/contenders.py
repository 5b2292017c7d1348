"""What is timed: hcrisk, the C program and the monthly NumPy model, each as seconds for a run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from export import export
from numpy_monthly import Monthly, comparable

import hcrisk
from hcrisk import Scenario

HERE = Path(__file__).resolve().parent
BENCH = HERE / "bench.toml"
COMPILER = os.environ.get("CC", "gcc")
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-std=c11", "-D_GNU_SOURCE")
CHECKED_PATHS = 2_000
TOLERANCE = 1e-9
# NumPy's generator is another: its means are compared, in relative terms.
MEAN_TOLERANCE = 0.02


@dataclass(frozen=True)
class Contender:
    """A row of the table: `run` takes a number of paths and returns seconds."""

    name: str
    run: Callable[[int], float]
    paths: int


def central(scenario: Scenario) -> Scenario:
    """Return a scenario with every uncertain number at its central value."""
    return scenario.replace({path: x.central for path, x in scenario.inputs().items()})


def hcrisk_seconds(scenario: Scenario, threads: int) -> Callable[[int], float]:
    def run(paths: int) -> float:
        start = time.perf_counter()
        hcrisk.simulate(scenario, paths=paths, threads=threads, progress=False)
        return time.perf_counter() - start

    return run


class CProgram:
    """The compiled C program with the scenario it reads, in a directory of its own."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.place = tempfile.TemporaryDirectory()
        folder = Path(self.place.name)
        self.model, self.binary = folder / "model.txt", folder / "bench"
        self.model.write_text(export(scenario), encoding="ascii")
        command = [COMPILER, *FLAGS, str(HERE / "c" / "bench.c"), "-o", str(self.binary), "-lm"]
        subprocess.run(command, check=True)

    def seconds(self, paths: int, out: Path | None = None) -> float:
        """Return the seconds the paths took, as the program measures them itself."""
        command = [str(self.binary), str(self.model), "0", str(paths)]
        command += [] if out is None else [str(out)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return float(done.stdout)

    def seconds_of_two(self, paths: int) -> float:
        """Return the seconds that the paths took two processes at once, half of them each."""
        with ThreadPoolExecutor(2) as pool:
            return max(pool.map(self.seconds, [paths // 2] * 2))

    def disagreement(self, paths: int = CHECKED_PATHS) -> dict[str, float]:
        """Return the largest relative difference from hcrisk by variable."""
        ds = hcrisk.simulate(self.scenario, paths=paths, progress=False)
        file = Path(self.place.name) / "paths.bin"
        self.seconds(paths, file)
        rows = np.fromfile(file).reshape(paths, ds.sizes["strategy"], -1)
        dims = {"npv": None, "cost": "year", "component_npv": "component"}
        dims |= {"service_npv": "service", "uncovered": "service"}
        dims |= {"departures": "service", "events": "risk"}
        worst, start = {}, 0
        for name, dim in dims.items():
            expected = ds[name] if dim else ds[name].expand_dims("one")
            expected = expected.transpose("path", "strategy", dim or "one").values
            if name in ("uncovered", "departures"):
                expected = expected[:, :, :-1]  # those of the enterprise are always 0
            got = rows[:, :, start : start + expected.shape[2]]
            start += expected.shape[2]
            scale = np.maximum(np.abs(expected), 1.0)
            worst[name] = float(np.max(np.abs(got - expected) / scale))
        return worst


def c_program(scenario: Scenario) -> CProgram | None:
    """Return the C program, None without a compiler."""
    return CProgram(scenario) if shutil.which(COMPILER) else None


def numpy_seconds(model: Monthly) -> Callable[[int], float]:
    def run(paths: int) -> float:
        start = time.perf_counter()
        model.run(paths)
        return time.perf_counter() - start

    return run


def numpy_disagreement(scenario: Scenario, model: Monthly, paths: int) -> list[float]:
    """Return the relative difference of means by strategy from hcrisk without what NumPy lacks."""
    ds = hcrisk.simulate(comparable(scenario), paths=paths, progress=False)
    expected = ds.npv.transpose("path", "strategy").values.mean(axis=0)
    return [float(x) for x in model.run(paths).mean(axis=0) / expected - 1.0]
