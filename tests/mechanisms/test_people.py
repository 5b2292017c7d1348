"""People: what they are paid, why they leave, and what it takes until somebody else is there."""

import math

import numpy as np
import pytest

from tests.builders import merged, standard_error
from tests.mechanisms.common import PAY, effect, hired, practice, run, staffed, yearly

mechanism = pytest.mark.mechanism
OWN = "services.clerk.arrangements.own."


def drawn(scenario, component, paths=100_000):
    return run(scenario, paths=paths)["component_npv"].sel(component=component).values


@mechanism(
    "own_staff",
    says="Seats of a role are filled by own people, who are paid and have benefits",
    fields=[
        "roles.*.pay", "roles.*.fte", "people.benefits_load", "roles.*.benefits_load",
        "services.*.arrangements.*.seats",
    ],
    shows=["salaries", "benefits"],
)  # fmt: skip
def test_own_staff_are_paid_and_have_benefits():
    scenario = practice(staffed(seats=2, fte=0.5), people__benefits_load=0.3)
    more = effect(scenario, {OWN + "seats.clerk": 5})
    assert more == pytest.approx(
        {"salaries": 1.5 * PAY, "benefits": 0.45 * PAY, "uncovered clerk": -0.5}
    )
    assert effect(scenario, {"roles.clerk.benefits_load": 0.2}) == pytest.approx(
        {"benefits": -0.1 * PAY}
    )


@mechanism(
    "seats_by_size",
    says="Seats and posts follow users, endpoints, providers or sites, in whole seats",
    fields=[
        "services.*.arrangements.*.seats",
        "services.*.coverage.posts",
        "practice.users",
        "practice.endpoints",
        "practice.providers",
        "practice.sites",
    ],
    shows=["salaries", "uncovered"],
)
def test_seats_follow_the_size_of_the_practice():
    scenario = practice(
        staffed(),
        services__clerk__arrangements__own__seats__clerk={"per": "user", "ratio": 80, "minimum": 2},
        services__clerk__coverage__posts={"per": "user", "ratio": 100},
        practice__users=100,
    )
    # 100 users: two seats at least; 300 users: four seats of 80, for three posts.
    assert effect(scenario, {"practice.users": 300}) == pytest.approx({"salaries": 2 * PAY})
    # From one seat for one post to three for four and a half: posts of a queue are not rounded.
    thin = scenario.replace({OWN + "seats.clerk": {"per": "user", "ratio": 150}})
    found = effect(thin, {"practice.users": 450})
    assert found == pytest.approx({"salaries": 2 * PAY, "uncovered clerk": 1 - 3 / 4.5})


@pytest.mark.parametrize("driver", ["user", "endpoint", "provider", "site"])
def test_seats_follow_each_driver(driver):
    seats = {"per": driver, "ratio": 10}
    scenario = practice(
        staffed(seats=4), services__clerk__coverage__posts=1, **{f"practice__{driver}s": 21}
    ).replace({OWN + "seats.clerk": seats})
    assert effect(scenario, {f"practice.{driver}s": 30}) == {}
    assert effect(scenario, {f"practice.{driver}s": 31}) == pytest.approx({"salaries": PAY})


@mechanism(
    "wage_growth",
    says="Pay follows a path of wages",
    fields=["macro.wage.mean"],
    shows=["salaries", "wage_index"],
)
def test_pay_follows_wages():
    scenario = practice(staffed(), horizon__years=3)
    grown = effect(scenario, {"macro.wage.mean": 0.04})
    assert grown == pytest.approx({"salaries": PAY * (math.exp(0.04) + math.exp(0.08) - 2)})


@mechanism(
    "role_drift",
    says="Pay of one role drifts away from wages, with yearly noise",
    fields=["roles.*.drift", "roles.*.drift_sd"],
    shows=["salaries"],
)
def test_a_role_becomes_dearer_than_wages():
    scenario = practice(staffed(), horizon__years=2)
    found = effect(scenario, {"roles.clerk.drift": 0.05})
    assert found == pytest.approx({"salaries": PAY * (math.exp(0.05) - 1)})
    noisy = scenario.replace({"roles.clerk.drift": 0.05, "roles.clerk.drift_sd": 0.02})
    logs = np.log(drawn(noisy, "salaries", paths=50_000) / PAY - 1)
    assert abs(logs.mean() - 0.05) < 4 * standard_error(logs)
    assert abs(((logs - 0.05) ** 2).mean() - 0.02**2) < 4 * standard_error((logs - 0.05) ** 2)


