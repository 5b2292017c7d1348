"""What `simulate` returns: variables, sums that must hold, manifest, files, refusals."""

import datetime
import json
import math
import os
import platform
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import pytest
import xarray as xr

import hcrisk
from hcrisk.capacity import memory
from hcrisk.variables import VARIABLES
from tests.builders import bare, crowded
from tests.reference.simulation import COST_LINES

SEED = 2**64 - 1
PATHS = 200
SUM = 1e-9
DIMS = {
    "npv": ("strategy", "path"),
    "cost": ("strategy", "year", "path"),
    "component_npv": ("strategy", "component", "path"),
    "service_npv": ("strategy", "service", "path"),
    "events": ("strategy", "risk", "path"),
    "uncovered": ("strategy", "service", "path"),
    "departures": ("strategy", "service", "path"),
    "wage_index": ("year", "path"),
    "price_index": ("year", "path"),
    "input": ("parameter", "path"),
    "cost_cube": ("strategy", "service", "component", "year", "path"),
}


@pytest.fixture(scope="module", params=["small-practice", "mid-market", "large-group", "crowded"])
def scenario(request):
    return crowded() if request.param == "crowded" else hcrisk.load(request.param)


@pytest.fixture(scope="module")
def ds(scenario):
    return hcrisk.simulate(scenario, paths=PATHS, seed=SEED, start=3, detail="full")


def discount(scenario, ds):
    """D_y of every path, over year and path."""
    rate = ds.attrs["discount_rate"]
    if "discounting.rate" in ds["parameter"].values:
        rate = ds["input"].sel(parameter="discounting.rate", drop=True)
    shift = 0.5 if scenario.discounting.timing == "mid" else 0.0
    return (1 + rate) ** -(ds["year"] - shift)


def assert_close(found, expected, scale):
    """Within 1e-9 of what was added up, which may cancel out."""
    xr.testing.assert_equal(found.coords.to_dataset(), expected.coords.to_dataset())
    assert (np.abs(found - expected) <= SUM * scale).all()


# -- variables and sums


def test_every_variable_has_its_dimensions_units_and_name(ds):
    assert {name: ds[name].dims for name in ds.data_vars} == DIMS
    assert "units" not in ds["input"].attrs
    for name, variable in ds.data_vars.items():
        if name == "input":
            continue
        assert variable.attrs["units"], name
        assert len(variable.attrs["long_name"]) > 3, name
        money = name in {"npv", "cost", "component_npv", "service_npv", "cost_cube"}
        assert (variable.attrs["units"] == ds.attrs["currency"]) is money, name
        assert np.isfinite(variable).all(), name
    assert {v.name for v in VARIABLES} == set(DIMS)


def test_every_coordinate_says_what_it_is_and_none_holds_objects(ds):
    for name, variable in ds.variables.items():
        assert len(variable.attrs["long_name"]) > 3, name
        assert variable.dtype.kind in "fiU", name
    assert len(set(ds["parameter"].values)) == ds.sizes["parameter"]


def test_every_input_has_its_unit(scenario, ds):
    units = dict(zip(ds["parameter"].values, ds["unit"].values, strict=True))
    assert all(units.values())
    assert {units[path] for path in units if path.endswith(".pay")} == {f"{scenario.currency}/year"}
    one = ds["input"].sel(parameter=next(path for path in units if path.endswith(".pay")))
    assert one["unit"].item() == f"{scenario.currency}/year"


def test_coordinates_are_those_of_the_scenario(scenario, ds):
    assert ds["service"].values.tolist() == [*scenario.services, "enterprise"]
    assert ds["component"].values.tolist() == [*COST_LINES, *scenario.risks]
    assert ds["risk"].values.tolist() == list(scenario.risks)
    assert ds["parameter"].values.tolist() == list(scenario.inputs())
    assert ds["year"].values.tolist() == list(range(1, scenario.years + 1))
    assert ds["path"].values.tolist() == list(range(3, 3 + PATHS))
    assert set(scenario.strategies) <= set(ds["strategy"].values.tolist())
    for name in ("uncovered", "departures"):
        assert (ds[name].sel(service="enterprise") == 0).all()


def test_npv_is_the_sum_of_its_components_in_their_order(ds):
    total = np.zeros(ds["npv"].shape)
    for component in ds["component"].values:
        total = total + ds["component_npv"].sel(component=component).values
    np.testing.assert_array_equal(total, ds["npv"].values)


def test_services_sum_to_npv(ds):
    scale = np.abs(ds["service_npv"]).sum("service")
    assert_close(ds["service_npv"].sum("service"), ds["npv"], scale)


