"""How long people stay: a hazard piecewise constant in tenure, scaled by year (model 4)."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.calls import exp, log

NEWTON_STEPS = 60
CONVERGED = 1e-15


@njit
def expected_stay(scale, breaks, factors):
    """Return E[stay] and its derivative in `scale`, the hazard being ``scale factors[j]``.

    Parameters
    ----------
    scale : float
        Per year, positive.
    breaks : float64[n_break]
        Tenures in years, increasing.
    factors : float64[n_break + 1]
        Positive; factor j holds up to break j.

    Returns
    -------
    tuple of float
        Years, and years per unit of `scale`.

    Examples
    --------
    >>> import numpy as np
    >>> expected_stay(0.25, np.empty(0), np.ones(1))
    (4.0, -16.0)
    """
    stay = 0.0
    slope = 0.0
    survival = 1.0
    cumulative = 0.0
    tenure = 0.0
    for j in range(breaks.size):
        rate = scale * factors[j]
        reached = cumulative + factors[j] * (breaks[j] - tenure)
        left = exp(-scale * reached)
        stay += (survival - left) / rate
        slope += (reached * left - cumulative * survival) / rate - (survival - left) / (
            rate * scale
        )
        survival, cumulative, tenure = left, reached, breaks[j]
    rate = scale * factors[breaks.size]
    stay += survival / rate
    slope -= cumulative * survival / rate + survival / (rate * scale)
    return stay, slope


@njit
def hazard_scale(attrition_rate, breaks, factors):
    """Return the scale at which one over the expected stay is `attrition_rate`.

    Newton's method from the left, where a convex falling function cannot be overshot.

    Examples
    --------
    >>> import numpy as np
    >>> breaks, factors = np.array([1.0, 2.0, 4.0]), np.array([1.4, 1.15, 0.9, 0.65])
    >>> scale = hazard_scale(0.2, breaks, factors)
    >>> round(1.0 / expected_stay(scale, breaks, factors)[0], 12)
    0.2
    """
    if attrition_rate <= 0.0:
        return 0.0
    if breaks.size == 0:
        return attrition_rate / factors[0]
    target = 1.0 / attrition_rate
    scale = attrition_rate / factors.max()
    for _ in range(NEWTON_STEPS):
        stay, slope = expected_stay(scale, breaks, factors)
        step = (target - stay) / slope
        scale += step
        if abs(step) <= CONVERGED * scale:
            break
    return scale


@njit
def equilibrium_tenure(u, scale, breaks, factors):
    """Return the tenure below which a share `u` of an equilibrium workforce lies.

    Inverts ``integral_0^a S(t) dt / E[stay] = u``.

    Examples
    --------
    >>> import numpy as np
    >>> round(equilibrium_tenure(0.5, 0.2, np.empty(0), np.ones(1)), 6)  # 5 log 2
    3.465736
    """
    if scale <= 0.0:
        return 0.0
    stay, _ = expected_stay(scale, breaks, factors)
    wanted = u * stay
    survival = 1.0
    tenure = 0.0
    for j in range(breaks.size):
        rate = scale * factors[j]
        left = survival * exp(-rate * (breaks[j] - tenure))
        inside = (survival - left) / rate
        if wanted <= inside:
            return tenure - log(1.0 - wanted * rate / survival) / rate
        wanted -= inside
        survival, tenure = left, breaks[j]
    rate = scale * factors[breaks.size]
    return tenure - log(max(1.0 - wanted * rate / survival, 0.0)) / rate


@njit
def stay_end(start, tenure, threshold, rate, breaks, factors, level):
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
    level : float64[n_year]
        Level of attrition, Z.

    Returns
    -------
    float
        Time in years; inf if not before the horizon.

    Examples
    --------
    >>> import numpy as np
    >>> float(stay_end(0.5, 0.0, 0.3, 0.2, np.empty(0), np.ones(1), np.ones(5)))
    2.0
    """
    y = int(start)
    t = start
    age = tenure
    left = threshold
    piece = 0
    while piece < breaks.size and breaks[piece] <= age:
        piece += 1
    while y < level.size:
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
