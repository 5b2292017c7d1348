"""What is to be ranked: series of values, and the bins that their paths are counted in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

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
SECTION_BINS = 1 << 11
LEAST_BINS = 1 << 8


class Section(NamedTuple):
    """Paths `first` to `last` (not included) of row `row`: one series of values to be ranked."""

    row: int
    first: int
    last: int
    edges: Floats


@dataclass(frozen=True)
class Series:
    """Every series of a run: each npv and cost over all paths, and each npv by batch of paths.

    Batches give tail means their intervals; see `hcrisk.measures.tail_value_at_risk`.

    Parameters
    ----------
    paths : int
    n_strategy : int
    edges : tuple of float64[n_edge]
        Where the bins of each npv and then each cost meet, in order.
    coarse : tuple of float64[n_edge]
        The same of each npv, for its batches.
    batches : tuple of int
        Into how many batches the paths are cut; one entry for each such cut.
    """

    paths: int
    n_strategy: int
    edges: tuple[Floats, ...]
    coarse: tuple[Floats, ...]
    batches: tuple[int, ...]

    @cached_property
    def sections(self) -> list[Section]:
        """All series, those over all paths first, then by cut, batch and strategy."""
        found = [Section(row, 0, self.paths, edges) for row, edges in enumerate(self.edges)]
        for count in self.batches:
            size = self.paths // count
            found += [
                Section(row, batch * size, (batch + 1) * size, edges)
                for batch in range(count)
                for row, edges in enumerate(self.coarse)
            ]
        return found

    @cached_property
    def offsets(self) -> list[int]:
        """Where the bins of each series begin among all bins, and after the last where they end."""
        sizes = [len(section.edges) + 1 for section in self.sections]
        return [0, *np.cumsum(sizes).tolist()]

    def batch(self, count: int, batch: int, row: int) -> int:
        """Return the number of the series of a strategy's batch."""
        before = sum(self.batches[: self.batches.index(count)])
        return len(self.edges) + (before + batch) * self.n_strategy + row

    def touched(self, first: int, n: int) -> Iterator[tuple[int, int, slice]]:
        """Yield the number and row of every series with some of `n` paths, and which of them."""
        for row in range(len(self.edges)):
            yield row, row, slice(0, n)
        for count in self.batches:
            size = self.paths // count
            for batch in range(first // size, min(count, (first + n - 1) // size + 1)):
                part = slice(max(0, batch * size - first), min(n, (batch + 1) * size - first))
                for row in range(self.n_strategy):
                    yield self.batch(count, batch, row), row, part


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


def series_of(pilot: Floats, n_strategy: int, paths: int, batches: tuple[int, ...]) -> Series:
    """Return the series of a run, with bins of about equally many paths, as a pilot has them.

    Parameters
    ----------
    pilot : float64[n_row, n]
        What is ranked, of the first paths.
    n_strategy : int
    paths : int
    batches : tuple of int
    """
    ordered = np.sort(pilot, axis=-1)
    fine = max(LEAST_BINS, MOST_BINS // len(ordered))
    per_batch = MOST_BINS // max(1, n_strategy * sum(batches))
    coarse = max(LEAST_BINS, min(SECTION_BINS, per_batch))
    return Series(
        paths,
        n_strategy,
        tuple(bin_edges(row, fine) for row in ordered),
        tuple(bin_edges(row, coarse) for row in ordered[:n_strategy]),
        batches,
    )


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
