"""Reading plain content that may be wrong in any way: what cannot be read is passed over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hcrisk.exceptions import ScenarioError
from hcrisk.scenario.quantity import Number
from hcrisk.scenario.refusal import is_number


def table(content: Any, *keys: str) -> Mapping[str, Any]:
    """Return the table at the keys, an empty one if there is none.

    Examples
    --------
    >>> table({"roles": {"analyst": {"pay": 1}}}, "roles", "analyst")
    {'pay': 1}
    >>> table({"roles": 3}, "roles", "analyst")
    {}
    """
    here = content
    for key in keys:
        here = here.get(key) if isinstance(here, Mapping) else None
    return here if isinstance(here, Mapping) else {}


def entries(content: Any, *keys: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Iterate over the named entries at the keys that are tables."""
    for name, entry in table(content, *keys).items():
        if isinstance(entry, Mapping):
            yield name, entry


def text(content: Mapping[str, Any], key: str) -> str | None:
    """Return the text at the key, None if it is anything else."""
    value = content.get(key)
    return value if isinstance(value, str) else None


def sequence(content: Mapping[str, Any], key: str) -> list[Any]:
    """Return the list at the key, an empty one if it is anything else."""
    value = content.get(key)
    return value if isinstance(value, list) else []


def certain(content: Mapping[str, Any], key: str, default: float | None = None) -> float | None:
    """Return the certain number at the key, None if it is uncertain or not a number.

    Examples
    --------
    >>> certain({"a": {"value": 2, "source": "s"}}, "a"), certain({}, "a", 1.0)
    (2.0, 1.0)
    """
    if key not in content:
        return default
    value = content[key]
    if isinstance(value, Mapping) and "dist" not in value:
        value = value.get("value")
    return float(value) if is_number(value) else None


def reach(
    content: Mapping[str, Any], key: str, default: float | None = None
) -> tuple[float, float] | None:
    """Return the least and greatest value of the number at the key, None if it is not one.

    Examples
    --------
    >>> reach({"a": {"dist": "uniform", "low": 1, "high": 2}}, "a"), reach({}, "a", 3.0)
    ((1.0, 2.0), (3.0, 3.0))
    """
    try:
        number = Number.parse(content[key] if key in content else default)
    except ScenarioError:
        return None
    if number.distribution is None:
        return (float(number), float(number))
    return number.distribution.support()


def central(content: Mapping[str, Any], key: str, default: float | None = None) -> float | None:
    """Return the value or median of the number at the key, None if it is not one.

    Examples
    --------
    >>> central({"a": {"dist": "uniform", "low": 1, "high": 2}}, "a"), central({}, "a", 3.0)
    (1.5, 3.0)
    """
    try:
        return Number.parse(content[key] if key in content else default).central
    except ScenarioError:
        return None


def is_zero(content: Mapping[str, Any], key: str) -> bool:
    """Tell whether a number is left out or certainly zero."""
    return certain(content, key, 0.0) == 0.0
