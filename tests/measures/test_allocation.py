import itertools
from fractions import Fraction

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from hcrisk import load, simulate
from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import allocate, tail_value_at_risk
from hcrisk.measures._parts import tail_weights

VALUES = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda x: round(x, 2))


def result(parts, dim="component", npv=None):
    """Parts over (part, path) of one strategy, or with strategies first."""
    parts = np.asarray(parts, dtype=float)
    parts = parts[None] if parts.ndim == 2 else parts
    names = {"component": "component_npv", "service": "service_npv"}
    variables = {
        "npv": (("strategy", "path"), parts.sum(axis=1) if npv is None else npv, {"units": "USD"}),
        names[dim]: (("strategy", dim, "path"), parts),
    }
    coords = {
        "strategy": [f"s{i}" for i in range(parts.shape[0])],
        dim: [f"p{i}" for i in range(parts.shape[1])],
    }
    return xr.Dataset(variables, coords)


def with_years(rate=0.06, timing="mid", n=400):
    rng = np.random.default_rng(3)
    cube = rng.lognormal(0, 1, (2, 3, 2, 4, n))
    late = {"mid": 0.5, "end": 0.0}[timing]
    factor = (1 + rate) ** (late - np.arange(1, 5)[:, None]) * np.ones(n)
    worth = cube * factor
    dims = ("strategy", "service", "component", "year", "path")
    ds = xr.Dataset(
        {
            "npv": (("strategy", "path"), worth.sum(axis=(1, 2, 3)), {"units": "USD"}),
            "cost": (("strategy", "year", "path"), cube.sum(axis=(1, 2))),
            "component_npv": (("strategy", "component", "path"), worth.sum(axis=(1, 3))),
            "service_npv": (("strategy", "service", "path"), worth.sum(axis=(2, 3))),
            "cost_cube": (dims, cube),
        },
        {
            "strategy": ["a", "b"],
            "service": ["x", "y", "z"],
            "component": ["u", "v"],
            "year": [1, 2, 3, 4],
        },
        {"discount_rate": float(np.mean(rate)), "discount_timing": timing},
    )
    if np.ndim(rate):
        ds["input"] = (("parameter", "path"), np.asarray(rate)[None])
        ds = ds.assign_coords(parameter=["discounting.rate"])
    return ds, worth


def test_allocate__layout():
    found = allocate(with_years(n=1200)[0])
    for name in ("mean_cost", "tail_cost", "standalone_tail"):
        assert found[name].dims == ("strategy", "service")
    for name in ("total_mean", "total_tail", "diversification"):
        assert found[name].dims == ("strategy",)
    for name in ("mean_cost", "tail_cost", "standalone_tail", "total_tail", "diversification"):
        assert found[name].attrs["units"] == "USD"
        assert (found[f"{name}_lower"] <= found[name]).all()
        assert (found[name] <= found[f"{name}_upper"]).all()
    assert found["level"].item() == 0.95
    assert found.attrs["measure"] == "allocate"


def test_allocate__normal_parts_in_closed_form():
    # Euler allocation of an elliptical sum: mu_i + cov(X_i, S) / sd(S) * phi(z) / (1 - p).
    rng, n, level = np.random.default_rng(31), 60_000, 0.9
    mu, cov = np.array([5.0, 1.0, 0.5]), np.array([[4, 1, -1], [1, 2, 0.5], [-1, 0.5, 9]])
    ds = result(rng.multivariate_normal(mu, cov, n).T)
    found = allocate(ds, level, by="component").isel(strategy=0)
    height = stats.norm.pdf(stats.norm.ppf(level)) / (1 - level)
    exact = mu + cov.sum(axis=1) / np.sqrt(cov.sum()) * height
    alone = mu + np.sqrt(np.diag(cov)) * height
    total = mu.sum() + np.sqrt(cov.sum()) * height
    error = found["tail_cost_standard_error"].values
    assert (np.abs(found["tail_cost"].values - exact) < 4 * error).all()
    assert (error < 0.08).all()
    np.testing.assert_allclose(found["standalone_tail"], alone, rtol=0.02)
    assert found["diversification"].item() == pytest.approx(alone.sum() - total, rel=0.02)
    assert found["mean_cost_standard_error"].values == pytest.approx(
        np.sqrt(np.diag(cov) / n), rel=0.02
    )


