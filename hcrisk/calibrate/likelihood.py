"""Maximum likelihood: the estimate, its covariance, and profile intervals.

A model gives the log-likelihood of each observation at a vector of *free* parameters, which may
be any real numbers: the logarithm of what must be positive, what is unbounded as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from hcrisk.exceptions import HcriskError

Floats = NDArray[np.float64]
Each = Callable[[Floats], Floats]

# Of a profile's bracket, in standard errors; further out the likelihood says nothing.
FARTHEST = 20.0


class CalibrationError(HcriskError, ValueError):
    """Data do not determine what was asked of them."""


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where a likelihood is greatest.

    Attributes
    ----------
    free : array, shape (k,)
    covariance : array, shape (k, k)
        Inverse of the observed information.
    scores : array, shape (k, n)
        Gradient of each observation's log-likelihood.
    log_likelihood : float
    """

    free: Floats
    covariance: Floats
    scores: Floats
    log_likelihood: float


def maximise(each: Each, start: Floats, what: str) -> Maximum:
    """Maximise a log-likelihood: Nelder-Mead simplex, then one Newton step.

    Parameters
    ----------
    each : callable
        Free parameters, shape (k,), to log-likelihoods, shape (n,).
    start : array, shape (k,)
        Where to begin.
    what : str
        What is fitted, for the error.

    Returns
    -------
    Maximum

    Raises
    ------
    CalibrationError
        If there is no maximum inside the parameter space.

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 6.0])
    >>> rate = maximise(lambda free: free[0] - np.exp(free[0]) * x, np.zeros(1), "exponential")
    >>> round(float(np.exp(rate.free[0])), 6), round(float(rate.covariance[0, 0]), 4)
    (0.333333, 0.3333)
    """

    def total(free: Floats) -> Floats:
        with np.errstate(all="ignore"):  # Trial points may leave the parameter space.
            return np.asarray(each(free).sum())

    def loss(free: Floats) -> float:
        value = -float(total(free))
        return value if np.isfinite(value) else np.inf

    found = optimize.minimize(
        loss, start, method="Nelder-Mead", tol=1e-6, options={"maxiter": 1000 * start.size}
    )
    free: Floats = np.asarray(found.x, dtype=np.float64)
    information = -gradient(lambda at: gradient(total, at), free)
    trouble = _trouble(bool(found.success), information)
    if trouble:
        raise CalibrationError(f"the {what} fit did not converge: {trouble}")
    step = np.linalg.solve(information, gradient(total, free))
    # A step that leaves the parameter space, or makes matters worse, is numerical noise.
    free = free + step if loss(free + step) <= loss(free) else free
    return Maximum(
        free,
        np.asarray(np.linalg.inv(information), dtype=np.float64),
        gradient(each, free),
        float(total(free)),
    )


def _trouble(success: bool, information: Floats) -> str:
    if not success:
        return "the search found no maximum; the data may be too few, or fit another family"
    if not np.isfinite(information).all() or np.linalg.eigvalsh(information).min() <= 0.0:
        return "the likelihood has no peak; the data do not determine every parameter"
    return ""


def gradient(function: Each, at: Floats, step: float = 1e-4) -> Floats:
    """Return central differences of a function, one row for each parameter.

    Examples
    --------
    >>> gradient(lambda x: x**2, np.array([3.0])).round(6).tolist()
    [[6.0]]
    """
    moves = step * np.eye(at.size)
    with np.errstate(all="ignore"):
        return np.array([(function(at + m) - function(at - m)) / (2.0 * step) for m in moves])


def sandwich(covariance: Floats, scores: Floats, cluster: NDArray[np.int64]) -> Floats:
    """Return the covariance allowing any dependence within clusters.

    ``G / (G - 1) V (sum over clusters of s s') V`` with s a cluster's summed scores; NaN if
    there is one cluster only. K.-Y. Liang and S. L. Zeger, Biometrika 73 (1986) 13-22.

    Parameters
    ----------
    covariance : array, shape (k, k)
    scores : array, shape (k, n)
    cluster : array of int, shape (n,)

    Examples
    --------
    >>> sandwich(np.eye(1), np.array([[1.0, -1.0]]), np.array([1, 2])).tolist()
    [[4.0]]
    """
    sums = np.array([scores[:, cluster == c].sum(axis=1) for c in np.unique(cluster)])
    factor = len(sums) / (len(sums) - 1) if len(sums) > 1 else np.nan
    return np.asarray(factor * covariance @ sums.T @ sums @ covariance)


def profile_interval(
    each: Each, maximum: Maximum, index: int, level: float = 0.95
) -> tuple[float, float]:
    """Return the profile-likelihood interval of one free parameter.

    The values at which twice the loss of log-likelihood, the others being refitted, stays below
    the chi-squared quantile with one degree of freedom (Wilks). It does not depend on how a
    parameter is written, and is wider on the side where the data say less.

    Parameters
    ----------
    each : callable
        As for `maximise`.
    maximum : Maximum
    index : int
        Which parameter.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    (low, high)
        Infinite where the likelihood does not bound it within 20 standard errors.

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 6.0])
    >>> exponential = lambda free: free[0] - np.exp(free[0]) * x
    >>> top = maximise(exponential, np.zeros(1), "exponential")
    >>> [round(float(np.exp(end)), 3) for end in profile_interval(exponential, top, 0)]
    [0.083, 0.864]
    """
    allowed = stats.chi2.ppf(level, 1)
    unit = float(np.sqrt(maximum.covariance[index, index]))

    def deviance(distance: float) -> float:
        top = _best_given(each, maximum, index, maximum.free[index] + distance * unit)
        return float(2.0 * (maximum.log_likelihood - top) - allowed)

    ends = []
    for side in (-1.0, 1.0):
        reach = 2.0 * float(np.sqrt(allowed))
        while reach <= FARTHEST and deviance(side * reach) < 0.0:
            reach *= 1.6
        if reach > FARTHEST:
            ends.append(side * np.inf)
            continue
        # Standard errors to a ten-thousandth are more than the asymptotics deserve.
        found = optimize.brentq(lambda z, s=side: deviance(s * z), 1e-6, reach, xtol=1e-4)
        ends.append(float(maximum.free[index] + side * found * unit))
    return ends[0], ends[1]


def _best_given(each: Each, maximum: Maximum, index: int, value: float) -> float:
    others = np.arange(maximum.free.size) != index
    covariance = maximum.covariance
    # Along the ridge of the quadratic approximation, from which the refit is short.
    slope = covariance[others, index] / covariance[index, index]
    start = maximum.free[others] + slope * (value - maximum.free[index])

    def loss(rest: Floats) -> float:
        free = maximum.free.copy()
        free[index], free[others] = value, rest
        with np.errstate(all="ignore"):
            found = -float(each(free).sum())
        return found if np.isfinite(found) else 1e300

    if not others.any():
        return -loss(start)
    done = optimize.minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-4})
    return -float(done.fun)
