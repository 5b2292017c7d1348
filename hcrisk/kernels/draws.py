"""Draws of laws from named streams."""

from __future__ import annotations

from hcrisk.kernels._jit import njit_part
from hcrisk.kernels.law_columns import CONSTANT, FAMILY
from hcrisk.kernels.laws import draw_law
from hcrisk.kernels.philox import uniform_call


@njit_part
def draw_named(t, p, law, key, path, step):
    """Return a draw of `law` from a named stream; a constant needs no uniform.

    Parameters
    ----------
    t, p : Tables, Links
    law : int
        Row of ``t.laws``.
    key : uint64
        The stream's key.
    path : uint64
    step : int

    Returns
    -------
    float
    """
    if t.laws[law, FAMILY] == CONSTANT:
        return draw_law(t.laws, law, p.quantile_tables, 0.5)
    return draw_law(t.laws, law, p.quantile_tables, uniform_call(key, path, step))
