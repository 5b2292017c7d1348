"""Putting other values at dotted paths of a scenario's content."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.scenario.frozen import thaw
from hcrisk.scenario.merge import is_leaf
from hcrisk.scenario.quantity import Quantity
from hcrisk.scenario.refusal import nearest
from hcrisk.scenario.remarks import REMARKS
from hcrisk.scenario.table import Table
from hcrisk.scenario.walk import quantities

# Full paths a remedy names.
MOST = 3
# The tenure of those in some seats stands beside their number and is none of its parameters.
TENURE = "tenure_years"
# Keys a number or law may be given although it does not have them yet.
ADDABLE = (*REMARKS, "truncate", "clip", TENURE, "minimum")


def replaced(
    scenario: Table, content: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the content with the changes made, in their order.

    Parameters
    ----------
    scenario : Table
        The scenario the content belongs to.
    content : mapping
    changes : mapping
        From dotted path to the new value.

    Returns
    -------
    dict
        A number or law one of whose parameters is changed has lost its source, note and range.

    Raises
    ------
    ScenarioError
        Listing every path that does not exist.
    """
    result: dict[str, Any] = thaw(content)
    problems: list[Problem] = []
    made: list[str] = []
    # A source that is given with a new parameter is that of the new one, whatever their order.
    for path, new in sorted(changes.items(), key=lambda change: _is_remark(change[0])):
        parts = path.split(".")
        # What is inside an earlier change is checked when the scenario is built.
        inside = any(path.startswith(f"{earlier}.") for earlier in made)
        problem = None if inside else _unknown(scenario, content, parts, new)
        if problem is None and not put(result, path, new):
            problem = _no_such(parts, parts[:-1], parts[-1], (), new)
        if problem is None:
            made.append(path)
        else:
            problems.append(_in_full(problem, scenario, content))
    if problems:
        raise ScenarioError(problems)
    return result


def put(content: dict[str, Any], path: str, new: Any) -> bool:
    """Put a value at a dotted path, and drop what was said of the number it is a part of.

    Parameters
    ----------
    content : dict
        Is changed.
    path : str
    new : object

    Returns
    -------
    bool
        Whether anything can be there.

    Examples
    --------
    >>> content = {"pay": {"dist": "uniform", "low": 1, "high": 2, "source": "payroll"}}
    >>> put(content, "pay.high", 3), content
    (True, {'pay': {'dist': 'uniform', 'low': 1, 'high': 3}})
    """
    parts = path.split(".")
    _disown(content, parts)
    return _put(content, parts, copy.deepcopy(new))


def _is_remark(path: str) -> bool:
    return path.rpartition(".")[2] in REMARKS


def _disown(content: dict[str, Any], parts: list[str]) -> None:
    """Drop what is said of the numbers that a changed one is a part of: it was of the old ones."""
    if parts[-1] in (*REMARKS, TENURE):
        return
    here: Any = content
    for depth, part in enumerate(parts):
        if isinstance(here, dict) and is_leaf(here, tuple(parts[:depth])):
            for name in REMARKS:
                here.pop(name, None)
        here = _inside(here, part)


def _in_full(problem: Problem, scenario: Table, content: Mapping[str, Any]) -> Problem:
    """Return the problem with the full paths that end as the path given does."""
    end = f".{problem.path}"
    ends = [path for path, _ in quantities(scenario, content) if path.endswith(end)]
    if not ends or not problem.path:
        return problem
    more = ", ..." if len(ends) > MOST else ""
    return problem._replace(remedy=f"write it in full: {' or '.join(ends[:MOST])}{more}")


def _unknown(scenario: Any, content: Any, parts: list[str], new: Any) -> Problem | None:
    """Return the problem of a path that leads nowhere, None if it leads to a place."""
    here, written = scenario, content
    for depth, part in enumerate(parts):
        so_far, last = parts[:depth], depth == len(parts) - 1
        if isinstance(here, Quantity):
            return _unknown_inside(written, parts, depth, new)
        if isinstance(here, Table):
            known: Iterable[str] = type(here).model_fields
            here = getattr(here, part, None) if part in type(here).model_fields else here
        elif isinstance(here, Mapping):
            # An entry that is new is checked when it is built; it may be given field by field.
            if last or not here:
                return None
            known, here = here.keys(), here.get(part, here)
        elif isinstance(here, tuple):
            known = [str(index) for index in range(len(here))]
            here = here[int(part)] if part in known else here
        else:
            # A table the scenario does not have: checked when it is built.
            return None
        if part not in known:
            return _no_such(parts, so_far, part, known, new)
        written = _inside(written, part)
    return None


def _unknown_inside(written: Any, parts: list[str], depth: int, new: Any) -> Problem | None:
    known: list[str] = []
    for place in range(depth, len(parts)):
        part = parts[place]
        if isinstance(written, Mapping):
            known = list(written)
            if part in ADDABLE and place == len(parts) - 1:
                return None
        elif isinstance(written, list):
            known = [str(index) for index in range(len(written))]
        else:
            known = []
        if part not in known:
            return _no_such(parts, parts[:place], part, known, new)
        written = _inside(written, part)
    return None


def _no_such(
    parts: list[str], so_far: list[str], part: str, known: Iterable[str], new: Any
) -> Problem:
    place = ".".join(so_far) or "the scenario"
    names = list(known)
    if not names:
        remedy = f"{place} is a single value; replace that"
        return Problem(".".join(parts), new, f"there is nothing below {place}", remedy)
    rule = f'there is no "{part}" in {place}'
    return Problem(".".join(parts), new, rule, nearest(part, names))


def _inside(written: Any, part: str) -> Any:
    if isinstance(written, Mapping):
        return written.get(part)
    if isinstance(written, list):
        index = _index(part, written)
        return None if index is None else written[index]
    return None


def _index(part: str, entries: list[Any]) -> int | None:
    return int(part) if part.isdigit() and int(part) < len(entries) else None


def _put(content: dict[str, Any], parts: list[str], new: Any) -> bool:
    """Put ``new`` at the path and return True, or return False if nothing can be there."""
    here: Any = content
    for part in parts[:-1]:
        here = here.setdefault(part, {}) if isinstance(here, dict) else _inside(here, part)
    if isinstance(here, dict):
        here[parts[-1]] = new
    elif isinstance(here, list) and _index(parts[-1], here) is not None:
        here[int(parts[-1])] = new
    else:
        return False
    return True
