"""Time what peers can do of the benchmark beside hcrisk: ``python benchmarks/peers.py``.

Each peer does the largest part of bench.toml that its documentation has a way of saying, written
as that documentation writes it, and hcrisk simulates the same part, cut out of the scenario in
parts.py. Times are processor time, one thread. This prints its table; `run.py` keeps it too.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.metadata
import math
import textwrap
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import parts
from formulas import INPUTS, SHOCKS, Outsourced
from numpy.typing import NDArray
from peer_staff import Staff

import hcrisk
from hcrisk import Scenario

Floats = NDArray[np.float64]
Run = Callable[[int, int], Floats]
INSTALL = 'pip install -e ".[bench]"'
# Means may differ by chance: a difference of that many standard errors is not chance.
MOST_ERRORS = 4.5
HCRISK = "hcrisk"


@dataclass(frozen=True)
class Peer:
    """A program, as pip calls it: the part it does, how many paths are timed, what it lacks.

    `make` returns what simulates a number of paths with a seed, and imports the program.
    """

    name: str
    part: str
    paths: int
    make: Callable[[Scenario], Run]
    lacks: str


def pyfair_run(scenario: Scenario) -> Run:
    import pandas as pd
    from pyfair import FairModel

    events, mu, sigma = _frequency(scenario), *_severity(scenario)

    def run(paths: int, seed: int) -> Floats:
        rng = np.random.default_rng(seed)
        # Its own distributions are normal, PERT and constant, so these come from outside.
        counts = rng.negative_binomial(events.shape, events.chance, paths)
        losses = rng.lognormal(mu, sigma, paths)
        model = FairModel(name="breach", n_simulations=paths, random_seed=seed)
        model.input_raw_data("Loss Event Frequency", pd.Series(counts))
        model.input_raw_data("Loss Magnitude", pd.Series(losses))
        model.calculate_all()
        return np.asarray(model.export_results()["Risk"], dtype=float)

    return run


def riskpy_breaches(scenario: Scenario) -> Run:
    from riskpy.mc import Compound, LogNormal, Model, NegativeBinomial

    events = _frequency(scenario)
    claims = Compound(
        NegativeBinomial(events.shape, events.chance), LogNormal(*_severity(scenario))
    )
    model = Model(loss=claims)
    model.formula(lambda loss: loss)
    return lambda paths, seed: np.asarray(model.run(paths, seed=seed).values)


def riskpy_contracts(scenario: Scenario) -> Run:
    from riskpy.mc import Model, Normal, Truncated

    cost = Outsourced(scenario)
    inputs = {f"e{k}": Normal(0.0, 1.0) for k in range(SHOCKS)}
    for k, (mean, sd, low, high) in enumerate(cost.laws()):
        inputs[f"x{k}"] = Truncated(Normal(mean, sd), low, high)
    model = Model(**inputs)
    model.formula(lambda **x: cost.of_arrays(list(x.values())))
    return lambda paths, seed: np.asarray(model.run(paths, seed=seed).values)


def monaco_run(scenario: Scenario) -> Run:
    import monaco as mc
    from scipy.stats import norm, truncnorm

    cost = Outsourced(scenario)
    names = [f"x{k}" for k in range(INPUTS)]

    def preprocess(case: Any) -> tuple[list[float]]:
        return ([case.invals[name].val for name in names],)

    def postprocess(case: Any, npv: float) -> None:
        case.addOutVal(name="npv", val=npv)

    def run(paths: int, seed: int) -> Floats:
        functions = {
            mc.SimFunctions.PREPROCESS: preprocess,
            mc.SimFunctions.RUN: lambda x: (cost.of_numbers(x),),
            mc.SimFunctions.POSTPROCESS: postprocess,
        }
        sim = mc.Sim("contracts", paths, functions, seed=seed, verbose=False, debug=True)
        for name in names[:SHOCKS]:
            sim.addInVar(name=name, dist=norm, distkwargs={"loc": 0, "scale": 1})
        for name, (mean, sd, low, high) in zip(names[SHOCKS:], cost.laws(), strict=True):
            a, b = (low - mean) / sd, (high - mean) / sd
            ends = {"a": a, "b": b, "loc": mean, "scale": sd}
            sim.addInVar(name=name, dist=truncnorm, distkwargs=ends)
        sim.runSim()
        return np.asarray(sim.outvars["npv"].nums, dtype=float)

    return run


def chaospy_run(scenario: Scenario) -> Run:
    import chaospy

    cost = Outsourced(scenario)
    laws = [chaospy.TruncNormal(low, high, mean, sd) for mean, sd, low, high in cost.laws()]
    joint = chaospy.J(*(chaospy.Normal(0, 1) for _ in range(SHOCKS)), *laws)
    return lambda paths, seed: np.asarray(cost.of_arrays(list(joint.sample(paths, seed=seed))))


def openturns_run(scenario: Scenario) -> Run:
    import openturns as ot

    cost = Outsourced(scenario)
    laws = [ot.TruncatedNormal(*law) for law in cost.laws()]
    inputs = ot.RandomVector(ot.JointDistribution([ot.Normal() for _ in range(SHOCKS)] + laws))

    def many(x: Any) -> Floats:
        return np.asarray(cost.of_arrays(list(np.asarray(x).T)))[:, None]

    formula = ot.PythonFunction(INPUTS, 1, func_sample=many)
    output = ot.CompositeRandomVector(formula, inputs)

    def run(paths: int, seed: int) -> Floats:
        ot.RandomGenerator.SetSeed(seed)
        return np.asarray(output.getSample(paths)).ravel()

    return run


def simpy_run(scenario: Scenario) -> Run:
    importlib.import_module("simpy")
    return Staff(scenario).run


def hcrisk_run(scenario: Scenario) -> Run:
    def run(paths: int, seed: int) -> Floats:
        ds = hcrisk.simulate(scenario, paths=paths, seed=seed, threads=1, progress=False)
        return np.asarray(ds["npv"].values).ravel()

    return run


@dataclass(frozen=True)
class Frequency:
    """A negative binomial count over the horizon: a Poisson count with gamma frailty."""

    shape: float
    chance: float


def _frequency(scenario: Scenario) -> Frequency:
    risk = scenario.risks["breach"]
    size = float(scenario.practice.providers) / float(risk.reference_providers)
    mean = float(risk.frequency) * size ** float(risk.size_exponent)
    mean *= float(scenario.horizon.years)
    shape = float(risk.frailty_shape or math.inf)
    return Frequency(shape, shape / (shape + mean))


def _severity(scenario: Scenario) -> tuple[float, float]:
    law = scenario.risks["breach"].total
    x = law.distribution.parameters if law is not None else {}
    return float(x["mu"]), float(x["sigma"])


PARTS: dict[str, tuple[Callable[[], Scenario], str]] = {
    "breaches": (parts.breaches, "one risk: how many breaches in five years, how large each"),
    "contracts": (parts.contracts, "fees, indexation, renewals, premium of what is outsourced"),
    "staff": (parts.staff, "17 seats: stays, vacancies, ramps, pay, hours nobody covers"),
}
_ELSE = "what is no formula of a few inputs: staff, events, changes; comparisons of strategies"
_SPEED = " (its function may hold any of these, at the speed of Python a case)"
_CLOCK = "laws, results by path and year, measures, scenarios, streams: all but clock and processes"
_TIES = "what ties breaches to coverage, changes of provider, and insurance in the order of events"
_FAIR = (
    "counts (a loss is frequency times one size, which has the mean of a sum but not its spread), "
    "heavy tails but from outside, insurance, staff, contracts"
)
PEERS = (
    Peer("pyfair", "breaches", 100_000, pyfair_run, _FAIR),
    Peer("open-riskpy", "breaches", 100_000, riskpy_breaches, _TIES),
    Peer("open-riskpy", "contracts", 100_000, riskpy_contracts, _ELSE),
    Peer("openturns", "contracts", 100_000, openturns_run, _ELSE),
    Peer("chaospy", "contracts", 100_000, chaospy_run, _ELSE + "; means of tails"),
    Peer("monaco", "contracts", 4_096, monaco_run, _ELSE + _SPEED),
    Peer("simpy", "staff", 1_000, simpy_run, _CLOCK),
)


def versions() -> dict[str, str]:
    """Return the versions of the peers that are installed."""
    found = {}
    for name in {peer.name for peer in PEERS}:
        # By the name of the package: another one on PyPI has a module riskpy too.
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def missing() -> list[str]:
    """Return the names of the peers that are not installed."""
    return sorted({peer.name for peer in PEERS} - set(versions()))


def timed(run: Run, paths: int, seed: int) -> tuple[float, Floats]:
    """Return microseconds of the processor a path, and what was simulated."""
    start = time.process_time()
    values = run(paths, seed)
    return 1e6 * (time.process_time() - start) / paths, values


def in_turns(
    runs: Sequence[Run], sizes: Sequence[int], repeats: int
) -> tuple[list[list[float]], list[list[Floats]]]:
    """Return times and values by program and repeat, after a run of each that does not count."""
    times: list[list[float]] = [[] for _ in runs]
    values: list[list[Floats]] = [[] for _ in runs]
    with warnings.catch_warnings():
        # Peers warn of what is their own affair.
        warnings.simplefilter("ignore")
        for repeat in range(repeats + 1):
            for k, (run, paths) in enumerate(zip(runs, sizes, strict=True)):
                taken, found = timed(run, paths, repeat)
                if repeat > 0:
                    times[k].append(taken)
                    values[k].append(found)
    return times, values


def errors_apart(one: Sequence[Floats], other: Sequence[Floats]) -> tuple[float, float]:
    """Return the relative difference of the means, and how many standard errors it is."""
    a, b = np.concatenate(one), np.concatenate(other)
    error = math.sqrt(a.var() / a.size + b.var() / b.size)
    gap = float(a.mean() - b.mean())
    return gap / float(b.mean()), gap / error if error > 0.0 else 0.0


def measure(repeats: int, shrink: int = 1) -> list[dict[str, Any]]:
    """Return a row for each part and program that is installed, hcrisk first in its part.

    Parameters
    ----------
    repeats
        Timed repeats, after a warm-up; every program runs once in each.
    shrink
        Divides the numbers of paths.
    """
    rows = []
    here = versions()
    for part, (make, _) in PARTS.items():
        scenario = make()
        peers = [peer for peer in PEERS if peer.part == part and peer.name in here]
        runs = [hcrisk_run(scenario), *(peer.make(scenario) for peer in peers)]
        sizes = [max(100_000 // shrink, 100), *(max(p.paths // shrink, 64) for p in peers)]
        times, values = in_turns(runs, sizes, repeats)
        for k, size in enumerate(sizes):
            ratios = [a / b for a, b in zip(times[k], times[0], strict=True)]
            relative, apart = errors_apart(values[k], values[0])
            peer = peers[k - 1] if k else None
            rows.append(
                {
                    "part": part,
                    "program": peer.name if peer else HCRISK,
                    "version": here[peer.name] if peer else hcrisk.__version__,
                    "paths": size,
                    "microseconds_per_path": median(times[k]),
                    "time_ratio_to_hcrisk": median(ratios),
                    "relative_difference_of_mean": relative,
                    "standard_errors_apart": apart,
                }
            )
    return rows


def disagreeing(rows: list[dict[str, Any]]) -> list[str]:
    """Return the programs whose mean is not hcrisk's, beyond chance."""
    return [
        f"{row['program']}, {row['part']}: {row['standard_errors_apart']:+.1f} standard errors"
        for row in rows
        if abs(row["standard_errors_apart"]) > MOST_ERRORS
    ]


