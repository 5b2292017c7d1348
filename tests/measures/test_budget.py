import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import budget, mean, percentiles, probability_above, worst_year

ALL = (
    "base",
    "contingency",
    "budget",
    "management_reserve",
    "ceiling",
    "probability_over_base",
)
VALUES = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda x: round(x, 2))


def result(npv, names=("current", "msp", "hybrid")):
    npv = np.atleast_2d(np.asarray(npv, dtype=float))
    about = {"units": "USD", "long_name": "cost"}
    return xr.Dataset(
        {"npv": (("strategy", "path"), npv, about)}, {"strategy": list(names[: len(npv)])}
    )


def yearly(cost):
    cost = np.asarray(cost, dtype=float)
    coords = {"year": np.arange(1, cost.shape[-2] + 1)}
    dims = ("strategy", "year", "path")[-cost.ndim :]
    return xr.Dataset({"cost": (dims, cost, {"units": "USD", "long_name": "cost"})}, coords)


@pytest.fixture
def two():
    rng = np.random.default_rng(2)
    return result(rng.lognormal(0, 0.6, (2, 6000)))


def test_budget__layout_and_sum(two):
    found = budget(two)
    assert set(found.data_vars) == {n + s for n in ALL for s in ("", "_lower", "_upper")}
    for name in ALL:
        assert found[name].dims == ("strategy",)
        assert found[name].attrs["units"] == ("1" if name == "probability_over_base" else "USD")
        assert (found[f"{name}_lower"] <= found[name]).all()
        assert (found[name] <= found[f"{name}_upper"]).all()
    assert (found["level"].item(), found["reserve"].item()) == (0.8, 0.95)
    added = found["base"] + found["contingency"] + found["management_reserve"]
    np.testing.assert_allclose(added, found["ceiling"])
    assert found["contingency"].attrs["long_name"] == "P80 less base of cost"


def test_budget__is_made_of_the_plain_measures(two):
    found, table = budget(two), percentiles(two, (0.8, 0.95))
    for suffix, key in (("", "value"), ("_lower", "lower"), ("_upper", "upper")):
        np.testing.assert_array_equal(found["budget" + suffix], table[key].sel(level=0.8))
        np.testing.assert_array_equal(found["ceiling" + suffix], table[key].sel(level=0.95))
        np.testing.assert_array_equal(found["base" + suffix], mean(two)[key])
    planned = budget(two, base=1.3)
    over = probability_above(two, 1.3)
    for suffix, key in (("", "value"), ("_lower", "lower"), ("_upper", "upper")):
        np.testing.assert_array_equal(planned["probability_over_base" + suffix], over[key])
        np.testing.assert_allclose(planned["contingency" + suffix], table[key].sel(level=0.8) - 1.3)
        np.testing.assert_array_equal(planned["base" + suffix], [1.3, 1.3])


def test_budget__a_plan_for_each_strategy(two):
    found = budget(two, base={"msp": 1.0, "current": 3.0})
    assert found["base"].values.tolist() == [3.0, 1.0]
    assert found["contingency"][0] < 0 < found["contingency"][1]


def test_budget__lognormal_in_closed_form(two):
    found, law = budget(two, confidence=0.999), stats.lognorm(0.6)
    exact = {
        "base": law.mean(),
        "contingency": law.ppf(0.8) - law.mean(),
        "budget": law.ppf(0.8),
        "management_reserve": law.ppf(0.95) - law.ppf(0.8),
        "ceiling": law.ppf(0.95),
        "probability_over_base": law.sf(law.mean()),
    }
    for name, value in exact.items():
        assert (found[f"{name}_lower"] <= value).all(), name
        assert (value <= found[f"{name}_upper"]).all(), name
        assert (found[f"{name}_upper"] - found[f"{name}_lower"] < 0.4).all(), name


@pytest.mark.parametrize("name", ["contingency", "management_reserve", "probability_over_base"])
def test_budget__covers_as_often_as_it_says(name):
    law, rng = stats.lognorm(0.6), np.random.default_rng(44)
    exact = {
        "contingency": law.ppf(0.8) - law.mean(),
        "management_reserve": law.ppf(0.95) - law.ppf(0.8),
        "probability_over_base": law.sf(law.mean()),
    }[name]
    found = budget(result(rng.lognormal(0, 0.6, (300, 3000)), [str(i) for i in range(300)]))
    hits = (found[f"{name}_lower"] <= exact) & (exact <= found[f"{name}_upper"])
    assert hits.mean().item() == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 300))


def test_budget__mass_at_zero():
    found = budget(result(np.r_[np.zeros(790), np.full(210, 7.0)]), 0.7, reserve=0.9)
    got = {name: found[name].item() for name in ALL}
    assert got["budget"] == 0.0
    assert got["contingency"] == pytest.approx(-1.47)
    assert got["management_reserve"] == got["ceiling"] == 7.0
    assert got["probability_over_base"] == pytest.approx(0.21)


def test_budget__all_paths_equal():
    # 0.1 has no exact mean by plain addition.
    found = budget(result(np.full(1003, 0.1)))
    for name in ("contingency", "management_reserve", "probability_over_base"):
        assert found[name].item() == 0.0
        assert found[f"{name}_lower"].item() == found[f"{name}_upper"].item() == 0.0


def test_budget__few_paths_have_no_interval():
    with (
        pytest.warns(PrecisionWarning, match=r"budget at P80 .* at least 250 paths"),
        pytest.warns(PrecisionWarning, match=r"budget at P95 .* at least 1000 paths"),
    ):
        found = budget(result([5.0]))
    assert found["contingency"].item() == 0.0
    assert np.isinf(found["management_reserve_upper"]).all()
    assert found["probability_over_base_lower"].item() == 0.0


