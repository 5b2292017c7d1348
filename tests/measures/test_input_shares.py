import itertools
import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import first_order_indices, rank_correlations
from hcrisk.measures._dependence import (
    first_order_estimate,
    rank_correlation_estimate,
    ranked,
    shared_variance_estimate,
)
from tests.cases import case
from tests.validation import assert_all_near

PI = math.pi


def result(npv, inputs):
    npv, inputs = np.atleast_2d(npv), np.atleast_2d(inputs)
    return xr.Dataset(
        {
            "npv": (("strategy", "path"), npv, {"units": "USD", "long_name": "cost"}),
            "input": (("parameter", "path"), inputs),
        },
        {
            "strategy": [f"s{i}" for i in range(len(npv))],
            "parameter": [f"x{i}" for i in range(len(inputs))],
        },
    )


def in_file_order(found):
    return found.sortby("parameter")


# -- test functions whose indices are known


def ishigami(x, a, b):
    return np.sin(x[0]) + a * np.sin(x[1]) ** 2 + b * x[2] ** 4 * np.sin(x[0])


def g_function(x, a):
    a = np.array(a, dtype=float)[:, None]
    return ((np.abs(4 * x - 2) + a) / (1 + a)).prod(axis=0)


def known(name):
    """Return the function, its draws from uniforms, and its indices."""
    expected = case(name)["expected"]
    given = case(name)["inputs"]
    if "ishigami" in name:
        return (
            lambda x: ishigami(x, given["a"], given["b"]),
            lambda u: PI * (2 * u - 1),
            expected,
        )
    if "linear" in name:
        weights = np.array([3.0, 2.0, 1.0])
        return lambda x: weights @ x, stats.norm.ppf, expected
    if "lognormal" in name:
        weights = np.array([0.8, 0.5, 0.3])
        return lambda x: np.exp(weights @ x), stats.norm.ppf, expected
    return lambda x: g_function(x, given["a"]), lambda u: u, expected


NAMES = (
    "sobol-ishigami-7-0.1",
    "sobol-ishigami-7-0.05",
    "sobol-g-8",
    "sobol-g-6",
    "sobol-linear",
    "sobol-lognormal-product",
)


@pytest.mark.parametrize("name", NAMES)
def test_first_order__published_indices(name):
    function, draw, expected = known(name)
    u = np.random.default_rng(4).random((len(expected["S1"]), 40_000))
    x = draw(u)
    found = in_file_order(first_order_indices(result(function(x), x), "s0", confidence=0.999))
    truth = np.array(expected["S1"])
    # What the lines in the bins do not follow is far below the noise.
    slack = 0.002
    assert (found["lower"] - slack <= truth).all()
    assert (truth <= found["upper"] + slack).all()
    assert (found["upper"] - found["lower"]).max() < 0.12
    expected = {f"input {n}": share for n, share in enumerate(truth, start=1)}
    assert_all_near(found["value"].values, expected, name, abs=0.02)


@pytest.mark.parametrize("name", NAMES)
def test_shared_variance__is_what_is_frozen(name):
    """First and total index of every input by pick-freeze, as simulating again estimates them."""
    function, draw, expected = known(name)
    rng = np.random.default_rng(8)
    u, v = rng.random((2, len(expected["S1"]), 60_000))
    base = function(draw(u))
    for i, (first, total) in enumerate(zip(expected["S1"], expected["ST"], strict=True)):
        frozen, anew = v.copy(), u.copy()
        frozen[i], anew[i] = u[i], v[i]
        alone = shared_variance_estimate(base, function(draw(frozen)), 0.999)
        rest = shared_variance_estimate(base, function(draw(anew)), 0.999)
        assert alone.lower <= first <= alone.upper
        assert 1 - rest.upper <= total <= 1 - rest.lower
        assert float(rest.upper - rest.lower) < 0.08


def test_first_order__correlated_inputs():
    """Y = X1 + X2 with correlation rho: E[Y|X1] = (1 + rho) X1, so S = (1 + rho) / 2."""
    for rho in (-0.5, 0.0, 0.6):
        draws = np.random.default_rng(1).multivariate_normal([0, 0], [[1, rho], [rho, 1]], 50_000).T
        found = first_order_indices(result(draws.sum(axis=0), draws), "s0", confidence=0.999)
        assert (found["lower"] <= (1 + rho) / 2).all()
        assert (found["upper"] >= (1 + rho) / 2).all()


