"""From rows that were filled in to values at paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hcrisk.cells import Refused
from hcrisk.exceptions import Problem
from hcrisk.scenario.names import slug
from hcrisk.scenario.refusal import nearest
from hcrisk.sheets.book import Cell, Line
from hcrisk.sheets.kinds import Kind, kind_of
from hcrisk.sheets.layout import CONFIDENCES, DEFAULT_CONFIDENCE, DEFAULT_SHAPE, SHAPES, title_of
from hcrisk.sheets.values import DATES, read_number, read_value, sourced

RANGE = ("low", "mode", "high")
LONGEST_KEY = 40


@dataclass(frozen=True)
class Entry:
    """A value for a path, and the cells it is from.

    Attributes
    ----------
    path : str
    raw : object
        As a scenario file would hold it.
    cells : mapping
        From dotted path to the cell that says what stands there.
    source : Cell or None
    confidence : str
    """

    path: str
    raw: Any
    cells: Mapping[str, str]
    source: Cell | None = None
    confidence: str = DEFAULT_CONFIDENCE


@dataclass
class Read:
    """What was read of the rows: entries, and what is wrong with other rows."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def entries_of(lines: Iterable[Line], content: Mapping[str, Any]) -> Read:
    """Return the value of each row, and what is wrong with those that have none.

    Parameters
    ----------
    lines : iterable of Line
    content : mapping
        The scenario whose names may be chosen.

    Returns
    -------
    Read
    """
    read = Read()
    before: dict[str, str] = {}
    for line in lines:
        if not line.path:
            rule = "is in a row without a path"
            remedy = "write the path into the last column, or clear the row"
            cell = next(iter(line.cells.values()))
            read.problems.append(Problem(cell.place, cell.value, rule, remedy))
        elif line.path in before:
            rule = f"stands in two rows that are filled in, the other one at {before[line.path]}"
            place = f"{line.place}, {line.path}"
            read.problems.append(Problem(place, None, rule, "clear one of them"))
        else:
            before[line.path] = line.place
            _read_line(line, content, read)
    read.problems += _inside_one_another(read.entries)
    return read


def _read_line(line: Line, content: Mapping[str, Any], read: Read) -> None:
    """Read a row, and keep what was found or what is wrong."""
    found: list[Problem] = []

    def refuse(cell: Cell, rule: str, remedy: str) -> None:
        value = str(cell.value) if isinstance(cell.value, DATES) else cell.value
        found.append(Problem(f"{cell.place}, {line.path}", value, rule, remedy))

    for cell in line.cells.values():
        if cell.trouble is not None:
            refuse(cell, *cell.trouble)
    if not found:
        kind = kind_of(line.path, content)
        raw, cells = _value(line, kind, refuse)
        confidence = _confidence(line, refuse)
        source = line.cells.get("source")
        if source is not None and kind.name not in ("number", "unknown") and not found:
            rule = "is a source of what is no number, and cannot be kept"
            refuse(source, rule, "clear it")
        if not found:
            read.entries.append(Entry(line.path, raw, cells, source, confidence))
    read.problems += found


def _value(line: Line, kind: Kind, refuse: Any) -> tuple[Any, dict[str, str]]:
    """Return what a row states, and the cell of each part of it."""
    stated = line.cells.get("value")
    ends = {key: line.cells[key] for key in (*RANGE, "shape") if key in line.cells}
    if stated is not None:
        for cell in ends.values():
            rule = f'is a range beside a value in "{title_of("value")}"'
            refuse(cell, rule, "keep one of the two, and clear the other")
        try:
            return read_value(stated.value, kind), {line.path: stated.place}
        except Refused as refused:
            refuse(stated, refused.rule, refused.remedy)
            return None, {}
    if not ends:
        cell = next(iter(line.cells.values()))
        remedy = f'fill in "{title_of("value")}", or clear it'
        refuse(cell, "is in a row without a value of yours", remedy)
        return None, {}
    return _range(line, ends, refuse)


