"""Sections 1 and 2: one path's numbers, laws, sizes and counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

from scipy.special import ndtr, ndtri

from tests.reference.growth import size_over_time
from tests.reference.quantiles import bounded_quantile
from tests.reference.readiness import Multiple, multiples
from tests.reference.timeline import Steps
from tests.reference.uniforms import PathUniforms

SMALLEST = 2.0**-53
ROUNDING = 1e-9  # a count that misses a whole number by less is that number


def whole_up(x: float) -> int:
    """Return the ceiling, forgiving the last bits of a quotient."""
    return math.ceil(x - ROUNDING)


def cholesky(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the lower factor; a vanishing pivot gives a zero column."""
    return _cholesky(tuple(map(tuple, matrix)))


# Inputs have the same correlations on every path.
@lru_cache(maxsize=16)
def _cholesky(matrix: tuple[tuple[float, ...], ...]) -> list[list[float]]:
    n = len(matrix)
    factor = [[0.0] * n for _ in range(n)]
    for j in range(n):
        pivot = matrix[j][j] - sum(factor[j][k] ** 2 for k in range(j))
        if pivot <= 1e-12:
            continue
        factor[j][j] = math.sqrt(pivot)
        for i in range(j + 1, n):
            inner = sum(factor[i][k] * factor[j][k] for k in range(j))
            factor[i][j] = (matrix[i][j] - inner) / factor[j][j]
    return factor


def times_vector(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> list[float]:
    """Return the product of a matrix and a vector."""
    return [sum(a * x for a, x in zip(row, vector, strict=True)) for row in matrix]


class Values:
    """What the numbers of a scenario are on one path."""

    def __init__(self, scenario: Any, uniform: PathUniforms) -> None:
        self.scenario = scenario
        self.uniform = uniform
        self.inputs: dict[str, float] = {}
        self._sampled: dict[int, float] = {}
        levels = input_uniforms(scenario, uniform)
        for path, number in scenario.inputs().items():
            value = self._quantile(number.distribution, levels[path])
            self.inputs[path] = value
            self._sampled[id(number)] = value
        self._multiples: dict[int, Multiple] = {}
        self._multiples = multiples(scenario, self.number)

    def number(self, x: Any, default: float = math.nan) -> float:
        """Return a number's value on this path; `default` if it is absent."""
        if x is None:
            return default
        if isinstance(x, (int, float)):
            return float(x)
        value = float(x.value) if x.is_certain else self._sampled[id(x)]
        multiple = self._multiples.get(id(x))
        return value if multiple is None else min(value * multiple.factor, multiple.most)

    def draw(self, law: Any, stream: str, step: int = 0) -> float:
        """Return one draw Q(U(stream; step)) of a law; an absent law is 0."""
        return 0.0 if law is None else self._quantile(law, self.uniform(stream, step))

    def quantile(self, law: Any, u: float) -> float:
        """Return Q(u) of a law."""
        return self._quantile(law, u)

    def size(self, size: Any) -> float:
        """Return a size at time 0; one per provider is multiplied out."""
        per = self.number(self.scenario.practice.providers) if size.per_provider else 1.0
        return self.number(size.number) * per

    @cached_property
    def size_over_time(self) -> Steps:
        """Return U."""
        return size_over_time(self)

    def scale(self, t: float) -> float:
        """Return U(t)."""
        return self.size_over_time.at(t)

    def driver(self, name: str, t: float = 0.0) -> float:
        """Return how many users, sites, claims a year and so on the practice has at t."""
        practice = self.scenario.practice
        if name == "site":
            return self.number(practice.sites)
        if name == "provider":
            return self.number(practice.providers) * self.scale(t)
        sizes = {
            "user": "users",
            "endpoint": "endpoints",
            "claim": "claims",
            "revenue": "revenue",
            "record": "records",
        }
        return self.size(getattr(practice, sizes[name])) * self.scale(t)

    def count(self, count: Any, rounded_up: bool, t: float = 0.0) -> float:
        """Return a post or seat count at t."""
        if count.fixed is not None:
            return float(count.fixed)
        ratio = self.driver(count.per, t) / count.ratio
        return max(whole_up(ratio) if rounded_up else ratio, count.minimum)

    def _quantile(self, law: Any, u: float) -> float:
        parameters = {key: self._parameter(value) for key, value in law.parameters.items()}
        return bounded_quantile(
            law.family, parameters, self._bounds(law.truncate), self._bounds(law.clip), u
        )

    def _parameter(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            # Components of a mixture are certain, and stay as they are written.
            return [x if isinstance(x, Mapping) else self.number(x) for x in value]
        return self.number(value)

    def _bounds(self, bounds: Any) -> tuple[float, float] | None:
        if bounds is None:
            return None
        low, high = bounds
        return self.number(low, -math.inf), self.number(high, math.inf)


def input_uniforms(scenario: Any, uniform: PathUniforms) -> dict[str, float]:
    """Return the uniform of each uncertain input, correlated ones through the copula."""
    levels = {path: uniform(f"input/{path}") for path in scenario.inputs()}
    paths, matrix = correlated(scenario)
    e = [float(ndtri(uniform(f"input/{path}"))) for path in paths]
    for i, (path, row) in enumerate(zip(paths, cholesky(matrix), strict=True)):
        leaves_it = row[i] == 1 and not any(row[:i])
        if path in levels and not leaves_it:
            z = sum(a * x for a, x in zip(row, e, strict=True))
            levels[path] = min(max(float(ndtr(z)), SMALLEST), 1 - SMALLEST)
    return levels


def correlated(scenario: Any) -> tuple[list[str], list[list[float]]]:
    """Return the numbers named in correlations, in file order, and their normal correlations."""
    pairs: dict[tuple[str, str], float] = {}
    for entry in scenario.correlations:
        names, matrix = correlation_entry(entry)
        for i, a in enumerate(names):
            for j, b in enumerate(names):
                if i != j:
                    pairs[a, b] = 2 * math.sin(math.pi * matrix[i][j] / 6)
    named = {name for pair in pairs for name in pair}
    # Certain numbers keep their rows, so that making one certain moves no other.
    order = [path for path in scenario.numbers() if path in named] if named else []
    return order, [[1.0 if a == b else pairs.get((a, b), 0.0) for b in order] for a in order]


def correlation_entry(entry: Any) -> tuple[Sequence[str], Sequence[Sequence[float]]]:
    """Return the inputs and Spearman matrix of an entry of either form."""
    if entry.between is not None:
        rho = float(entry.rho)
        return entry.between, [[1.0, rho], [rho, 1.0]]
    return entry.inputs, [[float(rho) for rho in row] for row in entry.matrix]


def chance(values: Values, probability: Any, records: float) -> float:
    """Return a loss form's probability: a number, or the last step below the records."""
    if probability.number is not None:
        return values.number(probability.number)
    result = 0.0
    for step in probability.steps:
        if step.above < records:
            result = values.number(step.probability)
    return result


def banded_price(values: Values, price: Any, count: float) -> float:
    """Return the price per unit: a number, or that of the band in which the count lies."""
    if price.number is not None:
        return values.number(price.number)
    result = 0.0
    for band in price.bands:
        # Up to a hair, as docs/model.md says.
        if band.start <= count * (1 + 1e-12):
            result = values.number(band.price)
    return result
