"""Size and demand over time, against closed forms and against what must make no difference."""

import math

import numpy as np
import pytest

import hcrisk
from tests.builders import bare, crowded, growing, merged, one_risk, standard_error, team

HOURS = 40 * 52
PATHS = 200_000
COUNTED = {"lines": {"counted": {"component": "tools", "driver": "user", "amount": 0.005}}}
SIZE = {"dist": "uniform", "low": -0.2, "high": 0.4}
JOINING = {"growth": {"acquisition": {"rate": 0.8, "size": SIZE}, "most": 20, "least": 0.01}}


def simulate(*layers, paths=1, **changes):
    """The first strategy of a bare practice; COUNTED costs the size times a year in it."""
    ds = hcrisk.simulate(bare(*layers, **changes), paths=paths, seed=4, progress=False)
    return ds.isel(strategy=0)


def planned(*changes, **growth):
    """A layer with changes of (months, size)."""
    tables = {f"c{i}": {"months": m, "size": size} for i, (m, size) in enumerate(changes)}
    return {"growth": {"planned": tables, **growth}}


def assert_mean(sample, expected, errors=4):
    sample = np.asarray(sample, dtype=float)
    assert abs(sample.mean() - expected) <= errors * standard_error(sample)


# -- the size


@pytest.mark.mechanism(
    "joining",
    says="Other practices join at random times, and each adds to the size",
    fields=["growth.acquisition.rate", "growth.acquisition.size"],
    shows=["cost"],
)
def test_the_mean_size_of_a_practice_that_others_join():
    cost = simulate(JOINING, COUNTED, paths=PATHS, horizon__years=3)["cost"]
    # Each of a Poisson number of acquisitions multiplies by 1.1 on average.
    rate = 0.8 * 0.1
    for y in range(3):
        expected = (math.exp(rate * (y + 1)) - math.exp(rate * y)) / rate
        assert_mean(cost.isel(year=y), expected)


def test_the_spread_of_the_size_at_one_time():
    lump = merged(COUNTED, {"lines": {"counted": {"start_months": 30, "every_years": 50}}})
    found = simulate(JOINING, lump, paths=PATHS, horizon__years=3)["npv"]
    assert_mean(found, math.exp(2.5 * 0.8 * 0.1))
    # The mean of (1 + s)^2 is 1.1^2 + 0.6^2 / 12.
    assert_mean(found**2, math.exp(2.5 * 0.8 * (1.1**2 + 0.03 - 1)))


def test_the_size_is_the_same_in_every_strategy():
    strategies = {"strategies": {name: {"all": name} for name in ("none", "other")}}
    other = {"services": {"desk": {"arrangements": {"other": {"unfunded": True}}}}}
    scenario = bare(JOINING, COUNTED, strategies, other, horizon__years=4)
    cost = hcrisk.simulate(scenario, paths=50, seed=4, progress=False)["cost"]
    assert (cost.isel(strategy=0) == cost.isel(strategy=1)).all()
    assert cost.std("path").min() > 0


@pytest.mark.mechanism(
    "size_bounds",
    says="A practice grows and shrinks within bounds",
    fields=["growth.most", "growth.least"],
    shows=["cost"],
)
def test_the_size_stays_within_its_bounds():
    bounds = {"growth": {"acquisition": {"rate": 6}, "most": 1.3, "least": 0.9}}
    found = simulate(JOINING, COUNTED, bounds, paths=500, horizon__years=5)["cost"]
    assert 0.9 - 1e-12 <= found.min() < 0.92
    assert 1.28 < found.max() <= 1.3 + 1e-12


# -- what follows it


@pytest.mark.mechanism(
    "growth",
    says="A practice grows from year to year, and fees by user follow at once",
    fields=["growth.rate"],
    shows=["vendor_fees", "cost"],
)
def test_fees_of_a_practice_that_grows_at_a_constant_rate():
    layer = {
        "vendors": {"msp": {"escalator_fixed": 0.03}},
        "services": {
            "desk": {
                "current": "partner",
                "arrangements": {
                    "partner": {"contracts": {"msp": {"per_user": 10, "per_endpoint": 5}}}
                },
            }
        },
    }
    found = simulate(layer, {"growth": {"rate": 0.07}}, horizon__years=8)["cost"].values[:, 0]
    np.testing.assert_allclose(found, 12 * 3_300 * (1.03 * 1.07) ** np.arange(8), rtol=1e-12)


