"""Accuracy against Python's correctly rounded decimals, and equal bits in any array."""

import math
from decimal import Decimal, localcontext

import numba
import numpy as np
import pytest
from scipy import special

from hcrisk.kernels import calls, elementary
from tests.streams import fill_uniform


def uniforms(n, key=1):
    out = np.empty(n)
    fill_uniform(np.uint64(key), 0, 0, out)
    return out


def worst_ulp(function, reference, points):
    with localcontext() as context:
        context.prec = 45
        errors = []
        for x in points:
            exact = reference(Decimal(float(x)))
            ulp = Decimal(math.ulp(float(exact)))
            errors.append(abs((Decimal(float(function(x))) - exact) / ulp))
    return float(max(errors))


def test_exp_within_one_ulp():
    u = uniforms(3000)
    points = np.concatenate([1416 * u - 707, 2 * u - 1, 1e-3 * (u - 0.5)])
    assert worst_ulp(elementary.exp, Decimal.exp, points) < 1.0


def test_log_within_one_ulp():
    u = uniforms(3000)
    points = np.concatenate([np.exp(1400 * u - 700), 0.5 + 1.5 * u, 1 + 1e-3 * (u - 0.5)])
    assert worst_ulp(elementary.log, Decimal.ln, points) < 1.0


def test_expm1_and_log1p_within_two_ulp():
    u = uniforms(3000)
    points = np.concatenate([40 * u - 20, 1e-6 * (u - 0.5)])
    assert worst_ulp(elementary.expm1, lambda x: x.exp() - 1, points) < 2.0
    points = np.concatenate([-u, -np.exp(-36 * u), 1e6 * u])
    assert worst_ulp(elementary.log1p, lambda x: (1 + x).ln(), points) < 2.0


INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("name", "x", "value"),
    [
        ("exp", -INF, 0.0), ("exp", INF, INF), ("exp", 800.0, INF), ("exp", -800.0, 0.0),
        ("exp", NAN, NAN), ("exp", 0.0, 1.0), ("log", 0.0, -INF), ("log", -1.0, NAN),
        ("log", INF, INF), ("log", NAN, NAN), ("log", 1.0, 0.0), ("log1p", -1.0, -INF),
        ("log1p", 0.0, 0.0), ("expm1", -INF, -1.0), ("expm1", INF, INF), ("expm1", 0.0, 0.0),
        ("normal_quantile", 0.0, -INF), ("normal_quantile", 1.0, INF),
        ("normal_quantile", 0.5, 0.0), ("normal_quantile", NAN, NAN),
        ("normal_cdf", -INF, 0.0), ("normal_cdf", INF, 1.0), ("normal_cdf", 0.0, 0.5),
        ("normal_cdf", NAN, NAN),
    ],
)  # fmt: skip
def test_special_values(name, x, value):
    for module in (elementary, calls):
        np.testing.assert_equal(float(getattr(module, name)(x)), value)


def test_subnormals():
    assert elementary.exp(-744.0) == np.exp(-744.0)
    assert elementary.log(5e-324) == pytest.approx(math.log(5e-324), rel=1e-15)
    assert elementary.exp(709.7) == pytest.approx(math.exp(709.7), rel=1e-15)


def test_normal_quantile_against_scipy():
    u = uniforms(5000)
    levels = np.concatenate([u, np.exp(-36.7 * u), 1 - np.exp(-36 * u), [2.0**-53, 1 - 2.0**-53]])
    ours = np.array([elementary.normal_quantile(x) for x in levels])
    np.testing.assert_allclose(ours, special.ndtri(levels), rtol=2e-15)


def test_normal_cdf_against_scipy_and_back():
    z = 45 * uniforms(5000) - 37
    ours = np.array([elementary.normal_cdf(x) for x in z])
    np.testing.assert_allclose(ours, special.ndtr(z), rtol=1e-12)
    back = np.array([elementary.normal_quantile(p) for p in ours[z < 0]])
    np.testing.assert_allclose(back, z[z < 0], rtol=1e-14, atol=1e-15)


def test_normal_cdf_known_values():
    # mpmath 1.4 with 30 digits.
    known = {
        -1.0: 0.15865525393145705141,
        -10.0: 7.619853024160526066e-24,
        -37.0: 5.7255712225245768227e-300,
    }
    for z, value in known.items():
        assert elementary.normal_cdf(z) == pytest.approx(value, rel=2e-15)


NAMES = ["exp", "expm1", "log", "log1p", "normal_quantile", "normal_cdf", "normal_density"]


@pytest.mark.parametrize("name", NAMES)
def test_bits_do_not_depend_on_the_place_in_an_array(name):
    function = getattr(elementary, name)

    @numba.njit(error_model="numpy")
    def loop(x, out):
        for i in range(x.size):
            out[i] = function(x[i])

    x = uniforms(1003)
    if name in ("exp", "expm1", "normal_cdf", "normal_density"):
        x = 20 * x - 10
    whole = np.empty(x.size)
    loop(x, whole)
    for start, stop in ((1, 1003), (3, 20), (500, 501), (7, 38)):
        part = np.empty(stop - start)
        loop(x[start:stop].copy(), part)
        np.testing.assert_array_equal(part, whole[start:stop])
    scalar = np.array([getattr(calls, name)(value) for value in x])
    np.testing.assert_array_equal(scalar, whole)


@pytest.mark.parametrize("name", ["exp", "log", "normal_quantile", "normal_cdf"])
def test_monotone(name):
    x = np.sort(uniforms(20_000))
    values = np.array([getattr(calls, name)(value) for value in x])
    assert (np.diff(values) >= 0).all()
