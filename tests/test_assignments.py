"""Every combination of arrangements: the same futures as strategies simulated one by one."""

import itertools

import numpy as np
import pytest

import hcrisk
from hcrisk.exceptions import ScenarioError
from tests.builders import crowded

NAMES = {
    "desk": ("own", "split", "duo"),
    "security": ("partner", "own", "split", "none"),
    "analytics": ("none", "own", "partner"),
}


@pytest.fixture(scope="module")
def every():
    return hcrisk.simulate_assignments(crowded(), paths=40, seed=3)


def test_every_combination_is_there_once(every):
    combinations = {" / ".join(chosen) for chosen in itertools.product(*NAMES.values())}
    assert set(every["strategy"].values.tolist()) == combinations
    for position, service in enumerate(NAMES):
        held = [name.split(" / ")[position] for name in every["strategy"].values]
        assert every[service].values.tolist() == held


@pytest.mark.parametrize("chosen", list(itertools.product(*NAMES.values()))[::5])
def test_each_is_what_it_is_by_itself_to_the_bit(every, chosen):
    own = {"own": dict(zip(NAMES, chosen, strict=True))}
    alone = hcrisk.simulate(
        crowded({"strategies": {"own": {"services": own["own"]}}}),
        paths=40,
        seed=3,
        strategies="own",
    )
    mine = every.sel(strategy=" / ".join(chosen))
    for name in ("npv", "cost"):
        assert np.array_equal(mine[name], alone[name].sel(strategy="own"))


def test_the_best_of_4096_is_that_of_brute_force():
    """Six services, four ways each, all simulated as strategies of their own by chunks."""
    content = hcrisk.load("practice-services").to_mapping()
    for service in content["services"].values():
        service["arrangements"] |= {"nobody": {"unfunded": True}}
    scenario = hcrisk.Scenario.from_mapping(content)
    options = {"paths": 3, "seed": 1, "progress": False}
    names = list(scenario.services)
    ways = ("insource", "hybrid", "outsource", "nobody")
    choices = dict.fromkeys(names, ways)
    found = hcrisk.simulate_assignments(scenario, choices, **options)
    assert found["strategy"].size == 4096
    combinations = list(itertools.product(*choices.values()))
    values = []
    for first in range(0, len(combinations), 512):
        chunk = combinations[first : first + 512]
        own = {" / ".join(each): dict(zip(names, each, strict=True)) for each in chunk}
        ds = hcrisk.simulate(scenario, strategies=own, detail="totals", **options)
        values.append(ds["npv"].sel(strategy=list(own)).values)
    npv = np.concatenate(values)
    labels = [" / ".join(each) for each in combinations]
    assert np.array_equal(found["npv"].sel(strategy=labels).values, npv)
    best = hcrisk.best_assignment(found, top=1)["strategy"].item()
    assert best == labels[int(npv.mean(axis=-1).argmin())]


def test_services_with_one_choice_stay_as_in_another_strategy():
    scenario = crowded(
        {
            "strategies": {
                "x": {
                    "services": dict.fromkeys([], "")
                    | {"desk": "split", "security": "own", "analytics": "own"}
                }
            }
        }
    )
    choices = {name: [held] for name, held in scenario.assignment("x").items()}
    choices["desk"] = list(NAMES["desk"])
    ds = hcrisk.simulate_assignments(scenario, choices, paths=20, seed=3)
    assert ds["desk"].values[:3].tolist() == list(NAMES["desk"])
    whole = hcrisk.simulate(scenario, paths=20, seed=3)
    mine = ds["npv"].sel(strategy="split / own / own")
    assert np.array_equal(mine, whole["npv"].sel(strategy="x"))


def test_strategies_may_be_given_as_arrangements():
    ds = hcrisk.simulate(crowded(), paths=20, seed=3, strategies={"mine": {"desk": "duo"}})
    every = hcrisk.simulate_assignments(crowded(), ["desk"], paths=20, seed=3)
    assert np.array_equal(ds["npv"].sel(strategy="mine"), every["npv"].sel(strategy="duo"))


@pytest.mark.parametrize(
    ("services", "text"),
    [
        (["desks"], "services = 'desks': is no service"),
        ({"desk": ["own", "rented"]}, "services.desk = 'rented': is no arrangement of desk"),
        ({"desk": []}, "must name an arrangement"),
        ([], "must name a service"),
    ],
)
def test_unknown_and_empty_choices_are_refused(services, text):
    with pytest.raises(ScenarioError, match=text):
        hcrisk.simulate_assignments(crowded(), services, paths=1)


@pytest.mark.parametrize(
    ("strategies", "text"),
    [
        ({"mine": {"desks": "own"}}, "is no service of this scenario; choose from desk"),
        ({"mine": {"desk": "rented"}}, "is no arrangement of desk; choose from own"),
        ({"current": {"desk": "duo"}}, "is the name of what is in place today"),
    ],
)
def test_strategies_of_arrangements_that_are_not_there_are_refused(strategies, text):
    with pytest.raises(ScenarioError, match=text):
        hcrisk.simulate(crowded(), paths=1, strategies=strategies)


def test_too_many_are_refused_with_their_number():
    content = crowded().to_mapping()
    own = content["services"]["desk"]["arrangements"]["own"]
    content["services"]["desk"]["arrangements"] |= {f"own{i}": own for i in range(1000)}
    scenario = hcrisk.Scenario.from_mapping(content)
    with pytest.raises(ValueError, match=r"at most 10,000 of the 12,036 combinations"):
        hcrisk.simulate_assignments(scenario, paths=1)
