"""Gamma, beta and Poisson quantiles against SciPy and against their definitions."""

import numpy as np
import pytest
from scipy import special, stats

from hcrisk.kernels.poisson import poisson_quantile
from hcrisk.kernels.special import beta_quantile, gamma_quantile, log_beta, log_gamma
from tests.streams import fill_uniform

SHAPES = [0.05, 0.3, 1.0, 3.0, 9.9, 10.0, 100.0, 1e4]


def levels(n=40):
    u = np.empty(n)
    fill_uniform(np.uint64(3), 0, 0, u)
    return np.sort(np.concatenate([u, np.exp(-36 * u), 1 - np.exp(-36 * u)]))


def test_log_gamma_and_log_beta():
    for a in (1e-3, 0.5, 1.0, 2.0, 9.99, 10.0, 1e3, 1e6):
        expected = special.gammaln(a)
        assert log_gamma(a) == pytest.approx(expected, rel=1e-14, abs=1e-14)
        for b in (0.05, 3.0) if a < 1e4 else ():
            assert log_beta(a, b) == pytest.approx(special.betaln(a, b), rel=1e-10)
    # mpmath 1.4 with 30 digits; SciPy's own value has lost five of them.
    assert log_beta(1e-3, 1e4) == pytest.approx(6.89796859496270831, rel=1e-14)
    assert log_beta(1e4, 1e-3) == log_beta(1e-3, 1e4)


@pytest.mark.parametrize("shape", SHAPES)
def test_gamma_quantile(shape):
    u = levels()
    ours = np.array([gamma_quantile(x, shape) for x in u])
    reference = np.where(u < 0.5, special.gammaincinv(shape, u), special.gammainccinv(shape, 1 - u))
    normal = reference > 1e-300
    np.testing.assert_allclose(ours[normal], reference[normal], rtol=1e-11)
    assert (np.diff(ours) >= -1e-13 * ours[1:]).all()


@pytest.mark.parametrize("a", [0.05, 0.5, 1.0, 3.1, 200.0, 1e4])
@pytest.mark.parametrize("b", [0.05, 1.0, 2.3, 50.0, 1e4])
def test_beta_quantile(a, b):
    u = levels()
    ours = np.array([beta_quantile(x, a, b) for x in u])
    reference = np.where(u < 0.5, special.betaincinv(a, b, u), special.betainccinv(a, b, 1 - u))
    normal = reference > 1e-300
    np.testing.assert_allclose(ours[normal], reference[normal], rtol=1e-11)


@pytest.mark.parametrize("mu", [1e-9, 0.01, 0.3, 1.0, 7.5, 150.0, 499.9, 500.1, 1e4])
def test_poisson_quantile_is_the_inverse(mu):
    # P(X > k) = gammainc(k + 1, mu) keeps its digits where 1 - cdf would not.
    for u in levels():
        k = int(poisson_quantile(mu, u))
        if u <= 0.5:
            assert stats.poisson.cdf(k, mu) >= u * (1 - 1e-11)
            assert k == 0 or stats.poisson.cdf(k - 1, mu) < u * (1 + 1e-11)
        else:
            assert special.gammainc(k + 1, mu) <= (1 - u) * (1 + 1e-11)
            assert k == 0 or special.gammainc(k, mu) > (1 - u) * (1 - 1e-11)


def test_poisson_quantile_rises_with_the_mean_across_its_methods():
    means = np.concatenate([[0.0], np.geomspace(1e-6, 3e8, 150), [499.999, 500.0, 500.001]])
    for u in (1e-12, 0.01, 0.5, 0.500001, 0.99, 1 - 1e-7, 1 - 1e-15):
        counts = [int(poisson_quantile(mu, u)) for mu in np.sort(means)]
        assert counts == sorted(counts)


def test_poisson_quantile_degenerate_means():
    assert [int(poisson_quantile(mu, 0.999)) for mu in (0.0, -1.0, float("nan"))] == [0, 0, 0]
    assert int(poisson_quantile(float("inf"), 0.5)) > 10**18