def show(rows: list[dict[str, Any]], absent: list[str]) -> None:
    """Print the table, 80 columns wide, then what each peer lacks."""
    print("\nparts of the job that peers can do; processor time on one thread")
    print(f"{'':28}{'us/path':>10}{'hcrisk = 1':>12}{'mean, to hcrisk':>18}{'errors':>8}")
    for row in rows:
        if row["program"] == HCRISK:
            print(f"{row['part']}: {PARTS[row['part']][1]}")
        name = f"{row['program']} {row['version']}"
        print(
            f"  {name:26}{row['microseconds_per_path']:>10.2f}{row['time_ratio_to_hcrisk']:>12.2f}"
            f"{row['relative_difference_of_mean']:>+18.2%}{row['standard_errors_apart']:>+8.1f}"
        )
    for name in absent:
        print(f"  without {name}, which is not installed: {INSTALL}")
    for peer in PEERS:
        said = f"{peer.name}, beside {peer.part}, lacks {peer.lacks}"
        print(textwrap.fill(said, 80, initial_indent="  ", subsequent_indent="    "))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="timed repeats (default 5)")
    parser.add_argument("--shrink", type=int, default=1, help="divide the paths by this")
    options = parser.parse_args()
    rows = measure(options.repeats, options.shrink)
    show(rows, missing())
    if wrong := disagreeing(rows):
        raise SystemExit(f"means that differ: {wrong}")


if __name__ == "__main__":
    main()
