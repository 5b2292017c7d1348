import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import reverse_stress, tail_value_at_risk
from hcrisk.measures.reverse_stress import tail_weights


@pytest.fixture
def planted():
    """Return 20 000 paths of which a rare breach, made likelier by one input, is the worst."""
    rng = np.random.default_rng(8)
    n = 20_000
    cause, idle = rng.uniform(0, 1, n), rng.uniform(0, 1, n)
    breach = (rng.uniform(0, 1, n) < 0.02 * cause).astype(float)
    losses, wages = breach * rng.uniform(5e6, 9e6, n), rng.normal(1e6, 1e4, n)
    return xr.Dataset(
        {
            "npv": (("strategy", "path"), [wages + losses], {"units": "USD"}),
            "component_npv": (("strategy", "component", "path"), [[wages, losses]]),
            "service_npv": (("strategy", "service", "path"), [[wages, losses]]),
            "events": (("strategy", "risk", "path"), [[breach, rng.poisson(0.3, n)]]),
            "departures": (("strategy", "service", "path"), [rng.poisson(1.0, (2, n))]),
            "input": (("parameter", "path"), [cause, idle]),
        },
        {
            "strategy": ["current"],
            "component": ["salaries", "breach"],
            "service": ["desk", "enterprise"],
            "risk": ["breach", "nuisance"],
            "parameter": ["cause", "idle"],
        },
        {"current": "current"},
    )


def one(found, kind, name):
    match = (found["kind"] == kind) & (found["name"] == name)
    return found.isel(factor=int(np.flatnonzero(match.values)[0]))


def test_reverse_stress__finds_the_planted_cause(planted):
    found = reverse_stress(planted, 0.995)
    # By how much they differ, what is the cause comes first, all of it before what is not.
    planted_factors = {("component", "breach"), ("service", "enterprise"), ("events", "breach")}
    first = list(zip(found["kind"].values[:3], found["name"].values[:3], strict=True))
    assert set(first) == planted_factors
    assert one(found, "events", "breach")["chance_tail"] == 1
    assert one(found, "component", "breach")["share"] == pytest.approx(1, abs=0.01)
    cause = one(found, "input", "cause")
    # Given a breach the input has density 2x, so mean 2/3; sd of all 0.289.
    assert cause["mean_tail"].item() == pytest.approx(2 / 3, abs=4 * 0.236 / np.sqrt(100))
    assert cause["effect"].item() == pytest.approx((2 / 3 - 1 / 2) / 0.2887, abs=0.35)
    assert cause["lower"] > 0
    text = found.attrs["summary"]
    assert "Breach: at least one in 100% of the worst 0.5%" in text
    assert "cause: " in text
    assert "idle" not in text
    assert "Nuisance" not in text


def test_reverse_stress__interval_is_welchs_where_nothing_ties(planted):
    found = reverse_stress(planted, 0.99)
    npv = planted["npv"].values[0]
    worst = np.argsort(npv)[-200:]
    inside = np.isin(np.arange(npv.size), worst)
    for name in ("cause", "idle"):
        x = planted["input"].sel(parameter=name).values
        known = stats.ttest_ind(x[inside], x[~inside], equal_var=False)
        low, high = known.confidence_interval(0.95)
        here = one(found, "input", name)
        assert here["value"].item() == pytest.approx(x[inside].mean() - x[~inside].mean())
        assert (here["lower"].item(), here["upper"].item()) == pytest.approx((low, high))


def test_reverse_stress__parts_add_up_and_tail_is_the_tail_mean(planted):
    found = reverse_stress(planted, 0.99)
    for kind in ("component", "service"):
        parts = found["share"].values[found["kind"].values == kind]
        assert parts.sum() == pytest.approx(1)
    tail = tail_value_at_risk(planted, 0.99)["value"].item()
    assert found["cost_tail"].item() == pytest.approx(tail, rel=1e-12)
    assert np.isnan(found["share"].values[found["kind"].values == "input"]).all()


def test_reverse_stress__order_of_paths_does_not_matter(planted):
    order = np.random.default_rng(1).permutation(planted.sizes["path"])
    one, other = reverse_stress(planted, 0.9), reverse_stress(planted.isel(path=order), 0.9)
    np.testing.assert_array_equal(one["name"], other["name"])
    np.testing.assert_allclose(one["value"], other["value"], rtol=1e-9, atol=1e-9)


def test_reverse_stress__ties_at_the_boundary_share():
    # 79 of 100 paths cost nothing, and half are asked for: the zeros count by 29 of 79 parts.
    cost = np.r_[np.zeros(79), np.arange(1.0, 22.0)]
    x = np.arange(100.0)
    ds = xr.Dataset(
        {"npv": (("strategy", "path"), [cost]), "input": (("parameter", "path"), [x])},
        {"strategy": ["a"], "parameter": ["x"]},
    )
    found = reverse_stress(ds, 0.5)
    assert found["threshold"] == 0
    expected = (29 * x[:79].mean() + x[79:].sum()) / 50
    assert found["mean_tail"].item() == pytest.approx(expected)


@given(
    hnp.arrays(float, st.integers(2, 40), elements=st.integers(0, 5).map(float)),
    st.floats(0.05, 0.95),
)
def test_tail_weights__hold_the_share_asked_for(values, level):
    weights, boundary = tail_weights(values, level)
    assert weights.sum() == pytest.approx(len(values) * (1 - level), abs=1e-6)
    assert ((weights >= -1e-12) & (weights <= 1 + 1e-12)).all()
    assert (weights[values < boundary] == 0).all()
    assert (weights[values > boundary] == 1).all()


def test_reverse_stress__all_equal_and_one_path():
    def flat(n):
        data = {"npv": (("strategy", "path"), np.full((1, n), 7.0))}
        data["events"] = (("strategy", "risk", "path"), np.zeros((1, 1, n)))
        return xr.Dataset(data, {"strategy": ["a"], "risk": ["breach"]})

    found = reverse_stress(flat(500))
    assert found["excess"] == 0
    assert found["effect"].item() == 0
    assert found["lower"].item() == found["upper"].item() == 0
    assert "No future is worse than another." in found.attrs["summary"]
    with pytest.warns(PrecisionWarning, match="at least 200 paths"):
        found = reverse_stress(flat(1))
    assert found["lower"].item() == -np.inf


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"level": 99}, "write 0.99"),
        ({"strategy": "curent"}, "did you mean 'current'"),
        ({"confidence": 1.0}, r"must lie in \(0, 1\)"),
    ],
)
def test_reverse_stress__refuses(planted, asked, says):
    with pytest.raises(ValueError, match=says):
        reverse_stress(planted, **asked)


def test_reverse_stress__needs_to_know_whose():
    data = {"npv": (("strategy", "path"), np.zeros((2, 300)))}
    with pytest.raises(ValueError, match="strategy must be named"):
        reverse_stress(xr.Dataset(data, {"strategy": ["a", "b"]}))
