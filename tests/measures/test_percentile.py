import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import mean, percentiles, tail_value_at_risk, value_at_risk
from hcrisk.measures._labelled import check_choice

STRATEGIES = ["current", "msp"]


def result(*npv):
    names = STRATEGIES[: len(npv)] if len(npv) <= 2 else [f"s{i}" for i in range(len(npv))]
    attrs = {"units": "USD", "long_name": "net present cost"}
    variables = {"npv": (("strategy", "path"), np.array(npv, dtype=float), attrs)}
    return xr.Dataset(
        variables, {"strategy": names}, {"currency": "USD", "current": names[0], "seed": 7}
    )


def with_years(n=1000):
    cost = np.arange(2 * 3 * n, dtype=float).reshape(2, 3, n)
    coords = {"strategy": STRATEGIES, "year": [1, 2, 3]}
    return xr.Dataset({"cost": (("strategy", "year", "path"), cost)}, coords)


def test_percentiles__values_intervals_and_tail_paths():
    table = percentiles(result(np.arange(1000.0), np.arange(1000.0)[::-1]), (0.5, 0.95))
    assert table["value"].dims == ("strategy", "level")
    for name in STRATEGIES:
        one = table.sel(strategy=name)
        np.testing.assert_allclose(one["value"], [499.5, 949.05])
        # Ranks 469 to 532 and 936 to 964 of the published table, counted from 1.
        assert one["lower"].values.tolist() == [468.0, 935.0]
        assert one["upper"].values.tolist() == [531.0, 963.0]
        assert one["tail_paths"].values.tolist() == [500, 50]


def test_check_choice__of_many_names_lists_none_or_the_first():
    names = [f"input.{letter}" for letter in "abcdefghijklmnop"]
    with pytest.raises(
        ValueError, match=r"one of 16 known ones, got 'inptu.c'; did you mean '\S+$"
    ):
        check_choice("of", "inptu.c", names)
    with pytest.raises(ValueError, match=r"them, such as 'input.a', .*, 'input.l'$"):
        check_choice("of", "zzz", names)
    assert check_choice("of", "input.b", names) == "input.b"


def test_percentiles__labelled_with_units_provenance_and_confidence():
    table = percentiles(result(np.arange(1000.0)), confidence=0.9)
    assert table["level"].values.tolist() == [0.5, 0.8, 0.95]
    assert table["value"].attrs == {
        "units": "USD",
        "long_name": "percentile of net present cost",
    }
    assert table["tail_paths"].attrs["units"] == "1"
    assert table["tail_paths"].dtype.kind == "i"
    assert table.attrs["seed"] == 7
    assert (table.attrs["measure"], table.attrs["of"]) == ("percentile", "npv")
    assert table.attrs["confidence"] == 0.9
    assert "path" not in table.dims


def test_percentiles__leave_the_result_alone():
    ds = result(np.arange(1000.0)[::-1])
    before = ds.copy(deep=True)
    percentiles(ds)
    xr.testing.assert_identical(ds, before)


def test_percentiles__keep_other_dimensions_in_any_order():
    ds = with_years()
    table = percentiles(ds.transpose("path", "year", "strategy"), 0.5, of="cost")
    assert set(table["value"].dims) == {"strategy", "year", "level"}
    expected = ds["cost"].median("path")
    xr.testing.assert_allclose(
        table["value"].isel(level=0, drop=True).transpose(*expected.dims), expected
    )


def test_percentiles__without_strategies():
    ds = xr.Dataset({"wage_index": (("year", "path"), np.arange(200.0).reshape(2, 100))})
    assert percentiles(ds, 0.5, of="wage_index")["value"].values.tolist() == [[49.5], [149.5]]


def test_percentiles__counts_are_measured_as_numbers():
    ds = xr.Dataset({"events": (("risk", "path"), np.arange(101).reshape(1, 101))})
    assert percentiles(ds, 0.5, of="events")["value"].item() == 50.0