@pytest.mark.parametrize("exponent", [1.5, 0.25, -1, 0])
def test_the_number_of_incidents_follows_the_size(exponent):
    layer = planned((6, 0.5), (30, -0.6), rate=0.1)
    risk = one_risk(1.4, 1, size_exponent=exponent)
    found = simulate(layer, risk, paths=PATHS, horizon__years=4)["events"]
    spans = [(0.5, 1), (0.5, 1.5), (1, 1.65), (0.5, 1.815), (0.5, 0.726), (1, 0.7986)]
    expected = 1.4 * sum(years * size**exponent for years, size in spans)
    assert_mean(found, expected)
    assert_mean((found - expected) ** 2, expected)


def test_the_number_of_incidents_of_a_practice_that_others_join():
    found = simulate(JOINING, one_risk(0.9, 1, size_exponent=1), paths=PATHS)["events"]
    assert_mean(found, 0.9 * (math.exp(0.08) - 1) / 0.08)


def test_the_rate_of_a_risk_grows_no_more_than_the_practice_may():
    layer = planned((1e-6, 0.5), most=1.6)
    found = simulate(layer, one_risk(1.4, 1, size_exponent=3), paths=PATHS)["events"]
    assert_mean(found, 1.4 * 1.6)


def test_a_practice_that_doubles_at_once_is_one_of_twice_the_size():
    desk = {
        "coverage": {"posts": {"per": "endpoint", "ratio": 80}},
        "gap_rate": 3,
        "revenue_at_stake": 0.01,
        "peaks": {"spring": {"start_months": 2, "months": 3, "multiple": 1.5}},
    }
    bands = [{"from": 0, "price": 9}, {"from": 300, "price": 8}]
    contract = {"per_user": bands, "per_provider": 50, "per_claim": 0.1}
    arrangement = {"internal_share": 0, "contracts": {"msp": contract}}
    desk |= {"current": "partner", "arrangements": {"partner": arrangement}}
    layer = {
        "vendors": {"msp": {"delivered": 0.9, "escalator_fixed": 0.02}},
        "services": {"desk": desk},
        "insurance": {"premium": {"per_provider": 900}, "retention": 1},
        "lines": {
            name: {"component": "tools", "driver": name, "amount": 2}
            for name in ("user", "endpoint", "provider", "claim", "site")
        },
        "practice": {"claims": {"per_provider": 400}},
    }
    sizes = {"providers": 100, "users": 400, "endpoints": 520, "revenue": 80_000_000}
    grown = simulate(layer, planned((1e-9, 1)), horizon__years=3)
    twice = simulate(layer, {"practice": sizes}, horizon__years=3)
    # The premium of the first year is that of the practice before it doubles.
    assert grown["cost"].values[0, 0] == pytest.approx(twice["cost"].values[0, 0] - 45_000)
    np.testing.assert_allclose(grown["cost"][1:], twice["cost"][1:], rtol=1e-9)


def test_amounts_stay():
    layer = team(seats=3, attrition_rate=0.8, time_to_fill_days=90, pay=50_000)
    fixed = {"lines": {"phones": {"component": "tools", "amount": 100}}}
    risk = one_risk(2, {"dist": "lognormal", "median": 1_000, "sigma": 1})
    cost = [
        simulate(layer, fixed, risk, growth, paths=200, horizon__years=4)["cost"]
        for growth in ({}, JOINING)
    ]
    np.testing.assert_allclose(cost[0], cost[1], rtol=1e-12)


# -- people and demand


@pytest.mark.mechanism(
    "peaks",
    says="At peaks, once or each year, the same people have more work",
    fields=[
        "services.*.peaks.*.start_months",
        "services.*.peaks.*.months",
        "services.*.peaks.*.every_months",
        "services.*.peaks.*.multiple",
    ],
    shows=["uncovered", "coverage_gap"],
)
def test_the_gap_of_a_fixed_team_in_a_recurring_peak():
    peaks = {"spring": {"start_months": 2, "months": 3, "every_months": 12, "multiple": 1.6}}
    layer = team(seats=4, posts=5)
    layer["services"]["clerk"] |= {"gap_rate": 1, "peaks": peaks}
    ds = simulate(layer, horizon__years=3)
    # One post of five is uncovered, in the peak four of eight.
    np.testing.assert_allclose(ds["cost"][:, 0], HOURS * (0.75 * 1 + 0.25 * 4))
    assert ds["uncovered"].sel(service="clerk").item() == pytest.approx(0.75 * 0.2 + 0.25 * 0.5)


