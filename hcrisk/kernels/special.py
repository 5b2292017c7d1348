"""Gamma and beta quantiles in own arithmetic (exp and log of `elementary`).

Gamma and beta quantiles are found by Newton steps, kept inside a bracket, on the logarithm of
the smaller tail as a function of log x (logit x): both are concave, so the steps converge.
"""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.calls import exp, log, log1p, normal_cdf, normal_quantile
from hcrisk.kernels.elementary import SQRT_TWO_PI

STIRLING_FROM = 10.0
HALF_LOG_TWO_PI = 0.9189385332046727
SERIES_PRECISION = 1e-17
FRACTION_PRECISION = 1e-16
MOST_TERMS = 1_000_000
TINY = 1e-300
NEWTON_STEPS = 100
NEWTON_PRECISION = 1e-10


@njit
def stirling_tail(a):
    """Return log Gamma(a) - [(a - 1/2) log a - a + log(2 pi)/2], for a >= 10.

    Examples
    --------
    >>> round(float(stirling_tail(10.0)), 12)
    0.008330563433
    """
    r = 1.0 / a
    z = r * r
    series = 1.0 / 1188.0 - z * (691.0 / 360360.0 - z / 156.0)
    series = 1.0 / 1260.0 - z * (1.0 / 1680.0 - z * series)
    return r * (1.0 / 12.0 - z * (1.0 / 360.0 - z * series))


@njit
def log_gamma(a):
    """Return log Gamma(a), a > 0; absolute error about 1e-15 (1 + |result|).

    Examples
    --------
    >>> round(float(log_gamma(5.0)), 12)
    3.178053830348
    """
    a = float(a)
    product = 1.0
    while a < STIRLING_FROM:
        product = product * a
        a = a + 1.0
    return (a - 0.5) * log(a) - a + HALF_LOG_TWO_PI + stirling_tail(a) - log(product)


@njit
def _gamma_prefix(a, x, log_x):
    """Return x^a e^-x / Gamma(a + 1)."""
    if a < STIRLING_FROM:
        return exp(a * log_x - x - log_gamma(a + 1.0))
    ratio = x / a
    away = ratio - 1.0 - log(ratio)
    return exp(-a * away - stirling_tail(a)) / (SQRT_TWO_PI * math.sqrt(a))


@njit
def gamma_tails(a, x, log_x):
    """Return P(a, x), Q(a, x) and x^a e^-x / Gamma(a): both tails and d P / d log x.

    Parameters
    ----------
    a, x, log_x : float
        Shape, point and its logarithm (x itself may have underflowed to 0).

    Examples
    --------
    >>> [round(float(part), 6) for part in gamma_tails(1.0, 2.0, float(log(2.0)))]
    [0.864665, 0.135335, 0.270671]
    """
    prefix = _gamma_prefix(a, x, log_x)
    slope = prefix * a
    if x < a + 1.0:
        term = 1.0
        total = 1.0
        n = 0
        while term > SERIES_PRECISION * total and n < MOST_TERMS:
            n += 1
            term = term * (x / (a + n))
            total = total + term
        lower = min(prefix * total, 1.0)
        return lower, 1.0 - lower, slope
    b = x + 1.0 - a
    c = 1.0 / TINY
    d = 1.0 / b
    fraction = d
    change = 0.0
    n = 0
    while abs(change - 1.0) > FRACTION_PRECISION and n < MOST_TERMS:
        n += 1
        numerator = -n * (n - a)
        b = b + 2.0
        d = numerator * d + b
        d = 1.0 / (d if abs(d) > TINY else TINY)
        c = b + numerator / c
        c = c if abs(c) > TINY else TINY
        change = d * c
        fraction = fraction * change
    upper = min(slope * fraction, 1.0)
    return 1.0 - upper, upper, slope


@njit
def gamma_log_quantile(z, shape):
    """Return log of the gamma quantile (scale 1) at the level with normal score z.

    Finite where the quantile underflows, and exact in both tails.

    Examples
    --------
    >>> round(float(gamma_log_quantile(0.0, 1.0)), 12)
    -0.366512920582
    """
    lower_half = z <= 0.0
    target = log(normal_cdf(-abs(z)))
    log_u = target if lower_half else log1p(-exp(target))
    y = (log_u + log_gamma(shape + 1.0)) / shape
    low = y - 1.0
    high = log(2.0 * shape + 200.0)
    cube = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * math.sqrt(shape))
    if cube > 0.2:
        # Wilson and Hilferty (1931).
        y = log(shape * cube * cube * cube)
    if y >= high or y <= low:
        y = 0.5 * (low + high)
    for _ in range(NEWTON_STEPS):
        lower, upper, slope = gamma_tails(shape, exp(y), y)
        tail = lower if lower_half else upper
        gap = log(tail) - target if lower_half else target - log(tail)
        if gap > 0.0:
            high = y
        else:
            low = y
        step = gap * tail / slope if slope > 0.0 and tail > 0.0 else math.inf
        y_next = y - step
        if not (low <= y_next <= high):
            y_next = 0.5 * (low + high)
        done = abs(y_next - y) <= NEWTON_PRECISION
        y = y_next
        if done:
            break
    return y


