"""The reference implementation against cases by hand: projects, people, skills, managers."""

import numpy as np
import pytest

from tests.builders import bare, crowded, one_risk, team
from tests.reference.inputs import Values
from tests.reference.macro import simulate_macro
from tests.reference.people import Staff
from tests.reference.uniforms import PathUniforms, Uniforms
from tests.test_reference_selfcheck_more import component, partner, reference

# -- projects


def project(**fields):
    """A layer with a project of 1,200, planned for a year, in a service that nobody delivers."""
    entries = {"budget": 1_200, "duration_months": 12, **fields}
    return {"services": {"desk": {"arrangements": {"none": {"projects": {"portal": entries}}}}}}


def project_cost(years=4, growth=0.0, **fields):
    found = reference(bare(project(**fields), horizon__years=years, macro__wage__mean=growth))
    np.testing.assert_allclose(found["npv"][0], component(found, "projects"))
    assert found["service_npv"][0, 0, 0] == found["npv"][0, 0]
    return found["cost"][0, :, 0]


UPKEEP = {"maintenance_share": 0.2, "maintenance_growth": 0.1}
QUARTERS = [1.1**q for q in range(16)]


def upkeep(cost, first, last):
    """What quarters first to last after completion cost."""
    return 0.05 * cost * sum(QUARTERS[first:last])


def test_a_project_as_planned():
    assert project_cost() == pytest.approx([1_200, 0, 0, 0])
    found = project_cost(start_months=6, **UPKEEP)
    years = [600, 600 + upkeep(1_200, 0, 2), upkeep(1_200, 2, 6), upkeep(1_200, 6, 10)]
    assert found == pytest.approx(years)
    grown = project_cost(growth=0.1, start_months=6, **UPKEEP)
    assert grown == pytest.approx([x * np.exp(0.1 * y) for y, x in enumerate(years)])
    assert project_cost(growth=0.1, index="price", start_months=6, **UPKEEP) == pytest.approx(years)
    assert project_cost(start_months=30) == pytest.approx([0, 0, 600, 600])
    assert project_cost(start_months=60) == pytest.approx([0] * 4)


def test_a_project_overruns():
    # Twice the cost takes 2^0.5 times as long, and is spent evenly.
    long = project_cost(cost_ratio=2, stretch=1)
    assert long == pytest.approx([1_200, 1_200, 0, 0])
    long = project_cost(cost_ratio=4, stretch=0.5, **UPKEEP)
    assert long == pytest.approx([2_400, 2_400, upkeep(4_800, 0, 4), upkeep(4_800, 4, 8)])
    # A cheaper one is not faster.
    assert project_cost(cost_ratio=0.5, stretch=1) == pytest.approx([600, 0, 0, 0])
    at_once = project_cost(growth=0.1, duration_months=0, start_months=18, **UPKEEP)
    second, third = np.exp([0.1, 0.2])
    expected = second * (1_200 + upkeep(1_200, 0, 2))
    assert at_once[:3] == pytest.approx([0, expected, third * upkeep(1_200, 2, 6)])


STALLED = {
    "stall_probability": 1,
    "finish_cost": 0.5,
    "purchase": 100,
    "subscription": 40,
    **UPKEEP,
}


@pytest.mark.parametrize(
    ("fields", "years"),
    [
        # While it is built: after half the cost, or after all of it.
        ({"stall_months": 6}, [600 + 100 + 20, 40, 40, 40]),
        (
            {"stall_months": 6, "finish_share": 1},
            [600 + 600 + upkeep(1_200, 0, 2), *(upkeep(1_200, i, i + 4) for i in (2, 6, 10))],
        ),
        # After completion.
        ({"stall_months": 30}, [1_200, upkeep(1_200, 0, 4), upkeep(1_200, 4, 6) + 120, 40]),
        (
            {"stall_months": 30, "finish_share": 1},
            [1_200, upkeep(1_200, 0, 4), upkeep(1_200, 4, 8) + 600, upkeep(1_200, 8, 12)],
        ),
        # At the end of the horizon and beyond.
        ({"stall_months": 48}, [1_200, *(upkeep(1_200, i, i + 4) for i in (0, 4, 8))]),
        ({"stall_months": 12, "duration_months": 24}, [600 + 0, 140, 40, 40]),
        ({"stall_months": 0, "start_months": 12}, [0, 140, 40, 40]),
        ({"stall_months": 0, "start_months": 12, "duration_months": 0}, [0, 1_340, 40, 40]),
    ],
)
def test_a_project_stalls(fields, years):
    assert project_cost(**STALLED | fields) == pytest.approx(years)


