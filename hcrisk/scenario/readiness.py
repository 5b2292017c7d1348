"""Readiness: what a practice has in place, and what depends on it."""

from __future__ import annotations

from typing import Annotated

from hcrisk.scenario.bounds import Within
from hcrisk.scenario.quantity import Number
from hcrisk.scenario.table import Share, Table, Text, item

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
