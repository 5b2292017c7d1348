"""The first year of a scenario added up from its numbers, as the head of a shipped file does."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

COMPONENTS = {"training": "training", "tools": "tools", "vendor_fees": "vendor fees"}


def central(number: Any) -> float:
    if not isinstance(number, dict):
        return float(number)
    kinds = [kind for kind in ("value", "mode", "median", "mean") if kind in number]
    return central(number[kinds[0]])


class Year:
    """A year at central values: nothing happens, nobody is missing, nothing is built.

    Hiring is what separations cost at their long-run rate.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        practice = content["practice"]
        providers = central(practice["providers"])
        self.content = content
        self.count = {
            "flat": 1.0,
            "provider": providers,
            "user": providers * central(practice["users"]["per_provider"]),
            "endpoint": providers * central(practice["endpoints"]["per_provider"]),
        }
        self.load = central(content["people"]["benefits_load"])
        self.readiness = {
            effect["on"]: 1 + (central(effect["multiple"]) - 1) * (1 - central(stated["level"]))
            for stated in content["readiness"].values()
            for effect in stated["effects"]
        }
        self.lines: Counter[str] = Counter()

    def seats(self, number: dict[str, Any]) -> float:
        if "per" not in number:
            return central(number)
        needed = math.ceil(round(self.count[number["per"]] / central(number["ratio"]), 9))
        return max(needed, number.get("minimum", 0))

    def employ(self, role_name: str, people: float) -> float:
        """Book the people and return their FTE."""
        role = self.content["roles"][role_name]
        share = central(role.get("fte", 1))
        pay = central(role["pay"]) * share
        self.lines["pay"] += people * pay
        self.lines["benefits"] += people * pay * self.load
        start = central(role["recruiting_flat"]) + central(role.get("recruiting_share", 0)) * pay
        self.lines["hiring"] += people * central(role["attrition_rate"]) * start
        return people * share

    def contract(self, contract: dict[str, Any], overlap: float) -> None:
        fee = central(contract.get("fixed_fee", 0)) + sum(
            central(contract.get(f"per_{driver}", 0)) * n for driver, n in self.count.items()
        )
        fee = 12 * max(fee, central(contract.get("minimum_fee", 0)))
        self.lines["vendor fees"] += fee
        self.lines["paid twice"] += fee * overlap

    def line(self, name: str, line: dict[str, Any], fte: float = 0.0) -> None:
        count = {**self.count, "fte": fte}[line.get("driver", "flat")]
        months = 12 if line.get("period") == "month" else 1
        label = "devices" if name == "devices" else COMPONENTS[line["component"]]
        self.lines[label] += central(line["amount"]) * months * count

    def service(self, name: str, arrangement: str) -> float:
        """Book what one service costs and return its FTE."""
        path = f"services.{name}.arrangements.{arrangement}"
        stated = self.content["services"][name]["arrangements"][arrangement]
        fte = sum(self.employ(role, self.seats(n)) for role, n in stated.get("seats", {}).items())
        for contract in stated.get("contracts", {}).values():
            overlap = central(stated.get("overlap", 0))
            self.contract(contract, overlap * self.readiness.get(f"{path}.overlap", 1.0))
        for label, line in stated.get("lines", {}).items():
            self.line(label, line, fte)
        # As planned, and within the year.
        self.lines["builds"] += sum(
            central(p["budget"]) for p in stated.get("projects", {}).values()
        )
        if "oversight_fte" in stated:
            pay = central(self.content["roles"][stated["oversight_role"]]["pay"])
            self.lines["oversight"] += central(stated["oversight_fte"]) * pay * (1 + self.load)
        return fte


def first_year(
    content: dict[str, Any], arrangement: str, leave_out: tuple[str, ...] = ()
) -> Counter[str]:
    year = Year(content)
    services = [name for name in content["services"] if name not in leave_out]
    fte = sum(year.service(name, arrangement) for name in services)
    taken = {f"{name}.{arrangement}" for name in services}
    for name, line in content["lines"].items():
        if taken.intersection(line.get("needed_by", taken)):
            year.line(name, line)
    managers = content["managers"]
    served = [content["services"][name]["arrangements"][arrangement] for name in services]
    vendors = {vendor for stated in served for vendor in stated.get("contracts", {})}
    spent = central(managers["per_vendor"]) * len(vendors)
    led = max(0.0, central(managers["leader_bandwidth"]) - spent)
    year.employ(managers["role"], math.ceil(fte / central(managers["span"]) - led))
    return year.lines
