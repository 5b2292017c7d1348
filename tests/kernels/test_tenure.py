"""The scale of a tenure profile gives the attrition rate asked for."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from hcrisk.kernels.tenure import equilibrium_pieces, hazard_scales, tabulate_stays


def scales_of(rates, breaks, factors):
    scale, work = np.empty(len(rates)), np.empty((4, len(rates)))
    args = np.array(rates, float), np.array(breaks, float), np.array(factors, float)
    hazard_scales(*args, len(rates), scale, work)
    return scale, work[0]


def mean_stay(scale, breaks, factors):
    """The integral of survival, piece by piece, by quadrature."""
    total, cumulative = 0.0, 0.0
    for (low, high), factor in zip(
        itertools.pairwise([0.0, *breaks, math.inf]), factors, strict=True
    ):
        rate = scale * factor
        if math.isinf(high):
            return total + math.exp(-cumulative) / rate
        total += integrate.quad(lambda a: math.exp(-cumulative - rate * (a - low)), low, high)[0]  # noqa: B023
        cumulative += rate * (high - low)
    return total


@given(
    st.lists(st.floats(0.005, 6), min_size=1, max_size=5),
    st.lists(st.floats(0.05, 20), max_size=4, unique=True),
    st.data(),
)
@settings(max_examples=60)
def test_one_over_the_mean_stay_is_the_rate(rates, breaks, data):
    breaks = sorted(breaks)
    size = len(breaks) + 1
    factors = data.draw(st.lists(st.floats(0.1, 4), min_size=size, max_size=size))
    scales, stays = scales_of(rates, breaks, factors)
    for rate, scale, stay in zip(rates, scales, stays, strict=True):
        assert mean_stay(scale, breaks, factors) == pytest.approx(1 / rate, rel=1e-7)
        assert stay == pytest.approx(1 / rate, rel=1e-12)


def test_a_role_is_solved_alone_as_among_others():
    profile = [1, 2, 4], [1.4, 1.15, 0.9, 0.65]
    together, _ = scales_of([0.05, 0.2, 3.0], *profile)
    alone = [scales_of([rate], *profile)[0][0] for rate in (0.05, 0.2, 3.0)]
    assert together.tolist() == alone


def test_nobody_leaves_without_attrition():
    scale, stay = scales_of([0.0], [1], [1, 0.5])
    assert (scale[0], stay[0]) == (0.0, math.inf)


@given(
    st.lists(st.tuples(st.floats(0.005, 6), st.floats(1e-6, 1 - 1e-6)), min_size=1, max_size=40),
    st.lists(st.floats(0.05, 20), max_size=4, unique=True),
    st.data(),
)
@settings(max_examples=60)
def test_the_tenures_of_an_equilibrium_workforce(lanes, breaks, data):
    """The stationary density of tenure is S/E[stay]: its integral up to each tenure is u."""
    breaks = np.array(sorted(breaks))
    size = breaks.size + 1
    factors = np.array(data.draw(st.lists(st.floats(0.1, 4), min_size=size, max_size=size)))
    rates, u = (np.array(column) for column in zip(*lanes, strict=True))
    scale, mean = scales_of(rates, breaks, factors)
    n = u.size
    survival, stayed = np.empty((2, size, n))
    tabulate_stays(scale, breaks, factors, n, survival, stayed)
    age, rate, share = np.empty((3, n))
    out = age, rate, share
    equilibrium_pieces(u, mean, scale, breaks, factors, survival, stayed, n, *out)
    begun = np.array([0.0, *breaks])
    for g in range(n):
        k = int(np.flatnonzero(begun == age[g])[0])
        assert rate[g] == scale[g] * factors[k]
        spans = np.diff(begun[: k + 1])
        rated = scale[g] * factors[:k]
        reached = np.exp(-np.concatenate([[0.0], np.cumsum(rated * spans)]))
        spent = np.sum(reached[:-1] * -np.expm1(-rated * spans) / rated)
        spent += reached[-1] * (1 - share[g]) / rate[g]
        assert spent == pytest.approx(u[g] * mean[g], rel=1e-7)
