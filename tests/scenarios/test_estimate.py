import tomllib

import numpy as np
import pytest
from scipy import integrate, stats

from hcrisk.calibrate.events import tail_start
from hcrisk.scenarios import estimate
from hcrisk.scenarios.estimate import (
    COUNTED,
    FAMILIES,
    REPORTABLE,
    SPLICE,
    RecordsFit,
    assess,
    estimate_macro,
    fit_autoregression,
    fit_records,
    quantiles,
)
from hcrisk.scenarios.evidence import Series, read_breaches, read_series

# Yearly totals that HIPAA Journal took from earlier states of the same portal.
EARLIER_EXPORT = dict(
    zip(
        range(2009, 2024),
        [18, 199, 200, 218, 277, 314, 270, 328, 358, 369, 511, 663, 715, 720, 744],
        strict=True,
    )
)


@pytest.fixture(scope="module")
def macro():
    return estimate_macro()


@pytest.fixture(scope="module")
def reports():
    return read_breaches(2018, 2023)


@pytest.fixture(scope="module")
def fits(reports):
    return {name: fit_records(reports, name) for name in FAMILIES}


def autoregression(n, mean, phi, sd, seed):
    noise = np.random.default_rng(seed).normal(0.0, sd, n)
    value = np.empty(n)
    value[0] = mean + noise[0] / np.sqrt(1 - phi**2)
    for t in range(1, n):
        value[t] = mean + phi * (value[t - 1] - mean) + noise[t]
    return Series(np.arange(n), value)


# Autoregressions


@pytest.mark.parametrize(("mean", "phi", "sd"), [(0.03, 0.7, 0.006), (0.0, -0.4, 1.0), (5, 0, 2)])
def test_fit_autoregression__recovers_a_long_series(mean, phi, sd):
    fit = fit_autoregression(autoregression(20_000, mean, phi, sd, seed=1))
    assert abs(fit.mean - mean) < 4 * fit.mean_se
    assert abs(fit.phi - phi) < 4 * fit.phi_se
    assert abs(fit.sd - sd) < 4 * fit.sd_se


def test_fit_autoregression__standard_errors_are_the_spread_over_repetitions():
    fits = [fit_autoregression(autoregression(200, 0.0, 0.5, 1.0, seed)) for seed in range(800)]
    for name in ("mean", "phi", "sd"):
        spread = np.std([getattr(fit, name) for fit in fits], ddof=1)
        claimed = np.mean([getattr(fit, f"{name}_se") for fit in fits])
        # The spread of 800 values has a relative standard error of 2.5 %.
        assert claimed == pytest.approx(spread, rel=0.1), name


def test_fit_autoregression__correction_removes_most_of_the_bias():
    fits = [fit_autoregression(autoregression(25, 0.0, 0.7, 1.0, seed)) for seed in range(2000)]
    plain = np.mean([fit.phi for fit in fits]) - 0.7
    corrected = np.mean([fit.phi_corrected for fit in fits]) - 0.7
    assert plain < -0.08
    assert abs(corrected) < abs(plain) / 3


def test_fit_autoregression__agrees_with_linear_regression():
    series = autoregression(40, 1.0, 0.6, 0.5, seed=3)
    fit = fit_autoregression(series)
    line = stats.linregress(series.value[:-1], series.value[1:])
    assert fit.phi == pytest.approx(line.slope, rel=1e-10)
    assert fit.phi_se == pytest.approx(line.stderr, rel=1e-10)
    assert fit.start == series.value[-1]
    assert fit.innovation.year.tolist() == list(range(1, 40))
    assert fit.innovation.value.sum() == pytest.approx(0.0, abs=1e-10)


@pytest.mark.parametrize("years", [[2001, 2002, 2003, 2004], [2001, 2002, 2003, 2005, 2006]])
def test_fit_autoregression__refuses_short_or_broken_series(years):
    with pytest.raises(ValueError, match="at least 5 consecutive years, got \\[2001, 2002"):
        fit_autoregression(Series(np.array(years), np.arange(float(len(years)))))