def _range(line: Line, ends: Mapping[str, Cell], refuse: Any) -> tuple[Any, dict[str, str]]:
    """Return the distribution that low, most likely and high of a row make."""
    first = next(iter(ends.values()))
    name = _shape(ends.get("shape"), refuse)
    if name is None:
        return None, {}
    shape = SHAPES[name]
    stated = "" if "shape" in ends else f"; choose a shape if it is no {name}"
    raw: dict[str, Any] = {"dist": shape.family}
    cells = {line.path: first.place}
    for key in RANGE:
        cell, parameter = ends.get(key), shape.parameters.get(key)
        title = title_of(key)
        if cell is None and parameter is not None:
            refuse(
                first, f'is a range without "{title}", which {name} needs', f"fill it in{stated}"
            )
        elif cell is not None and parameter is None:
            rule = f'is a "{title}", which {name} does not have'
            refuse(cell, rule, "clear it, or choose another shape")
        elif cell is not None and parameter is not None:
            try:
                raw[parameter] = read_number(cell.value)
            except Refused as refused:
                refuse(cell, refused.rule, refused.remedy)
            cells[f"{line.path}.{parameter}"] = cell.place
    _order(line, ends, raw, shape.parameters, refuse)
    return raw, cells


def _order(
    line: Line,
    ends: Mapping[str, Cell],
    raw: Mapping[str, Any],
    parameters: Mapping[str, str],
    refuse: Any,
) -> None:
    """Refuse a range whose numbers do not rise."""
    given = [(key, raw[parameters[key]]) for key in RANGE if parameters.get(key) in raw]
    for (lower, low), (upper, high) in pairwise(given):
        if low > high:
            rule = f'is less than "{title_of(lower)}" ({low:,g}, {ends[lower].place})'
            refuse(ends[upper], rule, "put the lower number first")
            return
    if len(given) > 1 and given[0][1] == given[-1][1]:
        rule = f'is the same as "{title_of(given[0][0])}"'
        refuse(ends[given[-1][0]], rule, f'write one number into "{title_of("value")}" instead')


def _shape(cell: Cell | None, refuse: Any) -> str | None:
    if cell is None:
        return DEFAULT_SHAPE
    by_name = {name.lower(): name for name in SHAPES}
    found = by_name.get(str(cell.value).strip().lower())
    if found is None:
        refuse(cell, "is no shape of a range", nearest(cell.value, tuple(SHAPES)))
    return found


def _confidence(line: Line, refuse: Any) -> str:
    cell = line.cells.get("confidence")
    if cell is None:
        return DEFAULT_CONFIDENCE
    text = str(cell.value).strip().lower()
    if text not in CONFIDENCES:
        refuse(cell, "is none of the choices", f"use one of {', '.join(CONFIDENCES)}")
    if "source" not in line.cells:
        rule = "says how sure a number is that has no source"
        refuse(cell, rule, f'fill in "{title_of("source")}", or clear it')
    return text


def _inside_one_another(entries: list[Entry]) -> list[Problem]:
    """Return a problem for each entry that another one replaces as a whole."""
    by_path = {entry.path: entry for entry in entries}
    problems = []
    for entry in entries:
        parts = entry.path.split(".")
        for end in range(1, len(parts)):
            whole = by_path.get(".".join(parts[:end]))
            if whole is not None:
                place = entry.cells[entry.path]
                rule = f"is filled in beside {whole.cells[whole.path]}, which states all of it"
                problem = Problem(f"{place}, {entry.path}", None, rule, "clear one of the two")
                problems.append(problem)
    return problems


def with_sources(
    entries: Iterable[Entry], known: Mapping[str, Any]
) -> tuple[list[Entry], dict[str, Any], dict[str, str]]:
    """Return the entries with the keys of their sources, and the sources that are new.

    Parameters
    ----------
    entries : iterable of Entry
    known : mapping
        The sources there are, by key; a text that is the key or the title of one means that one.

    Returns
    -------
    tuple
        Entries; new sources by key; the cell of each.
    """
    titles = {one.get("title"): key for key, one in known.items()}
    made: dict[tuple[str, str], str] = {}
    sources: dict[str, Any] = {}
    places: dict[str, str] = {}
    found = []
    for entry in entries:
        if entry.source is None:
            found.append(entry)
            continue
        text = str(entry.source.value).strip()
        key = text if text in known else titles.get(text)
        if key is None:
            key = made.get((text, entry.confidence))
        if key is None:
            key = _new_key(text, {*known, *sources})
            made[text, entry.confidence] = key
            sources[key] = {"title": text, "obtained": "read", "confidence": entry.confidence}
            places[key] = entry.source.place
        cells = {**entry.cells, f"{entry.path}.source": entry.source.place}
        raw = sourced(entry.raw, key)
        found.append(Entry(entry.path, raw, cells, entry.source, entry.confidence))
    return found, sources, places


def _new_key(text: str, taken: set[str]) -> str:
    key = slug(text)[:LONGEST_KEY].rstrip("_")
    names = [key, *(f"{key}_{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)
