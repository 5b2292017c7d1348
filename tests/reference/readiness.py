"""Section 2: what readiness multiplies, by the dotted path of the number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, get_args


class Multiple(NamedTuple):
    """What a number is multiplied by on one path, and the most the product may be."""

    factor: float
    most: float


def with_numbers_of_their_own(scenario: Any) -> Any:
    """Return the scenario with every number that readiness names an object of its own.

    Fields left out of the file share the object of their default.
    """
    numbers = scenario.numbers()
    named = [path for path in _effects_by_path(scenario) if is_shared(numbers, path)]
    return scenario.replace({path: numbers[path].raw() for path in named}) if named else scenario


def is_shared(numbers: Mapping[str, Any], path: str) -> bool:
    """Return whether the number at a path is also at another."""
    return sum(number is numbers[path] for number in numbers.values()) > 1


def _effects_by_path(scenario: Any) -> dict[str, list[tuple[Any, Any]]]:
    """Return (level, multiple) of every effect, by what it is on, in file order."""
    found: dict[str, list[tuple[Any, Any]]] = {}
    for readiness in scenario.readiness.values():
        for effect in readiness.effects:
            found.setdefault(effect.on, []).append((readiness.level, effect.multiple))
    return found


def multiples(scenario: Any, number: Callable[[Any], float]) -> dict[int, Multiple]:
    """Return what numbers are multiplied by, by their identity."""
    effects = _effects_by_path(scenario)
    numbers = scenario.numbers() if effects else {}
    result: dict[int, Multiple] = {}
    for path, found in effects.items():
        assert not is_shared(numbers, path), path
        factor = 1.0
        for level, multiple in found:
            factor *= 1 + (number(multiple) - 1) * (1 - number(level))
        result[id(numbers[path])] = Multiple(factor, greatest(scenario, path))
    return result


def greatest(scenario: Any, path: str) -> float:
    """Return 1 for a number whose field must lie in [0, 1], else infinity."""
    field, here = None, scenario
    for part in path.split("."):
        if hasattr(type(here), "model_fields"):
            field, here = type(here).model_fields[part], getattr(here, part)
        elif isinstance(here, Mapping):
            here = here[part]
        elif isinstance(here, tuple):
            here = here[int(part)]
    assert field is not None
    ranges = [*field.metadata, *_metadata(field.annotation)]
    shares = [r for r in ranges if getattr(r, "low", None) == 0 and getattr(r, "high", None) == 1]
    return 1.0 if shares else float("inf")


def _metadata(annotation: Any) -> Iterator[Any]:
    """Return what annotations inside an annotation carry."""
    yield from getattr(annotation, "__metadata__", ())
    for inside in get_args(annotation):
        yield from _metadata(inside)
