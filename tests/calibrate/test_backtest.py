import numpy as np
import pytest
from scipy import stats

from hcrisk.calibrate import (
    CalibrationError,
    Counts,
    Sample,
    backtest_counts,
    backtest_severity,
    fit_frequency,
    fit_severity,
)


def lognormal(n, seed, median=3000.0):
    return Sample.of(np.random.default_rng(seed).lognormal(np.log(median), 1.5, n))


@pytest.fixture(scope="module")
def fit():
    return fit_severity(lognormal(20_000, 1), "lognormal")


def test_severity__pit_and_score_are_the_laws_own(fit):
    held_out = lognormal(300, 2)
    found = backtest_severity(fit, held_out)
    law = stats.lognorm(fit.parameters["sigma"], scale=fit.parameters["median"])
    np.testing.assert_allclose(found.pit, law.cdf(held_out.value), rtol=1e-9)
    assert found.log_score == pytest.approx(law.logpdf(held_out.value).mean())
    assert found.p_value == pytest.approx(stats.kstest(held_out.value, law.cdf).pvalue, rel=1e-6)
    central = found.coverage[1]
    inside = np.sum(np.abs(found.pit - 0.5) <= 0.4)
    assert (central.name, central.nominal, central.found) == ("central 80 %", 0.8, inside)
    assert central.share == inside / 300


def test_severity__the_right_law_passes_and_a_wrong_one_fails(fit):
    p = [backtest_severity(fit, lognormal(150, seed)).p_value for seed in range(100, 300)]
    # The fit rests on 20,000 values, so the p-values are all but uniform.
    assert stats.kstest(p, "uniform").pvalue > 1e-3
    wrong = backtest_severity(fit, lognormal(150, 5, median=6000.0))
    assert wrong.p_value < 1e-3
    assert not all(one.is_met for one in wrong.coverage)
    right = backtest_severity(fit, lognormal(150, 7))
    assert (
        right.log_score
        > backtest_severity(fit_severity(lognormal(150, 8), "weibull"), lognormal(150, 7)).log_score
    )


def test_counts__coverage_and_uniformity():
    random = np.random.default_rng(4)
    fit = fit_frequency(Counts.of(random.poisson(40.0, 2_000)))
    tests = [backtest_counts(fit, Counts.of(random.poisson(40.0, 24))) for _ in range(200)]
    share = np.mean([one.coverage[2].share for one in tests])
    # Counts cannot hit 90 % exactly: at least that, and not much more.
    assert 0.895 < share < 0.94
    # The test of the mean has at most its size: 5 % of 200 is 10, sd 3.
    assert sum(one.p_value < 0.05 for one in tests) <= 20
    assert backtest_counts(fit, Counts.of(random.poisson(60.0, 24))).p_value < 1e-6


def test_counts__poisson_misses_what_a_negative_binomial_covers():
    random = np.random.default_rng(5)
    draw = lambda n: random.poisson(40.0 * random.gamma(4.0, 0.25, n))  # noqa: E731
    fitted, later = Counts.of(draw(1_000)), Counts.of(draw(300))
    poisson = backtest_counts(fit_frequency(fitted), later)
    mixed = backtest_counts(fit_frequency(fitted, "negative_binomial"), later)
    assert not poisson.coverage[1].is_met
    assert mixed.coverage[1].is_met
    assert mixed.log_score > poisson.log_score + 1.0


def test_refused__what_cannot_be_compared(fit):
    open_value = Sample.of([1.0] * 6, censored=[True] + [False] * 5)
    with pytest.raises(CalibrationError, match="known in full; leave out the open ones"):
        backtest_severity(fit, open_value)
    with pytest.raises(CalibrationError, match="values above 0, the sample on 500; use one"):
        backtest_severity(fit, Sample.of([600.0] * 6, above=500.0))
