"""Regression of costs on the uncertain inputs of the same paths, as a sum of few terms.

Plain arrays, no labels: ``costs`` is ``float64[strategy, path]``, ``inputs``
``float64[input, path]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy import stats

from hcrisk.measures._estimators import Floats

# An input with at most so many values gets one column for each but the first.
FEW_VALUES = 6
# Harrell's places for five knots (F. E. Harrell, Regression Modeling Strategies, table 2.3).
_KNOTS = (0.05, 0.275, 0.5, 0.725, 0.95)
# Benjamini and Hochberg's share of false terms among those kept.
_FALSE_SHARE = 0.05
PATHS_PER_COLUMN = 10
_MOST_CROSSED = 12
_MOST_ROUNDS = 5
_NEGLIGIBLE = 1e-10
_LEFT_OUT = 0.01


class Term(NamedTuple):
    """Orthonormal, centred columns of one term and the inputs they depend on."""

    inputs: frozenset[int]
    columns: Floats


class Shape(NamedTuple):
    """What some inputs together are expected to make of each cost: ``float64[strategy, path]``."""

    inputs: frozenset[int]
    rows: Floats


@dataclass(frozen=True)
class Emulator:
    """What strategies cost more than the best one: means, and what inputs explain of the rest.

    Parameters
    ----------
    strategies
        Positions of the strategies in play: the one of least mean cost, then those that are
        best on some path by what the parts say.
    mean
        ``float64[row]``: one row for each strategy in play but the first.
    inputs
        The inputs each part depends on.
    parts
        ``float64[part, row, path]``, of mean 0 over the paths: those that explain the differences,
        then those that only say what a group would know.
    explaining
        The number of parts that explain: they add up to ``total``.
    total
        ``float64[row, path]``: what all inputs explain, in the span of the parts.
    """

    strategies: tuple[int, ...]
    mean: Floats
    inputs: tuple[frozenset[int], ...]
    parts: Floats
    explaining: int
    total: Floats


def fit(costs: Floats, inputs: Floats, shapes: Sequence[Shape] = ()) -> Emulator:
    """Return the emulator of ``costs``.

    Terms are a line and a curve (natural cubic spline) for each input, and the products of the
    lines of the twelve inputs that matter most. Those are kept that are significant at a false
    discovery share of 5 %, less the smallest of them, which together explain 1 %. All are fitted
    together, and each part is scaled so that its variance is free of what noise adds to it.

    Of ``shapes`` the first is a term of its own, tried before all others. Each of them, the first
    too, is a part that explains nothing by itself but may be used where its inputs are known.
    """
    best = int(costs.mean(axis=-1).argmin())
    others = [s for s in range(len(costs)) if s != best]
    candidates = candidate_terms(inputs)
    first = _fit(costs, best, others, candidates, shapes)
    fitted = first.mean[:, None] + first.total
    ahead = fitted.min(axis=0, initial=np.inf) < 0.0
    winning = [others[k] for k in np.unique(fitted[:, ahead].argmin(axis=0))] if others else []
    return first if winning == others else _fit(costs, best, winning, candidates, shapes)


def fit_levels(costs: Floats, inputs: Floats) -> Emulator:
    """Return the emulator of the costs themselves, one row for each strategy."""
    above_nothing = np.vstack([np.zeros(costs.shape[-1]), costs])
    places = list(range(1, len(above_nothing)))
    return _fit(above_nothing, 0, places, candidate_terms(inputs), ())


def candidate_terms(inputs: Floats) -> list[Term]:
    """Return the lines and curves of all inputs."""
    return [term for i, x in enumerate(inputs) for term in _terms_of(i, x)]


def _fit(
    costs: Floats,
    best: int,
    others: list[int],
    candidates: list[Term],
    shapes: Sequence[Shape],
) -> Emulator:
    apart = costs[others] - costs[best]
    mean = apart.mean(axis=-1)
    centred = apart - mean[:, None]
    noise = _NEGLIGIBLE * np.abs(costs).max()
    centred[np.abs(centred).max(axis=1) <= noise] = 0.0
    first = _term(shapes[0].inputs, shapes[0].rows[[best, *others]].T) if shapes else []
    kept = _kept(centred, candidates, first) if centred.any() else []
    parts = _scaled_parts(centred, kept)
    large = _large(parts)
    parts = parts[large]
    total = parts.sum(axis=0)
    spans = [kept[k].inputs for k in large]
    for inputs, rows in shapes if len(others) else ():
        spans.append(inputs)
        more = rows[others] - rows[best]
        parts = np.concatenate([parts, (more - more.mean(axis=-1, keepdims=True))[None]])
    return Emulator((best, *others), mean, tuple(spans), parts, len(large), total)


def _large(parts: Floats) -> list[int]:
    """Return the parts to keep: without the smallest, which together are 1 % of the variance."""
    size = np.square(parts).sum(axis=-1)
    total = size.sum(axis=0)
    share = (size / np.where(total > 0.0, total, 1.0)).max(axis=1, initial=0.0)
    order = np.argsort(share, kind="stable")
    dropped = np.searchsorted(np.cumsum(share[order]), _LEFT_OUT)
    return sorted(int(k) for k in order[dropped:] if share[k] > 0.0)


def _kept(costs: Floats, candidates: list[Term], shape: list[Term]) -> list[Term]:
    taken = _selected(costs, shape, [])
    kept = _selected(costs, candidates, taken)
    first: dict[int, Term] = {}
    # An input may matter through a product alone, so those not kept fill up the number.
    for term in [*kept[len(taken) :], *candidates]:
        first.setdefault(next(iter(term.inputs)), term)
    crossed: list[Term] = []
    for a, b in combinations(list(first.values())[:_MOST_CROSSED], 2):
        product = np.einsum("ni,nj->nij", a.columns, b.columns).reshape(len(a.columns), -1)
        crossed += _term(a.inputs | b.inputs, product)
    return _selected(costs, crossed, kept)


def _terms_of(i: int, x: Floats) -> list[Term]:
    """Return the line and the curve of an input, or one term for all of its few values."""
    values = np.unique(x)
    if len(values) <= FEW_VALUES:
        return _term(frozenset([i]), (x[:, None] == values[1:]).astype(float))
    line = x - x.mean()
    line = line / np.abs(line).max()
    curve = _natural_spline(line)
    outside = np.column_stack([np.ones_like(line), line])
    curve = curve - outside @ np.linalg.lstsq(outside, curve, rcond=None)[0]
    return _term(frozenset([i]), line[:, None]) + _term(frozenset([i]), curve)


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


def _term(inputs: frozenset[int], columns: Floats) -> list[Term]:
    """Return a term of orthonormal columns that span ``columns``, or none if those vanish."""
    size = np.abs(columns).max(initial=0.0)
    centred = columns - columns.mean(axis=0)
    if not centred.size or np.abs(centred).max() <= _NEGLIGIBLE * size:
        return []
    left, strength, _ = np.linalg.svd(centred, full_matrices=False)
    return [Term(inputs, left[:, strength > 1e-7 * strength[0]])]


def _selected(costs: Floats, candidates: list[Term], kept: list[Term]) -> list[Term]:
    """Return ``kept`` and the significant ``candidates``, found in rounds on what is left over."""
    n = costs.shape[-1]
    left, kept = list(candidates), list(kept)
    for _ in range(_MOST_ROUNDS):
        used = sum(term.columns.shape[1] for term in kept)
        room = n // PATHS_PER_COLUMN - used
        rest = costs - _fitted(costs, kept)
        chances = np.array([_chance(rest, term, used) for term in left])
        order = np.argsort(chances, kind="stable")
        allowed = _FALSE_SHARE * np.arange(1, len(left) + 1) / max(len(left), 1)
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
    width = term.columns.shape[1]
    free = rest.shape[-1] - 1 - used - width
    total = np.square(rest).sum(axis=-1)
    if free < 1:
        return 1.0
    explained = np.square(rest @ term.columns).sum(axis=-1)
    real = total > 0.0
    if not real.any():
        return 1.0
    # The share explained is beta distributed under the F test, and does not overflow.
    share = np.minimum(explained[real] / total[real], 1.0)
    return float(min(1.0, len(rest) * stats.beta.sf(share, width / 2, free / 2).min()))


def _fitted(costs: Floats, kept: list[Term]) -> Floats:
    if not kept:
        return np.zeros_like(costs)
    columns = np.concatenate([term.columns for term in kept], axis=1)
    found = np.linalg.lstsq(columns, costs.T, rcond=None)[0]
    return _rid_of_rounding(costs, np.asarray((columns @ found).T))


def _rid_of_rounding(costs: Floats, fitted: Floats) -> Floats:
    """Return the fit, exactly the costs themselves where only rounding tells them apart."""
    size = np.abs(costs).max(axis=-1, keepdims=True)
    exact = np.abs(costs - fitted).max(axis=-1, keepdims=True) <= _NEGLIGIBLE * size
    return np.where(exact, costs, fitted)


def _scaled_parts(costs: Floats, kept: list[Term]) -> Floats:
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
