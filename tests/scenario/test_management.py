"""Who manages own staff, against the simulation."""

import pytest

import hcrisk
from hcrisk.scenario import management
from tests.builders import bare, team

LEAD = {"pay": 120_000, "attrition_rate": 0, "time_to_fill_days": 0}


def managed(**rules):
    """Nine part-time people and a vendor, of whom a manager leads three FTE."""
    staff = team(seats=9, fte=0.75, posts=6.75)
    staff["roles"]["lead"] = LEAD
    rent = {"rent": {"contracts": {"v": {}}}}
    return bare(
        staff,
        vendors__v={"delivered": 1},
        managers={"role": "lead", "span": 3, "drift": 0.4, **rules},
        services__desk={"current": "rent", "arrangements": rent},
        strategies={
            "x": {"services": {"clerk": "own", "desk": "rent"}},
            "y": {"services": {"clerk": "gone", "desk": "none"}},
        },
        services__clerk__arrangements__gone__unfunded=True,
    )


@pytest.mark.parametrize(
    ("rules", "leader", "managers", "missing"),
    [
        ({}, 0, 3, 0),
        ({"most": 2}, 0, 2, 0.25),
        ({"leader_bandwidth": 0.25}, 0.25, 2, 0),
        ({"leader_bandwidth": 0.4, "per_vendor": 0.3, "most": 1}, 0.1, 1, 1.15),
        ({"leader_bandwidth": 0.2, "per_vendor": 0.3, "most": 0}, 0, 0, 2.25),
    ],
)
def test_managers_and_what_they_leave_undone_are_those_of_the_simulation(
    rules, leader, managers, missing
):
    scenario = managed(**rules)
    found = {entry.strategy: entry for entry in management(scenario)}
    assert set(found) == {"x", "current"}
    assert found["x"][1:] == pytest.approx((6.75, 2.25, leader, managers, missing))
    ds = hcrisk.simulate(scenario, paths=1, progress=False).sel(strategy="x")
    salaries = ds["component_npv"].sel(component="salaries").item()
    assert salaries == pytest.approx(managers * 120_000)
    undone = missing / (managers + leader + missing)
    assert ds["uncovered"].sel(service="clerk").item() == pytest.approx(0.4 * undone, abs=1e-12)


def test_a_span_that_is_met_exactly_needs_no_manager_more():
    (entry, _) = management(managed(span=2.25))
    assert (entry.needed, entry.managers, entry.missing) == (3, 3, 0)


def test_nobody_to_manage_or_to_lead():
    assert management(bare(team())) == ()
    assert management(bare()) == ()
