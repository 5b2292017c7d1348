"""Results simulated chunk by chunk, and written so."""

import importlib.util
import json

import dask
import numpy as np
import pyarrow.parquet as pq
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import hcrisk
from hcrisk import load
from hcrisk.exceptions import MissingExtraError
from hcrisk.io import OutputError, read, save


@pytest.fixture(scope="module")
def small():
    return load("small-practice")


def same(found, expected):
    found, expected = found.compute(), expected.copy()
    for ds in (found, expected):
        ds.attrs.pop("created")
        ds.attrs.pop("history")
    xr.testing.assert_identical(found, expected)


@settings(deadline=None, derandomize=True, max_examples=12)
@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 3), st.sampled_from([0, 7]))
def test_chunks__are_the_paths_of_one_run_to_the_bit(paths, chunks, seed, start):
    scenario = load("small-practice")
    how = {"paths": paths, "seed": seed, "start": start}
    same(hcrisk.simulate(scenario, **how, chunks=chunks), hcrisk.simulate(scenario, **how))


@pytest.mark.parametrize("detail", ["totals", "default", "full"])
def test_chunks__of_every_detail(small, detail):
    lazy = hcrisk.simulate(small, paths=25, detail=detail, chunks=10)
    assert lazy.chunksizes["path"] == (10, 10, 5)
    same(lazy, hcrisk.simulate(small, paths=25, detail=detail))


def test_chunks__of_paths_that_share_inputs_and_of_a_proposal(small):
    same(
        hcrisk.simulate(small, paths=24, inner=4, chunks=8),
        hcrisk.simulate(small, paths=24, inner=4),
    )
    proposal = hcrisk.tail_proposal(small, paths=2000)
    lazy = hcrisk.simulate(small, paths=30, proposal=proposal, chunks=7)
    same(lazy, hcrisk.simulate(small, paths=30, proposal=proposal))


def test_chunks__nothing_is_simulated_before_it_is_asked_for(small, monkeypatch):
    lazy = hcrisk.simulate(small, paths=30, chunks=10)
    asked = []
    run = hcrisk.simulation.run_paths

    def counted(program, output, start, **how):
        asked.append((start, output.npv.shape[-1]))
        run(program, output, start, **how)

    monkeypatch.setattr("hcrisk.simulation.run_paths", counted)
    with dask.config.set(scheduler="synchronous"):
        one = lazy["npv"].isel(path=slice(12, 15)).values
    assert asked == [(10, 10)]
    assert (one == hcrisk.simulate(small, paths=30)["npv"].values[:, 12:15]).all()


def test_chunks__measures_take_them(small):
    lazy = hcrisk.simulate(small, paths=400, chunks=150)
    whole = hcrisk.simulate(small, paths=400)
    assert (hcrisk.percentiles(lazy)["value"] == hcrisk.percentiles(whole)["value"]).all()


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"chunks": 0}, "chunks must be a whole number of at least 1|from 1 to"),
        ({"chunks": 2.5}, "chunks must be a whole number"),
        ({"chunks": 10, "inputs": "sobol", "paths": 64}, "chunks needs paths .* inputs='sobol'"),
        ({"chunks": 10, "inner": 4, "paths": 40}, "chunks must be a multiple of inner=4, got 10"),
        ({"chunks": 10, "until": hcrisk.Precision("mean", rel=0.1)}, "chunks and until"),
        ({"chunks": 10, "strategies": ["hybird"]}, "hybird"),
    ],
)
def test_chunks__refused_before_anything_is_simulated(small, how, message):
    with pytest.raises(ValueError, match=message):
        hcrisk.simulate(small, **how)


def test_chunks__without_dask_say_what_to_install(small, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "dask.array", None)
    with pytest.raises(MissingExtraError, match=r'pip install "hcrisk\[dask\]"'):
        hcrisk.simulate(small, paths=10, chunks=5)


