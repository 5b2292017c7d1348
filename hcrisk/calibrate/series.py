"""Values by calendar year, as yearly statistics and dated events give them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Series:
    """Values and the calendar year each belongs to; a year may occur more than once.

    Attributes
    ----------
    year, value : array, shape (n,)
    """

    year: NDArray[np.int64]
    value: NDArray[np.float64]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, float]]) -> Series:
        """Return the series of ``(year, value)`` rows, in their order.

        Examples
        --------
        >>> Series.of([(2001, 3.8), (2002, 2.7)]).value
        array([3.8, 2.7])
        """
        year, value = zip(*rows, strict=True)
        return cls(np.array(year, dtype=np.int64), np.array(value, dtype=np.float64))
