"""What ties a risk to strategies, of risks that a log takes the place of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hcrisk.calibrate.fitted import short
from hcrisk.calibrate.target import Target
from hcrisk.scenario import Scenario

# Fields of a risk through which strategies and the practice change how often it happens.
TIES = {
    "effects": "effects of coverage, skills and arrangement",
    "vendor": "the vendor it belongs to",
    "service": "the service its cost is booked to",
    "transition_multiple": "more during a change",
    "max_multiple": "the greatest multiple of its rate",
    "size_exponent": "growth with the practice",
    "trend": "growth from year to year",
}


@dataclass(frozen=True)
class Ties:
    """What a new risk takes over from those it replaces, and what is lost.

    Attributes
    ----------
    carried : mapping of str to number, law, text or table
        By dotted path, with the sources they have in the parent.
    entries : mapping of str to number
        What the log must state beside them.
    remarks : sequence of str
    """

    carried: Mapping[str, Any]
    entries: Mapping[str, Any]
    remarks: Sequence[str]


def ties(parent: Scenario, target: Target) -> Ties:
    """Return what a risk takes over from the risks it replaces: whatever they all have alike.

    Parameters
    ----------
    parent : Scenario
    target : Target
        With ``replaces``.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> found = ties(load("mid-market"), Target(replaces=("escalation",)))
    >>> sorted(path.rpartition(".")[2] for path in found.carried)
    ['effects', 'service', 'size_exponent']
    """
    risks = parent.to_mapping()["risks"]
    stated = {name: risks[name] for name in dict.fromkeys(target.replaces) if name in risks}
    if not stated:
        return Ties({}, {}, [])
    new = target.risk not in parent.risks
    alike, apart = {}, []
    for field in TIES:
        values = [risk.get(field) for risk in stated.values()]
        if all(value is None for value in values):
            continue
        if new and all(value == values[0] for value in values):
            alike[field] = values[0]
        elif new or values != [risks[target.risk].get(field)] * len(values):
            apart.append(field)
    entries = {}
    if "size_exponent" in alike:
        size = target.providers or float(parent.practice.providers)
        entries[f"risks.{target.risk}.reference_providers"] = short(size)
    remarks = [_lost(parent, target, stated, apart)] if apart else []
    remarks += [_taken(parent, target, alike)] if alike else []
    carried = {f"risks.{target.risk}.{field}": value for field, value in alike.items()}
    return Ties(carried, entries, remarks)


def _taken(parent: Scenario, target: Target, alike: Mapping[str, Any]) -> str:
    said = ", ".join(f"{field} ({TIES[field]})" for field in alike)
    names = list(dict.fromkeys(target.replaces))
    what = f"{names[0]} of {parent.name} states"
    if len(names) > 1:
        what = f"{' and '.join(names)} of {parent.name} state alike"
    rate = "; the log is taken to be of the state at which the effects are 1"
    return f"{target.risk} takes over what {what}: {said}{rate if 'effects' in alike else ''}"


def _lost(parent: Scenario, target: Target, stated: Mapping[str, Any], apart: Sequence[str]) -> str:
    parts = []
    for name, risk in stated.items():
        said = [
            f"{field} ({_shape(risk[field]) if field == 'effects' else TIES[field]})"
            for field in apart
            if risk.get(field) is not None
        ]
        parts += [f"{name}: {', '.join(said)}"] if said else []
    effects = "effects" in apart
    flat = (
        f", so that {target.risk} is the same in every strategy"
        if effects and target.risk not in parent.risks
        else ""
    )
    fields = [f"[risks.{target.risk}.effects]"] if effects else []
    fields += [f"risks.{target.risk}.{field}" for field in apart if field != "effects"]
    return (
        f"lost: what ties the replaced risks of {parent.name} to strategies, as they differ in it "
        f"({'; '.join(parts)}){flat}. Write what holds of the log's incidents under "
        f"{', '.join(fields)}, or calibrate each kind from a log of its own with --risk NAME, "
        "which keeps it"
    )


def _shape(effects: Mapping[str, Any]) -> str:
    """Return which states change what, such as ``frequency by unskilled share of help_desk``."""
    said = []
    for service, effect in effects.items():
        state = effect.get("on", "uncovered")
        said += [
            f"{what} by {state} share of {service}"
            for what in ("frequency", "severity")
            if what in effect
        ]
        said += [f"frequency by arrangement of {service}"] if effect.get("factors") else []
    return ", ".join(said)
