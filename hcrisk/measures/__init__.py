"""Measures of a result: a Dataset in, a new labelled Dataset out, every figure with an interval.

Costs are positive: a higher percentile is a worse one. Nothing here draws random numbers, so the
same result always gives the same figures.
"""

from hcrisk.measures.compare import compare
from hcrisk.measures.decision import expected_regret, probability_cheapest
from hcrisk.measures.exceedance import exceedance_curve, probability_above
from hcrisk.measures.information import evpi, evppi, evppi_ranking
from hcrisk.measures.percentile import mean, percentiles
from hcrisk.measures.sample_information import evsi
from hcrisk.measures.tail import tail_value_at_risk, value_at_risk

__all__ = [
    "compare",
    "evpi",
    "evppi",
    "evppi_ranking",
    "evsi",
    "exceedance_curve",
    "expected_regret",
    "mean",
    "percentiles",
    "probability_above",
    "probability_cheapest",
    "tail_value_at_risk",
    "value_at_risk",
]
