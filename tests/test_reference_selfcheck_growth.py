"""The reference implementation against cases by hand: size, demand and what follows them."""

import math

import numpy as np
import pytest

from tests.builders import bare, one_risk, team
from tests.reference.growth import peak_multiple, size_over_time
from tests.reference.inputs import Values
from tests.reference.macro import simulate_macro
from tests.reference.people import Staff
from tests.reference.risks import multiple
from tests.reference.services import World
from tests.reference.simulation import current_assignment
from tests.reference.strategies import run_strategy
from tests.reference.uniforms import PathUniforms, Uniforms
from tests.reference.vendors import Vendors
from tests.test_reference_selfcheck_more import SIZES, component, partner, reference

TENTH = {"growth": {"rate": 0.1}}  # the sizes 1, 1.1, 1.21, 1.331 in years 1 to 4


def planned(*changes, **growth):
    """A layer with changes of (months, size)."""
    tables = {f"c{i}": {"months": m, "size": size} for i, (m, size) in enumerate(changes)}
    return {"growth": {"planned": tables, **growth}}


def uniform(path=0):
    return PathUniforms(Uniforms(3), path)


def size(*layers, path=0, years=4):
    """U of a path, as (time, size)."""
    steps = size_over_time(Values(bare(*layers, horizon__years=years), uniform(path)))
    return list(zip(steps.times, steps.values, strict=True))


def yearly(*layers, years=3, strategy=None, **changes):
    """The cost of each year on path 0; money is not discounted in a bare practice."""
    found = reference(bare(*layers, horizon__years=years, **changes), strategy=strategy)
    np.testing.assert_allclose(found["npv"].sum(), found["component_npv"].sum(), rtol=1e-12)
    np.testing.assert_allclose(found["npv"].sum(), found["service_npv"].sum(), rtol=1e-12)
    return found["cost"][0, :, 0]


def world_of(scenario, path=0):
    """What the services of a path share."""
    years = int(float(scenario.horizon.years))
    values = Values(scenario, uniform(path))
    macro = simulate_macro(values, years)
    return World(values, Staff(values, macro, years), Vendors(values, macro, years), years)


def kept_levels(scenario, times):
    """Below which level events are kept at each time, with what is in place."""
    world, current = world_of(scenario), current_assignment(scenario)
    run = run_strategy(world, current, current)
    risk = scenario.risks["breach"]
    return [multiple(world.values, risk, run.services, t) for t in times]


# -- the size


def test_the_size_grows_at_the_start_of_each_later_year():
    expected = [(0, 1), (1, 1.1), (2, 1.21), (3, 1.331)]
    np.testing.assert_allclose(size(TENTH), expected)
    assert size() == [(0, 1)]
    assert size(planned((1, 0), (12, 0.5), (50, 1)), years=1) == [(0, 1), (1 / 12, 1)]


def test_the_size_stays_within_its_bounds_after_each_change():
    # Year, then planned, in file order: 1.2, 0.6; 0.9, 0.45 -> 0.5, 0.7; 1.05, 1.2.
    layer = planned((12, -0.5), (24, -0.5), (24, 0.4), rate=0.5, most=1.2, least=0.5)
    expected = [(0, 1), (1, 0.6), (2, 0.7), (3, 1.05)]
    np.testing.assert_allclose(size(layer), expected)
    other = planned((24, 0.4), (12, -0.5), (24, -0.5), rate=0.5, most=1.2, least=0.5)
    np.testing.assert_allclose(size(other)[2], (2, 0.6))


def test_acquisitions_come_as_their_draws_say():
    law = {"dist": "uniform", "low": -0.2, "high": 0.6}
    layer = {"growth": {"acquisition": {"rate": 0.9, "size": law}, "most": 20, "least": 0.01}}
    for path in range(20):
        t, expected, u = 0.0, [(0.0, 1.0)], uniform(path)
        for n in range(100):
            t -= math.log(u("growth/acquisition", n)) / 0.9
            share = -0.2 + 0.8 * u("growth/acquisition/size", n)
            expected.append((t, expected[-1][1] * (1 + share)))
        expected += [(float(y), None) for y in (1, 2, 3)]
        expected = sorted((t, s) for t, s in expected if t < 4 and s is not None)
        found = [(t, s) for t, s in size(layer, path=path) if t not in (1, 2, 3)]
        np.testing.assert_allclose(found, expected)


