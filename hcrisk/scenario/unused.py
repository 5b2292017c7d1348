"""Entries a file adds that nothing uses: often another entry's name, misspelt."""

from __future__ import annotations

from collections.abc import Iterator

from hcrisk.exceptions import Problem
from hcrisk.scenario.refusal import nearest
from hcrisk.scenario.scenario import Scenario


def unused(scenario: Scenario) -> list[Problem]:
    r"""Return a remark for every role, vendor and arrangement that is new and has no effect.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of Problem
        Empty if it extends nothing.

    Examples
    --------
    >>> from hcrisk.scenarios import from_toml
    >>> text = 'name = "a"\nextends = "mid-market"\nvendors.mps.term_months = 12'
    >>> print(unused(from_toml(text))[0])
    vendors.mps: is new, and no contract or risk names it; did you mean "msp"?
    """
    parent = scenario.parent
    if parent is None:
        return []
    used = _used(scenario)
    return [
        Problem(path, None, f"is new, and no {where} names it", nearest(name, known, "drop it"))
        for path, name, where, known in _added(scenario, parent)
        if path not in used
    ]


def _added(scenario: Scenario, parent: Scenario) -> Iterator[tuple[str, str, str, list[str]]]:
    """Iterate over new entries: path, name, what would use them, and the names of old ones."""
    for name in scenario.roles:
        if name not in parent.roles:
            yield f"roles.{name}", name, "seat or oversight", list(parent.roles)
    for name in scenario.vendors:
        if name not in parent.vendors:
            yield f"vendors.{name}", name, "contract or risk", list(parent.vendors)
    for service, stated in scenario.services.items():
        if service not in parent.services:
            continue
        known = parent.services[service].arrangements
        for name in stated.arrangements:
            if name not in known:
                yield f"services.{service}.arrangements.{name}", name, "strategy", list(known)


def _used(scenario: Scenario) -> set[str]:
    used = {f"vendors.{risk.vendor}" for risk in scenario.risks.values()}
    if scenario.managers is not None:
        used.add(f"roles.{scenario.managers.role}")
    for service, stated in scenario.services.items():
        path = f"services.{service}.arrangements"
        used.add(f"{path}.{stated.current}")
        used |= {
            f"{path}.{chosen.arrangement_of(service)}" for chosen in scenario.strategies.values()
        }
        for arrangement in stated.arrangements.values():
            used |= {f"roles.{role}" for role in (*arrangement.seats, arrangement.oversight_role)}
            used |= {f"vendors.{vendor}" for vendor in arrangement.contracts}
    return used
