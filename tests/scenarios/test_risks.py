"""The risks of the shipped scenarios: nothing is paid for twice, and sizes fit each other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from hcrisk.scenario import Scenario
from hcrisk.scenarios import load
from tests.scenarios.first_year import Year, central

NAMES = ("mid-market", "small-practice", "large-group")
PENALTIES = ("penalty_cause", "penalty_neglect", "penalty_uncorrected")


@pytest.fixture(scope="module", params=NAMES)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return load(request.param)


@pytest.fixture(scope="module")
def mid_market() -> dict[str, Any]:
    return load("mid-market").to_mapping()


def mean_total(total: dict[str, Any]) -> float:
    """Return the mean of a clipped lognormal total, its median as uncertain as stated."""
    uncertain = total["mu"].get("sd", 0.0)
    mu, sigma = central(total["mu"]), math.hypot(uncertain, total["sigma"])
    top = (math.log(total["clip"][1]) - mu) / sigma
    rest = total["clip"][1] * stats.norm.sf(top)
    return math.exp(mu + sigma**2 / 2) * stats.norm.cdf(top - sigma) + rest


def mean_of(law: dict[str, Any]) -> float:
    if law.get("dist") == "lognormal":
        return float(law["median"] * math.exp(law["sigma"] ** 2 / 2))
    return (law["low"] + law["mode"] + law["high"]) / 3 if "mode" in law else central(law)


def people_sued(form: dict[str, Any], records: dict[str, Any], held: float) -> float:
    """Return the mean number of people for whom a class action is settled, once reported."""
    level = (np.arange(200_000) + 0.5) / 200_000
    law = stats.norm(records["mu"], records["sigma"])
    least = law.cdf(math.log(records["truncate"][0]))
    people = np.minimum(np.exp(law.ppf(least + level * (1 - least))), held)
    likely = np.zeros_like(people)
    for step in form["probability"]:
        likely = np.where(people > step["above"], central(step["probability"]), likely)
    return float((likely * people).mean())


def test_losses_split_the_total_once(scenario: Scenario) -> None:
    content = scenario.to_mapping()
    providers = central(content["practice"]["providers"])
    held = providers * central(content["practice"]["records"]["per_provider"])
    for name, risk in content["risks"].items():
        if "total" not in risk:
            continue
        forms = risk["losses"]
        split = sum(form["share"]["value"] for form in forms.values() if "share" in form)
        if "outage" not in forms:
            assert split == pytest.approx(1), name
            continue
        # What stands beside the shares costs in the mean what the shares leave of the total.
        hours = central(forms["outage"]["probability"]) * mean_of(forms["outage"]["severity"])
        beside = hours * providers * mean_of(forms["outage"]["unit_cost"])
        sued = people_sued(forms["class_action"], risk["records"], held)
        reported = sued * mean_of(forms["class_action"]["severity"])
        for tier in PENALTIES:
            form, cap = forms[tier], central(forms[tier]["yearly_cap"])
            years = stats.lognorm(form["severity"]["sigma"], scale=form["severity"]["median"])
            fine = years.ppf((np.arange(10_000) + 0.5) / 10_000) * central(form["unit_cost"])
            reported += central(form["probability"]) * np.minimum(fine, cap).mean()
        beside += central(forms["reported"]["probability"]) * reported
        assert split + beside / mean_total(risk["total"]) == pytest.approx(1, abs=0.015), name


def test_a_full_own_team_is_the_reference_of_escalations(mid_market: dict[str, Any]) -> None:
    desk = mid_market["services"]["help_desk"]
    year = Year(mid_market)
    brought = sum(
        year.seats(number) * central(mid_market["roles"][role]["skill"])
        for role, number in desk["arrangements"]["insource"]["seats"].items()
    )
    unskilled = 1 - brought / central(desk["skills_needed"])
    curve = mid_market["risks"]["escalation"]["effects"]["help_desk"]["frequency"]
    assert curve[1]["at"] == pytest.approx(unskilled, abs=0.005)
    assert curve[1]["multiple"]["value"] == 1


def test_totals_follow_size(mid_market: dict[str, Any]) -> None:
    for name in NAMES[1:]:
        other = load(name).to_mapping()
        providers = other["practice"]["providers"]["value"]
        revenue = providers * other["practice"]["revenue"]["per_provider"]["value"]
        for risk, table in other["risks"].items():
            if "total" not in table:
                continue
            shift = 0.3 * math.log(providers / 50)
            reference = mid_market["risks"][risk]["total"]
            moved = central(table["total"]["mu"]) - central(reference["mu"])
            assert moved == pytest.approx(shift, abs=0.001), risk
            assert table["total"]["clip"][1] == pytest.approx(revenue), risk