def test_budget__each_year():
    rng = np.random.default_rng(1)
    ds = yearly(rng.gamma(5, 1, (2, 3, 1200)))
    found = budget(ds, of="cost")
    assert found["contingency"].dims == ("strategy", "year")
    one = budget(ds.isel(year=1), of="cost")
    np.testing.assert_array_equal(found["contingency"].isel(year=1), one["contingency"])


def test_budget__refusals(two):
    with pytest.raises(ValueError, match=r"reserve must lie above level=0\.8, got 0\.8"):
        budget(two, 0.8, reserve=0.8)
    with pytest.raises(ValueError, match=r"level must lie in \(0, 1\), got 80; write 0.8"):
        budget(two, 80)
    with pytest.raises(ValueError, match="base must be a finite amount, got inf"):
        budget(two, base=np.inf)
    with pytest.raises(ValueError, match=r"base must have an amount for every .*\['msp'\] too"):
        budget(two, base={"current": 1.0})
    with pytest.raises(ValueError, match=r"base must be one of .* did you mean 'msp'\?"):
        budget(two, base={"current": 1.0, "mps": 2.0})
    with pytest.raises(ValueError, match=r"base\['msp'\] must be a finite amount"):
        budget(two, base={"current": 1.0, "msp": float("nan")})
    with pytest.raises(ValueError, match="base must be one amount where npv has no"):
        budget(xr.Dataset({"npv": ("path", np.arange(1200.0))}), base={"current": 1.0})


def test_worst_year__layout():
    rng = np.random.default_rng(1)
    found = worst_year(yearly(rng.gamma(2, 1, (2, 4, 1200))))
    for name in ("worst_year", "horizon", "sum_of_years", "excess"):
        assert found[name].dims == ("strategy", "level")
        assert (found[f"{name}_lower"] <= found[name]).all()
        assert (found[name] <= found[f"{name}_upper"]).all()
    assert found["yearly"].dims == ("strategy", "year", "level")
    assert found["probability_worst"].dims == ("strategy", "year")
    assert worst_year(yearly(rng.gamma(2, 1, (4, 1200))), 0.8)["excess"].dims == ()


def test_worst_year__is_made_of_the_plain_percentiles():
    rng = np.random.default_rng(9)
    ds, levels = yearly(rng.gamma(2, 1, (2, 4, 3000))), (0.5, 0.9)
    found = worst_year(ds, levels)
    by_hand = {
        "yearly": ds,
        "worst_year": ds.max("year"),
        "horizon": ds.sum("year"),
    }
    for name, each in by_hand.items():
        table = percentiles(each, levels, of="cost")
        for suffix, key in (("", "value"), ("_lower", "lower"), ("_upper", "upper")):
            np.testing.assert_array_equal(found[name + suffix], table[key])
    added = found["yearly"].sum("year")
    np.testing.assert_allclose(found["sum_of_years"], added)
    np.testing.assert_allclose(found["excess"], added - found["horizon"])
    swapped = worst_year(ds.transpose("year", "path", "strategy"), levels)
    xr.testing.assert_allclose(swapped, found)


def test_worst_year__independent_normals_in_closed_form():
    rng, n = np.random.default_rng(11), 40_000
    found = worst_year(yearly(rng.normal(10, 1, (4, n))), 0.9, confidence=0.999)
    z = stats.norm.ppf(0.9)
    exact = {
        "worst_year": 10 + stats.norm.ppf(0.9**0.25),
        "horizon": 40 + 2 * z,
        "sum_of_years": 40 + 4 * z,
        "excess": 2 * z,
        "probability_worst": 0.25,
    }
    for name, value in exact.items():
        assert (found[f"{name}_lower"] <= value).all(), name
        assert (value <= found[f"{name}_upper"]).all(), name


def test_worst_year__comonotone_years_save_nothing():
    rising = np.arange(2000.0)
    found = worst_year(yearly([rising, 2 * rising, 0.5 * rising]), 0.95)
    assert found["excess"].item() == pytest.approx(0.0, abs=1e-9)
    # In year 1 only the path that costs nothing in every year, shared by three.
    np.testing.assert_allclose(
        found["probability_worst"], [1 / 6000, 1 - 2 / 6000, 1 / 6000], rtol=1e-9
    )


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 30)), elements=VALUES))
@pytest.mark.filterwarnings("ignore::hcrisk.PrecisionWarning")
def test_worst_year__bounds_every_year_and_chances_add_up(cost):
    found = worst_year(yearly(cost), (0.3, 0.9))
    assert (found["worst_year"] >= found["yearly"].max("year")).all()
    assert found["probability_worst"].sum().item() == pytest.approx(1.0)


def test_worst_year__one_path_and_refusals():
    with pytest.warns(PrecisionWarning, match=r"P80 of years of cost .* at least 250 paths"):
        found = worst_year(yearly([[3.0], [5.0]]), 0.8)
    assert found["worst_year"].item() == 5.0
    assert found["probability_worst"].values.tolist() == [0.0, 1.0]
    with pytest.raises(ValueError, match="of='npv' has no dimension 'year'"):
        worst_year(result([1.0, 2.0]), of="npv")
    with pytest.raises(ValueError, match="levels must differ"):
        worst_year(yearly([[3.0], [5.0]]), (0.8, 0.8))
