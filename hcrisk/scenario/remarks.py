"""What may accompany a number (source, note, range), and what to say when there is no number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.scenario.frozen import thaw
from hcrisk.scenario.refusal import UNKNOWN_KEY, is_number, nearest, refused
from hcrisk.scenario.syntax import loose_number, written

PROSE = ("source", "note")
REMARKS = (*PROSE, "range")
HOW_TO_WRITE = 'write 3.5, { value = 3.5, source = "..." } or { dist = "...", ... }'


def split_remarks(raw: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the source, note and range of a number, checked, and the rest of its table."""
    remarks = {name: raw[name] for name in REMARKS if name in raw}
    problems = [
        Problem(name, remarks[name], "must be text", 'write it between quotes, as "text"')
        for name in PROSE
        if name in remarks and not isinstance(remarks[name], str)
    ]
    if "range" in remarks:
        ends = remarks["range"]
        if not _is_pair(ends):
            rule = "must be two numbers, the lower one first"
            problems.append(Problem("range", thaw(ends), rule, "write it as [2, 5]"))
        else:
            remarks["range"] = (float(ends[0]), float(ends[1]))
    if problems:
        raise ScenarioError(problems)
    return remarks, {name: value for name, value in raw.items() if name not in REMARKS}


def _is_pair(ends: Any) -> bool:
    if not isinstance(ends, list | tuple) or len(ends) != 2 or not all(map(is_number, ends)):
        return False
    return bool(ends[0] < ends[1])


def written_remarks(
    source: str | None, note: str | None, ends: tuple[float, float] | None
) -> dict[str, Any]:
    """Return the source, note and range that are given, as a file holds them."""
    remarks = {"source": source, "note": note, "range": None if ends is None else list(ends)}
    return {name: value for name, value in remarks.items() if value is not None}


def bare(raw: Any) -> Any:
    """Return a number, or what holds numbers, without their source, note and range.

    Examples
    --------
    >>> bare({"per_provider": {"value": 4.3, "source": "users"}})
    {'per_provider': 4.3}
    """
    if isinstance(raw, Mapping):
        kept = {key: bare(value) for key, value in raw.items() if key not in REMARKS}
        return kept["value"] if list(kept) == ["value"] else kept
    return [bare(entry) for entry in raw] if isinstance(raw, list) else raw


def refuse_unknown(rest: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Raise a problem for every key that is not known."""
    problems = [
        Problem(name, thaw(value), UNKNOWN_KEY, nearest(name, known))
        for name, value in rest.items()
        if name not in known
    ]
    if problems:
        raise ScenarioError(problems)


def table_remedy(raw: Mapping[str, Any]) -> str:
    """Say how a number is written, to somebody who wrote a table that is none."""
    if "distribution" in raw:
        return 'name the family with dist = "..."'
    return HOW_TO_WRITE


def not_a_number(raw: Any) -> ScenarioError:
    """Return the error for something that is no number, with what was probably meant.

    Examples
    --------
    >>> print(not_a_number("5 %"))
    '5 %': must be a number; write 0.05, without quotes
    """
    remedy = HOW_TO_WRITE
    if isinstance(raw, str):
        remedy = _without_quotes(raw) or HOW_TO_WRITE
    elif isinstance(raw, float) and math.isnan(raw):
        return refused("", raw, "must be a number, not nan", "write the number")
    return refused("", thaw(raw), "must be a number", remedy)


def _without_quotes(text: str) -> str | None:
    loose = loose_number(text)
    if loose is not None:
        more = f"; {loose.reason}" if loose.words else ""
        return f"write {written(loose.value)}, without quotes{more}"
    try:
        return f"write {float(text):.12g}, without quotes"
    except ValueError:
        return None
