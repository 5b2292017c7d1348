"""How long people stay: a hazard piecewise constant in tenure, scaled by year (model 4)."""

from __future__ import annotations

import math

from hcrisk.kernels import elementary
from hcrisk.kernels._jit import njit

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
def equilibrium_pieces(u, stay, scale, breaks, factors, survival, stayed, n, age, rate, share):
    """Write where the tenures lie below which shares `u` of an equilibrium workforce are.

    Inverts ``integral_0^a S(t) dt / E[stay] = u`` on `n` paths: a is the tenure written, plus an
    exponential variable of the rate written whose survival is the share written. Without
    attrition everybody is new.

    Parameters
    ----------
    u : float64[n]
    stay : float64[n]
        E[stay] in years.
    scale : float64[n]
        Hazard per year at tenure factor 1.
    breaks, factors : float64[n_break], float64[n_break + 1]
    survival, stayed : float64[n_break + 1, n]
        From `tabulate_stays`.
    n : int
    age, rate, share : float64[n]
        Overwritten: tenure in years, rate per year, share.

    Examples
    --------
    >>> import numpy as np
    >>> none, survival, stayed = np.empty(0), np.empty((1, 1)), np.empty((1, 1))
    >>> stay, scale, u = np.array([5.0]), np.array([0.2]), np.array([0.5])
    >>> tabulate_stays(scale, none, np.ones(1), 1, survival, stayed)
    >>> age, rate, share = np.empty(1), np.empty(1), np.empty(1)
    >>> equilibrium_pieces(u, stay, scale, none, np.ones(1), survival, stayed, 1, age, rate, share)
    >>> age.tolist(), rate.tolist(), share.tolist()
    ([0.0], [0.2], [0.5])
    """
    for g in range(n):
        # Until a lane is in its piece, `share` holds the years still wanted.
        age[g], share[g] = 0.0, u[g] * stay[g]
    for j in range(factors.size):
        begun = breaks[j - 1] if j > 0 else 0.0
        end = breaks[j] if j < breaks.size else math.inf
        place_in_piece(begun, end, factors[j], stayed[j], survival[j], scale, n, age, rate, share)


@njit
def place_in_piece(begun, end, factor, stayed, survival, scale, n, age, rate, share):
    """End in the piece of tenure that begins at `begun`, or go on to the next, on `n` paths."""
    for g in range(n):
        # Read first and written last, whatever comes of it: a store under a mask is slow.
        reached, wanted, piece_rate = age[g], share[g], scale[g] * factor
        here = reached == begun
        passes = here and end < math.inf and wanted > stayed[g]
        here_share = max(1.0 - wanted * piece_rate / survival[g], 0.0)
        left = wanted - stayed[g] if passes else wanted
        rate[g] = piece_rate if here else rate[g]
        age[g] = end if passes else reached
        share[g] = here_share if here and not passes else left


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
def tabulate_stays(scale, breaks, factors, n, survival, stayed):
    """Write the share of stays that reach each piece of tenure, and the mean years in it.

    Parameters
    ----------
    scale : float64[n]
        Hazard per year at tenure factor 1.
    breaks, factors : float64[n_break], float64[n_break + 1]
    n : int
    survival, stayed : float64[n_break + 1, n]
        Overwritten.

    Examples
    --------
    >>> import numpy as np
    >>> survival, stayed = np.empty((2, 1)), np.empty((2, 1))
    >>> tabulate_stays(np.array([0.25]), np.array([4.0]), np.ones(2), 1, survival, stayed)
    >>> survival.round(6).tolist(), stayed.round(6).tolist()
    ([[1.0], [0.367879]], [[2.528482], [1.471518]])
    """
    cumulative, tenure, last = 0.0, 0.0, breaks.size
    for g in range(n):
        survival[0, g] = 1.0
    for j in range(last):
        cumulative += factors[j] * (breaks[j] - tenure)
        tenure = breaks[j]
        tabulate_piece(scale, cumulative, factors[j], n, survival[j], survival[j + 1], stayed[j])
    for g in range(n):
        stayed[last, g] = survival[last, g] / (scale[g] * factors[last])


@njit
def tabulate_piece(scale, cumulative, factor, n, before, after, stayed):
    """Write the share of stays that pass a piece of tenure, and the mean years in it."""
    for g in range(n):
        after[g] = elementary.exp(-scale[g] * cumulative)
        stayed[g] = (before[g] - after[g]) / (scale[g] * factor)


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
    # Looking at every break costs less than a wrong guess of where to stop.
    piece = 0
    for j in range(breaks.size):
        piece += 1 if breaks[j] <= age else 0
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
