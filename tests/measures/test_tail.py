import numpy as np
import pytest
import xarray as xr
from scipy import stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import tail_value_at_risk, value_at_risk
from tests.cases import case


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
    assert value_at_risk(ds, level)["value"].item() == pytest.approx(expected["var"], rel=1e-3)
    # What lies beyond the last stratum's middle is missing: most for the heaviest tail.
    assert tail_value_at_risk(ds, level)["value"].item() == pytest.approx(expected["es"], rel=1e-2)


@pytest.mark.parametrize("name", WITH_VARIANCE)
def test_tail_value_at_risk__within_four_standard_errors_and_interval_of_their_width(name):
    distribution, level, expected = known(name)
    n = 100_000
    npv = distribution.rvs(n, random_state=np.random.default_rng(3))
    found = tail_value_at_risk(result(npv), level)
    error = np.sqrt(expected["n_var_ES"] / n)
    assert found["value"].item() == pytest.approx(expected["es"], abs=4 * error)
    width = (found["upper"] - found["lower"]).item()
    # The spread of 30 batches is itself known to some 13 %.
    assert width == pytest.approx(2 * stats.t.ppf(0.975, 29) * error, rel=0.4)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_value_at_risk__order_statistics_enclose_the_closed_form(name):
    distribution, level, expected = known(name)
    npv = distribution.rvs(100_000, random_state=np.random.default_rng(3))
    found = value_at_risk(result(npv), level, confidence=0.999)
    assert found["lower"].item() <= expected["var"] <= found["upper"].item()


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


def test_tail_value_at_risk__does_not_need_equal_batches():
    ds = result(np.random.default_rng(1).standard_normal(1019))
    found = tail_value_at_risk(ds, 0.95)
    assert found["lower"].item() < found["value"].item() < found["upper"].item()


@pytest.mark.parametrize("measure", [value_at_risk, tail_value_at_risk])
def test_risk_measures__percent_is_refused_with_advice(measure):
    with pytest.raises(ValueError, match=r"level must lie in \(0, 1\), got 95; write 0\.95"):
        measure(result(np.arange(100.0)), 95)
