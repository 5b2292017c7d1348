import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import stochastic_dominance
from hcrisk.measures.dominance import _sums, _tested
from tests.cases import case
from tests.validation import assert_all_near, assert_inside

VALUES = st.integers(-20, 20).map(float)


def result(*npv, names=("a", "b", "c")):
    about = {"units": "USD", "long_name": "cost"}
    return xr.Dataset(
        {"npv": (("strategy", "path"), np.array(npv, dtype=float), about)},
        {"strategy": list(names[: len(npv)])},
    )


def of(found, strategy, other):
    return {
        name: found[name].sel(strategy=strategy, other=other).item() for name in found.data_vars
    }


def test_dominance__layout():
    rng = np.random.default_rng(1)
    found = stochastic_dominance(result(*rng.normal(0, 1, (3, 500))), 2)
    assert found["violation"].dims == ("strategy", "other")
    assert found["violation"].attrs["units"] == "USD"
    assert stochastic_dominance(result(*rng.normal(0, 1, (2, 50))))["violation"].units == "1"
    assert np.isnan(np.diag(found["p_refuted"])).all()
    assert np.diag(found["verdict"]).tolist() == ["", "", ""]
    assert found["order"].item() == 2
    off = ~np.eye(3, dtype=bool)
    for low, high in (("violation_lower", "violation"), ("violation", "violation_upper")):
        assert (found[low].values[off] <= found[high].values[off]).all()


def assert_violation(found, exact, what):
    bounds = (float(found[f"violation{end}"]) for end in ("_lower", "", "_upper"))
    assert_inside(*bounds, exact, what, "dom-normal")


def test_dominance__normal_rule():
    # Levy: costs N(10, 2), N(11, 2) and N(10, 3).
    known = case("dom-normal")["expected"]
    assert known["A_fsd_B"]
    rng, n = np.random.default_rng(5), 20_000
    ds = result(rng.normal(10, 2, n), rng.normal(11, 2, n), rng.normal(10, 3, n))
    first, second = stochastic_dominance(ds, 1), stochastic_dominance(ds, 2)
    assert of(first, "a", "b")["verdict"] == "established"
    assert of(first, "b", "a")["verdict"] == "refuted"
    exact = 2 * stats.norm.cdf(0.25) - 1
    assert_violation(of(first, "b", "a"), exact, "greatest excess, order 1")
    # Neither first order between different spreads, whichever the mean.
    for pair in (("b", "c"), ("c", "b"), ("a", "c"), ("c", "a")):
        assert of(first, *pair)["verdict"] == "refuted"
    # Equal means: the stop-loss means meet at the cheap end, so the pair is never established.
    assert of(second, "a", "c")["verdict"] == "undecided"
    assert of(second, "c", "a")["verdict"] == "refuted"
    exact = (3 - 2) * stats.norm.pdf(0)
    assert_violation(of(second, "c", "a"), exact, "greatest excess, order 2")
    assert of(second, "a", "b")["verdict"] == "established"


def test_dominance__discrete_table():
    known = case("dom-discrete")
    costs = [np.array(known["inputs"][f"cost{name}"], dtype=float) for name in "AB"]
    for cost, name in zip(costs, "AB", strict=True):
        table = known["expected"][f"stop_loss_{name}"]
        amounts = np.array([float(key) for key in table])
        expected = {f"{name} above {amount}": mean for amount, mean in table.items()}
        assert_all_near(_sums(cost, 2, amounts) / 3, expected, known["id"], rel=1e-12)
    ds = result(*costs)
    first, second = stochastic_dominance(ds, 1), stochastic_dominance(ds, 2)
    for pair in (("a", "b"), ("b", "a")):
        assert of(first, *pair)["violation"] == pytest.approx(1 / 3)
    # B is a mean-preserving contraction of A.
    assert of(second, "b", "a")["violation"] == 0.0
    assert of(second, "a", "b")["violation"] == pytest.approx(1 / 3)


