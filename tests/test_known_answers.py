"""The first results of the shipped scenarios, to the last bit.

If these differ and no result was meant to change, something is wrong. If one was, run
``python -m tests.make_known_answers`` and say so in CHANGELOG.md.
"""

import json

import numpy as np
import pytest

import hcrisk
from tests.make_known_answers import FILE, PATHS, SEED, answers

KNOWN = json.loads(FILE.read_text(encoding="utf-8"))


def test_every_shipped_scenario_has_known_answers():
    assert sorted(KNOWN) == sorted(hcrisk.scenarios())


@pytest.mark.parametrize("name", KNOWN)
def test_shipped_scenario_is_the_one_whose_answers_are_known(name):
    assert hcrisk.load(name).digest == KNOWN[name]["digest"]


@pytest.mark.parametrize("name", KNOWN)
def test_npv_is_known_to_the_last_bit(name):
    assert answers(name)["npv"] == KNOWN[name]["npv"]


@pytest.mark.parametrize("name", KNOWN)
def test_more_paths_and_threads_begin_with_the_known_answers(name):
    ds = hcrisk.simulate(hcrisk.load(name), paths=200, seed=SEED, threads=2, detail="totals")
    for strategy, values in KNOWN[name]["npv"].items():
        known = [float.fromhex(value) for value in values]
        found = ds["npv"].sel(strategy=strategy).values[:PATHS]
        np.testing.assert_array_equal(found, known)
