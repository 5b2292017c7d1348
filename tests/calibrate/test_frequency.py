import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hcrisk.calibrate import (
    CalibrationError,
    Counts,
    fit_frequency,
    frequency_profile,
    rank_frequencies,
)
from hcrisk.distributions.distribution import Distribution
from tests.validation import assert_near


def distribution(number):
    return Distribution.from_mapping({k: v for k, v in number.items() if k != "note"})


def repeated(table):
    return np.repeat(np.arange(len(table)), table)


# C. I. Bliss and R. A. Fisher, Biometrics 9 (1953) 176-200: European red mites on apple leaves.
MITES = repeated([70, 38, 17, 10, 9, 3, 2, 1])
# L. von Bortkiewicz (1898): soldiers killed by horse kicks, by corps and year.
KICKS = repeated([109, 65, 22, 3, 1])


def test_negative_binomial__published_mites():
    fit = fit_frequency(Counts.of(MITES, time=np.zeros(150)), "negative_binomial")
    # They give a mean of 1.14667 and, by maximum likelihood, k = 1.02459.
    assert_near(fit.parameters["rate"], 1.14667, "mean", rel=1e-5)
    assert_near(fit.parameters["frailty_shape"], 1.02459, "k", rel=1e-5)
    assert fit.dispersion == pytest.approx(1.0, abs=0.1)
    poisson = fit_frequency(Counts.of(MITES, time=np.zeros(150)))
    assert fit.aic < poisson.aic - 35
    assert poisson.dispersion == pytest.approx(MITES.var(ddof=1) / MITES.mean())


def test_rank__horse_kicks_are_poisson():
    fits, failed = rank_frequencies(Counts.of(KICKS, time=np.zeros(200)))
    assert fits[0].family == "poisson"
    assert_near(fits[0].parameters["rate"], 0.61, "deaths per corps and year", rel=1e-6)
    assert fits[0].p_value > 0.3
    assert len(fits) + len(failed) == 2


def test_poisson__closed_forms_with_exposure():
    fit = fit_frequency(Counts.of([3, 0, 2, 5], exposure=[1.0, 2.0, 1.0, 4.0]))
    assert fit.parameters == {"rate": 10 / 8}
    assert fit.free_errors()["rate"] == pytest.approx(1 / np.sqrt(10))
    expected = stats.poisson.logpmf([3, 0, 2, 5], 1.25 * np.array([1.0, 2.0, 1.0, 4.0])).sum()
    assert fit.log_likelihood == pytest.approx(expected)
    low, high = fit.interval("rate")
    assert stats.poisson.sf(9, 8 * low) == pytest.approx(0.025)
    assert stats.poisson.cdf(10, 8 * high) == pytest.approx(0.025)


def test_poisson__no_events_have_an_exact_answer():
    fit = fit_frequency(Counts.of([0, 0, 0], exposure=2.0))
    assert fit.parameters["rate"] == 0.0
    assert fit.interval("rate") == pytest.approx((0.0, -np.log(0.025) / 6))
    number = distribution(fit.number())
    assert number.mean() == pytest.approx(0.5 / 6, rel=1e-4)
    with pytest.raises(CalibrationError, match="needs events, got none"):
        fit_frequency(Counts.of([0, 0, 0]), "negative_binomial")


def test_poisson__posterior_of_the_rate_covers_the_exact_interval():
    fit = fit_frequency(Counts.of([12, 9, 15]))
    low, high = distribution(fit.number()).quantile([0.025, 0.975])
    exact = fit.interval("rate")
    # Jeffreys' interval lies inside the exact one, which is conservative, by half an event.
    assert exact[0] < low < exact[0] + 0.5
    assert exact[1] - 0.5 < high < exact[1]


def simulated(family, n=4_000, trend=0.0, shape=0.6, seed=1):
    random = np.random.default_rng(seed)
    exposure, time = random.uniform(0.5, 4.0, n), random.uniform(-5.0, 0.0, n)
    mean = 0.4 * exposure * np.exp(trend * time)
    frailty = random.gamma(shape, 1 / shape, n) if family == "negative_binomial" else 1.0
    return Counts.of(random.poisson(mean * frailty), exposure, time)


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
@pytest.mark.parametrize("trend", [None, 0.15])
def test_fit_frequency__recovers(family, trend):
    fit = fit_frequency(simulated(family, trend=trend or 0.0), family, trend=trend is not None)
    truth = {"rate": 0.4, "frailty_shape": 0.6, "trend": trend}
    errors = fit.standard_errors()
    for name, value in fit.parameters.items():
        assert abs(value - truth[name]) < 4 * errors[name], name
    assert fit.p_value > 1e-3


