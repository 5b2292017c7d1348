"""Strategies that are the same to a risk are judged once."""

import itertools

import numpy as np

import hcrisk
from hcrisk.program import compile_program

ARRANGEMENTS = ("insource", "hybrid", "outsource", "unfunded")


def every(scenario):
    services = list(scenario.services)
    ways = itertools.product(ARRANGEMENTS, repeat=len(services))
    return {"-".join(way): dict(zip(services, way, strict=True)) for way in ways}


def test_a_risk_looks_at_few_of_the_services():
    scenario = hcrisk.load("mid-market")
    links = compile_program(scenario, 0, every(scenario)).links
    views = dict(zip(scenario.risks, np.diff(links.view_start), strict=True))
    # Whether the skills are there depends on who delivers the desk, and on nothing else.
    assert views["escalation"] == len(ARRANGEMENTS)
    assert all(n < 256 for n in views.values())
    alone = dict(zip(scenario.risks, links.is_alone, strict=True))
    assert (alone["escalation"], alone["breach"]) == (1, 0)


def test_whoever_stands_for_others_makes_no_difference():
    scenario = hcrisk.load("mid-market")
    ways = every(scenario)
    together = hcrisk.simulate(scenario, paths=40, seed=3, strategies=ways)
    for name in ("hybrid-insource-unfunded-outsource", "unfunded-outsource-hybrid-insource"):
        alone = hcrisk.simulate(scenario, paths=40, seed=3, strategies={name: ways[name]})
        for variable in ("component_npv", "events"):
            found = together[variable].sel(strategy=name)
            assert (found == alone[variable].sel(strategy=name)).all()
