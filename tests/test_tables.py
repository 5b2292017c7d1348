"""Figures of a measure as a table to read."""

import warnings

import numpy as np
import pytest
import xarray as xr

import hcrisk

COORDS = {"strategy": ["own", "msp"], "level": [0.8, 0.95]}


def figures(name="value", scale=1e6, unit="USD", dims=("strategy", "level")):
    value = scale * np.array([[1.0, 2.0], [3.0, np.nan]])
    keys = (name, "lower", "upper") if name == "value" else (name, f"{name}_lower", f"{name}_upper")
    parts = (value, value - 0.02 * scale, value + 0.02 * scale)
    attrs = {"units": unit}
    return {key: (dims, part, attrs) for key, part in zip(keys, parts, strict=True)}


def dataset(data, coords=COORDS):
    return xr.Dataset(data, coords, {"currency": "USD", "measure": "percentiles"})


def test_money_has_its_interval_and_what_is_unknown_is_empty():
    found = hcrisk.table(dataset(figures()))
    assert found.to_dict("split") == {
        "index": ["Own", "Msp"],
        "columns": ["P80", "P95"],
        "data": [["$1.00M ±0.02", "$2.00M ±0.02"], ["$3.00M ±0.02", ""]],
    }


def test_shares_are_percentages_and_other_numbers_are_plain():
    shares = hcrisk.table(dataset(figures(scale=0.1, unit="1")))
    assert shares.loc["Own", "P80"] == "10.0% ±0.2"
    beyond = hcrisk.table(dataset(figures(scale=10.0, unit="years")))
    assert beyond.loc["Msp", "P80"] == "30.0 ±0.2"


def test_exact_and_unbounded_figures():
    value = np.array([0.0, 5e5])
    ds = dataset(
        {
            key: ("strategy", value if key == "value" else bound, {"units": "USD"})
            for key, bound in (
                ("value", value),
                ("lower", [0.0, -np.inf]),
                ("upper", [0.0, np.inf]),
            )
        }
    )
    assert hcrisk.table(ds)["Percentiles"].tolist() == ["$0", "$500K too few paths"]


def test_figures_that_are_named_are_shown():
    ds = dataset(figures("base") | figures("budget"))
    assert list(hcrisk.table(ds).columns) == [
        "Base, P80", "Base, P95", "Budget, P80", "Budget, P95",
    ]  # fmt: skip
    assert list(hcrisk.table(ds, "budget").columns) == ["P80", "P95"]
    with pytest.raises(ValueError, match="did you mean 'budget'"):
        hcrisk.table(ds, "buget")
    one = ds.isel(strategy=0).isel(level=0)
    assert hcrisk.table(one).index.tolist() == ["percentiles"]


def test_what_has_no_figures_is_refused():
    with pytest.raises(ValueError, match=r"hcrisk\.percentiles"):
        hcrisk.table(xr.Dataset({"npv": ("path", [1.0])}))
    with pytest.raises(TypeError, match="got DataArray"):
        hcrisk.table(xr.DataArray([1.0]))
    other = figures("other", dims=("level", "strategy"))
    with pytest.raises(ValueError, match="make a table of each"):
        hcrisk.table(dataset(figures("base") | other), "base", "other")


def test_what_is_too_wide_for_a_page_is_turned():
    """A comparison of four strategies has eight figures: they are rows then."""
    ds = hcrisk.simulate(hcrisk.load("mid-market"), paths=200, seed=1, progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hcrisk.PrecisionWarning)
        found = hcrisk.table(hcrisk.compare(ds))
        narrow = hcrisk.table(hcrisk.percentiles(ds))
    assert list(found.columns) == ["Insource", "Hybrid", "Outsource"]
    assert list(found.index)[:2] == ["Mean difference", "Percentile of difference, P50"]
    assert len(found.index) == 8
    # Whole, though figures that say "too few paths" are too wide for one block of columns.
    assert all(name in str(found) for name in found.columns)
    assert max(map(len, str(found).splitlines())) <= 80
    assert list(narrow.index) == ["Insource", "Hybrid", "Outsource", "Current"]
