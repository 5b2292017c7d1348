import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import compare, mean, percentiles

ESTIMATES = (
    "mean_difference",
    "percentile_of_difference",
    "difference_of_percentiles",
    "probability_cheaper",
)


def result(npv, names=("current", "msp", "hybrid"), current="current"):
    npv = np.asarray(npv, dtype=float)
    variables = {"npv": (("strategy", "path"), npv, {"units": "USD", "long_name": "cost"})}
    return xr.Dataset(variables, {"strategy": list(names[: len(npv)])}, {"current": current})


@pytest.fixture
def three():
    rng = np.random.default_rng(4)
    shared = rng.lognormal(0, 0.5, 4000)
    return result([shared, 0.8 * shared + 0.1, shared + rng.normal(0, 0.1, 4000)])


def test_compare__layout(three):
    found = compare(three, levels=(0.5, 0.9))
    assert found["strategy"].values.tolist() == ["msp", "hybrid"]
    assert found["baseline"].item() == "current"
    for name in ESTIMATES:
        dims = ("strategy", "level") if "percentile" in name else ("strategy",)
        for suffix in ("", "_lower", "_upper"):
            variable = found[name + suffix]
            assert variable.dims == dims
            assert variable.attrs["units"] == ("1" if name == "probability_cheaper" else "USD")
        assert (found[f"{name}_lower"] <= found[name]).all()
        assert (found[name] <= found[f"{name}_upper"]).all()
    assert set(found.data_vars) == {n + s for n in ESTIMATES for s in ("", "_lower", "_upper")}
    long_names = {found[name].attrs["long_name"] for name in ESTIMATES}
    assert "percentile of the paired difference in cost" in long_names
    assert "difference of percentiles of cost" in long_names


def test_compare__each_estimate_is_the_plain_measure(three):
    found = compare(three)
    difference = three - three.sel(strategy="current", drop=True)
    others = ["msp", "hybrid"]
    paired, plain = difference.sel(strategy=others), percentiles(three)["value"]
    table = percentiles(paired)
    np.testing.assert_array_equal(found["percentile_of_difference"], table["value"])
    np.testing.assert_array_equal(found["percentile_of_difference_lower"], table["lower"])
    np.testing.assert_array_equal(found["percentile_of_difference_upper"], table["upper"])
    np.testing.assert_array_equal(found["mean_difference_lower"], mean(paired)["lower"])
    np.testing.assert_allclose(
        found["difference_of_percentiles"],
        plain.sel(strategy=others) - plain.sel(strategy="current"),
    )


def test_compare__the_two_kinds_differ():
    # Reversed pairing: the same costs path for path in another order.
    npv = np.arange(1000.0)
    found = compare(result([npv, npv[::-1]]), levels=0.9).isel(strategy=0, level=0)
    assert found["difference_of_percentiles"].item() == 0.0
    assert found["percentile_of_difference"].item() == pytest.approx(799.2)


def test_compare__normal_pair_in_closed_form():
    # Costs N(10, 2) and N(11, 2) with correlation 0.75: the difference is N(1, sqrt 2).
    rng, n = np.random.default_rng(12), 40_000
    cov = 4 * np.array([[1.0, 0.75], [0.75, 1.0]])
    a, b = rng.multivariate_normal([10.0, 11.0], cov, n).T
    found = compare(result([a, b]), levels=0.8, confidence=0.9999).squeeze()
    exact = {
        "mean_difference": 1.0,
        "percentile_of_difference": stats.norm(1.0, np.sqrt(2)).ppf(0.8),
        "difference_of_percentiles": 1.0,
        "probability_cheaper": stats.norm.cdf(-1 / np.sqrt(2)),
    }
    for name, value in exact.items():
        assert found[f"{name}_lower"] <= value <= found[f"{name}_upper"], name
    width = (found["mean_difference_upper"] - found["mean_difference_lower"]).item()
    assert width == pytest.approx(2 * stats.norm.ppf(0.99995) * np.sqrt(2 / n), rel=0.02)


def test_compare__difference_of_percentiles_covers_as_often_as_it_says():
    rng, hits = np.random.default_rng(21), 0
    for _ in range(200):
        a = rng.standard_normal(2000)
        b = a + 1 + 0.5 * rng.standard_normal(2000)
        found = compare(result([a, b]), levels=0.8).squeeze()
        true = 1 + stats.norm.ppf(0.8) * (np.sqrt(1.25) - 1)
        low, high = (
            found["difference_of_percentiles_lower"],
            found["difference_of_percentiles_upper"],
        )
        hits += bool(low <= true <= high)
    assert hits / 200 == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 200))


