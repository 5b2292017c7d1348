"""The reference implementation against cases by hand: staff, managers and risks that grow."""

import numpy as np
import pytest
from scipy import stats

from tests.builders import bare, merged, one_risk
from tests.reference.risks import intensity
from tests.test_reference_selfcheck_growth import (
    BACKFILLED,
    HIRED,
    TENTH,
    desk_team,
    kept_levels,
    parts,
    planned,
    uniform,
    world_of,
    yearly,
)
from tests.test_reference_selfcheck_more import component, partner, reference


def changing(arrangement, *layers, years=4):
    """A scenario with a strategy that gives the clerks another arrangement."""
    strategy = {"services": {"clerk": arrangement, "desk": "none"}}
    return bare(*layers, horizon__years=years, strategies__x=strategy)


def another(layer, name, ratio, **transition):
    """Add to a team an arrangement with another ratio of users to clerks."""
    table = {"seats": {"clerk": {"per": "user", "ratio": ratio}}, "transition": transition}
    return merged(layer, {"services": {"clerk": {"arrangements": {name: table}}}})


# -- a change of arrangement


def test_a_displaced_seat_is_wanted_again():
    role = {"severance_weeks": 52, "replacement_premium": 0.5, **HIRED, **BACKFILLED}
    layer = desk_team(ratio=40, posts=10_000, **role)
    layer = another(layer, "few", 60, handover_months=6, max_parallel_months=12)
    found = reference(changing("few", layer, planned((24, 0.3))), strategy="x")
    # Five, of whom the fifth leaves after six months with a year's pay; 260 users want five again.
    names = ("salaries", "severance", "recruiting", "backfill")
    expected = [4 * 4_000 + 500 + 1_800, 1_000, 400, 200]
    assert parts(found, *names) == pytest.approx(expected)
    # Wanted again before the one displaced has left: somebody comes all the same.
    early = reference(changing("few", layer, planned((3, 0.3))), strategy="x")
    expected = [4 * 4_000 + 500 + 1_000 * (4 - 0.45), 1_000, 400, 0]
    assert parts(early, *names) == pytest.approx(expected)


@pytest.mark.parametrize(("size", "t_out"), [(-0.45, 0.5), (-0.1, 1), (0.5, 1)])
def test_parallel_running_ends_with_the_first_day_or_withdrawal_of_seats_open_at_0(size, t_out):
    layer = desk_team(posts=10_000, **{**HIRED, "time_to_fill_days": 365})
    layer = another(layer, "more", 60, dip=0.25, max_parallel_months=30)
    # Two of the four wanted at first are open; then 2, 3 or 5 are wanted.
    scenario = changing("more", layer, planned((6, size)), years=2)
    found = reference(scenario, strategy="x")
    assert found["uncovered"][0, 1, 0] == pytest.approx(0.25 * t_out / 2)


def test_seats_that_open_meanwhile_work_from_the_end_of_parallel_running():
    layer = desk_team(time_to_fill_days=73, **BACKFILLED)
    layer["services"]["clerk"]["coverage"]["posts"] = 5
    more = another(layer, "more", 60, handover_months=6)
    found = reference(changing("more", more, planned((1, 0.5)), years=2), strategy="x")
    # Two until 0.2 years and six months; all five have come by then.
    assert found["uncovered"][0, 1, 0] == pytest.approx(0.6 * 0.7 / 2)
    salaries = 1_000 * (2 * 2 + 2 * 1.8 + (1.8 - 1 / 12))
    assert parts(found, "salaries", "backfill") == pytest.approx([salaries, 0])
    layer["roles"]["clerk"]["time_to_fill_days"] = 365
    more = another(layer, "more", 60, max_parallel_months=6)
    found = reference(changing("more", more, planned((1, 0.5)), years=2), strategy="x")
    assert component(found, "backfill") == pytest.approx(1_000 * (0.5 + 0.5 + 0.5 + 1 / 12))
    short = 0.5 * 0.6 + 0.5 * 0.3 + (1 / 12) * 0.1
    assert found["uncovered"][0, 1, 0] == pytest.approx(short / 2)


# -- managers


def led(drift=0.4, span=2, **rules):
    """A layer with four clerks for 200 users, who are led by managers."""
    layer = desk_team(ratio=50, posts=50, time_to_fill_days=0)
    lead = {"pay": 5_000, "attrition_rate": 0, "replacement_premium": 0.5, "severance_weeks": 26}
    managers = {"role": "lead", "span": span, "drift": drift, **rules}
    return merged(layer, {"roles": {"lead": {**lead, **HIRED}}, "managers": managers})


@pytest.mark.parametrize(
    ("rules", "missing", "hired"),
    [
        ({}, 0.2 / 3, 0.3),
        # Nobody else may be hired.
        ({"most": 2}, 0.5 / 3, 0),
        # The technology leader does half a manager's work.
        ({"leader_bandwidth": 0.5}, 0.2 / 3.5, 0.3),
        # Six people need 2.4: two and 0.4 of nobody.
        ({"span": 2.5, "most": 2}, 0.5 * 0.4 / 2.4, 0),
    ],
)
def test_managers_follow_the_seats_wanted(rules, missing, hired):
    found = reference(bare(led(**rules), planned((6, 0.5))))
    assert found["uncovered"][0, 1, 0] == pytest.approx(0.4 * missing)
    salaries = 1_000 * (2 + 3) + 5_000 * (2 + hired)
    assert component(found, "salaries") == pytest.approx(salaries)
    assert component(found, "recruiting") == pytest.approx(800 if hired else 0)