def test_the_draws_of_a_project():
    fields = {
        "cost_ratio": {"dist": "uniform", "low": 1, "high": 2},
        "duration_months": {"dist": "uniform", "low": 12, "high": 24},
        "stall_probability": 0.5,
        "stall_months": {"dist": "uniform", "low": 0, "high": 12},
        "finish_share": 0.5,
        "finish_cost": 1,
        "purchase": 500,
    }
    found = reference(bare(project(**fields), horizon__years=4), 40)["npv"][0]
    expected = []
    for path in range(40):
        uniform = PathUniforms(Uniforms(3), path)
        end = ("cost", "duration", "stalls", "stall_months", "finish")
        u = {name: uniform(f"project/desk/portal/{name}") for name in end}
        cost, months = 1_200 * (1 + u["cost"]), 12 + 12 * u["duration"]
        if u["stalls"] < 0.5:
            cost *= 12 * u["stall_months"] / months
            cost += 1_200 if u["finish"] < 0.5 else 500
        expected.append(cost)
    np.testing.assert_allclose(found, expected)


def test_a_project_is_dropped_with_what_it_belongs_to():
    both = project(duration_months=48, start_months=0)
    arrangements = both["services"]["desk"]["arrangements"]
    arrangements["other"] = {
        "unfunded": True,
        "projects": {"site": {"budget": 24, "duration_months": 24}},
        "transition": {"handover_months": 18, "max_parallel_months": 18},
    }
    then = {"strategies": {"then": {"all": "other"}}}
    found = reference(bare(both, then, horizon__years=4), strategy="then")
    assert found["cost"][0, :, 0] == pytest.approx([300 + 12, 150 + 12, 0, 0])
    stalled = STALLED | {"stall_months": 19, "duration_months": 48}
    arrangements["none"]["projects"]["portal"] |= stalled
    found = reference(bare(both, then, horizon__years=4), strategy="then")
    assert found["cost"][0, :, 0] == pytest.approx([300 + 12, 150 + 12, 0, 0])
    arrangements["none"]["projects"]["portal"] |= {"stall_months": 12}
    found = reference(bare(both, then, horizon__years=4), strategy="then")
    assert found["cost"][0, :, 0] == pytest.approx([300 + 12, 100 + 20 + 12, 0, 0])
    # A project that both have is the target's, from time 0.
    arrangements["other"]["projects"]["portal"] = {"budget": 48, "duration_months": 48}
    found = reference(bare(both, then, horizon__years=4), strategy="then")
    assert found["cost"][0, :, 0] == pytest.approx([12 + 12, 12 + 12, 12, 12])


# -- people: a partner for seats that stay open, key persons, skills


def opening(**role):
    """A layer in which a second arrangement has a seat that is filled after a year."""
    fields = {"pay": 1_000, "time_to_fill_days": 365, **role}
    layer = team("clerk", seats=1, **fields)
    layer["services"]["clerk"]["arrangements"]["grown"] = {
        "seats": {"clerk": 2},
        "transition": {"max_parallel_months": 0},
    }
    layer["services"]["clerk"]["coverage"]["posts"] = 2
    layer["strategies"] = {"grow": {"services": {"clerk": "grown"}, "all": "none"}}
    return layer


