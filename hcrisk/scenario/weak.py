"""Multipliers that rest on weak evidence, and what makes each of them have no effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.scenario.piecewise import Piecewise
from hcrisk.scenario.quantity import Law, Number, Quantity
from hcrisk.scenario.source import Source
from hcrisk.scenario.table import field_at, told

if TYPE_CHECKING:
    from hcrisk.scenario.scenario import Scenario

NOTE = "switched off by no_effect"


def weak_multipliers(scenario: Scenario) -> dict[str, float]:
    """Return the multipliers that rest on weak evidence, with the value that has no effect.

    A multiplier scales a rate, a loss, a fee, a pay or an hour's work because of a state or an
    event; docs/model.md lists them. Its evidence is weak if its source is of low confidence or a
    judgement. One without a source is left alone, and so is one that has no effect already.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    dict
        By dotted path, in file order.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> weak_multipliers(load("mid-market"))["managers.drift"]
    0.0
    """
    return {
        path: neutral
        for path, part in _parts(scenario)
        if (neutral := told(field_at(type(scenario), path.split(".")), "neutral")) is not None
        and part.constant != neutral
        and any(_is_weak(scenario.sources.get(key)) for key in _sources(part))
    }


def switched_off(scenario: Scenario) -> dict[str, Any]:
    """Return the changes that make weak multipliers have no effect, by dotted path.

    Raises
    ------
    ScenarioError
        If a parameter of one of them is correlated with other inputs.
    """
    found = weak_multipliers(scenario)
    correlated = [name for block in scenario.correlation_blocks() for name in block.inputs]
    problems = [
        Problem(
            name,
            None,
            f"moves together with other inputs, so {path} cannot be switched off",
            "take it out of correlations",
        )
        for path in found
        for name in correlated
        if name.startswith(f"{path}.")
    ]
    if problems:
        raise ScenarioError(problems)
    return {path: {"value": neutral, "note": NOTE} for path, neutral in found.items()}


def _parts(scenario: Scenario) -> Iterator[tuple[str, Quantity]]:
    for path, quantity in scenario.quantities().items():
        parts: Mapping[str, Quantity] = {"": quantity}
        if isinstance(quantity, Piecewise):
            parts = quantity.numbers()
        for end, part in parts.items():
            yield f"{path}.{end}" if end else path, part


def _sources(part: Quantity) -> Iterator[str]:
    inside: list[Number] = list(part.numbers().values()) if isinstance(part, Law) else []
    for stated in (part, *inside):
        if stated.source:
            yield stated.source


def _is_weak(source: Source | None) -> bool:
    return source is not None and (source.confidence == "low" or source.obtained == "judgement")
