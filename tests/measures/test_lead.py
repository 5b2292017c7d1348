import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from hcrisk.measures import exceedance_curve, expected_regret, probability_cheapest_by
from tests.cases import case
from tests.validation import assert_inside


def result(*npv):
    npv = np.array(npv, dtype=float)
    variables = {"npv": (("strategy", "path"), npv, {"units": "USD", "long_name": "cost"})}
    return xr.Dataset(variables, {"strategy": list("abcd"[: len(npv)])})


def test_cheapest_by__two_normals_in_closed_form():
    known = case("voi-clark-5e+06")
    (m1, s1), (m2, s2), rho = (known["inputs"][key] for key in ("cost1", "cost2", "rho"))
    rng, n = np.random.default_rng(14), 40_000
    cov = [[s1**2, rho * s1 * s2], [rho * s1 * s2, s2**2]]
    ds = result(*rng.multivariate_normal([m1, m2], cov, n).T)
    found = probability_cheapest_by(ds, [-5e5, 0.0, 5e5], confidence=0.999)
    spread = np.sqrt(s1**2 + s2**2 - 2 * rho * s1 * s2)
    exact = stats.norm.sf((np.array([-5e5, 0.0, 5e5]) - (m2 - m1)) / spread)
    assert exact[1] == pytest.approx(known["expected"]["prob_1_cheapest"])
    for n, (lead, truth) in enumerate(zip(("-0.5M", "0", "0.5M"), exact, strict=True)):
        bounds = (found[key].values[0, n] for key in ("lower", "value", "upper"))
        assert_inside(*bounds, truth, f"chance of a lead of {lead}", known["id"])


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(float, st.tuples(st.integers(2, 4), st.integers(1, 12)), elements=st.integers(0, 5)),
    st.integers(-5, 5),
)
def test_cheapest_by__is_the_lead_over_the_best_other(npv, threshold):
    found = probability_cheapest_by(result(*npv), float(threshold))
    for i, row in enumerate(npv):
        lead = np.delete(npv, i, axis=0).min(axis=0) - row
        assert found["value"].values[i] == (lead >= threshold).mean()


def test_cheapest_by__below_zero_it_is_the_distribution_of_regret():
    rng = np.random.default_rng(3)
    ds = result(*rng.gamma(2, 1, (3, 500)))
    amounts = np.linspace(0, 6, 13)
    found = probability_cheapest_by(ds, -amounts)["value"]
    regret = ds["npv"].values - ds["npv"].values.min(axis=0)
    shares = (regret[..., None] <= amounts).mean(axis=1)
    np.testing.assert_allclose(found, shares)
    curve = exceedance_curve(ds.assign(npv=ds["npv"] - ds["npv"].min("strategy")))
    assert curve["threshold"].max() < amounts[-1] or (shares[:, -1] < 1).any()
    # The area above the curve is the expected regret.
    fine = np.linspace(0, regret.max(), 20_001)
    above = 1 - probability_cheapest_by(ds, -fine)["value"].values
    area = np.trapezoid(above, fine, axis=-1)
    np.testing.assert_allclose(area, expected_regret(ds)["value"], rtol=1e-3)


def test_cheapest_by__layout_and_refusals():
    ds = result([1.0, 2.0], [1.0, 3.0])
    one = probability_cheapest_by(ds, 0.0)
    assert one["value"].dims == ("strategy",)
    assert one["threshold"].item() == 0.0
    # The tie on the first path counts for both.
    assert one["value"].values.tolist() == [1.0, 0.5]
    curve = probability_cheapest_by(ds, (0.0, 1.0))
    assert curve["value"].dims == ("strategy", "threshold")
    assert curve["threshold"].attrs["units"] == "USD"
    with pytest.raises(ValueError, match="threshold must be a finite amount, got nan"):
        probability_cheapest_by(ds, float("nan"))
    with pytest.raises(ValueError, match="threshold must name at least one amount"):
        probability_cheapest_by(ds, [])
    with pytest.raises(ValueError, match=r"at least two to compare, got \['a'\]"):
        probability_cheapest_by(ds, 0.0, strategies="a")