def test_percentiles__atom_at_zero():
    # 79 % of paths without loss.
    table = percentiles(result(np.r_[np.zeros(790), np.arange(1.0, 211.0)]), (0.5, 0.79, 0.8, 0.95))
    one = table.isel(strategy=0)
    np.testing.assert_allclose(one["value"], [0.0, 0.21, 10.2, 160.05])
    assert one["lower"].values[:2].tolist() == [0.0, 0.0]
    assert one["upper"].values[0] == 0.0
    assert one["tail_paths"].values.tolist() == [210, 210, 200, 50]


def test_percentiles__all_paths_equal():
    table = percentiles(result(np.full(500, 3.3)), 0.95).isel(strategy=0, level=0)
    assert table["value"] == table["lower"] == table["upper"] == 3.3
    assert table["tail_paths"] == 0


def test_percentiles__one_path_has_a_value_and_no_bounds():
    with pytest.warns(PrecisionWarning, match=r"P50 of npv for current rests on 1 path, too few"):
        table = percentiles(result([5.0]), 0.5).isel(strategy=0, level=0)
    assert table["value"] == 5.0
    assert (table["lower"], table["upper"]) == (-np.inf, np.inf)


def test_percentiles__too_few_paths_warn_with_level_strategies_and_remedy():
    text = (
        r"^P99 of npv for current, msp rests on 100 paths, too few for a 95% interval; "
        r"simulate at least 368 paths$"
    )
    with pytest.warns(PrecisionWarning, match=text) as caught:
        table = percentiles(result(np.arange(100.0), np.arange(100.0)), (0.5, 0.99))
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert np.isposinf(table["upper"].sel(level=0.99)).all()
    assert np.isfinite(table["upper"].sel(level=0.5)).all()


def test_percentiles__exact_interval_covers_a_normal_quantile_in_repeated_samples():
    rng = np.random.default_rng(11)
    table = percentiles(result(*rng.standard_normal((400, 500))), 0.9)
    true = stats.norm.ppf(0.9)
    covered = int(((table["lower"] <= true) & (true <= table["upper"])).sum())
    r, s = 436, 465
    nominal = stats.binom.cdf(s - 1, 500, 0.9) - stats.binom.cdf(r - 1, 500, 0.9)
    assert nominal >= 0.95
    low, high = stats.binom.ppf([0.001, 0.999], 400, nominal)
    assert low <= covered <= high


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(-1e9, 1e9), min_size=80, max_size=150))
def test_percentiles__rise_with_the_level_inside_their_intervals(npv):
    table = percentiles(result(npv), (0.1, 0.25, 0.5, 0.9, 0.95)).isel(strategy=0)
    assert (np.diff(table["value"]) >= 0).all()
    assert (table["lower"] <= table["value"]).all()
    assert (table["value"] <= table["upper"]).all()
    assert (np.diff(table["tail_paths"]) <= 0).all()


def test_value_at_risk__is_the_percentile():
    ds = result(np.arange(1000.0) ** 2)
    var, table = value_at_risk(ds, 0.95), percentiles(ds, 0.95).isel(level=0)
    xr.testing.assert_equal(var, table)
    assert var["level"].item() == 0.95
    assert var.attrs["measure"] == "value_at_risk"


def test_value_at_risk__several_levels():
    assert value_at_risk(result(np.arange(1000.0)), [0.5, 0.9])["value"].shape == (1, 2)


def test_measures__stack_into_one_table():
    ds = result(np.arange(1000.0))
    both = xr.concat(
        [value_at_risk(ds, [0.8, 0.95]), tail_value_at_risk(ds, [0.8, 0.95])], dim="measure"
    )
    assert both["value"].dims == ("measure", "strategy", "level")
    assert "value" in ds.merge(percentiles(ds))


