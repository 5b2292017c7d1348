"""Which strategies an input enters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hcrisk.scenario import Scenario

# What counts on leaving today's arrangement.
LEAVING = (
    "announce",
    "exit_fee_share",
    "max_parallel_months",
    "notice_months",
    "severance_weeks",
)


class Reach(NamedTuple):
    """What a choice of arrangements consists of."""

    cells: frozenset[tuple[str, str]]
    vendors: frozenset[str]
    roles: frozenset[str]
    has_seats: bool


def users(scenario: Scenario, strategies: Iterable[str], path: str) -> list[str]:
    """Return the strategies that an input enters.

    What a strategy pays only until it has left today's arrangement does not count, except where
    leaving is what the input is about. Inputs of the practice as a whole enter every strategy.

    Parameters
    ----------
    scenario
        The scenario.
    strategies
        Names of strategies.
    path
        Dotted path of the input.

    Returns
    -------
    list of str

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> mid_market, names = load("mid-market"), ["insource", "outsource", "current"]
    >>> users(mid_market, names, "vendors.msp.switch.rate")
    ['outsource', 'current']
    >>> users(mid_market, names, "macro.wage.mean")
    ['insource', 'outsource', 'current']
    """
    today = reach(scenario, scenario.current)
    leaving = path.rpartition(".")[2] in LEAVING
    return [
        name
        for name in strategies
        if _enters(scenario, path, reach(scenario, scenario.assignment(name)))
        or (leaving and _enters(scenario, path, today))
    ]


def reach(scenario: Scenario, assignment: Mapping[str, str]) -> Reach:
    """Return the arrangements, vendors and roles of one arrangement for every service."""
    chosen = [scenario.services[name].arrangements[one] for name, one in assignment.items()]
    roles = {role for arrangement in chosen for role in arrangement.seats}
    has_seats = bool(roles)
    roles |= {arrangement.oversight_role for arrangement in chosen if arrangement.oversight_role}
    if has_seats and scenario.managers is not None:
        roles.add(scenario.managers.role)
    vendors = frozenset(vendor for arrangement in chosen for vendor in arrangement.contracts)
    return Reach(frozenset(assignment.items()), vendors, frozenset(roles), has_seats)


def _enters(scenario: Scenario, path: str, within: Reach) -> bool:
    match path.split("."):
        case ["services", service, "arrangements", name, *_]:
            return (service, name) in within.cells
        case ["vendors", name, *_]:
            return name in within.vendors
        case ["roles", name, *_]:
            return name in within.roles
        case ["managers", *_]:
            return within.has_seats
        case ["people", *_]:
            return bool(within.roles)
        case ["lines", name, *_]:
            needed = scenario.lines[name].needed_by
            return not needed or any(".".join(cell) in needed for cell in within.cells)
        case ["risks", _, "effects", service, "factors", name, *_]:
            return (service, name) in within.cells
        case ["risks", name, *_]:
            vendor = scenario.risks[name].vendor
            return vendor is None or vendor in within.vendors
    return True
