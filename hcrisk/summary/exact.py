"""From limbs to means: what `hcrisk.kernels.exact` has added up, as numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from hcrisk.kernels.exact import LIMB, LOW, SUM_LIMBS, add_values

Floats = npt.NDArray[np.float64]
Limbs = npt.NDArray[np.int64]

# A sum of values is a whole multiple of 2**-SUM_BITS, one of squares of 2**-SQUARE_BITS.
SUM_BITS = 1074
SQUARE_BITS = 2 * SUM_BITS


def words_of(values: Floats) -> Limbs:
    """Return the bits of values, as rows of whole numbers.

    Examples
    --------
    >>> import numpy as np
    >>> words_of(np.ones((2, 3, 4))).shape
    (6, 4)
    """
    *rows, n = values.shape
    return np.ascontiguousarray(values).reshape(math.prod(rows), n).view(np.int64)


def carry(limbs: Limbs) -> None:
    """Carry in place, so that every limb but the last is one of 32 bits.

    Equal sums then have equal limbs.

    Examples
    --------
    >>> import numpy as np
    >>> limbs = np.array([[2**33 + 1, 0, 0], [-1, 1, 0]])
    >>> carry(limbs)
    >>> limbs.tolist()
    [[1, 2, 0], [4294967295, 0, 0]]
    """
    for i in range(limbs.shape[-1] - 1):
        limbs[..., i + 1] += limbs[..., i] >> LIMB
        limbs[..., i] &= LOW


def whole(limbs: Limbs) -> int:
    """Return the whole number that one row of limbs stands for.

    Examples
    --------
    >>> import numpy as np
    >>> whole(np.array([1, 2, 0])) == 1 + 2 * 2**32
    True
    """
    total = 0
    for limb in reversed(limbs.tolist()):
        total = (total << LIMB) + limb
    return total


def scaled(value: float) -> int:
    """Return a finite value as a multiple of 2**-SUM_BITS.

    Examples
    --------
    >>> scaled(5e-324), scaled(1.0) == 2**SUM_BITS
    (1, True)
    """
    numerator, denominator = value.as_integer_ratio()
    return numerator * ((1 << SUM_BITS) // denominator)


def sum_of(values: Floats) -> int:
    """Return the sum of values without rounding, as a multiple of 2**-SUM_BITS.

    Examples
    --------
    >>> import numpy as np
    >>> sum_of(np.array([1e300, 1.0, -1e300])) == scaled(1.0)
    True
    """
    limbs = np.zeros((1, SUM_LIMBS), dtype=np.int64)
    kernel: Any = add_values
    kernel(words_of(values), limbs)
    return whole(limbs[0])


def mean_and_spread(total: int, square: int, n: int) -> tuple[float, float]:
    """Return mean and standard deviation of `n` values from their sums, each rounded once.

    Parameters
    ----------
    total : int
        Sum of the values, a multiple of 2**-SUM_BITS.
    square : int
        Sum of their squares, a multiple of 2**-SQUARE_BITS.
    n : int
        The deviation of a single value is infinite.

    Examples
    --------
    >>> one = scaled(1.0)
    >>> mean_and_spread(6 * one, 14 * one * one, 3)
    (2.0, 1.0)
    """
    mean = total / (n << SUM_BITS)
    if n == 1:
        return mean, math.inf
    return mean, math.sqrt((n * square - total * total) / ((n * (n - 1)) << SQUARE_BITS))
