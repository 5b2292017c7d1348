"""Tables behind gamma, beta, PERT and mixture laws, built once in own arithmetic."""

from __future__ import annotations

from hcrisk.kernels import law_columns as col
from hcrisk.kernels._jit import njit
from hcrisk.kernels.calls import exp, log, log1p, normal_cdf, normal_density
from hcrisk.kernels.laws import draw_law
from hcrisk.kernels.quantiles import GAMMA_SHAPE_CONSTANT, INFINITY, smooth_table
from hcrisk.kernels.special import (
    beta_logit_quantile,
    beta_tails,
    gamma_log_quantile,
    gamma_tails,
    log_beta,
)

X_BISECTIONS = 80
U_BISECTIONS = 60


@njit
def _quintic(out, j, f0, d0, s0, f1, d1, s1):
    """Write the quintic on [0, 1] with these values, first and second derivatives."""
    rise = f1 - f0
    out[j] = f0
    out[j + 1] = d0
    out[j + 2] = 0.5 * s0
    out[j + 3] = 10.0 * rise - 6.0 * d0 - 4.0 * d1 - 1.5 * s0 + 0.5 * s1
    out[j + 4] = -15.0 * rise + 8.0 * d0 + 7.0 * d1 + 1.5 * s0 - s1
    out[j + 5] = 6.0 * rise - 3.0 * d0 - 3.0 * d1 - 0.5 * s0 + 0.5 * s1


@njit
def _gamma_knot(shape, z):
    """Return log Q and its first two derivatives in z."""
    y = gamma_log_quantile(z, shape)
    x = exp(y)
    _, _, slope = gamma_tails(shape, x, y)
    first = normal_density(z) / slope
    return y, first, first * (-z - first * (shape - x))


@njit
def _beta_knot(a, b, log_b, z):
    """Return logit Q and its first two derivatives in z."""
    w = beta_logit_quantile(z, a, b)
    _, _, slope = beta_tails(a, b, w, log_b)
    first = normal_density(z) / slope
    share = 1.0 / (1.0 + exp(-w))
    return w, first, first * (-z - first * (a * (1.0 - share) - b * share))


@njit
def build_gamma_table(shape, out):
    """Fill `out` (six coefficients a piece) with log of the gamma quantile over z.

    Parameters
    ----------
    shape : float
        Shape; the scale is 1.
    out : ndarray of float64
        Its size / 6 is the number of pieces.

    Examples
    --------
    >>> import numpy as np
    >>> from hcrisk.kernels.quantiles import smooth_table
    >>> table = np.empty(6 * 256)
    >>> build_gamma_table(2.0, table)
    >>> round(float(exp(smooth_table(table, 0, table.size, 0.0))), 9)
    1.67834699
    """
    pieces = out.size // col.SMOOTH_COEFFICIENTS
    h = 2.0 * col.TABLE_Z / pieces
    f0, d0, s0 = _gamma_knot(shape, -col.TABLE_Z)
    for k in range(pieces):
        f1, d1, s1 = _gamma_knot(shape, (k + 1) * h - col.TABLE_Z)
        _quintic(out, k * col.SMOOTH_COEFFICIENTS, f0, h * d0, h * h * s0, f1, h * d1, h * h * s1)
        f0, d0, s0 = f1, d1, s1


@njit
def build_beta_table(a, b, out):
    """Fill `out` (six coefficients a piece) with logit of the beta quantile over z.

    Parameters
    ----------
    a, b : float
        Shapes.
    out : ndarray of float64
        Its size / 6 is the number of pieces.

    Examples
    --------
    >>> import numpy as np
    >>> from hcrisk.kernels.quantiles import smooth_table
    >>> table = np.empty(6 * 256)
    >>> build_beta_table(3.0, 3.0, table)
    >>> abs(float(smooth_table(table, 0, table.size, 0.0))) < 1e-12
    True
    """
    pieces = out.size // col.SMOOTH_COEFFICIENTS
    h = 2.0 * col.TABLE_Z / pieces
    log_b = log_beta(a, b)
    f0, d0, s0 = _beta_knot(a, b, log_b, -col.TABLE_Z)
    for k in range(pieces):
        f1, d1, s1 = _beta_knot(a, b, log_b, (k + 1) * h - col.TABLE_Z)
        _quintic(out, k * col.SMOOTH_COEFFICIENTS, f0, h * d0, h * h * s0, f1, h * d1, h * h * s1)
        f0, d0, s0 = f1, d1, s1


@njit
def _cdf_closed(laws, i, x):
    """Return the level of x in the row's own family where that is a formula, else -1."""
    family = int(laws[i, col.FAMILY])
    c0 = float(laws[i, col.CANON0])
    c1 = float(laws[i, col.CANON0 + 1])
    c2 = float(laws[i, col.CANON0 + 2])
    if family == col.NORMAL and c1 > 0.0:
        return normal_cdf((x - c0) / c1 + c2)
    if family == col.LOGNORMAL and c1 > 0.0:
        return normal_cdf((log(x) - c0) / c1 + c2) if x > 0.0 else 0.0
    if family == col.UNIFORM:
        return min(max((x - c0) / (c1 - c0), 0.0), 1.0)
    if family == col.WEIBULL:
        return 1.0 - exp(-exp(c0 * log(x / c1))) if x > 0.0 else 0.0
    if family == col.PARETO:
        return 1.0 - exp(-c1 * log(x / c0)) if x > c0 else 0.0
    if family == col.GAMMA and c0 < GAMMA_SHAPE_CONSTANT:
        return gamma_tails(c0, x / c1, log(x / c1))[0] if x > 0.0 else 0.0
    if (family == col.BETA or family == col.PERT) and c0 < INFINITY:
        width = float(laws[i, col.CANON0 + 3]) - c2
        share = (x - c2) / width
        if not 0.0 < share < 1.0:
            return 0.0 if share <= 0.0 else 1.0
        return beta_tails(c0, c1, log(share) - log1p(-share), log_beta(c0, c1))[0]
    return -1.0


