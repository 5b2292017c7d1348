"""Cyber insurance: its layer, its premium, and the controls it asks for."""

import numpy as np
import pytest

from tests.builders import standard_error
from tests.mechanisms.common import effect, practice, rented, run

mechanism = pytest.mark.mechanism
PATHS = 50_000
RATE, LOSS = 2.0, 10_000
RISK = {
    "breach": {
        "frequency": RATE,
        "losses": {
            "ransom": {"severity": LOSS, "trended": False, "insured": True},
            "penalty": {"severity": 3_000, "trended": False},
        },
    }
}


def insured(policy=None, **changes):
    """A practice with a rented desk, of which a fifth is uncovered, and a policy."""
    layer = rented({}, {"delivered": 0.8})
    terms = {"premium": 1_000, "retention": 2_000, **(policy or {})}
    return practice(layer, {"risks": RISK, "insurance": terms}, **changes)


def recovered(scenario, paths=PATHS):
    ds = run(scenario, paths=paths)
    paid = -ds["component_npv"].sel(component="insurance_recovery").values
    return ds["events"].sel(risk="breach").values, paid


@mechanism(
    "insurance_layer",
    says="Insurance pays for the insured forms of an event, in a layer, less a share",
    fields=[
        "insurance.retention",
        "insurance.limit",
        "insurance.coinsurance",
        "risks.*.losses.*.insured",
    ],
    shows=["insurance_recovery"],
)
@pytest.mark.parametrize(
    ("terms", "each"),
    [
        ({}, 8_000),
        ({"retention": 9_500}, 500),
        ({"limit": 5_000}, 5_000),
        ({"coinsurance": 0.1}, 7_200),
        ({"limit": 5_000, "coinsurance": 0.1}, 4_500),
        ({"sublimits": {"breach": {"ransom": 6_000}}}, 4_000),
    ],
)
def test_insurance_pays_its_layer_of_each_event(terms, each):
    events, paid = recovered(insured(terms), paths=2_000)
    assert events.any()
    np.testing.assert_allclose(paid, events * each)


@mechanism(
    "aggregate_and_sublimits",
    says="What insurance pays in a year, and for one form of loss, is limited",
    fields=["insurance.aggregate_limit", "insurance.sublimits"],
    shows=["insurance_recovery"],
)
def test_insurance_pays_so_much_in_a_year():
    limits = {"aggregate_limit": 20_000, "sublimits": {"breach": {"ransom": 9_000}}}
    events, paid = recovered(insured(limits), paths=2_000)
    np.testing.assert_allclose(paid, np.minimum(events * 7_000, 20_000))
    assert events.max() > 3


@mechanism(
    "premium",
    says="The premium grows each year",
    fields=["insurance.premium", "insurance.premium_growth"],
    shows=["insurance_premium"],
)
def test_the_premium_grows():
    scenario = insured({"premium": {"per_provider": 20}}, horizon__years=3)
    found = effect(scenario, {"insurance.premium_growth": 0.1})
    assert found == pytest.approx({"insurance_premium": 1_000 * (0.1 + 0.21)})


UNMET = {
    "controls": {"required_controls": ["mfa"]},
    "watch": {"max_uncovered": {"desk": 0.15}},
}
MET = {
    "controls": {"practice.controls": ["mfa"]},
    "provided": {"services.desk.arrangements.rent.provides": ["mfa"]},
    "watch": {"vendors.v.delivered": 0.9},
}


@mechanism(
    "insurance_conditions",
    says="Unless controls are in place and somebody watches, insurance costs more, and may not pay",
    fields=[
        "insurance.required_controls", "insurance.max_uncovered", "insurance.unmet_load",
        "insurance.unmet_denial", "insurance.unmet_refusal", "practice.controls",
        "services.*.arrangements.*.provides",
    ],
    shows=["insurance_premium", "insurance_recovery"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("condition", "met"), [("controls", "controls"), ("controls", "provided"), ("watch", "watch")]
)
def test_insurance_asks_for_controls_and_a_watch(condition, met):
    scenario = insured(UNMET[condition])
    loaded = scenario.replace({"insurance.unmet_load": 0.5})
    premiums = [
        run(s)["component_npv"].sel(component="insurance_premium").item()
        for s in (loaded, loaded.replace(MET[met]))
    ]
    assert premiums == pytest.approx([1_500, 1_000])
    events, paid = recovered(scenario.replace({"insurance.unmet_denial": 0.3}))
    assert abs((paid - 0.7 * 8_000 * events).mean()) < 4 * standard_error(paid - 5_600 * events)
    events, paid = recovered(scenario.replace({"insurance.unmet_refusal": 0.4}))
    refused = (paid == 0)[events > 0].astype(float)
    assert abs(refused.mean() - 0.4) < 4 * standard_error(refused)
    changes = {"insurance.unmet_denial": 1, "insurance.unmet_refusal": 1, **MET[met]}
    events, paid = recovered(scenario.replace(changes), paths=2_000)
    np.testing.assert_allclose(paid, 8_000 * events)


@mechanism(
    "cut_sublimits",
    says="Unless conditions are met, less is paid for some forms of loss",
    fields=["insurance.unmet_sublimits"],
    shows=["insurance_recovery"],
)
def test_a_sublimit_is_cut_unless_conditions_are_met():
    terms = {"limit": 6_000, "unmet_sublimits": {"breach": {"ransom": 0.5}}}
    scenario = insured({**UNMET["watch"], **terms})
    events, paid = recovered(scenario, paths=2_000)
    # Half of the limit is a sublimit of 3,000, of which 2,000 are retained.
    np.testing.assert_allclose(paid, 1_000 * events)
    events, paid = recovered(scenario.replace(MET["watch"]), paths=2_000)
    np.testing.assert_allclose(paid, 6_000 * events)
