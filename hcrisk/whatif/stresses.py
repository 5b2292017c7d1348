"""Named stress scenarios: what could go wrong, as changes of a scenario's own numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hcrisk.scenario.quantity import Quantity
from hcrisk.scenario.register import unit_at
from hcrisk.scenario.scenario import Scenario
from hcrisk.simulation import check_scenario
from hcrisk.whatif._scaling import at_most_one, scaled

WAGES = 1.15
FEES = 1.2
FAILURES = 5.0
BREACHES = 2.0
LOSSES = 2.0
ATTRITION = 1.5
HIRING = 2.0
PRICES = ("fixed_fee", "per_user", "per_endpoint", "per_provider", "per_site", "per_claim")
FEE_FIELDS = (*PRICES, "minimum_fee", "collections_share")


class Stress(NamedTuple):
    """One stress: what it is called, what it means, and the changes that make it.

    Attributes
    ----------
    label, says : str
    changes : mapping
        From dotted path to the new value, as `Scenario.replace` takes it.
    """

    label: str
    says: str
    changes: Mapping[str, Any]


def stresses(scenario: Scenario) -> dict[str, Stress]:
    """Return the named stresses that apply to a scenario, made from its own numbers.

    ============== =========================================================================
    name           change
    ============== =========================================================================
    wages          every role's pay is 15 % higher from the start
    fees           every contract's fees are 20 % higher from the start
    vendor_failure every vendor fails five times as often
    breaches       every risk is twice as frequent
    severity       every loss is twice as large, totals included
    attrition      staff of every role leave half as often again
    hiring         every seat takes twice as long to fill
    no_insurance   the insurer refuses: no cover, and no premium
    ============== =========================================================================

    A distribution keeps its family and shape, so an uncertain number stays as uncertain as it was,
    in proportion. How severe a stress is, is a convention and no forecast.

    Parameters
    ----------
    scenario
        From `hcrisk.load` or built in Python.

    Returns
    -------
    dict
        By name; a stress that changes nothing, such as failures where there are no vendors, is
        left out.

    Raises
    ------
    TypeError
        For what is not a scenario.

    Examples
    --------
    >>> import hcrisk
    >>> found = stresses(hcrisk.load("small-practice"))
    >>> list(found)[:3], found["attrition"].says
    (['wages', 'fees', 'vendor_failure'], 'staff of every role leave 1.5 times as often')
    """
    check_scenario(scenario)
    found = {name: Stress(label, says, change(scenario)) for name, label, says, change in _STRESSES}
    return {name: one for name, one in found.items() if one.changes}


def _times(factor: float, wanted: Callable[[list[str]], bool]) -> Callable[[Scenario], Any]:
    """Return what multiplies every number or law whose path is wanted and that is not 0."""

    def change(scenario: Scenario) -> dict[str, Any]:
        found = scenario.quantities().items()
        chosen = {path: one for path, one in found if wanted(path.split(".")) and not _is_zero(one)}
        changed = {path: scaled(quantity.raw(), factor) for path, quantity in chosen.items()}
        return {
            path: at_most_one(raw) if unit_at(path) == "share" else raw
            for path, raw in changed.items()
        }

    return change


def _is_zero(quantity: Quantity) -> bool:
    numbers = quantity.numbers().values()
    return all(number.value == 0.0 for number in numbers)


def _of(table: str, *end: str) -> Callable[[list[str]], bool]:
    """Return whether a path is this field of an entry of a table."""
    return lambda parts: parts[:1] == [table] and tuple(parts[2:]) == end


def _is_fee(parts: list[str]) -> bool:
    return len(parts) == 7 and parts[4] == "contracts" and parts[6] in FEE_FIELDS


def _is_loss(parts: list[str]) -> bool:
    if parts[0] != "risks":
        return False
    return parts[2:] == ["total"] or (parts[2] == "losses" and parts[4:] == ["severity"])


def _uninsured(scenario: Scenario) -> dict[str, Any]:
    return {} if scenario.insurance is None else {"insurance": None}


_STRESSES: tuple[tuple[str, str, str, Callable[[Scenario], Any]], ...] = (
    ("wages", "Wages 15% up", "every role's pay is 15% higher", _times(WAGES, _of("roles", "pay"))),
    ("fees", "Fees 20% up", "every contract's fees are 20% higher", _times(FEES, _is_fee)),
    (
        "vendor_failure",
        "Vendors fail 5x as often",
        "every vendor fails five times as often",
        _times(FAILURES, _of("vendors", "failure", "rate")),
    ),
    (
        "breaches",
        "Events 2x as often",
        "every risk is twice as frequent",
        _times(BREACHES, _of("risks", "frequency")),
    ),
    ("severity", "Losses 2x as large", "every loss is twice as large", _times(LOSSES, _is_loss)),
    (
        "attrition",
        "Attrition 1.5x",
        "staff of every role leave 1.5 times as often",
        _times(ATTRITION, _of("roles", "attrition_rate")),
    ),
    (
        "hiring",
        "Hiring takes 2x as long",
        "every seat takes twice as long to fill",
        _times(HIRING, _of("roles", "time_to_fill_days")),
    ),
    ("no_insurance", "No insurance", "the insurer refuses: no cover, and no premium", _uninsured),
)