@njit
def gamma_quantile(u, shape):
    """Return the gamma quantile with scale 1, relative error about 1e-12.

    Parameters
    ----------
    u : float
        In (0, 1).
    shape : float
        0.05 to 1e4 is tested.

    Examples
    --------
    >>> round(float(gamma_quantile(0.9, 2.0)), 10)
    3.8897201699
    """
    return exp(gamma_log_quantile(normal_quantile(u), shape))


@njit
def log_beta(a, b):
    """Return log B(a, b), for a, b > 0.

    Examples
    --------
    >>> round(float(log_beta(2.0, 3.0)), 12)
    -2.484906649788
    """
    big = max(a, b)
    small = min(a, b)
    if big < STIRLING_FROM:
        return log_gamma(a) + log_gamma(b) - log_gamma(a + b)
    # Stirling's terms subtracted by hand: a large and a small shape would cancel.
    total = big + small
    drop = small - (big - 0.5) * log1p(small / big) - small * log(total)
    return log_gamma(small) + drop + (stirling_tail(big) - stirling_tail(total))


@njit
def _beta_fraction(a, b, x):
    """Return the continued fraction of I_x(a, b) x^-a (1 - x)^-b a B(a, b)."""
    c = 1.0
    d = 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > TINY else TINY)
    fraction = d
    change = 0.0
    n = 0
    while abs(change - 1.0) > FRACTION_PRECISION and n < MOST_TERMS:
        n += 1
        even = n * (b - n) * x / ((a + 2.0 * n - 1.0) * (a + 2.0 * n))
        d = 1.0 + even * d
        d = 1.0 / (d if abs(d) > TINY else TINY)
        c = 1.0 + even / c
        c = c if abs(c) > TINY else TINY
        fraction = fraction * (d * c)
        odd = -(a + n) * (a + b + n) * x / ((a + 2.0 * n) * (a + 2.0 * n + 1.0))
        d = 1.0 + odd * d
        d = 1.0 / (d if abs(d) > TINY else TINY)
        c = 1.0 + odd / c
        c = c if abs(c) > TINY else TINY
        change = d * c
        fraction = fraction * change
    return fraction


@njit
def beta_tails(a, b, w, log_b):
    """Return I_x(a, b), 1 - I_x(a, b) and d I / d w at x = 1/(1 + e^-w).

    Parameters
    ----------
    a, b, w : float
        Shapes, and the logit of the point.
    log_b : float
        ``log_beta(a, b)``.

    Examples
    --------
    >>> [round(float(part), 6) for part in beta_tails(1.0, 1.0, 0.0, 0.0)]
    [0.5, 0.5, 0.25]
    """
    small = exp(-abs(w))
    near = -log1p(small)
    log_x = near if w > 0.0 else w + near
    log_y = near - w if w > 0.0 else near
    slope = exp(a * log_x + b * log_y - log_b)
    if exp(log_x) < (a + 1.0) / (a + b + 2.0):
        lower = min(slope * _beta_fraction(a, b, exp(log_x)) / a, 1.0)
        return lower, 1.0 - lower, slope
    upper = min(slope * _beta_fraction(b, a, exp(log_y)) / b, 1.0)
    return 1.0 - upper, upper, slope


@njit
def beta_logit_quantile(z, a, b):
    """Return log(x/(1 - x)) of the beta quantile x at the level with normal score z.

    Examples
    --------
    >>> abs(float(beta_logit_quantile(0.0, 3.0, 3.0))) < 1e-12
    True
    """
    lower_half = z <= 0.0
    target = log(normal_cdf(-abs(z)))
    log_b = log_beta(a, b)
    low = -60.0 / a - 60.0
    high = 60.0 / b + 60.0
    w = log(a / b) + z * math.sqrt(1.0 / a + 1.0 / b)
    # The power law of the tail, where the shape is small enough for it to reach u.
    power = (target + log(a) + log_b) / a if lower_half else -(target + log(b) + log_b) / b
    if (lower_half and a < 1.0 and power < -1.0) or (not lower_half and b < 1.0 and power > 1.0):
        w = power
    if w >= high or w <= low:
        w = 0.5 * (low + high)
    for _ in range(NEWTON_STEPS):
        lower, upper, slope = beta_tails(a, b, w, log_b)
        tail = lower if lower_half else upper
        gap = log(tail) - target if lower_half else target - log(tail)
        if gap > 0.0:
            high = w
        else:
            low = w
        step = gap * tail / slope if slope > 0.0 and tail > 0.0 else math.inf
        w_next = w - step
        if not (low <= w_next <= high):
            w_next = 0.5 * (low + high)
        done = abs(w_next - w) <= NEWTON_PRECISION
        w = w_next
        if done:
            break
    return w


@njit
def logistic(w):
    """Return 1/(1 + e^-w).

    Examples
    --------
    >>> float(logistic(0.0))
    0.5
    """
    small = exp(-abs(w))
    return 1.0 / (1.0 + small) if w > 0.0 else small / (1.0 + small)


@njit
def beta_quantile(u, a, b):
    """Return the beta quantile, relative error about 1e-12.

    Parameters
    ----------
    u : float
        In (0, 1).
    a, b : float
        Shapes; 0.05 to 1e4 is tested.

    Examples
    --------
    >>> round(float(beta_quantile(0.9, 2.0, 3.0)), 10)
    0.6795394163
    """
    return logistic(beta_logit_quantile(normal_quantile(u), a, b))
