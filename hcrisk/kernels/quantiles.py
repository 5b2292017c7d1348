"""Quantile functions of the law families, from canonical parameters and tables."""

from __future__ import annotations

import math

from hcrisk.kernels import law_columns as col
from hcrisk.kernels._jit import njit
from hcrisk.kernels.calls import exp, expm1, log, log1p, normal_quantile
from hcrisk.kernels.special import beta_quantile, gamma_quantile, logistic

INFINITY = math.inf
# Above this a gamma is narrower than 1e-4 of its mean: drawn as its mean.
GAMMA_SHAPE_CONSTANT = 1e8


@njit
def smooth_table(tables, start, size, z):
    """Return a piecewise quintic over [-TABLE_Z, TABLE_Z] at z.

    Parameters
    ----------
    tables, start, size
        Slice of six coefficients a piece, lowest order first, in the piece's own [0, 1].
    z : float
        Where; moved to the nearer end if outside.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(smooth_table(np.array([1.0, 2.0, 0.0, 0.0, 0.0, 0.0]), 0, 6, 0.0)), 12)
    2.0
    """
    pieces = size // col.SMOOTH_COEFFICIENTS
    t = (z + col.TABLE_Z) * (pieces / (2.0 * col.TABLE_Z))
    t = min(max(t, 0.0), float(pieces))
    k = min(int(t), pieces - 1)
    s = t - k
    j = start + k * col.SMOOTH_COEFFICIENTS
    value = tables[j + 4] + s * tables[j + 5]
    value = tables[j + 2] + s * (tables[j + 3] + s * value)
    return float(tables[j] + s * (tables[j + 1] + s * value))


@njit
def _first_at_least(tables, start, count, level):
    """Return the first index whose table value reaches level, or the last index."""
    low = 0
    high = count - 1
    while low < high:
        middle = (low + high) // 2
        if tables[start + middle] >= level:
            high = middle
        else:
            low = middle + 1
    return low


@njit
def _mixture(tables, start, size, z):
    """Return a piecewise cubic over sorted left ends at z."""
    pieces = size // col.MIXTURE_COLUMNS
    z = min(max(z, -col.TABLE_Z), col.TABLE_Z)
    low = 0
    high = pieces - 1
    while low < high:
        middle = (low + high + 1) // 2
        if tables[start + middle] <= z:
            low = middle
        else:
            high = middle - 1
    s = z - tables[start + low]
    j = start + pieces + 4 * low
    return float(tables[j] + s * (tables[j + 1] + s * (tables[j + 2] + s * tables[j + 3])))


@njit
def metalog(tables, start, terms, low, high, u):
    """Return a metalog quantile (Keelin 2016), unbounded where a bound is infinite.

    Parameters
    ----------
    tables, start, terms
        Where the coefficients a_1.. lie in the flat tables.
    low, high : float
        Bounds.
    u : float
        In (0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> float(metalog(np.array([5.0, 2.0]), 0, 2, -INFINITY, INFINITY, 0.5))
    5.0
    """
    y = log(u) - log1p(-u)
    d = u - 0.5
    value = float(tables[start])
    if terms > 1:
        value += tables[start + 1] * y
    if terms > 2:
        value += tables[start + 2] * (d * y)
    if terms > 3:
        value += tables[start + 3] * d
    power = d
    for j in range(4, terms):
        if j % 2 == 0:
            power = power * d
            value += tables[start + j] * power
        else:
            value += tables[start + j] * (power * y)
    value = float(value)
    if low > -INFINITY and high < INFINITY:
        return low + (high - low) * logistic(value)
    if low > -INFINITY:
        return low + exp(value)
    return high - exp(-value) if high < INFINITY else value


@njit
def _triangular(low, mode, high, u):
    """Return the quantile of a triangular law."""
    width = high - low
    if not width > 0.0:
        return low
    rise = mode - low
    if u * width < rise:
        return low + math.sqrt(u * width * rise)
    return high - math.sqrt((1.0 - u) * width * (high - mode))


