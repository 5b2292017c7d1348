"""One message for one slip: what follows from another problem is not reported beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hcrisk.exceptions import Problem
from hcrisk.scenario.merge import is_leaf
from hcrisk.scenario.places import with_place
from hcrisk.scenario.refusal import MISSING, UNKNOWN_KEY, is_number, look_up, nearest
from hcrisk.scenario.remarks import bare
from hcrisk.scenario.table import Shape, Table, field_at, shape_of
from hcrisk.scenario.units import with_unit
from hcrisk.scenario.values import toml_value

LACKS = "lacks "
OUTSIDE = "names services beside its own keys"


def one_each(
    problems: Iterable[Problem], content: Mapping[str, Any], model: type[Table]
) -> list[Problem]:
    """Return the problems of single fields, those with one cause as one.

    Parameters
    ----------
    problems : iterable of Problem
    content : mapping
        What was read.
    model : type
        The kind of table that it is.

    Returns
    -------
    list of Problem
    """
    typed = [with_unit(as_typed(problem, content), model) for problem in problems]
    found = [with_place(problem, content, model) for problem in _outside_services(typed, content)]
    meant = {
        (problem.path.rpartition(".")[0], _meant(problem.remedy))
        for problem in found
        if problem.rule == UNKNOWN_KEY
    }
    missing: dict[str, list[str]] = {}
    for problem in [problem for problem in found if problem.rule == MISSING]:
        table, _, key = problem.path.rpartition(".")
        if (table, key) in meant:
            found.remove(problem)
        else:
            missing.setdefault(table, []).append(key)
    joined = {
        table: whole
        for table, keys in missing.items()
        if table and (whole := _incomplete(table, keys, content, model)) is not None
    }
    rest = [p for p in found if p.rule != MISSING or p.path.rpartition(".")[0] not in joined]
    return [*rest, *joined.values()]


def beside_parent(problem: Problem, own: Any, parent: Mapping[str, Any]) -> Problem:
    """Return the problem of a few keys of a number or law with the whole of what is inherited.

    Parameters
    ----------
    problem : Problem
    own : mapping
        What the file states itself.
    parent : mapping
        What it extends.

    Returns
    -------
    Problem
        The same, if it is about anything else.
    """
    stated, keys = look_up(own, problem.path)
    there, whole = look_up(parent, problem.path)
    if not stated or not there or not isinstance(whole, Mapping) or not isinstance(keys, Mapping):
        return problem
    path = tuple(problem.path.split("."))
    if not is_leaf(whole, path) or is_leaf(keys, path):
        return problem
    inherited = bare(whole)
    rule = f"states {', '.join(keys)} only, and a number or law is replaced as a whole"
    if isinstance(inherited, dict) and set(keys) <= set(inherited):
        remedy = f"write {path[-1]} = {toml_value({**inherited, **keys})}"
    else:
        remedy = f"write all of it; what it replaces is {toml_value(inherited)}"
    return problem._replace(rule=rule, remedy=remedy)


def incomplete_entries(problems: Iterable[Problem]) -> Iterator[tuple[str, str]]:
    """Iterate over the named entries that are not whole: the table, and the entry's name."""
    for problem in problems:
        table, _, name = problem.path.partition(".")
        if problem.rule.startswith((LACKS, OUTSIDE)) and name and "." not in name:
            yield table, name


def without(content: Mapping[str, Any], dropped: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the content without some named entries.

    Examples
    --------
    >>> without({"roles": {"a": 1, "b": 2}, "name": "x"}, [("roles", "a")])
    {'roles': {'b': 2}, 'name': 'x'}
    """
    result = dict(content)
    for table, name in dropped:
        result[table] = {key: entry for key, entry in result[table].items() if key != name}
    return result


def concerns(problem: Problem, names: Iterable[str]) -> bool:
    """Tell whether a problem is about a named entry or refers to it."""
    return any(name == problem.value or name in problem.path.split(".") for name in names)


def as_typed(problem: Problem, content: Mapping[str, Any]) -> Problem:
    """Return the problem with its value as it stands in the file: -5, not -5.0.

    Examples
    --------
    >>> found = Problem("horizon.years", 0.0, "must lie in [1, 50]", "write 1")
    >>> as_typed(found, {"horizon": {"years": {"value": 0}}}).value
    0
    """
    there, value = look_up(content, problem.path)
    if isinstance(value, Mapping):
        value = value.get("value")
    same = there and is_number(problem.value) and is_number(value) and value == problem.value
    return problem._replace(value=value) if same else problem


def _outside_services(problems: Iterable[Problem], content: Mapping[str, Any]) -> Iterator[Problem]:
    """Iterate over the problems, those of services that stand beside `services` as one."""
    outside: dict[str, dict[str, Any]] = {}
    for problem in problems:
        above, _, key = problem.path.rpartition(".")
        table, _, name = above.partition(".")
        strategy = table == "strategies" and name and "." not in name
        if strategy and problem.rule == UNKNOWN_KEY and key in content.get("services", {}):
            outside.setdefault(above, {})[key] = problem.value
        else:
            yield problem
    for path, chosen in outside.items():
        inside = {**look_up(content, path)[1].get("services", {}), **chosen}
        entries = ", ".join(f'{service} = "{name}"' for service, name in inside.items())
        yield Problem(path, chosen, OUTSIDE, f"write them as services = {{ {entries} }}")


def _meant(remedy: str) -> str:
    """Return the one key that an unknown key was probably meant to be, "" if that is open."""
    if not remedy.startswith('did you mean "') or " or " in remedy:
        return ""
    return remedy.split('"')[1]


def _incomplete(
    table: str, keys: list[str], content: Mapping[str, Any], model: type[Table]
) -> Problem | None:
    """Return the one problem of a table that lacks several keys, or has a name much like another.

    None if a single key is missing and there is no more to say about it.
    """
    above, _, name = table.rpartition(".")
    remedy = ""
    if _is_named(model, above):
        siblings = look_up(content, above)[1]
        near = nearest(name, [other for other in siblings if other != name])
        remedy = f"{near} If it is a new one, " if near.startswith("did") else ""
    if len(keys) < 2 and not remedy:
        return None
    them = "them" if len(keys) > 1 else "it"
    return Problem(
        table, look_up(content, table)[1], LACKS + ", ".join(keys), f"{remedy}add {them}"
    )


def _is_named(model: type[Table], path: str) -> bool:
    field = field_at(model, path.split(".")) if path else None
    shape: Shape | None = None if field is None else shape_of(field)
    return shape is not None and shape.kind == "table"