# -- what follows it at once


@pytest.mark.parametrize(
    ("contract", "monthly"),
    [
        ({"per_user": 10}, [2_000, 2_200, 2_420]),
        ({"per_endpoint": 10}, [2_600, 2_860, 3_146]),
        ({"per_provider": [{"from": 0, "price": 10}, {"from": 57, "price": 8}]}, [500, 550, 484]),
        (
            {"per_claim": [{"from": 0, "price": 2}, {"from": 11_500, "price": 1}]},
            [2e4, 2.2e4, 12_100],
        ),
        ({"collections_share": 0.0012}, [3_000, 3_300, 3_630]),
        ({"per_user": 10, "minimum_fee": 2_300}, [2_300, 2_300, 2_420]),
        ({"per_site": 10, "fixed_fee": 5}, [35, 35, 35]),
    ],
)
def test_fees_follow_the_size(contract, monthly):
    found = yearly(SIZES, TENTH, partner(**contract))
    assert found == pytest.approx([12 * fee for fee in monthly])


def test_an_exit_fee_is_of_the_fee_when_it_is_due():
    layer = partner(per_user=10)
    layer["vendors"]["msp"] |= {"exit_fee_share": 0.5, "notice_months": 18}
    layer["services"]["desk"]["arrangements"]["none"] = {"transition": {"max_parallel_months": 24}}
    found = yearly(layer, TENTH, planned((17, 1)), strategies__x={"all": "none"}, strategy="x")
    # Half of what is left of 36 months when it ends after 18, users having doubled a month before.
    fees = [24_000, 2_200 * 5 + 4_400]
    assert found == pytest.approx([fees[0], fees[1] + 0.5 * 4_400 * 18, 0])


@pytest.mark.parametrize(
    ("line", "costs"),
    [
        ({"driver": "user", "amount": 5}, [1_000, 1_100, 1_210]),
        ({"driver": "endpoint", "amount": 5, "period": "month"}, [15_600, 17_160, 18_876]),
        ({"driver": "provider", "amount": 2, "start_months": 18}, [0, 55, 121]),
        ({"driver": "claim", "amount": 0.5}, [60_000, 66_000, 72_600]),
        ({"driver": "revenue", "amount": 0.001}, [30_000, 33_000, 36_300]),
        ({"driver": "user", "amount": 5, "every_years": 0.75}, [2_000, 1_100, 1_210]),
        ({"driver": "user", "amount": 5, "every_years": 1}, [1_000, 1_100, 1_210]),
        ({"driver": "site", "amount": 5}, [15, 15, 15]),
        ({"amount": 5}, [5, 5, 5]),
    ],
)
def test_lines_follow_the_size(line, costs):
    lines = {"lines": {"extra": {"component": "tools", **line}}}
    assert yearly(SIZES, TENTH, lines) == pytest.approx(costs)


def test_a_line_changes_within_a_year():
    lines = {"lines": {"extra": {"component": "tools", "driver": "user", "amount": 5}}}
    found = yearly(planned((3, 0.2), (30, -0.5)), lines)
    assert found == pytest.approx([250 + 900, 1_200, 600 + 300])


