r"""What the mean cost of the best choice gains by knowing some of the inputs.

For each strategy let :math:`V` be the span, over the paths, of an emulator's parts :math:`H_t` and
of its rest, and :math:`V_A` that of the parts that need the inputs A only. The costs as known after
A are :math:`\mu + P_A \sum H_t`, :math:`P_A` the projection on :math:`V_A`, and the gain is
:math:`R(y) = \min_s \mu_s - \frac1n \sum_i \min_s (\mu_s + y_{si})`.

For a finite sample R of the projection may fall when A grows, as the other parts are not quite
independent of A in it. Reported is therefore

.. math:: \min \{ R(P_A \textstyle\sum H_t + w) : w \in V \cap V_A^\perp \}.

In the population the minimum is at w = 0, by Jensen's inequality. In the sample it moves by the
order of 1/n, and as the set over which the minimum is taken shrinks when A grows, the reported
gain cannot fall. It is 0 for the empty set, and at most that of the paths themselves for all.
Its dual is the best randomised rule that draws no profit from the parts it may not know.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from hcrisk.measures._emulator import Emulator
from hcrisk.measures._estimators import Floats

_MOST_STEPS = 80
_GAP = 1e-10
_INDEPENDENT = 1e-9


class Gain(NamedTuple):
    """The gain in mean cost, and what strategies cost above the first as far as known.

    ``known`` is ``float64[row, path]``, without a row for the first, which would be 0.
    """

    value: float
    known: Floats


def plain_gain(known: Floats) -> float:
    """Return how much lower the mean of the path-wise minimum is than the least mean.

    Costs are above those of a strategy that is not among the rows.

    Examples
    --------
    >>> plain_gain(np.array([[-1.0, 3.0]]))
    0.5
    """
    least = min(float(known.mean(axis=-1).min(initial=0.0)), 0.0)
    return max(least - float(known.min(axis=0, initial=0.0).mean()), 0.0)


def most_gain(emulator: Emulator, inputs: Collection[int]) -> float:
    """Return the gain of the projection itself, an upper bound of `gain`."""
    return plain_gain(emulator.mean[:, None] + _split(emulator, inputs)[0])


def gain(emulator: Emulator, inputs: Collection[int]) -> Gain:
    """Return what knowing these inputs gains, as the module describes it."""
    start, free = _split(emulator, inputs)
    known = emulator.mean[:, None] + start
    # The projection is a bound from above: where it changes no decision, nothing else does.
    if plain_gain(known) > 0.0 and len(free):
        known = _least_gain(known, free)
    return Gain(plain_gain(known), known)


def projection(emulator: Emulator, inputs: Collection[int]) -> Floats:
    """Return what is explained by these inputs, and by what they tell of others."""
    return _split(emulator, inputs)[0]


def _split(emulator: Emulator, inputs: Collection[int]) -> tuple[Floats, Floats]:
    """Return the projection on the known parts, and a basis of all that may be added to it.

    The basis is ``float64[vector, row, path]``; each of its vectors has a single row.
    """
    inside = np.array([part <= set(inputs) for part in emulator.inputs], dtype=bool)
    start, free = np.zeros_like(emulator.rest), []
    for row, rest in enumerate(emulator.rest):
        parts = emulator.parts[:, row]
        total, own = emulator.total[row], _orthonormal(parts[inside])
        start[row] = total if inside.all() else (own @ total) @ own
        others = parts[~inside]
        outside = _orthonormal(others - (others @ own.T) @ own)
        size = np.sqrt(np.square(rest).sum())
        vectors = [*outside, rest / size] if size > 0.0 else [*outside]
        for vector in vectors:
            free.append(np.zeros_like(start))
            free[-1][row] = vector
    return start, np.array(free).reshape(len(free), *start.shape)


def _orthonormal(rows: Floats) -> Floats:
    """Return orthonormal rows that span ``rows``."""
    sizes = np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
    largest = sizes.max(initial=0.0)
    rows = rows[(sizes > _INDEPENDENT * largest)[:, 0]] if largest > 0.0 else rows[:0]
    if not len(rows):
        return rows
    rows = rows / np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
    values, vectors = np.linalg.eigh(rows @ rows.T)
    large = values > _INDEPENDENT * values[-1]
    return np.asarray((vectors[:, large] / np.sqrt(values[large])).T @ rows)


def _least_gain(start: Floats, free: Floats) -> Floats:
    r"""Return ``start`` plus the combination of ``free`` that maximises the mean minimum.

    Primal-dual path following (S. J. Wright, "Primal-Dual Interior-Point Methods", SIAM, 1997)
    on the linear programme: least mean of t subject to :math:`t \ge 0` and
    :math:`t + y \ge 0`. The duals of a path add up to 1, so that eliminating t leaves one
    equation for each vector of ``free``.
    """
    scale = float(np.abs(start).max())
    y, free = start / scale, free / np.abs(free).max(axis=(1, 2), keepdims=True)
    best, level = y, plain_gain(y)
    t = (-y).max(axis=0).clip(min=0.0) + 0.5
    rule = np.full((len(y) + 1, y.shape[-1]), 1.0 / (len(y) + 1))
    for _ in range(_MOST_STEPS):
        slack = np.vstack([t, t + y])
        gap = float((slack * rule).mean())
        if gap < _GAP:
            break
        dt, dy, change = _newton_step(slack, rule, free, 0.1 * gap)
        step = _step_length(slack, np.vstack([dt, dt + dy]))
        t, y = t + step * dt, y + step * dy
        rule = rule + _step_length(rule, change) * change
        if (found := plain_gain(y)) < level:
            best, level = y, found
    return np.asarray(best * scale)


def _newton_step(
    slack: Floats, rule: Floats, free: Floats, aim: float
) -> tuple[Floats, Floats, Floats]:
    weight = rule / slack
    total = weight.sum(axis=0)
    flat = free.reshape(len(free), -1)
    weighted = flat * weight[1:].ravel()
    by_path = weighted.reshape(free.shape).sum(axis=1)
    matrix = weighted @ flat.T - (by_path / total) @ by_path.T
    inverse = aim / slack
    excess = (inverse.sum(axis=0) - 1.0) / total
    # Vectors that depend on one another leave the equations singular.
    matrix[np.diag_indices(len(free))] += 1e-13 * np.trace(matrix) / len(free) + 1e-300
    steps = np.linalg.solve(matrix, flat @ inverse[1:].ravel() - by_path @ excess)
    dy = (steps @ flat).reshape(free.shape[1:])
    dt = excess - (weight[1:] * dy).sum(axis=0) / total
    return dt, dy, inverse - rule - weight * np.vstack([dt, dt + dy])


def _step_length(values: Floats, change: Floats) -> float:
    """Return how far one can go and stay positive, at most 1."""
    return float(min(1.0, 0.995 / max((-change / values).max(), 1e-9)))
