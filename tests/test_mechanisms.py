"""Each mechanism switched on by itself, against what it must give by hand or closed form."""

import math

import numpy as np
import pytest
from scipy import stats

import hcrisk
from tests.builders import bare, one_risk, standard_error, team

HOURS = 40 * 52
BUILD = """
[services.desk.arrangements.build]
contracts.v = {}
[services.desk.arrangements.build.projects.portal]
budget = 120_000
duration_months = 12
index = "none"
[vendors.v]
delivered = 1
"""


def run(scenario, paths=1, strategy="x", **options):
    ds = hcrisk.simulate(scenario, paths=paths, strategies=[strategy], progress=False, **options)
    return ds.sel(strategy=strategy)


def build(*layers, years=4, **changes):
    return bare(
        BUILD, *layers, horizon__years=years, strategies__x={"all": "build"}, **changes
    )  # fmt: skip


def yearly(scenario, **options):
    """The mean cost of each year, over paths."""
    return run(scenario, **options)["cost"].mean("path").values


PORTAL = "services__desk__arrangements__build__projects__portal__"


@pytest.mark.mechanism(
    "project",
    says="Something is built, and kept up from then on",
    fields=[
        "services.*.arrangements.*.projects.*.budget",
        "services.*.arrangements.*.projects.*.duration_months",
        "services.*.arrangements.*.projects.*.start_months",
        "services.*.arrangements.*.projects.*.maintenance_share",
    ],
    shows=["projects"],
)
def test_a_project_is_paid_while_it_is_built_and_then_kept_up():
    scenario = build(
        **{PORTAL + "start_months": 6, PORTAL + "maintenance_share": 0.2}, discounting__rate=0
    )
    # Upkeep of 24,000 a year from the middle of year 2 on.
    np.testing.assert_allclose(yearly(scenario), [60_000, 60_000 + 12_000, 24_000, 24_000])


@pytest.mark.mechanism(
    "growing_upkeep",
    says="Upkeep of what was built grows with every quarter",
    fields=["services.*.arrangements.*.projects.*.maintenance_growth"],
    shows=["projects"],
)
def test_upkeep_grows_with_every_quarter():
    scenario = build(**{PORTAL + "maintenance_share": 0.2, PORTAL + "maintenance_growth": 0.05})
    quarters = 6_000 * 1.05 ** np.arange(12)
    expected = [120_000, *quarters.reshape(3, 4).sum(axis=1)]
    np.testing.assert_allclose(yearly(scenario), expected)


@pytest.mark.mechanism(
    "overrun",
    says="What is built costs more and takes longer than planned",
    fields=[
        "services.*.arrangements.*.projects.*.cost_ratio",
        "services.*.arrangements.*.projects.*.stretch",
    ],
    shows=["projects"],
)
def test_an_overrun_costs_more_and_takes_longer():
    scenario = build(**{PORTAL + "cost_ratio": 2.25, PORTAL + "stretch": 0.5})
    # One and a half times as long: 270,000 over 18 months.
    np.testing.assert_allclose(yearly(scenario), [180_000, 90_000, 0, 0])


@pytest.mark.mechanism(
    "stall",
    says="A build stalls, and is then finished or replaced by something bought",
    fields=[
        "services.*.arrangements.*.projects.*.stall_probability",
        "services.*.arrangements.*.projects.*.stall_months",
        "services.*.arrangements.*.projects.*.finish_share",
        "services.*.arrangements.*.projects.*.finish_cost",
        "services.*.arrangements.*.projects.*.purchase",
        "services.*.arrangements.*.projects.*.subscription",
    ],
    shows=["projects"],
)
def test_a_stalled_project_is_replaced_or_finished():
    stall = {
        PORTAL + "stall_probability": 0.4,
        PORTAL + "stall_months": 6,
        PORTAL + "finish_share": 0.25,
        PORTAL + "finish_cost": 0.7,
        PORTAL + "purchase": 50_000,
        PORTAL + "subscription": 8_000,
        PORTAL + "maintenance_share": 0.1,
    }
    total = run(build(**stall), paths=200_000)["npv"].values
    as_planned = 120_000 + 3 * 12_000
    finished = 60_000 + 0.7 * 120_000 + 3.5 * 12_000
    replaced = 60_000 + 50_000 + 3.5 * 8_000
    expected = 0.6 * as_planned + 0.1 * finished + 0.3 * replaced
    assert sorted({round(value) for value in total}) == sorted([as_planned, finished, replaced])
    assert abs(total.mean() - expected) < 4 * standard_error(total)


