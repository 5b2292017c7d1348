"""From an extract of personnel records to what a scenario states of its roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hcrisk.calibrate.document import Derived, severity_entries
from hcrisk.calibrate.events import confidence, preferred
from hcrisk.calibrate.goodness import Ranking, rank_severities
from hcrisk.calibrate.likelihood import CalibrationError
from hcrisk.calibrate.staff import BREAKS, Attrition, Spells, attrition, tenure_entries
from hcrisk.calibrate.survival import Hazards
from hcrisk.calibrate.windows import Window
from hcrisk.scenario import Scenario

# A tenure profile is written only if one flat rate is this unlikely; else it would be noise.
SIGNIFICANT = 0.05


@dataclass(frozen=True, eq=False)
class StaffFindings:
    """What was found in an extract of personnel records.

    Attributes
    ----------
    window : Window
    everybody : Attrition
    by_role : mapping of str to Attrition
    tenure : Hazards or None
        None if nobody left.
    fills : mapping of str to Ranking
        Time to fill by role, and of all under ``""``.
    derived : Derived
    remarks : tuple of str
    """

    window: Window
    everybody: Attrition
    by_role: Mapping[str, Attrition]
    tenure: Hazards | None
    fills: Mapping[str, Ranking]
    derived: Derived
    remarks: tuple[str, ...]


def staff_findings(
    staff: Spells,
    parent: Scenario,
    *,
    openings: Spells | None = None,
    roles: Mapping[str, str] | None = None,
) -> StaffFindings:
    """Fit attrition, tenure profile and time to fill, by role.

    Parameters
    ----------
    staff : Spells
        Of tenure, from `read_staff`.
    parent : Scenario
        What the new scenario extends; only its roles can be written.
    openings : Spells, optional
        Of days open, from `read_openings`.
    roles : mapping of str to str, optional
        What a role is called in the extract, to its name in the scenario. Those called as in
        the scenario, or as its label, need none.

    Returns
    -------
    StaffFindings

    Examples
    --------
    >>> import numpy as np
    >>> from datetime import date
    >>> from hcrisk.scenarios import load
    >>> years = Window(date(2021, 1, 1), date(2024, 12, 31))
    >>> tenure, left = np.array([1.5, 4.0, 4.0, 4.0]), np.array([True, False, False, False])
    >>> desk = Spells(("technician",) * 4, np.zeros(4), tenure, left, years, "years")
    >>> found = staff_findings(desk, load("mid-market"))
    >>> round(found.everybody.rate, 3), list(found.derived.entries)
    (0.074, ['roles.technician.attrition_rate'])
    """
    names = _role_names(parent, roles or {})
    staff = staff.renamed(lambda role: names.get(_key(role), role))
    by_role = {role: attrition(staff.of_role(role)) for role in sorted(set(staff.role))}
    entries: dict[str, Any] = {
        f"roles.{role}.attrition_rate": found.number()
        for role, found in by_role.items()
        if role in parent.roles
    }
    remarks = [
        f"{role!r} is no role of {parent.name}: not written; map it to one"
        for role in by_role
        if role not in parent.roles
    ]
    tenure = _tenure(staff, remarks)
    if tenure is not None and tenure.flat_p_value() < SIGNIFICANT:
        entries |= tenure_entries(tenure)
    elif tenure is not None:
        remarks.append(
            f"these {int(tenure.events.sum())} departures do not tell newcomers from others: the "
            f"tenure profile of {parent.name} stays"
        )
    fills: dict[str, Ranking] = {}
    links: list[dict[str, Any]] = []
    if openings is not None:
        openings = openings.renamed(lambda role: names.get(_key(role), role))
        fills = _fills(openings, remarks)
        for role in filter(parent.roles.__contains__, fills):
            path = f"roles.{role}.time_to_fill_days"
            law, more = severity_entries(preferred(fills[role]), path)
            entries |= law
            links += more
    everybody = attrition(staff)
    note = (
        f"{len(staff.role)} people, {everybody.departures} departures in "
        f"{everybody.person_years:.1f} person-years, {staff.window}"
    )
    if openings is not None:
        note += f"; {len(openings.role)} openings, {int(openings.event.sum())} filled"
    derived = Derived(
        "own_staff", "Extract of personnel records", confidence(everybody.departures), note,
        entries, links, staff.window.last.year,
    )  # fmt: skip
    return StaffFindings(staff.window, everybody, by_role, tenure, fills, derived, tuple(remarks))


def _key(role: str) -> str:
    return "".join(c for c in role.lower() if c.isalnum())


def _role_names(parent: Scenario, roles: Mapping[str, str]) -> dict[str, str]:
    found = {_key(name): name for name in parent.roles}
    found |= {_key(role.label): name for name, role in parent.roles.items() if role.label}
    for said, name in roles.items():
        if name not in parent.roles:
            raise CalibrationError(
                f"{parent.name} has no role {name!r}; map {said!r} to one of "
                f"{', '.join(parent.roles)}"
            )
        found[_key(said)] = name
    return found


def _tenure(staff: Spells, remarks: list[str]) -> Hazards | None:
    for last in range(len(BREAKS), -1, -1):
        try:
            hazards = staff.hazards(BREAKS[:last])
        except CalibrationError:
            continue
        if hazards.events.any():
            if last < len(BREAKS):
                remarks.append(f"nobody was followed beyond {BREAKS[last]:g} years of tenure")
            return hazards
    remarks.append("nobody left: the tenure profile stays as it is")
    return None


def _fills(openings: Spells, remarks: list[str]) -> dict[str, Ranking]:
    fills = {}
    for role in ["", *sorted(set(openings.role))]:
        some = openings.of_role(role) if role else openings
        try:
            fills[role] = rank_severities(some.sample(), ["lognormal", "weibull", "gamma"])
        except CalibrationError as error:
            remarks.append(f"time to fill {role or 'of all'}: {error}")
    return fills
