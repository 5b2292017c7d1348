import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from hcrisk.measures import _estimators as est
from tests.cases import case
from tests.validation import assert_all_near, assert_near

# Equal-tailed conservative ranks at 95 % confidence, by "n:level".
RANKS_95 = case("qci-ranks-95")["expected"]
# Printed intervals for the median, [r, s, percent covered] by n.
MEDIAN_TABLE = case("qci-median-tableA7")["inputs"]["table"]
WILKS = case("qci-wilks-59")["expected"]

floats = st.floats(-1e9, 1e9, allow_subnormal=False)
samples = st.lists(floats, min_size=1, max_size=60).map(lambda x: np.sort(np.array(x)))
levels = st.floats(0.001, 0.999)
steady = settings(deadline=None, derandomize=True)


def test_snapped__forgets_binary_noise():
    assert 0.07 * 100 > 7
    assert est.snapped(0.07, 100) == (7, 0.0)
    assert est.snapped(0.29, 100) == (29, 0.0)
    assert est.snapped(0.999, 1_000_000) == (999_000, 0.0)
    assert est.snapped(0.85, 10) == (8, 0.5)


def test_snapped__stays_below_n():
    assert est.snapped(np.nextafter(1.0, 0.0), 100)[0] == 99


@pytest.mark.parametrize("percent", range(1, 100))
def test_snapped__whole_at_every_percent_of_a_round_number(percent):
    assert est.snapped(percent / 100, 100_000) == (percent * 1000, 0.0)


@steady
@given(samples, levels)
def test_quantile__is_numpys_linear(ordered, level):
    expected = np.quantile(ordered, level, method="linear")
    scale = np.abs(ordered).max()
    np.testing.assert_allclose(est.quantile(ordered, level), expected, rtol=1e-9, atol=1e-9 * scale)


@pytest.mark.parametrize("at", RANKS_95)
def test_order_statistic_ranks__tabulated(at):
    n, level = at.split(":")
    found = est.order_statistic_ranks(int(n), float(level), 0.95)
    ranks = {"lower rank": RANKS_95[at]["r"], "upper rank": RANKS_95[at]["s"]}
    assert_all_near(found, ranks, "qci-ranks-95")


@pytest.mark.parametrize("n", MEDIAN_TABLE)
def test_order_statistic_ranks__printed_median_intervals(n):
    # At the confidence that an interval has, the ranks found are its own.
    for r, s, percent in MEDIAN_TABLE[n]:
        coverage = stats.binom.cdf(s - 1, int(n), 0.5) - stats.binom.cdf(r - 1, int(n), 0.5)
        where = f"percent covered by {r} to {s}"
        assert_near(100 * coverage, percent, where, "qci-median-tableA7", abs=0.0501)
        assert est.order_statistic_ranks(int(n), 0.5, coverage - 1e-9) == (r, s)


@pytest.mark.parametrize("n", [10**9, 2**31, 10**12])
@pytest.mark.parametrize("level", [0.05, 0.5, 0.999])
def test_order_statistic_ranks__of_many_paths_are_those_of_a_normal(n, level):
    spread = math.sqrt(n * level * (1 - level))
    for rank, side in zip(est.order_statistic_ranks(n, level, 0.95), (-1, 1), strict=True):
        # The binomial's skewness moves ranks by less than two.
        assert rank - n * level == pytest.approx(side * stats.norm.ppf(0.975) * spread, abs=3)


@steady
@given(st.integers(1, 3000), levels, st.floats(0.5, 0.999))
@example(1, 0.5, 0.95)
def test_order_statistic_ranks__cover_and_no_narrower_interval_would(n, level, confidence):
    r, s = est.order_statistic_ranks(n, level, confidence)
    half, slack = (1 - confidence) / 2, 1e-10
    b = stats.binom(n, level)
    assert 0 <= r < s <= n + 1
    assert b.cdf(r - 1) <= half + slack
    assert b.sf(s - 1) <= half + slack
    assert b.cdf(r) > half - slack
    assert b.sf(s - 2) > half - slack


