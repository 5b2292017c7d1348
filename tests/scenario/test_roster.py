"""What a roster leaves uncovered, and what it would need, against the simulation itself."""

import math

import pytest
from scipy import stats

import hcrisk
from hcrisk import whole_roster
from tests.builders import bare, merged, team
from tests.cases import case
from tests.validation import assert_near

X = {"all": "none", "services": {"clerk": "own"}}


def staffed(coverage, arrangement=None, *, seats=4, fte=0.7, **changes):
    layer = team(seats=seats, fte=fte)
    layer["services"]["clerk"]["coverage"] = coverage
    own = merged(layer["services"]["clerk"]["arrangements"]["own"], arrangement or {})
    layer["services"]["clerk"]["arrangements"]["own"] = own
    return bare(layer, strategies__x=X, **changes)


def simulated(scenario):
    ds = hcrisk.simulate(scenario, paths=1, strategies=["x"], progress=False)
    return ds["uncovered"].sel(strategy="x", service="clerk").item()


def post(posts=1, hours=40, kind="presence", **entries):
    return {"kind": kind, "posts": posts, "hours_per_week": hours, **entries}


def test_unskilled_is_what_own_and_contracted_skills_leave():
    # Four of 0.7 FTE with skill 0.5, and a vendor's 1.5 of which 0.8 are delivered.
    scenario = staffed(
        post(5.0, 40, "queue"),
        {"internal_share": 0.5, "contracts": {"msp": {"skills": 1.5}}},
        vendors={"msp": {"delivered": 0.8}},
        roles__clerk__skill=0.5,
    )
    one = next(r for r in whole_roster(scenario) if r.arrangement == "own")
    assert one.unskilled == pytest.approx(1 - (4 * 0.7 * 0.5 + 1.5 * 0.8) / 5)
    stated = scenario.replace({"services.clerk.skills_needed": 2})
    assert next(r for r in whole_roster(stated) if r.arrangement == "own").unskilled == 0.0


DESK = post(3.3, 40, "queue")
CALL = {"hours_per_week": 100, "effectiveness": 0.995, "people": 2.2}
SITES = {"practice__sites": 3}
CASES = [
    (DESK, {}, {}),
    (DESK, {"posts": 2.9}, {}),
    (post(2, 50, planned_absence=0.1, sickness=0.04), {}, {}),
    (post(1, 168, planned_absence=0.12, sickness=0.2), {}, {}),
    (post(1, 168), {"hours_per_week": 60, "posts": 2}, {}),
    (post(3, 40, sickness=0.3, per_site=True), {}, SITES),
    (post(1, 30, sickness=0.1, per_site=True), {}, SITES),
    (post(1, 168, sickness=0.05), {"on_call": CALL}, {}),
    (post(1, 168, sickness=0.05), {"on_call": {**CALL, "people": 4.4}}, {}),
    (post({"per": "user", "ratio": 90}, 20, sickness=0.05), {}, {"people__hours_per_week": 38}),
    (post(0, 40), {}, {}),
]


@pytest.mark.parametrize(("coverage", "arrangement", "changes"), CASES)
def test_uncovered_and_needed_are_those_of_the_simulation(coverage, arrangement, changes):
    scenario = staffed(coverage, arrangement, **changes)
    (roster,) = whole_roster(scenario)
    assert (roster.service, roster.arrangement) == ("clerk", "own")
    assert roster.fte == pytest.approx(2.8)
    assert roster.uncovered == pytest.approx(simulated(scenario), abs=1e-12)
    for share in (0.01, 0.05, 0.2):
        (wanted,) = whole_roster(scenario, share)
        assert wanted.is_whole == (roster.uncovered <= share)
        if wanted.needed == 0:
            assert roster.posts == 0
            continue
        seats = math.ceil(wanted.needed)
        enough = staffed(coverage, arrangement, seats=seats, fte=wanted.needed / seats, **changes)
        assert simulated(enough) == pytest.approx(share, abs=1e-9)
        assert whole_roster(enough, share)[0].is_whole


@pytest.mark.parametrize("shrinkage", [0, 0.1, 0.15, 0.25])
def test_one_post_around_the_clock_takes_its_relief(shrinkage):
    inputs, expected = (case("cov-24x7-relief")[key] for key in ("inputs", "expected"))
    people = expected["fte_per_post"][inputs["shrinkage"].index(shrinkage)]
    (roster,) = whole_roster(staffed(post(1, 168, planned_absence=shrinkage)), 0)
    assert_near(roster.needed, people, "people for one post", "cov-24x7-relief", rel=1e-6)


def test_sickness_takes_more_people_until_they_are_enough():
    (roster,) = whole_roster(staffed(post(3, 40, sickness=0.1)))
    # Between the fewest with which less than a hundredth is missing, and one fewer.
    shares = [sum(stats.binom(m, 0.1).pmf(m - x) * (3 - x) / 3 for x in range(3)) for m in range(8)]
    enough = next(m for m, share in enumerate(shares) if share <= 0.01)
    part = (shares[enough - 1] - 0.01) / (shares[enough - 1] - shares[enough])
    assert roster.needed == pytest.approx(enough - 1 + part)


def test_calls_that_are_not_answered_make_no_roster_whole():
    call = {"hours_per_week": 84, "effectiveness": 0.9}
    (roster,) = whole_roster(staffed(post(1, 168), {"on_call": call}))
    assert roster.needed == math.inf
    assert not roster.is_whole
    assert whole_roster(staffed(post(1, 168), {"on_call": call}), 0.051)[0].needed < 3


def test_a_part_of_a_queue_needs_a_part_of_the_people():
    contract = {"contracts": {"v": {}}, "internal_share": 0.25}
    scenario = staffed(post(8, 40, "queue"), contract, vendors__v={"delivered": 1})
    (roster,) = whole_roster(scenario)
    assert (roster.posts, roster.needed) == pytest.approx((2, 1.98))


def test_arrangements_without_seats_have_no_roster():
    scenario = hcrisk.load("mid-market")
    found = [(roster.service, roster.arrangement) for roster in whole_roster(scenario)]
    assert found == [
        (name, arrangement)
        for name, service in scenario.services.items()
        for arrangement, stated in service.arrangements.items()
        if stated.seats
    ]


@pytest.mark.parametrize("share", [-0.1, 1, math.nan])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(ValueError, match=r"uncovered must lie in \[0, 1\), got"):
        whole_roster(staffed(DESK), share)