@pytest.mark.parametrize(
    ("name", "mean", "phi", "sd", "start", "phi_se", "corrected"),
    [
        ("wage", 0.02827, 0.7387, 0.006325, 0.03247, 0.1386, 0.8674),
        ("price", 0.02534, 0.4104, 0.01456, 0.02596, 0.1889, 0.4962),
        ("attrition", 0.0, 0.8007, 0.1106, 0.009596, 0.1249, 0.9367),
    ],
)
def test_estimate_macro__shipped_figures(macro, name, mean, phi, sd, start, phi_se, corrected):
    fit = macro.series[name]
    found = (fit.mean, fit.phi, fit.sd, fit.start, fit.phi_se, fit.phi_corrected)
    assert found == pytest.approx((mean, phi, sd, start, phi_se, corrected), rel=1e-3, abs=1e-12)


def test_estimate_macro__shipped_correlations(macro):
    found = {pair.between: pair for pair in macro.correlations}
    assert {between: round(pair.value, 2) for between, pair in found.items()} == {
        ("wage", "price"): 0.65,
        ("wage", "attrition"): 0.80,
        ("price", "attrition"): 0.60,
    }
    for pair in found.values():
        # Wages and quits lose 2001 to the lag, so prices share 2002 to 2025 only.
        assert (pair.n_year, pair.degrees_of_freedom) == (24, 22)
        assert pair.standard_error == pytest.approx((1 - pair.value**2) / np.sqrt(22))


def test_estimate_macro__correlations_are_positive_definite(macro):
    names = list(macro.series)
    matrix = np.eye(3)
    for pair in macro.correlations:
        i, j = (names.index(name) for name in pair.between)
        matrix[i, j] = matrix[j, i] = pair.value
    assert np.linalg.eigvalsh(matrix).min() > 0.1


@pytest.mark.parametrize(
    ("name", "mean", "phi", "phi_se", "sd"),
    [("eci_private_wages", 2.87, 0.74, 0.14, 0.65), ("cpi_u", 2.58, 0.41, 0.19, 1.51)],
)
def test_fit_autoregression__percent_series_give_the_compiled_figures(name, mean, phi, phi_se, sd):
    fit = fit_autoregression(read_series(name))
    found = [round(figure, 2) for figure in (fit.mean, fit.phi, fit.phi_se, fit.sd)]
    assert found == [mean, phi, phi_se, sd]


def test_quits__compiled_figures(macro):
    assert round(read_series("jolts_quits").value.mean(), 2) == 2.01
    quits = macro.series["attrition"]
    assert [round(figure, 2) for figure in (quits.phi, quits.phi_se, quits.sd)] == [
        0.80,
        0.12,
        0.11,
    ]


# The export


def test_read_breaches__yearly_totals_match_an_earlier_export():
    everything = read_breaches(2009, 2026, entity_type=None)
    assert everything.value.size == 7788
    for year, count in EARLIER_EXPORT.items():
        # The portal is amended afterwards, by a few reports a year.
        assert abs(int(np.sum(everything.year == year)) - count) <= 3, year


def test_read_breaches__providers():
    reports = read_breaches(2018, 2024)
    counts = [int(np.sum(reports.year == year)) for year in range(2018, 2025)]
    assert counts == [273, 396, 514, 516, 504, 468, 543]
    assert reports.value.min() == 500


def test_read_breaches__placeholders_stand_out(reports):
    below_520 = [int(np.sum(reports.value == count)) for count in range(500, 520)]
    assert below_520[:2] == [27, 9]
    assert max(below_520[2:]) <= 3


def test_read_breaches__refuses_years_without_reports():
    with pytest.raises(ValueError, match="no breach reported by 'Healthcare Provider' from 1990"):
        read_breaches(1990, 1991)


# Laws of records per breach

THETA = {
    "weibull": [0.3, 900.0],
    "lognormal": [3000.0, 2.2],
    "generalised_pareto": [4000.0, 1.1],
    "pareto": [0.6],
    "spliced": [3000.0, 1.8, 0.1, 150_000.0, 0.6],
}


def scipy_law(name):
    theta = THETA[name]
    return {
        "weibull": lambda: stats.weibull_min(theta[0], scale=theta[1]),
        "lognormal": lambda: stats.lognorm(theta[1], scale=theta[0]),
        "generalised_pareto": lambda: stats.genpareto(theta[1], loc=REPORTABLE, scale=theta[0]),
        "pareto": lambda: stats.pareto(theta[0], scale=REPORTABLE),
    }[name]()


