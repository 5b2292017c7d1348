import numpy as np
import pytest
from scipy import optimize, stats

from hcrisk.calibrate.likelihood import (
    CalibrationError,
    gradient,
    maximise,
    profile_interval,
    sandwich,
)


def exponential(x):
    return lambda free: free[0] - np.exp(free[0]) * x


def test_maximise__closed_form_of_an_exponential():
    x = np.random.default_rng(1).exponential(3.0, 200)
    top = maximise(exponential(x), np.zeros(1), "exponential")
    assert np.exp(top.free[0]) == pytest.approx(1 / x.mean(), rel=1e-8)
    assert top.covariance[0, 0] == pytest.approx(1 / 200, rel=1e-5)
    assert top.scores.sum() == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    "each", [lambda free: free[0] * np.ones(3), lambda free: 0.0 * free[0] + np.zeros(3)]
)
def test_maximise__refuses_what_has_no_peak(each):
    with pytest.raises(CalibrationError, match="the flat fit did not converge: "):
        maximise(each, np.zeros(1), "flat")


def test_profile_interval__solves_the_deviance_of_an_exponential():
    x = np.array([0.3, 1.0, 2.5, 4.2])
    top = maximise(exponential(x), np.zeros(1), "exponential")
    best = 1 / x.mean()

    def excess(rate):
        loss = 2 * x.size * (np.log(best / rate) - 1 + rate / best)
        return loss - stats.chi2.ppf(0.9, 1)

    ends = profile_interval(exponential(x), top, 0, 0.9)
    assert np.exp(ends[0]) == pytest.approx(optimize.brentq(excess, 1e-6, best), rel=1e-3)
    assert np.exp(ends[1]) == pytest.approx(optimize.brentq(excess, best, 20), rel=1e-3)


def test_profile_interval__of_a_normal_mean_is_students_up_to_the_asymptotics():
    # Profiling the sd out gives n log(1 + n (m - mean)^2 / S) = chi2: exact, by hand.
    x = np.array([2.0, 3.0, 5.0, 7.0, 11.0])
    each = lambda free: -free[1] - 0.5 * ((x - free[0]) / np.exp(free[1])) ** 2  # noqa: E731
    top = maximise(each, np.array([4.0, 1.0]), "normal")
    assert top.free == pytest.approx([x.mean(), np.log(x.std())], abs=1e-6)
    half = x.std() * np.sqrt(np.exp(stats.chi2.ppf(0.95, 1) / x.size) - 1)
    low, high = profile_interval(each, top, 0)
    assert (low, high) == pytest.approx((x.mean() - half, x.mean() + half), abs=2e-3)


def test_profile_interval__is_open_where_the_likelihood_is_flat():
    # Loses 1.6 within 20 standard errors, where 3.8 were needed.
    each = lambda free: -0.1 * np.log1p(free**2)  # noqa: E731
    top = maximise(each, np.array([3.0]), "flat")
    assert profile_interval(each, top, 0) == (-np.inf, np.inf)


def test_gradient__of_a_polynomial():
    at = np.array([2.0, -1.0])
    assert gradient(lambda t: t[0] ** 2 * t[1], at) == pytest.approx([-4.0, 4.0], rel=1e-6)


def test_sandwich__one_cluster_says_nothing():
    found = sandwich(np.eye(1), np.array([[1.0, 2.0]]), np.array([1, 1]))
    assert np.isnan(found).all()
