"""Contingency and reserve of paths that weigh differently or come in sections."""

from __future__ import annotations

import numpy as np

from hcrisk.measures._design import Design
from hcrisk.measures._estimators import Estimate, Floats
from hcrisk.measures._labelled import Sample
from hcrisk.measures._weights import mean_of, quantile_of, shares_above


def designed_differences(
    sample: Sample,
    level: float,
    reserve: float,
    plan: Floats | None,
    confidence: float,
) -> tuple[Estimate, Estimate, Estimate | None]:
    """Return the management reserve, the chance over the base, and budget less mean as a base."""
    design = sample.design or Design(None, 0, 1)

    def between(values: Floats, weight: Floats | None) -> Floats:
        return np.asarray(quantile_of(values, weight, reserve) - quantile_of(values, weight, level))

    def spare(values: Floats, weight: Floats | None) -> Floats:
        return np.asarray(quantile_of(values, weight, level) - mean_of(values, weight))

    def over(values: Floats, weight: Floats | None) -> Floats:
        base = mean_of(values, weight) if plan is None else plan
        return np.asarray(shares_above(values, weight, base[..., None])[..., 0])

    values = sample.values
    return (
        design.estimate(values, between, reserve, confidence),
        design.proportion(values, over, confidence),
        design.estimate(values, spare, level, confidence) if plan is None else None,
    )
