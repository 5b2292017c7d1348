"""The cost, with its risk, of insourcing, outsourcing or splitting a practice's technology.

Names are imported when first used, so that ``import hcrisk`` is quick. ``hcrisk.scenarios`` and
``hcrisk.story`` are always the functions, also once the packages of those names are loaded; reach
into a package with ``from hcrisk.scenarios import ...``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from hcrisk._version import __version__

if TYPE_CHECKING:
    from hcrisk import calibrate, plot
    from hcrisk.exceptions import HcriskError, PrecisionWarning, ScenarioError
    from hcrisk.io import read, save
    from hcrisk.joining import join
    from hcrisk.measures import (
        compare,
        evpi,
        evppi,
        evppi_ranking,
        evsi,
        exceedance_curve,
        expected_regret,
        mean,
        percentiles,
        probability_above,
        probability_cheapest,
        tail_value_at_risk,
        value_at_risk,
    )
    from hcrisk.scenario import Scenario, whole_roster
    from hcrisk.scenarios import load, scenarios
    from hcrisk.simulation import simulate
    from hcrisk.story import story

__all__ = [
    "HcriskError",
    "PrecisionWarning",
    "Scenario",
    "ScenarioError",
    "__version__",
    "calibrate",
    "compare",
    "evpi",
    "evppi",
    "evppi_ranking",
    "evsi",
    "exceedance_curve",
    "expected_regret",
    "join",
    "load",
    "mean",
    "percentiles",
    "plot",
    "probability_above",
    "probability_cheapest",
    "read",
    "save",
    "scenarios",
    "simulate",
    "story",
    "tail_value_at_risk",
    "value_at_risk",
    "whole_roster",
]

_HOME = {
    "HcriskError": "hcrisk.exceptions",
    "PrecisionWarning": "hcrisk.exceptions",
    "Scenario": "hcrisk.scenario",
    "ScenarioError": "hcrisk.exceptions",
    "compare": "hcrisk.measures",
    "evpi": "hcrisk.measures",
    "evppi": "hcrisk.measures",
    "evppi_ranking": "hcrisk.measures",
    "evsi": "hcrisk.measures",
    "exceedance_curve": "hcrisk.measures",
    "expected_regret": "hcrisk.measures",
    "join": "hcrisk.joining",
    "load": "hcrisk.scenarios",
    "mean": "hcrisk.measures",
    "percentiles": "hcrisk.measures",
    "probability_above": "hcrisk.measures",
    "probability_cheapest": "hcrisk.measures",
    "read": "hcrisk.io",
    "save": "hcrisk.io",
    "scenarios": "hcrisk.scenarios",
    "simulate": "hcrisk.simulation",
    "story": "hcrisk.story",
    "tail_value_at_risk": "hcrisk.measures",
    "value_at_risk": "hcrisk.measures",
    "whole_roster": "hcrisk.scenario",
}

_PACKAGES = ("calibrate", "plot")


class _Package(ModuleType):
    """A package whose public functions are not displaced by submodules of the same name."""

    def __setattr__(self, name: str, value: object) -> None:
        # Importing a submodule sets it on its package; sys.modules keeps it reachable.
        if name in _HOME and isinstance(value, ModuleType):
            return
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    if name in _PACKAGES:
        return import_module(f"hcrisk.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'hcrisk' has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *globals()})
