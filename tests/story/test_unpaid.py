"""Why the insurer pays nothing, as a story says it."""

import pytest

import hcrisk
from tests.builders import bare

TERMS = {"premium": 100, "retention": 1_000, "limit": 50_000, "aggregate_limit": 1e9}
RISKS = {
    "breach": {
        "frequency": 40,
        "losses": {
            "ransom": {"severity": 5_000, "trended": False, "insured": True},
            "penalty": {"severity": 3_000, "trended": False},
        },
    }
}
# Nobody provides this control.
UNMET = {"required_controls": ["mfa"]}


def told(**terms):
    policy = {**TERMS, **terms}
    scenario = bare({"risks": RISKS, "insurance": policy}, horizon__years=1)
    return [event for event in hcrisk.story(scenario, 3, 0).events if event.kind != "start"]


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({**UNMET, "unmet_refusal": 1}, "there is no cover in this year"),
        (
            {**UNMET, "unmet_sublimits": {"breach": {"ransom": 0}}},
            "nothing of this is insured",
        ),
        (
            {**UNMET, "unmet_denial": 1},
            "it denies the claim, as nobody provides mfa",
        ),
        ({"retention": 5_000}, "what is insured of it is within the retention"),
        (
            {"sublimits": {"breach": {"ransom": 900}}},
            "what is insured of it is within the retention",
        ),
        ({"coinsurance": 1}, "its share of what is insured is none"),
    ],
)
def test_reason_is_the_one_that_holds(terms, why):
    unpaid = [event.text for event in told(**terms) if event.kind == "unpaid"]
    assert len(unpaid) > 10
    assert set(unpaid) == {f"The insurer pays nothing: {why}"}


def test_the_years_limit_is_used_up_after_it_is_paid():
    events = told(aggregate_limit=10_000)
    kinds = [event.kind for event in events if event.kind in {"recovery", "unpaid"}]
    # 4,000 of each event: twice, half of the third, then no more.
    assert kinds == ["recovery"] * 3 + ["unpaid"] * (len(kinds) - 3)
    assert -sum(event.amount for event in events if event.kind == "recovery") == 10_000
    texts = {event.text for event in events if event.kind == "unpaid"}
    assert texts == {"The insurer pays nothing: the year's limit is used up"}


def test_where_the_insurer_pays_there_is_no_reason():
    assert not [event for event in told() if event.kind == "unpaid"]
