import numpy as np
import pytest
import xarray as xr
from scipy import stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import tail_value_at_risk, value_at_risk
from tests.cases import case
from tests.validation import STANDARD_ERRORS, assert_inside, assert_near, check


def result(*npv, names=("current", "msp")):
    variables = {"npv": (("strategy", "path"), np.array(npv, dtype=float), {"units": "USD"})}
    return xr.Dataset(variables, {"strategy": list(names[: len(npv)])}, {"current": names[0]})


def stratified(distribution, n):
    """Return quantiles at the middle of n equal strata, in an order without a trend."""
    order = np.random.default_rng(5).permutation(n)
    return distribution.ppf((np.arange(n) + 0.5) / n)[order]


# Case and its distribution; "n_var_ES" is n times the variance of the TVaR estimate
# (Manistre and Hancock 2005, North American Actuarial Journal 9(2), 129).
DISTRIBUTIONS = {
    "risk-normal-0.9": stats.norm(),
    "risk-normal-0.95": stats.norm(),
    "risk-normal-0.99": stats.norm(),
    "risk-lognormal-0.95-1.0": stats.lognorm(1.0, scale=5e5),
    "risk-lomax-0.95": stats.lomax(3.0, scale=5e5),
    "risk-lomax-0.99": stats.lomax(2.5, scale=1e6),
    "risk-gpd-0.99": stats.genpareto(0.3),
}
WITH_VARIANCE = [name for name in DISTRIBUTIONS if "n_var_ES" in case(name)["expected"]]


def known(name):
    """Return distribution, level and expected values of a case."""
    inputs = case(name)["inputs"]
    level = inputs.get("level") or inputs["alpha"]
    return DISTRIBUTIONS[name], level, case(name)["expected"]


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_risk_measures__closed_forms_on_stratified_paths(name):
    distribution, level, expected = known(name)
    ds = result(stratified(distribution, 200_000))
    percentile, tail = value_at_risk(ds, level), tail_value_at_risk(ds, level)
    assert_near(percentile["value"].item(), expected["var"], "value at risk", name, rel=1e-3)
    # What lies beyond the last stratum's middle is missing: most for the heaviest tail.
    assert_near(tail["value"].item(), expected["es"], "tail value at risk", name, rel=1e-2)


@pytest.mark.parametrize("name", WITH_VARIANCE)
def test_tail_value_at_risk__within_four_standard_errors_and_interval_of_their_width(name):
    distribution, level, expected = known(name)
    n = 100_000
    npv = distribution.rvs(n, random_state=np.random.default_rng(3))
    found = tail_value_at_risk(result(npv), level)
    error = np.sqrt(expected["n_var_ES"] / n)
    value = found["value"].item()
    check("tail value at risk", value, expected["es"], 4 * error, STANDARD_ERRORS, name)
    width = (found["upper"] - found["lower"]).item()
    # With 1000 paths in the tail the error is known to some 3 %, for a heavy one to some 10 %.
    assert width == pytest.approx(2 * stats.norm.ppf(0.975) * error, rel=0.25)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_value_at_risk__order_statistics_enclose_the_closed_form(name):
    distribution, level, expected = known(name)
    npv = distribution.rvs(100_000, random_state=np.random.default_rng(3))
    found = value_at_risk(result(npv), level, confidence=0.999)
    bounds = (found[key].item() for key in ("lower", "value", "upper"))
    assert_inside(*bounds, expected["var"], "value at risk", name)


def test_tail_value_at_risk__layout():
    ds = result(np.arange(1000.0), 2 * np.arange(1000.0))
    found = tail_value_at_risk(ds, (0.8, 0.95))
    assert found["value"].dims == ("strategy", "level")
    np.testing.assert_allclose(found["value"], [[899.5, 974.5], [1799.0, 1949.0]])
    assert found["tail_paths"].values.tolist() == [[200, 50], [200, 50]]
    assert found["value"].attrs["units"] == "USD"
    assert found.attrs["measure"] == "tail_value_at_risk"
    assert tail_value_at_risk(ds, 0.8)["value"].dims == ("strategy",)
    assert tail_value_at_risk(ds, 0.8)["level"].item() == 0.8


def test_tail_value_at_risk__boundary_path_counts_among_the_tail():
    with pytest.warns(PrecisionWarning):
        found = tail_value_at_risk(result(np.arange(1.0, 11.0)), 0.85)
    assert found["value"].item() == pytest.approx((0.5 * 9 + 10) / 1.5)
    assert found["tail_paths"].item() == 2


def test_tail_value_at_risk__mass_at_zero():
    # The mean above value at risk would give 105.5, whatever the level.
    npv = np.r_[np.zeros(790), np.arange(1.0, 211.0)]
    found = tail_value_at_risk(result(npv), 0.5)
    assert found["value"].item() == pytest.approx(np.arange(1.0, 211.0).sum() / 500)


def test_tail_value_at_risk__all_paths_equal():
    found = tail_value_at_risk(result(np.full(1000, 3.3)), 0.95)
    assert found["value"].item() == found["lower"].item() == found["upper"].item() == 3.3