@pytest.mark.parametrize("name", ["weibull", "lognormal", "generalised_pareto", "pareto"])
def test_laws__agree_with_scipy(name):
    x = np.array([500.0, 2_000.0, 1e5, 3e7])
    density, survival = FAMILIES[name][0](np.array(THETA[name]), x)
    np.testing.assert_allclose(density, scipy_law(name).logpdf(x), rtol=1e-12)
    np.testing.assert_allclose(survival, scipy_law(name).logsf(x), rtol=1e-12, atol=1e-12)


def test_spliced__begins_where_calibrate_lets_it_begin(reports):
    assert tail_start(reports.value[reports.value > COUNTED].tolist()) == SPLICE


def test_laws__spliced_density_integrates_to_its_survival():
    law, theta = FAMILIES["spliced"][0], np.array(THETA["spliced"])
    for a, b in [(REPORTABLE, 4_000.0), (20_000.0, SPLICE), (SPLICE, 1e6)]:
        mass, _ = integrate.quad(
            lambda z: float(np.exp(law(theta, np.exp([z]))[0][0] + z)), np.log(a), np.log(b)
        )
        # Just below the end, for the pieces meet there.
        ends = np.exp(law(theta, np.array([a, b * (1 - 1e-12)]))[1])
        assert mass == pytest.approx(ends[0] - ends[1], rel=1e-7)
    at_ends = np.exp(law(theta, np.array([REPORTABLE, SPLICE]))[1])
    assert at_ends == pytest.approx([1.0, theta[2]], rel=1e-12)


def truncated_sample(name, n, seed):
    law = scipy_law(name)
    uniform = np.random.default_rng(seed).random(n)
    value = np.rint(law.isf(law.sf(REPORTABLE) * uniform))
    return Series(np.arange(n) % 6, value)