def test_discounted_costs_sum_to_npv(scenario, ds):
    d = discount(scenario, ds)
    scale = (np.abs(ds["cost"]) * d).sum("year")
    assert_close((ds["cost"] * d).sum("year").transpose("strategy", "path"), ds["npv"], scale)


def test_cube_sums_to_everything_else(scenario, ds):
    cube, d = ds["cost_cube"], discount(scenario, ds)
    scale = np.abs(cube).sum(("service", "component"))
    assert_close(cube.sum(("service", "component")), ds["cost"], scale)
    discounted = (cube * d).transpose(*cube.dims)
    by_component = discounted.sum(("service", "year"))
    scale = np.abs(discounted).sum(("service", "year"))
    assert_close(by_component, ds["component_npv"], scale)
    by_service = discounted.sum(("component", "year"))
    assert_close(by_service, ds["service_npv"], np.abs(discounted).sum(("component", "year")))


def test_signs_of_costs_and_recoveries(ds):
    for component in ds["component"].values:
        values = ds["component_npv"].sel(component=component)
        recovered = component in {"insurance_recovery", "vendor_indemnity"}
        assert (values <= 0).all() if recovered else (values >= 0).all(), component


def test_shares_and_counts_are_what_they_can_be(ds):
    assert ((ds["uncovered"] >= 0) & (ds["uncovered"] <= 1)).all()
    for name in ("events", "departures"):
        assert ds[name].dtype.kind == "i"
        assert (ds[name] >= 0).all()
    for name in ("wage_index", "price_index"):
        assert (ds[name].sel(year=1) == 1).all()
        assert (ds[name] > 0).all()


@pytest.mark.parametrize("detail", ["totals", "default"])
def test_less_detail_keeps_fewer_variables_with_the_same_values(scenario, ds, detail):
    found = hcrisk.simulate(scenario, paths=PATHS, seed=SEED, start=3, detail=detail)
    kept = {"npv", "cost", "wage_index", "price_index"}
    if detail == "default":
        kept = set(DIMS) - {"cost_cube"}
    assert set(found.data_vars) == kept
    for name in kept:
        xr.testing.assert_identical(found[name], ds[name])


def test_default_detail_is_default():
    found = hcrisk.simulate(bare(), paths=2)
    assert found.attrs["detail"] == "default"
    assert found.attrs["seed"] == 0
    assert found.attrs["start"] == 0


# -- current


def test_current_is_simulated_under_its_own_name():
    scenario = crowded().replace({"services.security.current": "split"})
    found = hcrisk.simulate(scenario, paths=2, strategies=["own"])
    assert found["strategy"].values.tolist() == ["own", "current"]
    assert found.attrs["current"] == "current"


def test_current_has_the_name_of_the_strategy_that_equals_it():
    found = hcrisk.simulate(crowded(), paths=2)
    assert found["strategy"].values.tolist() == ["stay", "split", "outsource", "own"]
    assert found.attrs["current"] == "stay"


def test_current_is_added_to_chosen_strategies():
    found = hcrisk.simulate(crowded(), paths=2, strategies=["own"])
    assert found.attrs["current"] in found["strategy"].values
    assert found.sizes["strategy"] == 2


# -- manifest


def test_manifest_identifies_the_run(scenario, ds):
    attrs = ds.attrs
    assert attrs["scenario"] == scenario.name
    assert attrs["scenario_digest"] == scenario.digest
    assert (int(attrs["seed"]), attrs["start"], attrs["paths"]) == (SEED, 3, PATHS)
    assert attrs["detail"] == "full"
    assert attrs["currency"] == scenario.currency
    assert attrs["years"] == scenario.years
    assert attrs["discount_timing"] == scenario.discounting.timing
    assert attrs["current"] in ds["strategy"].values
    assert attrs["generator"].startswith("Philox4x32-10")
    assert attrs["python"] == platform.python_version()
    assert attrs["hcrisk"] == hcrisk.__version__
    for package in ("numpy", "numba", "llvmlite", "xarray"):
        assert attrs[package] == version(package)
    made = datetime.datetime.fromisoformat(attrs["created"])
    assert made.tzinfo is not None