def test_allocate__gamma_parts_in_closed_form():
    # Gammas of one scale: the shares are Dirichlet and independent of the sum.
    rng, n, shape = np.random.default_rng(8), 60_000, np.array([0.3, 1.0, 2.7])
    found = allocate(result(rng.gamma(shape[:, None], 1.0, (3, n))), 0.99, by="component")
    total = stats.gamma(shape.sum())
    tail = shape.sum() * stats.gamma(shape.sum() + 1).sf(total.ppf(0.99)) / 0.01
    exact = shape / shape.sum() * tail
    gap = np.abs(found["tail_cost"].values[0] - exact)
    assert (gap < 4 * found["tail_cost_standard_error"].values[0]).all()


def test_allocate__equals_enumeration_with_ties():
    # Eight paths, level 0.55: 3.6 paths of tail; 12 once, then 2.6 shared by the four tens.
    parts = np.array([[1, 2, 8, 9, 3, 0, 4, 1], [9, 8, 2, 3, 7, 1, 2, 3]])
    with pytest.warns(PrecisionWarning, match=r"allocation of TVaR at 0\.55 of npv"):
        found = allocate(result(parts), 0.55, by="component").isel(strategy=0)
    tens = [0, 1, 2, 4]
    for i in range(2):
        shared = Fraction(26, 10) * sum(Fraction(int(parts[i, j])) for j in tens) / 4
        exact = (int(parts[i, 3]) + shared) / Fraction(36, 10)
        assert found["tail_cost"].values[i] == pytest.approx(float(exact), rel=1e-14)
    assert np.isinf(found["tail_cost_standard_error"]).all()


def test_allocate__tied_paths_share_the_same_whatever_their_order():
    parts = np.array([[1.0, 2, 3, 4, 5], [4.0, 3, 2, 1, 0]])
    tails = set()
    for order in itertools.permutations(range(5)):
        with pytest.warns(PrecisionWarning):
            found = allocate(result(parts[:, order]), 0.5, by="component")
        tails.add(tuple(found["tail_cost"].values.round(12).ravel()))
    assert tails == {(3.0, 2.0)}


def test_allocate__mass_at_zero():
    # 79% of the paths cost nothing and the tail is the worst half: 21% and 29% of zeros.
    loss = np.r_[np.zeros(790), np.full(210, 100.0)]
    found = allocate(result([0.25 * loss, 0.75 * loss]), 0.5, by="component")
    np.testing.assert_allclose(found["tail_cost"].values, [[10.5, 31.5]])
    np.testing.assert_allclose(found["diversification"], 0.0, atol=1e-12)


def test_allocate__all_paths_equal_is_exact():
    ds = result(np.repeat([[0.1], [0.7]], 100, axis=1))
    with pytest.warns(PrecisionWarning):
        found = allocate(ds, 0.95, by="component")
    assert found["tail_cost"].values.tolist() == [[0.1, 0.7]]
    assert found["tail_cost_upper"].values.tolist() == [[0.1, 0.7]]
    assert found["tail_cost_standard_error"].values.tolist() == [[0.0, 0.0]]


def test_allocate__one_path():
    with pytest.warns(PrecisionWarning):
        found = allocate(result([[2.0], [3.0]]), by="component")
    assert found["tail_cost"].values.tolist() == [[2.0, 3.0]]
    assert np.isinf(found["tail_cost_upper"]).all()
    assert np.isinf(found["mean_cost_standard_error"]).all()


@settings(max_examples=80, deadline=None)
@given(
    hnp.arrays(float, st.tuples(st.just(3), st.integers(1, 40)), elements=VALUES),
    st.floats(0.01, 0.99),
)
@pytest.mark.filterwarnings("ignore::hcrisk.PrecisionWarning")
def test_allocate__adds_up_and_never_gains_by_splitting(parts, level):
    ds = result(parts)
    found = allocate(ds, level, by="component")
    scale = 1 + np.abs(parts).max()
    whole = tail_value_at_risk(ds, level)["value"]
    np.testing.assert_allclose(found["total_tail"], whole)
    np.testing.assert_allclose(found["tail_cost"].sum("component"), whole, atol=1e-11 * scale)
    np.testing.assert_allclose(
        found["mean_cost"].sum("component"), found["total_mean"], atol=1e-11 * scale
    )
    assert (found["diversification"] >= -1e-11 * scale).all()
    # No part owns more of the tail than it would have on its own.
    assert (found["tail_cost"] <= found["standalone_tail"] + 1e-11 * scale).all()


