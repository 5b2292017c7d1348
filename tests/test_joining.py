"""A run continued by another is the one run of them all."""

import numpy as np
import pytest
import xarray as xr

import hcrisk
from tests.builders import crowded

SEED = 2**64 - 1


@pytest.fixture(scope="module", params=["totals", "default", "full"])
def detail(request):
    return request.param


def run(paths, start, *, seed=SEED, detail="default", **more):
    return hcrisk.simulate(crowded(), paths=paths, start=start, seed=seed, detail=detail, **more)


def without_date(ds):
    return {name: value for name, value in ds.attrs.items() if name not in ("created", "history")}


def test_join__is_the_one_run_to_the_bit(detail):
    whole = run(60, 5, detail=detail)
    parts = [run(n, start, detail=detail) for n, start in ((20, 5), (33, 25), (7, 58))]
    joined = hcrisk.join(*parts)
    assert without_date(joined) == without_date(whole)
    assert joined.attrs["created"] == max(part.attrs["created"] for part in parts)
    xr.testing.assert_identical(joined.drop_attrs(deep=False), whole.drop_attrs(deep=False))
    for name, variable in whole.data_vars.items():
        assert joined[name].dims == variable.dims
        assert joined[name].dtype == variable.dtype
        assert joined[name].values.tobytes() == variable.values.tobytes()


def test_join__takes_runs_in_any_order_and_from_files(tmp_path):
    first, second = run(10, 0), run(10, 10)
    hcrisk.save(second, tmp_path / "second.nc")
    joined = hcrisk.join(hcrisk.read(tmp_path / "second.nc"), first)
    np.testing.assert_array_equal(joined["path"], np.arange(20))
    assert (joined.attrs["start"], joined.attrs["paths"]) == (0, 20)
    hcrisk.save(joined, tmp_path / "whole.nc")
    xr.testing.assert_identical(hcrisk.read(tmp_path / "whole.nc"), joined)
    xr.testing.assert_identical(hcrisk.join(first), first)


def test_join__counts_the_paths_there_are():
    joined = hcrisk.join(run(10, 0).isel(path=slice(4)), run(10, 4))
    assert joined.attrs["paths"] == joined.sizes["path"] == 14


def test_join__names_every_version_it_ran_on():
    first, second = run(3, 0), run(3, 3)
    second.attrs |= {"numpy": "9.9"}
    assert hcrisk.join(first, second).attrs["numpy"] == f"{np.__version__}, 9.9"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (lambda: run(3, 4), "got 4 after 2: some are missing; .* start=3$"),
        (lambda: run(3, 2), "got 2 after 2: some are there twice"),
        (lambda: run(3, 3, seed=1), f"agree in seed, got {SEED} and 1"),
        (lambda: run(3, 3, detail="full"), "agree in detail, got default and full"),
        (lambda: run(3, 3).isel(strategy=[0]), "the same strategy in the same order"),
        (lambda: run(3, 3).drop_vars("input"), "the same (variables|parameter)"),
        (lambda: run(3, 3).assign_attrs(hcrisk="0.0.9"), "agree in hcrisk, got .* and 0.0.9"),
        (
            lambda: hcrisk.simulate(crowded(lines__rent__amount=1), paths=3, start=3, seed=SEED),
            "agree in scenario_digest",
        ),
        (lambda: run(3, 3).drop_attrs(), "without scenario_digest, seed"),
        (lambda: run(3, 3).isel(path=[]), "must have paths"),
        (lambda: run(3, 3).isel(path=0), "must have paths"),
    ],
)
def test_join__refuses_what_is_not_one_run(other, said):
    with pytest.raises(ValueError, match=said):
        hcrisk.join(run(3, 0), other())


def test_join__refuses_a_list():
    with pytest.raises(TypeError, match=r"got list; write hcrisk\.join\(first, second\)"):
        hcrisk.join([run(3, 0), run(3, 3)])
