"""Intervals of weighted tails: against exact Poisson bounds, by enumeration, and by brute force."""

import numpy as np
import pytest
from scipy import stats

import hcrisk
from hcrisk.measures._gamma import (
    FEWEST_EFFECTIVE,
    fraction_estimate,
    gamma_bounds,
    paths_to_bound,
    quantile_estimate,
    share_estimate,
    tail_estimate_of,
)
from hcrisk.measures._weights import calibrated, quantile_of, shares_above, tail_mean_of
from hcrisk.program.proposal import Cause, Proposal, Tilt
from tests.builders import bare, exponential, one_risk
from tests.sampling.test_proposal import MEAN, RATE, compound_tail, density


@pytest.fixture
def drawn():
    generator = np.random.default_rng(8)
    weight = generator.choice([0.1, 0.6, 2.5], size=400, p=[0.3, 0.4, 0.3])
    return generator.lognormal(size=(2, 400)).round(1), weight


@pytest.mark.parametrize("count", [1, 3, 20, 1_000])
def test_events_of_equal_weight_have_the_exact_bounds_of_a_poisson_mean(count):
    lower, upper = gamma_bounds(np.array([float(count)]), np.array([float(count)]), 1.0, 0.9)
    assert stats.poisson(lower[0]).sf(count - 1) == pytest.approx(0.05)
    assert stats.poisson(upper[0]).cdf(count) == pytest.approx(0.05)


@pytest.mark.parametrize("rare", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("often", [5.0, 40.0])
def test_rare_heavy_events_are_covered_by_enumeration(often, rare):
    """Of two kinds of events, the rare weigh ten times as much: every outcome is looked at."""
    light, heavy = np.meshgrid(np.arange(120.0), np.arange(30.0))
    chance = stats.poisson(often).pmf(light) * stats.poisson(rare).pmf(heavy)
    total, variance = 0.25 * light + 2.5 * heavy, 0.25**2 * light + 2.5**2 * heavy
    true = 0.25 * often + 2.5 * rare
    lower, upper = gamma_bounds(total, variance, 2.5, 0.95)
    assert chance.sum() == pytest.approx(1.0)
    assert chance[(lower <= true) & (true <= upper)].sum() >= 0.95
    # What the spread between the events alone says is too little.
    half = stats.norm.ppf(0.975) * np.sqrt(variance)
    assert chance[np.abs(total - true) <= half].sum() < 0.95


def test_a_share_is_the_weighted_one_with_the_spread_about_its_regression(drawn):
    values, weight = drawn
    amounts = np.array([0.0, 0.9, 1.0, 3.0, 1e9])
    found = share_estimate(values, weight, amounts, 0.95)
    np.testing.assert_allclose(
        found.value, shares_above(values, calibrated(weight), amounts), atol=1e-12
    )
    z = weight * (values[1] > 3.0)
    design = np.stack([np.ones_like(weight), weight], axis=1)
    residual = z - design @ np.linalg.lstsq(design, z, rcond=None)[0]
    variance = np.square(residual).sum() / weight.size**2
    expected = gamma_bounds(
        found.value[1, 3:4], np.array([variance]), weight.max() / weight.size, 0.95
    )
    np.testing.assert_allclose([found.lower[1, 3], found.upper[1, 3]], np.ravel(expected))
    assert (found.upper[:, -1] > 0).all()
    assert (found.lower[:, -1] == 0).all()
    # As a mean of zeros and ones it is the same.
    same = fraction_estimate((values > 3.0).astype(float), weight, 0.95)
    np.testing.assert_allclose(np.stack(same), np.stack(found)[:, :, 3])


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9, 0.95])
def test_a_quantile_lies_between_the_amounts_that_are_not_ruled_out(level, drawn):
    values, weight = drawn
    (value, lower, upper), _ = quantile_estimate(values, weight, level, 0.95)
    np.testing.assert_array_equal(value, quantile_of(values, calibrated(weight), level))
    for row, low, high in zip(values, lower, upper, strict=True):
        side = 1.0 if level >= 0.5 else -1.0
        share = min(level, 1.0 - level)
        amounts = np.sort(side * row)
        bounds = share_estimate(side * row, weight, amounts, 0.95)
        ends = amounts[bounds.lower <= share][0], amounts[bounds.upper <= share][0]
        assert sorted(side * end for end in ends) == [low, high]


