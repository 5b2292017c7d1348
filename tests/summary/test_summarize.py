"""Every figure is that of simulate and the measures, however the paths are cut."""

from unittest import mock

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import hcrisk
from hcrisk.summary import layout, work
from tests.builders import bare, crowded
from tests.summary.common import assert_identical, check_table, quietly, risky
from tests.whatif.common import FEES, UNIFORM

DATED = ("created", "history")
LEVELS = st.lists(st.sampled_from([0.01, 0.3, 0.5, 0.8, 0.95, 0.99]), min_size=1, unique=True)
TWO_PRICES = {"dist": "discrete", "values": [1, 80], "weights": [1, 3]}
PRICES = st.sampled_from([None, UNIFORM, TWO_PRICES])


@settings(max_examples=40)
@given(
    paths=st.one_of(st.integers(1, 60), st.integers(900, 6_000)),
    levels=LEVELS,
    tail_levels=LEVELS,
    confidence=st.sampled_from([0.5, 0.95]),
    frequency=st.sampled_from([0.0, 0.02, 0.4, 3.0]),
    price=PRICES,
    seed=st.integers(0, 2**64 - 1),
    start=st.integers(0, 2**40),
    pilot=st.sampled_from([1, 3, 40, 1 << 14]),
    block=st.integers(1, 700),
    task=st.integers(1, 3_000),
)
def test_figures_are_those_of_the_measures(
    paths, levels, tail_levels, confidence, frequency, price, seed, start, pilot, block, task
):
    scenario = risky(frequency, price)
    chosen = {"paths": paths, "seed": seed, "start": start, "progress": False, "threads": 2}
    ds = hcrisk.simulate(scenario, **chosen)
    with (
        mock.patch.multiple(layout, LEAST_PILOT=pilot, PATHS_PER_PILOT=paths),
        mock.patch.multiple(work, LEAST_IN_BLOCK=1, MOST_IN_BLOCK=block),
        mock.patch.multiple(work, LEAST_IN_TASK=max(task, paths // 50)),
    ):
        table = quietly(
            hcrisk.summarize,
            scenario,
            levels=levels,
            tail_levels=tail_levels,
            confidence=confidence,
            **chosen,
        )
    check_table(table, ds, levels, tail_levels, confidence)


@pytest.mark.parametrize("threads", [1, 3])
def test_a_scenario_in_which_everything_happens(threads):
    scenario = crowded()
    ds = hcrisk.simulate(scenario, paths=6_000, seed=3, strategies=None)
    with mock.patch.multiple(layout, LEAST_PILOT=200, PATHS_PER_PILOT=100):
        table = hcrisk.summarize(scenario, paths=6_000, seed=3, threads=threads)
    check_table(table, ds, (0.5, 0.8, 0.95), (0.95, 0.99))


def test_few_bins_are_as_good(monkeypatch):
    scenario = risky()
    known = hcrisk.summarize(scenario, paths=6_000)
    monkeypatch.setattr(layout, "MOST_BINS", 1)
    monkeypatch.setattr(layout, "LEAST_BINS", 2)
    assert_identical(hcrisk.summarize(scenario, paths=6_000), known)


def test_strategies_and_seeds_by_stream_are_those_of_simulate():
    scenario = crowded()
    service = next(iter(scenario.services))
    arrangement = list(scenario.services[service].arrangements)[-1]
    chosen = {"paths": 6_000, "seed": {"": 3, "input/": 1}}
    chosen["strategies"] = {"other": {service: arrangement}}
    table = hcrisk.summarize(scenario, **chosen)
    check_table(table, hcrisk.simulate(scenario, **chosen), (0.5, 0.8, 0.95), (0.95, 0.99))


def test_labels_and_manifest_are_those_of_simulate():
    scenario = risky()
    ds = hcrisk.simulate(scenario, paths=6_000, seed=2)
    table = hcrisk.summarize(scenario, paths=6_000, seed=2)
    assert {k: v for k, v in table.attrs.items() if k in ds.attrs and k not in DATED} == {
        k: v for k, v in ds.attrs.items() if k not in DATED
    }
    assert table.attrs["measure"] == "summarize"
    for variable in table.data_vars.values():
        assert {"units", "long_name"} <= set(variable.attrs)
    for dim in ("strategy", "service", "component"):
        assert table[dim].attrs["labels"] == ds[dim].attrs["labels"]
    percentiles = hcrisk.percentiles(ds)
    assert table["percentile"].attrs == percentiles["value"].attrs
    assert table["mean_lower"].attrs == hcrisk.mean(ds)["lower"].attrs
    assert len(table["percentile"].isel(level=1).plot()) == 1


def test_a_table_is_saved_and_read(tmp_path):
    table = hcrisk.summarize(risky(), paths=6_000)
    hcrisk.save(table, tmp_path / "table.nc")
    xr.testing.assert_identical(hcrisk.read(tmp_path / "table.nc"), table)


def test_few_paths_are_warned_of_as_by_the_measures():
    with pytest.warns(hcrisk.PrecisionWarning) as caught:
        hcrisk.summarize(risky(), paths=1, levels=0.5, tail_levels=0.9)
    texts = [str(warning.message) for warning in caught]
    assert [text.split(" of npv")[0] for text in texts] == ["P50", "TVaR at 0.9", "mean"]
    assert all(warning.filename == __file__ for warning in caught)


def test_paths_that_all_cost_the_same_have_sure_tails():
    table = quietly(hcrisk.summarize, bare(FEES), paths=100, tail_levels=0.9)
    for name in ("mean", "tail_value_at_risk"):
        for suffix in ("_lower", "_upper"):
            np.testing.assert_array_equal(table[name + suffix], table[name])


@pytest.mark.parametrize(
    ("wrong", "error", "text"),
    [
        ({"paths": 0}, ValueError, "paths must be a whole number from 1"),
        ({"start": -1}, ValueError, "start must be a whole number from 0"),
        ({"seed": -1}, ValueError, "seed must be a whole number from 0"),
        ({"threads": 0}, ValueError, "threads must be a whole number from 1"),
        ({"levels": 80}, ValueError, "levels must lie in .0, 1., got 80; write 0.8"),
        ({"tail_levels": ()}, ValueError, "tail_levels must name at least one level"),
        ({"confidence": 95}, ValueError, "confidence must lie in"),
        ({"strategies": "none"}, hcrisk.ScenarioError, "none"),
        ({"checkpoint": True}, TypeError, "checkpoint must be the name of a file, got True"),
        ({"checkpoint": "/no/such/folder/run.npz"}, ValueError, "checkpoint must be a file in"),
    ],
)
def test_refusals(wrong, error, text):
    with pytest.raises(error, match=text):
        hcrisk.summarize(risky(), **{"paths": 10, **wrong})


def test_what_is_not_finite_is_named():
    scenario = risky(price=UNIFORM)

    def spoil(worker, start, column, n):
        real(worker, start, column, n)
        if start <= 5_007 < start + n and worker.output.component_npv.shape[-1]:
            worker.output.cost[0, 0, 5_007 - start] = np.nan

    real = work.Worker.run
    with (
        mock.patch.object(work.Worker, "run", spoil),
        pytest.raises(hcrisk.HcriskError, match=r"^cost must be finite .* on path 5007; hcrisk"),
    ):
        hcrisk.summarize(scenario, paths=6_000, start=7)
