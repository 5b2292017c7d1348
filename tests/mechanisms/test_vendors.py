"""Vendors: prices, terms, and what may become of a partner."""

import math

import numpy as np
import pytest

from tests.builders import merged, standard_error
from tests.mechanisms.common import effect, incumbent, practice, rented, run, yearly

mechanism = pytest.mark.mechanism
RENT = "services.desk.arrangements.rent."
CONTRACT = RENT + "contracts.v."
TO_NOBODY = {
    "services": {"desk": {"arrangements": {"none": {"transition": {"max_parallel_months": 0}}}}},
    "strategies": {"x": {"all": "none"}},
}


def component(ds, name):
    return ds["component_npv"].sel(component=name).values


@mechanism(
    "partner",
    says="A partner delivers a share of what was agreed for a monthly fee",
    fields=["services.*.arrangements.*.contracts.*.fixed_fee", "vendors.*.delivered"],
    shows=["vendor_fees", "uncovered"],
)
def test_a_partner_delivers_for_a_fee():
    scenario = practice(rented({"fixed_fee": 4_000}))
    assert yearly(scenario) == pytest.approx([48_000])
    assert effect(scenario, {CONTRACT + "fixed_fee": 5_000}) == pytest.approx(
        {"vendor_fees": 12_000}
    )
    found = effect(scenario, {"vendors.v.delivered": 0.9})
    assert found == pytest.approx({"uncovered desk": 0.1})


@mechanism(
    "unit_prices",
    says="Fees by user, endpoint and provider",
    fields=[
        "services.*.arrangements.*.contracts.*.per_user",
        "services.*.arrangements.*.contracts.*.per_endpoint",
        "services.*.arrangements.*.contracts.*.per_provider",
        "practice.users",
        "practice.endpoints",
        "practice.providers",
    ],
    shows=["vendor_fees"],
)
def test_fees_follow_users_endpoints_and_providers():
    scenario = practice(rented({}))
    # 200 users, 260 endpoints, 50 providers.
    for field, count in (("per_user", 200), ("per_endpoint", 260), ("per_provider", 50)):
        found = effect(scenario, {CONTRACT + field: 30})
        assert found == pytest.approx({"vendor_fees": 12 * 30 * count})


@mechanism(
    "volume_bands",
    says="The price of a unit falls with volume, and there is a least fee",
    fields=[
        "services.*.arrangements.*.contracts.*.per_user",
        "services.*.arrangements.*.contracts.*.minimum_fee",
    ],
    shows=["vendor_fees"],
)
def test_volume_makes_units_cheaper_down_to_a_least_fee():
    bands = [{"from": 0, "price": 50}, {"from": 150, "price": 40}]
    scenario = practice(rented({"per_user": bands, "minimum_fee": 5_500}))
    assert yearly(scenario) == pytest.approx([12 * 200 * 40])
    smaller = effect(scenario, {"practice.users": 120})
    assert smaller == pytest.approx({"vendor_fees": 12 * (120 * 50 - 200 * 40)})
    least = effect(scenario, {"practice.users": 100})
    assert least == pytest.approx({"vendor_fees": 12 * (5_500 - 200 * 40)})


