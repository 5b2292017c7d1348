"""Quantities that depend on a level: multiples, probabilities and prices."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.scenario.bounds import Within
from hcrisk.scenario.quantity import Number, Quantity
from hcrisk.scenario.refusal import UNKNOWN_KEY, is_number, nearest, shown, under


@dataclass(frozen=True)
class Entry:
    """One entry of a list: the level and the number that goes with it.

    Parameters
    ----------
    level : float
    number : Number
    """

    level: float
    number: Number


@dataclass(frozen=True)
class Point(Entry):
    """A point of a curve: at uncovered share ``at``, multiply by ``multiple``.

    Examples
    --------
    >>> Point(0.5, Number(1.4)).multiple.central
    1.4
    """

    @property
    def at(self) -> float:
        """The uncovered share."""
        return self.level

    @property
    def multiple(self) -> Number:
        """The multiple there."""
        return self.number


@dataclass(frozen=True)
class Step(Entry):
    """A step: an event of more than ``above`` records has ``probability``.

    Examples
    --------
    >>> Step(500, Number(0.3)).above
    500
    """

    @property
    def above(self) -> float:
        """The records an event must exceed."""
        return self.level

    @property
    def probability(self) -> Number:
        """The probability there."""
        return self.number


@dataclass(frozen=True)
class Band(Entry):
    """A price band: from ``start`` units on, every unit costs ``price``.

    Examples
    --------
    >>> Band(0, Number(120.0)).price.central
    120.0
    """

    @property
    def start(self) -> float:
        """The count at which the band begins (``from`` in a file)."""
        return self.level

    @property
    def price(self) -> Number:
        """The price per unit and month."""
        return self.number


@dataclass(frozen=True)
class Piecewise(Quantity):
    """A number, or a list of entries in order of their level.

    Parameters
    ----------
    number : Number, optional
        The single number, if it was written as one.
    entries : tuple of Entry
        The list, if it was written as one.
    """

    number: Number | None = None
    entries: tuple[Entry, ...] = ()

    entry: ClassVar[type[Entry]] = Entry
    keys: ClassVar[tuple[str, str]] = ("level", "number")
    levels: ClassVar[Within] = Within()
    first: ClassVar[float | None] = None

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """Return what is written as ``raw``."""
        if isinstance(raw, cls):
            return raw
        if not isinstance(raw, list | tuple):
            return cls(Number.parse(raw))
        problems: list[Problem] = []
        entries: list[Entry] = []
        for index, item in enumerate(raw):
            try:
                entries.append(cls._entry(item))
            except ScenarioError as error:
                problems += under(str(index), error.problems)
        if not raw:
            one, other = cls.keys
            remedy = f"write a number, or a list of {{ {one} = ..., {other} = ... }}"
            problems.append(Problem("", raw, "must not be empty", remedy))
        if not problems:
            problems = cls._order_problems(entries)
        if problems:
            raise ScenarioError(problems)
        return cls(None, tuple(entries))

    @classmethod
    def _entry(cls, item: Any) -> Entry:
        one, other = cls.keys
        if not isinstance(item, Mapping):
            remedy = f"write it as {{ {one} = ..., {other} = ... }}"
            raise ScenarioError([Problem("", item, "must be a table", remedy)])
        problems = [
            Problem(key, item[key], UNKNOWN_KEY, nearest(key, cls.keys))
            for key in item
            if key not in cls.keys
        ]
        problems += [
            Problem(key, None, "is required", "add it") for key in cls.keys if key not in item
        ]
        level, number = item.get(one, 0.0), Number(0.0)
        if not is_number(level):
            problems.append(
                Problem(one, level, "must be a plain number", "write the number itself")
            )
        elif not cls.levels.holds(float(level)):
            problems += under(one, cls.levels.problems(Number(float(level))))
        try:
            number = Number.parse(item.get(other, 0.0))
        except ScenarioError as error:
            problems += under(other, error.problems)
        if problems:
            raise ScenarioError(problems)
        return cls.entry(float(level), number)

    @classmethod
    def _order_problems(cls, entries: list[Entry]) -> list[Problem]:
        name = cls.keys[0]
        if cls.first is not None and entries[0].level != cls.first:
            rule = f"must be {shown(cls.first)} in the first entry"
            remedy = f"let the first entry begin at {shown(cls.first)}"
            return [Problem(f"0.{name}", entries[0].level, rule, remedy)]
        for index in range(1, len(entries)):
            before, here = entries[index - 1].level, entries[index].level
            if here <= before:
                rule = f"must be more than {shown(before)}, the one before it"
                remedy = "put the entries in increasing order, each once"
                return [Problem(f"{index}.{name}", here, rule, remedy)]
        return []

    @property
    def is_certain(self) -> bool:
        """Whether every number in it is the same on every path."""
        return all(number.is_certain for number in self.numbers().values())

    @property
    def source(self) -> str | None:  # type: ignore[override]
        """Key into the scenario's sources, of a single number."""
        return self.number.source if self.number is not None else None

    @property
    def note(self) -> str | None:  # type: ignore[override]
        """Remark on a single number."""
        return self.number.note if self.number is not None else None

    def numbers(self) -> dict[str, Number]:
        """Return the numbers by the end of their path."""
        if self.number is not None:
            return {"": self.number}
        return {f"{i}.{self.keys[1]}": entry.number for i, entry in enumerate(self.entries)}

    def parts(self) -> Mapping[str, Quantity]:
        """Return the numbers, to each of which the field's range applies."""
        return self.numbers()

    def raw(self) -> Any:
        """Return it as it is written in a file."""
        if self.number is not None:
            return self.number.raw()
        one, other = self.keys
        return [{one: entry.level, other: entry.number.raw()} for entry in self.entries]

    def _position(self, level: float) -> int | None:
        below = [i for i, entry in enumerate(self.entries) if self._applies(entry, level)]
        return below[-1] if below else None

    def _applies(self, entry: Entry, level: float) -> bool:
        return entry.level <= level


