"""Services: who delivers them, how they are covered, and what lies between the parties."""

import pytest

from tests.builders import merged
from tests.mechanisms.common import (
    PAY,
    effect,
    figures,
    hired,
    practice,
    rented,
    run,
    staffed,
    yearly,
)

mechanism = pytest.mark.mechanism
RENT = "services.desk.arrangements.rent."
OWN = "services.clerk.arrangements.own."
HOURS = 40 * 52
CLERK = {"clerk": {"pay": PAY, "attrition_rate": 0, "time_to_fill_days": 0}}


def shared(**arrangement):
    """A desk delivered by one clerk, for half of two posts, and a vendor, for the other half."""
    both = {"internal_share": 0.5, "seats": {"clerk": 1}, **arrangement}
    desk = {"coverage": {"posts": 2}, "gap_rate": 10, "current": "rent"}
    layer = merged(rented({"fixed_fee": 1_000}, {}, both), {"services": {"desk": desk}})
    return practice(layer, roles=CLERK)


@mechanism(
    "unfunded",
    says="A service that nobody delivers costs what its uncovered hours are worth",
    fields=["services.*.arrangements.*.unfunded", "services.*.gap_rate"],
    shows=["coverage_gap", "uncovered"],
)
def test_what_nobody_delivers_is_uncovered():
    scenario = practice(rented({}), services__desk__gap_rate=10)
    left = effect(scenario, {"strategies.x.all": "none"})
    assert left == pytest.approx({"uncovered desk": 1, "coverage_gap": 10 * HOURS})


@mechanism(
    "function_by_function",
    says="A strategy chooses an arrangement for each service, and costs their sum",
    fields=["strategies.*.services", "strategies.*.all", "services.*.arrangements"],
    shows=["npv", "service_npv"],
)
def test_a_strategy_is_chosen_function_by_function():
    layer = merged(staffed(seats=2), rented({"fixed_fee": 3_000}))
    parts = {"clerk": ("nobody", "own"), "desk": ("none", "rent")}
    strategies = {
        f"{clerk}_{desk}": {"services": {"clerk": clerk, "desk": desk}}
        for clerk in parts["clerk"]
        for desk in parts["desk"]
    }
    scenario = practice({**layer, "strategies": strategies})
    worth = {"own": 2 * PAY, "rent": 36_000, "nobody": 0, "none": 0}
    for name, strategy in strategies.items():
        ds = run(scenario, strategy=name)
        costs = [worth[choice] for choice in strategy["services"].values()]
        assert ds["npv"].item() == pytest.approx(sum(costs))
        found = ds["service_npv"].sel(service=["clerk", "desk"]).values.ravel()
        assert found == pytest.approx(costs)


@mechanism(
    "status_quo",
    says="What is in place today goes on by itself, and is left at a cost",
    fields=["services.*.current"],
    shows=["npv", "transition"],
)
def test_todays_arrangement_goes_on_and_is_left_at_a_cost():
    layer = rented({"fixed_fee": 1_000}, {}, {"transition": {"cost": 5_000}})
    scenario = practice(layer)
    assert run(scenario, strategy="current")["npv"].item() == 0
    assert run(scenario)["npv"].item() == pytest.approx(17_000)
    assert effect(scenario, {"services.desk.current": "rent"}) == pytest.approx(
        {"transition": -5_000}
    )


@mechanism(
    "hybrid",
    says="Own staff deliver a share of a service, partners the rest",
    fields=["services.*.arrangements.*.internal_share"],
    shows=["salaries", "vendor_fees", "uncovered"],
)
def test_a_hybrid_is_covered_by_both():
    scenario = shared()
    assert yearly(scenario) == pytest.approx([PAY + 12_000])
    # Own staff for three quarters of two posts, one of them there; all of the rest is delivered.
    gap = 0.75 * (1 - 1 / 1.5)
    found = effect(scenario, {RENT + "internal_share": 0.75})
    assert found == pytest.approx({"uncovered desk": gap, "coverage_gap": gap * 10 * 2 * HOURS})
    less = effect(scenario, {"vendors.v.delivered": 0.8})
    assert less == pytest.approx({"uncovered desk": 0.1, "coverage_gap": 0.1 * 10 * 2 * HOURS})


@mechanism(
    "own_scope",
    says="The own part of a service has posts and hours of its own",
    fields=["services.*.arrangements.*.posts", "services.*.arrangements.*.hours_per_week"],
    shows=["uncovered"],
)
def test_the_own_part_has_its_posts_and_hours():
    queue = effect(shared(), {RENT + "posts": 1.25})
    assert queue["uncovered desk"] == pytest.approx(0.5 * (1 - 1 / 1.25))
    # The clerk is there for 40 of the 168 hours, or of 50 if the nights are the vendor's.
    coverage = {"kind": "presence", "posts": 1, "hours_per_week": 168}
    scenario = shared().replace({"services.desk.coverage": coverage})
    assert figures(scenario)["uncovered desk"] == pytest.approx(0.5 * (1 - 40 / 168))
    by_day = effect(scenario, {RENT + "hours_per_week": 50})
    assert by_day["uncovered desk"] == pytest.approx(0.5 * (40 / 168 - 40 / 50))


