import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from hcrisk.measures import exceedance_curve, probability_above


def result(*npv):
    variables = {"npv": (("strategy", "path"), np.array(npv, dtype=float), {"units": "USD"})}
    return xr.Dataset(variables, {"strategy": [f"s{i}" for i in range(len(npv))]})


def test_exceedance_curve__whole_for_few_paths():
    curve = exceedance_curve(result([3.0, 0.0, 0.0, 1.0], [4.0, 3.0, 2.0, 1.0]))
    assert curve["threshold"].values.tolist() == [[0.0, 0.0, 1.0, 3.0], [1.0, 2.0, 3.0, 4.0]]
    assert curve["value"].values.tolist() == [[0.5, 0.5, 0.25, 0.0], [0.75, 0.5, 0.25, 0.0]]
    assert curve["value"].dims == ("strategy", "point")
    assert curve["threshold"].attrs["units"] == "USD"
    assert curve["value"].attrs["units"] == "1"


@pytest.mark.parametrize("points", [2, 3, 7, 8, 50, 1000])
def test_exceedance_curve__thinned_keeps_ends_and_moves_no_point(points):
    npv = np.random.default_rng(2).lognormal(size=5000).round(2)
    curve = exceedance_curve(result(npv), points=points).isel(strategy=0)
    threshold = curve["threshold"].values
    assert 2 <= threshold.size <= points
    assert (threshold[0], threshold[-1]) == (npv.min(), npv.max())
    assert np.isin(threshold, npv).all()
    assert curve["value"].values.tolist() == [(npv > x).mean() for x in threshold]


def test_exceedance_curve__tail_is_drawn_path_by_path():
    curve = exceedance_curve(result(np.arange(100_000.0))).isel(strategy=0)
    assert curve["threshold"].values[-3:].tolist() == [99_997.0, 99_998.0, 99_999.0]


def test_exceedance_curve__interval_is_wilsons():
    curve = exceedance_curve(result(np.arange(20.0))).isel(strategy=0)
    assert curve["value"].values[-1] == curve["lower"].values[-1] == 0.0
    # None of 20 above: z^2 / (20 + z^2).
    assert curve["upper"].values[-1] == pytest.approx(3.841459 / 23.841459, abs=1e-6)


def test_exceedance_curve__keeps_other_dimensions():
    cost = np.arange(60.0).reshape(2, 3, 10)
    ds = xr.Dataset({"cost": (("strategy", "year", "path"), cost)}, {"year": [1, 2, 3]})
    curve = exceedance_curve(ds, of="cost")
    assert curve["threshold"].dims == ("strategy", "year", "point")
    np.testing.assert_array_equal(curve["threshold"], cost)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=40))
def test_exceedance_curve__falls_from_the_smallest_path_to_zero(npv):
    curve = exceedance_curve(result(npv)).isel(strategy=0)
    assert (np.diff(curve["threshold"]) >= 0).all()
    assert (np.diff(curve["value"]) <= 0).all()
    assert curve["value"].values[-1] == 0.0


@pytest.mark.parametrize("points", [1, 0, 2.5, True, "many"])
def test_exceedance_curve__too_few_points_are_refused(points):
    with pytest.raises(ValueError, match=r"points must be a whole number of at least 2, got"):
        exceedance_curve(result([1.0, 2.0]), points=points)


def test_probability_above__a_cost_at_the_budget_is_within_it():
    ds = result([1.0, 2.0, 3.0, 4.0], [3.0, 3.0, 3.0, 3.0])
    found = probability_above(ds, [0.0, 3.0, 4.0])
    assert found["value"].dims == ("strategy", "threshold")
    assert found["value"].values.tolist() == [[1.0, 0.25, 0.0], [1.0, 0.0, 0.0]]
    assert found["threshold"].attrs["units"] == "USD"
    one = probability_above(ds, 3.0)
    assert one["value"].dims == ("strategy",)
    assert one["threshold"].item() == 3.0


@pytest.mark.parametrize("threshold", [np.nan, np.inf, "6M", None, True])
def test_probability_above__what_is_no_amount_is_refused(threshold):
    with pytest.raises((ValueError, TypeError), match="threshold must be a finite amount, got"):
        probability_above(result([1.0, 2.0]), threshold)
