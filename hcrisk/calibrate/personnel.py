"""From an extract of personnel records to what a scenario states of its roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hcrisk.calibrate.backtest import Backtest, backtest_rate
from hcrisk.calibrate.document import NOTHING, Derived, severity_entries
from hcrisk.calibrate.events import preferred
from hcrisk.calibrate.evidence import confidence, founded
from hcrisk.calibrate.goodness import Ranking, rank_severities
from hcrisk.calibrate.likelihood import CalibrationError
from hcrisk.calibrate.staff import BREAKS, Attrition, Spells, attrition, tenure_entries
from hcrisk.calibrate.survival import Hazards
from hcrisk.calibrate.windows import Window
from hcrisk.figures import counted
from hcrisk.scenario import Scenario
from hcrisk.scenario.refusal import nearest

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
    derived : tuple of Derived
        One for each role, whose confidence is its own, and one for the tenure profile.
    remarks : tuple of str
    tests : mapping of str to Backtest
        Departures held out, by role, and of all under ``""``.
    """

    window: Window
    everybody: Attrition
    by_role: Mapping[str, Attrition]
    tenure: Hazards | None
    fills: Mapping[str, Ranking]
    derived: tuple[Derived, ...]
    remarks: tuple[str, ...]
    tests: Mapping[str, Backtest] = field(default_factory=dict)


def staff_findings(
    staff: Spells,
    parent: Scenario,
    *,
    openings: Spells | None = None,
    roles: Mapping[str, str] | None = None,
    later: Spells | None = None,
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
    later : Spells, optional
        Of tenure, over a later window: what came is held against the rates.

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
    >>> round(found.everybody.rate, 3), [list(one.entries) for one in found.derived]
    (0.074, [['roles.technician.attrition_rate']])
    """
    names = _role_names(parent, roles or {})

    def called(role: str) -> str:
        return names.get(_key(role), role)

    staff = staff.renamed(called)
    by_role = {role: attrition(staff.of_role(role)) for role in sorted(set(staff.role))}
    everybody = attrition(staff)
    tests = {} if later is None else _tests(later.renamed(called), by_role, everybody)
    remarks = _role_remarks(parent, by_role, tests)
    tenure = _tenure(staff, remarks)
    profile: dict[str, Any] = {}
    if tenure is not None and tenure.flat_p_value() < SIGNIFICANT:
        profile = tenure_entries(tenure)
    elif tenure is not None:
        remarks.append(
            f"these {int(tenure.events.sum())} departures do not tell newcomers from others: the "
            f"tenure profile of {parent.name} stays"
        )
    fills: dict[str, Ranking] = {}
    if openings is not None:
        openings = openings.renamed(called)
        fills = _fills(openings, remarks)
    made = [
        _derived(role, staff, by_role.get(role), fills.get(role), tests.get(role))
        for role in parent.roles
        if role in by_role or role in fills
    ]
    if profile:
        n = everybody.departures
        note = f"{n} departures, {staff.window}; {founded(n)}"
        title, year = "Extract of personnel records: tenure", staff.window.last.year
        made.append(Derived("own_staff", title, confidence(n), note, profile, year=year))
    if not made:
        remarks.append(f"{NOTHING}no role of the extract is one of {parent.name}")
    return StaffFindings(
        staff.window, everybody, by_role, tenure, fills, tuple(made), tuple(remarks), tests
    )


def _role_remarks(
    parent: Scenario, by_role: Mapping[str, Attrition], tests: Mapping[str, Backtest]
) -> list[str]:
    remarks = [
        f"{role!r} is no role of {parent.name}: not written; map it with --role "
        f'"{role}=NAME", one of {", ".join(parent.roles)}'
        for role in by_role
        if role not in parent.roles
    ]
    remarks += [
        f"{role} has no departures to speak of in the extract: its rate rests on "
        f"{one.person_years:.1f} person-years without one"
        for role, one in by_role.items()
        if role in parent.roles and not one.departures
    ]
    remarks += [
        f"the backtest of attrition of {role or 'all'} failed"
        for role, test in tests.items()
        if not test.is_passed
    ]
    return remarks


def _derived(
    role: str,
    staff: Spells,
    left: Attrition | None,
    fill: Ranking | None,
    test: Backtest | None,
) -> Derived:
    """Return what is written of one role, with what is behind it as its source."""
    entries: dict[str, Any] = {}
    links: list[dict[str, Any]] = []
    said, observed = [], []
    if left is not None:
        entries[f"roles.{role}.attrition_rate"] = left.number()
        what = "departure" if left.departures == 1 else "departures"
        said.append(f"{left.departures} {what} in {left.person_years:.1f} person-years")
        observed.append(left.departures)
    if fill is not None:
        law = preferred(fill)
        found, links = severity_entries(law, f"roles.{role}.time_to_fill_days")
        entries |= found
        said.append(f"{law.n} openings, {law.family}")
        observed.append(law.n)
    tests = [] if test is None else [test]
    note = f"{', '.join(said)}, {staff.window}; {founded(min(observed), tests)}"
    return Derived(
        key=f"own_staff_{role}",
        title=f"Extract of personnel records: {role}",
        confidence=confidence(min(observed), tests),
        note=note,
        entries=entries,
        correlations=links,
        year=staff.window.last.year,
    )


def _tests(
    later: Spells, by_role: Mapping[str, Attrition], everybody: Attrition
) -> dict[str, Backtest]:
    found = {}
    for role, fitted in [("", everybody), *by_role.items()]:
        some = later.of_role(role) if role else later
        if not some.role:
            continue
        came = attrition(some)
        found[role] = backtest_rate(
            fitted.departures, fitted.person_years, came.departures, came.person_years
        )
    return found


def _key(role: str) -> str:
    return "".join(c for c in role.lower() if c.isalnum())


def _role_names(parent: Scenario, roles: Mapping[str, str]) -> dict[str, str]:
    found = {_key(name): name for name in parent.roles}
    found |= {_key(role.label): name for name, role in parent.roles.items() if role.label}
    for said, name in roles.items():
        if name not in parent.roles:
            raise CalibrationError(
                f"{parent.name} has no role {name!r} to map {said!r} to; "
                f"{nearest(name, parent.roles)}"
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
                remarks.append(
                    f"nobody was followed beyond {counted(float(BREAKS[last]), 'years')} of tenure"
                )
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
