"""Sizes, posts and seats: amounts that follow the size of the practice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, Self

from hcrisk.distributions.distribution import Distribution
from hcrisk.exceptions import ArgumentError, ScenarioError
from hcrisk.scenario.frozen import thaw
from hcrisk.scenario.quantity import Number, Quantity, below
from hcrisk.scenario.refusal import nearest, refused
from hcrisk.scenario.remarks import (
    PROSE,
    REMARKS,
    refuse_unknown,
    split_remarks,
    written_remarks,
)

Driver = Literal["user", "endpoint", "provider", "site"]
HAIR = 1e-9
DRIVERS: tuple[Driver, ...] = ("user", "endpoint", "provider", "site")


class HasDrivers(Protocol):
    """What a count needs to know of a practice."""

    def driver_count(self, driver: Driver) -> float:
        """Return how many of the driver there are."""


@dataclass(frozen=True)
class Size(Quantity):
    """An amount, either of the practice as it stands or per provider.

    Parameters
    ----------
    number : Number
    per_provider : bool
        Whether the number is to be multiplied by the providers.

    Examples
    --------
    >>> Size.parse({"per_provider": 4.5}).amount(50)
    225.0
    """

    number: Number
    per_provider: bool = False

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """Return the size written as ``raw``."""
        if isinstance(raw, cls):
            return raw
        if not isinstance(raw, Mapping) or "per_provider" not in raw:
            return cls(Number.parse(raw))
        remarks, rest = split_remarks(raw)
        refuse_unknown(rest, ("per_provider", *REMARKS))
        number = below("per_provider", Number, rest["per_provider"])
        inner = {name: getattr(number, name) for name in remarks}
        if any(value is not None for value in inner.values()):
            name = next(name for name, value in inner.items() if value is not None)
            raise refused(name, remarks[name], "is stated twice", "state it once")
        return cls(Number(number.value, number.distribution, **_joined(number, remarks)), True)

    @property
    def source(self) -> str | None:  # type: ignore[override]
        """Key into the scenario's sources."""
        return self.number.source

    @property
    def note(self) -> str | None:  # type: ignore[override]
        """Remark."""
        return self.number.note

    @property
    def is_certain(self) -> bool:
        """Whether the size is the same on every path."""
        return self.number.is_certain

    @property
    def constant(self) -> float | None:
        """The value of a certain size, before it is multiplied by the providers."""
        return self.number.constant

    @property
    def suffix(self) -> str:
        """What the path of the size's number has after the path of the size."""
        return ".per_provider" if self.per_provider else ""

    def shapes(self) -> tuple[Distribution, ...]:
        """Return the distribution of an uncertain size, before multiplication."""
        return self.number.shapes()

    def numbers(self) -> dict[str, Number]:
        """Return the number by the end of its path."""
        return {self.suffix.lstrip("."): self.number}

    def parts(self) -> Mapping[str, Quantity]:
        """Return the number, to which the field's range applies."""
        return self.numbers()

    def amount(self, providers: float) -> float:
        """Return the central amount for a practice with that many providers."""
        return self.number.central * (providers if self.per_provider else 1.0)

    def raw(self) -> Any:
        """Return the size as it is written in a file."""
        return {"per_provider": self.number.raw()} if self.per_provider else self.number.raw()


