"""Many draws at once: loops that the compiler vectorises, with the bits of the scalar draws."""

from __future__ import annotations

import math

import numpy as np

from hcrisk.kernels import elementary, philox
from hcrisk.kernels import law_columns as col
from hcrisk.kernels._jit import njit
from hcrisk.kernels.laws import HIGHEST_U, LOWEST_U, inside
from hcrisk.kernels.quantiles import quantile_at

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
def uniforms(keys, paths, steps, n, out):
    """Write the uniforms of `n` streams, each of a path and at a step of its own.

    Examples
    --------
    >>> keys, paths, steps = np.array([[7, 8], [5, 6], [1, 0]], dtype=np.uint64)
    >>> out = np.empty(2)
    >>> uniforms(keys, paths, steps, 2, out)
    >>> bool(out[1] == philox.uniform(8, 6, 0))
    True
    """
    for j in range(n):
        out[j] = philox.uniform(keys[j], paths[j], steps[j])


@njit
def uniforms_of_paths(key, first_path, step, n, out):
    """Write the uniforms of one stream at one step, for `n` consecutive paths.

    Examples
    --------
    >>> out = np.empty(2)
    >>> uniforms_of_paths(np.uint64(7), np.uint64(5), np.uint64(1), 2, out)
    >>> bool(out[1] == philox.uniform(7, 6, 1))
    True
    """
    for g in range(n):
        out[g] = philox.uniform(key, first_path + np.uint64(g), step)


@njit
def uniforms_of_points(keys, path, steps, n, out):
    """Write the uniforms of `n` streams of one path, each at a step of its own.

    Examples
    --------
    >>> keys, steps = np.array([[7, 8], [1, 0]], dtype=np.uint64)
    >>> out = np.empty(2)
    >>> uniforms_of_points(keys, np.uint64(5), steps, 2, out)
    >>> bool(out[1] == philox.uniform(8, 5, 0))
    True
    """
    for j in range(n):
        out[j] = philox.uniform(keys[j], path, steps[j])


