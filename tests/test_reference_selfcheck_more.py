"""The reference implementation, mechanism by mechanism, against small cases computed by hand."""

import numpy as np
import pytest

from tests.builders import bare, one_risk, team
from tests.reference import simulate_reference
from tests.reference.inputs import Values
from tests.reference.readiness import with_numbers_of_their_own
from tests.reference.uniforms import PathUniforms, Uniforms

SIZES = {"practice": {"sites": 3, "claims": {"per_provider": 2_400}, "revenue": 30_000_000}}


def reference(scenario, paths=1, strategy=None):
    return simulate_reference(scenario, 3, range(paths), None if strategy is None else [strategy])


def component(result, name, strategy=0):
    """What a component costs in all, on path 0; money is not discounted in a bare practice."""
    return result["component_npv"][strategy, result["component"].index(name), 0]


def partner(**contract):
    """A layer with a service that one vendor delivers."""
    return {
        "vendors": {"msp": {"delivered": 0.9, "escalator_fixed": 0}},
        "services": {
            "desk": {
                "current": "partner",
                "arrangements": {"partner": {"contracts": {"msp": contract}}},
            }
        },
    }


# -- sites, claims, revenue


@pytest.mark.parametrize(
    ("line", "cost"),
    [
        ({"driver": "site", "amount": 100, "period": "month"}, 3 * 1_200),
        ({"driver": "claim", "amount": 0.5}, 60_000),
        ({"driver": "revenue", "amount": 0.001}, 30_000),
        ({"driver": "site", "amount": 100, "every_years": 0.5}, 600),
    ],
)
def test_lines_by_site_claim_and_revenue(line, cost):
    lines = {"lines": {"extra": {"component": "tools", **line}}}
    assert component(reference(bare(SIZES, lines)), "tools") == pytest.approx(cost)


@pytest.mark.parametrize(
    ("contract", "monthly"),
    [
        ({"per_site": 500}, 1_500),
        ({"per_site": [{"from": 0, "price": 500}, {"from": 3, "price": 400}]}, 1_200),
        ({"per_claim": 2}, 20_000),
        # 120,000 claims a year are 10,000 a month.
        ({"per_claim": [{"from": 0, "price": 2}, {"from": 10_001, "price": 1}]}, 20_000),
        ({"per_claim": [{"from": 0, "price": 2}, {"from": 10_000, "price": 1}]}, 10_000),
        ({"collections_share": 0.04}, 100_000),
        # Of 30 million a year.
        ({"collections_share": [{"from": 0, "price": 0.05}, {"from": 3e7, "price": 0.04}]}, 1e5),
        ({"fixed_fee": 7, "per_site": 1, "per_claim": 1, "collections_share": 0.1}, 260_010),
        ({"minimum_fee": 2_000, "per_site": 500}, 2_000),
    ],
)
def test_fees_by_site_claim_and_collections(contract, monthly):
    found = reference(bare(SIZES, partner(**contract)))
    assert component(found, "vendor_fees") == pytest.approx(12 * monthly)


def test_counts_and_losses_by_site():
    posts = {"per": "site", "ratio": 2}  # 1.5 posts for one person
    found = reference(bare(SIZES, team(posts=1), services__clerk__coverage__posts=posts))
    assert found["uncovered"][0, 1, 0] == pytest.approx(1 / 3)
    seats = {"per": "site", "ratio": 2}
    full = bare(SIZES, team(posts=4), services__clerk__arrangements__own__seats__clerk=seats)
    assert reference(full)["uncovered"][0, 1, 0] == pytest.approx(0.5)
    form = {"severity": 10, "per": "site", "trended": False}
    risky = bare(SIZES, one_risk(4, 1), risks__breach__losses__sum=form)
    found = reference(risky, 5)
    assert found["events"][0, 0].sum() > 0
    np.testing.assert_allclose(found["npv"][0], 30 * found["events"][0, 0])


# -- readiness


def readiness(*effects, level=0.25):
    entries = [{"on": on, "multiple": multiple} for on, multiple in effects]
    return {"readiness": {"policies": {"level": level, "effects": entries}}}


def values_of(scenario, path=0):
    scenario = with_numbers_of_their_own(scenario)
    return scenario, Values(scenario, PathUniforms(Uniforms(3), path))


def test_readiness_multiplies_numbers_in_the_file_and_defaults():
    # At level 0.25 a multiple of 3 is one of 1 + 2 * 0.75, at level 0 it is 3, at 1 it is none.
    for level, factor in [(0.25, 2.5), (0, 3), (1, 1)]:
        layer = readiness(("discounting.rate", 3), level=level)
        scenario, values = values_of(bare(layer, discounting__rate=0.02))
        assert values.number(scenario.discounting.rate) == pytest.approx(0.02 * factor)
    vendors = {"vendors": {"a": {}, "b": {}}}
    scenario, values = values_of(bare(vendors, readiness(("vendors.a.term_months", 3))))
    found = [values.number(scenario.vendors[name].term_months) for name in "ab"]
    assert found == pytest.approx([90, 36])


