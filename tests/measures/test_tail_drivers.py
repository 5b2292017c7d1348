import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import tail_drivers
from hcrisk.measures._parts import tail_parts


def result(components, events=None, inputs=None):
    """Return a result whose npv is the sum of its components: [strategy, component, path]."""
    components = np.asarray(components, dtype=float)
    n, m, _ = components.shape
    ds = xr.Dataset(
        {
            "npv": (("strategy", "path"), components.sum(axis=1), {"units": "USD"}),
            "component_npv": (("strategy", "component", "path"), components, {"units": "USD"}),
        },
        {"strategy": [f"s{i}" for i in range(n)], "component": [f"c{i}" for i in range(m)]},
    )
    if events is not None:
        ds["events"] = (("strategy", "risk", "path"), np.asarray(events))
        ds["risk"] = [f"r{i}" for i in range(ds.sizes["risk"])]
    if inputs is not None:
        ds["input"] = (("parameter", "path"), np.asarray(inputs))
        ds["parameter"] = [f"x{i}" for i in range(ds.sizes["parameter"])]
    return ds


@pytest.fixture(scope="module")
def example():
    """A base cost, and a breach in 4 % of paths that decides which are the worst."""
    rng = np.random.default_rng(0)
    n = 20_000
    base = rng.normal(100, 1, (2, n))
    struck = rng.random((2, n)) < [[0.04], [0.5]]
    losses = np.stack([50.0 * struck[0], -1e-3 * struck[1]])
    components = np.stack([base[0], losses[0], losses[1]])
    cheap = np.stack([base[1], np.zeros(n), np.zeros(n)])
    inputs = np.stack([base[0], rng.random(n), np.full(n, 3.0)])
    events = np.stack([np.stack([3 * struck[0], struck[1]]), np.zeros((2, n), dtype=int)])
    return result([components, cheap], events, inputs)


def test_against_a_split_by_hand(example):
    found = tail_drivers(example, "s0", level=0.9)
    order = np.argsort(example["npv"][0].values)
    rest, worst = order[:18_000], order[18_000:]
    for c in ("c0", "c1", "c2"):
        values = example["component_npv"].sel(strategy="s0", component=c).values
        expected = values[worst].mean() - values[rest].mean()
        one = found.sel(component=c)
        assert one["component_excess"].item() == pytest.approx(expected, rel=1e-9, abs=1e-12)
        assert one["component_worst"].item() == pytest.approx(values[worst].mean(), rel=1e-12)
        assert one["component_rest"].item() == pytest.approx(values[rest].mean(), rel=1e-12)
    for p in ("x0", "x1"):
        values = example["input"].sel(parameter=p).values
        test = stats.mannwhitneyu(values[worst], values[rest])
        share = test.statistic / (worst.size * rest.size)
        assert found["input_higher"].sel(parameter=p).item() == pytest.approx(share, abs=1e-12)
    struck = example["events"].sel(strategy="s0", risk="r0").values > 0
    one = found.sel(risk="r0")
    assert one["struck_worst"].item() == pytest.approx(struck[worst].mean())
    assert one["struck_excess"].item() == pytest.approx(struck[worst].mean() - struck[rest].mean())
    assert one["events_excess"].item() == pytest.approx(3 * one["struck_excess"].item())


def test_what_matters_comes_first_and_what_does_not_is_within_its_interval(example):
    found = tail_drivers(example, "s0")
    assert found["component"].values[0] == "c1"
    assert found["risk"].values.tolist() == ["r0", "r1"]
    assert found["parameter"].values[0] == "x0"
    idle = found.sel(parameter="x1")
    assert idle["input_higher_lower"] < 0.5 < idle["input_higher_upper"]
    noise = found.sel(risk="r1")
    assert noise["struck_excess_lower"] < 0 < noise["struck_excess_upper"]
    assert (found.sel(component="c1")["component_excess_lower"] > 35).all()
    constant = found.sel(parameter="x2")
    for name in ("input_higher", "input_higher_lower", "input_higher_upper"):
        assert constant[name].item() == 0.5


