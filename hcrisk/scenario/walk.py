"""Going through a scenario: every quantity with its dotted path, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from hcrisk.exceptions import Problem
from hcrisk.scenario.quantity import Quantity
from hcrisk.scenario.refusal import dotted
from hcrisk.scenario.remarks import PROSE
from hcrisk.scenario.table import Table, children

# What may hold a quantity, or is one.
HOLDERS = (Quantity, Table, Mapping, tuple)
# What a reader reads and the model does not.
WORDING = ("name", "label", "description", "sources", *PROSE)


def quantities(value: Any, content: Any, path: str = "") -> Iterator[tuple[str, Quantity]]:
    """Iterate over every quantity with its path: as in the file, then those left out of it.

    Parameters
    ----------
    value : Table, mapping, tuple or Quantity
    content : object
        The same as it is written in the file.
    path : str
        Where it stands.
    """
    if isinstance(value, Quantity):
        yield path, value
        return
    inside = dict(children(value))
    written = content if isinstance(content, Mapping) else {}
    if isinstance(content, list):
        written = {str(index): entry for index, entry in enumerate(content)}
    order = [key for key in written if key in inside] + [
        key for key in inside if key not in written
    ]
    for key in order:
        if isinstance(inside[key], HOLDERS):
            yield from quantities(inside[key], written.get(key), dotted([path, key]))


def in_file_order(problems: Iterable[Problem], content: Mapping[str, Any]) -> list[Problem]:
    """Sort problems by where in the file they are; what is missing comes after its neighbours."""
    position: dict[str, int] = {}

    def visit(value: Any, path: str) -> None:
        position[path] = len(position)
        entries = enumerate(value) if isinstance(value, list) else ()
        for key, entry in value.items() if isinstance(value, Mapping) else entries:
            visit(entry, dotted([path, key]))

    visit(content, "")

    def rank(problem: Problem) -> int:
        path = problem.path
        while path not in position:
            path = path.rpartition(".")[0]
        return position[path]

    return sorted(problems, key=rank)


def canonical(value: Any) -> Any:
    """Return the numbers and structure of a table in a form that does not depend on wording.

    Named entries keep their order, because it is that of the results. What is as if left out is
    left out, so that a field added to the format changes no fingerprint.
    """
    if isinstance(value, Quantity):
        return _bare(value.raw())
    if isinstance(value, Table):
        defaults = _defaults(type(value))
        kept = {
            key: canonical(entry)
            for key, entry in children(value)
            if key not in WORDING and entry is not None
        }
        return {
            key: entry
            for key, entry in kept.items()
            if key not in defaults or entry != defaults[key]
        }
    if isinstance(value, Mapping):
        return [[name, canonical(entry)] for name, entry in value.items()]
    if isinstance(value, tuple):
        return [canonical(entry) for entry in value]
    return value


@cache
def _defaults(model: type[Table]) -> dict[str, Any]:
    """Return what fields hold that are left out, in the same form."""
    stated = ((key, field) for key, field in model.model_fields.items() if not field.is_required())
    return {key: canonical(field.default) for key, field in stated}


def _bare(raw: Any) -> Any:
    if isinstance(raw, Mapping):
        kept = {key: _bare(raw[key]) for key in sorted(raw) if key not in PROSE}
        return kept["value"] if list(kept) == ["value"] else kept
    if isinstance(raw, list):
        return [_bare(entry) for entry in raw]
    return float(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw
