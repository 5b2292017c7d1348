"""Draws from a law row (see `hcrisk.kernels.law_columns`) by inverse CDF of one uniform."""

from __future__ import annotations

import math

from hcrisk.kernels import law_columns as col
from hcrisk.kernels._jit import njit
from hcrisk.kernels.calls import exp, expm1, log, log1p, normal_quantile
from hcrisk.kernels.special import beta_quantile, gamma_quantile, logistic

INFINITY = math.inf
LOWEST_U = 2.0**-60
HIGHEST_U = 1.0 - 2.0**-53
BISECTIONS = 120
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
    width = high - low
    if not width > 0.0:
        return low
    rise = mode - low
    if u * width < rise:
        return low + math.sqrt(u * width * rise)
    return high - math.sqrt((1.0 - u) * width * (high - mode))


@njit
def _gpd(location, scale, shape, u):
    hazard = -log1p(-u)
    if shape == 0.0:
        return location + scale * hazard
    return location + scale * (expm1(shape * hazard) / shape)


@njit
def quantile_law(laws, i, tables, u):
    """Return the quantile of row i before truncation and clipping.

    Parameters
    ----------
    laws, i, tables, u
        As in `draw_law`.

    Examples
    --------
    >>> import numpy as np
    >>> laws = np.zeros((1, col.LAW_WIDTH))
    >>> laws[0, col.FAMILY], laws[0, col.CANON0 + 1] = col.UNIFORM, 8.0
    >>> float(quantile_law(laws, 0, np.empty(0), 0.25))
    2.0
    """
    family = int(laws[i, col.FAMILY])
    c0 = float(laws[i, col.CANON0])
    c1 = float(laws[i, col.CANON0 + 1])
    c2 = float(laws[i, col.CANON0 + 2])
    c3 = float(laws[i, col.CANON0 + 3])
    start = int(laws[i, col.TABLE_START])
    size = int(laws[i, col.TABLE_SIZE])
    if family == col.CONSTANT:
        return c0
    if family == col.LOGNORMAL or family == col.NORMAL:
        away = normal_quantile(u) - c2
        # An infinite spread leaves the anchoring quantile where it was told to be.
        value = c0 + c1 * away if away != 0.0 and c1 > 0.0 else c0
        return exp(value) if family == col.LOGNORMAL else value
    if family == col.UNIFORM:
        return c0 + u * (c1 - c0)
    if family == col.TRIANGULAR:
        return _triangular(c0, c1, c2, u)
    if family == col.PERT or family == col.BETA:
        if not c3 > c2 or c0 == INFINITY:
            return c2
        if size > 0:
            share = logistic(smooth_table(tables, start, size, normal_quantile(u)))
        else:
            share = beta_quantile(u, c0, c1)
        return c2 + (c3 - c2) * share
    if family == col.GAMMA:
        if not c0 < GAMMA_SHAPE_CONSTANT:
            return c2
        if size > 0:
            return c1 * exp(smooth_table(tables, start, size, normal_quantile(u)))
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
    return _mixture(tables, start, size, normal_quantile(u))


@njit
def level_law(laws, i, tables, x, inclusive):
    """Return sup{u: Q(u) < x}, or sup{u: Q(u) <= x} if inclusive, by bisection on u.

    Examples
    --------
    >>> import numpy as np
    >>> laws = np.zeros((1, col.LAW_WIDTH))
    >>> laws[0, col.FAMILY], laws[0, col.CANON0 + 1] = col.UNIFORM, 8.0
    >>> float(level_law(laws, 0, np.empty(0), 2.0, True))
    0.25
    """
    first = quantile_law(laws, i, tables, LOWEST_U)
    if first > x or (first == x and not inclusive):
        return 0.0
    last = quantile_law(laws, i, tables, HIGHEST_U)
    if last < x or (last == x and inclusive):
        return 1.0
    low = LOWEST_U
    high = HIGHEST_U
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if middle <= low or middle >= high:
            break
        value = quantile_law(laws, i, tables, middle)
        if value < x or (value == x and inclusive):
            low = middle
        else:
            high = middle
    return low


@njit
def _canonical_pair(form, log_scale, r0, r1, r2, r3):
    """Return (anchor, spread, anchor's z) of a normal or, on the log scale, a lognormal."""
    if form == col.FORM_QUANTILES:
        if log_scale and not r0 > 0.0:
            return -INFINITY, 0.0, 0.0
        first = log(r0) if log_scale else r0
        second = log(r1) if log_scale else r1
        z = normal_quantile(r2)
        # Equal quantiles, also both infinite, are a constant.
        spread = (second - first) / (normal_quantile(r3) - z) if second != first else 0.0
        return first, spread, z
    if log_scale and form == col.FORM_MEAN:
        if not r0 > 0.0:
            return -INFINITY, 0.0, 0.0
        ratio = r1 / r0
        variance = log1p(ratio * ratio)
        return log(r0) - 0.5 * variance, math.sqrt(variance), 0.0
    if form == col.FORM_MEDIAN:
        return log(r0), r1, 0.0
    return r0, r1, 0.0


@njit
def _canonical_beta(form, r0, r1, low, high):
    """Return the two shapes; an infinite first one stands for a constant."""
    if form != col.FORM_MEAN:
        return r0, r1
    width = high - low
    if not (width > 0.0 and r1 > 0.0):
        return INFINITY, INFINITY
    mean = (r0 - low) / width
    sd = r1 / width
    total = mean * (1.0 - mean) / (sd * sd) - 1.0
    return mean * total, (1.0 - mean) * total


