import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hcrisk.calibrate import CalibrationError, correlation_matrix, fit_copula, rank_copulas
from hcrisk.calibrate.copula import pseudo_observations, spearman, tail_dependence
from hcrisk.distributions.copula import pearson_from_spearman
from tests.validation import assert_near


def pairs(n, r, freedom=np.inf, seed=1):
    random = np.random.default_rng(seed)
    z = random.multivariate_normal([0.0, 0.0], [[1.0, r], [r, 1.0]], n)
    if np.isfinite(freedom):
        z *= np.sqrt(freedom / random.chisquare(freedom, n))[:, None]
    # Marginal laws must not matter.
    return np.exp(z[:, 0]), z[:, 1] ** 3


def test_spearman__of_a_gaussian_inverts_the_scenarios_conversion():
    for rho in (-0.9, 0.0, 0.3, 0.99):
        assert spearman(pearson_from_spearman(rho)) == pytest.approx(rho, abs=1e-12)


@pytest.mark.parametrize("freedom", [2.0, 5.0])
def test_spearman__of_a_t_copula_is_that_of_simulated_pairs(freedom):
    x, y = pairs(200_000, 0.6, freedom)
    found = stats.spearmanr(x, y).statistic
    # The standard error is at most 1 / sqrt(n).
    assert spearman(0.6, freedom) == pytest.approx(found, abs=4 / np.sqrt(200_000))


def test_tail_dependence__published_table():
    # McNeil, Frey and Embrechts, Quantitative Risk Management, table 5.1 (2005).
    expected = {(4, 0.5): 0.25, (4, 0.0): 0.08, (10, 0.5): 0.08, (2, 0.9): 0.72, (4, 0.9): 0.63}
    for (freedom, r), value in expected.items():
        what = f"{freedom} degrees of freedom, correlation {r}"
        assert_near(tail_dependence(r, freedom), value, what, abs=0.006)


@pytest.mark.parametrize(("r", "freedom"), [(0.6, np.inf), (-0.4, np.inf), (0.5, 3.0)])
def test_fit_copula__recovers(r, freedom):
    x, y = pairs(1_500, r, freedom)
    family = "t" if np.isfinite(freedom) else "gaussian"
    fit = fit_copula(x, y, family)
    truth = spearman(r, freedom)
    assert abs(np.arctanh(fit.spearman) - np.arctanh(truth)) < 4 * fit.standard_error
    assert fit.spearman_low < fit.spearman < fit.spearman_high
    if family == "t":
        assert 2.0 < fit.freedom < 4.5


def test_fit_copula__intervals_cover_as_often_as_they_say():
    held = 0
    for seed in range(150):
        fit = fit_copula(*pairs(60, 0.5, seed=seed))
        held += fit.spearman_low <= spearman(0.5) <= fit.spearman_high
    # 95 % of 150 is 142.5, sd 2.7; 10 fewer would be wrong.
    assert held >= 132


def test_rank__finds_the_family():
    assert rank_copulas(*pairs(1_000, 0.5, 3.0))[0].family == "t"
    assert rank_copulas(*pairs(1_000, 0.5))[0].family == "gaussian"


def test_rank__leaves_independent_pairs_independent():
    random, found = np.random.default_rng(3), 0
    for _ in range(15):
        fits = rank_copulas(random.random(100), random.random(100))
        found += fits[0].family == "independent"
        (independent,) = (fit for fit in fits if fit.family == "independent")
        assert (independent.spearman, independent.aic) == (0.0, 0.0)
    # AIC errs in about one sample of six.
    assert found >= 8


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_fit_copula__sees_ranks_only(seed):
    x, y = pairs(25, 0.5, seed=seed)
    one, other = fit_copula(x, y), fit_copula(np.log(x), 5.0 * y - 3.0)
    assert other.r == pytest.approx(one.r, abs=1e-9)
    assert fit_copula(x, -y).r == pytest.approx(-one.r, abs=1e-6)


def test_pseudo_observations__ties_share():
    assert pseudo_observations([5.0, 1.0, 5.0]).tolist() == [0.625, 0.25, 0.625]


def test_entry__is_a_correlation_of_a_scenario():
    fit = fit_copula(*pairs(200, 0.6))
    entry = fit.entry("roles.technician.pay", "roles.technician.attrition_rate")
    assert entry["between"] == ["roles.technician.pay", "roles.technician.attrition_rate"]
    assert entry["rho"] == pytest.approx(fit.spearman, rel=1e-4)


def test_correlation_matrix__is_one_that_can_be_loaded():
    x, y = pairs(30, 0.95)
    matrix = correlation_matrix([x, y, x + 0.01 * y])
    latent = [[pearson_from_spearman(rho) for rho in row] for row in matrix]
    assert np.linalg.eigvalsh(latent).min() > -1e-9
    assert [matrix[i][i] for i in range(3)] == [1.0, 1.0, 1.0]
    assert matrix[0][1] == matrix[1][0]


def test_refused():
    x = np.arange(12.0)
    with pytest.raises(CalibrationError, match="at least 10 pairs, got 4"):
        fit_copula(x[:4], x[:4])
    with pytest.raises(CalibrationError, match="never changes"):
        fit_copula(x, np.ones(12))
    with pytest.raises(ValueError, match=r"must be pairs, got shapes \(12,\) and \(11,\)"):
        fit_copula(x, x[1:])
    with pytest.raises(ValueError, match=r"family must be one of .*, got 'clayton'"):
        fit_copula(x, x, "clayton")