@pytest.mark.mechanism(
    "fallback_partner",
    says="A partner takes over the work of a seat that stays open",
    fields=["roles.*.fallback_months", "roles.*.fallback_share", "roles.*.fallback_multiple"],
    shows=["backfill", "uncovered"],
)
def test_a_partner_takes_over_a_seat_that_stays_open():
    role = {
        "pay": 100_000, "attrition_rate": 0, "time_to_fill_days": 9_999,
        "backfill_share": 0.2, "backfill_multiple": 1.5,
        "fallback_months": 6, "fallback_share": 0.9, "fallback_multiple": 2,
    }  # fmt: skip
    staff = team(**role)
    service = staff["services"]["clerk"]
    service["arrangements"]["nobody"] = {"unfunded": True}
    service["current"] = "nobody"
    service["arrangements"]["own"]["transition"] = {"max_parallel_months": 0}
    scenario = bare(staff, strategies__x={"all": "none", "services": {"clerk": "own"}})
    ds = run(scenario)
    paid = float(ds["component_npv"].sel(component="backfill").item())
    assert paid == pytest.approx(100_000 * (0.5 * 0.2 * 1.5 + 0.5 * 0.9 * 2))
    uncovered = float(ds["uncovered"].sel(service="clerk").item())
    assert uncovered == pytest.approx(0.5 * 0.8 + 0.5 * 0.1)


@pytest.mark.mechanism(
    "key_person",
    says="What only one person knew is missed for some months after they leave",
    fields=["roles.*.key_dip", "roles.*.key_months"],
    shows=["uncovered"],
)
def test_what_leaves_with_a_person_lasts_for_some_months():
    # Seats are filled again at once, so departures are a Poisson process.
    h, dip, years, horizon = 0.6, 0.3, 0.5, 3
    staff = team(attrition_rate=h, key_dip=dip, key_months=12 * years)
    scenario = bare(
        staff, horizon__years=horizon,
        strategies__x={"all": "none", "services": {"clerk": "own"}},
    )  # fmt: skip
    uncovered = run(scenario, paths=200_000)["uncovered"].sel(service="clerk").values
    whole = horizon - years
    # Up to four at a time before u reaches 1, which hardly ever happens.
    expected = h * dip * (whole * years + years**2 / 2) / horizon
    assert abs(uncovered.mean() - expected) < 4 * standard_error(uncovered) + 1e-5


@pytest.mark.mechanism(
    "on_call",
    says="Nights and week-ends are covered from home, less well than by a roster",
    fields=[
        "services.*.arrangements.*.on_call.hours_per_week",
        "services.*.arrangements.*.on_call.effectiveness",
        "services.*.arrangements.*.on_call.people",
    ],
    shows=["uncovered"],
)
@pytest.mark.parametrize(("seats", "reached"), [(1, 0.5), (2, 1.0), (3, 1.0)])
def test_hours_on_call_are_covered_from_home(seats, reached):
    staff = team(seats=seats, posts=1)
    staff["services"]["clerk"]["coverage"] = {
        "kind": "presence", "posts": 1, "hours_per_week": 168, "sickness": 0.04,
    }  # fmt: skip
    call = {"hours_per_week": 128, "effectiveness": 0.6, "people": 2}
    staff["services"]["clerk"]["arrangements"]["own"]["on_call"] = call
    scenario = bare(staff, strategies__x={"all": "none", "services": {"clerk": "own"}})
    found = float(run(scenario)["uncovered"].sel(service="clerk").item())
    # As many rostered at a time as there are seats: 40 hours for each of 40 hours.
    rostered = 0.04**seats
    assert found == pytest.approx((40 / 168) * rostered + (128 / 168) * (1 - 0.6 * reached))


