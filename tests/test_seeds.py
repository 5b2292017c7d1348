"""Seeds by stream: what shares its random numbers with what."""

import json

import numpy as np
import pytest
import xarray as xr

import hcrisk
from hcrisk.io import read, save
from hcrisk.program.keys import StreamKeys
from tests.builders import crowded

PATHS = 200


@pytest.fixture(scope="module")
def scenario():
    return crowded()


def run(scenario, seed):
    return hcrisk.simulate(scenario, paths=PATHS, seed=seed)


def equal(one, other, *names):
    return all(np.array_equal(one[name].values, other[name].values) for name in names)


def test_one_seed_for_all_is_that_seed(scenario):
    plain, same = run(scenario, 5), run(scenario, {"": 5})
    also = run(scenario, {"": 3, "input/": 5} | {f"{part}/": 5 for part in prefixes(scenario)})
    for found in (same, also):
        for name in plain.data_vars:
            xr.testing.assert_equal(found[name], plain[name])


def prefixes(scenario):
    from hcrisk.program import build

    names = []

    class Listening(StreamKeys):
        def key(self, name):
            names.append(name)
            return super().key(name)

    original = build.StreamKeys
    build.StreamKeys = Listening
    try:
        build.compile_program(scenario, 0)
    finally:
        build.StreamKeys = original
    return {name.split("/")[0] for name in names} - {"input"}


def test_inputs_alone_are_shared(scenario):
    first, other = run(scenario, 1), run(scenario, {"": 2, "input/": 1})
    assert equal(first, other, "input")
    assert not equal(first, other, "npv")
    assert not equal(first, other, "wage_index")
    # All else is what seed 2 gives, whose inputs are others.
    second = run(scenario, 2)
    assert not equal(second, other, "input")
    back = run(scenario, {"": 1, "input/": 2})
    assert equal(second, back, "input")
    assert equal(run(scenario, 1), first, "npv")


def test_one_input_alone_is_drawn_anew(scenario):
    name = "lines.suite.amount"
    first, other = run(scenario, 1), run(scenario, {"": 1, f"input/{name}": 2})
    rest = [str(p) for p in first["parameter"].values if p != name]
    assert equal(
        first.sel(parameter=rest), other.sel(parameter=rest), "input", "events", "departures"
    )
    assert not equal(first.sel(parameter=[name]), other.sel(parameter=[name]), "input")
    assert not equal(first, other, "npv")


def test_the_longest_name_counts():
    keys = StreamKeys({"": 1, "risk/": 2, "risk/theft/": 3, "risk/theft/count": 4})
    for seed, name in ((1, "macro/wage"), (2, "risk/fire/count"), (3, "risk/theft/x"),
                       (4, "risk/theft/count"), (3, "risk/theft/count2")):  # fmt: skip
        assert keys.key(name) == StreamKeys(seed).key(name)
    # Without a slash it is one stream, not what begins like it.
    assert StreamKeys({"": 1, "risk": 2}).key("risk/a") == StreamKeys(1).key("risk/a")


def test_manifest_says_so(scenario, tmp_path):
    seeds = {"": 2, "input/": 1}
    ds = run(scenario, seeds)
    assert json.loads(ds.attrs["seeds"]) == seeds
    assert ds.attrs["seed"] == 2
    assert "seeds" not in run(scenario, 2).attrs
    save(ds, tmp_path / "run.nc")
    assert read(tmp_path / "run.nc").attrs["seeds"] == ds.attrs["seeds"]
    more = hcrisk.simulate(scenario, paths=10, seed=2, start=PATHS)
    with pytest.raises(ValueError, match="runs must agree in seeds"):
        hcrisk.join(ds, more)


@pytest.mark.parametrize(
    ("seed", "message"),
    [
        ({"input/": 1}, "must say what all other streams have"),
        ({"": -1}, r"seed\[''\] must be a whole number from 0"),
        ({"": 1, "input/": 2**64}, r"seed\['input/'\] must be a whole number"),
        ({"": 1, 3: 1}, "must name streams by text, got 3"),
        ({"": 1, "inputs/": 2}, "must name streams of this scenario, got 'inputs/'"),
        ({"": 1, "input/people": 2}, "got 'input/people'; write the name of one"),
        ("1", "seed must be a whole number"),
    ],
)
def test_refused(scenario, seed, message):
    with pytest.raises(ValueError, match=message):
        run(scenario, seed)