def test_baseline_is_the_difference_path_by_path(example):
    found = tail_drivers(example, "s0", baseline="s1")
    parts = example["component_npv"]
    direct = result(
        (parts.sel(strategy="s0") - parts.sel(strategy="s1")).values[None],
        (example["events"][0] - example["events"][1]).values[None],
        example["input"].values,
    )
    expected = tail_drivers(direct, "s0")
    for name in ("component_excess", "struck_worst", "events_excess_lower", "input_higher"):
        dim = expected[name].dims[0]
        np.testing.assert_allclose(
            found[name].sortby(dim).values, expected[name].sortby(dim).values, rtol=1e-9, atol=1e-9
        )
    assert found["baseline"].item() == "s1"


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=40),
    st.floats(0.01, 0.99),
    st.integers(0, 2**32 - 1),
)
def test_components_add_up_to_the_cost_whatever_ties(values, level, seed):
    cost = np.array(values, dtype=float)
    part = np.random.default_rng(seed).normal(size=cost.size)
    ds = result([[part, cost - part]])
    ds["npv"] = (("strategy", "path"), cost[None], {"units": "USD"})
    with pytest.warns(PrecisionWarning, match="simulate at least"):
        found = tail_drivers(ds, "s0", level=level)
    assert found["component_excess"].sum().item() == pytest.approx(found["excess"].item(), abs=1e-9)
    assert found["excess"] >= -1e-12
    weights = tail_parts(cost, level)
    assert weights.sum() == pytest.approx((1 - level) * cost.size)
    assert ((weights >= 0) & (weights <= 1 + 1e-12)).all()


def test_when_all_paths_are_equal_the_worst_are_like_the_rest():
    ds = result(np.full((1, 2, 2000), 0.1), np.zeros((1, 1, 2000)), [np.arange(2000.0)])
    found = tail_drivers(ds, "s0")
    for name in ("excess", "excess_lower", "excess_upper"):
        assert found[name] == 0
    assert (found["component_excess"] == 0).all()
    assert found["input_higher"].item() == pytest.approx(0.5)


def test_mass_at_zero_weighs_no_more_than_the_share_asked_for():
    """79 % of paths cost nothing: beyond the median the worst are the 21 % and part of the rest."""
    loss = np.where(np.arange(10_000) % 100 < 79, 0.0, 1.0)
    found = tail_drivers(result([[loss]]), "s0", level=0.5)
    assert found["component_worst"].item() == pytest.approx(0.42)
    assert found["component_rest"].item() == 0


def test_interval_covers():
    """Two normal parts with sd 1: beyond a level z each has half of the excess of their sum."""
    rng = np.random.default_rng(1)
    z = stats.norm.ppf(0.9)
    excess = np.sqrt(2) * stats.norm.pdf(z) / 0.1 / 0.9
    hits = 0
    for _ in range(200):
        ds = result([rng.normal(size=(2, 2000))])
        found = tail_drivers(ds, "s0", level=0.9).sel(component="c0")
        hits += bool(
            found["component_excess_lower"] <= excess / 2 <= found["component_excess_upper"]
        )
    assert abs(hits / 200 - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 200)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strategy": "s9"}, "strategy must be one of"),
        ({"baseline": "s0"}, "baseline must differ"),
        ({"level": 95}, "level must lie in .* write 0.95"),
        ({"level": 1.0}, "level must lie in"),
        ({"confidence": 0}, "confidence must lie in"),
        ({"of": "nvp"}, "did you mean 'npv'"),
    ],
)
def test_refused(example, options, message):
    with pytest.raises(ValueError, match=message):
        tail_drivers(example, **{"strategy": "s0"} | options)


def test_every_mean_that_is_compared_has_bounds(example):
    found = tail_drivers(example, "s0")
    means = ("component_worst", "component_rest", "struck_worst", "struck_rest")
    for name in means:
        assert (found[f"{name}_lower"] <= found[name]).all()
        assert (found[name] <= found[f"{name}_upper"]).all()
        assert np.isfinite(found[f"{name}_upper"]).all()
    # Of the worst 5 % all are struck but those beyond the 4 % that are struck at all.
    struck = found.sel(risk="r0")
    assert struck["struck_worst_lower"] < 0.8 < struck["struck_worst_upper"]
    against = tail_drivers(example, "s1", baseline="s0").sel(risk="r1")
    assert -1 < against["struck_rest_lower"] < -0.4


def test_a_warning_points_at_the_caller(example):
    with pytest.warns(PrecisionWarning, match=r"worst 5% apart .* at least 1000 paths") as caught:
        found = tail_drivers(example.isel(path=slice(500)), "s0")
    assert caught[0].filename == __file__
    assert np.isinf(found["excess_upper"])


def test_totals_have_the_excess_only(example):
    found = tail_drivers(example[["npv"]], "s0")
    assert set(found.data_vars) == {"excess", "excess_lower", "excess_upper"}


def test_tail_drivers__a_strategy_must_be_named():
    ds = xr.Dataset({"npv": (("strategy", "path"), np.ones((2, 30)))}, {"strategy": ["a", "b"]})
    with pytest.raises(TypeError, match="strategy must be the name of one, got None"):
        tail_drivers(ds, None)
