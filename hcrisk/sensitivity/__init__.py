"""Sensitivity that simulates again: one input at a time, groups of inputs, inputs against chance.

Every run has the paths of the first one but for what is changed, so that differences are taken
path by path. Measures of a run at hand (`rank_correlations`, `first_order_indices`,
`tail_drivers`) are in `hcrisk.measures`; docs/sensitivity.md says when to use which.
"""

from hcrisk.sensitivity.shares import total_effects, variance_split
from hcrisk.sensitivity.tornado import tornado

__all__ = ["tornado", "total_effects", "variance_split"]