def test_no_package_metadata_is_needed(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    assert hcrisk.simulate(crowded(), paths=1).attrs["hcrisk"] == hcrisk.__version__


def test_manifest_is_made_before_the_run(monkeypatch):
    def broken(*args, **more):
        raise LookupError

    monkeypatch.setattr("hcrisk.simulation.manifest", broken)
    monkeypatch.setattr("hcrisk.simulation.run_paths", lambda *args, **more: pytest.fail("ran"))
    with pytest.raises(LookupError):
        hcrisk.simulate(crowded(), paths=1)


def test_digest_tells_scenarios_apart():
    one = hcrisk.simulate(crowded(), paths=1)
    other = hcrisk.simulate(crowded(lines__rent__amount=12_001), paths=1)
    assert one.attrs["scenario_digest"] != other.attrs["scenario_digest"]


# -- files


def test_netcdf_round_trip_is_lossless(ds, tmp_path):
    file = tmp_path / "run.nc"
    ds.to_netcdf(file, engine="h5netcdf")
    with xr.open_dataset(file, engine="h5netcdf") as opened:
        assert_lossless(opened.load(), ds)
    hcrisk.save(ds, tmp_path / "saved.nc")
    saved = hcrisk.read(tmp_path / "saved.nc")
    assert_lossless(saved, ds)
    assert {name: type(value) for name, value in saved.attrs.items()} == {
        name: type(value) for name, value in ds.attrs.items()
    }


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_zarr_round_trip_is_lossless(ds, tmp_path, zarr_format):
    store = tmp_path / "run.zarr"
    with warnings.catch_warnings():
        # Fixed-width text is not yet in the specification of format 3.
        warnings.filterwarnings("ignore", "The data type .* does not have a Zarr V3 specification")
        ds.to_zarr(store, zarr_format=zarr_format, consolidated=False)
        with xr.open_zarr(store, consolidated=False) as opened:
            found = opened.load()
    assert_lossless(found, ds)


def assert_lossless(found, expected):
    xr.testing.assert_identical(found, expected)
    for name, variable in expected.variables.items():
        if variable.dtype.kind in "fi":
            assert found[name].dtype == variable.dtype, name
            assert found[name].values.tobytes() == variable.values.tobytes(), name


# -- refusals


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("paths", value) for value in (0, -1, 1.5, "10", None, True, float("nan"))],
        *[("seed", value) for value in (-1, 2**64, 0.5, None)],
        *[("start", value) for value in (-1, 2**63, 1.0)],
        *[("threads", value) for value in (0, -2, 1.5, 5_000)],
    ],
)
def test_a_number_out_of_range_is_refused(name, value):
    got = re.escape(repr(value))
    rule = rf"^{name} must be a whole number from \d+ to \d+, got {got}; write \d+$"
    with pytest.raises(ValueError, match=rule):
        hcrisk.simulate(bare(), **{"paths": 1, name: value})


def test_the_last_path_there_is():
    with pytest.raises(ValueError, match="start must be a whole number"):
        hcrisk.simulate(bare(), paths=2, start=2**63 - 2)
    found = hcrisk.simulate(bare(), paths=2, start=2**63 - 3)
    assert found["path"].values.tolist() == [2**63 - 3, 2**63 - 2]


def test_an_unknown_detail_is_refused():
    with pytest.raises(ValueError, match=r"^detail must be one of totals, .*, got 'everything'$"):
        hcrisk.simulate(bare(), paths=1, detail="everything")


def test_an_unknown_strategy_is_refused_with_the_nearest():
    with pytest.raises(hcrisk.ScenarioError) as refused:
        hcrisk.simulate(crowded(), paths=1, strategies=["own", "outsourced"])
    message = str(refused.value)
    assert "outsourced" in message
    assert "outsource" in message.replace("outsourced", "")


def test_arguments_are_refused_before_anything_is_simulated(monkeypatch):
    monkeypatch.setattr("hcrisk.simulation.run_block", None)
    with pytest.raises(ValueError, match="threads"):
        hcrisk.simulate(bare(), paths=1, threads=0)


def test_numpy_integers_are_whole_numbers():
    found = hcrisk.simulate(bare(), paths=np.int64(3), seed=np.uint64(5), start=np.int32(1))
    assert found["path"].values.tolist() == [1, 2, 3]


@pytest.mark.parametrize("detail", ["totals", "default", "full"])
def test_too_many_paths_are_refused_before_room_is_asked_for(monkeypatch, detail):
    monkeypatch.setattr("hcrisk.simulation.empty_output", None)
    with pytest.raises(hcrisk.HcriskError) as refused:
        hcrisk.simulate(crowded(), paths=2**50, detail=detail)
    said = re.fullmatch(
        r"1,125,899,906,842,624 paths need about [\d,]+ GB of memory, and a run may use [\d.,]+ GB "
        r'here; simulate [\d,]+ or fewer(, or use detail="totals", which leaves room for [\d,]+)?'
        r"; or ask hcrisk\.summarize, which keeps no path, for the figures",
        str(refused.value),
    )
    assert said
    assert bool(said[1]) == (detail != "totals")