@pytest.mark.mechanism(
    "several_sites",
    says="Nobody stands in at another site",
    fields=["practice.sites", "services.*.coverage.per_site"],
    shows=["uncovered"],
)
def test_nobody_stands_in_at_another_site():
    staff = team(seats=4, posts=2)
    coverage = {"kind": "presence", "posts": 2, "hours_per_week": 40, "sickness": 0.1}
    staff["services"]["clerk"]["coverage"] = coverage
    strategies = {"all": "none", "services": {"clerk": "own"}}
    pooled = bare(staff, practice__sites=2, strategies__x=strategies)
    split = pooled.replace({"services.clerk.coverage.per_site": True})
    found = [float(run(s)["uncovered"].sel(service="clerk").item()) for s in (pooled, split)]
    missing = stats.binom(4, 0.1)
    assert found[0] == pytest.approx((missing.pmf(3) * 1 + missing.pmf(4) * 2) / 2)
    assert found[1] == pytest.approx(0.1**2)


@pytest.mark.mechanism(
    "prices_by_claim",
    says="Fees by site, by claim in bands, and as a share of collections",
    fields=[
        "services.*.arrangements.*.contracts.*.per_site",
        "services.*.arrangements.*.contracts.*.per_claim",
        "services.*.arrangements.*.contracts.*.collections_share",
        "practice.claims",
        "practice.revenue",
    ],
    shows=["vendor_fees"],
)
def test_prices_by_site_claim_and_collections():
    scenario = build(
        practice__sites=3, practice__claims=60_000, years=1,
        services__desk__arrangements__build={
            "contracts": {
                "v": {
                    "per_site": 200,
                    "per_claim": [{"from": 0, "price": 5}, {"from": 4_000, "price": 4}],
                    "collections_share": 0.03,
                }
            },
        },
        **{PORTAL + "budget": 0},
    )  # fmt: skip
    fees = run(scenario)["component_npv"].sel(component="vendor_fees").item()
    assert fees == pytest.approx(12 * 3 * 200 + 60_000 * 4 + 0.03 * 40_000_000)


@pytest.mark.mechanism(
    "vendor_quality",
    says="A vendor is worth what its work is good for, and how well it is managed",
    fields=[
        "services.*.arrangements.*.contracts.*.quality",
        "services.*.arrangements.*.oversight_need",
        "services.*.arrangements.*.oversight_capability",
        "services.*.arrangements.*.unmanaged_loss",
    ],
    shows=["uncovered"],
)
def test_a_vendor_is_worth_what_it_is_good_for_and_managed_well():
    scenario = build(
        years=1,
        roles__lead={"pay": 1, "attrition_rate": 0, "time_to_fill_days": 0},
        services__desk__arrangements__build={
            "contracts": {"v": {"quality": 0.9}},
            "oversight_fte": 0.3, "oversight_role": "lead", "oversight_need": 0.5,
            "oversight_capability": 0.8, "unmanaged_loss": 0.25,
        },
    )  # fmt: skip
    overseen = 0.3 * 0.8 / 0.5
    delivered = 0.9 * (1 - 0.25 * (1 - overseen))
    found = float(run(scenario)["uncovered"].sel(service="desk").item())
    assert found == pytest.approx(1 - delivered)


@pytest.mark.mechanism(
    "revenue_at_stake",
    says="Revenue is lost while a service is uncovered",
    fields=["services.*.revenue_at_stake", "practice.revenue"],
    shows=["coverage_gap"],
)
def test_revenue_is_lost_in_uncovered_hours():
    scenario = bare(services__desk__revenue_at_stake=0.02, strategies__x={"all": "none"})
    lost = run(scenario)["component_npv"].sel(component="coverage_gap").item()
    assert lost == pytest.approx(0.02 * 40_000_000)


@pytest.mark.mechanism(
    "yearly_cap",
    says="What a penalty can cost in a calendar year is capped",
    fields=["risks.*.losses.*.yearly_cap"],
    shows=["<risk>"],
)
def test_a_yearly_cap_bounds_what_a_form_costs():
    rate, loss, cap = 2.5, 10_000, 35_000
    risk = one_risk(rate, loss)
    risk["risks"]["breach"]["losses"]["sum"]["yearly_cap"] = cap
    scenario = bare(risk, horizon__years=2, strategies__x={"all": "none"})
    cost = run(scenario, paths=100_000)["cost"].values
    n = np.arange(60)
    expected = float(np.minimum(n * loss, cap) @ stats.poisson(rate).pmf(n))
    for year in cost:
        assert year.max() == cap
        assert abs(year.mean() - expected) < 4 * standard_error(year)


