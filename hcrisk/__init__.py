"""The cost, with its risk, of insourcing, outsourcing or splitting a practice's technology.

To begin with::

    scenario = hcrisk.load("mid-market")
    result = hcrisk.simulate(scenario, paths=20_000, seed=1)
    hcrisk.percentiles(result).to_dataframe()
    hcrisk.plot.exceedance(result)

Where to look, by task; ``help(hcrisk.percentiles)`` explains one and has an example:

==================  ===============================================================================
State and change    load from_toml scenarios Scenario whole_roster calibrate
Simulate            simulate simulate_assignments summarize join Precision required_paths
                    tail_proposal Proposal
Files               save read
Costs               mean percentiles value_at_risk tail_value_at_risk exceedance_curve
                    probability_above worst_year budget convergence
Choose              compare probability_cheapest probability_cheapest_by expected_regret
                    stochastic_dominance switching_margin efficient_frontier risk_adjusted_cost
                    certainty_equivalent best_assignment service_choices feasible_assignments
Explain             allocate diversification difference_by tail_drivers reverse_stress story
What drives it      rank_correlations first_order_indices tornado total_effects variance_split
                    nested_variance
What would turn it  break_even flip_points goal_seek stress stresses Effort
Worth knowing       evpi evppi evppi_ranking evsi Study
Show                plot table report
Errors              HcriskError ScenarioError ArgumentError Problem TooManyPathsError
                    MissingExtraError PrecisionWarning
==================  ===============================================================================

Names are imported when first used, so that ``import hcrisk`` is quick. ``hcrisk.scenarios``,
``hcrisk.story`` and ``hcrisk.report`` are always the functions, also once the packages of those
names are loaded; reach into a package with ``from hcrisk.scenarios import ...``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from hcrisk._version import __version__

if TYPE_CHECKING:
    from hcrisk import calibrate, plot
    from hcrisk.assignments import simulate_assignments
    from hcrisk.exceptions import (
        ArgumentError,
        HcriskError,
        MissingExtraError,
        PrecisionWarning,
        Problem,
        ScenarioError,
        TooManyPathsError,
    )
    from hcrisk.io import read, save
    from hcrisk.joining import join
    from hcrisk.measures import (
        Study,
        allocate,
        best_assignment,
        budget,
        certainty_equivalent,
        compare,
        convergence,
        difference_by,
        diversification,
        efficient_frontier,
        evpi,
        evppi,
        evppi_ranking,
        evsi,
        exceedance_curve,
        expected_regret,
        feasible_assignments,
        first_order_indices,
        mean,
        nested_variance,
        percentiles,
        probability_above,
        probability_cheapest,
        probability_cheapest_by,
        rank_correlations,
        reverse_stress,
        risk_adjusted_cost,
        service_choices,
        stochastic_dominance,
        switching_margin,
        tail_drivers,
        tail_value_at_risk,
        value_at_risk,
        worst_year,
    )
    from hcrisk.precision import Precision, required_paths
    from hcrisk.program.proposal import Proposal
    from hcrisk.proposals import tail_proposal
    from hcrisk.report.contents import report
    from hcrisk.scenario import Scenario, whole_roster
    from hcrisk.scenarios import from_toml, load, scenarios
    from hcrisk.sensitivity import tornado, total_effects, variance_split
    from hcrisk.simulation import simulate
    from hcrisk.story import story
    from hcrisk.summary import summarize
    from hcrisk.tables import table
    from hcrisk.whatif import Effort, break_even, flip_points, goal_seek, stress, stresses

__all__ = [
    "ArgumentError",
    "Effort",
    "HcriskError",
    "MissingExtraError",
    "Precision",
    "PrecisionWarning",
    "Problem",
    "Proposal",
    "Scenario",
    "ScenarioError",
    "Study",
    "TooManyPathsError",
    "__version__",
    "allocate",
    "best_assignment",
    "break_even",
    "budget",
    "calibrate",
    "certainty_equivalent",
    "compare",
    "convergence",
    "difference_by",
    "diversification",
    "efficient_frontier",
    "evpi",
    "evppi",
    "evppi_ranking",
    "evsi",
    "exceedance_curve",
    "expected_regret",
    "feasible_assignments",
    "first_order_indices",
    "flip_points",
    "from_toml",
    "goal_seek",
    "join",
    "load",
    "mean",
    "nested_variance",
    "percentiles",
    "plot",
    "probability_above",
    "probability_cheapest",
    "probability_cheapest_by",
    "rank_correlations",
    "read",
    "report",
    "required_paths",
    "reverse_stress",
    "risk_adjusted_cost",
    "save",
    "scenarios",
    "service_choices",
    "simulate",
    "simulate_assignments",
    "stochastic_dominance",
    "story",
    "stress",
    "stresses",
    "summarize",
    "switching_margin",
    "table",
    "tail_drivers",
    "tail_proposal",
    "tail_value_at_risk",
    "tornado",
    "total_effects",
    "value_at_risk",
    "variance_split",
    "whole_roster",
    "worst_year",
]

_HOME = {
    "ArgumentError": "hcrisk.exceptions",
    "Effort": "hcrisk.whatif",
    "HcriskError": "hcrisk.exceptions",
    "MissingExtraError": "hcrisk.exceptions",
    "Precision": "hcrisk.precision",
    "PrecisionWarning": "hcrisk.exceptions",
    "Problem": "hcrisk.exceptions",
    "Proposal": "hcrisk.program.proposal",
    "Scenario": "hcrisk.scenario",
    "ScenarioError": "hcrisk.exceptions",
    "Study": "hcrisk.measures",
    "TooManyPathsError": "hcrisk.exceptions",
    "allocate": "hcrisk.measures",
    "best_assignment": "hcrisk.measures",
    "break_even": "hcrisk.whatif",
    "budget": "hcrisk.measures",
    "certainty_equivalent": "hcrisk.measures",
    "compare": "hcrisk.measures",
    "convergence": "hcrisk.measures",
    "difference_by": "hcrisk.measures",
    "diversification": "hcrisk.measures",
    "efficient_frontier": "hcrisk.measures",
    "evpi": "hcrisk.measures",
    "evppi": "hcrisk.measures",
    "evppi_ranking": "hcrisk.measures",
    "evsi": "hcrisk.measures",
    "exceedance_curve": "hcrisk.measures",
    "expected_regret": "hcrisk.measures",
    "feasible_assignments": "hcrisk.measures",
    "first_order_indices": "hcrisk.measures",
    "flip_points": "hcrisk.whatif",
    "from_toml": "hcrisk.scenarios",
    "goal_seek": "hcrisk.whatif",
    "join": "hcrisk.joining",
    "load": "hcrisk.scenarios",
    "mean": "hcrisk.measures",
    "nested_variance": "hcrisk.measures",
    "percentiles": "hcrisk.measures",
    "probability_above": "hcrisk.measures",
    "probability_cheapest": "hcrisk.measures",
    "probability_cheapest_by": "hcrisk.measures",
    "rank_correlations": "hcrisk.measures",
    "read": "hcrisk.io",
    "report": "hcrisk.report.contents",
    "required_paths": "hcrisk.precision",
    "reverse_stress": "hcrisk.measures",
    "risk_adjusted_cost": "hcrisk.measures",
    "save": "hcrisk.io",
    "scenarios": "hcrisk.scenarios",
    "service_choices": "hcrisk.measures",
    "simulate": "hcrisk.simulation",
    "simulate_assignments": "hcrisk.assignments",
    "stochastic_dominance": "hcrisk.measures",
    "story": "hcrisk.story",
    "stress": "hcrisk.whatif",
    "stresses": "hcrisk.whatif",
    "summarize": "hcrisk.summary",
    "switching_margin": "hcrisk.measures",
    "table": "hcrisk.tables",
    "tail_drivers": "hcrisk.measures",
    "tail_proposal": "hcrisk.proposals",
    "tail_value_at_risk": "hcrisk.measures",
    "tornado": "hcrisk.sensitivity",
    "total_effects": "hcrisk.sensitivity",
    "value_at_risk": "hcrisk.measures",
    "variance_split": "hcrisk.sensitivity",
    "whole_roster": "hcrisk.scenario",
    "worst_year": "hcrisk.measures",
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
        from hcrisk.arguments import no_attribute

        raise no_attribute(__name__, name, __all__)
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