@pytest.mark.parametrize("level", [0.05, 0.5, 0.8, 0.95, 0.99, 0.999])
def test_paths_to_bound_quantile__one_fewer_leaves_it_unbounded(level):
    n = est.paths_to_bound_quantile(level, 0.95)
    r, s = est.order_statistic_ranks(n, level, 0.95)
    assert r >= 1
    assert s <= n
    r, s = est.order_statistic_ranks(n - 1, level, 0.95)
    assert r == 0 or s == n


def test_paths_to_bound_quantile__one_sided_bound_of_wilks():
    # 59 paths bound P95 from above with 95 % confidence: half of a 90 % interval.
    assert est.paths_to_bound_quantile(0.95, 0.90) == WILKS["n_one_sided"]
    assert est.paths_to_bound_quantile(0.99, 0.98) == WILKS["n_99_99"]


def test_tail_mean__hand_calculation():
    ordered = np.arange(1.0, 11.0)
    assert est.tail_mean(ordered, 0.8) == pytest.approx(9.5)
    assert est.tail_mean(ordered, 0.85) == pytest.approx((0.5 * 9 + 10) / 1.5)


@pytest.mark.parametrize("level", [0.5, 0.79, 0.8, 0.9])
def test_tail_mean__mass_at_zero(level):
    ordered = np.sort(np.r_[np.zeros(79), np.arange(1.0, 22.0)])
    # The integral of the quantile function over the tail, divided by its width.
    expected = np.arange(1.0, 22.0)[max(0, round(100 * level) - 79) :].sum() / (100 * (1 - level))
    assert est.tail_mean(ordered, level) == pytest.approx(expected)


def test_tail_mean__equal_paths_to_the_bit():
    assert est.tail_mean(np.full(7, 0.1), 0.95) == 0.1


def test_tail_mean__loses_no_path_to_rounding():
    # At 99.9 % as a float, ceil of the product would take one path too few.
    ordered = np.arange(1.0, 100_001.0)
    assert est.tail_mean(ordered, 0.999) == pytest.approx(99_950.5, rel=1e-14)


@steady
@given(samples, levels)
def test_tail_mean__at_least_the_quantile_and_the_mean(ordered, level):
    tail = est.tail_mean(ordered, level)
    slack = 1e-9 * (1 + np.abs(ordered).max())
    assert tail >= est.quantile(ordered, level) - slack
    assert tail >= ordered.mean() - slack
    assert tail <= ordered[-1] + slack


@steady
@given(samples, levels, st.floats(0, 1e3), floats)
def test_tail_mean__homogeneous_and_translates(ordered, level, factor, shift):
    tail = est.tail_mean(ordered, level)
    slack = 1e-9 * (1 + np.abs(ordered).max()) * (1 + factor) + 1e-9 * abs(shift)
    assert est.tail_mean(factor * ordered, level) == pytest.approx(factor * tail, abs=slack)
    assert est.tail_mean(ordered + shift, level) == pytest.approx(tail + shift, abs=slack)


@steady
@given(st.lists(st.tuples(floats, floats), min_size=1, max_size=60), levels)
def test_tail_mean__subadditive_on_paired_paths(pairs, level):
    x, y = np.array(pairs).T
    together, x_alone, y_alone = (est.tail_mean(np.sort(z), level) for z in (x + y, x, y))
    assert together <= x_alone + y_alone + 1e-9 * (1 + np.abs(x).max() + np.abs(y).max())


@pytest.mark.parametrize(("count", "n"), [(81, 263), (15, 148), (0, 20), (29, 29), (1, 1)])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_wilson_estimate__scipys(count, n, confidence):
    expected = stats.binomtest(count, n).proportion_ci(confidence, method="wilson")
    found = est.wilson_estimate(np.array(float(count)), n, confidence)
    assert (found.lower, found.upper) == pytest.approx((expected.low, expected.high), abs=1e-12)


@steady
@given(st.integers(1, 10**6), st.floats(0, 1))
def test_wilson_estimate__inside_the_unit_interval_and_around_the_share(n, share):
    found = est.wilson_estimate(np.array(share * n), n, 0.95)
    assert 0 <= found.lower <= found.value <= found.upper <= 1