def test_first_order__discrete_input_by_enumeration():
    """Ties share a bin: with a few values the index is the one of exact group means."""
    x = np.tile(np.repeat([0.0, 1.0, 7.0], [30, 5, 65]), 10)
    y = np.random.default_rng(2).normal(size=x.size) + np.select([x == 0, x == 1], [2.0, -3.0], 1.0)
    means = np.select([x == 0, x == 1], [y[x == 0].mean(), y[x == 1].mean()], y[x == 7].mean())
    left = ((y - means) ** 2).sum() / (1000 - 3) / y.var(ddof=1)
    # Fewer bins than values would join two of them: with ten each has its own.
    found = first_order_indices(result(y, x), "s0")
    assert found["value"].item() == pytest.approx(1 - left, rel=1e-9)


def test_first_order__nothing_is_about_nothing():
    """The bias of k parameters is taken away: shown values cluster at 0."""
    rng = np.random.default_rng(5)
    found = first_order_indices(result(rng.normal(size=2000), rng.random((200, 2000))), "s0")
    assert (found["value"] == 0).mean() > 0.4
    assert found["value"].mean() < 0.005
    assert (found["lower"] == 0).mean() > 0.95


def test_first_order__sees_what_ranks_do_not():
    x = np.random.default_rng(3).uniform(-1, 1, 20_000)
    ds = result(x**2, x)
    assert first_order_indices(ds, "s0")["value"].item() > 0.99
    assert rank_correlations(ds, "s0")["value"].item() < 0.001


@pytest.mark.parametrize("share", [0.05, 0.4, 0.9])
def test_first_order__interval_covers(share):
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(200):
        x, noise = rng.normal(size=(2, 1500))
        y = math.sqrt(share) * x + math.sqrt(1 - share) * noise
        found = first_order_estimate(x, y[None], 0.95)
        hits += bool(found.lower[0] <= share <= found.upper[0])
    # 0.95 less 4 standard errors of 200 trials.
    assert hits / 200 > 0.95 - 4 * math.sqrt(0.95 * 0.05 / 200)


def test_first_order__scale_and_place_do_not_matter():
    rng = np.random.default_rng(7)
    x, y = rng.lognormal(size=(2, 3000))
    plain = first_order_indices(result(x + y, x), "s0")
    moved = first_order_indices(result(1e7 + 1e3 * (x + y), 1e-9 * x), "s0")
    for name in ("value", "lower", "upper"):
        assert moved[name].item() == pytest.approx(plain[name].item(), abs=1e-6)


# -- rank correlations


def test_rank_correlations__is_scipys_with_ties():
    rng = np.random.default_rng(9)
    x = rng.integers(0, 4, (3, 500)).astype(float)
    y = np.where(rng.random(500) < 0.79, 0.0, rng.lognormal(size=500)) + 0.1 * x[1]
    found = in_file_order(rank_correlations(result(y, x), "s0"))
    for i in range(3):
        rho = stats.spearmanr(x[i], y).statistic
        assert found["correlation"][i].item() == pytest.approx(rho, abs=1e-12)
        assert found["value"][i].item() == pytest.approx(rho**2, abs=1e-12)


def test_rank_correlations__by_enumeration():
    values = [1.0, 2.0, 3.0, 4.0]
    for y in itertools.permutations(values):
        difference = sum((a - b) ** 2 for a, b in zip(values, y, strict=True))
        with pytest.warns(PrecisionWarning, match="at least 10 paths"):
            found = rank_correlations(result(y, values), "s0")
        assert found["correlation"].item() == pytest.approx(1 - 6 * difference / (4 * 15))


@pytest.mark.parametrize("zero_share", [0.0, 0.79])
@pytest.mark.parametrize("rho", [0.0, 0.3, -0.8])
def test_rank_correlations__interval_covers(rho, zero_share):
    rng = np.random.default_rng(10)

    def draw(n):
        x, y = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], n).T
        return x, np.maximum(y, stats.norm.ppf(zero_share)) if zero_share else y

    truth = stats.spearmanr(*draw(300_000)).statistic
    if not zero_share:
        assert truth == pytest.approx(6 / PI * math.asin(rho / 2), abs=0.008)
    hits = 0
    for _ in range(200):
        found = rank_correlation_estimate(*map(ranked, draw(400)), 0.95)
        hits += bool(found.lower <= truth <= found.upper)
    assert abs(hits / 200 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 200)


