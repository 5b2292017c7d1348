"""Index paths: wages, prices, the level of attrition, role pay, discount factors (model 3, 8)."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.calls import exp, log
from hcrisk.kernels.columns import (
    ATTRITION,
    M_MEAN,
    M_PHI,
    M_SD,
    M_START,
    P_RATE,
    R_DRIFT,
    R_DRIFT_SD,
    R_PAY,
    WAGE,
)


@njit
def walk_indices(macro, cholesky, first, rows, g, growth, index):
    """Write yearly growth and index paths of wage, price and attrition.

    Parameters
    ----------
    macro : float64[3, MACRO_WIDTH]
    cholesky : float64[3, 3]
        Lower factor of the correlations of the innovations.
    first : float64[n_row, n_group]
        Standard normals; row ``rows[k] + y`` holds e_k of year y + 1.
    rows : int64[3]
        First of those rows; -1 where the standard deviation is 0.
    g : int
        The path's column.
    growth : float64[3, n_year]
        Overwritten with g_k,y.
    index : float64[3, n_year]
        Overwritten with I_wage, I_price and Z.
    """
    n_year = growth.shape[1]
    for k in range(3):
        mean, phi, sd = macro[k, M_MEAN], macro[k, M_PHI], macro[k, M_SD]
        state = macro[k, M_START]
        level = 1.0
        variance = 0.0
        for y in range(n_year):
            shock = 0.0
            if sd != 0.0:
                for j in range(k + 1):
                    if cholesky[k, j] != 0.0:
                        shock += cholesky[k, j] * first[rows[j] + y, g]
            state = mean + phi * (state - mean) + sd * shock
            growth[k, y] = state
            if k == ATTRITION:
                variance = sd * sd + phi * phi * variance
                index[k, y] = exp(state - 0.5 * variance)
            else:
                if y > 0:
                    level *= exp(state)
                index[k, y] = level


@njit
def walk_base_pay(roles, index, first, rows, g, base):
    """Write the median pay of each role in each year, ``pay I_wage J``.

    Parameters
    ----------
    roles : float64[n_role, ROLE_WIDTH]
    index : float64[3, n_year]
    first : float64[n_row, n_group]
        Standard normals; row ``rows[r] + y - 1`` belongs to role r, year y + 1.
    rows : int64[n_role]
        First of those rows; -1 where the noise is 0.
    g : int
    base : float64[n_role, n_year]
        Overwritten.
    """
    n_year = base.shape[1]
    for r in range(roles.shape[0]):
        drift, sd = roles[r, R_DRIFT], roles[r, R_DRIFT_SD]
        level = 1.0
        for y in range(n_year):
            if y > 0 and rows[r] >= 0:
                level *= exp(drift + sd * first[rows[r] + y - 1, g])
            elif y > 0 and drift != 0.0:
                level *= exp(drift)
            base[r, y] = roles[r, R_PAY] * index[WAGE, y] * level


@njit
def fill_discount(practice, mid_year, discount):
    """Write D_y = (1 + r)^-(y - 1/2), or (1 + r)^-y at the end of years.

    Parameters
    ----------
    practice : float64[1, PRACTICE_WIDTH]
    mid_year : int
        1 for mid-year discounting.
    discount : float64[n_year]
        Overwritten.
    """
    yearly = 1.0 / (1.0 + practice[0, P_RATE])
    factor = math.sqrt(yearly) if mid_year == 1 else yearly
    for y in range(discount.size):
        discount[y] = factor
        factor *= yearly


@njit
def power(base, exponent):
    """Return ``base ** exponent`` for a positive base, by our own exp and log."""
    if exponent == 0.0 or base == 1.0:
        return 1.0
    return exp(exponent * log(base))
