"""The elementary kernels behind ordinary calls, for branchy code that does not vectorise.

The functions of `elementary` are always inlined; where they are used one value at a time, in
many places, a call gives the same bits and a fraction of the code to compile.
"""

from __future__ import annotations

from hcrisk.kernels import elementary
from hcrisk.kernels._jit import njit


@njit
def exp(x):
    """Return `elementary.exp`.

    Examples
    --------
    >>> float(exp(0.0))
    1.0
    """
    return elementary.exp(x)


@njit
def expm1(x):
    """Return `elementary.expm1`.

    Examples
    --------
    >>> float(expm1(0.0))
    0.0
    """
    return elementary.expm1(x)


@njit
def log(x):
    """Return `elementary.log`.

    Examples
    --------
    >>> float(log(1.0))
    0.0
    """
    return elementary.log(x)


@njit
def log1p(x):
    """Return `elementary.log1p`.

    Examples
    --------
    >>> float(log1p(0.0))
    0.0
    """
    return elementary.log1p(x)


@njit
def normal_cdf(z):
    """Return `elementary.normal_cdf`.

    Examples
    --------
    >>> float(normal_cdf(0.0))
    0.5
    """
    return elementary.normal_cdf(z)


@njit
def normal_density(z):
    """Return `elementary.normal_density`.

    Examples
    --------
    >>> round(float(normal_density(0.0)), 6)
    0.398942
    """
    return elementary.normal_density(z)


@njit
def normal_quantile(u):
    """Return `elementary.normal_quantile`.

    Examples
    --------
    >>> float(normal_quantile(0.5))
    0.0
    """
    return elementary.normal_quantile(u)