@dataclass(frozen=True)
class Curve(Piecewise):
    """A multiple that depends on the uncovered share, linear between its points.

    Written as a list of points, or as one number: the multiple at 1, the multiple at 0 being 1.

    Examples
    --------
    >>> Curve.parse(1.7).points
    (Point(level=0.0, number=Number(value=1.0...)), Point(level=1.0, number=Number(value=1.7...)))
    >>> Curve.parse([{"at": 0, "multiple": 0.75}, {"at": 1, "multiple": 1.7}]).kappa is None
    True
    """

    entry: ClassVar[type[Entry]] = Point
    keys: ClassVar[tuple[str, str]] = ("at", "multiple")
    levels: ClassVar[Within] = Within(0.0, 1.0)

    @property
    def kappa(self) -> Number | None:
        """The multiple at 1, if only that was written."""
        return self.number

    @property
    def points(self) -> tuple[Entry, ...]:
        """The points, including those that one number stands for."""
        if self.number is None:
            return self.entries
        return (Point(0.0, Number(1.0)), Point(1.0, self.number))


@dataclass(frozen=True)
class Chance(Piecewise):
    """A probability, or steps of it by the records of an event.

    Examples
    --------
    >>> small, large = {"above": 0, "probability": 0.1}, {"above": 500, "probability": 0.6}
    >>> chance = Chance.parse([small, large])
    >>> chance.at(500), chance.at(501)
    (0, 1)
    """

    entry: ClassVar[type[Entry]] = Step
    keys: ClassVar[tuple[str, str]] = ("above", "probability")
    levels: ClassVar[Within] = Within(0.0, math.inf)

    @property
    def steps(self) -> tuple[Any, ...]:
        """The steps, if any."""
        return self.entries

    def _applies(self, entry: Entry, level: float) -> bool:
        return entry.level < level

    def at(self, records: float) -> int | None:
        """Return the position of the step that applies to so many records, None below the first."""
        return self._position(records)


@dataclass(frozen=True)
class Price(Piecewise):
    """A price per unit, or bands of it: that of the count's band applies to all units.

    Examples
    --------
    >>> price = Price.parse([{"from": 0, "price": 9}, {"from": 100, "price": 7}])
    >>> price.at(99), price.at(100)
    (0, 1)
    """

    entry: ClassVar[type[Entry]] = Band
    keys: ClassVar[tuple[str, str]] = ("from", "price")
    levels: ClassVar[Within] = Within(0.0, math.inf)
    first: ClassVar[float | None] = 0.0

    @property
    def bands(self) -> tuple[Any, ...]:
        """The bands, if any."""
        return self.entries

    def at(self, count: float) -> int | None:
        """Return the position of the band in which the count lies, None for a single price."""
        return self._position(count)
