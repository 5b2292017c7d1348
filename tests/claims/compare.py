"""One service delivered another way, everything else equal, on common random numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr
from scipy import stats

import hcrisk
from hcrisk.report.uses import users
from hcrisk.scenario import Scenario

SEED = 0
PATHS = 2_000
PURE = ("insource", "hybrid", "outsource")
# Who delivers the other services: own staff or partners.
OTHERS = ("insource", "outsource")
LEVEL = 1.96
NO_RISKS = (
    "salaries benefits recruiting training backfill tools vendor_fees oversight transition "
    "severance coverage_gap projects insurance_premium"
).split()


@dataclass(frozen=True)
class Difference:
    """Paired differences of cost: first less second, path by path."""

    values: np.ndarray
    strategies: tuple[str, ...]

    @property
    def mean(self) -> float:
        return float(self.values.mean())

    @property
    def margin(self) -> float:
        """Half of the 95 % interval of the mean."""
        return LEVEL * float(self.values.std(ddof=1)) / self.values.size**0.5

    @property
    def share(self) -> float:
        """Share of futures in which the first is cheaper."""
        return float((self.values < 0).mean())

    @property
    def is_dearer(self) -> bool:
        return self.mean > self.margin

    @property
    def is_cheaper(self) -> bool:
        return self.mean < -self.margin


def named(service: str, arrangement: str, others: str) -> str:
    """Return the name of the strategy with one service apart."""
    return others if arrangement == others else f"{service}-{arrangement}-{others}"


class Case:
    """A scenario with every service in turn delivered otherwise."""

    def __init__(
        self, scenario: Scenario, services: Iterable[str] | None = None, paths: int = PATHS
    ) -> None:
        self.scenario = scenario
        self.services = list(scenario.services if services is None else services)
        self.paths = paths

    @cached_property
    def mixes(self) -> dict[str, dict[str, str]]:
        """The arrangements of every strategy that is compared, by its name."""
        whole = list(self.scenario.services)
        return {
            named(service, one, others): dict.fromkeys(whole, others) | {service: one}
            for others in OTHERS
            for service in self.services
            for one in ((*OTHERS, "unfunded") if service == "software" else OTHERS)
        }

    @cached_property
    def mixed(self) -> Scenario:
        """The scenario with these strategies."""
        added = {f"strategies.{name}": {"services": mix} for name, mix in self.mixes.items()}
        return self.scenario.replace(added)

    @cached_property
    def result(self) -> xr.Dataset:
        names = list(self.mixes)
        return hcrisk.simulate(self.mixed, paths=self.paths, seed=SEED, strategies=names)

    def difference(self, service: str, first: str, second: str, others: str) -> Difference:
        """Return what the service costs more delivered the first way."""
        a, b = (named(service, one, others) for one in (first, second))
        npv = self.result["npv"]
        return Difference(npv.sel(strategy=a).values - npv.sel(strategy=b).values, (a, b))

    def incidents(self, service: str, first: str, second: str, others: str) -> Difference:
        """Return what incidents, less recoveries, cost more with the first."""
        lines = self.result["component_npv"]
        net = lines.drop_sel(component=NO_RISKS).sum("component")
        a, b = (named(service, one, others) for one in (first, second))
        return Difference(net.sel(strategy=a).values - net.sel(strategy=b).values, (a, b))

    def uncovered(self, service: str, arrangement: str, others: str) -> float:
        """Return the mean uncovered share of the service."""
        name = named(service, arrangement, others)
        found = self.result["uncovered"].sel(strategy=name, service=service)
        return float(found.mean())

    def drivers(self, difference: Difference, most: int = 3) -> list[tuple[str, float]]:
        """Return the inputs that go with most of the variation: squared rank correlation.

        Inputs that enter neither strategy only move with others, and are left out.
        """
        inputs = self.result["input"]
        ranks = stats.rankdata(inputs.values, axis=inputs.get_axis_num("path"))
        target = stats.rankdata(difference.values)
        rows = np.moveaxis(ranks, inputs.get_axis_num("path"), -1)
        found = [float(np.corrcoef(row, target)[0, 1]) ** 2 for row in rows]
        names = inputs["parameter"].values.tolist()
        order = sorted(zip(names, found, strict=True), key=lambda pair: (-pair[1], pair[0]))
        entering = (pair for pair in order if users(self.mixed, difference.strategies, pair[0]))
        return list(itertools.islice(entering, most))
