"""Risks: what happens how often, and what each form of loss costs."""

import math

import numpy as np
import pytest
from scipy import stats

from tests.builders import standard_error
from tests.mechanisms.common import practice, rented, run, staffed

mechanism = pytest.mark.mechanism
PATHS = 50_000
SEVERITY = {"dist": "lognormal", "mean": 20_000, "sd": 10_000}


def risky(forms, *layers, rate=2.0, risk=None, **changes):
    """A practice with a breach of some loss forms, whose amounts do not grow with prices."""
    losses = {name: {"trended": False, **form} for name, form in forms.items()}
    entry = {"frequency": rate, "losses": losses, **(risk or {})}
    nobody = {"strategies": {"x": {"all": "none"}}}
    return practice(nobody, *layers, {"risks": {"breach": entry}}, **changes)


def drawn(scenario, paths=PATHS):
    """Events and losses of paths."""
    ds = run(scenario, paths=paths)
    return ds["events"].sel(risk="breach").values, ds["component_npv"].sel(
        component="breach"
    ).values


def assert_mean(sample, expected):
    sample = np.asarray(sample, dtype=float)
    assert abs(sample.mean() - expected) < 4 * standard_error(sample)


@mechanism(
    "loss_per_unit",
    says="A loss by user, endpoint, provider, site or record, such as downtime per provider-hour",
    fields=["risks.*.losses.*.per", "risks.*.losses.*.unit_cost", "risks.*.losses.*.severity"],
    shows=["<risk>"],
)
@pytest.mark.parametrize(
    ("per", "count"),
    [("event", 1), ("user", 200), ("endpoint", 260), ("provider", 50), ("site", 3)],
)
def test_downtime_costs_by_those_who_wait(per, count):
    form = {"severity": 6, "unit_cost": 150, "per": per}
    events, losses = drawn(risky({"hours": form}, practice__sites=3), paths=2_000)
    assert events.any()
    np.testing.assert_allclose(losses, events * 6 * 150 * count)


@mechanism(
    "trend",
    says="Threats evolve: a risk's rate grows or falls from year to year",
    fields=["risks.*.trend"],
    shows=["<risk>", "events"],
)
@pytest.mark.parametrize("trend", [-0.4, 0.0, 0.35])
def test_a_rate_grows_from_year_to_year(trend):
    scenario = risky(
        {"loss": {"severity": 1_000}}, rate=0.8, risk={"trend": trend}, horizon__years=4
    )
    ds = run(scenario, paths=PATHS)
    for year in range(4):
        # One loss of a thousand for each event, undiscounted.
        yearly = ds["cost"].isel(year=year).values / 1_000
        mean = 0.8 * (1 + trend) ** year
        assert_mean(yearly, mean)
        assert abs(yearly.var() - mean) < 0.05 * mean
    assert_mean(
        ds["events"].sel(risk="breach").values, 0.8 * sum((1 + trend) ** y for y in range(4))
    )


@mechanism(
    "records",
    says="A loss by record stolen, of which there are no more than are held",
    fields=["risks.*.records", "practice.records", "risks.*.losses.*.per"],
    shows=["<risk>"],
)
def test_no_more_records_are_lost_than_are_held():
    law = {"dist": "discrete", "values": [1_000, 500_000], "weights": [0.7, 0.3]}
    form = {"notices": {"severity": 2, "per": "record"}}
    scenario = risky(form, risk={"records": law})
    _, losses = drawn(scenario)
    assert_mean(losses, 2.0 * 2 * (0.7 * 1_000 + 0.3 * 90_000))
    _, fewer = drawn(scenario.replace({"practice.records": 10_000}))
    assert_mean(fewer, 2.0 * 2 * (0.7 * 1_000 + 0.3 * 10_000))
    assert (fewer <= losses).all()


@mechanism(
    "size_steps",
    says="Some losses only come with large events: class actions, penalties, regulators",
    fields=["risks.*.losses.*.probability", "risks.*.losses.*.requires"],
    shows=["<risk>"],
)
def test_a_class_action_follows_a_large_breach_that_was_reported():
    law = {"dist": "discrete", "values": [100, 600, 50_000], "weights": [0.5, 0.3, 0.2]}
    forms = {
        "reported": {"probability": [{"above": 499, "probability": 1}]},
        "suit": {
            "requires": "reported",
            "probability": [{"above": 0, "probability": 0.1}, {"above": 9_999, "probability": 0.6}],
            "severity": 30_000,
        },
    }
    events, losses = drawn(risky(forms, risk={"records": law}))
    assert_mean(losses, 2.0 * 30_000 * (0.3 * 0.1 + 0.2 * 0.6))
    assert_mean(events, 2.0)