def test_a_partner_takes_over_a_seat_that_stays_open():
    role = {"backfill_share": 0.2, "backfill_multiple": 2, "fallback_months": 3}
    role |= {"fallback_share": 0.8, "fallback_multiple": 3}
    found = reference(bare(opening(**role), horizon__years=2), strategy="grow")
    yearly = 0.25 * 0.2 * 2 + 0.75 * 0.8 * 3
    assert component(found, "backfill") == pytest.approx(1_000 * yearly)
    assert found["uncovered"][0, 1, 0] == pytest.approx((0.25 * 0.4 + 0.75 * 0.1) / 2)
    never = reference(bare(opening(**role | {"fallback_months": 12})), strategy="grow")
    assert component(never, "backfill") == pytest.approx(400)
    at_once = reference(bare(opening(**role | {"fallback_months": 0})), strategy="grow")
    assert component(at_once, "backfill") == pytest.approx(2_400)


def test_the_clock_of_the_partner_runs_while_nobody_pays_for_backfill():
    role = {"backfill_share": 0.2, "fallback_months": 3, "fallback_share": 0.8}
    layer = opening(**role)
    transition = {"max_parallel_months": 6}
    layer["services"]["clerk"]["arrangements"]["grown"]["transition"] = transition
    found = reference(bare(layer), strategy="grow")
    assert component(found, "backfill") == pytest.approx(0.5 * 0.8 * 1_000)
    # Until then one of two posts is what current has.
    assert found["uncovered"][0, 1, 0] == pytest.approx(0.5 * 0.5 + 0.5 * 0.1)


def departures_of(role, years, path, displaced=False):
    """When the incumbents of a clerk's seat leave."""
    scenario = bare(team(**role), horizon__years=years)
    values = Values(scenario, PathUniforms(Uniforms(3), path))
    staff = Staff(values, simulate_macro(values, years), years)
    seat = ("seat/clerk/clerk/0", "clerk")
    life = staff.displaced(*seat) if displaced else staff.life(*seat, incumbent=True)
    return [stay.end for stay in life.stays if stay.end < years]


def test_key_persons_are_missed_after_each_departure():
    role = {"attrition_rate": 1.5, "time_to_fill_days": 36.5, "backfill_share": 1}
    role |= {"key_dip": 0.3, "key_months": 9}
    scenario = bare(team(**role), horizon__years=4)
    found = reference(scenario, 20)
    for path in range(20):
        ends = departures_of(role, 4, path)
        grid = (np.arange(40_000) + 0.5) / 10_000
        recent = sum((end <= grid) & (grid < end + 0.75) for end in ends) + 0.0 * grid
        expected = np.minimum(0.3 * recent, 1).mean()
        assert found["uncovered"][0, 1, path] == pytest.approx(expected, abs=2e-3)
        assert found["departures"][0, 1, path] == len(ends)
    assert found["departures"].max() > 3


def test_key_persons_of_an_arrangement_that_was_left_are_not_missed():
    role = {"attrition_rate": 1, "backfill_share": 1, "time_to_fill_days": 0}
    role |= {"key_dip": 0.25, "key_months": 240}
    layer = team(**role)
    layer["services"]["clerk"]["arrangements"]["partner"] = {
        "contracts": {"msp": {}},
        "transition": {"handover_months": 18, "max_parallel_months": 18},
    }
    layer["vendors"] = {"msp": {"delivered": 1}}
    layer["strategies"] = {"out": {"services": {"clerk": "partner"}, "all": "none"}}
    found = reference(bare(layer, horizon__years=2), 30, strategy="out")
    expected = []
    for path in range(30):
        ends = departures_of(role, 2, path, displaced=True)
        expected.append(sum(0.25 * max(0, 1.5 - end) / 2 for end in ends))
    assert 0 < np.count_nonzero(expected) < 30
    np.testing.assert_allclose(found["uncovered"][0, 1], expected, atol=1e-12)


