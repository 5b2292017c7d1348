"""What a distribution in a file may get wrong beyond the rules of its family."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hcrisk.distributions.distribution import Distribution
from hcrisk.distributions.families import FAMILIES, MODIFIERS
from hcrisk.distributions.rules import quantile_level
from hcrisk.exceptions import Problem
from hcrisk.scenario.refusal import UNKNOWN_KEY, nearest, shown
from hcrisk.scenario.remarks import REMARKS


def unknown_parameters(table: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each key that no form of the family has.

    Examples
    --------
    >>> print(unknown_parameters({"dist": "normal", "maen": 3, "sd": 1})[0])
    maen = 3: is not a known key; did you mean "mean"?
    """
    name = table.get("dist")
    family = FAMILIES.get(name) if isinstance(name, str) else None
    if family is None:
        return []
    known = [key for form in family.forms for key in form.parameters]
    if family.quantiles:
        known += ["median", "p5", "p50", "p95"]
    known += [*MODIFIERS, *REMARKS]
    return [
        Problem(key, value, UNKNOWN_KEY, nearest(key, known))
        for key, value in table.items()
        if key != "dist"
        and key not in known
        and not (family.quantiles and quantile_level(key) is not None)
    ]


def end_problems(whole: Distribution, table: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with where a distribution is cut.

    Parameters
    ----------
    whole : Distribution
        Without any cut.
    table : mapping
        Where ``truncate`` and ``clip`` may be given.

    Returns
    -------
    list of Problem
    """
    low, high = whole.support()
    problems = []
    for name in MODIFIERS:
        ends = table.get(name)
        if ends is None or (ends[0] < high and ends[1] > low and _keeps_some(whole, ends)):
            continue
        # A single value is kept by a cut it lies in.
        if low == high and ends[0] <= low <= ends[1]:
            continue
        rule = f"must leave some of what lies between {shown(low)} and {shown(high)}"
        remedy = "widen it, or use -inf or inf for an open end"
        problems.append(Problem(name, list(ends), rule, remedy))
    return problems


def _keeps_some(whole: Distribution, ends: Any) -> bool:
    values = whole.parameters.get("values", (max(ends[0], -math.inf),))
    return any(ends[0] <= value <= ends[1] for value in values)