@njit
def _gpd(location, scale, shape, u):
    """Return the quantile of a generalised Pareto law."""
    hazard = -log1p(-u)
    if shape == 0.0:
        return location + scale * hazard
    return location + scale * (expm1(shape * hazard) / shape)


@njit
def normal_at(laws, i, z):
    """Return the normal of row i, or the log of its lognormal, at the standard normal `z`.

    Examples
    --------
    >>> import numpy as np
    >>> laws = np.zeros((1, col.LAW_WIDTH))
    >>> laws[0, [col.FAMILY, col.CANON0, col.CANON0 + 1]] = col.NORMAL, 10.0, 2.0
    >>> float(normal_at(laws, 0, 1.0))
    12.0
    """
    anchor, spread = laws[i, col.CANON0], laws[i, col.CANON0 + 1]
    away = z - laws[i, col.CANON0 + 2]
    # An infinite spread leaves the anchoring quantile where it was told to be.
    return anchor + spread * away if away != 0.0 and spread > 0.0 else anchor


@njit
def quantile_law(laws, i, tables, u):
    """Return the quantile of row i before truncation and clipping.

    Parameters
    ----------
    laws, i, tables, u
        As in `laws.draw_law`.

    Examples
    --------
    >>> import numpy as np
    >>> laws = np.zeros((1, col.LAW_WIDTH))
    >>> laws[0, col.FAMILY], laws[0, col.CANON0 + 1] = col.UNIFORM, 8.0
    >>> float(quantile_law(laws, 0, np.empty(0), 0.25))
    2.0
    """
    family = laws[i, col.FAMILY]
    if family in col.FROM_NORMAL:
        return quantile_at(laws, i, tables, u, normal_quantile(u))
    return quantile_at(laws, i, tables, u, 0.0)


@njit
def quantile_at(laws, i, tables, u, z):
    """Return `quantile_law` at a uniform of which `z` is the normal quantile, if it matters."""
    family = int(laws[i, col.FAMILY])
    c0 = float(laws[i, col.CANON0])
    c1 = float(laws[i, col.CANON0 + 1])
    c2 = float(laws[i, col.CANON0 + 2])
    c3 = float(laws[i, col.CANON0 + 3])
    start = int(laws[i, col.TABLE_START])
    size = int(laws[i, col.TABLE_SIZE])
    if family == col.CONSTANT:
        return c0
    if family == col.LOGNORMAL:
        return exp(normal_at(laws, i, z))
    if family == col.NORMAL:
        return normal_at(laws, i, z)
    if family == col.UNIFORM:
        return c0 + u * (c1 - c0)
    if family == col.TRIANGULAR:
        return _triangular(c0, c1, c2, u)
    if family == col.PERT or family == col.BETA:
        if not c3 > c2 or c0 == INFINITY:
            return c2
        if size > 0:
            share = logistic(smooth_table(tables, start, size, z))
        else:
            share = beta_quantile(u, c0, c1)
        return c2 + (c3 - c2) * share
    if family == col.GAMMA:
        if not c0 < GAMMA_SHAPE_CONSTANT:
            return c2
        if size > 0:
            return c1 * exp(smooth_table(tables, start, size, z))
        return c1 * gamma_quantile(u, c0)
    if family == col.WEIBULL:
        return c1 * exp(log(-log1p(-u)) / c0)
    if family == col.PARETO:
        return c0 * exp(-log1p(-u) / c1)
    if family == col.GPD:
        return _gpd(c0, c1, c2, u)
    if family == col.DISCRETE:
        count = size // 2
        return float(tables[start + _first_at_least(tables, start + count, count, u)])
    if family == col.EMPIRICAL:
        return float(tables[start + min(int(u * size), size - 1)])
    if family == col.METALOG:
        return metalog(tables, start, size, c0, c1, u)
    return _mixture(tables, start, size, z)
