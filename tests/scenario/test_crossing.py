"""Uncertain numbers that bound each other: refused if they must cross, remarked if they may."""

import pytest

from hcrisk.scenario import crossing
from hcrisk.scenarios import load, scenarios
from tests.scenario.common import scenario

ARRANGED = "services.help_desk.arrangements.both"
SHARES = f"{ARRANGED}.contracts.msp.scope = {{ dist = 'uniform', low = 0.4, high = 0.7 }}"


@pytest.mark.parametrize("name", scenarios())
def test_shipped_numbers_do_not_cross(name):
    assert crossing(load(name)) == []


def test_a_floor_that_may_lie_above_the_cap():
    uncertain = "{ dist = 'uniform', low = 0.04, high = 0.06 }"
    (remark,) = crossing(scenario(f"vendors.msp.escalator_floor = {uncertain}"))
    assert remark.path == "vendors.msp.escalator_floor"
    assert remark.rule == "may lie above the cap: it is 0.04 to 0.06, the cap 0.05"
    assert "the cap wins" in remark.remedy


@pytest.mark.parametrize("floor", ["0.05", "{ dist = 'uniform', low = 0.04, high = 0.05 }"])
def test_a_floor_that_reaches_the_cap_does_not_cross_it(floor):
    assert crossing(scenario(f"vendors.msp.escalator_floor = {floor}")) == []


def test_scopes_that_are_uncertain():
    other = f"{ARRANGED}.contracts.other.scope = 0.5\nvendors.other = {{}}"
    (remark,) = crossing(scenario(f"{SHARES}\n{other}"))
    assert remark.path == f"{ARRANGED}.contracts"
    assert remark.rule.endswith("add up to 0.9 to 1.2")
