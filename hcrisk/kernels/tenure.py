"""How long people stay: a hazard piecewise constant in tenure, scaled by year (model 4)."""

from __future__ import annotations

import math

from hcrisk.kernels import elementary
from hcrisk.kernels._jit import njit
from hcrisk.kernels.calls import exp

NEWTON_STEPS = 60
CONVERGED = 1e-15


@njit
def stays(scale, breaks, factors, n, work):
    """Write E[stay] and its slope for `n` scales at once, the hazard being ``scale factors[j]``.

    Parameters
    ----------
    scale : float64[n]
        Per year, positive.
    breaks : float64[n_break]
        Tenures in years, increasing.
    factors : float64[n_break + 1]
        Positive; factor j holds up to break j.
    n : int
    work : float64[3 or more, n]
        Overwritten: E[stay], its derivative in the scale, the survival at the last break.
    """
    for r in range(n):
        work[0, r], work[1, r], work[2, r] = 0.0, 0.0, 1.0
    cumulative = 0.0
    tenure = 0.0
    for j in range(breaks.size):
        reached = cumulative + factors[j] * (breaks[j] - tenure)
        for r in range(n):
            rate = scale[r] * factors[j]
            before = work[2, r]
            left = elementary.exp(-scale[r] * reached)
            stay = (before - left) / rate
            work[0, r] += stay
            work[1, r] += (reached * left - cumulative * before) / rate - stay / scale[r]
            work[2, r] = left
        cumulative, tenure = reached, breaks[j]
    for r in range(n):
        stay = work[2, r] / (scale[r] * factors[breaks.size])
        work[0, r] += stay
        work[1, r] -= stay * (cumulative + 1.0 / scale[r])


@njit
def hazard_scales(rates, breaks, factors, n, scale, work):
    """Write the scales at which one over the expected stay is each of `n` attrition rates.

    Newton's method from the left, where a convex falling function cannot be overshot. A scale
    stays once it has converged, whatever the others need.

    Parameters
    ----------
    rates : float64[n]
        Per year; without attrition the scale is 0.
    breaks, factors : float64[n_break], float64[n_break + 1]
    n : int
    scale : float64[n]
        Overwritten.
    work : float64[4, n]
        Overwritten; row 0 with E[stay].

    Examples
    --------
    >>> import numpy as np
    >>> breaks, factors = np.array([1.0, 2.0, 4.0]), np.array([1.4, 1.15, 0.9, 0.65])
    >>> scale, work = np.empty(1), np.empty((4, 1))
    >>> hazard_scales(np.array([0.2]), breaks, factors, 1, scale, work)
    >>> work[0].round(12).tolist(), scale.round(6).tolist()
    ([5.0], [0.224885])
    """
    largest = largest_factor(factors)
    for r in range(n):
        # 1 stands in for no attrition until the end.
        scale[r] = (rates[r] if rates[r] > 0.0 else 1.0) / largest
        work[3, r] = 1.0
    for _ in range(NEWTON_STEPS):
        stays(scale, breaks, factors, n, work)
        moving = 0.0
        for r in range(n):
            target = 1.0 / (rates[r] if rates[r] > 0.0 else 1.0)
            step = (target - work[0, r]) / work[1, r] * work[3, r]
            scale[r] += step
            work[3, r] = 1.0 if abs(step) > CONVERGED * scale[r] else 0.0
            moving += work[3, r]
        if moving == 0.0:
            break
    for r in range(n):
        scale[r] = scale[r] if rates[r] > 0.0 else 0.0
        work[0, r] = 1.0 / rates[r] if rates[r] > 0.0 else math.inf


