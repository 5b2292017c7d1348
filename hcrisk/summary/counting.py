"""The first pass: how many paths lie in which bin, and sums of everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hcrisk.exceptions import HcriskError
from hcrisk.kernels.exact import SQUARE_LIMBS, SUM_LIMBS, add_squares, add_values
from hcrisk.kernels.tables import Output
from hcrisk.summary.exact import carry, words_of
from hcrisk.summary.layout import Series, ranked_rows
from hcrisk.variables import DEFAULT

Arrays = dict[str, npt.NDArray[Any]]

# What has a mean, in the order of the rows of the sums.
AVERAGED = ("npv", "cost", "component_npv", "service_npv")


@dataclass(frozen=True)
class Counting:
    """What the first pass does with paths; a part of its result is a dictionary of arrays.

    Parameters
    ----------
    series : Series
    n_sum : int
        How many numbers of a path are added up.
    start : int
        Number of the run's first path, by which errors name paths.
    """

    series: Series
    n_sum: int
    start: int
    # What of a path's results it needs.
    detail = DEFAULT
    name = "counting"

    def empty(self, counts: type[np.signedinteger[Any]] = np.int64) -> Arrays:
        """Return the result of no paths.

        ``counts[bin]``, ``totals[row, limb]``, ``squares[row, limb]`` and ``cheapest[strategy,
        m - 1]``: on how many paths a strategy and ``m - 1`` others cost least.
        """
        n = self.series.n_strategy
        return {
            "counts": np.zeros(self.series.offsets[-1], dtype=counts),
            "totals": np.zeros((self.n_sum, SUM_LIMBS), dtype=np.int64),
            "squares": np.zeros((self.n_sum, SQUARE_LIMBS), dtype=np.int64),
            "cheapest": np.zeros((n, n), dtype=np.int64),
        }

    def part(self) -> Arrays:
        """Return what the paths of one task are added to."""
        # A task has fewer paths than fit into 32 bits.
        return self.empty(np.int32)

    def add(self, part: Arrays, output: Output, first: int, n: int) -> None:
        """Add the first `n` paths of an output, which are those from `first` on in the run."""
        _add_sums(part, output, self.start + first, n)
        _add_cheapest(part["cheapest"], output.npv[:, :n])
        counts, offsets = part["counts"], self.series.offsets
        for number, values in enumerate(ranked_rows(output, n)):
            # Sorted values are found faster, as their bins lie side by side.
            found = np.searchsorted(self.series.edges[number], np.sort(values), side="right")
            np.add.at(counts, offsets[number] + found, 1)

    def merge(self, state: Arrays, part: Arrays) -> None:
        """Add a part to the result; the order of parts does not matter."""
        for name, array in part.items():
            state[name] += array
        carry(state["totals"])
        carry(state["squares"])


def _add_sums(part: Arrays, output: Output, first: int, n: int) -> None:
    values: Any = add_values
    squares: Any = add_squares
    at = 0
    for name in AVERAGED:
        words = words_of(getattr(output, name)[..., :n])
        rows = slice(at, at + len(words))
        if values(words, part["totals"][rows]):
            raise _not_finite(name, getattr(output, name)[..., :n], first)
        squares(words, part["squares"][rows])
        at += len(words)


def _not_finite(name: str, values: npt.NDArray[np.float64], first: int) -> HcriskError:
    *_, path = np.argwhere(~np.isfinite(values))[0].tolist()
    return HcriskError(
        f"{name} must be finite on every path, got NaN or infinite values on path "
        f"{first + path}; hcrisk.story tells it; correct its inputs and summarize again"
    )


def _add_cheapest(cheapest: npt.NDArray[np.int64], npv: npt.NDArray[np.float64]) -> None:
    smallest = npv == npv.min(axis=0)
    ties = smallest.sum(axis=0)
    for m in range(1, len(npv) + 1):
        if (of_m := ties == m).any():
            cheapest[:, m - 1] += smallest[:, of_m].sum(axis=1)