def test_a_pause_in_which_there_is_nothing_to_do():
    peaks = {"pause": {"start_months": 3, "months": 6, "multiple": 0}}
    layer = merged(team(seats=1, posts=2), {"services": {"clerk": {"peaks": peaks}}})
    unfunded = {"services": {"desk": {"gap_rate": 1, "peaks": peaks}}}
    ds = simulate(layer, unfunded)
    # Half the time half of the posts; what nobody delivers is uncovered even if it costs nothing.
    np.testing.assert_allclose(ds["uncovered"].sel(service=["clerk", "desk"])[:, 0], [0.25, 1])
    np.testing.assert_allclose(ds["npv"], [0.25 + 0.5 * HOURS])


def test_a_peak_that_lasts_is_more_posts():
    peak = {"services": {"clerk": {"peaks": {"always": {"months": 99, "multiple": 1.25}}}}}
    layer = team(seats=4, posts=4, attrition_rate=0.9)
    layer["roles"]["clerk"]["time_to_fill_days"] = 100
    layer["services"]["clerk"]["gap_rate"] = 2
    more = merged(layer, {"services": {"clerk": {"coverage": {"posts": 5}}}})
    found = [simulate(x, paths=100, horizon__years=3) for x in (merged(layer, peak), more)]
    np.testing.assert_allclose(found[0]["cost"], found[1]["cost"], rtol=1e-12)
    assert found[0]["npv"].min() > 0


def staffed(ratio=10, **role):
    """Twenty clerks for 200 users, each of whom has pay 1."""
    layer = team(seats={"per": "user", "ratio": ratio}, posts=1, pay=1, **role)
    layer["services"]["clerk"]["coverage"]["posts"] = {"per": "user", "ratio": ratio}
    layer["services"]["clerk"]["gap_rate"] = 0
    return layer


def test_staff_follow_the_size_after_their_time_to_fill():
    layer = staffed(time_to_fill_days=73)
    ds = simulate(layer, {"growth": {"rate": 0.1}}, horizon__years=4)
    # 20, 22, 24.2 and 26.62 posts; people for the last part of one come as well.
    wanted, size = [20, 22, 25, 27], [20, 22, 24.2, 26.62]
    people = [20, 0.2 * 20 + 0.8 * 22, 0.2 * 22 + 0.8 * 25, 0.2 * 25 + 0.8 * 27]
    np.testing.assert_allclose(ds["cost"][:, 0], people)
    late = [1 - before / now for before, now in zip(wanted, size[1:], strict=False)]
    assert ds["uncovered"].sel(service="clerk").item() == pytest.approx(0.2 * sum(late) / 4)
    assert ds["departures"].sum() == 0


@pytest.mark.mechanism(
    "planned_size",
    says="A change of size is planned: seats follow after their time to fill, or close",
    fields=["growth.planned.*.months", "growth.planned.*.size"],
    shows=["salaries", "recruiting"],
)
def test_openings_that_are_withdrawn_are_not_filled():
    layer = staffed(time_to_fill_days=73, recruiting_flat=1)
    ds = simulate(layer, planned((6, 0.25), (8, -0.2), (12, 0.05), (18, -0.5)), horizon__years=2)
    # Five open for two months, and one that somebody takes, to stay when half are not wanted.
    assert ds["component_npv"].sel(component="salaries").item() == pytest.approx(2 * 20 + 0.8)
    assert ds["component_npv"].sel(component="recruiting").item() == pytest.approx(1)


def test_nobody_is_replaced_in_a_practice_that_shrinks():
    layer = staffed(attrition_rate=0.6, time_to_fill_days=0)
    ds = simulate(layer, planned((1e-9, -0.5)), paths=20_000, horizon__years=4)
    for y in range(4):
        # Ten are replaced at once, the other ten leave one by one.
        left = (math.exp(-0.6 * y) - math.exp(-0.6 * (y + 1))) / 0.6
        assert_mean(ds["cost"].isel(year=y), 10 + 10 * left)
    departures = ds["departures"].sel(service="clerk")
    assert_mean(departures, 10 * 0.6 * 4 + 10 * (1 - math.exp(-0.6 * 4)))


def test_managers_come_with_those_they_lead():
    layer = staffed(time_to_fill_days=0)
    lead = {"pay": 100, "attrition_rate": 0, "time_to_fill_days": 146}
    layer = merged(layer, {"roles": {"lead": lead}, "managers": {"role": "lead", "span": 10}})
    layer["managers"]["drift"] = 0.5
    ds = simulate(layer, planned((12, 0.25)), horizon__years=2)
    # 25 clerks need a third manager, who comes after 0.4 years.
    np.testing.assert_allclose(ds["cost"][:, 0], [220, 225 + 60])
    expected = 0.4 * 0.5 / 3 / 2
    assert ds["uncovered"].sel(service="clerk").item() == pytest.approx(expected)


# -- what makes no difference


