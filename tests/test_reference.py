"""Every variable of a result, recomputed event by event by code that shares nothing with it."""

import itertools
import tomllib
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import hcrisk
from tests.builders import crowded, growing
from tests.reference import simulate_reference

MECHANISMS = tomllib.loads(Path(__file__).with_name("mechanisms.toml").read_text(encoding="utf-8"))
TOLERANCE = 1e-9
# A share this small is none; elsewhere less than a cent is none.
SMALLEST_SHARE = 1e-12
VARIABLES = (
    "wage_index",
    "price_index",
    "input",
    "departures",
    "uncovered",
    "events",
    "component_npv",
    "service_npv",
    "cost",
    "npv",
)


def assert_agree(scenario, seed, start, paths, strategies=None):
    found = hcrisk.simulate(
        scenario, paths=paths, seed=seed, start=start, strategies=strategies, threads=1
    )
    names = found["strategy"].values.tolist()
    numbers = range(start, start + paths)
    expected = simulate_reference(scenario, seed, numbers, names)
    for dim in ("strategy", "service", "component", "risk", "parameter", "year", "path"):
        assert found[dim].values.tolist() == expected[dim]
    for name in VARIABLES:
        floor = SMALLEST_SHARE if name == "uncovered" else scale(found, name)
        difference = np.abs(found[name].values - expected[name])
        allowed = np.maximum(TOLERANCE * np.abs(expected[name]), floor)
        # In which position, by dimension, for a failure that can be looked into.
        assert np.argwhere(~(difference <= allowed)).tolist() == [], name


def scale(found, name):
    """The difference below which two amounts are the same: rounding of what was added up."""
    amounts = {"component_npv", "service_npv", "cost", "npv"}
    return 1e-14 * float(np.abs(found["component_npv"]).max()) if name in amounts else 0.0


@pytest.mark.parametrize(("seed", "start"), [(0, 0), (1, 7_000), (2**64 - 1, 2**40)])
@pytest.mark.parametrize("name", hcrisk.scenarios())
def test_shipped_scenarios_agree_with_the_reference(name, seed, start):
    # A hundred seats take the reference eight times as long as ten.
    scenario = hcrisk.load(name)
    paths = 50 if scenario.practice.providers.value <= 50 else 20
    assert_agree(scenario, seed, start, paths // 4 if name == "practice-services" else paths)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_each_mechanism_agrees_with_the_reference(mechanism):
    assert_agree(crowded(MECHANISMS[mechanism]), seed=5, start=0, paths=6)


@settings(max_examples=60)
@given(
    chosen=st.lists(st.sampled_from(sorted(MECHANISMS)), min_size=2, max_size=6, unique=True),
    years=st.sampled_from([1, 2, 4, 12]),
    seed=st.integers(0, 2**64 - 1),
    start=st.sampled_from([0, 12_345, 2**40]),
)
def test_mechanisms_together_agree_with_the_reference(chosen, years, seed, start):
    layers = [MECHANISMS[name] for name in chosen]
    assert_agree(crowded(*layers, horizon__years=years), seed, start, paths=3)


def test_every_assignment_agrees_with_the_reference():
    names = {
        "desk": ["own", "split", "duo"],
        "security": ["partner", "own", "split", "none"],
        "analytics": ["none", "own", "partner"],
    }
    every = {
        "-".join(chosen): {"services": dict(zip(names, chosen, strict=True))}
        for chosen in itertools.product(*names.values())
    }
    scenario = crowded({"strategies": every})
    assert_agree(scenario, seed=8, start=100, paths=6, strategies=list(every))


# What else may become of the practice in growth.toml.
SIZES = {
    "as it is": "",
    "one year": "horizon.years = 1",
    "ten years": "horizon.years = 10",
    "practices only join": "growth.acquisition.size = 0.2",
    "joins and leaves all the time": """
        growth.acquisition = { rate = 9, size = { dist = "uniform", low = -0.6, high = 1 } }
        growth.most = 5
        growth.least = 0.1
    """,
    "it never changes": "growth.most = 1\ngrowth.least = 1",
    "it only shrinks": """
        growth.rate = -0.2
        growth.most = 1
        growth.acquisition = { rate = 0.4, size = -0.1 }
    """,
    "nobody stays": """
        people.announce = 6
        roles.technician.attrition_rate = 5
        roles.analyst.attrition_rate = 4
        roles.clerk.attrition_rate = 6
        roles.lead.attrition_rate = 5
    """,
    "nobody leaves": """
        roles.technician.attrition_rate = 0
        roles.analyst.attrition_rate = 0
        roles.clerk.attrition_rate = 0
        roles.lead.attrition_rate = 0
    """,
    "seldom filled": """
        roles.technician.unfillable_share = 0.6
        roles.analyst.unfillable_share = 0.6
        roles.lead.unfillable_share = 0.6
    """,
    "a manager for each, a leader who has no time": """
        managers.span = 1
        managers.leader_bandwidth = 0
        managers.max_parallel_months = 40
    """,
}


@pytest.mark.parametrize("name", SIZES)
def test_a_practice_that_grows_agrees_with_the_reference(name):
    assert_agree(growing(SIZES[name]), seed=11, start=0, paths=4)


@pytest.mark.parametrize(("seed", "start"), [(0, 0), (1, 7_000), (2**64 - 1, 2**40)])
def test_many_paths_of_a_practice_that_grows_agree_with_the_reference(seed, start):
    assert_agree(growing(), seed, start, paths=20)


def test_every_arrangement_grows_as_in_the_reference():
    names = {
        "desk": ["own", "wide", "split", "duo"],
        "security": ["partner", "own", "split"],
        "analytics": ["many", "few", "fixed", "none"],
    }
    every = {
        "-".join(chosen): {"services": dict(zip(names, chosen, strict=True), reception="own")}
        for chosen in itertools.product(*names.values())
    }
    for current in (("own", "partner", "many"), ("split", "own", "few"), ("duo", "split", "fixed")):
        before = {name: {"current": a} for name, a in zip(names, current, strict=True)}
        scenario = growing({"strategies": every, "services": before})
        assert_agree(scenario, seed=9, start=50, paths=1, strategies=list(every))


def test_everything_happens_in_the_crowded_scenario():
    ds = hcrisk.simulate(crowded(), paths=500, seed=5, threads=1)
    used = ds["component_npv"].any(("strategy", "path"))
    assert ds["component"].values[~used.values].tolist() == ["projects"]
    assert ds["events"].any(("strategy", "path")).all()
    staffed = ds["departures"].drop_sel(service="enterprise")
    assert staffed.any(("strategy", "path")).all()
