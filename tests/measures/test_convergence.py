"""Estimates as paths are added: what a shorter run would have given."""

import numpy as np
import pytest
import xarray as xr

import hcrisk
from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import convergence, mean, percentiles, tail_value_at_risk


def result(npv):
    npv = np.atleast_2d(npv)
    names = [f"s{i}" for i in range(len(npv))]
    about = {"units": "USD", "long_name": "cost"}
    return xr.Dataset({"npv": (("strategy", "path"), npv, about)}, {"strategy": names})


@pytest.mark.parametrize(
    ("statistic", "measure"),
    [
        ("mean", mean),
        ("p80", lambda ds: percentiles(ds, 0.8)),
        ("tvar90", lambda ds: tail_value_at_risk(ds, 0.9)),
    ],
)
@pytest.mark.filterwarnings("ignore::hcrisk.exceptions.PrecisionWarning")
def test_each_is_what_the_measure_of_a_shorter_run_gives(statistic, measure):
    ds = result(np.random.default_rng(1).gamma(0.3, 1.0, (2, 3000)))
    found = convergence(ds, statistic, points=7)
    assert found["paths"].values[[0, -1]].tolist() == [10, 3000]
    for count in found["paths"].values:
        expected = measure(ds.isel(path=slice(count))).squeeze(drop=True)
        for name in ("value", "lower", "upper"):
            mine = found[name].sel(paths=count)
            np.testing.assert_array_equal(mine, np.atleast_1d(expected[name]))
    assert found["upper"].attrs == {"units": "USD", "long_name": found["upper"].long_name}


def test_of_a_simulation_the_estimates_are_those_of_shorter_runs():
    small = hcrisk.load("small-practice")
    found = convergence(hcrisk.simulate(small, paths=200, seed=4), points=3)
    short = hcrisk.simulate(small, paths=int(found["paths"][1]), seed=4)
    np.testing.assert_allclose(found["value"][:, 1], short["npv"].mean("path"), rtol=1e-12)
    assert "paths" not in found.attrs


def test_ties_one_path_and_all_equal():
    with pytest.warns(PrecisionWarning, match="mean of npv for s0 rests on 1 path") as caught:
        one = convergence(result([5.0]))
    assert caught[0].filename == __file__
    assert one["paths"].values.tolist() == [1]
    assert (one["value"].item(), one["lower"].item()) == (5.0, -np.inf)
    same = convergence(result(np.full(500, 2.0)), "p95")
    assert (same["value"] == 2.0).all()
    assert same["upper"].values[:, -1].tolist() == [2.0]
    few = convergence(result(np.arange(12.0)), points=40)
    assert few["paths"].values.tolist() == [10, 11, 12]


@pytest.mark.parametrize(("statistic", "enough"), [("p95", 72), ("tvar90", 500), ("mean", 2)])
def test_too_few_paths_are_said_and_not_their_beginning(statistic, enough):
    npv = np.random.default_rng(2).normal(size=enough)
    assert np.isfinite(convergence(result(npv), statistic)["upper"].values[:, -1]).all()
    with pytest.warns(PrecisionWarning, match=f"simulate at least {enough} paths"):
        convergence(result(npv[:-1]), statistic)


def test_79_percent_zeros():
    npv = np.where(np.arange(1000) % 100 < 79, 0.0, 1e6)
    found = convergence(result(npv), "p50", points=2).isel(paths=-1)
    assert [found[key].item() for key in ("value", "lower", "upper")] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"statistic": "median"}, "must be 'mean', or 'p' or 'tvar'"),
        ({"points": 1}, "points must be a whole number from 2 to 1000"),
        ({"points": True}, "points must be a whole number"),
        ({"confidence": 1.0}, r"confidence must lie in \(0, 1\)"),
        ({"of": "npw"}, "did you mean 'npv'"),
    ],
)
def test_what_cannot_be_is_refused(asked, says):
    with pytest.raises(ValueError, match=says):
        convergence(result(np.arange(20.0)), **asked)
