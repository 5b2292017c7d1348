import stat

import numpy as np
import pytest
import xarray as xr

from hcrisk.io import OutputError, read, replace_when_done, save


@pytest.fixture
def ds():
    path = np.arange(5, dtype=np.int64)
    strategy = ("strategy", ["msp", "current"], {"labels": ["Managed", "current"]})
    component = ("component", ["tools"], {"labels": {"tools": "Outils à clé"}})
    npv = np.array([[1.5, -0.0, np.inf, 1e300, 5e-324], [np.pi, 2.0, np.nan, 4.0, 5.0]])
    return xr.Dataset(
        {
            "npv": (("strategy", "path"), npv, {"units": "USD"}),
            "events": (("strategy", "path"), np.ones((2, 5), dtype=np.int32)),
            "single": ("path", path.astype(np.float32)),
            "flag": ("path", path > 2),
        },
        {"strategy": strategy, "component": component, "path": path, "year": [1, 2]},
        {
            "seed": 2**64 - 1,
            "paths": 5,
            "rate": 0.06,
            "versions": {"numpy": "2.0"},
            "nothing": None,
            "exact": True,
            "empty": "",
            "marked": "json:[",
            "current": "current",
        },
    )


def test_save__round_trip_keeps_values_types_and_attributes(ds, tmp_path):
    save(ds, tmp_path / "run.nc")
    found = read(tmp_path / "run.nc")
    xr.testing.assert_identical(found, ds)
    assert {name: found[name].dtype for name in found.variables} == {
        name: ds[name].dtype for name in ds.variables
    }
    assert found["npv"].values.tobytes() == ds["npv"].values.tobytes()
    assert found.attrs == ds.attrs
    assert list(map(type, found.attrs.values())) == list(map(type, ds.attrs.values()))
    save(found, tmp_path / "again.nc")
    xr.testing.assert_identical(read(tmp_path / "again.nc"), ds)


def test_save__leaves_the_dataset_as_it_was(ds, tmp_path):
    before = ds.copy(deep=True)
    save(ds, tmp_path / "run.nc")
    xr.testing.assert_identical(ds, before)


def test_save__numpy_scalars_keep_their_types(ds, tmp_path):
    ds.attrs = {"seed": np.uint64(2**63), "few": np.int32(-3), "single": np.float32(0.1)}
    ds.attrs |= {"rate": np.float64(0.1), "many": np.int64(7), "flag": np.bool_(True)}
    save(ds, tmp_path / "run.nc")
    found = read(tmp_path / "run.nc").attrs
    assert found == ds.attrs
    assert list(map(type, found.values())) == [np.uint64, np.int32, np.float32, float, int, bool]


def test_save__refuses_an_existing_file(ds, tmp_path):
    path = tmp_path / "run.nc"
    path.write_text("precious")
    with pytest.raises(OutputError, match=r"run\.nc exists already; choose another name"):
        save(ds, path)
    assert path.read_text() == "precious"
    save(ds, path, force=True)
    assert read(path).sizes["path"] == 5


def test_replace_when_done__the_file_appears_at_the_end_only(tmp_path):
    path = tmp_path / "quote.txt"
    with replace_when_done(path) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".txt"
        temporary.write_text("done")
        assert not path.exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["quote.txt"]
    assert path.read_text() == "done"
    other = tmp_path / "other.txt"
    other.touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_replace_when_done__nothing_is_left_after_a_failure(tmp_path, error):
    path = tmp_path / "quote.txt"
    path.write_text("old")

    def fail():
        with replace_when_done(path, force=True) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [
        ("quote.txt", "old")
    ]


def test_replace_when_done__a_file_that_appeared_meanwhile_stays(tmp_path):
    path = tmp_path / "quote.txt"

    def race():
        with replace_when_done(path) as temporary:
            temporary.write_text("mine")
            path.write_text("theirs")

    with pytest.raises(OutputError, match="exists already"):
        race()
    assert [entry.read_text() for entry in tmp_path.iterdir()] == ["theirs"]


def test_replace_when_done__refuses_folders(tmp_path):
    with pytest.raises(OutputError, match="is a folder"), replace_when_done(tmp_path):
        pass
    missing = tmp_path / "no" / "quote.txt"
    with pytest.raises(OutputError, match="is not a folder; create it"), replace_when_done(missing):
        pass


def test_save__refuses_a_name_of_no_format(ds, tmp_path):
    with pytest.raises(ValueError, match=r"end in \.nc, \.zarr or \.parquet.*to_csv"):
        save(ds, tmp_path / "run.csv")
    assert not list(tmp_path.iterdir())


def test_read__says_which_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file '.*gone\.nc'"):
        read(tmp_path / "gone.nc")
