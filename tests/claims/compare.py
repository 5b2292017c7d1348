"""One service delivered another way, everything else equal, on common random numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr
from scipy import stats

import hcrisk
from hcrisk.scenario import Scenario

SEED = 0
PATHS = 4_000
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
    def result(self) -> xr.Dataset:
        whole = list(self.scenario.services)
        wanted: dict[str, dict[str, str]] = {}
        for others in OTHERS:
            for service in self.services:
                for one in (*OTHERS, "unfunded") if service == "software" else OTHERS:
                    mix = dict.fromkeys(whole, others) | {service: one}
                    wanted[named(service, one, others)] = mix
        added = {f"strategies.{name}": {"services": mix} for name, mix in wanted.items()}
        made = self.scenario.replace(added)
        return hcrisk.simulate(made, paths=self.paths, seed=SEED, strategies=list(wanted))

    def difference(self, service: str, first: str, second: str, others: str) -> Difference:
        """Return what the service costs more delivered the first way."""
        a, b = (named(service, one, others) for one in (first, second))
        npv = self.result["npv"]
        return Difference(npv.sel(strategy=a).values - npv.sel(strategy=b).values)

    def incidents(self, service: str, first: str, second: str, others: str) -> Difference:
        """Return what incidents, less recoveries, cost more with the first."""
        lines = self.result["component_npv"]
        net = lines.drop_sel(component=NO_RISKS).sum("component")
        a, b = (named(service, one, others) for one in (first, second))
        return Difference(net.sel(strategy=a).values - net.sel(strategy=b).values)

    def uncovered(self, service: str, arrangement: str, others: str) -> float:
        """Return the mean uncovered share of the service."""
        name = named(service, arrangement, others)
        found = self.result["uncovered"].sel(strategy=name, service=service)
        return float(found.mean())

    def drivers(self, difference: Difference, most: int = 3) -> list[tuple[str, float]]:
        """Return the inputs that go with most of the variation: squared rank correlation."""
        inputs = self.result["input"]
        ranks = stats.rankdata(inputs.values, axis=inputs.get_axis_num("path"))
        target = stats.rankdata(difference.values)
        rows = np.moveaxis(ranks, inputs.get_axis_num("path"), -1)
        found = [float(np.corrcoef(row, target)[0, 1]) ** 2 for row in rows]
        names = inputs["parameter"].values.tolist()
        order = sorted(zip(names, found, strict=True), key=lambda pair: (-pair[1], pair[0]))
        return order[:most]
