"""Many draws at once: loops that the compiler vectorises, with the bits of the scalar draws."""

from __future__ import annotations

from hcrisk.kernels import elementary, philox
from hcrisk.kernels import law_columns as col
from hcrisk.kernels._jit import njit
from hcrisk.kernels.laws import HIGHEST_U, LOWEST_U, clip_law
from hcrisk.kernels.quantiles import normal_at, quantile_at

LANES = 8


@njit
def whole_lanes(first, end):
    """Return the end of a loop over [first, end) and a little more, in whole vectors.

    What a vector loop leaves over is done one at a time, which costs more than a whole vector.

    Examples
    --------
    >>> whole_lanes(1, 4), whole_lanes(1, 9), whole_lanes(1, 10)
    (9, 9, 17)
    """
    return first + (end - first + LANES - 1) // LANES * LANES


@njit
def uniforms(keys, path, steps, n, out):
    """Write the uniforms of `n` streams at a step each, all of one path.

    Examples
    --------
    >>> import numpy as np
    >>> keys, out = np.array([7, 8], dtype=np.uint64), np.empty(2)
    >>> uniforms(keys, np.uint64(5), np.array([1, 0], dtype=np.uint64), 2, out)
    >>> bool(out[0] == philox.uniform(7, 5, 1))
    True
    """
    for j in range(n):
        out[j] = philox.uniform(keys[j], path, steps[j])


@njit
def normal_quantiles(x, first, end):
    """Turn uniforms of `x` into standard normals, in place.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([0.5, 0.975])
    >>> normal_quantiles(x, 0, 2)
    >>> x.round(6).tolist()
    [0.0, 1.959964]
    """
    for j in range(first, end):
        x[j] = elementary.normal_quantile(x[j])


@njit
def normal_cdfs(x, n):
    """Turn the first `n` standard normals of `x` into uniforms, in place.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.zeros(1)
    >>> normal_cdfs(x, 1)
    >>> x.tolist()
    [0.5]
    """
    for j in range(n):
        x[j] = elementary.normal_cdf(x[j])


@njit
def exponentials(x, first, end):
    """Turn uniforms of `x` into standard exponentials, in place.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([0.0, 1.0])
    >>> exponentials(x, 1, 2)
    >>> x.tolist()
    [0.0, -0.0]
    """
    for j in range(first, end):
        x[j] = -elementary.log(x[j])


@njit
def needs_normal(family):
    """Return whether a family's quantile is computed from the normal one.

    Examples
    --------
    >>> needs_normal(col.LOGNORMAL), needs_normal(col.TRIANGULAR)
    (True, False)
    """
    return family in col.FROM_NORMAL


@njit
def draw_laws(laws, rows, tables, u, first, end, scratch):
    """Turn uniforms into draws of prepared laws, in place.

    Parameters
    ----------
    laws : float64[n_law, LAW_WIDTH]
    rows : int64[n]
        The law of each draw.
    tables : float64[n_table]
    u : float64[n]
        Uniforms; overwritten by draws, the same as those of `laws.draw_law`.
    first, end : int
        Which to draw.
    scratch : float64[2, n + LANES]
        Overwritten with normals and exponents.

    Examples
    --------
    >>> import numpy as np
    >>> laws = np.zeros((1, col.LAW_WIDTH))
    >>> laws[0, [col.TRUNCATE_LOW, col.CLIP_LOW]] = -np.inf
    >>> laws[0, [col.TRUNCATE_HIGH, col.CLIP_HIGH]] = np.inf
    >>> laws[0, [col.FAMILY, col.CANON0 + 1, col.U_HIGH]] = col.UNIFORM, 8.0, 1.0
    >>> u = np.array([0.25])
    >>> draw_laws(laws, np.zeros(1, dtype=np.int64), np.empty(0), u, 0, 1, np.zeros((2, 9)))
    >>> u.tolist()
    [2.0]
    """
    z, exponent = scratch[0], scratch[1]
    end_lane = whole_lanes(first, end)
    any_normal, any_lognormal = False, False
    for j in range(first, end):
        i = rows[j]
        low = laws[i, col.U_LOW]
        level = low + u[j] * (laws[i, col.U_HIGH] - low)
        level = level if level > LOWEST_U else LOWEST_U
        level = level if level < HIGHEST_U else HIGHEST_U
        u[j] = level
        z[j] = level
        any_normal |= needs_normal(laws[i, col.FAMILY])
        any_lognormal |= laws[i, col.FAMILY] == col.LOGNORMAL
    if any_normal:
        normal_quantiles(z, first, end_lane)
    if any_lognormal:
        for j in range(first, end):
            i = rows[j]
            is_lognormal = laws[i, col.FAMILY] == col.LOGNORMAL
            exponent[j] = normal_at(laws, i, z[j]) if is_lognormal else 0.0
        for j in range(first, end_lane):
            exponent[j] = elementary.exp(exponent[j])
    for j in range(first, end):
        i = rows[j]
        if laws[i, col.FAMILY] == col.LOGNORMAL:
            value = exponent[j]
        else:
            value = quantile_at(laws, i, tables, u[j], z[j])
        u[j] = clip_law(laws, i, value)