@pytest.mark.parametrize(
    ("posts", "counts"),
    [
        ({"per": "user", "ratio": 80}, [2.5, 2.75, 3.025]),
        ({"per": "user", "ratio": 80, "minimum": 2.6}, [2.6, 2.75, 3.025]),
        ({"per": "site", "ratio": 2}, [1.5, 1.5, 1.5]),
        (4, [4, 4, 4]),
    ],
)
@pytest.mark.parametrize("kind", ["queue", "presence"])
def test_posts_and_what_their_gap_costs(kind, posts, counts):
    if kind == "presence":
        counts = [math.ceil(count) for count in counts]
    desk = {"coverage": {"kind": kind, "posts": posts, "hours_per_week": 50}, "gap_rate": 2}
    layer = {"services": {"desk": desk}}
    found = yearly(SIZES, TENTH, layer)
    assert found == pytest.approx([2 * 50 * 52 * count for count in counts])


def test_revenue_at_stake_grows():
    layer = {"services": {"desk": {"revenue_at_stake": 0.001}}}
    assert yearly(SIZES, TENTH, layer) == pytest.approx([30_000, 33_000, 36_300])
    assert yearly(SIZES, planned((18, 1)), layer) == pytest.approx([30_000, 45_000, 60_000])


def test_a_fixed_team_falls_behind():
    layer = team(seats=2)
    layer["services"]["clerk"]["coverage"]["posts"] = {"per": "user", "ratio": 100}
    found = reference(bare(layer, TENTH, horizon__years=3))
    u = [0, 1 - 2 / 2.2, 1 - 2 / 2.42]
    assert found["uncovered"][0, 1, 0] == pytest.approx(sum(u) / 3)
    # The cost of a gap is for the posts that there are; the layer's rate is for two.
    assert found["cost"][0, :, 0] == pytest.approx([0, 0.2 / 2, 0.42 / 2])


def test_skills_needed_grow_with_the_posts_unless_stated():
    layer = team(seats=2, skill=0.5)
    desk = layer["services"]["clerk"]
    desk["coverage"]["posts"] = {"per": "user", "ratio": 100}
    desk["peaks"] = {"always": {"months": 99, "multiple": 5}}
    risk = one_risk(1, 1)
    risk["risks"]["breach"]["effects"] = {
        "clerk": {"on": "unskilled", "frequency": 0, "severity": 1}
    }
    # One of two is skilled, then one of four.
    assert kept_levels(bare(layer, planned((6, 1)), risk), (0.25, 0.75)) == [0.5, 0.25]
    desk["skills_needed"] = 2
    assert kept_levels(bare(layer, planned((6, 1)), risk), (0.25, 0.75)) == [0.5, 0.5]


# -- peaks


PEAKS = {
    "autumn": {"start_months": 9, "months": 3, "every_months": 12, "multiple": 1.4},
    "rollout": {"start_months": 10, "months": 4, "multiple": 2},
    "late": {"start_months": 40, "months": 4, "multiple": 7},
}


def test_peaks_multiply_the_posts_while_they_last():
    scenario = bare({"services": {"desk": {"peaks": PEAKS}}}, horizon__years=3)
    peak = peak_multiple(Values(scenario, uniform()), scenario.services["desk"])
    months = [8.9, 9, 9.9, 10, 11.9, 12, 13.9, 14, 20.9, 21, 24, 33, 35.9]
    found = [peak.at(month / 12) for month in months]
    np.testing.assert_allclose(found, [1, 1.4, 1.4, 2.8, 2.8, 2, 2, 1, 1, 1.4, 1, 1.4, 1.4])
    assert peak.integral(0, 3) == pytest.approx((3 * 3 * 0.4 + 4 + 2 * 0.4) / 12 + 3)


def test_a_gap_in_a_peak_costs_more():
    layer = {"services": {"desk": {"gap_rate": 2, "peaks": {"autumn": PEAKS["autumn"]}}}}
    # On average a tenth more, of 1, 1.1 and 1.21 posts if they follow the size.
    assert yearly(layer, TENTH) == pytest.approx([2 * 40 * 52 * 1.1] * 3)
    layer["services"]["desk"]["coverage"] = {"posts": {"per": "user", "ratio": 200}}
    assert yearly(layer, TENTH) == pytest.approx([2 * 40 * 52 * 1.1**y for y in (1, 2, 3)])


