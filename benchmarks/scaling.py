"""How the time of a path grows with paths, years, seats, services and strategies.

Each row changes one size of bench.toml; a path is timed on one thread, in processor time, beside
one of bench.toml itself in the same repeat.
"""

from __future__ import annotations

import copy
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from contenders import BENCH

import hcrisk
from hcrisk import Scenario

PATHS = 20_000
PATH_COUNTS = (1_000, 10_000, 100_000, 1_000_000)
YEARS = (1, 2, 3, 5, 7, 10)
TEAMS = (1, 2, 4, 8)
COPIES = (1, 2, 4)
# Strategies from two and from three arrangements of four services, and from four of them.
ARRANGEMENTS = (2, 3, 4)


@dataclass(frozen=True)
class Size:
    """A row: what is varied, to what, and a run of it."""

    what: str
    value: int
    paths: int
    run: Callable[[], object]


def with_team(plain: dict[str, Any], times: int) -> dict[str, Any]:
    """Return a scenario with so many times the seats, and the posts they fill."""
    out = copy.deepcopy(plain)
    for service in out["services"].values():
        service["coverage"]["posts"] *= times
        for arrangement in service["arrangements"].values():
            if "posts" in arrangement:
                arrangement["posts"] *= times
            for role in arrangement.get("seats", {}):
                arrangement["seats"][role] *= times
    return out


def with_copies(plain: dict[str, Any], times: int) -> dict[str, Any]:
    """Return a scenario with every service so many times; risks look at the first of each."""
    out = copy.deepcopy(plain)
    for name, service in plain["services"].items():
        for k in range(2, times + 1):
            out["services"][f"{name}_{k}"] = copy.deepcopy(service)
    return out


def with_arrangements(plain: dict[str, Any], count: int) -> dict[str, Any]:
    """Return a scenario whose services each have so many arrangements, two to four."""
    out = copy.deepcopy(plain)
    for service in out["services"].values():
        have = service["arrangements"]
        # The fourth is a second hybrid.
        have["shared"] = copy.deepcopy(have["hybrid"])
        names = ("insource", "outsource", "hybrid", "shared")[:count]
        service["arrangements"] = {name: have[name] for name in names}
    out["strategies"] = {"insource": {"all": "insource"}}
    return out


def sizes(most_paths: int) -> list[Size]:
    """Return the rows, of which those of paths end at a number of paths."""
    plain = tomllib.loads(BENCH.read_text(encoding="utf-8"))
    bench = Scenario.from_mapping(plain)
    rows = [_simulated("paths", n, bench, n) for n in PATH_COUNTS if n <= most_paths]
    horizons = {n: bench.replace({"horizon.years": n}) for n in YEARS}
    rows += [_simulated("years", n, scenario, PATHS) for n, scenario in horizons.items()]
    for k in TEAMS:
        larger = with_team(plain, k)
        scenario = Scenario.from_mapping(larger)
        rows.append(_simulated("seats in-house", seats_of(larger), scenario, PATHS))
    for k in COPIES:
        scenario = Scenario.from_mapping(with_copies(plain, k))
        rows.append(_simulated("services", len(scenario.services), scenario, PATHS))
    rows.append(_simulated("strategies", len(bench.strategies), bench, PATHS))
    for k in ARRANGEMENTS:
        scenario = Scenario.from_mapping(with_arrangements(plain, k))
        rows.append(_assigned(k ** len(scenario.services), scenario, PATHS))
    return rows


def seats_of(plain: dict[str, Any]) -> int:
    """Return how many seats there are when everything is in-house, without managers."""
    own = (service["arrangements"]["insource"] for service in plain["services"].values())
    return sum(sum(arrangement["seats"].values()) for arrangement in own)


def _simulated(what: str, value: int, scenario: Scenario, paths: int) -> Size:
    def run() -> object:
        return hcrisk.simulate(scenario, paths=paths, threads=1, progress=False)

    return Size(what, value, paths, run)


def _assigned(value: int, scenario: Scenario, paths: int) -> Size:
    def run() -> object:
        return hcrisk.simulate_assignments(scenario, paths=paths, threads=1, progress=False)

    return Size("strategies", value, paths, run)


def measure(repeats: int, most_paths: int = PATH_COUNTS[-1]) -> list[dict[str, Any]]:
    """Return microseconds a path of each row, and the ratio to bench.toml in the same repeat."""
    rows = sizes(most_paths)
    base = hcrisk.load(str(BENCH))
    seconds(_simulated("bench", 0, base, PATHS))
    seconds(_assigned(0, base, PATHS))
    times: list[list[float]] = [[] for _ in rows]
    ratios: list[list[float]] = [[] for _ in rows]
    for repeat in range(repeats):
        reference = seconds(_simulated("bench", 0, base, PATHS)) / PATHS
        for k, row in enumerate(rows):
            # A million paths take long, and are steady.
            if row.paths > 100_000 and repeat > 0:
                continue
            taken = seconds(row) / row.paths
            times[k].append(1e6 * taken)
            ratios[k].append(taken / reference)
    return [
        {
            "what": row.what,
            "value": row.value,
            "paths": row.paths,
            "microseconds_per_path": median(times[k]),
            "time_ratio_to_bench": median(ratios[k]),
        }
        for k, row in enumerate(rows)
    ]


def seconds(row: Size) -> float:
    """Return the processor time of a run."""
    start = time.process_time()
    row.run()
    return time.process_time() - start


def show(rows: list[dict[str, Any]]) -> None:
    """Print the table."""
    print("\nhcrisk on one thread, bench.toml with one size changed; processor time")
    print(f"{'':28}{'us/path':>10}{'bench = 1':>12}{'us/path each':>15}")
    for row in rows:
        name, each = f"{row['what']}: {row['value']:,}", row["microseconds_per_path"] / row["value"]
        last = "" if row["what"] == "paths" else f"{each:.2f}"
        print(
            f"  {name:26}{row['microseconds_per_path']:>10.2f}"
            f"{row['time_ratio_to_bench']:>12.2f}{last:>15}"
        )
