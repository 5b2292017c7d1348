import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import expected_regret, mean, probability_cheapest

tables = hnp.arrays(
    float,
    st.tuples(st.integers(1, 5), st.integers(2, 30)),
    elements=st.integers(-3, 3).map(float),
)
steady = settings(deadline=None, derandomize=True)


def result(npv, names=None):
    npv = np.asarray(npv, dtype=float)
    names = names or [f"s{i}" for i in range(len(npv))]
    variables = {"npv": (("strategy", "path"), npv, {"units": "USD", "long_name": "cost"})}
    return xr.Dataset(variables, {"strategy": names}, {"current": names[0]})


def test_probability_cheapest__ties_share_equally():
    found = probability_cheapest(result([[1, 2, 5, 0], [1, 2, 0, 1], [1, 3, 0, 1]]))
    expected = np.array([1 / 3 + 1 / 2 + 0 + 1, 1 / 3 + 1 / 2 + 1 / 2, 1 / 3 + 1 / 2]) / 4
    np.testing.assert_allclose(found["value"], expected)
    assert found["value"].attrs == {"units": "1", "long_name": "probability of the lowest cost"}


def test_probability_cheapest__two_normal_costs():
    # P(A < B) = Phi(1 / sqrt 8) for costs N(10, 2) and N(11, 2).
    rng = np.random.default_rng(8)
    npv = rng.normal([[10.0], [11.0]], 2.0, (2, 40_000))
    found = probability_cheapest(result(npv), confidence=0.9999)
    assert found["lower"].values[0] <= 0.6381631950841 <= found["upper"].values[0]
    width = 2 * stats.norm.ppf(0.99995) * np.sqrt(0.6381631950841 * 0.3618368 / 40_000)
    assert (found["upper"] - found["lower"]).values[0] == pytest.approx(width, rel=0.02)


@steady
@given(tables)
def test_probability_cheapest__adds_up_to_one(npv):
    found = probability_cheapest(result(npv))
    assert found["value"].sum().item() == pytest.approx(1.0)
    assert ((found["lower"] <= found["value"]) & (found["value"] <= found["upper"])).all()


def test_probability_cheapest__among_some():
    ds = result([[1, 1], [2, 3], [3, 2]], ["current", "msp", "hybrid"])
    found = probability_cheapest(ds, strategies=["hybrid", "msp"])
    assert found["strategy"].values.tolist() == ["hybrid", "msp"]
    assert found["value"].values.tolist() == [0.5, 0.5]


def test_probability_cheapest__year_by_year():
    cost = [[[1.0, 1.0], [5.0, 5.0]], [[2.0, 0.0], [4.0, 4.0]]]
    ds = xr.Dataset({"cost": (("strategy", "year", "path"), cost)}, {"strategy": ["a", "b"]})
    found = probability_cheapest(ds.transpose("year", "path", "strategy"), of="cost")
    assert found["value"].sel(strategy="a").values.tolist() == [0.5, 0.0]


def test_expected_regret__enumerated():
    # Wikipedia, "Regret (decision theory)": stocks, bonds, money market; payoffs negated.
    payoff = np.array([[-4, 4, 12], [-2, 3, 8], [3, 2, 1]])
    found = expected_regret(result(-payoff, ["stocks", "bonds", "money"]))
    np.testing.assert_allclose(found["value"], [7 / 3, (5 + 1 + 4) / 3, (2 + 11) / 3])
    np.testing.assert_allclose(found["standard_error"][0], stats.sem([7, 0, 0]))
    assert found["value"].attrs == {"units": "USD", "long_name": "expected regret in cost"}


@steady
@given(tables)
def test_expected_regret__is_mean_less_the_hindsight_minimum(npv):
    ds = result(npv)
    regret = expected_regret(ds)["value"].values
    assert (regret >= 0).all()
    np.testing.assert_allclose(regret, mean(ds)["value"] - npv.min(axis=0).mean(), atol=1e-12)


@steady
@given(tables)
def test_expected_regret__zero_exactly_for_a_strategy_that_is_always_cheapest(npv):
    ds = result(np.vstack([npv, npv.min(axis=0)]))
    assert expected_regret(ds)["value"].values[-1] == 0.0
    np.testing.assert_allclose(
        expected_regret(ds)["value"][:-1], expected_regret(result(npv))["value"], atol=1e-12
    )


def test_expected_regret__interval_ends_at_zero():
    # Regret 6 on one path of four: the central-limit interval would begin below nothing.
    found = expected_regret(result([[6.0, 0.0, 0.0, 0.0], [0.0, 1.0, 1.0, 9.0]])).isel(strategy=0)
    lower, upper = stats.t.interval(0.95, 3, loc=1.5, scale=stats.sem([6, 0, 0, 0]))
    assert lower < 0.0
    assert found["lower"].item() == 0.0
    assert found["upper"].item() == pytest.approx(upper)
    assert found["lower"].attrs["long_name"] == "lower bound of expected regret in cost"


def test_expected_regret__one_path():
    with pytest.warns(PrecisionWarning, match="mean of npv for s0, s1 rests on 1 path") as caught:
        found = expected_regret(result([[1.0], [3.0]]))
    assert caught[0].filename == __file__
    assert found["value"].values.tolist() == [0.0, 2.0]
    assert np.isposinf(found["upper"]).all()


@pytest.mark.parametrize("measure", [probability_cheapest, expected_regret])
@pytest.mark.parametrize(
    ("strategies", "text"),
    [
        (["mps"], r"strategies must be one of \['current', 'msp'\], got 'mps'; did you mean 'msp'"),
        ("outsource", r"strategies must be one of .* got 'outsource'"),
        (["msp", "msp"], r"each once, got \['msp', 'msp'\]; choose from \['current', 'msp'\]"),
        ([], r"strategies must name at least one strategy, each once, got \[\]"),
    ],
)
def test_strategies__unknown_repeated_or_none_are_refused(measure, strategies, text):
    with pytest.raises(ValueError, match=text):
        measure(result([[1, 2], [2, 1]], ["current", "msp"]), strategies=strategies)


def test_strategies__a_variable_without_them_is_refused():
    ds = xr.Dataset({"wage_index": (("year", "path"), np.ones((2, 5)))})
    with pytest.raises(ValueError, match=r"of='wage_index' has no dimension 'strategy'"):
        probability_cheapest(ds, of="wage_index")