def test_a_peak_reaches_every_internal_scope():
    layer = team(seats=2, posts=4)
    own = layer["services"]["clerk"]["arrangements"]["own"]
    layer["services"]["clerk"]["peaks"] = {"x": {"start_months": 6, "months": 3, "multiple": 2}}
    found = reference(bare(layer))["uncovered"][0, 1, 0]
    assert found == pytest.approx(0.75 * 0.5 + 0.25 * 0.75)
    own["posts"] = 2
    assert reference(bare(layer))["uncovered"][0, 1, 0] == pytest.approx(0.25 * 0.5)
    del own["posts"]
    vendor = partner()
    own |= {"contracts": {"msp": {}}, "internal_share": 0.25}
    # One internal post of four, twice as many people; in the peak as many as posts.
    assert reference(bare(layer, vendor))["uncovered"][0, 1, 0] == pytest.approx(0.75 * 0.1)


# -- seats


def desk_team(ratio=100, seats=None, posts=100, **role):
    """A layer with a team by users, 200 at first, at pay 1,000 and an overhead of nothing."""
    layer = team("clerk", pay=1_000, **role)
    desk = layer["services"]["clerk"]
    desk["coverage"]["posts"] = {"per": "user", "ratio": posts}
    desk["gap_rate"] = 0
    desk["arrangements"]["own"]["seats"]["clerk"] = seats or {"per": "user", "ratio": ratio}
    return layer


HIRED = {"time_to_fill_days": 73, "recruiting_flat": 300, "recruiting_share": 0.1}
BACKFILLED = {"backfill_share": 0.5, "backfill_multiple": 2}


def parts(found, *names, strategy=0):
    return [component(found, name, strategy) for name in names]


def test_a_seat_opens_when_it_is_wanted_and_is_filled_thereafter():
    layer = desk_team(**HIRED, **BACKFILLED)
    found = reference(bare(layer, planned((18, 0.3)), horizon__years=3))
    salaries, recruiting, backfill = parts(found, "salaries", "recruiting", "backfill")
    # The third comes 0.2 years after month 18; 2.6 posts want three seats.
    assert salaries == pytest.approx(3 * 2_000 + 1.3 * 1_000)
    assert recruiting == pytest.approx(300 + 100)
    assert backfill == pytest.approx(0.2 * 1_000)
    short = 0.2 * (1 - 2.5 / 2.6)
    assert found["uncovered"][0, 1, 0] == pytest.approx(short / 3)
    assert found["departures"].sum() == 0
    lines = {"hires": {"component": "training", "driver": "hire", "amount": 7}}
    lines["kit"] = {"component": "tools", "driver": "fte", "amount": 10, "every_years": 0.5}
    lines["licence"] = {"component": "oversight", "driver": "fte", "amount": 10}
    own = {"services": {"clerk": {"arrangements": {"own": {"lines": lines}}}}}
    found = reference(bare(layer, own, planned((18, 0.3)), horizon__years=3))
    # What is counted by FTE counts those wanted, at month 18 already.
    expected = [7, 10 * (3 * 2 + 3 * 3), 10 * (1.5 * 2 + 1.5 * 3)]
    assert parts(found, "training", "tools", "oversight") == pytest.approx(expected)


def test_an_opening_that_is_no_longer_wanted_is_withdrawn():
    layer = desk_team(posts=10_000, replacement_premium=0.5, **HIRED, **BACKFILLED)
    changes = planned((18, 0.3), (20, -0.3), (24, 0.5))
    found = reference(bare(layer, changes, horizon__years=4))
    # Open from month 18 to 20, and from 24 for 0.2 years; it is nobody's place that the hire takes.
    salaries, recruiting, backfill = parts(found, "salaries", "recruiting", "backfill")
    assert salaries == pytest.approx(4 * 2_000 + 1.8 * 1_000)
    assert recruiting == pytest.approx(400)
    assert backfill == pytest.approx((2 / 12 + 0.2) * 1_000)