@njit
def _canonical(laws, i):
    """Turn raw parameters into canonical ones."""
    family = int(laws[i, col.FAMILY])
    form = int(laws[i, col.FORM])
    r0 = float(laws[i, col.RAW0])
    r1 = float(laws[i, col.RAW0 + 1])
    r2 = float(laws[i, col.RAW0 + 2])
    r3 = float(laws[i, col.RAW0 + 3])
    c0, c1, c2, c3 = r0, r1, r2, r3
    if family == col.NORMAL:
        c0, c1, c2 = _canonical_pair(form, False, r0, r1, r2, r3)
    elif family == col.LOGNORMAL:
        c0, c1, c2 = _canonical_pair(form, True, r0, r1, r2, r3)
    elif family == col.GAMMA:
        if form == col.FORM_MEAN:
            variance = r1 * r1
            c0 = 1.0 / variance if variance > 0.0 else INFINITY
            c1 = r0 * variance
            c2 = r0
        else:
            c2 = r0 * r1
    elif family == col.BETA:
        c0, c1 = _canonical_beta(form, r0, r1, r2, r3)
        if c0 == INFINITY:
            c2 = r0
    elif family == col.PERT:
        width = r2 - r0
        share = (r1 - r0) / width if width > 0.0 else 0.5
        c0 = 1.0 + r3 * share
        c1 = 1.0 + r3 * (1.0 - share)
        c2 = r0
        c3 = r2
    laws[i, col.CANON0] = c0
    laws[i, col.CANON0 + 1] = c1
    laws[i, col.CANON0 + 2] = c2
    laws[i, col.CANON0 + 3] = c3


@njit
def prepare_law(laws, i, tables):
    """Fill row i's canonical parameters and truncated range of u from its raw values.

    Parameters
    ----------
    laws, i, tables
        As in `draw_law`; row i is changed.

    Examples
    --------
    >>> import numpy as np
    >>> laws = np.zeros((1, col.LAW_WIDTH))
    >>> laws[0, col.FAMILY], laws[0, col.RAW0 + 1] = col.UNIFORM, 8.0
    >>> laws[0, col.TRUNCATE_LOW], laws[0, col.TRUNCATE_HIGH] = 2.0, 4.0
    >>> prepare_law(laws, 0, np.empty(0))
    >>> laws[0, [col.U_LOW, col.U_HIGH]].round(12).tolist()
    [0.25, 0.5]
    """
    _canonical(laws, i)
    low = float(laws[i, col.TRUNCATE_LOW])
    high = float(laws[i, col.TRUNCATE_HIGH])
    laws[i, col.U_LOW] = level_law(laws, i, tables, low, False) if low > -INFINITY else 0.0
    laws[i, col.U_HIGH] = level_law(laws, i, tables, high, True) if high < INFINITY else 1.0


@njit
def _inside(value, low, high):
    value = value if value > low else low
    return value if value < high else high


@njit
def draw_law(laws, i, tables, u):
    """Return the draw of prepared row i at the uniform u, not decreasing in u.

    Parameters
    ----------
    laws : ndarray of float64, shape (n, LAW_WIDTH)
        Prepared law rows.
    i : int
        Row.
    tables : ndarray of float64
        The shared flat tables.
    u : float
        In (0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> laws = np.zeros((1, col.LAW_WIDTH))
    >>> laws[0, col.FAMILY], laws[0, col.RAW0 + 1] = col.UNIFORM, 8.0
    >>> laws[0, [col.TRUNCATE_LOW, col.CLIP_LOW]] = -INFINITY
    >>> laws[0, [col.TRUNCATE_HIGH, col.CLIP_HIGH]] = INFINITY, 5.0
    >>> prepare_law(laws, 0, np.empty(0))
    >>> float(draw_law(laws, 0, np.empty(0), 0.25)), float(draw_law(laws, 0, np.empty(0), 0.75))
    (2.0, 5.0)
    """
    low = float(laws[i, col.U_LOW])
    level = low + u * (float(laws[i, col.U_HIGH]) - low)
    level = level if level > LOWEST_U else LOWEST_U
    value = quantile_law(laws, i, tables, level if level < HIGHEST_U else HIGHEST_U)
    value = _inside(value, float(laws[i, col.TRUNCATE_LOW]), float(laws[i, col.TRUNCATE_HIGH]))
    return _inside(value, float(laws[i, col.CLIP_LOW]), float(laws[i, col.CLIP_HIGH]))


@njit
def fill_law(laws, i, tables, u, out):
    """Write the draws of prepared row i at every u into `out`.

    Examples
    --------
    >>> import numpy as np
    >>> laws = np.zeros((1, col.LAW_WIDTH))
    >>> laws[0, [col.TRUNCATE_LOW, col.CLIP_LOW]] = -INFINITY
    >>> laws[0, [col.TRUNCATE_HIGH, col.CLIP_HIGH]] = INFINITY
    >>> laws[0, col.CANON0] = 3.0
    >>> out = np.empty(2)
    >>> fill_law(laws, 0, np.empty(0), np.array([0.1, 0.9]), out)
    >>> out.tolist()
    [3.0, 3.0]
    """
    for j in range(u.size):
        out[j] = draw_law(laws, i, tables, u[j])
