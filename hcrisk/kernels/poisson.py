"""Poisson counts by inversion of one uniform."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.calls import exp, log, normal_quantile
from hcrisk.kernels.special import gamma_tails

# exp(-mu) is far from underflow below this.
DIRECT_BELOW = 500.0
NORMAL_FROM = 1e8
UPPER_TAIL = 1e-6
NEGLIGIBLE = 1e-24
LARGEST_COUNT = 9.0e18


@njit
def _from_above(mu, u, k, term):
    """Sum probabilities down from far above `k`, whose probability is `term`."""
    while term > NEGLIGIBLE or k < mu:
        k += 1
        term = term * (mu / k)
    # P(X > k) grows as k falls; the quantile is the lowest k with P(X > k) <= 1 - u.
    above = 0.0
    while k > 0 and above + term <= 1.0 - u:
        above = above + term
        term = term * (k / mu)
        k -= 1
    return k


@njit
def _from_zero(mu, u):
    """Sum the probabilities from 0 up; near 1 those above from the far end down."""
    term = exp(-mu)
    if 1.0 - u < UPPER_TAIL:
        return _from_above(mu, u, 0, term)
    total = term
    k = 0
    while total < u:
        k += 1
        term = term * (mu / k)
        total = total + term
    return k


@njit
def _from_far(mu, u):
    """Sum the smaller tail from its far end, starting from the probability of the mean."""
    k = math.floor(mu)
    _, _, slope = gamma_tails(k + 1.0, mu, log(mu))
    term = slope / mu
    if u > 0.5:
        return _from_above(mu, u, k, term)
    while term > NEGLIGIBLE and k > 0:
        term = term * (k / mu)
        k -= 1
    total = term
    while total < u:
        k += 1
        term = term * (mu / k)
        total = total + term
    return k


@njit
def poisson_quantile(mu, u):
    """Return the lowest k with P(X <= k) >= u, X Poisson with mean `mu`.

    Parameters
    ----------
    mu : float
        Mean. Below 500 the probabilities are summed from 0 (near u = 1 from the far end), up to
        1e8 from the far end of the smaller tail, beyond that by the Cornish-Fisher expansion.
        0, negative and nan count nothing.
    u : float
        In (0, 1).

    Returns
    -------
    int
        The count; not decreasing in `u` nor in `mu`.

    Examples
    --------
    >>> int(poisson_quantile(0.3, 0.7)), int(poisson_quantile(0.3, 0.8))
    (0, 1)
    """
    if not mu > 0.0:
        return 0
    # 1 - mu <= exp(-mu): the common count of 0 needs no exponential.
    if u <= 1.0 - mu:
        return 0
    if mu < DIRECT_BELOW:
        return _from_zero(mu, u)
    if mu < NORMAL_FROM:
        return _from_far(mu, u)
    if mu >= LARGEST_COUNT:
        return int(LARGEST_COUNT)
    z = normal_quantile(u)
    return int(min(mu + z * math.sqrt(mu) + (z * z + 2.0) / 6.0, LARGEST_COUNT))
