import numpy as np
import pytest
import xarray as xr
from scipy import stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import compare, difference_by, mean


def result(parts, current="a"):
    parts = np.asarray(parts, dtype=float)
    about = {"units": "USD", "long_name": "cost"}
    return xr.Dataset(
        {
            "npv": (("strategy", "path"), parts.sum(axis=1), about),
            "component_npv": (("strategy", "component", "path"), parts, about),
        },
        {
            "strategy": list("abc"[: len(parts)]),
            "component": [f"p{i}" for i in range(parts.shape[1])],
        },
        {"current": current},
    )


@pytest.fixture
def three():
    rng = np.random.default_rng(3)
    return result(rng.gamma(2, 1, (3, 4, 1200)) + rng.gamma(2, 3, 1200))


def test_difference_by__adds_up_to_the_comparison(three):
    found, whole = difference_by(three), compare(three)
    assert found["value"].dims == ("strategy", "component")
    assert found["strategy"].values.tolist() == ["b", "c"]
    assert found["baseline"].item() == "a"
    np.testing.assert_allclose(found["value"].sum("component"), found["total"])
    for suffix in ("", "_lower", "_upper"):
        np.testing.assert_allclose(found["total" + suffix], whole["mean_difference" + suffix])
    means = mean(three)
    np.testing.assert_allclose(found["baseline_mean_lower"], means["lower"].sel(strategy="a"))
    np.testing.assert_allclose(
        found["strategy_mean_upper"], means["upper"].sel(strategy=["b", "c"])
    )
    np.testing.assert_allclose(found["baseline_mean"] + found["total"], found["strategy_mean"])


def test_difference_by__intervals_are_paired(three):
    found = difference_by(three, baseline="b").sel(strategy="c", component="p2")
    parts = three["component_npv"].sel(component="p2")
    test = stats.ttest_rel(parts.sel(strategy="c"), parts.sel(strategy="b"))
    low, high = test.confidence_interval(0.95)
    assert found["lower"].item() == pytest.approx(low)
    assert found["upper"].item() == pytest.approx(high)
    assert found["value"].item() / found["standard_error"].item() == pytest.approx(test.statistic)


def test_difference_by__parts_that_do_not_differ_are_exactly_zero(three):
    three["component_npv"][1, 0] = three["component_npv"][0, 0]
    three["npv"] = three["component_npv"].sum("component")
    found = difference_by(three).sel(strategy="b", component="p0")
    for name in ("value", "lower", "upper", "standard_error"):
        assert found[name].item() == 0.0


def test_difference_by__one_path_and_refusals(three):
    with pytest.warns(PrecisionWarning, match="mean difference of npv for a, b rests on 1 path"):
        found = difference_by(result([[[1.0], [2.0]], [[3.0], [1.0]]]))
    assert found["value"].values.tolist() == [[2.0, -1.0]]
    assert np.isinf(found["standard_error"]).all()
    with pytest.raises(ValueError, match="not a selection of component"):
        difference_by(three.sel(component=["p0"]))
    with pytest.raises(ValueError, match="baseline must be one of"):
        difference_by(three, baseline="z")
    with pytest.raises(ValueError, match="by must be one of"):
        difference_by(three, "strategy")
