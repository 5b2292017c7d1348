"""Where the numbers of a log belong in a scenario, and which of its risks they repeat."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hcrisk.calibrate.likelihood import CalibrationError
from hcrisk.scenario import Scenario
from hcrisk.scenario.refusal import nearest
from hcrisk.scenario.risk import Risk

MOST_NAMED = 12


@dataclass(frozen=True)
class Target:
    """Which risk of a scenario a log is about, and what its costs are.

    Attributes
    ----------
    risk : str
        A new risk, or one of the parent to put the log in the place of.
    replaces : tuple of str
        Risks of the parent whose incidents are in the log: they are switched off.
    providers : float, optional
        Providers of the practice the log is from; the parent's when omitted.
    cap : float, optional
        Greatest cost of an incident; infinite for none. When omitted that of the risk it
        replaces, or a year's revenue of the parent.
    whole : bool
        The costs are all that an incident cost: other loss forms of the risk are switched off.
    insured : bool
        The insurance of the scenario covers the costs.
    """

    risk: str = "incident"
    replaces: tuple[str, ...] = ()
    providers: float | None = None
    cap: float | None = None
    whole: bool = False
    insured: bool = False


@dataclass(frozen=True)
class Place:
    """Where a law of costs is written.

    Attributes
    ----------
    path : str
        Of the law.
    cap : float
        Greatest cost; infinite for none.
    entries : mapping of str to number or flag
        What must be stated beside it.
    without : sequence of str
        What of the parent it takes the place of.
    remarks : sequence of str
    """

    path: str
    cap: float
    entries: dict[str, Any]
    without: Sequence[str]
    remarks: Sequence[str]


def place(parent: Scenario, target: Target) -> Place:
    """Return where a law of costs per incident is written.

    Parameters
    ----------
    parent : Scenario
    target : Target

    Returns
    -------
    Place
        The ``total`` of a risk that shares one out; else one loss form ``cost`` in the place of
        all there are.

    Raises
    ------
    CalibrationError
        If the total's own forms say what is insured.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> found = place(load("mid-market"), Target(risk="outage"))
    >>> found.path, found.without
    ('risks.outage.losses.cost.severity', ['risks.outage.losses'])
    """
    known, path = parent.risks.get(target.risk), f"risks.{target.risk}"
    if known is not None and known.total is not None:
        return _total(parent, target, known)
    remarks, without = [], []
    insured, indemnified = target.insured, False
    if known is not None and known.losses:
        forms = [form for form in known.losses.values() if form.severity is not None]
        insured = insured or (bool(forms) and all(form.insured for form in forms))
        indemnified = bool(forms) and all(form.indemnified for form in forms)
        without.append(f"{path}.losses")
        without += [
            f"insurance.{name}.{target.risk}"
            for name in ("sublimits", "unmet_sublimits")
            if parent.insurance is not None and target.risk in getattr(parent.insurance, name)
        ]
        units = ", ".join(f"{name} (per {form.per})" for name, form in known.losses.items())
        remarks.append(
            f"{target.risk} of {parent.name} stated its losses as {units}; the log's costs per "
            "incident take their place, and no longer grow with the practice"
        )
    flags = {"insured": insured, "indemnified": indemnified}
    entries = {f"{path}.losses.cost.{name}": True for name, said in flags.items() if said}
    return Place(f"{path}.losses.cost.severity", _cap(parent, target), entries, without, remarks)


def _total(parent: Scenario, target: Target, risk: Risk) -> Place:
    if target.insured:
        raise CalibrationError(
            f"the loss forms of {target.risk} of {parent.name} say themselves what is insured; "
            "leave out --insured, or edit the forms"
        )
    beside = [
        name
        for name, form in risk.losses.items()
        if form.severity is not None
        and any(chance.constant != 0.0 for chance in form.probability.numbers().values())
    ]
    entries: dict[str, Any] = {}
    remarks = []
    if beside and target.whole:
        note = "the costs in the log are all of it"
        entries = {
            f"risks.{target.risk}.losses.{name}.probability": {"value": 0.0, "note": note}
            for name in beside
        }
    elif beside:
        remarks.append(
            f"the log's costs take the place of the total of {target.risk}; {', '.join(beside)} "
            "have costs of their own on top: if they are in the log, add --whole-cost"
        )
    path = f"risks.{target.risk}.total"
    return Place(path, _cap(parent, target), entries, [], remarks)


def _cap(parent: Scenario, target: Target) -> float:
    if target.cap is not None:
        return target.cap
    known = parent.risks.get(target.risk)
    if known is not None and known.total is not None and known.total.clip is not None:
        return known.total.clip[1]
    revenue = parent.practice.revenue
    one = float(parent.practice.providers) if revenue.per_provider else 1.0
    return float(f"{revenue.number.central * one:.3g}")


def cap_remark(parent: Scenario, target: Target, cap: float) -> list[str]:
    """Return a remark if nobody stated the greatest cost.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> cap_remark(load("mid-market"), Target(), 45e6)[0][:56]
    'no --cap: costs are cut at 45,000,000, a year of revenue'
    """
    if target.cap is not None or not math.isfinite(cap):
        return []
    known = parent.risks.get(target.risk)
    inherited = known is not None and known.total is not None and known.total.clip is not None
    why = f"as {target.risk}" if inherited else "a year of revenue"
    return [
        f"no --cap: costs are cut at {cap:,.0f}, {why} of {parent.name}; state the greatest loss "
        "the practice's own incidents may bring"
    ]


def switched_off(parent: Scenario, target: Target) -> dict[str, Any]:
    """Return a frequency of 0 for each risk that the log holds already.

    Parameters
    ----------
    parent : Scenario
    target : Target

    Raises
    ------
    CalibrationError
        If the parent has no such risk, or it is the one that is written.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> switched_off(load("mid-market"), Target(replaces=("outage",)))
    {'risks.outage.frequency': {'value': 0.0, 'note': 'counted in risk incident'}}
    """
    for name in target.replaces:
        if name == target.risk:
            raise CalibrationError(
                f"--replaces names {name!r}, the risk that is written; leave it out"
            )
        if name not in parent.risks:
            raise CalibrationError(
                f"{parent.name} has no risk {name!r} to switch off; {nearest(name, parent.risks)}"
            )
    note = f"counted in risk {target.risk}"
    return {f"risks.{name}.frequency": {"value": 0.0, "note": note} for name in target.replaces}


def overlap_remarks(parent: Scenario, target: Target) -> list[str]:
    """Return which risks of the parent may be in the log too, and what to do about it.

    Parameters
    ----------
    parent : Scenario
    target : Target

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> overlap_remarks(load("mid-market"), Target())[0][:70]
    'counted twice? mid-market has breach (0.037 a year), peripheral_breach'
    """
    others = {
        name: _yearly(risk)
        for name, risk in parent.risks.items()
        if name not in (target.risk, *target.replaces) and _yearly(risk) > 0.0
    }
    if not others:
        return []
    named = [f"{name} ({rate:.2g} a year)" for name, rate in others.items()][:MOST_NAMED]
    more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
    new = target.risk not in parent.risks
    instead = ", or put the log in the place of one with --risk NAME" if new else ""
    return [
        f"counted twice? {parent.name} has {', '.join(named)}{more} beside {target.risk}: take "
        f"their incidents out of the log, or switch off a risk the log holds with --replaces "
        f"NAME{instead}"
    ]


def _yearly(risk: Risk) -> float:
    number = risk.frequency
    return number.central if number.distribution is None else number.distribution.mean()
