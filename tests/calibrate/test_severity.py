import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hcrisk.calibrate import (
    CalibrationError,
    Sample,
    assess,
    fit_severity,
    rank_severities,
    severity_profile,
)
from hcrisk.calibrate.families import gamma, generalised_pareto, severity_families
from hcrisk.distributions.distribution import Distribution
from tests.validation import assert_all_near

# Freireich and others (1963), weeks in remission under 6-mercaptopurine; + marks those who went on.
REMISSION = [6, 6, 6, 7, 10, 13, 16, 22, 23]
STILL = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]

THETA = {
    "weibull": {"shape": 0.6, "scale": 900.0},
    "lognormal": {"median": 3000.0, "sigma": 1.5},
    "gamma": {"shape": 0.7, "scale": 4000.0},
    "generalised_pareto": {"scale": 4000.0, "shape": 0.4},
    "pareto": {"shape": 0.8},
}


def law(name, location=500.0):
    theta = list(THETA[name].values())
    return {
        "weibull": lambda: stats.weibull_min(theta[0], scale=theta[1]),
        "lognormal": lambda: stats.lognorm(theta[1], scale=theta[0]),
        "gamma": lambda: stats.gamma(theta[0], scale=theta[1]),
        "generalised_pareto": lambda: stats.genpareto(theta[1], loc=location, scale=theta[0]),
        "pareto": lambda: stats.pareto(theta[0], scale=location),
    }[name]()


def draws(name, n, seed, above=500.0):
    uniform = np.random.default_rng(seed).random(n)
    return law(name).isf(law(name).sf(above) * uniform)


def remission():
    value = np.array([*REMISSION, *STILL], dtype=float)
    return Sample.of(value, censored=np.arange(value.size) >= len(REMISSION))


@pytest.mark.parametrize("name", THETA)
def test_families__agree_with_scipy_far_into_the_tail(name):
    x = np.array([501.0, 2e3, 1e5, 3e6])
    density, survival = severity_families(500.0)[name].law(np.array(list(THETA[name].values())), x)
    np.testing.assert_allclose(density, law(name).logpdf(x), rtol=1e-10)
    expected = law(name).logsf(x)
    finite = np.isfinite(expected)
    assert finite[:3].all()
    np.testing.assert_allclose(survival[finite], expected[finite], rtol=1e-10, atol=1e-12)


def test_gamma__survival_where_scipy_underflows():
    # Shape 2: S = (1 + z) exp(-z), at any z.
    z = np.array([650.0, 900.0, 5e4])
    found = gamma(np.array([2.0, 1.0]), z)[1]
    np.testing.assert_allclose(found, np.log1p(z) - z, rtol=1e-12)
    # The pieces meet.
    both = gamma(np.array([0.5, 1.0]), np.array([600.0 - 1e-9, 600.0 + 1e-9]))[1]
    assert both[0] == pytest.approx(both[1], rel=1e-9)


@pytest.mark.parametrize("shape", [-0.5, -1e-12, 0.0, 1e-12, 0.7])
def test_generalised_pareto__of_any_shape(shape):
    x = np.array([10.5, 11.0, 11.9])
    found = generalised_pareto(np.array([1.0, shape]), x, 10.0)
    reference = stats.genpareto(shape if abs(shape) > 1e-10 else 0.0, loc=10.0)
    np.testing.assert_allclose(found[0], reference.logpdf(x), rtol=1e-9)
    np.testing.assert_allclose(found[1], reference.logsf(x), rtol=1e-9)
    beyond = generalised_pareto(np.array([1.0, -0.5]), np.array([12.5]), 10.0)
    assert beyond[0][0] == beyond[1][0] == -np.inf


@pytest.mark.parametrize("name", THETA)
@pytest.mark.parametrize("censored", [False, True])
def test_fit_severity__recovers_truncated_and_censored_data(name, censored):
    value = draws(name, 4_000, seed=3)
    cut = np.full(value.size, np.inf)
    if censored:
        cut = 500.0 + np.random.default_rng(4).exponential(8_000.0, value.size)
    sample = Sample.of(np.minimum(value, cut), censored=value > cut, above=500.0)
    fit = fit_severity(sample, name)
    errors = fit.standard_errors()
    for parameter, truth in THETA[name].items():
        assert abs(fit.parameters[parameter] - truth) < 4 * errors[parameter], parameter


def test_fit_severity__left_truncated_durations():
    # Seen only if they outlast an entry of their own, as staff present when an extract begins.
    random = np.random.default_rng(8)
    value = 3.0 * random.weibull(1.4, 20_000)
    entry = random.uniform(0.0, 4.0, value.size) * (random.random(value.size) < 0.7)
    seen = value > entry
    fit = fit_severity(Sample.of(value[seen], entry=entry[seen]), "weibull")
    errors = fit.standard_errors()
    assert abs(fit.parameters["shape"] - 1.4) < 4 * errors["shape"]
    assert abs(fit.parameters["scale"] - 3.0) < 4 * errors["scale"]
    naive = fit_severity(Sample.of(value[seen]), "weibull")
    assert naive.parameters["scale"] > 3.0 + 10 * naive.standard_errors()["scale"]