def test_rank__finds_frailty_and_trend():
    fits, _ = rank_frequencies(simulated("negative_binomial", trend=0.15), trends=True)
    assert list(fits[0].parameters) == ["rate", "frailty_shape", "trend"]
    fits, _ = rank_frequencies(simulated("poisson"), trends=True)
    assert "frailty_shape" not in fits[0].parameters


def test_negative_binomial__log_probability_is_scipys():
    counts = simulated("negative_binomial", n=50)
    fit = fit_frequency(counts, "negative_binomial")
    shape = fit.parameters["frailty_shape"]
    expected = stats.nbinom.logpmf(counts.count, shape, shape / (shape + fit.mean(counts)))
    np.testing.assert_allclose(fit.log_density(counts), expected, rtol=1e-9)
    np.testing.assert_allclose(
        fit.cdf(counts) - fit.cdf(counts, shift=-1), np.exp(expected), rtol=1e-6
    )


def test_profile__poisson_rate_by_hand():
    fit = fit_frequency(Counts.of([3, 0, 2, 5], exposure=2.0))
    low, high = frequency_profile(fit, "rate")
    for end in (low, high):
        deviance = 2 * (10 * np.log(1.25 / end) - 8 * (1.25 - end))
        assert deviance == pytest.approx(stats.chi2.ppf(0.95, 1), rel=2e-3)


def test_profile__frailty_is_wider_upwards():
    fit = fit_frequency(Counts.of(MITES, time=np.zeros(150)), "negative_binomial")
    low, high = frequency_profile(fit, "frailty_shape")
    shape = fit.parameters["frailty_shape"]
    assert low < shape < high
    assert high / shape > shape / low


@given(st.lists(st.integers(0, 30), min_size=3, max_size=30), st.floats(0.01, 100))
def test_poisson__rate_scales_with_exposure(count, size):
    one, other = fit_frequency(Counts.of(count)), fit_frequency(Counts.of(count, exposure=size))
    assert other.parameters["rate"] * size == pytest.approx(one.parameters["rate"])
    assert other.dispersion == pytest.approx(one.dispersion, nan_ok=True)


@given(st.lists(st.integers(0, 8), min_size=4, max_size=25))
def test_negative_binomial__exists_where_counts_spread_more_than_poisson(count):
    n = np.array(count)
    spread = np.sum((n - n.mean()) ** 2 - n) > 1e-9
    try:
        fit = fit_frequency(Counts.of(n), "negative_binomial")
    except CalibrationError as error:
        assert not spread or not n.any() or "did not converge" in str(error)  # noqa: PT017
    else:
        assert spread
        assert fit.log_likelihood >= fit_frequency(Counts.of(n)).log_likelihood - 1e-6
        assert fit.parameters["rate"] == pytest.approx(n.mean(), rel=1e-3)


def test_entries__frequency_and_frailty():
    fit = fit_frequency(Counts.of(MITES, time=np.zeros(150)), "negative_binomial")
    entries = fit.entries("theft")
    assert list(entries) == ["risks.theft.frequency", "risks.theft.frailty_shape"]
    assert entries["risks.theft.frailty_shape"]["median"] == pytest.approx(1.0246, rel=1e-4)


@pytest.mark.parametrize(
    ("count", "options", "message"),
    [
        ([], {}, "whole numbers from 0, got \\[\\]"),
        ([1.5], {}, "whole numbers from 0, got \\[1.5\\]"),
        ([-1], {}, "whole numbers from 0, got \\[-1.0\\]"),
        ([1], {"exposure": 0.0}, "exposures must be above 0"),
    ],
)
def test_refused__no_counts(count, options, message):
    with pytest.raises(CalibrationError, match=message):
        Counts.of(count, **options)


def test_refused__what_counts_cannot_tell():
    with pytest.raises(CalibrationError, match="at least 3 different times"):
        fit_frequency(Counts.of([1, 2, 4], time=[0, 0, 1]), trend=True)
    with pytest.raises(CalibrationError, match="at least 3 counts"):
        fit_frequency(Counts.of([1, 9]), "negative_binomial")
    with pytest.raises(CalibrationError, match="spread no more than"):
        fit_frequency(Counts.of([4, 4, 4, 5]), "negative_binomial")
    with pytest.raises(ValueError, match=r"family must be one of .*, got 'binomial'"):
        fit_frequency(Counts.of([1]), "binomial")