@pytest.mark.mechanism(
    "skills_present",
    says="Incidents beyond the skills of the team are more frequent the fewer skills there are",
    fields=["roles.*.skill", "services.*.skills_needed", "risks.*.effects.*.on"],
    shows=["events"],
)
def test_an_incident_is_rarer_where_somebody_can_resolve_it():
    staff = team(seats=2, skill=0.75)
    risk = one_risk(0.5, 1)
    effect = {"on": "unskilled", "frequency": 3}
    risk["risks"]["breach"]["effects"] = {"clerk": effect}
    scenario = bare(
        staff, risk, horizon__years=4, services__clerk__skills_needed=2,
        strategies__x={"all": "none", "services": {"clerk": "own"}},
    )  # fmt: skip
    events = run(scenario, paths=100_000)["events"].sel(risk="breach").values
    # A quarter of the skills is missing: halfway between the multiples 1 and 3, once more halved.
    expected = 0.5 * 4 * (1 + 2 * 0.25)
    assert abs(events.mean() - expected) < 4 * standard_error(events)


@pytest.mark.mechanism(
    "leader_bandwidth",
    says="A technology leader manages part of the team, less with every vendor there is",
    fields=["managers.leader_bandwidth", "managers.per_vendor", "managers.most"],
    shows=["uncovered"],
)
@pytest.mark.parametrize(
    ("rules", "missing"),
    [
        ({}, 0.0),
        ({"most": 0}, 1.0),
        ({"most": 1}, 1 / 2),
        ({"leader_bandwidth": 0.5, "most": 0}, 1.5 / 2),
        ({"leader_bandwidth": 1, "per_vendor": 0.4, "most": 1}, 0.4 / 2),
    ],
)
def test_a_leader_has_only_so_much_time(rules, missing):
    # Eight people, four to a manager.
    staff = team(seats=8)
    staff["roles"]["lead"] = {"pay": 1, "attrition_rate": 0, "time_to_fill_days": 0}
    staff["managers"] = {"role": "lead", "span": 4, "drift": 0.3, **rules}
    vendor = {"vendors": {"v": {"delivered": 1}}}
    rent = {
        "services": {
            "desk": {"current": "rent", "arrangements": {"rent": {"contracts": {"v": {}}}}}
        }
    }
    scenario = bare(
        staff, vendor, rent, strategies__x={"services": {"clerk": "own", "desk": "rent"}}
    )
    found = float(run(scenario)["uncovered"].sel(service="clerk").item())
    assert found == pytest.approx(0.3 * missing, abs=1e-12)


@pytest.mark.mechanism(
    "readiness",
    says="Policies, processes, governance and scope that are not in place make other numbers worse",
    fields=["readiness.*.level", "readiness.*.effects.*.on", "readiness.*.effects.*.multiple"],
    shows=["npv"],
)
def test_readiness_scales_what_it_names():
    effects = [
        {"on": "services.desk.gap_rate", "multiple": 3},
        {"on": "discounting.rate", "multiple": 1.5},
    ]
    scenario = bare(
        discounting__rate=0.06, services__desk__gap_rate=10, horizon__years=3,
        readiness__policies={"level": 0.25, "effects": effects}, strategies__x={"all": "none"},
    )  # fmt: skip
    rate = 0.06 * (1 + 0.5 * 0.75)
    discounted = sum((1 + rate) ** -(y - 0.5) for y in (1, 2, 3))
    expected = 10 * (1 + 2 * 0.75) * HOURS * discounted
    assert run(scenario)["npv"].item() == pytest.approx(expected)
    as_is = scenario.replace({"readiness.policies.level": 1})
    plain = bare(
        discounting__rate=0.06, services__desk__gap_rate=10, horizon__years=3,
        strategies__x={"all": "none"},
    )  # fmt: skip
    assert run(as_is)["npv"].item() == run(plain)["npv"].item()


def test_an_uncertain_level_is_drawn_once_per_path():
    level = {"dist": "uniform", "low": 0, "high": 1}
    effects = [{"on": "services.desk.gap_rate", "multiple": 2}]
    scenario = bare(
        services__desk__gap_rate=1, horizon__years=2,
        readiness__policies={"level": level, "effects": effects}, strategies__x={"all": "none"},
    )  # fmt: skip
    ds = run(scenario, paths=500)
    drawn = ds["input"].sel(parameter="readiness.policies.level").values
    for year in ds["cost"].values:
        np.testing.assert_allclose(year, HOURS * (2 - drawn))
    assert math.isclose(drawn.mean(), 0.5, abs_tol=0.06)
