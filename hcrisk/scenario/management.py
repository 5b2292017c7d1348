"""Who manages own staff: the managers that a strategy has, and what they leave undone."""

from __future__ import annotations

import math
from typing import NamedTuple

from hcrisk.scenario.scenario import CURRENT, Scenario
from hcrisk.scenario.steps import HAIR, internal_fte


class Management(NamedTuple):
    """The management of one strategy, in managers.

    Attributes
    ----------
    strategy : str
    fte : float
        Contracted FTE of all services.
    needed : float
        FTE over the span of control.
    leader : float
        Done by the technology leader, beside the vendors.
    managers : int
        Hired.
    missing : float
        What neither does.
    """

    strategy: str
    fte: float
    needed: float
    leader: float
    managers: int
    missing: float


def management(scenario: Scenario) -> tuple[Management, ...]:
    """Return who manages the own staff of every strategy, as section 4 of docs/model.md has it.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    tuple of Management
        One for each strategy and today's arrangement, of those that have own staff; empty if
        nobody manages.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> busy = load("mid-market").replace({"managers.span": 4, "managers.most": 1})
    >>> management(busy)[0].managers, round(management(busy)[0].missing, 2)
    (1, 0.65)
    """
    names = dict.fromkeys([*scenario.strategies, CURRENT])
    found = [_management(scenario, name) for name in names] if scenario.managers else []
    return tuple(entry for entry in found if entry is not None and entry.fte > 0)


def _management(scenario: Scenario, strategy: str) -> Management | None:
    rules = scenario.managers
    if rules is None:
        return None
    fte = internal_fte(scenario, strategy)
    needed = fte / float(rules.span)
    chosen = scenario.assignment(strategy).items()
    vendors = {v for name, a in chosen for v in scenario.services[name].arrangements[a].contracts}
    busy = float(rules.per_vendor) * len(vendors)
    leader = max(0.0, float(rules.leader_bandwidth) - busy) if needed else 0.0
    managers = max(0, math.ceil(needed - leader - HAIR))
    if rules.most is not None:
        managers = min(int(float(rules.most)), managers)
    missing = needed - leader - managers
    return Management(strategy, fte, needed, leader, managers, missing if missing > HAIR else 0.0)