@mechanism(
    "pay_dispersion",
    says="A hire costs more or less than the median of the role",
    fields=["roles.*.pay_dispersion"],
    shows=["salaries"],
)
def test_hires_are_paid_differently():
    law = {"dist": "discrete", "values": [0.8, 1.3], "weights": [0.6, 0.4]}
    paid = drawn(practice(hired(pay_dispersion=law)), "salaries", paths=20_000)
    np.testing.assert_allclose(np.unique(paid.round(6)), [0.8 * PAY, 1.3 * PAY])
    assert abs(paid.mean() - PAY) < 4 * standard_error(paid)
    # Those who are there are paid the median.
    assert set(drawn(practice(staffed(pay_dispersion=law)), "salaries", paths=50)) == {PAY}


@mechanism(
    "retention_raise",
    says="Those who stay get a raise each year, and leave less often for it",
    fields=["roles.*.retention_raise", "roles.*.retention_elasticity"],
    shows=["salaries", "departures"],
)
def test_a_raise_for_staying_costs_money_and_keeps_people():
    scenario = practice(staffed(), horizon__years=3)
    found = effect(scenario, {"roles.clerk.retention_raise": 0.05})
    assert found == pytest.approx({"salaries": PAY * (1.05 + 1.05**2 - 2)})
    # Filled again at once: a Poisson process, at a rate lower by exp(-eta raise).
    changes = {"attrition_rate": 0.8, "retention_raise": 0.05, "retention_elasticity": 6}
    kept = run(practice(staffed(**changes), horizon__years=3), paths=100_000)
    departures = kept["departures"].sel(service="clerk").values
    assert abs(departures.mean() - 3 * 0.8 * math.exp(-0.3)) < 4 * standard_error(departures)


@mechanism(
    "replacement_premium",
    says="Who replaces a leaver costs more than the leaver",
    fields=["roles.*.replacement_premium"],
    shows=["salaries"],
)
def test_a_replacement_commands_a_premium():
    h, years, premium = 0.7, 2, 0.2
    role = {"attrition_rate": h, "replacement_premium": premium}
    paid = drawn(practice(staffed(**role), horizon__years=years), "salaries")
    # Filled at once, so that the premium is paid from the first departure on.
    after = years - (1 - math.exp(-h * years)) / h
    assert abs(paid.mean() - PAY * (years + premium * after)) < 4 * standard_error(paid)


@mechanism(
    "recruiting",
    says="Each start costs advertisements, an agency's share of pay, interviews",
    fields=["roles.*.recruiting_flat", "roles.*.recruiting_share"],
    shows=["recruiting"],
)
def test_each_start_is_recruited():
    changes = {"roles.clerk.recruiting_flat": 4_000, "roles.clerk.recruiting_share": 0.2}
    found = effect(practice(hired(seats=3)), changes)
    assert found == pytest.approx({"recruiting": 3 * (4_000 + 0.2 * PAY)})
    assert effect(practice(staffed(seats=3)), changes) == {}


@mechanism(
    "time_to_fill",
    says="An open seat stays empty for the time it takes to fill it",
    fields=["roles.*.time_to_fill_days"],
    shows=["salaries", "uncovered"],
)
def test_an_open_seat_is_empty_until_it_is_filled():
    found = effect(practice(hired()), {"roles.clerk.time_to_fill_days": 73})
    assert found == pytest.approx({"salaries": -0.2 * PAY, "uncovered clerk": 0.2})


@mechanism(
    "backfill",
    says="Contractors do part of the work of an empty seat, at a multiple of its pay",
    fields=["roles.*.backfill_share", "roles.*.backfill_multiple"],
    shows=["backfill", "uncovered"],
)
def test_contractors_stand_in_for_an_empty_seat():
    scenario = practice(hired(time_to_fill_days=73))
    found = effect(
        scenario, {"roles.clerk.backfill_share": 0.6, "roles.clerk.backfill_multiple": 2}
    )
    assert found == pytest.approx({"backfill": 0.2 * 0.6 * 2 * PAY, "uncovered clerk": -0.2 * 0.6})