@pytest.mark.parametrize("chunks", [None, 17])
def test_zarr__comes_back_identical_and_lazily(small, tmp_path, chunks):
    ds = hcrisk.simulate(small, paths=40, chunks=chunks)
    save(ds, tmp_path / "run.zarr")
    whole = hcrisk.simulate(small, paths=40)
    same(read(tmp_path / "run.zarr"), whole)
    lazy = read(tmp_path / "run.zarr", lazy=True)
    assert lazy["npv"].chunks is not None
    same(lazy, whole)
    save(lazy, tmp_path / "again.zarr")
    same(read(tmp_path / "again.zarr"), whole)


def test_zarr__replaces_a_result_only_when_asked_and_no_other_folder(small, tmp_path):
    ds = hcrisk.simulate(small, paths=5)
    save(ds, tmp_path / "run.zarr")
    with pytest.raises(OutputError, match=r"run\.zarr exists already"):
        save(ds, tmp_path / "run.zarr")
    more = hcrisk.simulate(small, paths=6)
    save(more, tmp_path / "run.zarr", force=True)
    assert read(tmp_path / "run.zarr").sizes["path"] == 6
    (tmp_path / "papers.zarr").mkdir()
    (tmp_path / "papers.zarr" / "thesis.txt").write_text("precious")
    with pytest.raises(OutputError, match="is a folder; name a file inside it"):
        save(ds, tmp_path / "papers.zarr", force=True)
    assert (tmp_path / "papers.zarr" / "thesis.txt").read_text() == "precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["papers.zarr", "run.zarr"]


def test_zarr__that_fails_leaves_nothing_behind(small, tmp_path, monkeypatch):
    ds = hcrisk.simulate(small, paths=20, chunks=10)

    def fail(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("hcrisk.simulation.run_paths", fail)
    with pytest.raises(KeyboardInterrupt):
        save(ds, tmp_path / "run.zarr")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("chunks", [None, 15])
def test_parquet__a_row_for_each_path_and_strategy(small, tmp_path, chunks):
    ds = hcrisk.simulate(small, paths=40, chunks=chunks)
    save(ds, tmp_path / "run.parquet")
    ds = ds.compute()
    file = pq.ParquetFile(tmp_path / "run.parquet")
    assert file.num_row_groups == (1 if chunks is None else 3)
    table = file.read()
    assert table.num_rows == 40 * ds.sizes["strategy"]
    strategies = np.array(table["strategy"].to_pylist())
    paths = table["path"].to_numpy()
    for name in ds["strategy"].values:
        mine = strategies == name
        one = ds.sel(strategy=name)
        order = np.argsort(paths[mine])
        expected = {
            "npv": one["npv"],
            "cost_year_2": one["cost"].sel(year=2),
            "component_npv_salaries": one["component_npv"].sel(component="salaries"),
            "events_breach": one["events"].sel(risk="breach"),
            "wage_index_year_5": ds["wage_index"].sel(year=5),
            f"input_{ds['parameter'].values[0]}": ds["input"][0],
        }
        for column, values in expected.items():
            assert (table[column].to_numpy()[mine][order] == values.values).all(), column
    assert file.schema_arrow.field("npv").metadata == {b"units": b"USD"}
    manifest = json.loads(file.schema_arrow.metadata[b"hcrisk"])
    assert manifest["scenario_digest"] == ds.attrs["scenario_digest"]


def test_parquet__is_for_results_with_paths_and_for_other_programs(small, tmp_path):
    ds = hcrisk.simulate(small, paths=40)
    with pytest.raises(ValueError, match="a table needs paths"):
        save(hcrisk.mean(ds), tmp_path / "mean.parquet")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match=r"pandas\.read_parquet"):
        read(tmp_path / "run.parquet")
    with pytest.raises(ValueError, match=r"lazy is for \.zarr folders only"):
        read(tmp_path / "run.nc", lazy=True)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.zarr")


@pytest.mark.parametrize(("suffix", "package"), [("zarr", "zarr"), ("parquet", "pyarrow")])
def test_formats__say_what_to_install(small, tmp_path, monkeypatch, suffix, package):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "hcrisk.io.results.find_spec", lambda name: None if name == package else find(name)
    )
    with pytest.raises(MissingExtraError, match=rf'pip install "hcrisk\[{suffix}\]"'):
        save(hcrisk.simulate(small, paths=2), tmp_path / f"run.{suffix}")