def test_compare__pairing_narrows_the_interval():
    rng = np.random.default_rng(6)
    a = rng.standard_normal(5000)
    paired = compare(result([a, a + 0.1 * rng.standard_normal(5000)]), levels=0.8).squeeze()
    apart = compare(result([a, rng.standard_normal(5000)]), levels=0.8).squeeze()
    for name in ("mean_difference", "difference_of_percentiles"):
        widths = [(x[f"{name}_upper"] - x[f"{name}_lower"]).item() for x in (paired, apart)]
        assert widths[0] < widths[1] / 2


def test_compare__a_tie_counts_one_half():
    found = compare(result([np.zeros(1000), np.r_[-np.ones(100), np.zeros(790), np.ones(110)]]))
    assert found["probability_cheaper"].item() == pytest.approx(0.1 + 0.79 / 2)
    assert found["percentile_of_difference"].sel(level=0.5).item() == 0.0


def test_compare__the_same_costs_differ_by_nothing():
    npv = np.random.default_rng(1).lognormal(size=2000)
    found = compare(result([npv, npv])).squeeze("strategy")
    for name in ESTIMATES[:3]:
        for suffix in ("", "_lower", "_upper"):
            assert (found[name + suffix] == 0).all()
    assert found["probability_cheaper"] == 0.5


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.floats(-100, 100))
def test_compare__swapping_changes_the_sign(seed, shift):
    npv = np.random.default_rng(seed).normal([[0.0], [shift]], 1.0, (2, 1000))
    there, back = (compare(result(npv), name).squeeze() for name in ("current", "msp"))
    for name in ("mean_difference", "difference_of_percentiles"):
        np.testing.assert_allclose(there[name], -back[name], atol=1e-9)
        np.testing.assert_allclose(there[f"{name}_lower"], -back[f"{name}_upper"], atol=1e-9)
    assert there["probability_cheaper"] + back["probability_cheaper"] == pytest.approx(1.0)


def test_compare__baseline_defaults_to_the_current_arrangement():
    ds = result([np.zeros(1000), np.ones(1000)], names=("plan", "status_quo"), current="status_quo")
    found = compare(ds)
    assert found["baseline"].item() == "status_quo"
    assert found["mean_difference"].sel(strategy="plan").item() == -1.0


def test_compare__year_by_year():
    cost = np.arange(2.0 * 3 * 1000).reshape(2, 3, 1000)
    coords = {"strategy": ["current", "msp"], "year": [1, 2, 3]}
    ds = xr.Dataset({"cost": (("strategy", "year", "path"), cost)}, coords)
    found = compare(ds.transpose("path", "year", "strategy"), "current", of="cost")
    assert found["mean_difference"].dims == ("strategy", "year")
    assert found["difference_of_percentiles"].dims == ("strategy", "year", "level")
    assert (found["mean_difference"] == 3000.0).all()


def test_compare__leaves_the_result_alone(three):
    before = three.copy(deep=True)
    compare(three)
    xr.testing.assert_identical(three, before)


def test_compare__too_few_paths_leave_bounds_infinite():
    text = (
        r"^P95 of the difference or difference of P95 of npv for msp rests on 500 paths, "
        r"too few for a 95% interval; simulate at least 1000 paths$"
    )
    with pytest.warns(PrecisionWarning, match=text) as caught:
        found = compare(result([np.arange(500.0), np.zeros(500)])).squeeze("strategy")
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert np.isinf(found["difference_of_percentiles_upper"].sel(level=0.95))
    assert np.isfinite(found["difference_of_percentiles_upper"].sel(level=0.8))
    assert np.isfinite(found["percentile_of_difference_upper"]).all()


def test_compare__one_path():
    with pytest.warns(PrecisionWarning) as caught:
        found = compare(result([[2.0], [5.0]]), levels=0.5).squeeze()
    assert [str(w.message).split(" of npv")[0] for w in caught] == [
        "mean difference",
        "P50 of the difference or difference of P50",
    ]
    assert {w.filename for w in caught} == {__file__}
    for name in ESTIMATES[:3]:
        assert found[name] == 3.0
        assert np.isinf([found[f"{name}_lower"], found[f"{name}_upper"]]).all()
    assert found["probability_cheaper"] == 0.0


@pytest.mark.parametrize(
    ("names", "baseline", "text"),
    [
        (("current", "msp"), "curent", r"baseline must be one of .* did you mean 'current'\?"),
        (("current",), None, r"baseline must leave a strategy to compare, got 'current', the only"),
        (("plan", "msp"), None, r"baseline must be one of \['msp', 'plan'\], got 'current'"),
    ],
)
def test_compare__baselines_that_will_not_do_are_refused(names, baseline, text):
    with pytest.raises(ValueError, match=text):
        compare(result(np.ones((len(names), 50)), names), baseline)


def test_compare__no_baseline_known_is_refused():
    ds = result(np.ones((2, 50)))
    ds.attrs = {}
    with pytest.raises(
        ValueError, match=r"baseline must be named, got None .* \['current', 'msp'\]"
    ):
        compare(ds)