@mechanism(
    "boundary_gap",
    says="Where the boundary is not defined, each side waits for the other",
    fields=["services.*.arrangements.*.gap"],
    shows=["uncovered", "coverage_gap"],
)
def test_an_undefined_boundary_leaves_a_gap():
    found = effect(shared(), {RENT + "gap": 0.06})
    assert found == pytest.approx({"uncovered desk": 0.06, "coverage_gap": 0.06 * 10 * 2 * HOURS})


@mechanism(
    "boundary_overlap",
    says="Where the boundary is not defined, part of the fee pays for what own staff do as well",
    fields=["services.*.arrangements.*.overlap"],
    shows=["vendor_fees"],
)
def test_an_undefined_boundary_is_paid_twice():
    assert effect(shared(), {RENT + "overlap": 0.15}) == pytest.approx({"vendor_fees": 1_800})


@mechanism(
    "vendors_share_a_service",
    says="Several vendors share a service, each with its scope",
    fields=["services.*.arrangements.*.contracts.*.scope"],
    shows=["uncovered"],
)
def test_vendors_share_a_service_by_scope():
    contracts = {"v": {"scope": 0.7}, "w": {"scope": 0.3}}
    scenario = practice(
        rented({}, {}, {"contracts": contracts}), vendors__w__delivered=1,
    )  # fmt: skip
    assert effect(scenario, {"vendors.v.delivered": 0.9}) == pytest.approx({"uncovered desk": 0.07})
    assert effect(scenario, {"vendors.w.delivered": 0.9}) == pytest.approx({"uncovered desk": 0.03})


@mechanism(
    "backlog",
    says="Work that can wait is left undone in proportion to the people missing",
    fields=["services.*.coverage.kind", "services.*.coverage.posts"],
    shows=["uncovered"],
)
def test_work_that_can_wait_is_left_in_proportion():
    scenario = practice(staffed(seats=3))
    assert effect(scenario, {"services.clerk.coverage.posts": 4}) == pytest.approx(
        {"uncovered clerk": 0.25}
    )


@mechanism(
    "on_call_stipend",
    says="Being on call is paid by the week",
    fields=["services.*.arrangements.*.on_call.stipend"],
    shows=["salaries"],
)
def test_being_on_call_is_paid():
    coverage = {"kind": "presence", "posts": 1, "hours_per_week": 168}
    call = {"hours_per_week": 128, "effectiveness": 1}
    scenario = practice(
        staffed(arrangement={"on_call": call}), services__clerk__coverage=coverage,
    )  # fmt: skip
    assert effect(scenario, {OWN + "on_call.stipend": 300}) == pytest.approx({"salaries": 15_600})


@mechanism(
    "transition_cost",
    says="A change costs money once, and more than was planned",
    fields=[
        "services.*.arrangements.*.transition.cost",
        "services.*.arrangements.*.transition.overrun",
    ],
    shows=["transition"],
)
def test_a_change_costs_more_than_planned():
    scenario = practice(rented({}), services__desk__arrangements__rent__transition__cost=20_000)
    found = effect(scenario, {RENT + "transition.overrun": 1.4})
    assert found == pytest.approx({"transition": 8_000})


@mechanism(
    "parallel_running",
    says="The old arrangement is paid beside the new one until that is ready",
    fields=[
        "services.*.arrangements.*.transition.handover_months",
        "services.*.arrangements.*.transition.max_parallel_months",
    ],
    shows=["vendor_fees", "salaries"],
)
def test_both_sides_are_paid_during_a_change():
    # From a vendor to own staff who start after 73 days, a fifth of a year.
    old = {"arrangements": {"rent": {"contracts": {"v": {"fixed_fee": 1_000}}}}, "current": "rent"}
    layer = merged(hired(time_to_fill_days=73), {"services": {"clerk": old}})
    scenario = practice(
        layer, vendors={"v": {"delivered": 1}},
        services__clerk__arrangements__own__transition__max_parallel_months=12,
    )  # fmt: skip
    assert yearly(scenario) == pytest.approx([0.8 * PAY + 0.2 * 12_000])
    longer = effect(scenario, {OWN + "transition.handover_months": 3})
    assert longer == pytest.approx({"vendor_fees": 3_000})
    cut = effect(scenario, {OWN + "transition.max_parallel_months": 1.2})
    assert cut == pytest.approx({"vendor_fees": -1_200, "uncovered clerk": 0.1})


@mechanism(
    "transition_dip",
    says="Less works during a change and some months after it",
    fields=[
        "services.*.arrangements.*.transition.dip",
        "services.*.arrangements.*.transition.dip_months",
    ],
    shows=["uncovered"],
)
def test_less_works_during_a_change():
    rent = {"contracts": {"v": {}}, "transition": {"handover_months": 3, "dip_months": 2}}
    layer = merged(staffed(), {"services": {"clerk": {"arrangements": {"rent": rent}}}})
    scenario = practice(
        layer, vendors={"v": {"delivered": 1}}, strategies__x={
            "all": "none", "services": {"clerk": "rent"}},
    )  # fmt: skip
    found = effect(scenario, {"services.clerk.arrangements.rent.transition.dip": 0.12})
    assert found == pytest.approx({"uncovered clerk": 0.12 * 5 / 12})
