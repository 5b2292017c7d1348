"""What must hold on every path, whatever the numbers: coupled paths respond in one direction."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import hcrisk
from tests.builders import CROWDED, crowded

PATHS = 25
SEEDS = st.integers(0, 2**64 - 1)
FACTORS = st.floats(1.05, 3)
# Rounding of sums that are otherwise the same.
ROUNDING = 1e-9

# A number, and the cost lines it raises.
PRICES = {
    "roles.analyst.pay": ("salaries", "benefits", "severance", "oversight"),
    "roles.lead.pay": ("salaries", "benefits", "recruiting", "backfill", "oversight", "severance"),
    "roles.technician.recruiting_flat": ("recruiting",),
    "roles.technician.backfill_multiple": ("backfill",),
    "roles.technician.severance_weeks": ("severance",),
    "services.desk.gap_rate": ("coverage_gap",),
    "services.desk.arrangements.own.lines.tickets.amount": ("tools",),
    "services.desk.arrangements.own.lines.course.amount": ("training",),
    "services.desk.arrangements.split.oversight_fte": ("oversight",),
    "services.desk.arrangements.split.contracts.msp.per_user": ("vendor_fees", "transition"),
    "services.security.arrangements.partner.contracts.watch.fixed_fee": ("vendor_fees",),
    "services.desk.arrangements.duo.transition.cost": ("transition",),
    "vendors.watch.escalator_fixed": ("vendor_fees",),
    "lines.rent.amount": ("oversight",),
    "insurance.premium.per_provider": ("insurance_premium",),
    "risks.watch_breach.frequency": ("watch_breach",),
    "risks.outage.frequency": ("outage",),
    "risks.outage.losses.hours.unit_cost": ("outage",),
    "risks.breach.losses.suit.severity": ("breach",),
    "risks.breach.losses.suit.cap": ("breach",),
}
KEPT = ("insurance.retention", "insurance.coinsurance")


def run(scenario, seed):
    return hcrisk.simulate(scenario, paths=PATHS, seed=seed, threads=1)


def raised(scenario, path, factor):
    if path in scenario.numbers():
        return scenario.replace({path: scenario.numbers()[path].central * factor})
    # A law written as a plain number.
    here = scenario.to_mapping()
    for key in path.split("."):
        here = here[key]
    return scenario.replace({path: here * factor})


@pytest.mark.parametrize("path", PRICES)
@settings(max_examples=4)
@given(seed=SEEDS, factor=FACTORS)
def test_a_higher_price_or_rate_never_lowers_its_cost(path, seed, factor):
    scenario = crowded()
    before, after = run(scenario, seed), run(raised(scenario, path, factor), seed)
    for component in PRICES[path]:
        low = before["component_npv"].sel(component=component).values
        high = after["component_npv"].sel(component=component).values
        assert (high >= low * (1 - ROUNDING) - ROUNDING).all(), component


@pytest.mark.parametrize("path", KEPT)
@settings(max_examples=4)
@given(seed=SEEDS, factor=FACTORS)
def test_terms_that_keep_more_never_recover_more_of_an_event(path, seed, factor):
    # An aggregate used up later may pay more for a later event, so there is none here.
    scenario = crowded("insurance.aggregate_limit = inf")
    before, after = run(scenario, seed), run(raised(scenario, path, factor), seed)
    more, less = (
        -ds["component_npv"].sel(component="insurance_recovery").values for ds in (before, after)
    )
    assert (less <= more * (1 + ROUNDING) + ROUNDING).all()
    for name in scenario.risks:
        np.testing.assert_array_equal(
            after["component_npv"].sel(component=name), before["component_npv"].sel(component=name)
        )


@settings(max_examples=15)
@given(
    seed=SEEDS,
    retention=st.floats(0, 1e5),
    limit=st.floats(0, 1e7),
    coinsurance=st.floats(0, 0.9),
    share=st.floats(0, 1),
    months=st.floats(0, 40),
)
def test_recoveries_never_exceed_losses(seed, retention, limit, coinsurance, share, months):
    scenario = crowded(
        {
            "insurance": {
                "retention": retention,
                "limit": limit,
                "aggregate_limit": limit,
                "coinsurance": coinsurance,
            },
            "vendors": {"msp": {"indemnity_share": share, "indemnity_months": months}},
        }
    )
    by_line = run(scenario, seed)["component_npv"]
    gross = by_line.sel(component=list(scenario.risks)).sum("component").values
    recovered = -by_line.sel(component=["insurance_recovery", "vendor_indemnity"])
    assert (recovered >= 0).all()
    assert (recovered.sum("component").values <= gross * (1 + ROUNDING)).all()
    insured = [name for name in scenario.risks if name != "outage"]
    most = by_line.sel(component=insured).sum("component").values
    assert (recovered.sum("component").values <= most * (1 + ROUNDING)).all()


@settings(max_examples=15)
@given(
    seed=SEEDS,
    gap=st.floats(0, 1),
    dip=st.floats(0, 1),
    delivered=st.floats(0, 1),
    sickness=st.floats(0, 0.99),
    posts=st.integers(0, 5),
)
def test_uncovered_is_a_share(seed, gap, dip, delivered, sickness, posts):
    scenario = crowded(
        {
            "vendors": {"msp": {"delivered": delivered}},
            "services": {
                "desk": {"arrangements": {"split": {"gap": gap, "transition": {"dip": dip}}}},
                "security": {"coverage": {"posts": posts, "sickness": sickness}},
            },
        }
    )
    uncovered = run(scenario, seed)["uncovered"]
    assert ((uncovered >= 0) & (uncovered <= 1)).all()
    assert (uncovered.sel(strategy="stay", service="analytics") == 1).all()


@settings(max_examples=8)
@given(seed=SEEDS, years=st.integers(1, 12))
def test_nothing_happens_at_rate_zero(seed, years):
    scenario = crowded(
        {
            "roles": {name: {"attrition_rate": 0} for name in CROWDED["roles"]},
            "risks": {name: {"frequency": 0} for name in CROWDED["risks"]},
        },
        horizon__years=years,
    )
    ds = run(scenario, seed)
    assert (ds["events"] == 0).all()
    assert (ds["departures"] == 0).all()
    for component in (*scenario.risks, "insurance_recovery", "vendor_indemnity"):
        assert (ds["component_npv"].sel(component=component) == 0).all()


@settings(max_examples=8)
@given(seed=SEEDS, factor=FACTORS)
def test_a_higher_hazard_makes_a_first_departure_sooner(seed, factor):
    # Never replaced, so that there is one departure to a seat at most.
    scenario = crowded("roles.technician.time_to_fill_days = 100_000")
    before = run(scenario, seed)
    after = run(scenario.replace({"people.announce": 2 * factor}), seed)
    assert (after["departures"] >= before["departures"]).all()
    sooner = raised(scenario, "roles.technician.attrition_rate", factor)
    desk = {"strategy": "stay", "service": "desk"}
    # The tenures that incumbents have reached follow the rate too: known ones do not.
    known = "services.desk.arrangements.own.seats.technician.tenure_years"
    low, high = (run(s.replace({known: 1}), seed) for s in (scenario, sooner))
    fixed = low["input"].sel(parameter="roles.technician.attrition_rate").values
    lower = fixed <= sooner.numbers()["roles.technician.attrition_rate"].central
    less, more = (ds["departures"].sel(desk).values for ds in (low, high))
    assert (more >= less)[lower].all()
    assert (high["uncovered"].sel(desk) >= low["uncovered"].sel(desk) - 1e-12).values[lower].all()
