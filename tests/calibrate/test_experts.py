import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcrisk.calibrate import (
    CalibrationError,
    Expert,
    average_quantiles,
    pool_linearly,
    pooled_metalog,
)
from hcrisk.distributions.distribution import Distribution

LOW = Expert({0.1: 30.0, 0.5: 50.0, 0.9: 80.0})
HIGH = Expert({0.05: 100.0, 0.5: 150.0, 0.95: 230.0})


def cdf(law, x):
    grid = np.linspace(1e-6, 1 - 1e-6, 20_001)
    return float(np.interp(x, Distribution.from_mapping(law).quantile(grid), grid))


def metalog(expert):
    pairs = [list(pair) for pair in expert.quantiles.items()]
    return {"dist": "metalog", "quantiles": pairs, "low": 0.0}


def test_linear_pool__averages_the_distribution_functions():
    pool = pool_linearly([LOW, Expert(HIGH.quantiles, 3.0)], low=0.0)
    for x in (40.0, 60.0, 130.0, 200.0):
        expected = 0.25 * cdf(metalog(LOW), x) + 0.75 * cdf(metalog(HIGH), x)
        assert cdf(pool, x) == pytest.approx(expected, abs=2e-4)


def test_vincent__averages_quantiles_and_is_narrower_than_the_pool():
    average = average_quantiles([LOW, HIGH], low=0.0)
    pool = Distribution.from_mapping(pool_linearly([LOW, HIGH], low=0.0))
    found = Distribution.from_mapping(average)
    assert found.median() == pytest.approx((50.0 + 150.0) / 2, rel=1e-4)
    width = found.quantile(0.9) - found.quantile(0.1)
    assert width < pool.quantile(0.9) - pool.quantile(0.1)
    # Quantile averaging keeps the mean of means.
    means = [Distribution.from_mapping(metalog(one)).mean() for one in (LOW, HIGH)]
    assert found.mean() == pytest.approx(np.mean(means), rel=0.02)


@settings(max_examples=20)
@given(st.lists(st.floats(0.1, 10.0), min_size=1, max_size=4))
def test_pools__of_experts_who_agree_are_what_they_say(weights):
    experts = [Expert(LOW.quantiles, weight) for weight in weights]
    average = average_quantiles(experts, levels=[0.1, 0.5, 0.9])
    assert average["quantiles"] == [[0.1, 30.0], [0.5, 50.0], [0.9, 80.0]]
    assert math.isclose(sum(pool_linearly(experts)["weights"]), 1.0)


def test_pooled_metalog__goes_through_the_pool():
    near = Expert({0.1: 40.0, 0.5: 60.0, 0.9: 95.0})
    smooth = Distribution.from_mapping(pooled_metalog([LOW, near], low=0.0))
    pool = Distribution.from_mapping(pool_linearly([LOW, near], low=0.0))
    levels = [0.05, 0.25, 0.5, 0.75, 0.95]
    assert smooth.quantile(levels) == pytest.approx(pool.quantile(levels), rel=1e-3)


def test_refused__says_which_expert_and_why():
    wrong = Expert({0.1: 50.0, 0.5: 40.0, 0.9: 80.0})
    for pool in (pool_linearly, average_quantiles, pooled_metalog):
        with pytest.raises(CalibrationError, match=r"expert 2, with quantiles .* must both rise"):
            pool([LOW, wrong])
    with pytest.raises(CalibrationError, match="expert 1 has weight 0; weights must be above 0"):
        pool_linearly([Expert(LOW.quantiles, 0)])
    with pytest.raises(CalibrationError, match="no experts to pool"):
        pool_linearly([])
    with pytest.raises(CalibrationError, match=r"expert 1, .* must lie between low"):
        pool_linearly([LOW], low=31.0)