@njit
def _level(laws, i, tables, x):
    """Return the highest u at which the draw of row i does not exceed x."""
    if x >= min(laws[i, col.TRUNCATE_HIGH], laws[i, col.CLIP_HIGH]):
        return 1.0
    if x < max(laws[i, col.TRUNCATE_LOW], laws[i, col.CLIP_LOW]):
        return 0.0
    closed = _cdf_closed(laws, i, x)
    if closed >= 0.0:
        kept = laws[i, col.U_HIGH] - laws[i, col.U_LOW]
        return min(max((closed - laws[i, col.U_LOW]) / kept, 0.0), 1.0)
    low = 0.0
    high = 1.0
    for _ in range(U_BISECTIONS):
        middle = 0.5 * (low + high)
        if middle <= low or middle >= high:
            break
        if draw_law(laws, i, tables, middle) <= x:
            low = middle
        else:
            high = middle
    return high if high == 1.0 else low


@njit
def _mixed_level(laws, weights, tables, x):
    """Return the level of a mixture at a value."""
    total = 0.0
    for i in range(laws.shape[0]):
        total += weights[i] * _level(laws, i, tables, x)
    return total


@njit
def mixture_quantile(laws, weights, tables, z):
    """Return the quantile of a mixture of all rows at level Phi(z), by nested bisection.

    Parameters
    ----------
    laws : ndarray of float64, shape (n, LAW_WIDTH)
        Prepared rows of the components.
    weights : ndarray of float64
        One a row, summing to 1.
    tables : ndarray of float64
        The shared flat tables.
    z : float
        Normal score of the level.

    Examples
    --------
    >>> import numpy as np
    >>> laws = np.zeros((2, col.LAW_WIDTH))
    >>> laws[:, [col.TRUNCATE_LOW, col.CLIP_LOW]] = -np.inf
    >>> laws[:, [col.TRUNCATE_HIGH, col.CLIP_HIGH]] = np.inf
    >>> laws[:, col.FAMILY], laws[:, col.CANON0 + 1] = col.UNIFORM, (1.0, 3.0)
    >>> laws[:, col.U_HIGH] = 1.0
    >>> round(float(mixture_quantile(laws, np.array([0.5, 0.5]), np.empty(0), 0.0)), 9)
    0.75
    """
    u = normal_cdf(z)
    low = draw_law(laws, 0, tables, u)
    high = low
    for i in range(1, laws.shape[0]):
        value = draw_law(laws, i, tables, u)
        low = min(low, value)
        high = max(high, value)
    if _mixed_level(laws, weights, tables, low) >= u:
        return low
    for _ in range(X_BISECTIONS):
        middle = 0.5 * (low + high)
        if middle <= low or middle >= high:
            break
        if _mixed_level(laws, weights, tables, middle) >= u:
            high = middle
        else:
            low = middle
    return high


@njit
def mixture_quantiles(laws, weights, tables, z, out):
    """Write `mixture_quantile` at each of `z`.

    Examples
    --------
    >>> import numpy as np
    >>> laws = np.zeros((1, col.LAW_WIDTH))
    >>> laws[:, [col.TRUNCATE_LOW, col.CLIP_LOW]] = -np.inf
    >>> laws[:, [col.TRUNCATE_HIGH, col.CLIP_HIGH]] = np.inf
    >>> laws[:, col.FAMILY], laws[:, col.CANON0 + 1] = col.UNIFORM, 3.0
    >>> laws[:, col.U_HIGH] = 1.0
    >>> out = np.empty(1)
    >>> mixture_quantiles(laws, np.ones(1), np.empty(0), np.zeros(1), out)
    >>> out.round(9).tolist()
    [1.5]
    """
    for j in range(z.size):
        out[j] = mixture_quantile(laws, weights, tables, z[j])


@njit
def gamma_table_error(shape, table):
    """Return the largest error of a gamma table at the middles of its pieces.

    Examples
    --------
    >>> import numpy as np
    >>> table = np.empty(6 * 256)
    >>> build_gamma_table(2.0, table)
    >>> float(gamma_table_error(2.0, table)) < 1e-11
    True
    """
    pieces = table.size // col.SMOOTH_COEFFICIENTS
    worst = 0.0
    for k in range(pieces):
        z = (k + 0.5) * (2.0 * col.TABLE_Z / pieces) - col.TABLE_Z
        error = abs(smooth_table(table, 0, table.size, z) - gamma_log_quantile(z, shape))
        worst = max(worst, error)
    return worst


@njit
def beta_table_error(a, b, table):
    """Return the largest error of a beta table at the middles of its pieces.

    Examples
    --------
    >>> import numpy as np
    >>> table = np.empty(6 * 256)
    >>> build_beta_table(3.0, 3.0, table)
    >>> float(beta_table_error(3.0, 3.0, table)) < 1e-11
    True
    """
    pieces = table.size // col.SMOOTH_COEFFICIENTS
    worst = 0.0
    for k in range(pieces):
        z = (k + 0.5) * (2.0 * col.TABLE_Z / pieces) - col.TABLE_Z
        error = abs(smooth_table(table, 0, table.size, z) - beta_logit_quantile(z, a, b))
        worst = max(worst, error)
    return worst
