"""The services around the EHR: what they cost by the measures an administrator knows."""

import re
from importlib.resources import files
from typing import Any

import pytest

import hcrisk
from hcrisk.scenarios import from_toml
from tests.scenarios.first_year import Year, central

TEXT = (files("hcrisk") / "scenarios" / "practice-services.toml").read_text(encoding="utf-8")
ROWS = {
    "billing": "billing",
    "call centre": "call_centre",
    "after hours": "after_hours",
    "remote care": "remote_care",
    "HR": "hr",
    "EHR": "ehr",
}
CALLS = 20 * 250 * 50
# How many there are a year, in the order in which a row names them.
UNITS = {
    "billing": (45e6 / 100, 4_500 * 50),
    "call_centre": (CALLS,),
    "after_hours": (0.08 * CALLS,),
    "remote_care": (500 * 12,),
    "hr": (215 * 12,),
    "ehr": (50 * 12,),
}


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return hcrisk.load("practice-services").to_mapping()


class ServiceYear(Year):
    """A year of one service, with its share of shared lines, prices by volume and on-call pay."""

    def __init__(self, content: dict[str, Any]) -> None:
        super().__init__(content)
        practice = content["practice"]
        providers = self.count["provider"]
        self.count["claim"] = providers * central(practice["claims"]["per_provider"])
        self.count["revenue"] = providers * central(practice["revenue"]["per_provider"])

    def price(self, contract: dict[str, Any], name: str, count: float) -> float:
        price = contract.get(name, 0)
        if isinstance(price, list):
            price = [band["price"] for band in price if central(band["from"]) <= count][-1]
        return central(price)

    def cost(self, service: str, arrangement: str) -> float:
        stated = self.content["services"][service]["arrangements"][arrangement]
        fte = 0.0
        for role, number in stated.get("seats", {}).items():
            people = self.seats(number)
            pay = people * central(self.content["roles"][role]["pay"])
            self.lines["pay"] += pay * (1 + self.load)
            fte += people
        shared = self.content["lines"]
        lines = [stated["lines"][name] for name in stated.get("lines", {})]
        lines += [x for x in shared.values() if f"{service}.{arrangement}" in x["needed_by"]]
        for line in lines:
            if line["driver"] != "hire":
                self.line("", line, fte)
        for contract in stated.get("contracts", {}).values():
            monthly = self.count["claim"] / 12
            fee = self.price(contract, "per_claim", monthly) * monthly
            fee += self.price(contract, "collections_share", 0) * self.count["revenue"] / 12
            for driver in ("user", "provider"):
                fee += self.price(contract, f"per_{driver}", n := self.count[driver]) * n
            self.lines["fee"] += 12 * max(fee, central(contract.get("minimum_fee", 0)))
        if "on_call" in stated:
            self.lines["pay"] += 52 * central(stated["on_call"]["stipend"])
        return sum(self.lines.values())


@pytest.mark.parametrize("row", ROWS)
def test_head_adds_up(content: dict[str, Any], row: str) -> None:
    found = re.search(rf"^#   {row} +(\d+\.\d) +(\S.*?)  +(\d+\.\d) +(\S.*)$", TEXT, re.MULTILINE)
    assert found
    for arrangement, total, words in zip(
        ("insource", "outsource"), found.group(1, 3), found.group(2, 4), strict=True
    ):
        cost = ServiceYear(content).cost(ROWS[row], arrangement)
        assert float(total) == pytest.approx(cost / 1e3, abs=0.051), arrangement
        written = re.findall(r"\d+(?:\.\d+)?", words)
        for number, unit in zip(written, UNITS[ROWS[row]], strict=True):
            digits = len(number.partition(".")[2])
            assert float(number) == pytest.approx(cost / unit, abs=0.51 * 10**-digits), words


def test_own_billing_costs_what_surveys_say(content: dict[str, Any]) -> None:
    cost = ServiceYear(content).cost("billing", "insource") / 45e6
    # MGMA: 3 to 5 % of collections, and overhead.
    assert 0.03 < cost < 0.05
    staff = content["services"]["billing"]["arrangements"]["insource"]["seats"]
    year = Year(content)
    # Physicians Practice and MGMA: 0.47 to 0.61 for a provider.
    assert 0.47 < sum(year.seats(number) for number in staff.values()) / 50 < 0.61


def test_what_is_at_stake_is_what_denials_and_monitoring_bring(content: dict[str, Any]) -> None:
    billing = content["services"]["billing"]["revenue_at_stake"]["mode"]
    readiness = content["readiness"]["charge_capture"]
    worse = central(readiness["effects"][0]["multiple"]) - 1
    average = billing * (1 + worse * (1 - central(readiness["level"])))
    assert average == pytest.approx(0.118 * 0.7, abs=0.002)
    remote = content["services"]["remote_care"]["revenue_at_stake"]["mode"]
    assert remote == pytest.approx(90.89 * 12 * 500 / 45e6, abs=0.0005)


def test_both_sets_of_services_fit_into_one_scenario() -> None:
    text = re.sub(r"^without = .*$", "", TEXT, flags=re.MULTILINE)
    both = from_toml(text.replace('"practice-services"', '"both"'))
    mid_market, services = hcrisk.load("mid-market"), hcrisk.load("practice-services")
    for table in ("services", "vendors", "risks"):
        names = [*getattr(mid_market, table), *getattr(services, table)]
        assert sorted(getattr(both, table)) == sorted(names)
    assert {"insource", "hybrid", "outsource"} <= set(both.strategies)
    hcrisk.simulate(both, paths=2, seed=0)


def test_what_would_turn_billing() -> None:
    rented = """
extends = "practice-services"
name = "rented"
[strategies.rented]
all = "insource"
[strategies.rented.services]
ehr = "hybrid"
billing = "outsource"
after_hours = "outsource"
remote_care = "outsource"
"""
    share = "services.billing.arrangements.outsource.contracts.billing_company.collections_share"
    found = re.search(
        r"costs (\d\.\d) million more.*: (\d\.\d) % of.*about (\d\.\d) %", TEXT, re.DOTALL
    )
    assert found
    more, of_collections, turning = map(float, found.groups())

    def difference(scenario: hcrisk.Scenario) -> float:
        names = ["rented", "current"]
        npv = hcrisk.simulate(scenario, paths=1_000, seed=0, strategies=names)["npv"].mean("path")
        return float(npv.sel(strategy="rented") - npv.sel(strategy="current")) / 1e6

    base = from_toml(rented)
    assert difference(base) == pytest.approx(more, abs=0.2)
    collections = 45 * sum(1.06 ** -(year + 0.5) for year in range(5))
    assert of_collections == pytest.approx(100 * more / collections, abs=0.06)
    assert abs(difference(base.replace({share: turning / 100}))) < 0.25
