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