def test_fit_severity__closed_forms():
    x = draws("lognormal", 300, seed=2, above=1e-6)
    fit = fit_severity(Sample.of(x), "lognormal")
    logs = np.log(x)
    assert fit.parameters["median"] == pytest.approx(np.exp(logs.mean()), rel=1e-7)
    assert fit.parameters["sigma"] == pytest.approx(logs.std(), rel=1e-7)
    assert fit.free_errors()["median"] == pytest.approx(logs.std() / np.sqrt(300), rel=1e-4)
    assert fit.free_errors()["sigma"] == pytest.approx(1 / np.sqrt(600), rel=1e-4)
    assert fit.spearman("median", "sigma") == pytest.approx(0.0, abs=1e-4)
    assert fit.bic - fit.aic == pytest.approx(2 * (np.log(300) - 2))


@pytest.mark.parametrize(
    ("name", "scipy_law"), [("weibull", stats.weibull_min), ("lognormal", stats.lognorm)]
)
def test_fit_severity__published_censored_times_agree_with_scipy(name, scipy_law):
    sample = remission()
    data = stats.CensoredData.right_censored(sample.value, sample.censored)
    shape, _, scale = scipy_law.fit(data, floc=0)
    found = fit_severity(sample, name).parameters
    expected = (shape, scale) if name == "weibull" else (scale, shape)
    assert tuple(found.values()) == pytest.approx(expected, rel=1e-3)


def test_fit_severity__weibull_of_the_published_times():
    # D. R. Cox and D. Oakes, Analysis of Survival Data (1984): shape 1.35, scale 33.8.
    found = fit_severity(remission(), "weibull").parameters
    assert list(found) == ["shape", "scale"]
    assert_all_near(found.values(), {"shape": 1.354, "scale": 33.77}, rel=1e-3)


@given(st.floats(1e-6, 1e9))
def test_fit_severity__scales_with_the_unit(unit):
    x = np.array([1.0, 2.0, 2.5, 3.0, 4.0, 7.0, 11.0])
    one, other = (fit_severity(Sample.of(x * u), "weibull") for u in (1.0, unit))
    assert other.parameters["shape"] == pytest.approx(one.parameters["shape"], rel=1e-5)
    assert other.parameters["scale"] == pytest.approx(unit * one.parameters["scale"], rel=1e-5)
    assert other.log_likelihood == pytest.approx(one.log_likelihood - 7 * np.log(unit), abs=1e-6)


@given(st.lists(st.floats(1.0, 1e6), min_size=5, max_size=40), st.floats(0.5, 3.0))
def test_sample__placeholders_and_small_values_change_nothing(value, ratio):
    above = 0.999
    plain = Sample.of(value, above=above)
    padded = Sample.of([*value, 0.5, above, above / (1 + ratio)], above=above)
    assert padded.value.tolist() == plain.value.tolist()


def test_intervals__cover_as_often_as_they_say():
    # Of 200 samples, 190 in the mean; sd 3.1, so 4 sd below is 177. The profile does no worse.
    asymptotic = profile = 0
    for seed in range(200):
        sample = Sample.of(draws("pareto", 25, seed), above=500.0)
        fit = fit_severity(sample, "pareto")
        low, high = fit.interval("shape")
        asymptotic += low <= 0.8 <= high
        low, high = severity_profile(fit, sample, "shape")
        profile += low <= 0.8 <= high
    assert asymptotic >= 177
    assert profile >= 177


def test_severity_profile__of_two_parameters_holds_the_estimate():
    sample = remission()
    fit = fit_severity(sample, "weibull")
    low, high = severity_profile(fit, sample, "scale")
    assert low < fit.parameters["scale"] < high
    # Few events: the profile reaches further up than down, in logs.
    middle = np.log(fit.parameters["scale"])
    assert np.log(high) - middle > middle - np.log(low)


def test_rank__finds_the_family_and_the_goodness_of_fit_sees_the_wrong_one():
    sample = Sample.of(draws("lognormal", 3_000, seed=6), above=500.0)
    ranking = rank_severities(sample)
    assert ranking.best.family == "lognormal"
    by_name = dict(zip((fit.family for fit in ranking.fits), ranking.goodness, strict=True))
    assert by_name["lognormal"].p_value > 0.01
    assert by_name["pareto"].p_value < 1e-6
    assert by_name["pareto"].anderson_darling > 10 * by_name["lognormal"].anderson_darling
    aic = [fit.aic for fit in ranking.fits]
    assert aic == sorted(aic)