def test_readiness_multiplies_several_times_and_shares_up_to_one():
    effects = [("vendors.a.delivered", 0.2), ("vendors.a.delivered", 3)]
    scenario, values = values_of(bare({"vendors": {"a": {}}}, readiness(*effects)))
    assert values.number(scenario.vendors["a"].delivered) == pytest.approx(0.97 * 0.4 * 2.5)
    scenario, values = values_of(bare({"vendors": {"a": {}}}, readiness(effects[1])))
    assert values.number(scenario.vendors["a"].delivered) == 1
    chances = [{"above": 0, "probability": 0.3}, {"above": 9, "probability": 0.6}]
    risk = one_risk(1, 1, records=10)
    risk["risks"]["breach"]["losses"]["sum"]["probability"] = chances
    path = "risks.breach.losses.sum.probability.1.probability"
    scenario, values = values_of(bare(risk, readiness((path, 3))))
    steps = scenario.risks["breach"].losses["sum"].probability.steps
    assert [values.number(step.probability) for step in steps] == pytest.approx([0.3, 1])


def test_readiness_of_uncertain_level_and_number_leaves_the_inputs_alone():
    law = {"dist": "uniform", "low": 0, "high": 1}
    layer = readiness(("practice.records.per_provider", law | {"low": 1, "high": 2}), level=law)
    records = {"per_provider": {"dist": "uniform", "low": 100, "high": 200}}
    changed = bare(layer, practice__records=records)
    scenario, values = values_of(changed)
    u = {path: PathUniforms(Uniforms(3), 0)(f"input/{path}") for path in values.inputs}
    level, multiple = u["readiness.policies.level"], u["readiness.policies.effects.0.multiple"]
    drawn = 100 + 100 * u["practice.records.per_provider"]
    assert values.inputs["practice.records.per_provider"] == pytest.approx(drawn)
    expected = 50 * drawn * (1 + multiple * (1 - level))
    assert values.size(scenario.practice.records) == pytest.approx(expected)


# -- revenue at stake, quality and oversight


def test_revenue_at_stake_is_lost_while_nobody_covers():
    layer = {"services": {"desk": {"revenue_at_stake": 0.1, "gap_rate": 2}}}
    found = reference(bare(layer, macro__price__mean=0.05, horizon__years=2))
    posts = 2 * 2 * 40 * 52  # unfunded for two years, in which wages do not grow
    prices = 1 + np.exp(0.05)
    assert component(found, "coverage_gap") == pytest.approx(posts + 0.1 * 4e7 * prices)
    assert component(found, "coverage_gap") == pytest.approx(found["npv"][0, 0])


@pytest.mark.parametrize(
    ("contract", "arrangement", "delivered"),
    [
        ({"quality": 0.8}, {}, 0.72),
        ({}, {"oversight_need": 0.4, "unmanaged_loss": 0.5}, 0.45),
        # Half an FTE that achieves 0.4 of what an FTE should: half of what it takes.
        ({}, {"oversight_fte": 0.5, "oversight_capability": 0.4}, 0.9),
        (
            {"quality": 0.5},
            {
                "oversight_fte": 0.5,
                "oversight_capability": 0.4,
                "oversight_need": 0.4,
                "unmanaged_loss": 0.2,
            },
            0.45 * 0.9,
        ),
        ({}, {"oversight_fte": 2, "oversight_need": 1, "unmanaged_loss": 0.5}, 0.9),
    ],
)
def test_quality_and_oversight_of_vendors(contract, arrangement, delivered):
    if "oversight_fte" in arrangement:
        arrangement = {**arrangement, "oversight_role": "clerk"}
    layer = partner(fixed_fee=1, **contract)
    layer["services"]["desk"]["arrangements"]["partner"] |= arrangement
    found = reference(bare(team(), layer))
    desk = found["service"].index("desk")
    assert found["uncovered"][0, desk, 0] == pytest.approx(1 - delivered)
    assert component(found, "vendor_fees") == pytest.approx(12)


def test_quality_belongs_to_the_contract():
    layer = partner(scope=0.75, quality=0.6)
    layer["vendors"]["other"] = {"delivered": 0.8}
    contracts = layer["services"]["desk"]["arrangements"]["partner"]["contracts"]
    contracts["other"] = {"scope": 0.25}
    found = reference(bare(layer))
    assert found["uncovered"][0, 0, 0] == pytest.approx(1 - 0.75 * 0.9 * 0.6 - 0.25 * 0.8)


# -- on call, and posts that cannot stand in for each other


