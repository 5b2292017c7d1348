"""Numbers that may be uncertain and sourced, and laws that are drawn again at each occurrence."""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from hcrisk.distributions.distribution import Distribution
from hcrisk.distributions.families import FAMILIES
from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.scenario.family import end_problems, unknown_parameters
from hcrisk.scenario.frozen import Frozen, thaw
from hcrisk.scenario.refusal import dotted, is_number, look_up, parsed, refused, under
from hcrisk.scenario.remarks import (
    REMARKS,
    not_a_number,
    refuse_unknown,
    split_remarks,
    table_remedy,
    written_remarks,
)

Q = TypeVar("Q", bound="Quantity")

MOST_CORNERS = 5
FAR = 1e15


class Quantity(ABC):
    """What every kind of number in a scenario has in common."""

    source: str | None
    note: str | None

    @classmethod
    @abstractmethod
    def parse(cls, raw: Any) -> Self:
        """Return the quantity written as ``raw``; raise `ScenarioError` with relative paths."""

    @abstractmethod
    def raw(self) -> Any:
        """Return the quantity as it is written in a file."""

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # It describes quantities of every kind.
        from hcrisk.scenario.show import value_text

        printer.text(f"<{type(self).__name__} {value_text(self)}>")

    @property
    @abstractmethod
    def is_certain(self) -> bool:
        """Whether nothing about it is uncertain."""

    @property
    def constant(self) -> float | None:
        """The value, if there is only one possible value."""
        return None

    def shapes(self) -> tuple[Distribution, ...]:
        """Return distributions that together reach every possible value."""
        return ()

    def numbers(self) -> dict[str, Number]:
        """Return the numbers it consists of, by the end of their path."""
        return {}

    def parts(self) -> Mapping[str, Quantity]:
        """Return what the range of a field applies to, by the end of its path."""
        return {"": self}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read fields of this type with `parse`."""
        return core_schema.no_info_plain_validator_function(lambda raw: parsed(cls.parse, raw))


@dataclass(frozen=True)
class Number(Quantity):
    """A number: certain, or drawn once per path.

    Parameters
    ----------
    value : float, optional
        The value of a certain number.
    distribution : Distribution, optional
        The distribution of an uncertain one.
    source : str, optional
        Key into the scenario's sources.
    note : str, optional
    range : tuple of float, optional
        The values worth exploring in a sensitivity analysis.

    Examples
    --------
    >>> Number.parse({"value": 60340, "source": "bls"}).central
    60340.0
    >>> pay = Number.parse({"dist": "uniform", "low": 50_000, "high": 70_000})
    >>> pay.is_certain, pay.central
    (False, 60000.0)
    """

    value: float | None = None
    distribution: Distribution | None = None
    source: str | None = None
    note: str | None = None
    range: tuple[float, float] | None = None
    # IPython takes a class's own repr first.
    _repr_pretty_ = Quantity._repr_pretty_

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """Return the number written as ``raw``."""
        if isinstance(raw, cls):
            return raw
        if is_number(raw):
            return cls(float(raw))
        if not isinstance(raw, Mapping):
            raise not_a_number(raw)
        remarks, rest = split_remarks(raw)
        if rest.get("dist") == "constant":
            rest.pop("dist")
        if "dist" in rest:
            return cls(None, distribution_of(rest), **remarks)
        if "value" not in rest:
            raise refused("", thaw(raw), "must be a number", table_remedy(raw))
        value = rest.pop("value")
        refuse_unknown(rest, ("value", *REMARKS))
        if not is_number(value):
            raise ScenarioError(under("value", not_a_number(value).problems))
        return cls(float(value), **remarks)

    @property
    def is_certain(self) -> bool:
        """Whether the number is the same on every path."""
        return self.distribution is None

    @property
    def constant(self) -> float | None:
        """The value of a certain number."""
        return self.value

    @property
    def central(self) -> float:
        """The value, or the median of an uncertain number."""
        if self.value is not None:
            return self.value
        return math.nan if self.distribution is None else self.distribution.median()

    def __float__(self) -> float:
        """Return the value of a certain number."""
        if self.value is None:
            raise TypeError("an uncertain number has no single value; use its central value")
        return self.value

    def shapes(self) -> tuple[Distribution, ...]:
        """Return the distribution of an uncertain number."""
        return () if self.distribution is None else (self.distribution,)

    def numbers(self) -> dict[str, Number]:
        """Return the number itself."""
        return {"": self}

    def raw(self) -> Any:
        """Return the number as it is written in a file."""
        remarks = written_remarks(self.source, self.note, self.range)
        if self.distribution is not None:
            return {**self.distribution.to_mapping(), **remarks}
        return {"value": self.value, **remarks} if remarks else self.value


@dataclass(frozen=True)
class Law(Quantity):
    """A law, drawn again at each occurrence.

    Parameters
    ----------
    family : str
        "constant" for a plain number.
    parameters : mapping
        Each one a `Number`, itself possibly uncertain; plain values where the family's shape
        is a list.
    truncate, clip : tuple of float, optional
    source, note : str, optional
    range : tuple of float, optional

    Examples
    --------
    >>> most = {"dist": "uniform", "low": 40, "high": 60}
    >>> law = Law.parse({"dist": "uniform", "low": 20, "high": most})
    >>> law.family, law.is_certain, law.parameters["high"].central
    ('uniform', False, 50.0)
    >>> Law.parse(1.5).constant
    1.5
    """

    family: str
    parameters: Mapping[str, Any]
    truncate: tuple[float, float] | None = None
    clip: tuple[float, float] | None = None
    source: str | None = None
    note: str | None = None
    range: tuple[float, float] | None = None

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """Return the law written as ``raw``."""
        if isinstance(raw, cls):
            return raw
        if not isinstance(raw, Mapping):
            return cls("constant", Frozen({"value": Number.parse(raw)}))
        remarks, rest = split_remarks(raw)
        if rest.get("dist", "constant") == "constant":
            if "value" not in rest:
                raise refused("", thaw(raw), "must be a number or a law", table_remedy(raw))
            refuse_unknown(rest, ("dist", "value", *REMARKS))
            value = below("value", Number, rest["value"])
            return cls("constant", Frozen({"value": value}), **remarks)
        parameters = _parameters(rest)
        possible = [_possible(rest, parameters, corner) for corner in _corners(parameters)]
        kept = Frozen({name: _tuples(value) for name, value in parameters.items()})
        return cls(possible[0].family, kept, possible[0].truncate, possible[0].clip, **remarks)

    @property
    def is_certain(self) -> bool:
        """Whether every parameter is the same on every path."""
        return all(p.is_certain for p in self.parameters.values() if isinstance(p, Number))

    @property
    def constant(self) -> float | None:
        """The value every draw has, if it is a plain number."""
        return self.parameters["value"].value if self.family == "constant" else None

    @cached_property
    def distribution(self) -> Distribution:
        """The distribution with uncertain parameters at their central values."""
        return self._with({name: _central(value) for name, value in self.parameters.items()})

    def shapes(self) -> tuple[Distribution, ...]:
        """Return the distribution for every corner of what its parameters may be."""
        return self._shapes

    @cached_property
    def _shapes(self) -> tuple[Distribution, ...]:
        return tuple(self._with(corner) for corner in _corners(self.parameters))

    def _with(self, parameters: Mapping[str, Any]) -> Distribution:
        ends = _ends(self.truncate, self.clip)
        return distribution_of({"dist": self.family, **parameters, **ends})

    def numbers(self) -> dict[str, Number]:
        """Return the parameters by name; the value of a constant law has no name."""
        if self.family == "constant" and self.constant is not None:
            return {"": self.parameters["value"]}
        return {name: p for name, p in self.parameters.items() if isinstance(p, Number)}

    def raw(self) -> Any:
        """Return the law as it is written in a file."""
        written = {
            name: value.raw() if isinstance(value, Number) else thaw(value)
            for name, value in self.parameters.items()
        }
        remarks = written_remarks(self.source, self.note, self.range)
        if self.family == "constant":
            plain = not remarks and is_number(written["value"])
            return written["value"] if plain else {**written, **remarks}
        return {"dist": self.family, **written, **_ends(self.truncate, self.clip), **remarks}


def distribution_of(table: Mapping[str, Any]) -> Distribution:
    """Build the distribution a table with ``dist`` describes, or raise what is wrong with it."""
    try:
        distribution = Distribution.from_mapping(table)
    except ScenarioError as error:
        placed = [_placed(problem, table) for problem in error.problems]
        raise ScenarioError(unknown_parameters(table) or placed) from None
    if distribution.truncate is None and distribution.clip is None:
        return distribution
    problems = end_problems(Distribution(distribution.family, distribution.arguments), table)
    if problems:
        raise ScenarioError(problems)
    return distribution


def _placed(problem: Problem, table: Mapping[str, Any]) -> Problem:
    # The family as a whole, not one of its parameters, is what these are about.
    path = "" if problem.path == "parameters" else problem.path
    path = path.replace("[", ".").replace("]", "")
    there, value = look_up(table, path) if path else (False, None)
    return problem._replace(path=path, value=thaw(value) if there else problem.value)


def _possible(
    rest: Mapping[str, Any], parameters: Mapping[str, Any], corner: Mapping[str, Any]
) -> Distribution:
    """Build the distribution for one corner of what its uncertain parameters may be."""
    try:
        return distribution_of({**rest, **corner})
    except ScenarioError as error:
        raise ScenarioError(
            problem._replace(
                value=float(f"{corner[problem.path]:.6g}"),
                rule=f"{problem.rule}, whatever value it takes",
            )
            if isinstance(parameter := parameters.get(problem.path), Number)
            and not parameter.is_certain
            else problem
            for problem in error.problems
        ) from None


def _ends(truncate: Any, clip: Any) -> dict[str, list[float]]:
    ends = {"truncate": truncate, "clip": clip}
    return {name: list(pair) for name, pair in ends.items() if pair is not None}


def _parameters(rest: Mapping[str, Any]) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    problems: list[Problem] = []
    family = FAMILIES.get(rest["dist"]) if isinstance(rest["dist"], str) else None
    listed = family is None or family.listed
    for name, raw in rest.items():
        if name in ("dist", "truncate", "clip"):
            continue
        if listed:
            problems += _uncertain_inside(name, raw)
            parameters[name] = raw
            continue
        try:
            parameters[name] = below(name, Number, raw)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return parameters


def _uncertain_inside(name: str, raw: Any) -> list[Problem]:
    # The components of a mixture are tables themselves; what is in them must be plain.
    entries = enumerate(raw) if isinstance(raw, list | tuple) else [("", raw)]
    places: list[tuple[str, Any]] = []
    for index, entry in entries:
        if name == "components" and isinstance(entry, Mapping):
            places += [(dotted([name, index, key]), value) for key, value in entry.items()]
        else:
            places.append((dotted([name, index]), entry))
    rule = "must be certain: the shape of this family cannot be uncertain"
    remedy = "write plain numbers, or a family with named parameters"
    return [
        Problem(path, thaw(value), rule, remedy)
        for path, value in places
        if isinstance(value, Mapping)
        or (isinstance(value, list | tuple) and any(isinstance(part, Mapping) for part in value))
    ]


def below(name: str, kind: type[Q], raw: Any) -> Q:
    """Read what stands at the key ``name``, whose problems get that key as their path."""
    try:
        return kind.parse(raw)
    except ScenarioError as error:
        raise ScenarioError(under(name, error.problems)) from None


def _central(value: Any) -> Any:
    return value.central if isinstance(value, Number) else value


def _corners(parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every combination of the ends of what the uncertain parameters may be."""
    choices = [_extremes(value) for value in parameters.values()]
    if sum(len(values) > 1 for values in choices) > MOST_CORNERS:
        pairs = zip(*((values[0], values[-1]) for values in choices), strict=True)
        return [dict(zip(parameters, ends, strict=True)) for ends in pairs]
    return [dict(zip(parameters, ends, strict=True)) for ends in itertools.product(*choices)]


def _extremes(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, Number):
        return (value,)
    if value.distribution is None:
        return (value.value,)
    low, high = value.distribution.support()
    # The ends themselves have no probability: step inside, and not all the way to infinity.
    inward = 1e-12 * max(1.0, abs(low) if math.isfinite(low) else 1.0)
    return (max(low + inward, -FAR), min(high - inward, FAR))


def _tuples(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Frozen({key: _tuples(entry) for key, entry in value.items()})
    return tuple(_tuples(entry) for entry in value) if isinstance(value, list | tuple) else value