@settings(max_examples=40, deadline=None)
@given(hnp.arrays(float, st.tuples(st.just(2), st.integers(2, 12)), elements=VALUES))
def test_dominance__violation_is_the_worst_of_all_amounts(npv):
    ds = result(*npv)
    # Between whole amounts both curves are linear.
    amounts = np.arange(-21.0, 22.0)
    exceed = [(row[:, None] > amounts).mean(axis=0) for row in npv]
    overrun = [np.maximum(row[:, None] - amounts, 0).mean(axis=0) for row in npv]
    for order, (a, b) in ((1, exceed), (2, overrun)):
        found = stochastic_dominance(ds, order)
        assert of(found, "a", "b")["violation"] == pytest.approx(max((a - b).max(), 0), abs=1e-9)
        assert of(found, "b", "a")["violation"] == pytest.approx(max((b - a).max(), 0), abs=1e-9)
    first = stochastic_dominance(ds, 1)["violation"]
    second = stochastic_dominance(ds, 2)["violation"]
    # The first order implies the second.
    assert ((first > 0) | (second == 0) | first.isnull()).all()


def test_dominance__every_path_cheaper_is_established_with_few_paths():
    rng = np.random.default_rng(3)
    loss = rng.lognormal(0, 1.5, 400) * (rng.random(400) < 0.21)
    a, b = 5 + loss, 5.5 + 1.2 * loss
    for order in (1, 2):
        found = stochastic_dominance(result(a, b), order, between=(0.05, 0.95))
        assert of(found, "a", "b")["verdict"] == "established"
        assert of(found, "b", "a")["verdict"] == "refuted"
        # The same costs on unrelated paths say less.
        apart = stochastic_dominance(result(a, rng.permutation(b)), order, between=(0.05, 0.95))
        assert of(apart, "a", "b")["p_established"] > of(found, "a", "b")["p_established"]


def test_dominance__amounts_at_which_all_paths_agree_are_passed_over():
    loss = np.r_[np.zeros(790), np.arange(1.0, 211.0)]
    found = of(stochastic_dominance(result(loss, 2 * loss)), "a", "b")
    assert found["violation"] == 0.0
    # At zero, the amount of most levels, no path tells the two apart.
    assert found["verdict"] == "established"


def test_dominance__identical_and_single_paths_are_undecided():
    values = np.r_[np.zeros(79), np.arange(21.0)]
    for order in (1, 2):
        found = of(stochastic_dominance(result(values, values), order), "a", "b")
        assert (found["violation"], found["verdict"]) == (0.0, "undecided")
        assert found["p_established"] == found["p_refuted"] == 1.0
        with pytest.warns(PrecisionWarning, match="dominance of npv for a, b rests on 1 path"):
            found = of(stochastic_dominance(result([1.0], [2.0]), order), "a", "b")
        assert found["verdict"] == "undecided"
        assert np.isinf(found["violation_upper"])


def test_dominance__sure_costs_are_told_apart():
    found = stochastic_dominance(result(np.full(50, 1.0), np.full(50, 2.0)), 2)
    assert of(found, "a", "b")["verdict"] == "established"
    assert of(found, "b", "a")["verdict"] == "refuted"
    assert of(found, "b", "a")["violation"] == 1.0


def test_tested__pointwise_tests_are_those_of_scipy():
    rng = np.random.default_rng(12)
    a, b = rng.gamma(2, 1, (2, 60))
    for amount in (0.7, 1.9, 3.0):
        more, less = ((a > amount) & (b <= amount)).sum(), ((b > amount) & (a <= amount)).sum()
        _, _, worse, better, apart = _tested(a, b, 1, amount)
        assert apart == more + less
        exact = stats.binomtest(int(more), int(more + less), alternative="greater")
        assert worse == pytest.approx(exact.pvalue, rel=1e-12)
        exact = stats.binomtest(int(less), int(more + less), alternative="greater")
        assert better == pytest.approx(exact.pvalue, rel=1e-12)
        over = [np.maximum(x - amount, 0) for x in (a, b)]
        mean, error, worse, better, _ = _tested(a, b, 2, amount)
        t = stats.ttest_rel(*over).statistic
        assert mean / error == pytest.approx(t, rel=1e-12)
        assert (worse, better) == pytest.approx((stats.norm.sf(t), stats.norm.cdf(t)))


