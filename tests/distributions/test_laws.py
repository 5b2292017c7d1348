"""Every family against SciPy, and what truncation, clipping, tables and raw slots promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hcrisk.distributions.distribution import Distribution
from hcrisk.distributions.encode import TableBuilder, encode, raw_slot
from hcrisk.exceptions import ScenarioError
from hcrisk.kernels import law_columns as col
from hcrisk.kernels.laws import draw_law, prepare_law
from tests.streams import fill_uniform
from tests.validation import assert_all_near, assert_near

INF = float("inf")
make = Distribution.from_mapping


def levels(n=300):
    u = np.empty(n)
    fill_uniform(np.uint64(9), 0, 0, u)
    return np.sort(np.concatenate([u, 1e-9 * u, 1 - 1e-9 * u]))


Z90 = stats.norm.ppf(0.9)
SIGMA = np.log(98010 / 60340) / Z90
WIDE = np.log(9) / (2 * stats.norm.ppf(0.95))
LOGVAR = np.log1p(0.5**2)
AGAINST_SCIPY = [
    ({"dist": "uniform", "low": -2, "high": 5}, stats.uniform(-2, 7)),
    ({"dist": "triangular", "low": 1, "mode": 2, "high": 6}, stats.triang(0.2, 1, 5)),
    ({"dist": "normal", "mean": 3, "sd": 2}, stats.norm(3, 2)),
    ({"dist": "normal", "p10": 1, "p90": 5}, stats.norm(3, 2 / Z90)),
    ({"dist": "lognormal", "mu": 1, "sigma": 0.8}, stats.lognorm(0.8, scale=np.e)),
    ({"dist": "lognormal", "median": 4, "sigma": 0.8}, stats.lognorm(0.8, scale=4)),
    ({"dist": "lognormal", "p50": 60340, "p90": 98010}, stats.lognorm(SIGMA, scale=60340)),
    ({"dist": "lognormal", "median": 60340, "p90": 98010}, stats.lognorm(SIGMA, scale=60340)),
    ({"dist": "lognormal", "p5": 1, "p95": 9}, stats.lognorm(WIDE, scale=3)),
    ({"dist": "lognormal", "mean": 10, "sd": 5},
     stats.lognorm(np.sqrt(LOGVAR), scale=10 / np.exp(LOGVAR / 2))),
    ({"dist": "gamma", "shape": 0.3, "scale": 2}, stats.gamma(0.3, scale=2)),
    ({"dist": "gamma", "mean": 1, "cv": 0.5}, stats.gamma(4, scale=0.25)),
    ({"dist": "beta", "alpha": 1.5, "beta": 3}, stats.beta(1.5, 3)),
    ({"dist": "beta", "mean": 3, "sd": 0.5, "low": 2, "high": 4}, stats.beta(1.5, 1.5, 2, 2)),
    ({"dist": "pert", "low": 20, "mode": 100, "high": 900},
     stats.beta(1 + 4 / 11, 5 - 4 / 11, 20, 880)),
    ({"dist": "weibull", "shape": 1.7, "scale": 3}, stats.weibull_min(1.7, scale=3)),
    ({"dist": "pareto", "scale": 2, "alpha": 2.5}, stats.pareto(2.5, scale=2)),
    ({"dist": "gpd", "location": 1, "scale": 2, "shape": 0.2}, stats.genpareto(0.2, 1, 2)),
    ({"dist": "gpd", "location": 1, "scale": 2, "shape": 0}, stats.expon(1, 2)),
    ({"dist": "gpd", "location": 1, "scale": 2, "shape": -0.4}, stats.genpareto(-0.4, 1, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "reference"), AGAINST_SCIPY)
def test_quantiles_moments_and_support(mapping, reference):
    ours = make(mapping)
    u = levels()
    expected = np.where(u < 0.5, reference.ppf(u), reference.isf(1 - u))
    np.testing.assert_allclose(ours.quantile(u), expected, rtol=2e-10, atol=1e-12)
    assert ours.median() == pytest.approx(reference.median(), rel=1e-10)
    assert ours.mean() == pytest.approx(reference.mean(), rel=1e-9)
    assert ours.sd() == pytest.approx(reference.std(), rel=1e-9)
    np.testing.assert_allclose(ours.support(), reference.support(), rtol=1e-15)
    np.testing.assert_array_equal(ours.quantile([0, 1]), ours.support())


@pytest.mark.parametrize(("mapping", "reference"), AGAINST_SCIPY)
def test_truncation_conditions_and_clipping_moves(mapping, reference):
    low, high = float(reference.ppf(0.2)), float(reference.ppf(0.9))
    truncated = make({**mapping, "truncate": [low, high]})
    clipped = make({**mapping, "clip": [low, high]})
    u = np.linspace(0.001, 0.999, 200)
    np.testing.assert_allclose(
        truncated.quantile(u), reference.ppf(0.2 + 0.7 * u), rtol=1e-9, atol=1e-12
    )
    np.testing.assert_allclose(
        clipped.quantile(u), np.clip(reference.ppf(u), low, high), rtol=2e-10, atol=1e-12
    )
    grid = (np.arange(20_000) + 0.5) / 20_000
    for ours in (truncated, clipped):
        sample = ours.quantile(grid)
        assert ours.mean() == pytest.approx(sample.mean(), rel=1e-6)
        assert ours.sd() == pytest.approx(sample.std(), rel=1e-4)
        assert ours.support() == (low, high)
    assert truncated.sd() != pytest.approx(clipped.sd(), rel=1e-3)


def test_truncated_normal_moments_are_the_textbook_ones():
    ours = make({"dist": "normal", "mean": 1, "sd": 2, "truncate": [0, INF]})
    reference = stats.truncnorm(-0.5, INF, 1, 2)
    assert_near(ours.mean(), reference.mean(), "mean", rel=1e-9)
    assert_near(ours.sd(), reference.std(), "standard deviation", rel=1e-9)


def test_clipped_pareto_mean_is_the_limited_expected_value():
    # E[min(X, c)] = a s/(a - 1) - s^a c^(1 - a)/(a - 1)
    ours = make({"dist": "pareto", "scale": 1, "alpha": 1.1, "clip": [0, 1000]})
    assert_near(ours.mean(), 11 - 1000**-0.1 / 0.1, "mean", rel=1e-9)


def test_heavy_tails_have_infinite_moments():
    assert make({"dist": "pareto", "scale": 1, "alpha": 0.9}).mean() == INF
    assert make({"dist": "pareto", "scale": 1, "alpha": 1.5}).sd() == INF
    clipped_below = make({"dist": "gpd", "location": 0, "scale": 1, "shape": 0.7, "clip": [1, INF]})
    assert clipped_below.sd() == INF
    assert clipped_below.mean() > 1 + 0.3


# T. W. Keelin, Decision Analysis 13(4) (2016), section 6.2.1, with the inputs {35, 50, 75} of
# Frontline Solver's PsiMetalogSPT example; moments by 30-digit quadrature.
SPT = [[0.1, 35], [0.5, 50], [0.9, 75]]


def _percentiles(values):
    return {f"P{100 * level:.6g}": value for level, value in values.items()}


def test_published_metalog_unbounded():
    ours = make({"dist": "metalog", "quantiles": SPT})
    known = {0.01: 20.98280777566, 0.05: 30.73646601167, 0.25: 41.5625, 0.5: 50.0,
             0.75: 61.5625, 0.95: 84.33934319659, 0.99: 104.6359745485}  # fmt: skip
    assert_all_near(ours.quantile(list(known)), _percentiles(known), rel=1e-11)
    assert_near(ours.mean(), 52.84449758321, "mean", rel=1e-9)
    assert_near(ours.sd() ** 2, 284.1472498029, "variance", rel=1e-9)


def test_published_metalog_bounded():
    ours = make({"dist": "metalog", "quantiles": SPT, "low": 0, "high": 100})
    known = {0.01: 23.47316838013, 0.25: 41.22965576282, 0.9: 75.0, 0.99: 91.76162644162}
    assert_all_near(ours.quantile(list(known)), _percentiles(known), rel=1e-9)
    assert_near(ours.mean(), 52.55406501567, "mean", rel=1e-8)
    assert_near(ours.sd(), 15.42587685209, "standard deviation", rel=1e-8)
    assert ours.support() == (0.0, 100.0)


def test_metalog_of_many_quantiles_and_one_bound_meets_them():
    pairs = [[0.05, 2.0], [0.25, 4.0], [0.5, 6.0], [0.75, 9.5], [0.95, 20.0]]
    for bounds in ({"low": 0.0}, {"high": 500.0}, {}):
        ours = make({"dist": "metalog", "quantiles": pairs, **bounds})
        np.testing.assert_allclose(ours.quantile([p for p, _ in pairs]), [x for _, x in pairs])


# Modified PERT (Vose), alpha = 1 + gamma (mode - low)/(high - low).
PERTS = [
    ((5, 20, 50, 2), 23.75, 9.921567416492,
     [8.769416824834, 10.85653424128, 23.0706775101, 37.73506458946, 41.04772502328]),
    ((20, 100, 900, 4), 220.0, 139.3864104874,
     [44.45826258613, 61.93406760325, 192.4487733485, 419.8125188061, 490.2202258312]),
    ((10000, 20000, 500000, 4), 98333.33333333, 71194.45760486,
     [16572.7579865, 22776.74338565, 80696.69058785, 200677.7115206, 240602.273533]),
]  # fmt: skip


@pytest.mark.parametrize(("inputs", "mean", "sd", "quantiles"), PERTS)
def test_modified_pert(inputs, mean, sd, quantiles):
    ours = make(dict(zip(("low", "mode", "high", "gamma"), inputs, strict=True), dist="pert"))
    assert_near(ours.mean(), mean, "mean", rel=1e-10)
    assert_near(ours.sd(), sd, "standard deviation", rel=1e-10)
    known = dict(zip([0.05, 0.1, 0.5, 0.9, 0.95], quantiles, strict=True))
    assert_all_near(ours.quantile(list(known)), _percentiles(known), rel=1e-10)


def test_discrete_and_empirical():
    ours = make({"dist": "discrete", "values": [3, 1, 2], "weights": [1, 1, 2]})
    np.testing.assert_array_equal(ours.quantile([0.2, 0.25, 0.26, 0.75, 0.76]), [1, 1, 2, 2, 3])
    assert ours.mean() == 2.0
    assert ours.sd() == pytest.approx(np.sqrt(0.5))
    data = make({"dist": "empirical", "values": [3, 1, 2, 10]})
    np.testing.assert_array_equal(data.quantile([0.1, 0.3, 0.6, 0.9]), [1, 2, 3, 10])
    cut = make({"dist": "empirical", "values": [3, 1, 2, 10], "truncate": [2, 5]})
    np.testing.assert_array_equal(cut.quantile([0.01, 0.4, 0.6, 0.99]), [2, 2, 3, 3])
    assert (cut.mean(), cut.support()) == (2.5, (2.0, 3.0))


LOGNORMAL = {"dist": "lognormal", "mu": 0, "sigma": 1}
FAR = {"dist": "normal", "mean": 50, "sd": 3}
GAP = {"dist": "uniform", "low": 4, "high": 5}


def test_mixture_quantile_inverts_the_mixed_distribution_function():
    ours = make({"dist": "mixture", "weights": [9, 1], "components": [LOGNORMAL, FAR]})
    u = np.linspace(1e-4, 1 - 1e-4, 500)
    x = ours.quantile(u)
    mixed = 0.9 * stats.lognorm(1).cdf(x) + 0.1 * stats.norm(50, 3).cdf(x)
    np.testing.assert_allclose(mixed, u, rtol=0, atol=1e-8)
    mean = 0.9 * np.exp(0.5) + 5
    assert ours.mean() == pytest.approx(mean, rel=1e-12)
    second = 0.9 * np.exp(2) + 0.1 * 2509
    assert ours.sd() == pytest.approx(np.sqrt(second - mean**2), rel=1e-12)


def test_mixture_with_an_atom_a_gap_and_a_table_family():
    parts = [{"dist": "constant", "value": 0}, GAP, {"dist": "gamma", "shape": 2, "scale": 20}]
    ours = make({"dist": "mixture", "weights": [2, 1, 1], "components": parts})
    u = np.linspace(0.51, 0.999, 400)
    x = ours.quantile(u)
    uniform, gamma = stats.uniform(4, 1), stats.gamma(2, scale=20)
    np.testing.assert_allclose(0.5 + 0.25 * (uniform.cdf(x) + gamma.cdf(x)), u, atol=1e-8)
    assert (ours.quantile(np.linspace(0.001, 0.4999, 50)) == 0).all()
    two = make(
        {"dist": "mixture", "weights": [1, 1], "components": [GAP, {**GAP, "low": 0, "high": 1}]}
    )
    np.testing.assert_allclose(
        two.quantile([0.25, 0.4999, 0.5001, 0.75]), [0.5, 0.9998, 4.0002, 4.5]
    )
    assert (np.diff(two.quantile(np.linspace(0.001, 0.999, 5000))) >= 0).all()


def test_truncated_mixture_conditions():
    mixture = {"dist": "mixture", "weights": [9, 1], "components": [LOGNORMAL, FAR]}
    ours = make({**mixture, "truncate": [0, 20]})
    grid = (np.arange(20_000) + 0.5) / 20_000
    sample = ours.quantile(grid)
    assert sample.max() <= 20.0
    assert ours.mean() == pytest.approx(sample.mean(), rel=1e-4)


EVERY = [mapping for mapping, _ in AGAINST_SCIPY] + [
    {"dist": "metalog", "quantiles": SPT},
    {"dist": "metalog", "quantiles": SPT, "low": 0},
    {"dist": "mixture", "weights": [9, 1], "components": [LOGNORMAL, FAR]},
    {"dist": "discrete", "values": [3, 1, 2], "weights": [1, 1, 2]},
]


@pytest.mark.parametrize("mapping", EVERY)
def test_not_decreasing_in_u(mapping):
    x = make(mapping).quantile(np.sort(np.concatenate([levels(), np.linspace(0.001, 0.999, 9999)])))
    assert (np.diff(x) >= -4e-16 * np.abs(x[1:])).all()


positive = st.floats(0.1, 10)


@given(positive, positive, st.floats(0.01, 0.99), st.floats(1.001, 3))
@settings(deadline=None, derandomize=True, max_examples=40)
def test_rises_with_location_and_scale(a, b, u, factor):
    def at(mapping):
        return float(make(mapping).quantile(u))

    assert at({"dist": "normal", "mean": a * factor, "sd": b}) > at(
        {"dist": "normal", "mean": a, "sd": b}
    )
    scaled = [("weibull", "scale", "shape"), ("gamma", "scale", "shape")]
    scaled += [("pareto", "scale", "alpha"), ("lognormal", "median", "sigma")]
    for family, name, other in scaled:
        first = {"dist": family, name: a, other: b}
        assert at({**first, name: a * factor}) > at(first)
    assert (
        at({"dist": "lognormal", "p50": a, "p90": a * 2 * factor})
        >= at({"dist": "lognormal", "p50": a, "p90": a * 2})
        or u < 0.5
    )


SHAPED = [
    {"dist": "gamma", "shape": 0.05, "scale": 1},
    {"dist": "gamma", "shape": 2.5, "scale": 3},
    {"dist": "gamma", "shape": 1e4, "scale": 1},
    {"dist": "beta", "alpha": 0.05, "beta": 0.05},
    {"dist": "beta", "alpha": 0.05, "beta": 300},
    {"dist": "beta", "alpha": 1e4, "beta": 20},
    {"dist": "pert", "low": 0, "mode": 0, "high": 1},
]


@pytest.mark.parametrize("mapping", SHAPED)
def test_tables_agree_with_direct_evaluation(mapping):
    distribution = make(mapping)
    tables = TableBuilder()
    first = next(iter(distribution.parameters))
    rows = np.array(
        [encode(distribution, tables), encode(distribution, tables, uncertain=["shape", first])]
    )
    assert rows[0, col.TABLE_SIZE] > 0
    assert rows[1, col.TABLE_SIZE] == 0
    flat = tables.array()
    pairs = np.array([[draw_law(rows, i, flat, u) for u in levels(150)] for i in (0, 1)])
    pairs = pairs[:, pairs[1] > 1e-300]
    np.testing.assert_allclose(pairs[0], pairs[1], rtol=1e-10)


def test_tables_are_shared():
    tables = TableBuilder()
    pert = {"dist": "pert", "low": 0, "mode": 1, "high": 4}
    first = encode(make(pert), tables)
    second = encode(make({"dist": "pert", "low": 0, "mode": 100, "high": 400}), tables)
    assert first[col.TABLE_START] == second[col.TABLE_START]
    assert tables.array().size == first[col.TABLE_SIZE]


REWRITTEN = [
    ({"dist": "lognormal", "p50": 2, "p90": 5}, "p90", 7.0),
    ({"dist": "lognormal", "p90": 5, "p50": 2}, "p50", 3.0),
    ({"dist": "gamma", "mean": 1, "cv": 0.5}, "cv", 0.9),
    ({"dist": "gamma", "mean": 1, "cv": 0.5}, "mean", 3.0),
    ({"dist": "pert", "low": 0, "mode": 1, "high": 4}, "high", 9.0),
    ({"dist": "beta", "mean": 0.3, "sd": 0.1}, "mean", 0.4),
    ({"dist": "normal", "mean": 0, "sd": 1, "truncate": [-1, 1]}, "mean", 0.5),
]


@pytest.mark.parametrize(("mapping", "name", "value"), REWRITTEN)
def test_an_uncertain_parameter_is_overwritten_and_prepared(mapping, name, value):
    distribution = make(mapping)
    tables = TableBuilder()
    row = encode(distribution, tables, uncertain=[name]).reshape(1, -1)
    row[0, raw_slot(distribution, name)] = value
    prepare_law(row, 0, tables.array())
    ours = [draw_law(row, 0, tables.array(), u) for u in (0.01, 0.5, 0.99)]
    expected = make({**mapping, name: value}).quantile([0.01, 0.5, 0.99])
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


def test_lists_take_no_uncertain_parameter():
    distribution = make({"dist": "empirical", "values": [1, 2]})
    with pytest.raises(ScenarioError, match="cannot be uncertain"):
        encode(distribution, TableBuilder(), uncertain=["values"])
    with pytest.raises(KeyError):
        raw_slot(distribution, "values")


def test_degenerate_and_infinite_parameters_give_no_nan():
    assert make({"dist": "constant", "value": INF}).quantile(0.3) == INF
    assert make({"dist": "gamma", "mean": 2, "cv": 0}).quantile(0.3) == 2.0
    assert make({"dist": "normal", "mean": 2, "sd": 0}).support() == (2.0, 2.0)
    assert make({"dist": "beta", "mean": 0.25, "sd": 0}).quantile([0.1, 0.9]).tolist() == [0.25] * 2
    distribution = make({"dist": "lognormal", "p50": 2, "p90": 5})
    row = encode(distribution, TableBuilder(), uncertain=["p90"]).reshape(1, -1)
    row[0, raw_slot(distribution, "p90")] = INF
    prepare_law(row, 0, np.empty(0))
    draws = [draw_law(row, 0, np.empty(0), u) for u in (0.4, 0.5, 0.6)]
    assert draws == [0.0, pytest.approx(2.0), INF]


def test_levels_outside_are_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        make({"dist": "uniform", "low": 0, "high": 1}).quantile([0.5, 1.5])
