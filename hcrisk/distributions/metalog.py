"""Metalog coefficients from quantiles, in plain arithmetic (Keelin 2016).

T. W. Keelin, "The metalog distributions", Decision Analysis 13(4), 243-277 (2016).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

Logarithm = Callable[[float], float]

LEAST_QUANTILES = 3
MOST_QUANTILES = 16
GRID_POINTS = 4000
GRID_LOGIT = 36.0
SLOPE_TOLERANCE = 1e-9


def basis(level: float, terms: int, log: Logarithm = math.log) -> list[float]:
    """Return the metalog's basis functions at a level.

    Examples
    --------
    >>> basis(0.5, 5)
    [1.0, 0.0, 0.0, 0.0, 0.0]
    """
    return _basis(log(level) - log(1.0 - level), level - 0.5, terms)


def basis_at_logit(y: float, terms: int) -> list[float]:
    """Return the basis functions at the level with logit y: exact far into the tails.

    Examples
    --------
    >>> basis_at_logit(0.0, 3)
    [1.0, 0.0, 0.0]
    """
    return _basis(y, 0.5 * math.tanh(0.5 * y), terms)


def _basis(y: float, d: float, terms: int) -> list[float]:
    row = [1.0, y, d * y, d][:terms]
    power = d
    for j in range(4, terms):
        power = power * d if j % 2 == 0 else power
        row.append(power if j % 2 == 0 else power * y)
    return row


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve a small linear system by Gaussian elimination with partial pivoting.

    Raises
    ------
    ZeroDivisionError
        If the matrix is singular.

    Examples
    --------
    >>> solve([[2.0, 0.0], [1.0, 1.0]], [4.0, 5.0])
    [2.0, 3.0]
    """
    n = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for k in range(n):
        pivot = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            for j in range(k, n + 1):
                rows[i][j] -= factor * rows[k][j]
    result = [0.0] * n
    for k in range(n - 1, -1, -1):
        total = rows[k][n]
        for j in range(k + 1, n):
            total -= rows[k][j] * result[j]
        result[k] = total / rows[k][k]
    return result


def coefficients(
    quantiles: Sequence[Sequence[float]],
    low: float = -math.inf,
    high: float = math.inf,
    log: Logarithm = math.log,
) -> list[float]:
    """Return the metalog through all quantiles, one coefficient each.

    Parameters
    ----------
    quantiles : sequence of pairs
        (level, value).
    low, high : float
        Bounds; infinite where there is none.
    log : callable
        Natural logarithm to use.

    Examples
    --------
    >>> [round(a, 6) for a in coefficients([(0.1, 35), (0.5, 50), (0.9, 75)])]
    [50.0, 9.102392, 5.688995]
    """
    targets = []
    for _, x in quantiles:
        if low > -math.inf and high < math.inf:
            targets.append(log(x - low) - log(high - x))
        elif low > -math.inf:
            targets.append(log(x - low))
        else:
            targets.append(-log(high - x) if high < math.inf else float(x))
    terms = len(quantiles)
    return solve([basis(p, terms, log) for p, _ in quantiles], targets)


def slope(a: Sequence[float], y: float) -> float:
    """Return dM/dy, the slope of the unbounded metalog in the logit y of its level.

    Examples
    --------
    >>> slope([5.0, 2.0], 1.0)
    2.0
    """
    small = math.exp(-abs(y))
    spread = small / (1.0 + small) ** 2
    d = 0.5 * math.copysign((1.0 - small) / (1.0 + small), y)
    parts = [0.0, 1.0, d + y * spread, spread]
    for j in range(4, len(a)):
        k = j // 2
        if j % 2 == 0:
            parts.append(k * d ** (k - 1) * spread)
        else:
            parts.append(k * d ** (k - 1) * y * spread + d**k)
    return math.fsum(c * part for c, part in zip(a, parts, strict=False))


def metalog_problem(
    quantiles: Sequence[Sequence[float]], low: float, high: float
) -> tuple[str, str] | None:
    """Return (rule, remedy) if these quantiles make no metalog, else None.

    Examples
    --------
    >>> metalog_problem([(0.1, 0.0), (0.5, 99.0), (0.9, 100.0)], -math.inf, math.inf)[0]
    'no metalog rises through all these quantiles'
    """
    if not LEAST_QUANTILES <= len(quantiles) <= MOST_QUANTILES:
        return f"must be {LEAST_QUANTILES} to {MOST_QUANTILES} quantiles", "add or drop some"
    levels = [p for p, _ in quantiles]
    values = [x for _, x in quantiles]
    if not all(0.0 < p < 1.0 for p in levels):
        return "levels must be between 0 and 1", "write 0.1 for the 10th percentile"
    for row in (levels, values):
        if any(second <= first for first, second in pairwise(row)):
            return "levels and values must both rise", "put the quantiles in order"
    if not (low < values[0] and values[-1] < high):
        return f"values must lie between low = {low} and high = {high}", "widen the bounds"
    try:
        a = coefficients(quantiles, low, high)
    except ZeroDivisionError:
        return "the quantiles' levels are too close", "spread them"
    tolerance = SLOPE_TOLERANCE * max(abs(value) for value in a[1:])
    grid = (GRID_LOGIT * (2.0 * k / GRID_POINTS - 1.0) for k in range(GRID_POINTS + 1))
    if any(slope(a, y) < -tolerance for y in grid):
        return (
            "no metalog rises through all these quantiles",
            "use fewer or smoother quantiles, add a bound, or use empirical data",
        )
    return None
