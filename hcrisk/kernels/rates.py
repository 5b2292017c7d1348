"""Rates of incidents, which depend on no strategy."""

from __future__ import annotations

from hcrisk.kernels._jit import njit
from hcrisk.kernels.columns import (
    P_PROVIDERS,
    X_EXPONENT,
    X_FREQUENCY,
    X_REFERENCE,
    X_SHAPE,
    X_TREND,
)
from hcrisk.kernels.macro import power


@njit
def intensity(t, p, w, k):
    """Return Lambda of risk `k` in the first year: frequency, size of the practice and frailty."""
    rate = t.risks[k, X_FREQUENCY]
    size = t.practice[0, P_PROVIDERS] / t.risks[k, X_REFERENCE]
    rate *= power(size, t.risks[k, X_EXPONENT])
    frailty = p.frailty_draws[k]
    return rate if frailty < 0 else rate * w.draw[frailty] / t.risks[k, X_SHAPE]


@njit
def intensity_in(t, k, rate, year):
    """Return Lambda of risk `k` in a year, counted from 0, given that of the first."""
    trend = t.risks[k, X_TREND]
    if trend == 0.0 or year == 0:
        return rate
    return rate * power(1.0 + trend, float(year))
