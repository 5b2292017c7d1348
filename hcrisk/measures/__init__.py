"""Measures of a result: a Dataset in, a new labelled Dataset out, every figure with an interval.

Costs are positive: a higher percentile is a worse one. Nothing here draws random numbers, so the
same result always gives the same figures.
"""

from hcrisk.measures.compare import compare
from hcrisk.measures.decision import expected_regret, probability_cheapest
from hcrisk.measures.exceedance import exceedance_curve, probability_above
from hcrisk.measures.input_shares import first_order_indices, rank_correlations
from hcrisk.measures.percentile import mean, percentiles
from hcrisk.measures.tail import tail_value_at_risk, value_at_risk
from hcrisk.measures.tail_drivers import tail_drivers

__all__ = [
    "compare",
    "exceedance_curve",
    "expected_regret",
    "first_order_indices",
    "mean",
    "percentiles",
    "probability_above",
    "probability_cheapest",
    "rank_correlations",
    "tail_drivers",
    "tail_value_at_risk",
    "value_at_risk",
]