def test_tail_value_at_risk__a_certain_amount_is_exact_where_its_percentile_is():
    certain = np.full(72, 90_123.4)
    found = tail_value_at_risk(result(certain), 0.95)
    assert found["value"].item() == found["lower"].item() == found["upper"].item() == 90_123.4
    assert np.isfinite(value_at_risk(result(certain), 0.95)["upper"]).all()
    with pytest.warns(PrecisionWarning, match="TVaR"):
        assert np.isinf(tail_value_at_risk(result(certain[1:]), 0.95)["upper"]).all()
    with pytest.warns(PrecisionWarning, match="P95"):
        assert np.isinf(value_at_risk(result(certain[1:]), 0.95)["upper"]).all()
    # Another strategy that varies takes nothing from it, and is warned of.
    with pytest.warns(PrecisionWarning, match="TVaR"):
        found = tail_value_at_risk(result(certain, np.arange(72.0)), 0.95)
    assert np.isfinite(found["upper"]).values.tolist() == [True, False]


def test_tail_value_at_risk__too_few_paths_leave_it_unbounded():
    text = (
        r"^TVaR at 0\.95 of npv for current, msp rests on 999 paths, too few for a 95% interval; "
        r"simulate at least 1000 paths$"
    )
    ds = result(np.arange(999.0), np.arange(999.0))
    with pytest.warns(PrecisionWarning, match=text) as caught:
        found = tail_value_at_risk(ds, (0.5, 0.95))
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert np.isinf(found["lower"].sel(level=0.95)).all()
    assert np.isfinite(found["lower"].sel(level=0.5)).all()


def missed(draw, true, level, n, runs):
    """Return in which share of the runs the interval lies above, and below, the true value."""
    rng = np.random.default_rng(20_261_122)
    names = [str(i) for i in range(runs)]
    found = tail_value_at_risk(result(*draw(rng, (runs, n)), names=names), level)
    return (found["lower"] > true + 1e-9).mean().item(), (
        found["upper"] < true - 1e-9
    ).mean().item()


def four_errors(share, runs):
    return 4 * np.sqrt(share * (1 - share) / runs)


@pytest.mark.parametrize(("level", "n"), [(0.95, 1000), (0.99, 5000)])
def test_tail_value_at_risk__misses_as_often_on_either_side_of_a_skewed_loss(level, n):
    """A symmetric interval lies below the true value in some 7 % of runs, and above in 0.6 %."""
    z = stats.norm.ppf(level)
    true = np.exp(0.5) * stats.norm.cdf(1 - z) / (1 - level)
    above, below = missed(lambda rng, size: rng.lognormal(size=size), true, level, n, 800)
    assert below == pytest.approx(0.025, abs=four_errors(0.025, 800))
    assert above == pytest.approx(0.025, abs=four_errors(0.025, 800))


def test_tail_value_at_risk__covers_a_rare_heavy_loss():
    """A Pareto loss with tail index 2.2 in 2 % of futures: sections covered it 87 % of the time."""
    # Beyond P95 lie the losses and 3 points of the rest, which costs 1.
    true = (0.02 * 2 * 2.2 / 1.2 + 0.03) / 0.05

    def draw(rng, size):
        return np.where(rng.random(size) < 0.02, 2 * (1 + rng.pareto(2.2, size)), 1.0)

    above, below = missed(draw, true, 0.95, 1000, 600)
    assert 1 - above - below > 0.93 - four_errors(0.07, 600)


@pytest.mark.parametrize("chance", [0.045, 0.0495, 0.05, 0.0505])
def test_tail_value_at_risk__covers_where_the_boundary_lies_on_the_edge_of_an_atom(chance):
    """In half of the runs the tail seems certain: all of it is struck."""
    true = min(chance / 0.05, 1.0)
    above, below = missed(lambda rng, size: rng.random(size) < chance, true, 0.95, 1000, 600)
    assert 1 - above - below > 0.95 - four_errors(0.05, 600)


def test_tail_value_at_risk__order_and_unit_do_not_matter():
    npv = np.random.default_rng(1).lognormal(size=1019)
    one = tail_value_at_risk(result(npv), 0.95)
    other = tail_value_at_risk(result(7e6 + 1e6 * npv[::-1]), 0.95)
    for name in ("value", "lower", "upper"):
        assert other[name].item() == pytest.approx(7e6 + 1e6 * one[name].item(), rel=1e-9)
    assert one["lower"].item() < one["value"].item() < one["upper"].item()


def test_tail_value_at_risk__one_path_has_no_bounds():
    with pytest.warns(PrecisionWarning, match="simulate at least 1000 paths"):
        found = tail_value_at_risk(result([5.0]), 0.95)
    assert found["value"].item() == 5.0
    assert (found["lower"].item(), found["upper"].item()) == (-np.inf, np.inf)


@pytest.mark.parametrize("measure", [value_at_risk, tail_value_at_risk])
def test_risk_measures__percent_is_refused_with_advice(measure):
    with pytest.raises(ValueError, match=r"level must lie in \(0, 1\), got 95; write 0\.95"):
        measure(result(np.arange(100.0)), 95)