def test_mean__closed_form_interval():
    found = mean(result([4.0, 7.0, 1.0, 8.0], [2.0, 2.0, 2.0, 2.0]), confidence=0.9)
    low, high = stats.t.interval(0.9, 3, loc=5.0, scale=stats.sem([4, 7, 1, 8]))
    assert found["value"].values.tolist() == [5.0, 2.0]
    np.testing.assert_allclose(found["lower"], [low, 2.0])
    np.testing.assert_allclose(found["upper"], [high, 2.0])
    np.testing.assert_allclose(found["standard_error"], [stats.sem([4, 7, 1, 8]), 0.0])
    assert found["value"].attrs["units"] == "USD"


def test_mean__one_path():
    with pytest.warns(PrecisionWarning, match="mean of npv for current rests on 1 path") as caught:
        found = mean(result([5.0]))
    assert caught[0].filename == __file__
    assert found["value"].item() == 5.0
    assert np.isinf([found["lower"].item(), found["standard_error"].item()]).all()


@pytest.mark.parametrize(
    ("levels", "text"),
    [
        (95, r"levels must lie in \(0, 1\), got 95; write 0\.95"),
        ((0.5, 80), r"levels must lie in \(0, 1\), got 80; write 0\.8"),
        (1.0, r"levels must lie in \(0, 1\), got 1\.0; write one such as 0\.95"),
        (0, r"levels must lie in \(0, 1\), got 0"),
        (float("nan"), r"levels must lie in \(0, 1\), got nan"),
        ((), r"levels must name at least one level, got \(\)"),
        ((0.5, 0.5), r"levels must differ, got \(0\.5, 0\.5\); leave out the repeated one"),
    ],
)
def test_percentiles__levels_out_of_range_are_refused(levels, text):
    with pytest.raises(ValueError, match=text):
        percentiles(result(np.arange(100.0)), levels)


@pytest.mark.parametrize("levels", ["0.5", True, None, ["P50"]])
def test_percentiles__levels_that_are_no_numbers_are_refused(levels):
    with pytest.raises(TypeError, match=r"levels must be .*number.* in \(0, 1\), got"):
        percentiles(result(np.arange(100.0)), levels)


def test_percentiles__confidence_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"confidence must lie in \(0, 1\), got 90; write 0\.9"):
        percentiles(result(np.arange(100.0)), confidence=90)


def test_percentiles__unknown_variable_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"one of \['npv'\], got 'npvs'; did you mean 'npv'\?"):
        percentiles(result(np.arange(100.0)), of="npvs")


def test_percentiles__variables_without_paths_are_not_offered():
    ds = result(np.arange(100.0)).assign(budget=5.0)
    with pytest.raises(ValueError, match=r"of must be one of \['npv'\], got 'budget'"):
        percentiles(ds, of="budget")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_percentiles__values_that_are_not_finite_are_refused_with_their_place(bad):
    npv = np.arange(100.0)
    npv[17] = bad
    ds = result(np.arange(100.0), npv)
    where = r"got 1 NaN or infinite values, the first at strategy=msp, path=17; correct the inputs"
    with pytest.raises(ValueError, match=where):
        percentiles(ds)


def test_percentiles__no_paths_are_refused():
    with pytest.raises(ValueError, match=r"of='npv' has 0 paths, at least 1 is needed"):
        percentiles(result([]))


def test_percentiles__text_is_refused():
    ds = xr.Dataset({"note": ("path", ["a", "b"])})
    with pytest.raises(ValueError, match="of='note' must hold numbers, got dtype <U1"):
        percentiles(ds, of="note")


def test_percentiles__arrays_are_refused_with_advice():
    with pytest.raises(TypeError, match=r"ds must be the xarray\.Dataset .* got DataArray; pass"):
        percentiles(result(np.arange(100.0))["npv"])


def test_percentiles__a_variable_in_place_of_its_name_is_refused():
    ds = xr.Dataset({"npv": ("path", np.arange(100.0)), "cost": ("path", np.arange(100.0))})
    with pytest.raises(TypeError, match=r"one of \['cost', 'npv'\], got a DataArray; write"):
        percentiles(ds, of=ds["npv"])
