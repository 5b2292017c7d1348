r"""What a cost beyond a threshold is expected to be, given some of the inputs.

A sum of lines and curves does not follow :math:`E[(X - t)^+ \mid A]`, which bends where a sum of
inputs meets the threshold. It does follow the cost itself. With :math:`m_A` the mean of X as known
after A, and X - m_A drawn from paths of about the same m_A,

.. math:: g_A = E[(m_A + (X - m_A) - t)^+ \mid m_A],

which is exact where what is left to chance depends on A through :math:`m_A` only, and else a term
of the regression as good as the others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np

from hcrisk.measures._emulator import Emulator, Shape, fit_levels
from hcrisk.measures._estimators import Floats
from hcrisk.measures._terms import Inputs

# Paths of about the same mean: so many slices, each with at least so many paths.
_MOST_SLICES = 10
_PATHS_PER_SLICE = 500
# Of the variance that the inputs explain: one that explains less has no shape of its own.
_SMALLEST = 1e-3
_MOST_SINGLE = 24


class Shapes:
    """The shapes of a decision: what groups of inputs tell of each cost, for any threshold.

    Parameters
    ----------
    costs
        ``float64[strategy, path]``.
    inputs
    groups
        Inputs that are asked for together.
    excess
        Whether to take the mean beyond a threshold, else the chance of being beyond it.
    """

    def __init__(
        self, costs: Floats, inputs: Inputs, groups: Sequence[Collection[int]], excess: bool
    ) -> None:
        self._costs, self._inputs, self._excess = costs, inputs, excess
        self._asked = groups

    @cached_property
    def _means(self) -> dict[frozenset[int], Floats]:
        """Mean costs as known after each group that says something."""
        levels = fit_levels(self._costs, self._inputs)
        everything = frozenset[int]().union(*levels.inputs)
        asked = [frozenset(group) & everything for group in self._asked]
        singles = [frozenset([i]) for i in _leading(levels)]
        groups = dict.fromkeys(group for group in [everything, *asked, *singles] if group)
        return {group: levels.mean[:, None] + levels.explained_by(group) for group in groups}

    def at(self, threshold: float) -> list[Shape]:
        """Return the shapes at a threshold: of all inputs, of groups, of single ones."""
        found = []
        for group, means in self._means.items():
            pairs = zip(self._costs, means, strict=True)
            rows = [expected(x, m, threshold, excess=self._excess) for x, m in pairs]
            found.append(Shape(group, np.array(rows)))
        return found


def expected(values: Floats, means: Floats, threshold: float, *, excess: bool) -> Floats:
    """Return the mean excess, or the chance, beyond a threshold given the conditional mean.

    Examples
    --------
    >>> expected(np.array([1.0, 3.0]), np.array([2.0, 2.0]), 2.5, excess=True)
    array([0.25, 0.25])
    """
    n = len(values)
    slices = min(max(n // _PATHS_PER_SLICE, 1), _MOST_SLICES)
    order = np.argsort(means, kind="stable")
    edges = np.linspace(0, n, slices + 1).astype(int)
    left, found = (values - means)[order], np.empty(n)
    for k in range(slices):
        near = np.sort(left[edges[max(k - 1, 0)] : edges[min(k + 2, slices)]])
        mine = order[edges[k] : edges[k + 1]]
        over = threshold - means[mine]
        first = np.searchsorted(near, over, side="right")
        beyond = len(near) - first
        if excess:
            summed = np.append(np.cumsum(near[::-1])[::-1], 0.0)
            found[mine] = (summed[first] - beyond * over) / len(near)
        else:
            found[mine] = beyond / len(near)
    return found


def _leading(levels: Emulator) -> list[int]:
    """Return the inputs that by themselves explain something of a cost, most first."""
    parts, size = levels.parts, np.square(levels.total).sum(axis=-1)
    shares = dict[int, float]()
    for inputs, part in zip(levels.inputs, parts, strict=True):
        own = np.square(part).sum(axis=-1) / np.where(size > 0.0, size, 1.0)
        for i in inputs:
            shares[i] = max(shares.get(i, 0.0), float(own.max()))
    order = sorted(shares, key=lambda i: -shares[i])
    return [i for i in order if shares[i] > _SMALLEST][:_MOST_SINGLE]
