"""Runs that stop when a figure is precise enough."""

import numpy as np
import pytest
import xarray as xr

import hcrisk
from hcrisk import Precision, required_paths, simulate
from hcrisk.exceptions import PrecisionWarning
from tests.builders import crowded


def half_width(found):
    return (found["upper"] - found["lower"]) / 2


@pytest.mark.parametrize("name", ["mean", "p80", "tvar90"])
def test_the_run_has_the_precision_asked_for(name):
    ds = simulate(crowded(), until=Precision(name, rel=0.02), paths=10**6, seed=5, progress=False)
    measure = {
        "mean": hcrisk.mean,
        "p80": lambda ds: hcrisk.percentiles(ds, 0.8),
        "tvar90": lambda ds: hcrisk.tail_value_at_risk(ds, 0.9),
    }[name]
    found = measure(ds)
    assert (half_width(found) <= 0.02 * found["value"] * (1 + 1e-9)).all()
    assert 2_000 <= ds.sizes["path"] < 50_000


def test_its_paths_are_those_of_one_run_to_the_bit():
    ds = simulate(crowded(), until=Precision("mean", rel=0.006), paths=10**6, seed=5)
    assert ds.sizes["path"] > 2_000
    whole = hcrisk.simulate(crowded(), paths=ds.sizes["path"], seed=5, progress=False)
    xr.testing.assert_identical(ds.drop_attrs(), whole.drop_attrs())


def test_it_says_when_it_stops_without():
    with pytest.warns(PrecisionWarning, match=r"not as precise as asked with 500 paths; about"):
        ds = simulate(crowded(), until=Precision("p99", rel=1e-4), paths=500, progress=False)
    assert ds.sizes["path"] == 500


def result(values):
    npv = np.atleast_2d(np.asarray(values, dtype=float))
    return xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": range(npv.shape[0])})


def test_paths_needed_follow_the_square_of_the_precision():
    generator = np.random.default_rng(3)
    ds = result(generator.normal(100, 15, 100_000))
    # Half-width 1.96 x 15 / sqrt(n) is 0.3 at n = 9,604.
    assert required_paths(ds, Precision(amount=0.3)).item() == pytest.approx(9_604, rel=0.02)
    assert required_paths(ds, Precision(rel=0.003)).item() == pytest.approx(9_604, rel=0.02)
    # Some 620 paths lie between the bounds of the median: its width is known to a few percent.
    # Of the median the standard error is sqrt(pi / 2) times as large.
    expected = 9_604 * np.pi / 2
    assert required_paths(ds, Precision("p50", amount=0.3)).item() == pytest.approx(
        expected, rel=0.25
    )


def test_what_is_certain_needs_one_path():
    assert required_paths(result([7.0] * 50), Precision(rel=0.01)).item() == 1
    assert required_paths(result([7.0] * 50), Precision("p50", rel=0.01)).item() == 1
    assert required_paths(result([0.0] * 50), Precision(amount=1)).item() == 1


def test_a_share_of_nothing_is_never_reached():
    assert required_paths(result([-1.0, 1.0] * 50), Precision(rel=0.1)).item() == 2**62


def test_one_path_asks_for_more():
    assert required_paths(result([7.0]), Precision(rel=0.01)).item() == 2
    assert required_paths(result([7.0]), Precision("p95", rel=0.01)).item() == 72


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({}, "one of rel and amount must be given"),
        ({"rel": 0.1, "amount": 5}, "one of rel and amount must be given"),
        ({"rel": 0}, "rel must be above 0"),
        ({"amount": float("inf")}, "amount must be above 0 and finite"),
        ({"statistic": "median", "rel": 0.1}, "statistic must be 'mean'"),
        ({"rel": 0.1, "confidence": 1}, "confidence"),
    ],
)
def test_precision_that_says_nothing_is_refused(arguments, text):
    with pytest.raises(ValueError, match=text):
        Precision(**arguments)


def test_what_is_no_number_or_no_precision_is_refused():
    for value in ("1%", True):
        with pytest.raises(TypeError, match="rel must be a number above 0"):
            Precision(rel=value)
    with pytest.raises(TypeError, match="until must be a Precision, got 0"):
        simulate(crowded(), until=0.01)


@pytest.mark.parametrize("design", [{"inner": 2}, {"inputs": "sobol"}])
def test_runs_that_cannot_be_continued_are_refused(design):
    with pytest.raises(ValueError, match="until needs paths that are drawn one by one"):
        simulate(crowded(), until=Precision(rel=0.1), **design)


def test_a_run_goes_on_from_where_it_is_told_to():
    found = simulate(crowded(), until=Precision(rel=0.01), paths=10**6, start=700, seed=5)
    assert found["path"].values[0] == 700
    plain = simulate(crowded(), paths=found.sizes["path"], start=700, seed=5)
    assert (found["npv"] == plain["npv"]).all()