def test_key_persons_who_came_early_are_missed_once_their_arrangement_is_in_force():
    role = {"attrition_rate": 1, "backfill_share": 1, "time_to_fill_days": 0}
    layer = team(**role)
    layer["roles"]["helper"] = layer["roles"]["clerk"] | {"key_dip": 0.25, "key_months": 6}
    layer["services"]["clerk"]["arrangements"]["grown"] = {
        "seats": {"clerk": 1, "helper": 1},
        "transition": {"handover_months": 12},
    }
    layer["strategies"] = {"grow": {"services": {"clerk": "grown"}, "all": "none"}}
    scenario = bare(layer, horizon__years=2)
    found = reference(scenario, 20, strategy="grow")["uncovered"][0, 1]
    for path in range(20):
        values = Values(scenario, PathUniforms(Uniforms(3), path))
        staff = Staff(values, simulate_macro(values, 2), 2)
        stays = staff.life("seat/clerk/helper/0", "helper", incumbent=False).stays
        spans = [(max(stay.end, 1), min(stay.end + 0.5, 2)) for stay in stays]
        missed = sum(max(0, end - start) for start, end in spans)
        assert found[path] == pytest.approx(0.25 * missed / 2, abs=1e-12)
    assert found.max() > 0


def effect_multiple(layer, **effect):
    """How many times 100 events there are where the rate is multiplied by 4 at state 1."""
    risk = one_risk(100, 1, max_multiple=4)
    curve = [{"at": 0, "multiple": 0}, {"at": 1, "multiple": 4}]
    service = next(iter(layer["services"]))
    risk["risks"]["breach"]["effects"] = {service: {"frequency": curve, **effect}}
    return reference(bare(layer, risk), 20)["events"][0, 0].mean() / 100


def test_risks_look_at_skills():
    skilled = team(seats=2, posts=2, skill=0.5)
    assert effect_multiple(skilled) == 0
    # Two people of half the skill for two posts.
    assert effect_multiple(skilled, on="unskilled") == pytest.approx(2, rel=0.05)
    skilled["services"]["clerk"]["skills_needed"] = 4
    assert effect_multiple(skilled, on="unskilled") == pytest.approx(3, rel=0.05)
    skilled["services"]["clerk"]["skills_needed"] = 1
    assert effect_multiple(skilled, on="unskilled") == 0
    skilled["services"]["clerk"]["skills_needed"] = 0
    assert effect_multiple(skilled, on="unskilled") == 0
    # Nobody delivers.
    nobody = {"services": {"desk": {"skills_needed": 0}}}
    assert effect_multiple(nobody, on="unskilled") == pytest.approx(4, rel=0.05)


def test_vendors_bring_skills_however_good_their_work():
    layer = partner(skills=0.5, quality=0.1)
    # 0.5 of 0.9 delivered, for one post.
    found = effect_multiple(layer, on="unskilled")
    assert found == pytest.approx(4 * 0.55, rel=0.05)
    severe = one_risk(4, 10)
    severe["risks"]["breach"]["effects"] = {"desk": {"on": "unskilled", "severity": 3}}
    found = reference(bare(layer, severe), 5)
    np.testing.assert_allclose(found["npv"][0], found["events"][0, 0] * 10 * (1 + 2 * 0.55))


# -- managers and a leader


def led(seats=6, vendors=0, roles=(), **managers):
    """A layer whose team is led; managers are never there, and do half of what is missed."""
    layer = team("clerk", seats=seats)
    manager = {"pay": 1e-30, "attrition_rate": 0, "time_to_fill_days": 1e6}
    layer["roles"]["manager"] = manager | dict(roles)
    layer["managers"] = {"role": "manager", "span": 4, "drift": 0.5, **managers}
    own = layer["services"]["clerk"]["arrangements"]["own"]
    if vendors:
        own |= {"contracts": {f"v{i}": {} for i in range(vendors)}, "internal_share": 1}
        layer["vendors"] = {f"v{i}": {} for i in range(vendors)}
    return layer


def lost(layer):
    """How much of the work of everybody is lost while no manager has left: x / 2."""
    return 2 * reference(bare(layer))["uncovered"][0, 1, 0]


