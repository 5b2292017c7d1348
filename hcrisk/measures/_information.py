r"""What the mean cost of the best choice gains by knowing some of the inputs.

An emulator splits each cost difference into parts :math:`H_t`, each of few inputs. Known after the
inputs A is the sum of the parts that need them only, and what these tell of the other parts: the
projection of those on the span of the former, where inputs are correlated. In a sample, parts of
independent inputs are not quite orthogonal either. So a projection counts only if it is
significant, and is shrunk to the variance it has without noise. The gain is
:math:`\min_s \mu_s - \frac1n \sum_i \min_s (\mu_s + y_{si})`, y what is known.

Estimates of nested groups may cross by noise; `consistent` puts them in order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from hcrisk.measures._emulator import Emulator
from hcrisk.measures._estimators import Floats

_INDEPENDENT = 1e-9
# Chance of taking the inputs of a group to tell something of others when they do not.
_FALSE = 0.01


class Worth(NamedTuple):
    """What information is worth, and its standard error."""

    value: float
    error: float


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


def gain(emulator: Emulator, inputs: Collection[int]) -> Gain:
    """Return what knowing these inputs gains, as the module describes it."""
    known = emulator.mean[:, None] + projection(emulator, inputs)
    return Gain(plain_gain(known), known)


def projection(emulator: Emulator, inputs: Collection[int]) -> Floats:
    """Return what is explained by these inputs, and by what they tell of others."""
    inside = np.array([part <= set(inputs) for part in emulator.inputs], dtype=bool)
    if inside[: emulator.explaining].all():
        return emulator.total
    found = emulator.parts[: emulator.explaining][inside[: emulator.explaining]].sum(axis=0)
    for row, others in enumerate(emulator.total - found):
        own = _orthonormal(emulator.parts[inside, row])
        told = (own @ others) @ own
        found[row] += told * _kept_of(told, others, len(own))
    return np.asarray(found)


def consistent(
    worths: Sequence[Worth], groups: Sequence[Collection[int]], everything: Worth
) -> list[Worth]:
    """Return values that do not fall when more is known, and of at most that of all inputs.

    Where a group is worth more than one that contains it, each takes the mean of the most that
    any of its subsets is worth and the least that any of its supersets is: both grow with it.

    Examples
    --------
    >>> found = consistent([Worth(3.0, 0.1), Worth(2.0, 0.1)], [[0], [0, 1]], Worth(9.0, 0.2))
    >>> [worth.value for worth in found]
    [2.5, 2.5]
    """
    sets = [frozenset(group) for group in groups]
    pairs = list(zip(sets, [worth.value for worth in worths], strict=True))
    found = []
    for own, worth in zip(sets, worths, strict=True):
        most = max(value for group, value in pairs if group <= own)
        least = min(value for group, value in pairs if group >= own)
        found.append(capped(Worth((most + least) / 2, worth.error), everything))
    return found


def capped(worth: Worth, most: Worth) -> Worth:
    """Return a value that is at most ``most``."""
    return worth if worth.value <= most.value else most


def _kept_of(told: Floats, others: Floats, width: int) -> float:
    """Return the factor for a projection of ``others`` on ``width`` vectors: 0 where it is chance.

    Its square is the share of the projection's variance that noise does not account for.
    """
    explained, total = float(np.square(told).sum()), float(np.square(others).sum())
    free = len(others) - 1 - width
    if width == 0 or explained <= 0.0 or free < 1:
        return 0.0
    share = min(explained / total, 1.0)
    if stats.beta.sf(share, width / 2, free / 2) > _FALSE:
        return 0.0
    noise = width * (total - explained) / free
    return float(np.sqrt(max(explained - noise, 0.0) / explained))


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