def test_rank_correlations__square_begins_at_nothing_where_the_sign_is_unknown():
    rng = np.random.default_rng(11)
    found = rank_correlations(result(rng.random(500), rng.random(500)), "s0")
    assert found["correlation_lower"] < 0 < found["correlation_upper"]
    assert found["lower"] == 0
    bound = max(found["correlation_lower"].item() ** 2, found["correlation_upper"].item() ** 2)
    assert found["upper"].item() == bound


@settings(max_examples=40)
@given(st.lists(st.floats(-1e6, 1e6), min_size=10, max_size=60), st.integers(0, 2**32 - 1))
def test_rank_correlations__hold_under_any_increasing_change(values, seed):
    x = np.random.default_rng(seed).permutation(np.array(values))
    y = np.array(values)
    plain = rank_correlations(result(y, x), "s0")
    moved = rank_correlations(result(stats.rankdata(y) ** 3, -stats.rankdata(x)), "s0")
    assert moved["correlation"].item() == pytest.approx(-plain["correlation"].item(), abs=1e-12)
    assert 0 <= plain["lower"] <= plain["value"] <= plain["upper"] <= 1


# -- both


BOTH = pytest.mark.parametrize("measure", [rank_correlations, first_order_indices])


@BOTH
def test_of_a_difference_and_of_all(measure):
    rng = np.random.default_rng(12)
    x = rng.random((3, 2000))
    ds = result([x[0] + x[1], 3 * x[0] + x[2]], x)
    every = measure(ds)
    assert every["value"].dims == ("strategy", "parameter")
    one = measure(ds, "s1")
    assert one["parameter"].values[0] == "x0"
    assert (np.diff(one["value"]) <= 0).all()
    xr.testing.assert_equal(in_file_order(one)["value"], every["value"].sel(strategy="s1"))
    between = in_file_order(measure(ds, "s1", baseline="s0"))
    direct = in_file_order(measure(result(ds["npv"][1] - ds["npv"][0], x), "s0"))
    np.testing.assert_array_equal(between["value"], direct["value"])
    assert (between["strategy"].item(), between["baseline"].item()) == ("s1", "s0")


@BOTH
def test_constants_go_with_nothing(measure):
    x = np.random.default_rng(13).random((2, 300))
    x[1] = 0.1
    ds = result([np.full(300, 7.3), x[0]], x)
    found = measure(ds)
    for name in ("value", "lower", "upper"):
        assert (found[name].sel(strategy="s0") == 0).all()
        assert found[name].sel(strategy="s1", parameter="x1") == 0
    assert found["value"].sel(strategy="s1", parameter="x0") > 0.999


@BOTH
def test_one_path_tells_nothing(measure):
    with pytest.warns(PrecisionWarning):
        found = measure(result([[4.0]], [[1.0]]), "s0")
    assert (found["value"].item(), found["lower"].item(), found["upper"].item()) == (0, 0, 1)


@BOTH
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strategy": "s9"}, "strategy must be one of"),
        ({"strategy": "s0", "baseline": "s9"}, "baseline must be one of"),
        ({"strategy": "s0", "baseline": "s0"}, "baseline must differ from strategy"),
        ({"baseline": "s0"}, "baseline needs a strategy"),
        ({"of": "cots"}, "of must be one of"),
        ({"confidence": 95}, "confidence must lie in"),
    ],
)
def test_refused(measure, options, message):
    ds = result([np.arange(20.0)] * 2, np.arange(20.0))
    with pytest.raises(ValueError, match=message):
        measure(ds, **options)


@BOTH
def test_refused_results(measure):
    ds = result(np.arange(20.0), np.arange(20.0))
    with pytest.raises(ValueError, match="without 'input'; simulate with detail='default'"):
        measure(ds.drop_vars("input"))
    with pytest.raises(ValueError, match="must hold at least one input"):
        measure(ds.isel(parameter=[]))
    with pytest.raises(ValueError, match="keep one parameter by a list"):
        measure(ds.isel(parameter=0))
    with pytest.raises(ValueError, match="select one first"):
        measure(ds.assign(npv=ds["npv"].expand_dims(year=[1, 2])))