@njit
def normal_quantiles(x, first, end):
    """Turn uniforms of `x` into standard normals, in place.

    Examples
    --------
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
def truncated_levels(low, high, u, first, end):
    """Move uniforms into the part of (0, 1) that a truncation leaves, in place.

    Examples
    --------
    >>> u = np.array([0.5])
    >>> truncated_levels(0.5, 1.0, u, 0, 1)
    >>> u.tolist()
    [0.75]
    """
    for j in range(first, end):
        level = low + u[j] * (high - low)
        level = level if level > LOWEST_U else LOWEST_U
        u[j] = level if level < HIGHEST_U else HIGHEST_U


@njit
def normals_at(anchor, spread, anchor_z, z, first, end):
    """Turn standard normals into those of a law, as `quantiles.normal_at` does, in place.

    Examples
    --------
    >>> z = np.array([1.0])
    >>> normals_at(10.0, 2.0, 0.0, z, 0, 1)
    >>> z.tolist()
    [12.0]
    """
    for j in range(first, end):
        away = z[j] - anchor_z
        moved = anchor + spread * away
        z[j] = moved if away != 0.0 and spread > 0.0 else anchor


@njit
def exponents(x, first, end):
    """Replace every number by its exponential, in place.

    Examples
    --------
    >>> x = np.array([0.0])
    >>> exponents(x, 0, 1)
    >>> x.tolist()
    [1.0]
    """
    for j in range(first, end):
        x[j] = elementary.exp(x[j])


@njit
def triangulars(low, mode, high, u, first, end):
    """Turn uniforms into draws of a triangular law of positive width, in place.

    Examples
    --------
    >>> u = np.array([0.125, 0.5])
    >>> triangulars(0.0, 1.0, 2.0, u, 0, 2)
    >>> u.tolist()
    [0.5, 1.0]
    """
    width, rise, fall = high - low, mode - low, high - mode
    for j in range(first, end):
        rises = u[j] * width < rise
        root = math.sqrt(u[j] * width * rise if rises else (1.0 - u[j]) * width * fall)
        u[j] = low + root if rises else high - root


@njit
def clip_all(laws, i, x, first, end):
    """Move draws into the truncation of law `i`, then into its clipping bounds, in place.

    Examples
    --------
    >>> laws = np.zeros((1, col.LAW_WIDTH))
    >>> laws[0, [col.TRUNCATE_LOW, col.TRUNCATE_HIGH]] = -np.inf, np.inf
    >>> laws[0, [col.CLIP_LOW, col.CLIP_HIGH]] = 0.0, 1.0
    >>> x = np.array([-2.0, 0.5])
    >>> clip_all(laws, 0, x, 0, 2)
    >>> x.tolist()
    [0.0, 0.5]
    """
    low, high = laws[i, col.TRUNCATE_LOW], laws[i, col.TRUNCATE_HIGH]
    lowest, highest = laws[i, col.CLIP_LOW], laws[i, col.CLIP_HIGH]
    for j in range(first, end):
        x[j] = inside(inside(x[j], low, high), lowest, highest)


@njit
def draw_same_law(laws, i, tables, u, first, end, scratch):
    """Turn uniforms into draws of one prepared law, in place.

    Parameters
    ----------
    laws : float64[n_law, LAW_WIDTH]
    i : int
        The law.
    tables : float64[n_table]
    u : float64[n]
        Uniforms; overwritten by draws, the same as those of `laws.draw_law`.
    first, end : int
        Which to draw.
    scratch : float64[n]
        Overwritten.

    Examples
    --------
    >>> laws = np.zeros((1, col.LAW_WIDTH))
    >>> laws[0, [col.TRUNCATE_LOW, col.CLIP_LOW]] = -np.inf
    >>> laws[0, [col.TRUNCATE_HIGH, col.CLIP_HIGH]] = np.inf
    >>> laws[0, [col.FAMILY, col.CANON0 + 1, col.U_HIGH]] = col.UNIFORM, 8.0, 1.0
    >>> u = np.array([0.25, 0.5])
    >>> draw_same_law(laws, 0, np.empty(0), u, 0, 2, np.zeros(2))
    >>> u.tolist()
    [2.0, 4.0]
    """
    family = int(laws[i, col.FAMILY])
    c0, c1, c2 = laws[i, col.CANON0], laws[i, col.CANON0 + 1], laws[i, col.CANON0 + 2]
    truncated_levels(laws[i, col.U_LOW], laws[i, col.U_HIGH], u, first, end)
    if family == col.NORMAL or family == col.LOGNORMAL:
        normal_quantiles(u, first, end)
        normals_at(c0, c1, c2, u, first, end)
        if family == col.LOGNORMAL:
            exponents(u, first, end)
    elif family == col.TRIANGULAR and c2 - c0 > 0.0:
        triangulars(c0, c1, c2, u, first, end)
    else:
        draw_one_by_one(laws, i, tables, u, first, end, scratch)
    clip_all(laws, i, u, first, end)


@njit
def draw_one_by_one(laws, i, tables, u, first, end, scratch):
    """Turn levels into quantiles of law `i` where these are no loop that vectorises, in place.

    Examples
    --------
    >>> laws, u = np.zeros((1, col.LAW_WIDTH)), np.array([0.5])
    >>> laws[0, col.CANON0] = 3.0
    >>> draw_one_by_one(laws, 0, np.empty(0), u, 0, 1, np.zeros(1))
    >>> u.tolist()
    [3.0]
    """
    for j in range(first, end):
        scratch[j] = u[j]
    if needs_normal(laws[i, col.FAMILY]):
        normal_quantiles(scratch, first, end)
    for j in range(first, end):
        u[j] = quantile_at(laws, i, tables, u[j], scratch[j])
