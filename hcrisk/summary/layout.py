"""What is to be ranked: series of values, and the bins that their paths are counted in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hcrisk.kernels.tables import Output
from hcrisk.summary.exact import Floats

# A pilot run says where the bins lie: so many paths, or one of so many paths of the run.
LEAST_PILOT = 1 << 14
MOST_PILOT = 1 << 16
PATHS_PER_PILOT = 64
# Bins of all series together: what they take is to stay small, whatever there is to be ranked, in
# memory and on the way to the workers of a cluster.
MOST_BINS = 1 << 20
LEAST_BINS = 1 << 8


@dataclass(frozen=True)
class Series:
    """Every series of a run: each npv, then each cost by strategy and year.

    Parameters
    ----------
    paths : int
    n_strategy : int
    edges : tuple of float64[n_edge]
        Where the bins of each meet.
    """

    paths: int
    n_strategy: int
    edges: tuple[Floats, ...]

    @cached_property
    def offsets(self) -> list[int]:
        """Where the bins of each series begin among all bins, and after the last where they end."""
        return [0, *np.cumsum([len(edges) + 1 for edges in self.edges]).tolist()]


def ranked_rows(output: Output, n: int) -> Floats:
    """Return what is ranked of the first `n` paths: each npv, then each cost by strategy and year.

    Parameters
    ----------
    output : Output
    n : int

    Returns
    -------
    float64[n_row, n]
    """
    cost = output.cost[..., :n]
    return np.concatenate([output.npv[:, :n], cost.reshape(-1, cost.shape[-1])])


def pilot_paths(paths: int) -> int:
    """Return how many paths say where the bins lie.

    Examples
    --------
    >>> pilot_paths(100), pilot_paths(10**5), pilot_paths(10**9)
    (100, 16384, 65536)
    """
    return min(paths, max(LEAST_PILOT, min(paths // PATHS_PER_PILOT, MOST_PILOT)))


def series_of(pilot: Floats, n_strategy: int, paths: int) -> Series:
    """Return the series of a run, with bins of about equally many paths, as a pilot has them.

    Parameters
    ----------
    pilot : float64[n_row, n]
        What is ranked, of the first paths.
    n_strategy : int
    paths : int
    """
    ordered = np.sort(pilot, axis=-1)
    most = max(LEAST_BINS, MOST_BINS // len(ordered))
    return Series(paths, n_strategy, tuple(bin_edges(row, most) for row in ordered))


def bin_edges(ordered: Floats, most: int) -> Floats:
    """Return where bins meet that have about equally many of the values given.

    A bin holds what is at least its lower edge and below its upper one; the first and the last
    have one edge only. A value that would be two edges has a bin of its own.

    Examples
    --------
    >>> import numpy as np
    >>> bin_edges(np.array([1.0, 2.0, 2.0, 5.0]), 9).tolist()
    [1.0, 2.0, 2.0000000000000004, 5.0]
    """
    n = len(ordered)
    places = np.linspace(0, n - 1, min(most, n)).astype(np.int64)
    values, times = np.unique(ordered[places], return_counts=True)
    after = np.nextafter(values[times > 1], np.inf)
    return np.unique(np.concatenate([values, after]))


def is_single(edges: Floats, number: int) -> bool:
    """Return whether a bin can hold one value only.

    Examples
    --------
    >>> import numpy as np
    >>> edges = np.array([1.0, 2.0, np.nextafter(2.0, 3.0)])
    >>> [is_single(edges, number) for number in range(4)]
    [False, False, True, False]
    """
    if not 0 < number < len(edges):
        return False
    return bool(edges[number] == np.nextafter(edges[number - 1], np.inf))