@mechanism(
    "escalator",
    says="Fees follow prices, with a floor and a cap, or rise by a fixed share",
    fields=[
        "vendors.*.escalator_spread", "vendors.*.escalator_floor", "vendors.*.escalator_cap",
        "vendors.*.escalator_fixed", "macro.price.mean",
    ],
    shows=["vendor_fees", "price_index"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("terms", "rate"),
    [
        ({}, 0.02),
        ({"escalator_spread": 0.01}, 0.03),
        ({"escalator_floor": 0.05}, 0.05),
        ({"escalator_spread": 0.01, "escalator_cap": 0.015}, 0.015),
        ({"escalator_fixed": 0.04}, 0.04),
    ],
)
def test_fees_rise_each_year(terms, rate):
    vendor = {"term_months": 0}
    scenario = practice(
        rented({"fixed_fee": 1_000}, vendor), horizon__years=3,
        macro__price__mean=math.log(1.02),
    )  # fmt: skip
    flat = scenario.replace({"vendors.v.escalator_fixed": 0})
    risen = scenario.replace({f"vendors.v.{name}": value for name, value in terms.items()})
    more = yearly(risen) - yearly(flat)
    np.testing.assert_allclose(more, 12_000 * ((1 + rate) ** np.arange(3) - 1), atol=1e-6)


@mechanism(
    "renewal",
    says="At the end of a term the fee is set anew",
    fields=["vendors.*.term_months", "vendors.*.months_to_renewal", "vendors.*.renewal_jump"],
    shows=["vendor_fees"],
)
def test_a_renewal_sets_the_fee_anew():
    layer = rented({"fixed_fee": 1_000}, {"term_months": 24})
    scenario = practice(layer, horizon__years=5)
    found = effect(scenario, {"vendors.v.renewal_jump": 0.2})
    # From years 3 and 5 on.
    assert found == pytest.approx({"vendor_fees": 12_000 * (0.2 + 0.2 + 0.44)})
    running = practice(incumbent(layer), horizon__years=5, vendors__v__months_to_renewal=6)
    found = effect(running, {"vendors.v.renewal_jump": 0.2})
    # From years 2 and 4 on.
    assert found == pytest.approx({"vendor_fees": 12_000 * (0.2 + 0.2 + 0.44 + 0.44)})


@mechanism(
    "onboarding",
    says="An incoming vendor costs a fee and needs months, in which the old one is still paid",
    fields=[
        "services.*.arrangements.*.contracts.*.onboarding_fee", "vendors.*.onboarding_months",
    ],
    shows=["transition", "vendor_fees"],
)  # fmt: skip
def test_an_incoming_vendor_is_paid_beside_the_old_one():
    new = {"arrangements": {"new": {"contracts": {"w": {"fixed_fee": 2_000}}}}}
    scenario = practice(
        incumbent(rented({"fixed_fee": 1_000})),
        {"services": {"desk": new}, "vendors": {"w": {"delivered": 1}}},
        strategies__x={"all": "new"},
    )
    fee = effect(scenario, {"services.desk.arrangements.new.contracts.w.onboarding_fee": 9_000})
    assert fee == pytest.approx({"transition": 9_000})
    both = effect(scenario, {"vendors.w.onboarding_months": 3})
    assert both == pytest.approx({"vendor_fees": 3_000})


@mechanism(
    "exit",
    says="An outgoing vendor is paid through its notice and a share of what is left of its term",
    fields=["vendors.*.notice_months", "vendors.*.exit_fee_share"],
    shows=["vendor_fees", "transition"],
)
def test_leaving_a_vendor_costs_notice_and_a_fee():
    layer = merged(incumbent(rented({"fixed_fee": 1_000}, {"months_to_renewal": 10})), TO_NOBODY)
    scenario = practice(layer, services__desk__arrangements__none__transition={
        "max_parallel_months": 12})  # fmt: skip
    assert run(scenario)["npv"].item() == 0
    notice = effect(scenario, {"vendors.v.notice_months": 4})
    assert notice == pytest.approx({"vendor_fees": 4_000, "uncovered desk": -4 / 12})
    fee = effect(scenario, {"vendors.v.exit_fee_share": 0.5})
    assert fee == pytest.approx({"transition": 5_000})


@mechanism(
    "acquisition",
    says="A vendor is bought: less is delivered for a while, and the fee jumps",
    fields=[
        "vendors.*.acquisition.rate", "vendors.*.acquisition.months",
        "vendors.*.acquisition.delivered", "vendors.*.acquisition.fee_jump",
    ],
    shows=["uncovered", "vendor_fees"],
)  # fmt: skip
@mechanism(
    "sla_credit",
    says="A vendor that delivers less than promised credits part of its fee",
    fields=["vendors.*.sla_credit_share"],
    shows=["vendor_fees"],
)
def test_an_acquired_vendor_delivers_less_and_credits_part_of_its_fee():
    rate = 0.6
    acquired = {"rate": rate, "months": 99, "delivered": 0.7, "fee_jump": 0.25}
    layer = rented({"fixed_fee": 1_000}, {"delivered": 0.9, "acquisition": acquired})
    scenario = practice(layer, vendors__v__escalator_fixed=0)
    ds = run(scenario, paths=50_000)
    # The share of the year after an exponential time.
    after = 1 - (1 - math.exp(-rate)) / rate
    uncovered = ds["uncovered"].sel(service="desk").values
    share = (uncovered - 0.1) / 0.2
    assert abs(share.mean() - after) < 4 * standard_error(share)
    np.testing.assert_allclose(component(ds, "vendor_fees"), 12_000 * (1 + 0.25 * share))
    credited = run(scenario.replace({"vendors.v.sla_credit_share": 0.1}), paths=50_000)
    fees = 12_000 * (1 + 0.25 * share - 0.1 * 1.25 * share)
    np.testing.assert_allclose(component(credited, "vendor_fees"), fees)


@mechanism(
    "replacement_price",
    says="Whoever replaces a failed vendor charges another price",
    fields=["vendors.*.failure.fee_jump", "vendors.*.failure.delivered"],
    shows=["vendor_fees", "uncovered"],
)
def test_the_replacement_of_a_failed_vendor_charges_another_price():
    failing = {"rate": 0.6, "months": 99, "delivered": 0.2, "fee_jump": 0.3}
    layer = rented({"fixed_fee": 1_000}, {"failure": failing, "escalator_fixed": 0})
    ds = run(practice(layer), paths=50_000)
    share = ds["uncovered"].sel(service="desk").values / 0.8
    after = 1 - (1 - math.exp(-0.6)) / 0.6
    assert abs(share.mean() - after) < 4 * standard_error(share)
    np.testing.assert_allclose(component(ds, "vendor_fees"), 12_000 * (1 + 0.3 * share))


@mechanism(
    "switch",
    says="A vendor is replaced: the change costs again, both are paid for months, the fee jumps",
    fields=["vendors.*.switch.rate", "vendors.*.switch.months", "vendors.*.switch.fee_jump"],
    shows=["transition", "vendor_fees"],
)
def test_a_planned_switch_costs_the_change_again():
    rate, jump, years = 0.8, 0.1, 2
    layer = rented({"fixed_fee": 1_000}, {"term_months": 0, "escalator_fixed": 0})
    layer["services"]["desk"]["arrangements"]["rent"]["transition"] = {"cost": 7_000}
    layer["vendors"]["v"]["switch"] = {"rate": rate, "fee_jump": jump}
    scenario = practice(incumbent(layer), horizon__years=years)
    ds = run(scenario, paths=100_000)
    moved = component(ds, "transition")
    assert abs(moved.mean() - 7_000 * rate * years) < 4 * standard_error(moved)
    # (1 + jump)^N of a Poisson process grows by rate x jump.
    grown = 12_000 * (math.exp(rate * jump * years) - 1) / (rate * jump)
    fees = component(ds, "vendor_fees")
    assert abs(fees.mean() - grown) < 4 * standard_error(fees)
    # One switch that does not end within the year: both are paid from an exponential time on.
    one = {"rate": rate, "months": 99, "fee_jump": 0}
    layer["services"]["desk"]["arrangements"]["rent"]["transition"]["cost"] = 0
    both = component(run(practice(incumbent(layer), vendors__v__switch=one), 50_000), "transition")
    after = 1 - (1 - math.exp(-rate)) / rate
    assert abs(both.mean() - 12_000 * after) < 4 * standard_error(both)


@mechanism(
    "patient_switch",
    says="A decided switch may wait for the end of the term, which saves the exit fee",
    fields=["vendors.*.switch.wait_months", "vendors.*.exit_fee_share"],
    shows=["transition", "vendor_fees"],
)
def test_a_planned_switch_may_wait_for_the_end_of_the_term():
    rate, jump, renewal, exit_fee = 0.9, 0.1, 0.4, 0.5
    terms = {"escalator_fixed": 0, "renewal_jump": renewal, "exit_fee_share": exit_fee}
    layer = rented({"fixed_fee": 1_000}, {"term_months": 12, **terms})
    layer["services"]["desk"]["arrangements"]["rent"]["transition"] = {"cost": 7_000}
    layer["vendors"]["v"]["switch"] = {"rate": rate, "fee_jump": jump, "wait_months": 12}
    ds = run(practice(incumbent(layer), horizon__years=2), paths=50_000)
    # Whoever decides in the first year leaves at its end, with neither exit fee nor renewal.
    leaves = component(ds, "vendor_fees") < 24_000 + 12_000 * (jump + renewal) / 2
    share = 1 - math.exp(-rate)
    assert abs(leaves.mean() - share) < 4 * standard_error(leaves)
    fees = 12_000 * (2 + np.where(leaves, jump, renewal))
    np.testing.assert_allclose(component(ds, "vendor_fees"), fees)
    np.testing.assert_allclose(component(ds, "transition"), 7_000 * leaves)
    # Who can wait for half a year of a term of three pays for the rest of it, once in a year.
    hasty = {"rate": rate, "wait_months": 6}
    changes = {"vendors__v__term_months": 36, "vendors__v__switch": hasty}
    paid = component(run(practice(incumbent(layer), **changes), 50_000), "transition")
    decided = 1 - math.exp(-rate / 2)
    mean_time = (1 - math.exp(-rate / 2) * (1 + rate / 2)) / rate
    expected = decided * (7_000 + exit_fee * 1_000 * 30) - exit_fee * 12_000 * mean_time
    assert abs(paid.mean() - expected) < 4 * standard_error(paid)


@mechanism(
    "shared_vendor",
    says="A vendor that serves several services fails in all of them at once",
    fields=["services.*.arrangements.*.contracts", "vendors.*.failure.rate"],
    shows=["uncovered"],
)
def test_one_failure_hits_every_service_of_a_vendor():
    failing = {"delivered": 1, "failure": {"rate": 0.5, "months": 6, "delivered": 0}}
    coverage = {"kind": "queue", "posts": 1, "hours_per_week": 40}

    def served(back):
        return practice(
            vendors={"v": failing, "w": failing},
            services={
                name: {
                    "current": "rent", "coverage": coverage,
                    "arrangements": {"rent": {"contracts": {vendor: {}}}},
                }
                for name, vendor in (("front", "v"), ("back", back))
            },
            strategies={"x": {"services": {"front": "rent", "back": "rent", "desk": "none"}}},
        )  # fmt: skip

    shared, apart = (
        [run(served(vendor), paths=50_000)["uncovered"].sel(service=name).values
         for name in ("front", "back")]
        for vendor in ("v", "w")
    )  # fmt: skip
    np.testing.assert_array_equal(*shared)
    failed = 1 - math.exp(-0.5)
    for one, other, expected in ((*shared, failed), (*apart, failed**2)):
        both = ((one > 0) & (other > 0)).astype(float)
        assert abs(both.mean() - expected) < 4 * standard_error(both)


@mechanism(
    "oversight",
    says="Somebody has to manage the vendor, and is paid for it",
    fields=["services.*.arrangements.*.oversight_fte", "services.*.arrangements.*.oversight_role"],
    shows=["oversight"],
)
def test_who_manages_the_vendor_is_paid():
    lead = {"lead": {"pay": 120_000, "attrition_rate": 0, "time_to_fill_days": 0}}
    scenario = practice(rented({}), roles=lead, people__benefits_load=0.25)
    changes = {RENT + "oversight_fte": 0.3, RENT + "oversight_role": "lead"}
    assert effect(scenario, changes) == pytest.approx({"oversight": 0.3 * 120_000 * 1.25})


@mechanism(
    "change_orders",
    says="Work beyond the contract is billed as a line, or as incidents billed by the hour",
    fields=["services.*.arrangements.*.lines", "risks.*.losses.*.unit_cost", "risks.*.effects"],
    shows=["vendor_fees", "<risk>"],
)
def test_work_beyond_the_contract_is_billed():
    scenario = practice(rented({"per_user": 40}))
    orders = {"component": "vendor_fees", "driver": "user", "amount": 6, "period": "month"}
    found = effect(scenario, {RENT + "lines": {"orders": orders}})
    assert found == pytest.approx({"vendor_fees": 12 * 6 * 200})
    beyond = {
        "frequency": 12,
        "effects": {"desk": {"factors": {"rent": 0.5}}},
        "losses": {"hours": {"severity": 10, "unit_cost": 150, "trended": False}},
    }
    billed = component(run(scenario.replace({"risks": {"beyond": beyond}}), paths=50_000), "beyond")
    assert abs(billed.mean() - 0.5 * 12 * 10 * 150) < 4 * standard_error(billed)


@mechanism(
    "vendor_skills",
    says="A vendor brings people who can resolve incidents that the own team cannot",
    fields=[
        "services.*.arrangements.*.contracts.*.skills", "services.*.skills_needed",
        "risks.*.effects.*.on",
    ],
    shows=["events", "<risk>"],
)  # fmt: skip
def test_skills_of_a_vendor_make_incidents_rarer():
    risk = {
        "frequency": 2,
        "effects": {"desk": {"on": "unskilled", "frequency": 3}},
        "losses": {"calls": {"severity": 1_000, "trended": False}},
    }
    scenario = practice(rented({"skills": 0}), risks={"beyond": risk})
    for skills, multiple in ((0, 3), (0.75, 1.5), (2, 1)):
        ds = run(scenario.replace({CONTRACT + "skills": skills}), paths=50_000)
        cost = component(ds, "beyond")
        np.testing.assert_array_equal(cost, 1_000 * ds["events"].sel(risk="beyond").values)
        assert abs(cost.mean() - 2_000 * multiple) < 4 * standard_error(cost)


@mechanism(
    "quality_loss",
    says="Poor work of a vendor costs revenue: denied claims, late bills, rework",
    fields=["services.*.arrangements.*.contracts.*.quality", "services.*.revenue_at_stake"],
    shows=["uncovered", "coverage_gap"],
)
def test_poor_work_on_claims_costs_revenue():
    scenario = practice(rented({}), services__desk__revenue_at_stake=0.05)
    found = effect(scenario, {CONTRACT + "quality": 0.9})
    assert found == pytest.approx({"uncovered desk": 0.1, "coverage_gap": 0.1 * 0.05 * 40_000_000})
