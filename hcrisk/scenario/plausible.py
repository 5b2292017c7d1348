"""Central values that lie where such a number hardly ever lies, often for a slip in the unit."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hcrisk.exceptions import Problem
from hcrisk.scenario.describe import number_text
from hcrisk.scenario.practice import Practice
from hcrisk.scenario.quantity import Law, Number, Quantity
from hcrisk.scenario.register import parts_of, unit_at
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.size import Count, Seats, Size
from hcrisk.scenario.table import field_at, told

# What a number in another unit is multiplied by, for units that hold the word.
SLIPS = (
    ("", 1_000.0, "in thousands"),
    ("/year", 12.0, "for a month"),
    ("/month", 1 / 12, "for a year"),
    ("", 0.01, "in percent"),
)


def central_of(quantity: Quantity, practice: Practice) -> float | None:
    """Return a number's central value: by provider for a size, None where there is none.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> practice = load("mid-market").practice
    >>> central_of(Number(3.5), practice), central_of(practice.users, practice)
    (3.5, 4.3)
    >>> central_of(Size.parse(215), practice)
    4.3
    """
    if isinstance(quantity, Size):
        one = float(practice.providers)
        return quantity.number.central / (1.0 if quantity.per_provider else one)
    if isinstance(quantity, Seats):
        return quantity.count.of(practice)
    if isinstance(quantity, Count):
        return quantity.of(practice, round_up=False)
    if isinstance(quantity, Law):
        return quantity.distribution.median() if quantity.constant is None else quantity.constant
    return quantity.central if isinstance(quantity, Number) else None


def unusual(scenario: Scenario) -> list[Problem]:
    """Return a remark for every number whose central value is not where such numbers lie.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of Problem
        Nothing is wrong with the scenario: each of these numbers may be meant.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> odd = load("mid-market").replace({"roles.technician.attrition_rate": 5})
    >>> print(unusual(odd)[0])
    roles.technician.attrition_rate = 5.0: is usually 0.01 to 2; write 0.05 if 5 is in percent
    """
    return [
        problem
        for path, quantity in parts_of(scenario)
        for problem in _outside(scenario, path, quantity)
    ]


def _outside(scenario: Scenario, path: str, quantity: Quantity) -> Iterator[Problem]:
    usual = told(field_at(Scenario, path.split(".")), "usual")
    unit = unit_at(path)
    # The usual amounts are in US dollars.
    if usual is None or (unit.startswith("USD") and scenario.currency != "USD"):
        return
    # What is usual of a law is not usual of its parameters.
    if isinstance(scenario.quantities().get(path.rpartition(".")[0]), Law):
        return
    value = central_of(quantity, scenario.practice)
    if value is None or value == 0.0 or not math.isfinite(value) or usual[0] <= value <= usual[1]:
        return
    if isinstance(quantity, Size) and not quantity.per_provider:
        one = float(scenario.practice.providers)
        value, usual = quantity.number.central, [one * end for end in usual]
    low, high = usual
    words = "" if unit in ("share", "multiple", "1/year") else f" {unit}"
    rule = f"is usually {number_text(low)} to {number_text(high)}{words}".rstrip()
    yield Problem(path, float(f"{value:.6g}"), rule, _remedy(value, low, high, unit))


def _remedy(value: float, low: float, high: float, unit: str) -> str:
    for word, factor, meaning in SLIPS:
        meant = value * factor
        if word in unit and low <= meant <= high and (factor > 1) == (value < low):
            return f"write {number_text(meant)} if {number_text(value)} is {meaning}"
    return "check its unit; if it is meant, leave it"
