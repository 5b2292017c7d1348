"""The assumptions register: every number of a scenario with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from hcrisk.scenario.defaults import JUDGED, why_default
from hcrisk.scenario.describe import describe
from hcrisk.scenario.piecewise import Piecewise
from hcrisk.scenario.places import generic
from hcrisk.scenario.quantity import Law, Quantity
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.size import Seats, Size
from hcrisk.scenario.table import field_at, told


class Assumption(NamedTuple):
    """One number or law, as a reader of the register sees it.

    Attributes
    ----------
    path : str
    value : str
    unit : str
    source : str or None
        Key of the source.
    title : str or None
        Title of the source.
    confidence, obtained : str or None
        As the source states them.
    own : {"user", "scenario", "default"}
        Whose number it is: the user's, the shipped scenario's or the library's default.
    note : str or None
        Of a default, why it is that.
    """

    path: str
    value: str
    unit: str
    source: str | None
    title: str | None
    confidence: str | None
    obtained: str | None
    own: Literal["user", "scenario", "default"]
    note: str | None


class Default(NamedTuple):
    """A number of some kind that a scenario leaves at hcrisk's default.

    Attributes
    ----------
    kind : str
        Its path, with a star for each name.
    meaning, value, unit : str
    why : str
        Why it is that.
    places : int
        In how many it holds.
    """

    kind: str
    meaning: str
    value: str
    unit: str
    why: str
    places: int


def register(scenario: Scenario) -> list[Assumption]:
    """Return every number and law of a scenario, in file order.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of Assumption
        A law is one entry, and each uncertain parameter of it another.
    """
    content = scenario.to_mapping()
    return [_assumption(scenario, content, path, part) for path, part in parts_of(scenario)]


def defaults(scenario: Scenario) -> list[Default]:
    """Return what a scenario leaves at hcrisk's defaults, each kind of number once.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of Default
        What is judged first, else in file order.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> [one.value for one in defaults(load("mid-market")) if one.kind == "growth.most"]
    ['3']
    """
    found: dict[tuple[str, str, str], list[Assumption]] = {}
    for entry in register(scenario):
        if entry.own == "default":
            kind = generic(entry.path, Scenario)
            found.setdefault((kind, entry.value, entry.unit), []).append(entry)
    kinds = [
        Default(kind, _meaning(entries[0].path), value, unit, entries[0].note or "", len(entries))
        for (kind, value, unit), entries in found.items()
    ]
    return sorted(kinds, key=lambda one: not one.why.startswith(JUDGED))


def _meaning(path: str) -> str:
    field = field_at(Scenario, path.split("."))
    return str(field.description) if field is not None else ""


def parts_of(scenario: Scenario) -> Iterator[tuple[str, Quantity]]:
    """Iterate over what the register lists, with the path it lists it under."""
    for path, quantity in scenario.quantities().items():
        yield from _parts(path, quantity)


def _parts(path: str, quantity: Quantity) -> Iterator[tuple[str, Quantity]]:
    if isinstance(quantity, Piecewise):
        for end, number in quantity.numbers().items():
            yield (f"{path}.{end}" if end else path), number
        return
    yield (path + quantity.suffix if isinstance(quantity, Size) else path), quantity
    if isinstance(quantity, Law | Seats):
        for end, number in quantity.numbers().items():
            if end and (isinstance(quantity, Seats) or not number.is_certain):
                yield f"{path}.{end}", number


def _assumption(
    scenario: Scenario, content: dict[str, Any], path: str, quantity: Quantity
) -> Assumption:
    source = scenario.sources.get(quantity.source) if quantity.source else None
    own = _whose(scenario, content, path)
    return Assumption(
        path,
        describe(quantity),
        unit_of(scenario, path),
        quantity.source,
        source.title if source else None,
        source.confidence if source else None,
        source.obtained if source else None,
        own,
        why_default(path) if own == "default" else quantity.note,
    )


def unit_at(path: str) -> str:
    """Return the unit of the field at a dotted path, "" if it has none.

    Examples
    --------
    >>> unit_at("roles.analyst.pay"), unit_at("insurance.sublimits.breach.response")
    ('USD/year', 'USD')
    """
    return told(field_at(Scenario, path.split(".")), "unit") or ""


def unit_of(scenario: Scenario, path: str) -> str:
    """Return the unit of the number at a dotted path, in the scenario's currency.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> unit_of(load("mid-market"), "lines.backup.amount")
    'USD/user/month'
    """
    if path.endswith(".tenure_years"):
        return "years"
    unit = unit_at(path)
    if path.endswith(".amount"):
        unit = _line_unit(scenario, path)
    return unit.replace("USD", scenario.currency)


def _line_unit(scenario: Scenario, path: str) -> str:
    here: Any = scenario
    for part in path.split(".")[:-1]:
        here = here[part] if not hasattr(here, part) else getattr(here, part)
    per = {"flat": "", "fte": "/FTE"}.get(here.driver, f"/{here.driver}")
    recurring = here.every_years is not None or here.driver == "hire"
    return f"USD{per}" + ("" if recurring else f"/{here.period}")


def _whose(
    scenario: Scenario, content: dict[str, Any], path: str
) -> Literal["user", "scenario", "default"]:
    here: Any = content
    for part in path.split("."):
        if isinstance(here, list):
            here = here[int(part)]
        elif isinstance(here, dict) and part in here:
            here = here[part]
        else:
            return "default"
    return "user" if scenario.is_own(path) else "scenario"