def test_mean_estimate__students_t():
    values = np.array([4.0, 7.0, 1.0, 8.0])
    low, high = stats.t.interval(0.9, 3, loc=5.0, scale=stats.sem(values))
    found = est.mean_estimate(values, 0.9)
    assert (found.value, found.lower, found.upper) == pytest.approx((5.0, low, high))


@pytest.mark.parametrize(
    ("n", "share", "batches"),
    [
        (249, 0.2, 0),
        (250, 1 - 0.8, 10),
        (1000, 1 - 0.95, 10),
        (10_000, 1 - 0.99, 20),
        (10**6, 0.5, 30),
    ],
)
def test_batch_count__keeps_five_tail_paths_in_each(n, share, batches):
    assert est.batch_count(n, share) == batches


@pytest.mark.parametrize("share", [0.5, 0.2, 1 - 0.95, 1 - 0.99, 1 - 0.999])
def test_paths_to_batch__one_fewer_is_too_few(share):
    n = est.paths_to_batch(share)
    assert est.batch_count(n, share) == est.FEWEST_BATCHES
    assert est.batch_count(n - 1, share) == 0


def test_sorted_batches__consecutive_slices_of_equal_size():
    values = np.array([[5.0, 1.0, 4.0, 2.0, 3.0, 0.0, 9.0]])
    assert est.sorted_batches(values, 3).tolist() == [[[1.0, 5.0], [2.0, 4.0], [0.0, 3.0]]]


def test_batch_estimate__spread_about_the_whole():
    found = est.batch_estimate(np.array(2.0), np.array([1.0, 2.0, 6.0]), 0.95)
    half = stats.t.ppf(0.975, 2) * np.sqrt((1 + 0 + 16) / 6)
    assert (found.lower, found.upper) == pytest.approx((2 - half, 2 + half))


def test_batch_estimate__covers_as_often_as_it_says():
    # 300 samples of 10 000 lognormal losses; TVaR in closed form. 95 % +- 3 standard errors.
    z = stats.norm.ppf(0.95)
    true = np.exp(0.5) * stats.norm.cdf(1 - z) / 0.05
    rng = np.random.default_rng(20_240_501)
    values = np.exp(rng.standard_normal((300, 10_000)))
    by_batch = est.tail_mean(est.sorted_batches(values, est.batch_count(10_000, 0.05)), 0.95)
    found = est.batch_estimate(est.tail_mean(np.sort(values), 0.95), by_batch, 0.95)
    covered = ((found.lower <= true) & (true <= found.upper)).mean()
    assert covered == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 300))


@pytest.mark.parametrize("skew", [-1.0, -0.3, 0.0, 1e-9, 0.2, 1.0])
@pytest.mark.parametrize("t", [-2.5, -1.0, 0.5, 1.96])
def test_unskewed__is_the_inverse_of_halls_transformation(t, skew):
    x = est._unskewed(t, np.array(skew)).item()
    assert x + skew * x**2 / 3 + skew**2 * x**3 / 27 + skew / 6 == pytest.approx(t, abs=1e-12)


@steady
@given(hnp.arrays(float, (3, 250), elements=st.integers(0, 3).map(float)), st.floats(0.01, 0.99))
def test_tail_estimate__bounds_enclose_the_value(values, confidence):
    found = est.tail_estimate(np.sort(values), 0.8, confidence)
    assert (found.lower <= found.value).all()
    assert (found.value <= found.upper).all()
    assert np.isfinite(found.upper).all()


def test_tail_estimate__a_narrow_spread_on_a_large_amount():
    """What is added to every path is added to the bounds, but for rounding."""
    values = np.sort(np.random.default_rng(3).exponential(size=1000))
    one, other = (est.tail_estimate(add + values, 0.95, 0.95) for add in (0.0, 1e7))
    for small, large in zip(one, other, strict=True):
        assert large - 1e7 == pytest.approx(small, abs=1e-6)


def test_regrets__published_decision_table():
    found = case("reg-minimax-emmanuel")
    regret = est.regrets(-np.array(found["inputs"]["payoff"], dtype=float))
    expected = {f"act {n}": v for n, v in enumerate(found["expected"]["max_regret"], start=1)}
    assert_all_near(regret.max(axis=-1), expected, found["id"])
