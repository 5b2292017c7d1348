"""What the benchmarks compare is the same model, and a peer that is missing is said to be."""

from __future__ import annotations

import math
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import hcrisk
from hcrisk import Scenario

FOLDER = Path(__file__).parents[1] / "benchmarks"
PATHS = 20_000


@pytest.fixture
def load(monkeypatch):
    """Import a module of benchmarks/, which is no package, for one test."""
    monkeypatch.syspath_prepend(str(FOLDER))
    before = set(sys.modules)
    yield import_module
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(FOLDER)):
            del sys.modules[name]


def npv_of(scenario: Scenario) -> np.ndarray:
    ds = hcrisk.simulate(scenario, paths=PATHS, threads=1, progress=False)
    return ds["npv"].values.ravel()


def test_parts__contracts_are_the_formula_peers_are_given(load):
    scenario, formulas = load("parts").contracts(), load("formulas")
    cost = formulas.Outsourced(scenario)
    rng = np.random.default_rng(1)
    inputs = list(rng.standard_normal((formulas.SHOCKS, PATHS)))
    inputs += [np.clip(rng.normal(m, sd, PATHS), a, b) for m, sd, a, b in cost.laws()]
    many = cost.of_arrays(inputs)
    assert cost.of_numbers([x[7] for x in inputs]) == pytest.approx(many[7], rel=1e-12)
    assert len(inputs) == formulas.INPUTS
    relative, errors = load("peers").errors_apart([many], [npv_of(scenario)])
    assert abs(errors) < 4
    # Enough paths to see what one line less would do.
    assert abs(relative) < 0.001


def test_parts__breaches_have_the_mean_peers_are_given(load):
    scenario, peers = load("parts").breaches(), load("peers")
    events = peers._frequency(scenario)
    mu, sigma = peers._severity(scenario)
    expected = events.shape * (1 / events.chance - 1) * math.exp(mu + sigma**2 / 2)
    found = npv_of(scenario)
    assert abs(found.mean() - expected) < 4 * found.std() / math.sqrt(PATHS)


def test_parts__staff_is_the_process_simpy_is_given(load):
    pytest.importorskip("simpy")
    scenario = load("parts").staff()
    found = load("peer_staff").Staff(scenario).run(300)
    _, errors = load("peers").errors_apart([found], [npv_of(scenario)])
    assert abs(errors) < 4


def test_peers__one_that_is_missing_is_named_with_how_to_get_it(load, monkeypatch, capsys):
    peers = load("peers")

    def version(name):
        raise peers.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(peers.importlib.metadata, "version", version)
    assert peers.versions() == {}
    rows = peers.measure(repeats=1, shrink=1_000)
    assert [row["program"] for row in rows] == ["hcrisk"] * 3
    peers.show(rows, peers.missing())
    said = capsys.readouterr().out
    assert 'without simpy, which is not installed: pip install -e ".[bench]"' in said
    assert "simpy, beside staff, lacks" in said
    assert max(map(len, said.splitlines())) <= 80


def test_peers__a_mean_that_differs_is_found(load):
    peers = load("peers")
    one, other = np.array([1.0, 3.0] * 50), np.array([2.0, 4.0] * 50)
    relative, errors = peers.errors_apart([one], [other])
    assert relative == pytest.approx(-1 / 3)
    assert errors == pytest.approx(-1 / math.sqrt(0.02))
    row = {"program": "other", "part": "staff", "standard_errors_apart": errors}
    assert peers.disagreeing([row]) == ["other, staff: -7.1 standard errors"]
    assert peers.disagreeing([row | {"standard_errors_apart": 2.0}]) == []


def test_scaling__sizes_are_what_the_rows_say(load):
    scaling = load("scaling")
    rows = scaling.sizes(1_000)
    found = {}
    for row in rows:
        found.setdefault(row.what, []).append(row.value)
    assert found == {
        "paths": [1_000],
        "years": [1, 2, 3, 5, 7, 10],
        "seats in-house": [15, 30, 60, 120],
        "services": [4, 8, 16],
        "strategies": [3, 16, 81, 256],
    }


def test_scaling__a_team_is_as_many_times_as_large(load):
    scaling = load("scaling")
    plain = scaling.tomllib.loads((FOLDER / "bench.toml").read_text(encoding="utf-8"))
    one, three = (
        hcrisk.simulate(
            Scenario.from_mapping(scaling.with_team(plain, k)), paths=500, progress=False
        )
        for k in (1, 3)
    )
    pay = [
        float(ds["component_npv"].sel(strategy="insource", component="salaries").mean())
        for ds in (one, three)
    ]
    # Managers are rounded up, so not exactly three times.
    assert pay[1] == pytest.approx(3 * pay[0], rel=0.05)
    few = Scenario.from_mapping(scaling.with_arrangements(plain, 2))
    ds = hcrisk.simulate_assignments(few, paths=1, threads=1, progress=False)
    assert ds.sizes["strategy"] == 16