def test_changes_at_the_same_time_withdraw_nothing_between_them():
    layer = desk_team(posts=10_000, **HIRED)
    # The seat that opens at month 23 would not be wanted between the two changes of month 24.
    changes = planned((23, 0.3), (24, -0.3), (24, 0.4))
    found = reference(bare(layer, changes, horizon__years=3))
    assert component(found, "salaries") == pytest.approx(6_000 + 1_000 * (1 + 1 / 12 - 0.2))


def test_the_fills_of_withdrawn_openings_are_counted():
    law = {"dist": "uniform", "low": 20, "high": 120}
    dispersion = {"dist": "uniform", "low": 0.8, "high": 1.2}
    layer = desk_team(posts=10_000, time_to_fill_days=law, pay_dispersion=dispersion)
    changes = planned((12, 0.3), (14, -0.3), (24, 0.5))
    found = reference(bare(layer, changes, horizon__years=3), 40)
    withdrawn = 0
    for path in range(40):
        u = uniform(path)
        stream = "seat/clerk/clerk/2"
        days = [20 + 100 * u(stream, 2 * k) for k in (0, 1)]
        pay = [800 + 400 * u(f"{stream}/pay", k) for k in (0, 1)]
        if days[0] / 365 < 2 / 12:
            expected = pay[0] * (2 - days[0] / 365)
        else:
            withdrawn += 1
            expected = pay[1] * (1 - days[1] / 365)
        row = found["component"].index("salaries")
        assert found["component_npv"][0, row, path] == pytest.approx(6_000 + expected)
    assert 5 < withdrawn < 35


def test_whoever_is_not_wanted_stays_until_leaving_and_is_not_replaced():
    role = {"attrition_rate": 0.7, "replacement_premium": 0.5, **HIRED, **BACKFILLED}
    layer = desk_team(seats={"per": "user", "ratio": 200}, posts=10_000, **role)
    # The first seat by ratio and minimum stays wanted; the second from 0 to 1 and from 3 on.
    layer["services"]["clerk"]["arrangements"]["own"]["seats"]["clerk"]["ratio"] = 150
    found = reference(bare(layer, planned((12, -0.3), (36, 0.5)), horizon__years=4), 60)
    rows = [found["component"].index(name) for name in ("salaries", "recruiting", "backfill")]
    cases = set()
    for path in range(60):
        lives = [walked(path, j, ALWAYS if j == 0 else [(0, 1), (3, 4)]) for j in (0, 1)]
        expected = np.sum([costs(life) for life in lives], axis=0)
        np.testing.assert_allclose(found["component_npv"][0, rows, path], expected, atol=1e-9)
        left = sum(end < 4 for stays, _ in lives for _, end, _ in stays)
        assert found["departures"][0, 1, path] == left
        cases.add((len(lives[1][0]), len(lives[1][1])))
    assert len(cases) > 3


ALWAYS = [(0, 4)]


def walked(path, j, wanted):
    """Stays (start, end, pay) and openings of an incumbent's seat that is wanted in some spans."""
    u, stream = uniform(path), f"seat/clerk/clerk/{j}"
    t = -math.log(u(stream, 1)) / 0.7
    stays, openings, k = [(0, t, 1_000)], [], 1
    while t < 4:
        spans = [(max(t, a), b) for a, b in wanted if t < b]
        if not spans:
            break
        opening, withdrawn = spans[0]
        first = opening + 0.2
        openings.append((opening, min(first, withdrawn)))
        t = withdrawn
        if first < withdrawn:
            t = first - math.log(u(stream, 2 * k + 1)) / 0.7
            stays.append((first, t, 1_500))
        k += 1
    return stays, openings


def costs(life):
    """Salaries, recruiting and backfill of a life, within four years."""
    stays, openings = life
    salaries = sum(pay * (min(end, 4) - start) for start, end, pay in stays)
    recruiting = sum(300 + 0.1 * pay for start, _, pay in stays if 0 < start)
    return salaries, recruiting, 1_000 * sum(min(b, 4) - a for a, b in openings)