def test_tail_weights__are_those_of_the_tail_mean():
    rng = np.random.default_rng(5)
    values = rng.integers(0, 6, (4, 37)).astype(float)
    ds = xr.Dataset({"npv": (("strategy", "path"), values)})
    for level in (0.1, 0.5, 0.93):
        weights = tail_weights(values, level)
        np.testing.assert_allclose(weights.sum(axis=-1), 1.0)
        with pytest.warns(PrecisionWarning):
            expected = tail_value_at_risk(ds, level)["value"]
        np.testing.assert_allclose((weights * values).sum(axis=-1), expected)
        # More weight is never on a cheaper path.
        for row, weight in zip(values, weights, strict=True):
            order = np.argsort(row, kind="stable")
            assert (np.diff(weight[order]) >= 0).all()


@pytest.mark.parametrize("timing", ["mid", "end"])
@pytest.mark.parametrize("rate", [0.06, 0.0, np.linspace(0.01, 0.12, 1200)])
def test_allocate__every_split_is_of_the_same_cost(rate, timing):
    ds, worth = with_years(rate, timing, n=1200)
    fine = allocate(ds, by=("service", "component", "year"))
    np.testing.assert_allclose(fine["mean_cost"], worth.mean(axis=-1))
    for by in ("service", "component", "year"):
        others = [dim for dim in ("service", "component", "year") if dim != by]
        found = allocate(ds, by=by)
        for name in ("mean_cost", "tail_cost"):
            np.testing.assert_allclose(found[name], fine[name].sum(others), rtol=1e-9)
    swapped = allocate(ds, by=("year", "service"))["tail_cost"]
    assert swapped.dims == ("strategy", "year", "service")
    np.testing.assert_allclose(
        swapped.transpose("strategy", "service", "year"), fine["tail_cost"].sum("component")
    )


def test_allocate__standard_error_is_the_spread_of_repeated_runs():
    rng, found = np.random.default_rng(17), []
    for _ in range(150):
        loss = rng.lognormal(0, 1, 2000) * (rng.random(2000) < 0.3)
        found.append(allocate(result([rng.normal(5, 1, 2000), loss]), 0.9, by="component"))
    values = np.array([one["tail_cost"].values[0] for one in found])
    errors = np.array([one["tail_cost_standard_error"].values[0] for one in found])
    spread = values.std(axis=0, ddof=1)
    # The spread of 150 runs is itself known to 6%.
    np.testing.assert_allclose(np.sqrt((errors**2).mean(axis=0)), spread, rtol=0.2)


def test_allocate__selections_and_missing_variables_are_refused():
    ds, _ = with_years()
    with pytest.raises(ValueError, match=r"must add up to npv .* not a selection of service"):
        allocate(ds.sel(service=["x", "y"]))
    with pytest.raises(ValueError, match=r"lost the dimension 'service'; keep it by a list of one"):
        allocate(ds.sel(service="x"))
    with pytest.raises(ValueError, match=r"by='component' needs ds\['component_npv'\].*'default'"):
        allocate(ds.drop_vars("component_npv"), by="component")
    with pytest.raises(ValueError, match=r"by=\('service', 'year'\) needs .* detail='full'"):
        allocate(ds.drop_vars("cost_cube"), by=("service", "year"))
    with pytest.raises(ValueError, match=r"by must be one of .* did you mean 'service'\?"):
        allocate(ds, by="services")
    with pytest.raises(ValueError, match="by must name at least one"):
        allocate(ds, by=())
    with pytest.raises(ValueError, match="each once"):
        allocate(ds, by=("year", "year"))
    with pytest.raises(ValueError, match=r"level must lie in \(0, 1\)"):
        allocate(ds, 95)
    with pytest.raises(ValueError, match=r"ds.attrs\['discount_rate'\]"):
        allocate(ds.drop_attrs(), by="year")


def test_allocate__a_sampled_rate_that_was_not_kept_is_refused():
    ds, _ = with_years(np.linspace(0.01, 0.12, 400))
    with pytest.raises(ValueError, match="sampled discount rate"):
        allocate(ds.drop_vars("input"), by="year")


@pytest.mark.parametrize("timing", ["mid", "end"])
def test_allocate__splits_a_simulated_cost_whose_rate_is_uncertain(timing):
    scenario = load("small-practice").replace(
        {
            "discounting.rate": {"dist": "uniform", "low": 0.01, "high": 0.12},
            "discounting.timing": timing,
        }
    )
    ds = simulate(scenario, paths=1000, seed=3, detail="full", progress=False)
    whole = allocate(ds)
    for by in ("component", "year", ("service", "year")):
        found = allocate(ds, by=by)
        dims = found["tail_cost"].dims[1:]
        for name, total in (("mean_cost", "total_mean"), ("tail_cost", "total_tail")):
            np.testing.assert_allclose(found[name].sum(dims), whole[total], rtol=1e-9)
