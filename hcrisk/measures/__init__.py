"""Measures of a result: a Dataset in, a new labelled Dataset out, every figure with an interval.

Costs are positive: a higher percentile is a worse one. Nothing here draws random numbers, so the
same result always gives the same figures.
"""

from hcrisk.measures.allocation import allocate
from hcrisk.measures.assignment import best_assignment, service_choices
from hcrisk.measures.budget import budget
from hcrisk.measures.compare import compare
from hcrisk.measures.constraint import feasible_assignments
from hcrisk.measures.convergence import convergence
from hcrisk.measures.decision import expected_regret, probability_cheapest
from hcrisk.measures.diversification import diversification
from hcrisk.measures.dominance import stochastic_dominance
from hcrisk.measures.exceedance import exceedance_curve, probability_above
from hcrisk.measures.frontier import efficient_frontier
from hcrisk.measures.information import evpi, evppi, evppi_ranking
from hcrisk.measures.input_shares import first_order_indices, rank_correlations
from hcrisk.measures.lead import probability_cheapest_by
from hcrisk.measures.margin import switching_margin
from hcrisk.measures.nested import nested_variance
from hcrisk.measures.percentile import mean, percentiles
from hcrisk.measures.ranking import certainty_equivalent, risk_adjusted_cost
from hcrisk.measures.reverse_stress import reverse_stress
from hcrisk.measures.sample_information import evsi
from hcrisk.measures.study import Study
from hcrisk.measures.tail import tail_value_at_risk, value_at_risk
from hcrisk.measures.tail_drivers import tail_drivers
from hcrisk.measures.waterfall import difference_by
from hcrisk.measures.years import worst_year

__all__ = [
    "Study",
    "allocate",
    "best_assignment",
    "budget",
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
    "mean",
    "nested_variance",
    "percentiles",
    "probability_above",
    "probability_cheapest",
    "probability_cheapest_by",
    "rank_correlations",
    "reverse_stress",
    "risk_adjusted_cost",
    "service_choices",
    "stochastic_dominance",
    "switching_margin",
    "tail_drivers",
    "tail_value_at_risk",
    "value_at_risk",
    "worst_year",
]
