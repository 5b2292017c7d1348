"""Draws of laws from named streams, and times of events."""

from __future__ import annotations

import math

from hcrisk.kernels._jit import njit
from hcrisk.kernels.calls import log
from hcrisk.kernels.law_columns import CONSTANT, FAMILY
from hcrisk.kernels.laws import draw_law
from hcrisk.kernels.philox import uniform_call


@njit
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


@njit
def draw_at(t, p, law, u):
    """Return the draw of `law` at the uniform `u`; a constant is drawn at the middle.

    Parameters
    ----------
    t, p : Tables, Links
    law : int
        Row of ``t.laws``.
    u : float
        In (0, 1).

    Returns
    -------
    float
    """
    at = 0.5 if t.laws[law, FAMILY] == CONSTANT else u
    return draw_law(t.laws, law, p.quantile_tables, at)


@njit
def waiting_time(rate, exponential):
    """Return the years to an event of a Poisson process, given a standard exponential."""
    return exponential / rate if rate > 0.0 else math.inf


@njit
def next_event(rate, key, path, number, since):
    """Return when event `number` of a renewal process with exponential gaps happens."""
    if rate <= 0.0:
        return math.inf
    return since + waiting_time(rate, -log(uniform_call(key, path, number)))