@dataclass(frozen=True)
class Count(Quantity):
    """A certain number of seats or posts, stated or following a driver.

    Parameters
    ----------
    fixed : float, optional
        The number itself.
    per : {"user", "endpoint", "provider", "site"}, optional
        The driver it follows.
    ratio : float, optional
        Units of the driver for each seat or post.
    minimum : float
    source, note : str, optional

    Examples
    --------
    >>> Count.parse({"per": "user", "ratio": 80, "minimum": 2}).ratio
    80.0
    """

    fixed: float | None = None
    per: Driver | None = None
    ratio: float | None = None
    minimum: float = 0.0
    source: str | None = None
    note: str | None = None

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """Return the count written as ``raw``."""
        if isinstance(raw, cls):
            return raw
        if not isinstance(raw, Mapping) or not {"per", "ratio", "minimum"} & set(raw):
            number = _certain(Number.parse(raw))
            return cls(fixed=number.value, source=number.source, note=number.note)
        prose = {name: raw[name] for name in PROSE if name in raw}
        split_remarks(prose)
        refuse_unknown(raw, ("per", "ratio", "minimum", *PROSE))
        for name in ("per", "ratio"):
            if name not in raw:
                raise refused(name, None, "is required", "add it")
        if raw["per"] not in DRIVERS:
            names = ", ".join(f'"{driver}"' for driver in DRIVERS)
            raise refused(
                "per", raw["per"], f"must be one of {names}", nearest(raw["per"], DRIVERS)
            )
        ratio = _below_certain("ratio", raw["ratio"])
        minimum = _below_certain("minimum", raw.get("minimum", 0.0))
        if ratio.constant is None or not 0 < ratio.constant < math.inf:
            remedy = "write how many units of the driver one seat or post serves"
            raise refused("ratio", ratio.raw(), "must be more than 0", remedy)
        prose.setdefault("source", ratio.source)
        prose.setdefault("note", ratio.note)
        return cls(None, raw["per"], ratio.value, float(minimum), prose["source"], prose["note"])

    @property
    def is_certain(self) -> bool:
        """Whether the count is certain: it always is."""
        return True

    @property
    def constant(self) -> float | None:
        """The stated number, or the minimum of a ratio."""
        return self.minimum if self.fixed is None else self.fixed

    def of(self, practice: HasDrivers, round_up: bool = True) -> float:
        """Return how many there are in ``practice``.

        Parameters
        ----------
        practice : Practice
        round_up : bool
            Whether a ratio gives whole seats (the posts of queue coverage are not rounded).

        Returns
        -------
        float
        """
        if self.fixed is not None:
            return self.fixed
        if self.per is None or self.ratio is None:
            raise ArgumentError("a", self, "count needs a fixed number or a driver and a ratio")
        needed = practice.driver_count(self.per) / self.ratio
        # 225 / 75 must give 3 seats whatever the last bit of the quotient.
        return max(float(math.ceil(needed - HAIR)) if round_up else needed, self.minimum)

    def raw(self) -> Any:
        """Return the count as it is written in a file."""
        remarks = written_remarks(self.source, self.note, None)
        if self.fixed is not None:
            return {"value": self.fixed, **remarks} if remarks else self.fixed
        least = {"minimum": self.minimum} if self.minimum else {}
        return {"per": self.per, "ratio": self.ratio, **least, **remarks}


@dataclass(frozen=True)
class Seats(Quantity):
    """The seats of one role in an arrangement.

    Parameters
    ----------
    count : Count
    tenure_years : Number, optional
        How long the incumbents have been there, if known.

    Examples
    --------
    >>> Seats.parse({"count": 3, "tenure_years": 2.5}).tenure_years.central
    2.5
    >>> Seats.parse({"per": "user", "ratio": 80}).count.per
    'user'
    """

    count: Count
    tenure_years: Number | None = None

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """Return the seats written as ``raw``."""
        if isinstance(raw, cls):
            return raw
        if not isinstance(raw, Mapping) or not {"count", "tenure_years"} & set(raw):
            return cls(Count.parse(raw))
        rest = dict(raw)
        tenure = rest.pop("tenure_years", None)
        years = None if tenure is None else below("tenure_years", Number, tenure)
        if "count" not in rest:
            if not rest:
                raise refused("count", None, "is required", "add the number of seats")
            return cls(Count.parse(rest), years)
        refuse_unknown(rest, ("count", "tenure_years"))
        return cls(below("count", Count, rest["count"]), years)

    @property
    def source(self) -> str | None:  # type: ignore[override]
        """Key into the scenario's sources."""
        return self.count.source

    @property
    def note(self) -> str | None:  # type: ignore[override]
        """Remark."""
        return self.count.note

    @property
    def is_certain(self) -> bool:
        """Whether the count is certain: it always is."""
        return True

    @property
    def constant(self) -> float | None:
        """The stated number of seats, or the minimum of a ratio."""
        return self.count.constant

    def numbers(self) -> dict[str, Number]:
        """Return the tenure, if known."""
        return {} if self.tenure_years is None else {"tenure_years": self.tenure_years}

    def parts(self) -> Mapping[str, Quantity]:
        """Return the count, to which the field's range applies."""
        return {"": self.count}

    def raw(self) -> Any:
        """Return the seats as they are written in a file."""
        if self.tenure_years is None:
            return self.count.raw()
        return {"count": self.count.raw(), "tenure_years": self.tenure_years.raw()}


def _joined(number: Number, remarks: Mapping[str, Any]) -> dict[str, Any]:
    return {name: remarks.get(name, getattr(number, name)) for name in REMARKS}


def _below_certain(name: str, raw: Any) -> Number:
    try:
        return _certain(below(name, Number, raw))
    except ScenarioError as error:
        if error.problems[0].path:
            raise
        raise ScenarioError([error.problems[0]._replace(path=name)]) from None


def _certain(number: Number) -> Number:
    if number.is_certain:
        return number
    rule = "must be certain, because it decides the structure of the model"
    remedy = "write a plain number, and compare scenarios with other values"
    raise refused("", thaw(number.raw()), rule, remedy)
