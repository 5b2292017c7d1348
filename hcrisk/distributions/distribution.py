"""A distribution as an object: what a scenario writes, checked, with its moments."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hcrisk.distributions.families import FAMILIES, MODIFIERS, Form, find_form, validate
from hcrisk.exceptions import Problem, ScenarioError

Bounds = tuple[float, float]


@dataclass(frozen=True)
class Distribution:
    """One number's or law's distribution. Make it with `Distribution.from_mapping`.

    Attributes
    ----------
    family : str
        Name in `families.FAMILIES`.
    arguments : tuple of (name, value)
        Parameters as written, defaults filled in, in the family's order.
    truncate : (low, high) or None
        The distribution is conditioned on this range.
    clip : (low, high) or None
        Draws outside are moved to the bound; applied after truncation.

    Examples
    --------
    >>> pay = Distribution.from_mapping({"dist": "lognormal", "p50": 60_340, "p90": 98_010})
    >>> round(pay.median()), round(float(pay.quantile(0.9)))
    (60340, 98010)
    """

    family: str
    arguments: tuple[tuple[str, Any], ...]
    truncate: Bounds | None = None
    clip: Bounds | None = None

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Distribution:
        """Check a mapping and make the distribution it describes.

        Parameters
        ----------
        mapping : mapping
            ``dist``, the family's parameters, optionally ``truncate`` and ``clip``.

        Raises
        ------
        ScenarioError
            Listing every broken rule, paths relative to the mapping.

        Examples
        --------
        >>> Distribution.from_mapping({"dist": "uniform", "low": 0, "high": 2}).mean()
        1.0
        """
        problems = validate(mapping)
        if problems:
            raise ScenarioError(problems)
        given = {k: v for k, v in mapping.items() if k not in ("dist", *MODIFIERS)}
        form = _form(mapping["dist"], set(given))
        values = dict(form.defaults) | given
        return cls(
            mapping["dist"],
            tuple((name, _frozen(name, values[name])) for name in form.parameters),
            _bounds(mapping.get("truncate")),
            _bounds(mapping.get("clip")),
        )

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters by name."""
        return dict(self.arguments)

    @cached_property
    def form(self) -> Form:
        """The form the parameters are in."""
        return _form(self.family, {name for name, _ in self.arguments})

    def to_mapping(self) -> dict[str, Any]:
        """Return the mapping `from_mapping` would read back.

        Examples
        --------
        >>> Distribution.from_mapping({"dist": "constant", "value": 3}).to_mapping()
        {'dist': 'constant', 'value': 3.0}
        """
        mapping: dict[str, Any] = {"dist": self.family}
        mapping |= {name: _thawed(value) for name, value in self.arguments}
        for name, bounds in (("truncate", self.truncate), ("clip", self.clip)):
            if bounds is not None:
                mapping[name] = list(bounds)
        return mapping

    def quantile(self, u: ArrayLike) -> NDArray[np.float64]:
        """Return quantiles, by the kernel the simulation draws with.

        Parameters
        ----------
        u : array_like
            Levels in [0, 1]; 0 and 1 give the ends of the support.

        Examples
        --------
        >>> Distribution.from_mapping({"dist": "uniform", "low": 0, "high": 2}).quantile([0, 0.5])
        array([0., 1.])
        """
        from hcrisk.kernels.laws import fill_law

        levels = np.asarray(u, dtype=np.float64)
        if not ((levels >= 0.0) & (levels <= 1.0)).all():
            raise ValueError("levels must be between 0 and 1")
        laws, tables = _encoded(self)
        flat = np.ascontiguousarray(levels).ravel()
        out = np.empty(flat.size)
        fill_law(laws, 0, tables, np.clip(flat, 2.0**-53, 1.0 - 2.0**-53), out)
        low, high = self.support()
        out = np.where(flat == 0.0, low, np.where(flat == 1.0, high, out))
        return out.reshape(levels.shape)

    def median(self) -> float:
        """Return the median.

        Examples
        --------
        >>> Distribution.from_mapping({"dist": "normal", "mean": 3, "sd": 1}).median()
        3.0
        """
        return _median(self)

    def mean(self) -> float:
        """Return the mean: closed form, or accurate quadrature if truncated or clipped.

        Examples
        --------
        >>> Distribution.from_mapping({"dist": "pareto", "scale": 1, "alpha": 1}).mean()
        inf
        """
        return _moments(self)[0]

    def sd(self) -> float:
        """Return the standard deviation.

        Examples
        --------
        >>> Distribution.from_mapping({"dist": "normal", "mean": 3, "sd": 1}).sd()
        1.0
        """
        return _moments(self)[1]

    def support(self) -> Bounds:
        """Return the lowest and highest possible value, after truncation and clipping.

        Examples
        --------
        >>> text = {"dist": "normal", "mean": 0, "sd": 1, "clip": [0, float("inf")]}
        >>> Distribution.from_mapping(text).support()
        (0.0, inf)
        """
        low, high = _family_support(self)
        for bounds in (self.truncate, self.clip):
            if bounds is not None:
                low = min(max(low, bounds[0]), bounds[1])
                high = min(max(high, bounds[0]), bounds[1])
        return low, high


def _form(family: str, names: set[str]) -> Form:
    form = find_form(FAMILIES[family], names)
    if form is None:
        problem = Problem(
            "parameters", sorted(names), f"are no parameters of {family}", "validate it"
        )
        raise ScenarioError([problem])
    return form


def _bounds(value: Any) -> Bounds | None:
    return None if value is None else (float(value[0]), float(value[1]))


def _frozen(name: str, value: Any) -> Any:
    if name == "components":
        return tuple(
            part if isinstance(part, Distribution) else Distribution.from_mapping(part)
            for part in value
        )
    if isinstance(value, (list, tuple)):
        return tuple(_frozen("", item) for item in value)
    return float(value)


def _thawed(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_thawed(item) for item in value]
    return value.to_mapping() if isinstance(value, Distribution) else value


def _family_support(distribution: Distribution) -> Bounds:
    values = distribution.parameters
    family = distribution.family
    low, high = values.get("low", 0.0), values.get("high", math.inf)
    if values.get("sd") == 0.0 or values.get("sigma") == 0.0 or values.get("cv") == 0.0:
        from hcrisk.kernels.laws import draw_law

        laws, tables = _encoded(Distribution(family, distribution.arguments))
        low = high = float(draw_law(laws, 0, tables, 0.5))
    elif family == "normal":
        low = -math.inf
    elif family == "constant":
        low = high = values["value"]
    elif family == "pareto":
        low = values["scale"]
    elif family == "gpd":
        low = values["location"]
        high = low - values["scale"] / values["shape"] if values["shape"] < 0.0 else math.inf
    elif family in ("discrete", "empirical"):
        inside = distribution.truncate or (-math.inf, math.inf)
        kept = [x for x in values["values"] if inside[0] <= x <= inside[1]]
        if not kept:
            _encoded(distribution)  # refuses it, saying why
        low, high = min(kept), max(kept)
    elif family == "mixture":
        ends = [part.support() for part in values["components"]]
        low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    return low, high


@lru_cache(maxsize=256)
def _encoded(distribution: Distribution) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from hcrisk.distributions.encode import TableBuilder, encode

    tables = TableBuilder()
    row = encode(distribution, tables)
    return row.reshape(1, -1), tables.array()


@lru_cache(maxsize=1024)
def _median(distribution: Distribution) -> float:
    return float(distribution.quantile(0.5))


@lru_cache(maxsize=256)
def _moments(distribution: Distribution) -> tuple[float, float]:
    from hcrisk.distributions.moments import moments

    return moments(distribution)