def watch(seats, coverage=(), **arrangement):
    """A layer with a service of presence, of people who are never away but for sickness."""
    rules = {"kind": "presence", "posts": 1, "hours_per_week": 160, **dict(coverage)}
    layer = team("guard", seats=seats)
    layer["services"]["guard"]["coverage"] = rules
    layer["services"]["guard"]["arrangements"]["own"] |= arrangement
    return layer


def uncovered(layer, *more):
    found = reference(bare(layer, *more))
    return found["uncovered"][0, found["service"].index("guard"), 0]


def test_a_roster_for_the_day_and_a_call_for_the_night():
    # Two people cover the 40 hours of the day twice; by night calls are answered with 0.6, if
    # there are as many as it takes.
    on_call = {"hours_per_week": 120, "effectiveness": 0.6, "people": 2}
    assert uncovered(watch(2, on_call=on_call)) == pytest.approx(0.75 * 0.4)
    with_four = on_call | {"people": 4}
    assert uncovered(watch(2, on_call=with_four)) == pytest.approx(0.75 * (1 - 0.6 / 2))
    sick = {"sickness": 0.1, "planned_absence": 0.25}
    # 60 hours on duty over 40 hours: 1.5 people, one with 0.1 and two with 0.01 of nobody.
    expected = 0.25 * (0.1 + 0.01) / 2 + 0.75 * 0.4
    assert uncovered(watch(2, sick, on_call=on_call)) == pytest.approx(expected)
    own = watch(2, on_call=on_call, hours_per_week=150)  # a roster of 30 hours
    assert uncovered(own) == pytest.approx(120 / 150 * 0.4)


def test_being_on_call_is_paid_while_the_arrangement_is_in_force():
    on_call = {"hours_per_week": 120, "effectiveness": 0.6, "stipend": 100}
    layer = watch(2, on_call=on_call)
    found = reference(bare(layer, horizon__years=2, macro__wage__mean=0.1))
    assert component(found, "salaries") == pytest.approx(5_200 * (1 + np.exp(0.1)))
    layer["services"]["guard"]["arrangements"]["none"] = {
        "unfunded": True,
        "transition": {"handover_months": 3},
    }
    stop = {"strategies": {"stop": {"services": {"guard": "none"}, "all": "none"}}}
    found = reference(bare(layer, stop, horizon__years=2))
    assert component(found, "salaries") == pytest.approx(1_300)


def test_nobody_stands_in_at_another_site():
    # Four people for two posts, all at work at once; half of each is sick.
    busy = {"hours_per_week": 40, "posts": 2, "sickness": 0.5}
    together = (2 * 1 + 1 * 4) / 16 / 2
    assert uncovered(watch(4, busy)) == pytest.approx(together)
    sites = {"practice": {"sites": 2}}
    assert uncovered(watch(4, busy), sites) == pytest.approx(together)
    apart = busy | {"per_site": True}
    assert uncovered(watch(4, apart), sites) == pytest.approx(0.25)
    # Three people: one and a half at each site.
    assert uncovered(watch(3, apart), sites) == pytest.approx((0.5 + 0.25) / 2)
    # Four sites share two posts: half a post each, covered by whoever is there.
    assert uncovered(watch(4, apart), {"practice": {"sites": 4}}) == pytest.approx(0.5)


# -- caps of a year


def test_a_yearly_cap_takes_what_is_left_in_order():
    form = {"severity": 60, "trended": False, "yearly_cap": 100}
    scenario = bare(one_risk(2, 1), risks__breach__losses__sum=form, horizon__years=3)
    capped = reference(scenario, 20)["cost"][0]
    free = reference(scenario.replace({"risks.breach.losses.sum.yearly_cap": 1e9}), 20)["cost"][0]
    np.testing.assert_allclose(capped, np.minimum(free, 100))
    assert (free > 100).any()
    # Of 60, 60, ... insured above a retention of 30 that is 30, 10 and then nothing.
    insurance = {"premium": 0, "retention": 30}
    insured = bare(one_risk(2, 1), {"insurance": insurance}, horizon__years=3).replace(
        {"risks.breach.losses.sum": {**form, "insured": True}}
    )
    found = reference(insured, 20)
    paid = -found["component_npv"][0, found["component"].index("insurance_recovery")]
    np.testing.assert_allclose(paid, np.where(free > 100, 30 + 10, free / 2).sum(axis=0))


def test_a_loss_without_room_has_still_occurred():
    flag = {"requires": "sum", "severity": 1, "trended": False}
    form = {"severity": 60, "trended": False, "yearly_cap": 0}
    losses = {"sum": form, "more": flag}
    found = reference(bare(one_risk(4, 1), risks__breach__losses=losses), 5)
    np.testing.assert_allclose(found["npv"][0], found["events"][0, 0])
