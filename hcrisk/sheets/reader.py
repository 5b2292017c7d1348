"""Reading a workbook that was filled in."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.scenario.merge import is_leaf, merged
from hcrisk.scenario.names import slug
from hcrisk.scenario.partner import model_of, partner_content
from hcrisk.scenario.refusal import MISSING, look_up
from hcrisk.scenario.replace import put
from hcrisk.scenario.scenario import Scenario
from hcrisk.sheets.book import AGAIN, Line, Record, collect, lines_of, open_books, record_of
from hcrisk.sheets.entries import Entry, entries_of, with_sources
from hcrisk.sheets.kinds import is_switch
from hcrisk.sheets.layout import ADD_OFFER, OFFER
from hcrisk.sheets.places import Places
from hcrisk.sheets.rows import recorded

Resolve = Callable[[str], Mapping[str, Any]]
MOST_SHOWN = 3


def read_workbook(path: Path, resolve: Resolve) -> Scenario:
    """Build a scenario from a workbook that was filled in.

    Parameters
    ----------
    path : Path
    resolve : callable
        Gives the content of the scenario that the workbook extends.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        Listing every problem, with sheet and cell.
    """
    formulas, values = open_books(path)
    return scenario_of(formulas, values, resolve, path)


def scenario_of(formulas: Workbook, values: Workbook, resolve: Resolve, path: Path) -> Scenario:
    """Build a scenario from an open workbook.

    Parameters
    ----------
    formulas, values : Workbook
        With its formulas, and with the values they had.
    resolve : callable
    path : Path
        Names a scenario without a name.

    Returns
    -------
    Scenario
    """
    record = record_of(formulas, path.name)
    parent = Scenario.from_mapping(resolve(record.extends), resolve, shipped=True)
    collect(_moved_on(record, parent, path.name))
    lines, problems = lines_of(formulas, values, record)
    content = parent.to_mapping()
    own, lines, found = _offered(parent, lines)
    base = merged(content, own)
    read = entries_of(lines, base)
    problems += found + read.problems
    entries, sources, cells = with_sources(read.entries, base.get("sources", {}))
    places = Places(entries, cells)
    if sources:
        own["sources"] = sources
    problems += [_unplaceable(entry) for entry in entries if not _put(own, base, entry)]
    own = {"name": slug(path.stem, hyphens=True), **own, "extends": record.extends}
    try:
        scenario = Scenario.from_mapping(own, resolve)
    except ScenarioError as error:
        # What is missing may be in a cell that could not be read.
        more = [one for one in error.problems if not problems or one.rule != MISSING]
        raise ScenarioError([*problems, *map(places.placed, more)]) from None
    collect(problems)
    return scenario


def _moved_on(record: Record, parent: Scenario, file: str) -> list[Problem]:
    """Return a problem if what the workbook shows as shipped is so no longer."""
    if record.digest == parent.digest:
        return []
    content = parent.to_mapping()
    changed = [path for path, was in record.shipped.items() if recorded(content, path) != was]
    shown = ", ".join(changed[:MOST_SHOWN]) or "entries that it does not show"
    more = f" and {len(changed) - MOST_SHOWN} more" if len(changed) > MOST_SHOWN else ""
    rule = (
        f"shows {record.extends} as hcrisk {record.version} had it, and since then other values "
        f"have come for {shown}{more}"
    )
    return [Problem("", file, rule, AGAIN)]


def _offered(
    parent: Scenario, lines: list[Line]
) -> tuple[dict[str, Any], list[Line], list[Problem]]:
    """Return what the partner on its sheet adds, and the rows but for the one that asks for it."""
    switch = next((line for line in lines if line.path == ADD_OFFER), None)
    rest = [line for line in lines if line is not switch]
    read = entries_of([] if switch is None else [switch], {})
    model = model_of(parent)
    if model is not None and any(entry.raw for entry in read.entries):
        return partner_content(parent, model), rest, []
    if read.problems:
        return {}, rest, read.problems
    unused = [line for line in rest if line.place.startswith(f"{OFFER}!")]
    problems = [
        Problem(
            f"{next(iter(line.cells.values())).place}, {line.path}",
            next(iter(line.cells.values())).value,
            "belongs to a partner that is not added",
            f"choose yes in the first row of {OFFER}, or clear it",
        )
        for line in unused
    ]
    return {}, [line for line in rest if line not in unused], problems


def _unplaceable(entry: Entry) -> Problem:
    rule = "is inside what is a single value"
    remedy = "write it at the path that holds the value"
    return Problem(f"{entry.cells[entry.path]}, {entry.path}", entry.raw, rule, remedy)


def _put(own: dict[str, Any], base: Mapping[str, Any], entry: Entry) -> bool:
    """Put a value at its path; what is stated as a whole is taken from the parent around it."""
    path = entry.path
    if is_switch(path):
        _switch(own, base, path, bool(entry.raw))
        return True
    whole = _stated_as_one(base, path)
    if whole is not None and whole != path and not look_up(own, whole)[0]:
        stated = copy.deepcopy(look_up(base, whole)[1])
        put(own, whole, stated if isinstance(stated, dict | list) else {})
    parts = path.split(".")
    if parts[0] == "correlations" and "matrix" in parts:
        put(own, ".".join([*parts[:-2], parts[-1], parts[-2]]), entry.raw)
    return put(own, path, entry.raw)


def _stated_as_one(base: Mapping[str, Any], path: str) -> str | None:
    """Return the path of the number, law or list that a path is, or is in."""
    parts = path.split(".")
    for end in range(1, len(parts) + 1):
        there, stated = look_up(base, ".".join(parts[:end]))
        if not there:
            return None
        if not isinstance(stated, Mapping) or is_leaf(stated, tuple(parts[:end])):
            return ".".join(parts[:end])
    return None


def _switch(own: dict[str, Any], base: Mapping[str, Any], path: str, on: bool) -> None:
    """Put a name into a list of names, or take it out."""
    table, _, name = path.rpartition(".")
    there, stated = look_up(own, table)
    names = list(stated if there else look_up(base, table)[1] or ())
    if on and name not in names:
        names.append(name)
    put(own, table, names if on else [one for one in names if one != name])