def test_a_leader_with_divided_bandwidth():
    # Six people under a span of four need 1.5: two managers, who are there.
    assert lost(led()) == 0
    # One at most: half a manager of one and a half is short.
    assert lost(led(most=1)) == pytest.approx(0.5 / 1.5)
    assert lost(led(most=0)) == pytest.approx(1)
    # The leader gives 0.8, and 0.3 less for each vendor: 0.2 of 1.5 are left.
    assert lost(led(most=1, leader_bandwidth=0.8)) == 0
    assert lost(led(most=0, leader_bandwidth=0.8)) == pytest.approx(0.7 / 1.5)
    divided = led(most=0, leader_bandwidth=0.8, per_vendor=0.3, vendors=2)
    assert lost(divided) == pytest.approx(1.3 / 1.5)
    gone = led(most=1, leader_bandwidth=0.8, per_vendor=0.3, vendors=3)
    assert lost(gone) == pytest.approx(0.5 / 1.5)
    assert lost(led(most=0, leader_bandwidth=1, seats=4)) == 0
    assert lost(led(seats=3, leader_bandwidth=1)) == 0


def test_a_manager_whose_seat_stays_open():
    # The grown team needs two managers, of whom the second comes after a year.
    roles = {"time_to_fill_days": 365, "backfill_share": 0.2, "pay": 1_000}
    partner = {"fallback_months": 3, "fallback_share": 0.6, "fallback_multiple": 2}
    layer = led(seats=4, roles=roles | partner)
    layer["services"]["clerk"]["coverage"]["posts"] = 8
    layer["services"]["clerk"]["arrangements"]["grown"] = {
        "seats": {"clerk": 8},
        "transition": {"max_parallel_months": 0},
    }
    layer["strategies"] = {"grow": {"services": {"clerk": "grown"}, "all": "none"}}
    found = reference(bare(layer), strategy="grow")
    x = 0.25 * 0.8 / 2 + 0.75 * 0.4 / 2
    assert found["uncovered"][0, 1, 0] == pytest.approx(0.5 * x)
    assert component(found, "backfill") == pytest.approx(1_000 * (0.25 * 0.2 + 0.75 * 1.2))
    # With half a leader there is a manager and a half to hire.
    layer["managers"] |= {"leader_bandwidth": 0.5}
    found = reference(bare(layer), strategy="grow")
    assert found["uncovered"][0, 1, 0] == pytest.approx(0.5 * x * 2 / 2.5)


# -- everything at once

EVERYTHING = """
practice = { sites = 3, claims = 9_000 }
managers = { leader_bandwidth = 0.6, per_vendor = 0.2, most = 1 }
roles.technician = { fallback_months = 2, fallback_multiple = 2, skill = 0.7 }
roles.analyst = { key_dip = 0.1, key_months = 4 }

[services.security]
coverage.per_site = true
revenue_at_stake = 0.01
skills_needed = 2

[services.security.arrangements.own]
on_call = { hours_per_week = 60, effectiveness = 0.5, people = 2, stipend = 200 }

[services.security.arrangements.own.projects.tooling]
budget = 40_000
duration_months = 9
cost_ratio = { dist = "lognormal", median = 1.2, sigma = 0.3 }
stall_probability = 0.4
stall_months = { dist = "uniform", low = 0, high = 18 }
subscription = 10_000
maintenance_share = 0.2

[readiness.policies]
level = { dist = "uniform", low = 0, high = 1 }
effects = [{ on = "managers.drift", multiple = 2 }]
"""


def test_everything_at_once_keeps_the_sums():
    scenario = crowded(EVERYTHING)
    assert scenario.services["security"].arrangements["own"].seats
    result = reference(scenario, 8)
    assert np.isfinite(result["npv"]).all()
    for name in ("service_npv", "component_npv"):
        np.testing.assert_allclose(result[name].sum(axis=1), result["npv"], rtol=1e-12)
    assert result["component_npv"][:, result["component"].index("projects")].any()
    assert ((result["uncovered"] >= 0) & (result["uncovered"] <= 1)).all()