@pytest.mark.parametrize("between", [(0.05, 0.95), (0.01, 0.99)])
@pytest.mark.parametrize("order", [1, 2])
def test_dominance__errs_no_oftener_than_it_says(order, between):
    # Equal laws, correlated paths: dominance of A is true (weakly) and strict dominance false.
    rng, runs = np.random.default_rng(41), 160
    refuted = established = 0
    for _ in range(runs):
        shared = rng.normal(0, 1, 400)
        a, b = (np.exp(0.7 * shared + 0.7 * rng.normal(0, 1, 400)) for _ in range(2))
        found = stochastic_dominance(result(a, b), order, between=between, points=10)
        verdict = of(found, "a", "b")["verdict"]
        refuted += verdict == "refuted"
        established += verdict.startswith("established")
    most = 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)
    assert refuted / runs < most
    assert established / runs < most


def test_dominance__a_few_huge_costs_beyond_the_levels_refute_it():
    rng = np.random.default_rng(3)
    a, b = rng.normal(5, 0.5, 20_000), rng.normal(8, 0.5, 20_000)
    cheaper = stochastic_dominance(result(a, b))
    assert of(cheaper, "a", "b")["verdict"] == "established"
    a[:100] = 1000.0
    for order in (1, 2):
        found = of(stochastic_dominance(result(a, b), order), "a", "b")
        assert found["verdict"] == "refuted"
        assert found["p_within"] == found["p_established"] == 1.0


def test_dominance__what_holds_between_the_levels_only_is_called_so():
    rng = np.random.default_rng(8)
    a, b = rng.normal(5, 0.5, 20_000), rng.normal(8, 0.5, 20_000)
    # The more of A's paths are catastrophes, the less holds beyond the levels, and then at all.
    few = {0: "established", 7: "established between P1 and P99", 11: "undecided", 40: "refuted"}
    for count, verdict in few.items():
        tail = np.r_[np.full(count, 12.0), a[count:]]
        found = of(stochastic_dominance(result(tail, b)), "a", "b")
        assert found["verdict"] == verdict
        assert (found["p_within"] < 0.05) == verdict.startswith("established")


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.floats(0, 2),
    st.sampled_from([0.0, 0.001, 0.004, 0.01, 0.03]),
    st.floats(0, 200),
)
def test_dominance__established_to_the_first_order_is_not_refuted_to_the_second(
    seed, gap, share, catastrophe
):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(5, 0.5, 2000), rng.normal(5 + gap, 0.5, 2000)
    a[rng.random(2000) < share] += catastrophe
    first, second = (stochastic_dominance(result(a, b), order) for order in (1, 2))
    for pair in (("a", "b"), ("b", "a")):
        if of(first, *pair)["verdict"].startswith("established"):
            assert of(second, *pair)["verdict"] != "refuted"
        if of(first, *pair)["verdict"] == "established":
            assert of(second, *pair)["verdict"] == "established"


def test_dominance__refusals():
    ds = result([1.0, 2.0], [3.0, 4.0])
    with pytest.raises(ValueError, match=r"order must be 1 .* got 3"):
        stochastic_dominance(ds, 3)
    with pytest.raises(ValueError, match="points must be a whole number"):
        stochastic_dominance(ds, points=0)
    with pytest.raises(ValueError, match="between must rise"):
        stochastic_dominance(ds, between=(0.9, 0.1))
    with pytest.raises(ValueError, match=r"between must lie in \(0, 1\), got 0"):
        stochastic_dominance(ds, between=(0, 0.9))
    with pytest.raises(ValueError, match="between must be two levels"):
        stochastic_dominance(ds, between=(0.1, 0.5, 0.9))
    with pytest.raises(ValueError, match="at least two strategies"):
        stochastic_dominance(ds, strategies=["a"])
    with pytest.raises(ValueError, match="strategies must be one of"):
        stochastic_dominance(ds, strategies=["a", "d"])
    years = xr.Dataset({"cost": (("strategy", "year", "path"), np.ones((2, 3, 4)))})
    with pytest.raises(ValueError, match=r"select one of the others, as in ds.sel\(year=1\)"):
        stochastic_dominance(years, of="cost")
