"""Index paths: wages, prices, the level of attrition, role pay, discount factors (model 3, 8)."""

from __future__ import annotations

import math

from hcrisk.kernels import elementary
from hcrisk.kernels._jit import njit
from hcrisk.kernels.arrays import fill
from hcrisk.kernels.calls import exp, log
from hcrisk.kernels.columns import ATTRITION, M_MEAN, M_PHI, M_SD, M_START, P_RATE


@njit
def add_shocks(cholesky, first, rows, k, y, n, shock):
    """Write the correlated innovations of series `k` in year `y`, for `n` paths."""
    fill(shock, 0.0)
    for j in range(k + 1):
        weight = cholesky[k, j]
        if weight != 0.0:
            normal = first[rows[j] + y]
            for g in range(n):
                shock[g] += weight * normal[g]


@njit
def step_growth(macro, before, shock, n, growth):
    """Write the growth of a year, for `n` paths: a first-order autoregression."""
    mean, phi, sd = macro[M_MEAN], macro[M_PHI], macro[M_SD]
    for g in range(n):
        state = mean[g] + phi[g] * (before[g] - mean[g])
        growth[g] = state + sd[g] * (shock[g] if sd[g] != 0.0 else 0.0)


@njit
def step_level(growth, before, n, level):
    """Write a level that has grown since the year before, for `n` paths."""
    for g in range(n):
        level[g] = before[g] * elementary.exp(growth[g])


@njit
def step_attrition(macro, growth, n, variance, level):
    """Write the level of attrition, of mean 1, and add a year to the variance of its log."""
    phi, sd = macro[M_PHI], macro[M_SD]
    for g in range(n):
        variance[g] = sd[g] * sd[g] + phi[g] * phi[g] * variance[g]
        level[g] = elementary.exp(growth[g] - 0.5 * variance[g])


@njit
def walk_indices(macro, cholesky, first, rows, n, growth, index, scratch):
    """Write yearly growth and index paths of wage, price and attrition, for `n` paths.

    Parameters
    ----------
    macro : float64[3, MACRO_WIDTH, n]
    cholesky : float64[3, 3]
        Lower factor of the correlations of the innovations.
    first : float64[n_row, n]
        Standard normals; row ``rows[k] + y`` holds e_k of year y + 1.
    rows : int64[3]
        First of those rows.
    n : int
        How many paths.
    growth : float64[3, n_year, n]
        Overwritten with g_k,y.
    index : float64[3, n_year, n]
        Overwritten with I_wage, I_price and Z.
    scratch : float64[2, n]
        Overwritten.
    """
    shock, variance = scratch[0], scratch[1]
    for k in range(3):
        fill(variance, 0.0)
        for y in range(growth.shape[1]):
            before = growth[k, y - 1] if y > 0 else macro[k, M_START]
            add_shocks(cholesky, first, rows, k, y, n, shock)
            step_growth(macro[k], before, shock, n, growth[k, y])
            if k == ATTRITION:
                step_attrition(macro[k], growth[k, y], n, variance, index[k, y])
            elif y > 0:
                step_level(growth[k, y], index[k, y - 1], n, index[k, y])
            else:
                fill(index[k, y], 1.0)


@njit
def step_drift(drift, sd, normal, n, level):
    """Let a role's pay against the wage index drift for a year, for `n` paths."""
    for g in range(n):
        level[g] *= elementary.exp(drift[g] + sd[g] * normal[g])


@njit
def step_certain_drift(drift, n, level):
    """Let a role's pay against the wage index drift for a year, without noise."""
    for g in range(n):
        level[g] *= elementary.exp(drift[g])


@njit
def scale_pay(pay, wage, level, n, base):
    """Write the median pay of a role in a year, for `n` paths."""
    for g in range(n):
        base[g] = pay[g] * wage[g] * level[g]


@njit
def walk_base_pay(pay, drift, drift_sd, wage, first, rows, n, base, level):
    """Write the median pay of each role in each year, ``pay I_wage J``, for `n` paths.

    Parameters
    ----------
    pay, drift, drift_sd : float64[n_role, n]
    wage : float64[n_year, n]
        I_wage.
    first : float64[n_row, n]
        Standard normals; row ``rows[r] + y - 1`` belongs to role r, year y + 1.
    rows : int64[n_role]
        First of those rows; -1 where the noise is 0.
    n : int
        How many paths.
    base : float64[n_role, n_year, n]
        Overwritten.
    level : float64[n]
        Overwritten.
    """
    for r in range(rows.size):
        fill(level, 1.0)
        for y in range(wage.shape[0]):
            if y > 0 and rows[r] >= 0:
                step_drift(drift[r], drift_sd[r], first[rows[r] + y - 1], n, level)
            elif y > 0:
                step_certain_drift(drift[r], n, level)
            scale_pay(pay[r], wage[y], level, n, base[r, y])


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
