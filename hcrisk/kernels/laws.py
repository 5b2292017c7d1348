"""Draws from a law row (see `hcrisk.kernels.law_columns`) by inverse CDF of one uniform."""

from __future__ import annotations

import math

from hcrisk.kernels import law_columns as col
from hcrisk.kernels._inline import njit_inline
from hcrisk.kernels._jit import njit
from hcrisk.kernels.calls import log, log1p, normal_cdf, normal_quantile
from hcrisk.kernels.quantiles import INFINITY, quantile_law

LOWEST_U = 2.0**-60
HIGHEST_U = 1.0 - 2.0**-53
BISECTIONS = 120


@njit
def level_normal(laws, i, x):
    """Return the probability below x of row i, a normal or lognormal of positive spread.

    Examples
    --------
    >>> import numpy as np
    >>> laws = np.zeros((1, col.LAW_WIDTH))
    >>> laws[0, [col.FAMILY, col.CANON0 + 1]] = col.NORMAL, 8.0
    >>> float(level_normal(laws, 0, 0.0))
    0.5
    """
    if laws[i, col.FAMILY] == col.LOGNORMAL:
        if not x > 0.0:
            return 0.0
        x = log(x)
    anchor, spread = laws[i, col.CANON0], laws[i, col.CANON0 + 1]
    return normal_cdf((x - anchor) / spread + laws[i, col.CANON0 + 2])


@njit
def level_law(laws, i, tables, x, inclusive):
    """Return sup{u: Q(u) < x}, or sup{u: Q(u) <= x} if inclusive.

    Directly where the probability of x has a closed form, otherwise by bisection on u.

    Examples
    --------
    >>> import numpy as np
    >>> laws = np.zeros((1, col.LAW_WIDTH))
    >>> laws[0, col.FAMILY], laws[0, col.CANON0 + 1] = col.UNIFORM, 8.0
    >>> float(level_law(laws, 0, np.empty(0), 2.0, True))
    0.25
    """
    family, spread = laws[i, col.FAMILY], laws[i, col.CANON0 + 1]
    if (family == col.NORMAL or family == col.LOGNORMAL) and 0.0 < spread < INFINITY:
        return level_normal(laws, i, x)
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


@njit_inline
def inside(value, low, high):
    """Return `value` moved into [low, high].

    Examples
    --------
    >>> float(inside(3.0, 0.0, 1.0))
    1.0
    """
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
    >>> laws[0, col.FAMILY] = col.UNIFORM
    >>> laws[0, [col.TRUNCATE_LOW, col.CLIP_LOW]] = -INFINITY
    >>> laws[0, [col.TRUNCATE_HIGH, col.CLIP_HIGH]] = INFINITY, 5.0
    >>> laws[0, [col.CANON0 + 1, col.U_HIGH]] = 8.0, 1.0
    >>> float(draw_law(laws, 0, np.empty(0), 0.25)), float(draw_law(laws, 0, np.empty(0), 0.75))
    (2.0, 5.0)
    """
    low = float(laws[i, col.U_LOW])
    level = low + u * (float(laws[i, col.U_HIGH]) - low)
    level = level if level > LOWEST_U else LOWEST_U
    value = quantile_law(laws, i, tables, level if level < HIGHEST_U else HIGHEST_U)
    return clip_law(laws, i, value)


@njit
def clip_law(laws, i, value):
    """Return a value moved into row i's truncation, then into its clipping bounds."""
    value = inside(value, float(laws[i, col.TRUNCATE_LOW]), float(laws[i, col.TRUNCATE_HIGH]))
    return inside(value, float(laws[i, col.CLIP_LOW]), float(laws[i, col.CLIP_HIGH]))


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
