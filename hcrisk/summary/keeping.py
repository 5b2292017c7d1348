"""The second pass: the values of the few bins that wanted ranks lie in, and sums beyond them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hcrisk.exceptions import HcriskError
from hcrisk.kernels.exact import SUM_LIMBS, add_values
from hcrisk.kernels.tables import Output
from hcrisk.summary.counting import Arrays
from hcrisk.summary.exact import Floats, carry, words_of
from hcrisk.summary.layout import Series, is_single, ranked_rows
from hcrisk.variables import TOTALS

Ints = npt.NDArray[np.int64]
# Sums of so many powers are what intervals of tail means need.
POWERS = 3


def powers_of(values: Floats) -> Floats:
    """Return the first three powers of values, a row each."""
    square = np.square(values)
    return np.array([values, square, square * values])


# Of a series: number of the series, rank from 0.
Rank = tuple[int, int]


class Window(NamedTuple):
    """A bin whose values are kept: of which series, which bin, and how many there are."""

    number: int
    place: int
    size: int


@dataclass(frozen=True)
class Keeping:
    """What the second pass does with paths.

    Parameters
    ----------
    series : Series
    windows : tuple of Window
        In order of series and bin.
    bounds : dict of float64[2 * n_window]
        By number of series: lower and upper edges of its windows, in order.
    thresholds : dict of float64[n_tail]
        By number of series: from which values on sums of what is at least as high are wanted.
    """

    series: Series
    windows: tuple[Window, ...]
    bounds: Mapping[int, Floats]
    thresholds: Mapping[int, Floats]
    detail = TOTALS
    name = "keeping"

    @cached_property
    def starts(self) -> Ints:
        """Where the values of each window begin among all kept, and where the last ones end."""
        return np.cumsum([0, *(window.size for window in self.windows)])

    @cached_property
    def first_windows(self) -> dict[int, int]:
        """The first window of each series that has any."""
        found: dict[int, int] = {}
        for i, window in enumerate(self.windows):
            found.setdefault(window.number, i)
        return found

    @cached_property
    def first_tails(self) -> dict[int, int]:
        """The row of the first threshold of each series that has any."""
        at, found = 0, {}
        for number, values in self.thresholds.items():
            found[number] = at
            at += len(values)
        return found

    def empty(self) -> Arrays:
        """Return the result of no paths.

        ``kept[value]``, by window, ``filled[window]`` how many of them there are, and
        ``beyond[tail, power - 1, limb]``, sums of the first three powers.
        """
        return {
            "kept": np.zeros(int(self.starts[-1])),
            "filled": np.zeros(len(self.windows), dtype=np.int64),
            "beyond": self._no_tails(),
        }

    def part(self) -> Arrays:
        """Return what the paths of one task are added to."""
        return {
            "kept": np.zeros(0),
            "window": np.zeros(0, dtype=np.int64),
            "beyond": self._no_tails(),
        }

    def _no_tails(self) -> Ints:
        tails = sum(len(values) for values in self.thresholds.values())
        return np.zeros((tails, POWERS, SUM_LIMBS), dtype=np.int64)

    def add(self, part: Arrays, output: Output, first: int, n: int) -> None:
        """Add the first `n` paths of an output, which are those from `first` on in the run."""
        add: Any = add_values
        first_window = self.first_windows
        kept, windows = [part["kept"]], [part["window"]]
        for number, values in enumerate(ranked_rows(output, n)):
            if number in self.bounds:
                place = np.searchsorted(self.bounds[number], values, side="right")
                inside = place % 2 == 1
                kept.append(values[inside])
                windows.append(first_window[number] + place[inside] // 2)
            for i, threshold in enumerate(self.thresholds.get(number, ())):
                tail = part["beyond"][self.first_tails[number] + i]
                add(words_of(powers_of(values[values >= threshold])), tail)
        part["kept"], part["window"] = np.concatenate(kept), np.concatenate(windows)

    def merge(self, state: Arrays, part: Arrays) -> None:
        """Add a part to the result, whose kept values are sorted at the end."""
        order = np.argsort(part["window"], kind="stable")
        found, counts = np.unique(part["window"], return_counts=True)
        filled, starts, at = state["filled"], self.starts, 0
        for window, count in zip(found.tolist(), counts.tolist(), strict=True):
            begin = int(starts[window] + filled[window])
            if begin + count > starts[window + 1]:
                raise miscounted()
            state["kept"][begin : begin + count] = part["kept"][order[at : at + count]]
            filled[window] += count
            at += count
        state["beyond"] += part["beyond"]
        carry(state["beyond"])


def miscounted() -> HcriskError:
    """Return what to say if the passes do not agree, which sound memory never lets happen."""
    return HcriskError(
        "the second pass has found other paths than the first: the memory, the processor or the "
        "checkpoint is faulty; start again without the checkpoint, on another machine"
    )


def keeping_of(
    series: Series,
    counts: Ints,
    ranks: set[Rank],
    tails: Mapping[int, list[int]],
) -> Keeping:
    """Return what the second pass is to keep.

    Parameters
    ----------
    series : Series
    counts : int64[n_bin]
        Result of the first pass.
    ranks : set of (int, int)
        By number of series and rank, all that estimators read.
    tails : mapping
        By number of series, the ranks beyond which there is to be a sum.
    """
    offsets = series.offsets
    wanted: dict[int, set[int]] = {}
    for number, rank in ranks:
        wanted.setdefault(number, set()).add(rank)
    windows: list[Window] = []
    bounds: dict[int, Floats] = {}
    thresholds: dict[int, Floats] = {}
    for number in sorted(wanted):
        edges = series.edges[number]
        own = counts[offsets[number] : offsets[number + 1]]
        upto = np.cumsum(own)
        bins = np.unique(np.searchsorted(upto, sorted(wanted[number]), side="right")).tolist()
        kept = [i for i in bins if not is_single(edges, i)]
        windows += [Window(number, i, int(own[i])) for i in kept]
        outer = np.concatenate([[-np.inf], edges, [np.inf]])
        if kept:
            bounds[number] = np.array([outer[[i, i + 1]] for i in kept]).ravel()
        if number in tails:
            beyond = np.searchsorted(upto, tails[number], side="right")
            thresholds[number] = outer[beyond + 1]
    return Keeping(series, tuple(windows), bounds, thresholds)
