"""Values of information as reported: what they are worth, in order of what is known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple


class Worth(NamedTuple):
    """What information is worth, and its standard error."""

    value: float
    error: float


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