@pytest.mark.parametrize("name", ["weibull", "lognormal", "generalised_pareto", "pareto"])
@pytest.mark.parametrize("placeholders", [0, 400])
def test_fit_records__recovers_truncated_data(name, placeholders):
    sample = truncated_sample(name, 20_000, seed=11)
    # Counts entered as unknown must not move the estimates, whatever they stand for.
    value = np.append(sample.value, np.repeat([500.0, 501.0], placeholders // 2))
    year = np.append(sample.year, np.zeros(placeholders, dtype=np.int64))
    fit = fit_records(Series(year, value), name)
    errors = fit.standard_errors()
    for truth, (parameter, found) in zip(THETA[name], fit.parameters.items(), strict=True):
        assert abs(found - truth) < 4 * errors[parameter], parameter
    assert fit.n == int(np.sum(sample.value > COUNTED))


def test_fit_records__pareto_has_a_closed_form():
    sample = truncated_sample("pareto", 3_000, seed=5)
    kept = sample.value[sample.value > COUNTED]
    fit = fit_records(sample, "pareto")
    shape = kept.size / np.log(kept / COUNTED).sum()
    assert fit.parameters["shape"] == pytest.approx(shape, rel=1e-6)
    assert fit.standard_errors()["shape"] == pytest.approx(shape / np.sqrt(kept.size), rel=1e-4)


def test_fit_records__clustered_errors_see_dependence_within_years():
    sample = truncated_sample("pareto", 6_000, seed=7)
    copied = Series(np.repeat(np.arange(6_000), 9), np.repeat(sample.value, 9))
    once = fit_records(sample, "pareto").standard_errors()["shape"]
    fit = fit_records(copied, "pareto")
    assert fit.standard_errors()["shape"] == pytest.approx(once / 3, rel=1e-3)
    # Nine copies of each report tell no more than one; 4 % covers the sandwich's own noise.
    assert fit.standard_errors(clustered=True)["shape"] == pytest.approx(once, rel=0.04)


def test_fit_records__one_year_has_no_clustered_error():
    fit = fit_records(read_breaches(2024, 2024), "pareto")
    assert np.isnan(fit.standard_errors(clustered=True)["shape"])


def test_fit_records__unknown_family_is_named():
    with pytest.raises(ValueError, match=r"family must be one of .*'weibull'.*, got 'normal'"):
        fit_records(read_breaches(2024, 2024), "normal")


def test_fit_records__shipped_figures(fits):
    fit = fits["weibull"]
    assert fit.n == 2635
    assert fit.parameters == pytest.approx({"shape": 0.23027, "scale": 737.4}, rel=1e-3)
    assert fit.standard_errors() == pytest.approx({"shape": 0.01033, "scale": 230.4}, rel=1e-2)
    assert fit.log_likelihood == pytest.approx(-28692.7, abs=0.1)
    assert fit.standard_errors(clustered=True)["scale"] > 2 * fit.standard_errors()["scale"]


def test_fit_records__chosen_family_has_the_lowest_aic_and_the_best_two_parameter_fit(
    fits, reports
):
    aic = {name: fit.aic for name, fit in fits.items()}
    assert min(aic, key=aic.__getitem__) == estimate.CHOSEN
    held_out = read_breaches(*estimate.HELD_OUT_YEARS)
    for name in ("lognormal", "generalised_pareto", "pareto"):
        for sample in (reports, held_out):
            chosen, other = assess(fits[estimate.CHOSEN], sample), assess(fits[name], sample)
            assert chosen.log_likelihood > other.log_likelihood
            assert chosen.kolmogorov_smirnov < other.kolmogorov_smirnov
            assert chosen.anderson_darling < other.anderson_darling


def test_fit_records__lognormal_of_every_report_kept():
    # Placeholders kept as counts, all provider reports from 2018 on: 7.06 and 2.96.
    fit = fit_records(read_breaches(2018, 2026), "lognormal", above=REPORTABLE)
    assert np.log(fit.parameters["median"]) == pytest.approx(7.06, abs=0.005)
    assert fit.parameters["sigma"] == pytest.approx(2.96, abs=0.005)


def test_assess__agrees_with_scipy(fits, reports):
    fit = fits["weibull"]
    law = stats.weibull_min(fit.parameters["shape"], scale=fit.parameters["scale"])
    kept = reports.value[reports.value > COUNTED]
    reference = stats.kstest(kept, lambda x: 1 - law.sf(x) / law.sf(COUNTED))
    found = assess(fit, reports)
    assert found.n == 2635
    assert found.kolmogorov_smirnov == pytest.approx(reference.statistic, rel=1e-9)
    assert found.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-12)


def test_assess__anderson_darling_of_an_exponential():
    # A Weibull law of shape one, above its threshold, is an exponential.
    fit = RecordsFit(
        "weibull", {"shape": 1.0, "scale": 1000.0}, np.eye(2), np.eye(2), COUNTED, 0, 0.0
    )
    excess = np.array([50.0, 300.0, 800.0, 900.0, 2_500.0])
    cdf = 1 - np.exp(-excess / 1000)
    direct = -5 - sum(
        (2 * i - 1) / 5 * (np.log(cdf[i - 1]) + np.log(1 - cdf[5 - i])) for i in range(1, 6)
    )
    found = assess(fit, Series(np.zeros(5, dtype=np.int64), excess + COUNTED))
    assert found.anderson_darling == pytest.approx(direct, rel=1e-9)


def test_quantiles__invert_the_law(fits):
    levels = [0.01, 0.5, 0.9, 0.999]
    for name, fit in fits.items():
        x = np.array(quantiles(fit, levels))
        theta = np.array(list(fit.parameters.values()))
        survival = FAMILIES[name][0](theta, np.append(x, COUNTED))[1]
        assert 1 - np.exp(survival[:-1] - survival[-1]) == pytest.approx(levels, rel=1e-9), name


def test_quantiles__near_the_sample(fits, reports):
    kept = reports.value[reports.value > COUNTED]
    levels = [0.25, 0.5, 0.75, 0.9, 0.95, 0.99]
    fitted = quantiles(fits["weibull"], levels)
    assert fitted == pytest.approx(np.quantile(kept, levels).tolist(), rel=0.08)


def test_report__is_toml_of_the_estimates(macro, fits):
    parsed = tomllib.loads(estimate.report())
    assert list(parsed["macro"]) == ["wage", "price", "attrition", "correlation"]
    for name, fit in macro.series.items():
        shipped = parsed["macro"][name]
        expected = {key: getattr(fit, key) for key in ("mean", "phi", "sd", "start")}
        assert shipped == pytest.approx(expected, rel=1e-3, abs=1e-12)
    for pair in macro.correlations:
        shipped = parsed["macro"]["correlation"]["_".join(pair.between)]
        assert shipped == pytest.approx(pair.value, rel=1e-3)
    law = parsed["records_per_event"]
    assert (law.pop("dist"), law.pop("min")) == ("weibull", 500)
    assert law == pytest.approx(dict(fits["weibull"].parameters), rel=1e-3)