def test_a_tail_mean_is_the_quantile_and_a_bounded_excess(drawn):
    values, weight = drawn
    (value, lower, upper), effective = tail_estimate_of(values, weight, 0.9, 0.95)
    np.testing.assert_allclose(value, tail_mean_of(values, calibrated(weight), 0.9))
    assert ((lower < value) & (value < upper)).all()
    assert ((upper - value) > (value - lower)).all()
    assert ((effective > 5) & (effective < 40)).all()


def test_what_is_certain_is_so_with_enough_paths():
    weight, same = np.tile([0.2, 1.8], 500), np.full(1_000, 7.0)
    for estimate in (quantile_estimate, tail_estimate_of):
        (value, lower, upper), _ = estimate(same, weight, 0.9, 0.95)
        np.testing.assert_allclose((value, lower, upper), 7.0, rtol=1e-12)
        (_, lower, upper), _ = estimate(same[:20], weight[:20], 0.9, 0.95)
        assert np.isinf(upper)


def test_paths_to_bound_is_where_bounds_begin():
    values, weight = np.arange(1e4), np.tile([2.5, 0.1], 5_000)
    for level in (0.1, 0.75, 0.99):
        enough = paths_to_bound(min(level, 1 - level), 2.5, 0.95)
        for n, finite in ((enough, True), (enough - 1, False)):
            low, high = quantile_estimate(values[:n], weight[:n], level, 0.95).estimate[1:]
            assert np.isfinite(high - low) == finite


def missing_the_worst():
    """A breach forced with sizes from below: the largest come from plain paths, which weigh 2.5."""
    forced = Cause("breach", 0.6, (), "breach", (1.0,), (Tilt("loss/sum", 0, density(-15.0)),))
    return Proposal(0.4, (forced,))


def test_intervals_cover_with_a_proposal_that_misses_the_worst():
    scenario = bare(one_risk(RATE, exponential(MEAN), reference_providers=50, max_multiple=1))
    quantile, tail = compound_tail(0.99)
    ds = hcrisk.simulate(
        scenario, paths=600_000, seed=4, proposal=missing_the_worst(), detail="totals"
    )
    covered, naive, effective = np.zeros(2), 0, []
    for start in range(0, 600_000, 3_000):
        part = ds.isel(path=slice(start, start + 3_000), strategy=0)
        values, weight = part["npv"].values, part["weight"].values
        measures = ((quantile_estimate, quantile), (tail_estimate_of, tail))
        for i, (estimate, true) in enumerate(measures):
            found = estimate(values, weight, 0.99, 0.95)
            covered[i] += found.estimate.lower <= true <= found.estimate.upper
        effective.append(float(found.effective))
        excess = calibrated(weight) * np.maximum(values - quantile_of(values, weight, 0.99), 0)
        half = 1.96 * excess.std() / np.sqrt(3_000) / 0.01
        naive += abs(tail_mean_of(values, calibrated(weight), 0.99) - tail) <= half
    # The quantile is covered as often as is said, the tail mean of a handful of paths nearly (which
    # is warned of); by the spread between paths alone it would be covered less often still.
    assert covered[0] >= 184, covered
    assert naive + 8 < covered[1] >= 176, (naive, covered)
    assert max(effective) < FEWEST_EFFECTIVE


def test_few_effective_paths_are_said():
    scenario = bare(one_risk(RATE, exponential(MEAN), reference_providers=50, max_multiple=1))
    ds = hcrisk.simulate(scenario, paths=1_000, seed=4, proposal=missing_the_worst())
    with pytest.warns(hcrisk.PrecisionWarning, match=r"TVaR at 0\.99 .* effective paths of 1,000"):
        found = hcrisk.tail_value_at_risk(ds, 0.99)
    assert np.isfinite(found["upper"]).all()
    with pytest.warns(hcrisk.PrecisionWarning, match=r"P99 .* effective paths") as caught:
        hcrisk.percentiles(ds, 0.99)
    # It points at whoever asked.
    assert caught[0].filename == __file__
