"""Readiness: what a practice has in place, and what depends on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from hcrisk.exceptions import Problem
from hcrisk.scenario.bounds import Within
from hcrisk.scenario.content import entries, sequence
from hcrisk.scenario.quantity import Law, Number, Quantity
from hcrisk.scenario.refusal import nearest
from hcrisk.scenario.table import Share, Table, Text, field_at, item, shape_of

Multiple = Annotated[Number, Within(0.0, open_low=True)]


class ReadinessEffect(Table):
    """What depends on a readiness, and how much.

    Examples
    --------
    >>> ReadinessEffect(on="managers.drift", multiple=1.5).on
    'managers.drift'
    """

    on: Text = item("dotted path of a number of this scenario")
    multiple: Multiple = item(
        "what it is multiplied by where nothing is in place",
        "multiple",
        usual=(0.1, 10),
        neutral=1.0,
    )


class Readiness(Table):
    """Policies, governance, a defined scope: how far they are in place, and what they change.

    Examples
    --------
    >>> effects = [{"on": "managers.drift", "multiple": 1.5}]
    >>> Readiness(level=0.5, effects=effects).effects[0].multiple.value
    1.5
    """

    label: Text | None = item("name shown to readers", default=None)
    level: Share = item("how far it is in place", "share")
    effects: tuple[ReadinessEffect, ...] = item("what depends on it", default=())


def _is_certain(model: type[Table], path: str) -> bool:
    field = field_at(model, path.split("."))
    within = None if field is None else shape_of(field).within
    return within is not None and within.certain


def readiness_problems(
    content: Mapping[str, Any], quantities: Mapping[str, Quantity], model: type[Table]
) -> Iterator[Problem]:
    """Iterate over effects of readiness on what is no number that may vary.

    Parameters
    ----------
    content : mapping
        A scenario as a file holds it.
    quantities : mapping
        The scenario's, by path.
    model : type
        That of a scenario.
    """
    known = {
        f"{path}.{suffix}" if suffix else path: quantity
        for path, quantity in quantities.items()
        if not path.startswith("readiness.")
        for suffix in quantity.numbers()
    }
    for name, body in entries(content, "readiness"):
        for index, effect in enumerate(sequence(body, "effects")):
            path = effect.get("on") if isinstance(effect, Mapping) else None
            here = f"readiness.{name}.effects.{index}.on"
            if not isinstance(path, str):
                continue
            if path not in known:
                yield Problem(here, path, "is no number of this scenario", nearest(path, known))
            elif isinstance(known[path], Law):
                rule = "is part of a law, which is drawn anew each time"
                yield Problem(here, path, rule, "name a number, such as a rate or a share")
            elif _is_certain(model, path):
                rule = "decides the structure and must stay as it is stated"
                yield Problem(here, path, rule, "name a number that may be uncertain")