@mechanism(
    "shared_total",
    says="A total that response, legal cost, notification and lost revenue share",
    fields=["risks.*.total", "risks.*.losses.*.share"],
    shows=["<risk>"],
)
def test_forms_share_a_total():
    forms = {"response": {"share": 0.3}, "lost_patients": {"share": 0.5, "cap": 8_000}}
    risk = {"total": {"dist": "discrete", "values": [10_000, 40_000], "weights": [0.5, 0.5]}}
    events, losses = drawn(risky(forms, rate=0.5, risk=risk))
    single = losses[events == 1]
    # Of 10,000: 3,000 and 5,000. Of 40,000: 12,000, and 20,000 cut to 8,000.
    np.testing.assert_allclose(np.unique(single.round(6)), [8_000, 20_000])
    assert_mean(losses, 0.5 * 14_000)


@mechanism(
    "price_trend",
    says="What an incident costs grows with prices",
    fields=["risks.*.losses.*.trended", "macro.price.mean"],
    shows=["<risk>"],
)
def test_losses_grow_with_prices():
    form = {"sum": {"severity": 1_000}}
    changes = {"horizon__years": 2, "macro__price__mean": 0.08}
    flat = run(risky(form, **changes), paths=PATHS)["cost"].values
    scenario = risky(form, **changes).replace({"risks.breach.losses.sum.trended": True})
    grown = run(scenario, paths=PATHS)["cost"].values
    np.testing.assert_allclose(grown, flat * np.exp([[0], [0.08]]))
    assert_mean(flat[1], 2_000)


@mechanism(
    "loss_by_uncovered",
    says="An incident that nobody notices costs more",
    fields=["risks.*.effects.*.severity"],
    shows=["<risk>"],
)
def test_an_incident_that_nobody_notices_costs_more():
    curve = [{"at": 0, "multiple": 1}, {"at": 0.5, "multiple": 1.6}, {"at": 1, "multiple": 4}]
    layer = rented({}, {"delivered": 0.75})
    risk = {"effects": {"desk": {"severity": curve}}}
    events, losses = drawn(risky({"sum": {"severity": 1_000}}, layer, risk=risk), paths=2_000)
    # A quarter uncovered: half way between 1 and 1.6.
    np.testing.assert_allclose(losses, events * 1_300)
    assert events.any()


@mechanism(
    "posture_leaves",
    says="When the one who watches leaves, incidents become more frequent",
    fields=["risks.*.effects.*.frequency", "roles.*.attrition_rate"],
    shows=["events", "uncovered"],
)
def test_one_person_who_leaves_takes_the_posture_along():
    h, rate, multiple = 0.5, 1.0, 4
    role = {"attrition_rate": h, "time_to_fill_days": 99_999}
    risk = {"effects": {"clerk": {"frequency": multiple}}, "max_multiple": multiple}
    scenario = risky({"sum": {"severity": 1}}, staffed(**role), rate=rate, risk=risk)
    events, _ = drawn(scenario, paths=200_000)
    away = 1 - (1 - math.exp(-h)) / h
    assert_mean(events, rate * (1 + (multiple - 1) * away))


@mechanism(
    "booked_to_a_service",
    says="What a risk costs is booked to the service it belongs to, else to the enterprise",
    fields=["risks.*.service"],
    shows=["service_npv"],
)
def test_a_risk_is_booked_to_its_service():
    scenario = risky({"sum": {"severity": 1_000}})
    for changes, service in (({}, "enterprise"), ({"risks.breach.service": "desk"}, "desk")):
        ds = run(scenario.replace(changes), paths=2_000)
        events = ds["events"].sel(risk="breach").values
        assert events.any()
        np.testing.assert_allclose(ds["service_npv"].sel(service=service), events * 1_000)


@mechanism(
    "indemnity",
    says="A vendor pays part of what its compromise costs, up to months of its fee",
    fields=[
        "vendors.*.indemnity_share",
        "vendors.*.indemnity_months",
        "risks.*.losses.*.indemnified",
    ],
    shows=["vendor_indemnity"],
)
def test_a_vendor_pays_part_of_the_loss_up_to_a_cap():
    layer = rented({"fixed_fee": 1_000, "access": 1})
    form = {"sum": {"severity": 10_000, "indemnified": True}}
    scenario = risky(form, layer, risk={"vendor": "v"})
    paid = scenario.replace({"vendors.v.indemnity_share": 0.4, "vendors.v.indemnity_months": 9})
    ds = run(paid, paths=2_000)
    events = ds["events"].sel(risk="breach").values
    # 4,000 of each event, and 9,000 in all.
    indemnity = ds["component_npv"].sel(component="vendor_indemnity").values
    np.testing.assert_allclose(indemnity, -np.minimum(4_000 * events, 9_000))
    assert {0, 1, 2, 3} <= set(events.astype(int))


@mechanism(
    "frailty",
    says="Practices differ: a bad one has more incidents in every year",
    fields=["risks.*.frailty_shape"],
    shows=["events"],
)
def test_years_of_a_bad_practice_go_together():
    risk = {"frailty_shape": 0.8}
    events, _ = drawn(risky({"sum": {"severity": 1}}, rate=1.5, risk=risk, horizon__years=2))
    law = stats.nbinom(0.8, 0.8 / (0.8 + 3.0))
    assert_mean(events == 0, law.pmf(0))
    assert_mean(events >= 8, law.sf(7))
