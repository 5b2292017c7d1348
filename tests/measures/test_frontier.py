"""The mean-tail frontier, against the definition pair by pair."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from hcrisk.measures import efficient_frontier, mean, tail_value_at_risk
from hcrisk.measures.frontier import efficient


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12))
def test_efficient_are_those_no_other_beats(pairs):
    points = np.array(pairs, dtype=float)
    expected = [not any((q <= p).all() and (q < p).any() for q in points) for p in points]
    assert efficient(points).tolist() == expected


def test_figures_are_those_of_the_measures():
    npv = np.random.default_rng(1).gamma(2, 1e6, (30, 1200))
    ds = xr.Dataset(
        {"npv": (("strategy", "path"), npv)}, {"strategy": [f"s{i}" for i in range(30)]}
    )
    found = efficient_frontier(ds, 0.9)
    for name, known in (("mean", mean(ds)), ("tail", tail_value_at_risk(ds, 0.9))):
        for key, end in (("value", ""), ("lower", "_lower"), ("upper", "_upper")):
            np.testing.assert_array_equal(found[name + end], known[key])
    kept = found.where(found["efficient"], drop=True).sortby("mean")
    assert (np.diff(kept["tail"]) < 0).all()
    assert found["mean"].values.argmin() in np.flatnonzero(found["efficient"])


def test_refusals():
    cost = xr.Dataset({"cost": (("strategy", "year", "path"), np.ones((2, 2, 3)))})
    with pytest.raises(ValueError, match=r"select one, such as ds\.isel\(year=0\)"):
        efficient_frontier(cost, of="cost")
    npv = xr.Dataset({"npv": (("strategy", "path"), np.ones((2, 3)))})
    with pytest.raises(ValueError, match=r"level must lie in \(0, 1\)"):
        efficient_frontier(npv, 1.0)
