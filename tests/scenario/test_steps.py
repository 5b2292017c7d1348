"""Counts that stand almost on a rounding step are pointed at."""

import pytest

from hcrisk.scenario.steps import near_steps
from hcrisk.scenarios import load, scenarios
from tests.scenario.common import scenario

TECHNICIANS = "services.help_desk.arrangements.insource.seats.technician"


@pytest.mark.parametrize("name", scenarios())
def test_shipped_scenarios_stand_on_no_step(name):
    assert near_steps(load(name)) == []


@pytest.mark.parametrize(
    ("ratio", "rule"),
    [
        (72, "215 users have 3 seats, with 51 providers it would be 4"),
        (106, "215 users have 3 seats, with 49 providers it would be 2"),
    ],
)
def test_seats_almost_on_a_step(ratio, rule):
    seats = {"per": "user", "ratio": ratio}
    (remark,) = near_steps(load("mid-market").replace({TECHNICIANS: seats}))
    assert (remark.path, remark.value, remark.rule) == (TECHNICIANS, seats, rule)
    assert remark.remedy == (
        "choose a ratio away from the step, such as 86, or write the number of seats"
    )


def test_what_is_promised_happens():
    tight = load("mid-market").replace({TECHNICIANS: {"per": "user", "ratio": 72}})
    larger = tight.replace({"practice.providers": 51})
    seats = tight.services["help_desk"].arrangements["insource"].seats["technician"]
    assert seats.count.of(tight.practice) == 3
    assert seats.count.of(larger.practice) == 4


def test_users_that_do_not_follow_the_providers():
    fixed = "practice.users = 160"
    (remark,) = near_steps(scenario(fixed))
    assert remark.rule == "160 users have 2 seats, with 161 users it would be 3"


def test_a_minimum_has_no_step_below_it():
    snippet = "practice.users = 161\n"
    assert [r.rule for r in near_steps(scenario(snippet))] == [
        "161 users have 3 seats, with 160 users it would be 2"
    ]
    seats = f"{TECHNICIANS} = {{ per = 'user', ratio = 80, minimum = 3 }}"
    assert near_steps(scenario(snippet + seats)) == []


def test_managers_almost_on_a_step():
    remarks = near_steps(load("mid-market").replace({"managers.span": 6.9}))
    assert [(r.path, r.value, r.rule) for r in remarks] == [
        (
            "managers.span",
            6.9,
            "7 FTE of insource have 2 managers, no more than 6.9 FTE would have 1",
        )
    ]


def test_no_managers_no_remark():
    assert near_steps(scenario(drop="managers")) == []