def assert_same(found, expected):
    for name in ("events", "departures", "input", "wage_index", "price_index"):
        assert (found[name] == expected[name]).all(), name
    for name in ("uncovered", "component_npv", "service_npv", "cost", "npv"):
        scale = float(np.abs(expected[name]).max())
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-12, atol=1e-14 * scale)


NO_GROWTH = {
    "a rate too small": {"growth": {"rate": 1e-300}},
    "nobody joins": {"growth": {"acquisition": {"rate": 1e-300, "size": 0.5}}},
    "they add nothing": {"growth": {"acquisition": {"rate": 3, "size": 0}}},
    "it is planned for later": planned((12_000, 0.9)),
    "no room": {"growth": {"rate": 0.2, "most": 1, "least": 1}},
}


@pytest.mark.parametrize("growth", NO_GROWTH.values(), ids=NO_GROWTH)
def test_growth_of_nothing_makes_no_difference(growth):
    options = {"paths": 100, "seed": 6, "progress": False}
    assert_same(hcrisk.simulate(crowded(growth), **options), hcrisk.simulate(crowded(), **options))


def test_a_table_that_is_off_makes_no_difference():
    off = {"growth": {"rate": 0, "most": 9, "acquisition": {"rate": 0, "size": 0.9}}}
    options = {"paths": 50, "seed": 6, "progress": False}
    found, expected = (hcrisk.simulate(crowded(*x), **options) for x in ((off,), ()))
    for name in expected.data_vars:
        assert (found[name] == expected[name]).all(), name


def test_growth_of_nothing_makes_no_difference_to_a_shipped_scenario():
    options = {"paths": 50, "seed": 6, "progress": False}
    scenario = hcrisk.load("mid-market")
    grown = scenario.replace({"growth.rate": 1e-300})
    assert_same(hcrisk.simulate(grown, **options), hcrisk.simulate(scenario, **options))


def test_a_peak_that_multiplies_by_one_makes_no_difference():
    peak = {"services": {"desk": {"peaks": {"x": {"months": 2, "every_months": 5, "multiple": 1}}}}}
    options = {"paths": 50, "seed": 6, "progress": False}
    assert_same(hcrisk.simulate(crowded(peak), **options), hcrisk.simulate(crowded(), **options))


def test_years_before_a_change_are_as_without_it():
    options = {"paths": 100, "seed": 6, "progress": False}
    late = planned((30, 0.8), (45, -0.5))
    found, expected = (hcrisk.simulate(crowded(*x), **options) for x in ((late,), ()))
    before = {"year": [1, 2]}
    np.testing.assert_allclose(
        found["cost"].sel(before), expected["cost"].sel(before), rtol=1e-12, atol=1e-6
    )
    assert (found["cost"].sel(year=4) != expected["cost"].sel(year=4)).all()


def test_everything_happens_in_the_scenario_that_grows():
    ds = hcrisk.simulate(growing(), paths=300, seed=5, progress=False)
    assert ds["component_npv"].any(("strategy", "path")).all()
    assert ds["events"].any(("strategy", "path")).all()
    staffed = ds["departures"].drop_sel(service="enterprise")
    assert staffed.any(("strategy", "path")).all()
    np.testing.assert_allclose(ds["component_npv"].sum("component"), ds["npv"], rtol=1e-9)


# -- at the edges


def test_seats_by_a_driver_of_which_there_is_none():
    seats = {"analyst": {"per": "endpoint", "ratio": 80}}
    own = {"services": {"desk": {"arrangements": {"own": {"seats": seats}}}}}
    changes = {"practice__endpoints": 0, "growth__rate": 0.1}
    options = {"paths": 20, "seed": 6, "progress": False}
    found = hcrisk.simulate(crowded(own, **changes), **options)
    assert_same(found, hcrisk.simulate(crowded(**changes), **options))


@pytest.mark.parametrize("users", [115, 100])
def test_a_band_begins_where_growth_reaches_it(users):
    # 100 users and 15 % more are 114.99999999999999.
    assert 100 * 1.15 < 115
    bands = [{"from": 0, "price": 10}, {"from": 115, "price": 5}]
    arrangement = {"internal_share": 0, "contracts": {"msp": {"per_user": bands}}}
    layer = {
        "vendors": {"msp": {"escalator_fixed": 0}},
        "services": {"desk": {"current": "partner", "arrangements": {"partner": arrangement}}},
        "practice": {"users": users},
    }
    growth = planned((12, 115 / users - 1 if users == 115 else 0.15))
    cost = simulate(layer, growth, horizon__years=2)["cost"].values[:, 0]
    np.testing.assert_allclose(cost[1], 12 * 5 * 115, rtol=1e-12)
