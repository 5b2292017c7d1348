"""Terms of a regression on inputs, and which of them say something of costs.

Plain arrays, no labels: ``costs`` is ``float64[strategy, path]``, inputs ``float64[input, path]``.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import special

from hcrisk.measures._estimators import Floats

# An input with at most so many values gets one column for each but the first.
FEW_VALUES = 6
PATHS_PER_COLUMN = 10
# Harrell's places for five knots (F. E. Harrell, Regression Modeling Strategies, table 2.3).
_KNOTS = (0.05, 0.275, 0.5, 0.725, 0.95)
# Benjamini and Hochberg's share of false terms among those kept.
FALSE_SHARE = 0.05
_MOST_BINS = 20
_PATHS_PER_BIN = 50
_MOST_ROUNDS = 5
NEGLIGIBLE = 1e-10


class Term(NamedTuple):
    """Orthonormal, centred columns of one term and the inputs they depend on."""

    inputs: frozenset[int]
    columns: Floats


class Inputs:
    """Inputs of a decision (``float64[input, path]``) and the terms of each, made once."""

    def __init__(self, values: Floats) -> None:
        self.values = values

    @cached_property
    def terms(self) -> list[Term]:
        """Lines and curves of all inputs."""
        return [term for i, x in enumerate(self.values) for term in _terms_of(i, x)]

    @cached_property
    def _bins(self) -> dict[int, np.ndarray[tuple[int], np.dtype[np.intp]]]:
        """The bin of each path by rank, for each input of more than a few values."""
        n = self.values.shape[-1]
        count = min(n // _PATHS_PER_BIN, _MOST_BINS)
        found = {}
        for i, x in enumerate(self.values if count > 1 else []):
            edges = np.unique(np.quantile(x, np.arange(1, count) / count))
            if len(np.unique(x)) > FEW_VALUES:
                found[i] = np.searchsorted(edges, x, side="left")
        return found

    def steps(self, rest: Floats) -> list[Term]:
        """Return the steps of those inputs whose bins tell something of what is left over."""
        chances = {i: _chance_of_bins(rest, bins) for i, bins in self._bins.items()}
        order = sorted(chances, key=lambda i: chances[i])
        allowed = [k for k, i in enumerate(order, 1) if chances[i] <= FALSE_SHARE * k / len(order)]
        found = []
        for i in order[: allowed[-1] if allowed else 0]:
            bins = self._bins[i]
            found += term(frozenset([i]), (bins[:, None] == np.arange(1, bins.max() + 1)) * 1.0)
        return found


def _chance_of_bins(rest: Floats, bins: np.ndarray[tuple[int], np.dtype[np.intp]]) -> float:
    """Return the least p-value of the F test of bins in any row, times the number of rows."""
    count = np.bincount(bins).astype(float)
    sums = np.array([np.bincount(bins, row) for row in rest])
    explained = (np.square(sums) / np.maximum(count, 1.0)).sum(axis=-1)
    return _chance_of(rest, explained, len(count) - 1, 0)


def _terms_of(i: int, x: Floats) -> list[Term]:
    """Return the line and the curve of an input, or one term for all of its few values."""
    values = np.unique(x)
    if len(values) <= FEW_VALUES:
        return term(frozenset([i]), (x[:, None] == values[1:]).astype(float))
    line = x - x.mean()
    line = line / np.abs(line).max()
    curve = _natural_spline(line)
    outside = np.column_stack([np.ones_like(line), line])
    curve = curve - outside @ np.linalg.lstsq(outside, curve, rcond=None)[0]
    return term(frozenset([i]), line[:, None]) + term(frozenset([i]), curve)


def _natural_spline(x: Floats) -> Floats:
    """Return the columns of a natural cubic spline besides 1 and ``x``."""
    knots = np.unique(np.quantile(x, _KNOTS))
    if len(knots) < 3:
        return np.zeros((len(x), 0))

    def cut(k: int) -> Floats:
        above = np.maximum(x - knots[k], 0) ** 3 - np.maximum(x - knots[-1], 0) ** 3
        return np.asarray(above / (knots[-1] - knots[k]))

    last = cut(len(knots) - 2)
    return np.column_stack([cut(k) - last for k in range(len(knots) - 2)])


def term(inputs: frozenset[int], columns: Floats) -> list[Term]:
    """Return a term of orthonormal columns that span ``columns``, or none if those vanish."""
    size = np.abs(columns).max(initial=0.0)
    centred = columns - columns.mean(axis=0)
    if not centred.size or np.abs(centred).max() <= NEGLIGIBLE * size:
        return []
    left, strength, _ = np.linalg.svd(centred, full_matrices=False)
    return [Term(inputs, left[:, strength > 1e-7 * strength[0]])]


def selected(
    costs: Floats, candidates: list[Term], kept: list[Term], false_share: float = FALSE_SHARE
) -> list[Term]:
    """Return ``kept`` and the significant ``candidates``, found in rounds on what is left over."""
    n = costs.shape[-1]
    left, kept = list(candidates), list(kept)
    for _ in range(_MOST_ROUNDS):
        used = sum(term.columns.shape[1] for term in kept)
        room = n // PATHS_PER_COLUMN - used
        rest = left_over(costs, kept)
        chances = np.array([_chance(rest, term, used) for term in left])
        order = np.argsort(chances, kind="stable")
        allowed = false_share * np.arange(1, len(left) + 1) / max(len(left), 1)
        passing = np.flatnonzero(chances[order] <= allowed)
        added = []
        for k in order[: passing[-1] + 1 if passing.size else 0]:
            width = left[k].columns.shape[1]
            if width <= room:
                added.append(int(k))
                room -= width
        if not added:
            break
        kept += [left[k] for k in added]
        left = [term for k, term in enumerate(left) if k not in added]
    return kept


def _chance(rest: Floats, term: Term, used: int) -> float:
    """Return the least p-value of the F test of a term in any strategy, times their number."""
    explained = np.square(rest @ term.columns).sum(axis=-1)
    return _chance_of(rest, explained, term.columns.shape[1], used)


def _chance_of(rest: Floats, explained: Floats, width: int, used: int) -> float:
    free = rest.shape[-1] - 1 - used - width
    total = np.square(rest).sum(axis=-1)
    real = total > 0.0
    if free < 1 or width < 1 or not real.any():
        return 1.0
    # The share explained is beta distributed under the F test, and does not overflow.
    share = np.minimum(explained[real] / total[real], 1.0)
    chance = special.betaincc(width / 2, free / 2, share).min()
    return float(min(1.0, len(rest) * chance))


def left_over(costs: Floats, kept: list[Term]) -> Floats:
    """Return what terms leave of costs when all are fitted together."""
    if not kept:
        return costs
    columns = np.concatenate([term.columns for term in kept], axis=1)
    found = np.linalg.lstsq(columns, costs.T, rcond=None)[0]
    return costs - _rid_of_rounding(costs, np.asarray((columns @ found).T))


def _rid_of_rounding(costs: Floats, fitted: Floats) -> Floats:
    """Return the fit, exactly the costs themselves where only rounding tells them apart."""
    size = np.abs(costs).max(axis=-1, keepdims=True)
    exact = np.abs(costs - fitted).max(axis=-1, keepdims=True) <= NEGLIGIBLE * size
    return np.where(exact, costs, fitted)


def scaled_parts(costs: Floats, kept: list[Term]) -> Floats:
    """Return what each term explains when all are fitted together, less what noise adds."""
    n = costs.shape[-1]
    parts = np.zeros((len(kept), *costs.shape))
    if not kept:
        return parts
    columns = np.concatenate([term.columns for term in kept], axis=1)
    found = np.linalg.lstsq(columns, costs.T, rcond=None)[0]
    rest = costs - _rid_of_rounding(costs, (columns @ found).T)
    noise = np.square(rest).sum(axis=-1) / max(n - 1 - columns.shape[1], 1)
    start = 0
    for k, term in enumerate(kept):
        width = term.columns.shape[1]
        part = (term.columns @ found[start : start + width]).T
        start += width
        total = np.square(part).sum(axis=-1)
        own = np.maximum(total - width * noise, 0.0) / np.where(total > 0.0, total, 1.0)
        part = part * np.sqrt(own)[:, None]
        parts[k] = part - part.mean(axis=-1, keepdims=True)
    return parts