def test_chi_squared__p_values_are_spread_out_if_the_family_is_right():
    p = [
        assess(fit_severity(sample, "pareto"), sample).p_value
        for seed in range(100)
        for sample in [Sample.of(draws("pareto", 200, seed), above=500.0)]
    ]
    # The mean of 100 uniform values has sd 0.029; a little below 1/2 is expected (Chernoff).
    assert 0.38 < np.mean(p) < 0.56


def test_rank__spliced_tail_is_found_where_there_is_one():
    random = np.random.default_rng(5)
    body = random.lognormal(8.0, 0.5, 2_700)
    value = np.append(body[body < 10_000], 10_000 * (1 + random.pareto(0.9, 300)))
    ranking = rank_severities(Sample.of(value), splice=10_000.0)
    assert ranking.best.family == "spliced"
    fit = ranking.best
    assert abs(fit.parameters["tail_shape"] - 1 / 0.9) < 4 * fit.standard_errors()["tail_shape"]
    assert fit.parameters["tail_weight"] == pytest.approx(np.mean(value >= 1e4), rel=1e-4)
    with pytest.raises(ValueError, match="certain parameters"):
        fit.law(uncertain=True)


def test_assess__censored_gap_is_from_the_product_limit_curve():
    sample = remission()
    fit = fit_severity(sample, "weibull")
    ecdf = stats.ecdf(stats.CensoredData.right_censored(sample.value, sample.censored)).sf
    at = np.array(sorted(set(REMISSION)), dtype=float)
    after, before = ecdf.evaluate(at), np.append(1.0, ecdf.evaluate(at)[:-1])
    survival = 1 - fit.cdf(at)
    expected = max(np.abs(after - survival).max(), np.abs(before - survival).max())
    found = assess(fit, sample)
    assert found.kolmogorov_smirnov == pytest.approx(expected, rel=1e-9)
    assert np.isnan(found.p_value)


@pytest.mark.parametrize("name", THETA)
def test_law__is_the_fitted_one_as_the_scenario_draws_it(name):
    fit = fit_severity(Sample.of(draws(name, 400, seed=9), above=500.0), name)
    levels = [0.1, 0.5, 0.9, 0.99]
    drawn = Distribution.from_mapping(fit.law()).quantile(levels)
    # Five digits of the parameters are written.
    assert drawn == pytest.approx(fit.quantiles(levels), rel=2e-3)


def test_law__spliced_is_the_fitted_one():
    random = np.random.default_rng(5)
    value = np.append(random.lognormal(8.0, 0.5, 500), 10_000 * (1 + random.pareto(0.9, 100)))
    fit = fit_severity(Sample.of(value, above=100.0), "spliced", splice=10_000.0)
    mixed = fit.law()
    body, tail = map(Distribution.from_mapping, mixed["components"])
    share = mixed["weights"][0]
    # Below the splice all is body, above it all is tail: levels rescale.
    levels = np.array([0.1, 0.5, 0.8])
    assert body.quantile(levels) == pytest.approx(fit.quantiles(share * levels), rel=2e-3)
    rest = (share + (1 - share) * levels).tolist()
    assert tail.quantile(levels) == pytest.approx(fit.quantiles(rest), rel=2e-3)


def test_law__uncertain_parameters_are_centred_on_the_estimates():
    fit = fit_severity(Sample.of(draws("weibull", 400, seed=9), above=500.0), "weibull")
    for name, number in fit.uncertain().items():
        low, high = Distribution.from_mapping(number).quantile([0.025, 0.975])
        assert (low, high) == pytest.approx(fit.interval(name), rel=0.01)


def test_quantile_interval__closed_form_of_a_lognormal():
    x = draws("lognormal", 300, seed=2, above=1e-6)
    fit = fit_severity(Sample.of(x), "lognormal")
    for p in (0.5, 0.95):
        z = stats.norm.ppf(p)
        error = np.log(x).std() * np.sqrt((1 + z**2 / 2) / 300)
        middle = np.log(fit.quantiles([p])[0])
        ends = np.exp([middle - 1.96 * error, middle + 1.96 * error])
        assert fit.quantile_interval(p) == pytest.approx(ends, rel=1e-3)


# Refusals


def test_refused__too_few_values():
    with pytest.raises(CalibrationError, match=r"at least 5 values above 10 .* in full, got 2;"):
        Sample.of([11.0, 12.0, 13.0, 9.0], censored=[False, False, True, False], above=10.0)


def test_refused__unknown_family_and_one_that_needs_a_threshold():
    sample = Sample.of([1.0, 2.0, 3.0, 4.0, 5.0])
    for name in ("normal", "pareto", "spliced"):
        with pytest.raises(ValueError, match=f"family must be one of .*, got '{name}'"):
            fit_severity(sample, name)


def test_refused__values_all_alike_have_no_law():
    with pytest.raises(CalibrationError, match="did not converge"):
        rank_severities(Sample.of([3.0] * 8))