def test_managers_who_are_not_wanted_stay():
    found = reference(bare(led(), planned((6, -0.5))))
    assert component(found, "salaries") == pytest.approx(1_000 * 4 + 5_000 * 2)
    assert found["uncovered"][0, 1, 0] == 0


def test_a_displaced_manager_is_wanted_again():
    layer = another(led(drift=0, max_parallel_months=9), "few", 100)
    found = reference(changing("few", layer, planned((24, 0.5))), strategy="x")
    # Three clerks need two again.
    assert found["service_npv"][0, 2, 0] == pytest.approx(
        5_000 * (4 + 0.75 + 1.8) + 0.5 * 5_000 + 300 + 500
    )


# -- risks and insurance


@pytest.mark.parametrize(
    ("exponent", "levels"),
    [
        (1, [1, 1.5, 2, 0.5]),
        (2, [1, 2.25, 2.5, 0.25]),
        (-1, [1, 1 / 1.5, 0.5, 2]),
        (-2, [1, 1 / 2.25, 0.25, 2.5]),
    ],
)
def test_the_level_below_which_events_are_kept(exponent, levels):
    changes = planned((6, 0.5), (12, 1 / 3), (18, -0.75), most=2.5, least=0.3)
    scenario = bare(changes, one_risk(2, 1, size_exponent=exponent), horizon__years=2)
    found = kept_levels(scenario, (0.2, 0.7, 1.2, 1.7))
    np.testing.assert_allclose(found, levels)
    # At the size of time 0 there are as many as without growth.
    risk = scenario.risks["breach"]
    assert intensity(world_of(scenario).values, "breach", risk) == 2


def test_events_are_the_points_below_the_level_in_all_slabs():
    scenario = bare(
        planned((6, 0.5), most=1.5),
        one_risk(3, 7, size_exponent=1, max_multiple=1.5, transition_multiple=1),
    )
    found = reference(scenario, 60)["events"][0, 0]
    for path in range(60):
        u, kept = uniform(path), 0
        for slab in range(3):
            cell = f"risk/breach/slab/{slab}/year/1"
            count = int(stats.poisson.ppf(u(cell), 3))
            for i in range(count):
                level = slab + u(f"{cell}/level", i)
                kept += level < (1 if u(f"{cell}/time", i) < 0.5 else 1.5)
        assert found[path] == kept
    assert found.sum() > 3 * 60


@pytest.mark.parametrize(
    ("form", "loss"),
    [
        ({"per": "user", "severity": 3}, 600),
        ({"per": "endpoint", "severity": 3}, 780),
        ({"per": "provider", "severity": 3}, 150),
        ({"per": "site", "severity": 3}, 3),
        ({"per": "event", "severity": 3}, 3),
        ({"per": "record", "severity": 3}, 270_000),
    ],
)
def test_losses_count_what_there_is_at_the_time(form, loss):
    risk = {"frequency": 2, "losses": {"sum": {**form, "trended": False}}}
    if form["per"] == "record":
        risk["records"] = 10**9
    layer = {"risks": {"breach": risk}}
    grows = form["per"] not in ("site", "event")
    found = reference(bare(layer, planned((6, 1))), 30)
    for path in range(30):
        u, expected = uniform(path), 0
        cell = "risk/breach/slab/0/year/1"
        for i in range(int(stats.poisson.ppf(u(cell), 2))):
            expected += loss * (2 if grows and u(f"{cell}/time", i) >= 0.5 else 1)
        # A rate that does not follow the size has one event for each point of the first slab.
        row = found["component"].index("breach")
        assert found["component_npv"][0, row, path] == pytest.approx(expected)


def test_the_premium_follows_the_size_at_the_start_of_the_year():
    layer = {"insurance": {"premium": {"per_provider": 10}, "premium_growth": 0.2, "retention": 0}}
    changes = planned((6, 0.5), (12, 0.1))
    assert yearly(layer, changes) == pytest.approx([500, 600 * 1.65, 720 * 1.65])
    assert yearly(layer, TENTH) == pytest.approx([500, 600 * 1.1, 720 * 1.21])


def test_indemnity_is_capped_by_the_fee_at_the_time():
    layer = partner(per_user=10, access=1)
    layer["vendors"]["msp"] |= {"indemnity_share": 1, "indemnity_months": 2}
    form = {"severity": 10**6, "indemnified": True, "trended": False}
    risk = {"risks": {"breach": {"frequency": 1, "vendor": "msp", "losses": {"sum": form}}}}
    found = reference(bare(layer, risk, planned((6, 1))), 40)
    for path in range(40):
        u, cell = uniform(path), "risk/breach/slab/0/year/1"
        times = [u(f"{cell}/time", i) for i in range(int(stats.poisson.ppf(u(cell), 1)))]
        fees = [4_000 * (1 + (t >= 0.5)) for t in times]
        row = found["component"].index("vendor_indemnity")
        assert found["component_npv"][0, row, path] == pytest.approx(-max(fees, default=0))