def test_as_many_paths_as_said_are_simulated(monkeypatch):
    monkeypatch.setattr("hcrisk.capacity.memory", lambda: 1e6)
    with pytest.raises(hcrisk.HcriskError) as refused:
        hcrisk.simulate(bare(), paths=10**6)
    fewer = int(re.search(r"simulate ([\d,]+) or fewer", str(refused.value))[1].replace(",", ""))
    assert hcrisk.simulate(bare(), paths=fewer).sizes["path"] == fewer > 100
    with pytest.raises(hcrisk.HcriskError):
        hcrisk.simulate(bare(), paths=2 * fewer)


def test_memory_that_is_not_known_is_asked_for(monkeypatch):
    def refuse(*args):
        raise MemoryError

    monkeypatch.setattr("hcrisk.capacity.memory", lambda: math.inf)
    monkeypatch.setattr("hcrisk.simulation.empty_output", refuse)
    message = r'GB of memory; simulate fewer, or use detail="totals"; or ask hcrisk.summarize'
    with pytest.raises(hcrisk.HcriskError, match=message):
        hcrisk.simulate(bare(), paths=10**6)


def test_memory__the_limit_of_a_container_counts(monkeypatch, tmp_path):
    for name, text in (("v2", "max\n"), ("v1", "1000000\n")):
        (tmp_path / name).write_text(text)
    whole = memory()
    files = [str(tmp_path / name) for name in ("v2", "gone")]
    monkeypatch.setattr("hcrisk.capacity.MEMORY_LIMITS", files)
    assert memory() >= whole > 1e9
    monkeypatch.setattr("hcrisk.capacity.MEMORY_LIMITS", [*files, str(tmp_path / "v1")])
    assert memory() == 750_000


# -- interruption


def stop_soon(seconds):
    timer = threading.Timer(seconds, signal.raise_signal, [signal.SIGINT])
    timer.start()
    return time.monotonic() + seconds


@pytest.mark.parametrize(
    ("name", "years"), [("small-practice", 5), ("large-group", 5), ("large-group", 50)]
)
def test_ctrl_c_stops_long_before_the_end(name, years):
    scenario = hcrisk.load(name).replace({"horizon.years": years})
    hcrisk.simulate(scenario, paths=1)
    before = set(threading.enumerate())
    due = stop_soon(0.3)
    with pytest.raises(KeyboardInterrupt):
        hcrisk.simulate(scenario, paths=3_000_000, detail="totals", strategies=[])
    # A block takes a twentieth of a second, more on a busy machine; all of them much longer.
    assert time.monotonic() - due < 5
    started = set(threading.enumerate()) - before
    assert all(isinstance(thread, threading.Timer) for thread in started)


PROGRAM = """
import sys
import hcrisk
scenario = hcrisk.load("small-practice")
hcrisk.simulate(scenario, paths=1)
print("running", flush=True)
hcrisk.save(hcrisk.simulate(scenario, paths=3_000_000, detail="totals"), "run.nc")
"""


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_ctrl_c_ends_a_program_that_writes_nothing(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout.readline() == "running\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert err.rstrip().endswith("KeyboardInterrupt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seed", [7, 2**53 + 1, 2**63 - 1, 2**64 - 1])
@pytest.mark.parametrize("suffix", [".nc", ".zarr", ".parquet"])
def test_the_seed_is_a_plain_number_and_stays_exact_in_files(seed, suffix, tmp_path):
    found = hcrisk.simulate(bare(), paths=2, seed=seed)
    assert type(found.attrs["seed"]) is int
    assert json.loads(json.dumps(found.attrs)) == found.attrs
    hcrisk.save(found, tmp_path / f"run{suffix}")
    if suffix == ".parquet":
        import pyarrow.parquet

        kept = pyarrow.parquet.read_metadata(tmp_path / "run.parquet").metadata
        assert str(seed) in b"".join(kept.values()).decode()
        return
    kept = hcrisk.read(tmp_path / f"run{suffix}")
    assert (type(kept.attrs["seed"]), kept.attrs["seed"]) == (int, seed)
    again = hcrisk.simulate(bare(), paths=2, seed=kept.attrs["seed"])
    assert again.npv.equals(found.npv)


def test_xarray_writes_the_seed_exactly_too(tmp_path):
    found = hcrisk.simulate(bare(), paths=2, seed=2**64 - 1)
    found.to_netcdf(tmp_path / "run.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "run.nc", engine="h5netcdf") as kept:
        assert int(kept.attrs["seed"]) == 2**64 - 1
