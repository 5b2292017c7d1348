"""Regression of costs on the uncertain inputs of the same paths, as a sum of few terms.

Plain arrays, no labels: ``costs`` is ``float64[strategy, path]``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np

from hcrisk.measures._estimators import Floats
from hcrisk.measures._terms import NEGLIGIBLE, Inputs, Term, left_over, scaled_parts, selected, term

_MOST_CROSSED = 12
# Share of false terms among those by which inputs are taken to tell something of others.
_FALSE_TALE = 0.001


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
        ``float64[part, row, path]``, of mean 0 over the paths: they add up to ``total``.
    total
        ``float64[row, path]``: what all inputs explain.
    terms
        By what inputs may tell of others, with which they are correlated.
    """

    strategies: tuple[int, ...]
    mean: Floats
    inputs: tuple[frozenset[int], ...]
    parts: Floats
    total: Floats
    terms: tuple[Term, ...]

    def explained_by(self, inputs: Collection[int]) -> Floats:
        """Return what is explained by these inputs, and by what they tell of others.

        The parts that need no other input, and the regression of the sum of the other parts on
        the terms of these inputs, where it is significant and less what noise adds.
        """
        known = set(inputs)
        inside = np.array([part <= known for part in self.inputs], dtype=bool)
        if inside.all():
            return self.total
        found = np.asarray(self.parts[inside].sum(axis=0))
        others = self.total - found
        own = [term for term in self.terms if term.inputs <= known]
        kept = selected(others, own, [], _FALSE_TALE)
        return np.asarray(found + scaled_parts(others, kept).sum(axis=0))


def fit(costs: Floats, inputs: Inputs, shapes: Sequence[Shape] = ()) -> Emulator:
    """Return the emulator of ``costs``.

    Terms are a line and a curve (natural cubic spline) for each input, steps for those of which
    these leave something unexplained, and the products of the lines of the twelve inputs that
    matter most. Those are kept that are significant at a false discovery share of 5 %. All are
    fitted together, and each part is scaled so that its variance is free of what noise adds to it.

    Of ``shapes`` the first is a term of its own, tried before all others; by each of them, the
    first too, its inputs may tell of others.
    """
    best = int(costs.mean(axis=-1).argmin())
    others = [s for s in range(len(costs)) if s != best]
    first = _fit(costs, best, others, inputs, shapes)
    fitted = first.mean[:, None] + first.total
    ahead = fitted.min(axis=0, initial=np.inf) < 0.0
    winning = [others[k] for k in np.unique(fitted[:, ahead].argmin(axis=0))] if others else []
    return first if winning == others else _fit(costs, best, winning, inputs, shapes)


def fit_levels(costs: Floats, inputs: Inputs) -> Emulator:
    """Return the emulator of the costs themselves, one row for each strategy."""
    above_nothing = np.vstack([np.zeros(costs.shape[-1]), costs])
    places = list(range(1, len(above_nothing)))
    return _fit(above_nothing, 0, places, inputs, ())


def _fit(
    costs: Floats, best: int, others: list[int], inputs: Inputs, shapes: Sequence[Shape]
) -> Emulator:
    apart = costs[others] - costs[best]
    mean = apart.mean(axis=-1)
    centred = apart - mean[:, None]
    noise = NEGLIGIBLE * np.abs(costs).max()
    centred[np.abs(centred).max(axis=1) <= noise] = 0.0
    of_shapes = [term(shape.inputs, shape.rows[[best, *others]].T) for shape in shapes]
    kept = _kept(centred, inputs, of_shapes[0] if shapes else []) if centred.any() else []
    parts = scaled_parts(centred, kept)
    total = np.asarray(parts.sum(axis=0))
    spans = tuple(one.inputs for one in kept)
    own = {id(one) for one in inputs.terms}
    more = [one for found in of_shapes[1:] for one in found]
    terms = [*inputs.terms, *(one for one in kept if id(one) not in own), *more]
    return Emulator((best, *others), mean, spans, parts, total, tuple(terms))


def _kept(costs: Floats, inputs: Inputs, shape: list[Term]) -> list[Term]:
    taken = selected(costs, shape, [])
    kept = selected(costs, inputs.terms, taken)
    kept = selected(costs, inputs.steps(left_over(costs, kept)), kept)
    first: dict[int, Term] = {}
    # An input may matter through a product alone, so those not kept fill up the number.
    for one in [*kept[len(taken) :], *inputs.terms]:
        first.setdefault(next(iter(one.inputs)), one)
    crossed: list[Term] = []
    for a, b in combinations(list(first.values())[:_MOST_CROSSED], 2):
        product = np.einsum("ni,nj->nij", a.columns, b.columns).reshape(len(a.columns), -1)
        crossed += term(a.inputs | b.inputs, product)
    return selected(costs, crossed, kept)