LEAVING = {
    "vendors": {"v": {"delivered": 1}},
    "services": {
        "clerk": {
            "arrangements": {
                "rent": {"contracts": {"v": {}}, "transition": {"handover_months": 6}},
            }
        }
    },
    "strategies": {"x": {"all": "none", "services": {"clerk": "rent"}}},
}


@mechanism(
    "announcement",
    says="Staff who are to be displaced leave faster once they know",
    fields=["people.announce"],
    shows=["departures", "uncovered"],
)
def test_displaced_staff_leave_faster():
    h, faster, half = 0.5, 3, 0.5
    scenario = practice(merged(staffed(attrition_rate=h), LEAVING), people__announce=faster)
    ds = run(scenario, paths=100_000)
    left, uncovered = (ds[name].sel(service="clerk").values for name in ("departures", "uncovered"))
    rate = h * faster
    gone = 1 - math.exp(-rate * half)
    assert abs(left.mean() - gone) < 4 * standard_error(left)
    assert abs(uncovered.mean() - (half - gone / rate)) < 4 * standard_error(uncovered)


@mechanism(
    "severance",
    says="Who is displaced and still there at the change is paid off",
    fields=["roles.*.severance_weeks"],
    shows=["severance"],
)
def test_displaced_staff_are_paid_off():
    scenario = practice(merged(staffed(seats=2), LEAVING))
    found = effect(scenario, {"roles.clerk.severance_weeks": 13})
    assert found == pytest.approx({"severance": 2 * PAY / 4})


MANAGERS = {"role": "lead", "span": 4}
LEAD = {"lead": {"pay": 120_000, "attrition_rate": 0, "time_to_fill_days": 0}}


@mechanism(
    "span_of_control",
    says="Own staff need managers, one for so many FTE",
    fields=["managers.role", "managers.span"],
    shows=["salaries", "benefits"],
)
def test_own_staff_need_managers():
    scenario = practice(staffed(seats=9), roles=LEAD, people__benefits_load=0.25)
    found = effect(scenario, {"managers": MANAGERS})
    assert found == pytest.approx({"salaries": 3 * 120_000, "benefits": 3 * 30_000})


@mechanism(
    "drift_without_managers",
    says="While managers are missing, everybody they lead gets less done",
    fields=["managers.drift"],
    shows=["uncovered"],
)
def test_a_team_drifts_until_its_manager_is_there():
    lead = {"lead": {**LEAD["lead"], "time_to_fill_days": 73}}
    scenario = practice(hired(seats=8), roles=lead, managers=MANAGERS)
    # Both managers are missing for a fifth of the year.
    assert effect(scenario, {"managers.drift": 0.3}) == pytest.approx({"uncovered clerk": 0.06})


@mechanism(
    "managers_kept",
    says="Managers who are no longer needed are kept for some months, then paid off",
    fields=["managers.max_parallel_months"],
    shows=["salaries", "severance"],
)
def test_displaced_managers_are_kept_for_a_while():
    leaving = merged(
        LEAVING, {"services": {"clerk": {"arrangements": {"rent": {"transition": {
            "handover_months": 0}}}}}}
    )  # fmt: skip
    lead = {"lead": {**LEAD["lead"], "severance_weeks": 26}}
    scenario = practice(merged(staffed(seats=4), leaving), roles=lead, managers=MANAGERS)
    assert run(scenario)["npv"].item() == pytest.approx(60_000)
    found = effect(scenario, {"managers.max_parallel_months": 3})
    assert found == pytest.approx({"salaries": 30_000})


def test_nothing_is_paid_to_a_leader_who_manages():
    scenario = practice(staffed(seats=4), roles=LEAD, managers=MANAGERS)
    found = effect(scenario, {"managers.leader_bandwidth": 1})
    assert found == pytest.approx({"salaries": -120_000})
    assert yearly(scenario) == pytest.approx([4 * PAY + 120_000])
