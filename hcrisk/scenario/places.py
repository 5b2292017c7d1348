"""Where in a file a field of some name stands, for those who put it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from hcrisk.exceptions import Problem
from hcrisk.scenario.refusal import UNKNOWN_KEY
from hcrisk.scenario.table import Shape, Table, field_shape, is_table, shape_of

# How an entry of a table of named entries is called.
ENTRIES = {
    "roles": "<role>",
    "services": "<service>",
    "arrangements": "<arrangement>",
    "contracts": "<vendor>",
    "seats": "<role>",
    "vendors": "<vendor>",
    "risks": "<risk>",
    "losses": "<form>",
    "effects": "<service>",
    "strategies": "<strategy>",
    "lines": "<line>",
    "sources": "<key>",
}
MOST = 3


def places_of(model: type[Table], name: str) -> tuple[str, ...]:
    """Return where below ``model`` fields of a name stand, what the user names in brackets.

    Examples
    --------
    >>> from hcrisk.scenario import Scenario
    >>> places_of(Scenario, "contracts")
    ('services.<service>.arrangements.<arrangement>.contracts',)
    """
    return tuple(path for path, _ in _walk(model) if path.rpartition(".")[2] == name)


def place_of_table(model: type[Table], table: type[Table]) -> str | None:
    """Return where below ``model`` a kind of table stands first, None if it does nowhere.

    Examples
    --------
    >>> from hcrisk.scenario import Role, Scenario
    >>> place_of_table(Scenario, Role)
    'roles.<role>'
    """
    return next((path for path, kind in _walk(model) if kind is table), None)


def generic(path: str, model: type[Table]) -> str:
    """Return a path with a star for each name that the user has given and each place in a list.

    Examples
    --------
    >>> from hcrisk.scenario import Scenario
    >>> generic("risks.breach.effects.security.frequency.0.multiple", Scenario)
    'risks.*.effects.*.frequency.*.multiple'
    """
    parts = path.split(".")
    here = Shape("one", model, None, False)
    for index, part in enumerate(parts):
        if here.kind != "one":
            parts[index], here = "*", field_shape(here.of)
        elif is_table(here.of):
            here = shape_of(here.of.model_fields[part])
        elif part.isdigit():
            parts[index] = "*"
    return ".".join(parts)


def with_place(problem: Problem, content: Mapping[str, Any], model: type[Table]) -> Problem:
    """Return the problem of an unknown key with the places where it would be known.

    Examples
    --------
    >>> from hcrisk.scenario import Scenario
    >>> found = Problem("services.ehr.contracts", {}, UNKNOWN_KEY, "use one of label, current")
    >>> with_place(found, {}, Scenario).remedy
    'write it as services.ehr.arrangements.<arrangement>.contracts'
    """
    if problem.rule != UNKNOWN_KEY:
        return problem
    above, _, key = problem.path.rpartition(".")
    named = [f"{table}.{key}" for table in ENTRIES if not above and key in _table(content, table)]
    filled = [_filled(place, problem.path) for place in places_of(model, key)]
    shared = sorted(filled, key=lambda place: -_shared(place, problem.path))
    places = [place for place in dict.fromkeys([*named, *shared]) if place != problem.path]
    if not places:
        return problem
    more = ", ..." if len(places) > MOST else ""
    where = f"write it as {' or '.join(places[:MOST])}{more}"
    likely = problem.remedy.startswith("did")
    return problem._replace(remedy=f"{problem.remedy} Or {where}" if likely else where)


def _table(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = content.get(name)
    return found if isinstance(found, Mapping) else {}


def _filled(place: str, path: str) -> str:
    """Return the place with the names that the path has so far."""
    parts, given = place.split("."), path.split(".")[:-1]
    for index, (part, own) in enumerate(zip(parts, given, strict=False)):
        if part.startswith("<"):
            parts[index] = own
        elif part != own:
            break
    return ".".join(parts)


def _shared(place: str, path: str) -> int:
    pairs = zip(place.split("."), path.split("."), strict=False)
    return next((i for i, (one, other) in enumerate(pairs) if one != other), 0)


@lru_cache(maxsize=8)
def _walk(model: type[BaseModel]) -> tuple[tuple[str, Any], ...]:
    """Return every path below a table, in the order of its fields, with what is there."""
    return tuple(_below(model))


def _below(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        yield name, None
        yield from _inside(name, name, shape_of(field))


def _inside(path: str, name: str, shape: Shape) -> Iterator[tuple[str, Any]]:
    if shape.kind != "one":
        entry = ENTRIES.get(name, "<name>" if shape.kind == "table" else "<number>")
        yield from _inside(f"{path}.{entry}", entry, field_shape(shape.of))
    elif is_table(shape.of):
        yield path, shape.of
        yield from ((f"{path}.{rest}", kind) for rest, kind in _below(shape.of))
