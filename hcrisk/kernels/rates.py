"""Rates of incidents, which depend on no strategy."""

from __future__ import annotations

from hcrisk.kernels._jit import njit_part
from hcrisk.kernels.columns import P_PROVIDERS, X_EXPONENT, X_FREQUENCY, X_REFERENCE, X_SHAPE
from hcrisk.kernels.macro import power


@njit_part
def intensity(t, p, w, k):
    """Return Lambda of risk `k`: frequency, size of the practice and frailty."""
    rate = t.risks[k, X_FREQUENCY]
    size = t.practice[0, P_PROVIDERS] / t.risks[k, X_REFERENCE]
    rate *= power(size, t.risks[k, X_EXPONENT])
    frailty = p.frailty_draws[k]
    return rate if frailty < 0 else rate * w.draw[frailty] / t.risks[k, X_SHAPE]
