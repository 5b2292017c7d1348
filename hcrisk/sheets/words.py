"""What a row is called, and the heading it stands under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hcrisk.scenario.refusal import look_up
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.table import field_at

# Tables whose names need no word for what they are.
PLAIN = ("arrangements", "lines", "losses", "contracts", "services", "effects")
# Ends of a path that tell in which way a number is stated.
ENDS = {
    "per_provider": ", for each provider",
    "ratio": ", in proportion",
    "minimum": ", at least",
    "count": "",
}
# What an entry of a list holds for.
LEVELS = ("at", "above", "from", "on")
# Parts of a path below which everything stands under one heading.
DEPTHS = {"services": 4, "roles": 2, "vendors": 2, "risks": 2, "strategies": 2, "readiness": 2}
TITLES = {
    "practice": "The practice",
    "horizon": "How far to look ahead",
    "growth": "How the practice's size changes",
    "discounting": "What money costs you",
    "macro": "Wages, prices and attrition in the economy",
    "people": "All own staff",
    "managers": "Who manages own staff",
    "lines": "Costs that services share: tools, licences, devices",
    "insurance": "Your cyber policy",
    "correlations": "What moves together",
}


def group_of(content: Mapping[str, Any], path: str) -> str:
    """Return the heading under which a field stands.

    Examples
    --------
    >>> group_of({"roles": {"analyst": {"label": "Data analyst"}}}, "roles.analyst.pay")
    'Data analyst'
    >>> group_of({}, "people.benefits_load"), group_of({}, "currency")
    ('All own staff', 'This file')
    """
    parts = path.split(".")
    if len(parts) == 1 and parts[0] not in TITLES:
        return "This file"
    depth = _depth(parts)
    if depth < 2:
        return TITLES.get(parts[0], human(parts[0]))
    names = [_label(content, parts[: end + 1]) for end in range(1, depth, 2)]
    if "contracts" in parts:
        names.append(f"contract with {_label(content, ['vendors', parts[5]])}")
    return ": ".join(names)


def words_of(content: Mapping[str, Any], path: str) -> str:
    """Return what a field is called beneath its heading.

    Examples
    --------
    >>> words_of({}, "roles.analyst.severance_weeks")
    'Severance: pay on displacement'
    >>> words_of({}, "services.ehr.arrangements.own.transition.cost")
    'Transition: one-off cost'
    >>> words_of({}, "practice.users.per_provider")
    'People with an account, for each provider'
    >>> words_of({}, "practice.controls.mfa")
    'Controls in place whatever the arrangement, such as mfa: mfa'
    """
    parts = path.split(".")
    if parts[0] == "correlations":
        return _pair(content, parts)
    after = ENDS.get(parts[-1], "") if "contracts" not in parts else ""
    if parts[-1] in ENDS and "contracts" not in parts:
        parts = parts[:-1]
    end = _field_end(parts)
    said = _described(content, parts, end)
    before = parts[_depth(parts) : end - 1]
    if "contracts" in before:
        before = before[2:]
    leading = ", ".join(human(part) for part in before if part not in PLAIN and not part.isdigit())
    index = next((i for i, part in enumerate(parts[: end - 1]) if part.isdigit()), None)
    if index is not None:
        said += f" ({_level(content, parts[:index], parts[index])})"
    text = f"{leading}: {said}" if leading else said
    return f"{text[:1].upper()}{text[1:]}{after}"


def _field_end(parts: list[str]) -> int:
    """Return how many parts of a path lead to the last field of a table that is in it."""
    ends = [n for n in range(1, len(parts) + 1) if _is_field(parts[:n])]
    return ends[-1] if ends else len(parts)


def _is_field(parts: list[str]) -> bool:
    here = field_at(Scenario, parts)
    return here is not None and here is not field_at(Scenario, parts[:-1])


def _described(content: Mapping[str, Any], parts: list[str], end: int) -> str:
    """Return what a field means, with the names or the level of what is inside it."""
    field = field_at(Scenario, parts[:end])
    if field is None:
        return human(parts[-1])
    if parts[-1] == "amount":
        return "cost"
    meaning = str(field.description)
    inside = parts[end:]
    if inside and inside[0].isdigit():
        return f"{meaning.partition(';')[0]} ({_level(content, parts[:end], inside[0])})"
    names = [human(part) for part in inside]
    if inside[-1:] == ["tenure_years"]:
        return f"{meaning}: {names[0]}, tenure of who is there"
    return f"{meaning}: {', '.join(names)}" if names else meaning


def _level(content: Mapping[str, Any], parts: list[str], index: str) -> str:
    """Return what tells one entry of a list from the others."""
    entry = look_up(content, ".".join([*parts, index]))[1]
    levels = [key for key in LEVELS if isinstance(entry, Mapping) and key in entry]
    if not levels:
        return f"number {int(index) + 1}"
    level = entry[levels[0]]
    return f"{levels[0]} {level:,g}" if isinstance(level, int | float) else f"{levels[0]} {level}"


def human(name: str) -> str:
    """Return a name of a file as words.

    Examples
    --------
    >>> human("help_desk")
    'help desk'
    """
    return name.replace("_", " ")


def _depth(parts: list[str]) -> int:
    """Return how many parts of a path its heading stands for."""
    depth = DEPTHS.get(parts[0], 1)
    if parts[0] == "services" and (len(parts) < 5 or parts[2] != "arrangements"):
        depth = 2
    return depth if len(parts) > depth else 1


def _label(content: Mapping[str, Any], parts: list[str]) -> str:
    table = look_up(content, ".".join(parts))[1]
    label = table.get("label") if isinstance(table, Mapping) else None
    return str(label) if label else human(parts[-1]).capitalize()


def _pair(content: Mapping[str, Any], parts: list[str]) -> str:
    stated = look_up(content, ".".join(parts[:2]))[1]
    if not isinstance(stated, Mapping) or len(parts) < 3:
        return "correlations between uncertain inputs"
    if "matrix" in parts:
        i, j = map(int, parts[-2:])
        return f"{stated['inputs'][i]} and {stated['inputs'][j]}"
    if "between" in stated:
        return " and ".join(stated["between"]) + ("" if parts[-1] == "rho" else f": {parts[-1]}")
    return f"{parts[-1]} of group {int(parts[1]) + 1}"
