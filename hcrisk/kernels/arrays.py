"""Setting whole rows, as plain loops: array assignment costs far more time to compile."""

from __future__ import annotations

from hcrisk.kernels._jit import njit


@njit
def fill(row, value):
    """Set every entry of a one-dimensional array.

    Examples
    --------
    >>> import numpy as np
    >>> row = np.zeros(2)
    >>> fill(row, 1.5)
    >>> row
    array([1.5, 1.5])
    """
    for i in range(row.size):
        row[i] = value


@njit
def copy_row(row, out):
    """Copy a one-dimensional array to the first entries of another.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.ones(3)
    >>> copy_row(np.zeros(2), out)
    >>> out.tolist()
    [0.0, 0.0, 1.0]
    """
    for i in range(row.size):
        out[i] = row[i]


@njit
def add_row(row, out):
    """Add a one-dimensional array to the first entries of another.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.ones(3)
    >>> add_row(np.ones(2), out)
    >>> out.tolist()
    [2.0, 2.0, 1.0]
    """
    for i in range(row.size):
        out[i] += row[i]


@njit
def clear(table):
    """Set every entry of a two-dimensional array to 0.

    Examples
    --------
    >>> import numpy as np
    >>> table = np.ones((2, 1))
    >>> clear(table)
    >>> table.sum()
    np.float64(0.0)
    """
    for i in range(table.shape[0]):
        for j in range(table.shape[1]):
            table[i, j] = 0.0