@njit
def equilibrium_piece(u, stay, scale, breaks, factors, survival, stayed):
    """Return where the tenure lies below which a share `u` of an equilibrium workforce is.

    Inverts ``integral_0^a S(t) dt / E[stay] = u``: a is the first tenure returned, plus an
    exponential variable of the rate returned whose survival is the share returned.

    Parameters
    ----------
    u : float
    stay : float
        E[stay] in years.
    scale : float
        Hazard per year at tenure factor 1, positive.
    breaks, factors : float64[n_break], float64[n_break + 1]
    survival, stayed : float64[n_break + 1]
        From `tabulate_stay`.

    Returns
    -------
    tuple of float
        Tenure in years, rate per year, share.

    Examples
    --------
    >>> import numpy as np
    >>> none, survival, stayed = np.empty(0), np.empty(1), np.empty(1)
    >>> tabulate_stay(0.2, none, np.ones(1), survival, stayed)
    >>> equilibrium_piece(0.5, 5.0, 0.2, none, np.ones(1), survival, stayed)
    (0.0, 0.2, 0.5)
    """
    wanted = u * stay
    piece = 0
    while piece < breaks.size and wanted > stayed[piece]:
        wanted -= stayed[piece]
        piece += 1
    tenure = breaks[piece - 1] if piece > 0 else 0.0
    rate = scale * factors[piece]
    return tenure, rate, max(1.0 - wanted * rate / survival[piece], 0.0)


@njit
def largest_factor(factors):
    """Return the largest of the tenure factors.

    Examples
    --------
    >>> import numpy as np
    >>> float(largest_factor(np.array([1.4, 0.9])))
    1.4
    """
    largest = factors[0]
    for j in range(1, factors.size):
        largest = max(largest, factors[j])
    return largest


@njit
def tabulate_stay(scale, breaks, factors, survival, stayed):
    """Write the share of stays that reach each piece of tenure, and the mean years in it.

    Examples
    --------
    >>> import numpy as np
    >>> survival, stayed = np.empty(2), np.empty(2)
    >>> tabulate_stay(0.25, np.array([4.0]), np.ones(2), survival, stayed)
    >>> survival.round(6).tolist(), stayed.round(6).tolist()
    ([1.0, 0.367879], [2.528482, 1.471518])
    """
    cumulative, tenure, before = 0.0, 0.0, 1.0
    for j in range(breaks.size):
        cumulative += factors[j] * (breaks[j] - tenure)
        tenure = breaks[j]
        left = exp(-scale * cumulative)
        survival[j] = before
        stayed[j] = (before - left) / (scale * factors[j])
        before = left
    survival[breaks.size] = before
    stayed[breaks.size] = before / (scale * factors[breaks.size])


@njit
def stay_end(start, tenure, threshold, rate, breaks, factors, level, n_year):
    """Return when a stay ends: the time at which the cumulative hazard reaches `threshold`.

    Parameters
    ----------
    start : float
        Time in years at which the stay begins, or is looked at.
    tenure : float
        Years of tenure at that time.
    threshold : float
        A unit exponential variable.
    rate : float
        Hazard per year at tenure factor and level 1.
    breaks, factors : float64[n_break], float64[n_break + 1]
    level : float64[n_year or more]
        Level of attrition, Z.
    n_year : int
        How far to look.

    Returns
    -------
    float
        Time in years; inf if not before `n_year`.

    Examples
    --------
    >>> import numpy as np
    >>> float(stay_end(0.5, 0.0, 0.3, 0.2, np.empty(0), np.ones(1), np.ones(5), 5))
    2.0
    """
    y = int(start)
    t = start
    age = tenure
    left = threshold
    piece = 0
    while piece < breaks.size and breaks[piece] <= age:
        piece += 1
    while y < n_year:
        hazard = rate * factors[piece] * level[y]
        to_year = (y + 1.0) - t
        to_piece = breaks[piece] - age if piece < breaks.size else math.inf
        used = hazard * min(to_year, to_piece)
        if used >= left:
            return t + left / hazard
        left -= used
        if to_piece <= to_year:
            age = breaks[piece]
            piece += 1
            t += to_piece
        if to_year <= to_piece:
            age = age if to_year == to_piece else age + to_year
            y += 1
            t = float(y)
    return math.inf
