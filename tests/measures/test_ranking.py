import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special, stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import (
    certainty_equivalent,
    compare,
    mean,
    risk_adjusted_cost,
    switching_margin,
    tail_value_at_risk,
)
from hcrisk.measures._estimators import batch_estimate, tail_mean

VALUES = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda x: round(x, 2))


def result(*npv, current="a"):
    about = {"units": "USD", "long_name": "cost"}
    return xr.Dataset(
        {"npv": (("strategy", "path"), np.array(npv, dtype=float), about)},
        {"strategy": list("abcdefgh"[: len(npv)])},
        {"current": current},
    )


@pytest.fixture
def three():
    rng = np.random.default_rng(7)
    shared = rng.gamma(4, 1, 4000)
    return result(shared, 0.9 * shared + 0.6, shared + rng.normal(0.3, 0.5, 4000))


def test_risk_adjusted_cost__is_mean_and_tail(three):
    found = risk_adjusted_cost(three, 2.0, level=0.9)
    tail = tail_value_at_risk(three, 0.9)["value"]
    np.testing.assert_allclose(found["value"], (mean(three)["value"] + 2 * tail) / 3)
    assert found["value"].dims == found["rank"].dims == ("strategy",)
    assert found["value"].attrs["units"] == "USD"
    order = found["value"].values.argsort()
    assert found["rank"].values[order].tolist() == [1, 2, 3]
    np.testing.assert_allclose(found["above_best"], found["value"] - found["value"].min())
    assert (found["lower"] < found["value"]).all()
    assert found["above_best_lower"].values[order[0]] == 0.0
    # A weight of almost nothing and of almost everything.
    np.testing.assert_allclose(risk_adjusted_cost(three, 0.0)["value"], mean(three)["value"])
    far = risk_adjusted_cost(three, 1e12, level=0.9)
    np.testing.assert_allclose(far["value"], tail)
    # The interval comes from 30 sections of the paths.
    cut = three["npv"].values[:, : 30 * 133].reshape(3, 30, 133)
    by_section = tail_mean(np.sort(cut), 0.9)
    known = batch_estimate(tail.values, by_section, 0.95)
    np.testing.assert_allclose(far["lower"], known.lower, rtol=1e-9)


def test_risk_adjusted_cost__covers_in_closed_form():
    law, rng, hits = stats.norm(0, 1), np.random.default_rng(19), []
    height = law.pdf(law.ppf(0.9)) / 0.1
    exact, above = (2 + height) / 2, (0.3 * height + 0.5) / 2
    for _ in range(200):
        z = rng.normal(0, 1, 2000)
        found = risk_adjusted_cost(result(1 + z, 1.25 + 1.3 * z), level=0.9)
        low, high = (found[name].values for name in ("lower", "upper"))
        low_above, high_above = (found[f"above_best_{x}"].values[1] for x in ("lower", "upper"))
        hits.append([low[0] <= exact <= high[0], low_above <= above <= high_above])
    np.testing.assert_allclose(
        np.mean(hits, axis=0), 0.95, atol=3 * np.sqrt(0.95 * 0.05 / 200), rtol=0
    )


def test_risk_adjusted_cost__ties_atoms_and_years():
    found = risk_adjusted_cost(result(np.full(2000, 0.1), np.full(2000, 0.1), np.full(2000, 0.2)))
    assert found["rank"].values.tolist() == [1, 1, 3]
    np.testing.assert_array_equal(found["value"], [0.1, 0.1, 0.2])
    loss = np.r_[np.zeros(790), np.full(210, 10.0)]
    found = risk_adjusted_cost(result(loss, loss + 1.0), level=0.5)
    np.testing.assert_allclose(found["value"], [(2.1 + 4.2) / 2, (3.1 + 5.2) / 2])
    cost = np.random.default_rng(2).gamma(2, 1, (2, 3, 1500))
    ds = xr.Dataset({"cost": (("strategy", "year", "path"), cost)})
    every = risk_adjusted_cost(ds, of="cost")
    one = risk_adjusted_cost(ds.isel(year=2), of="cost")
    for name in ("value", "upper", "rank", "above_best", "above_best_upper"):
        np.testing.assert_allclose(every[name].isel(year=2), one[name])


def test_risk_adjusted_cost__few_paths_and_refusals(three):
    with pytest.warns(PrecisionWarning, match=r"risk-adjusted cost at 0\.95 .* at least 1000"):
        found = risk_adjusted_cost(result([1.0], [2.0]))
    assert found["rank"].values.tolist() == [1, 2]
    assert np.isinf(found["upper"]).all()
    with pytest.raises(ValueError, match=r"weight must be finite and not negative, got -1"):
        risk_adjusted_cost(three, -1)
    with pytest.raises(TypeError, match="weight must be a number"):
        risk_adjusted_cost(three, "1")
    with pytest.raises(ValueError, match="strategies must be one of"):
        risk_adjusted_cost(three, strategies=["a", "z"])


def test_certainty_equivalent__normal_and_gamma_in_closed_form():
    rng, n, tolerance = np.random.default_rng(23), 60_000, 5.0
    ds = result(rng.normal(10, 2, n), rng.gamma(3, 1.5, n))
    found = certainty_equivalent(ds, tolerance, confidence=0.999)
    exact = np.array([10 + 4 / (2 * tolerance), -tolerance * 3 * np.log(1 - 1.5 / tolerance)])
    premium = exact - [10, 4.5]
    for name, value in (("", exact), ("risk_premium_", premium)):
        low, high = found[f"{name}lower"].values, found[f"{name}upper"].values
        assert (low < value).all()
        assert (value < high).all()
        assert (high - low < 0.15).all()
    assert found["rank"].values.tolist() == [2, 1]
    assert found["above_best"].values.tolist() == [pytest.approx(exact[0] - exact[1], rel=0.02), 0]


def test_certainty_equivalent__covers_as_often_as_it_says():
    rng, hits = np.random.default_rng(29), []
    for _ in range(200):
        z, noise = rng.normal(0, 1, (2, 500))
        found = certainty_equivalent(result(5 + z, 5.2 + z + 0.5 * noise), 2.0)
        row = [found["lower"][0] <= 5.25 <= found["upper"][0]]
        row.append(found["risk_premium_lower"][1] <= 1.25 / 4 <= found["risk_premium_upper"][1])
        above = 0.2 + 0.25 / 4
        row.append(found["above_best_lower"][1] <= above <= found["above_best_upper"][1])
        hits.append(row)
    np.testing.assert_allclose(
        np.mean(hits, axis=0), 0.95, atol=3 * np.sqrt(0.95 * 0.05 / 200), rtol=0
    )


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(float, st.tuples(st.just(2), st.integers(1, 30)), elements=VALUES),
    st.floats(1e-2, 1e9),
)
@pytest.mark.filterwarnings("ignore::hcrisk.PrecisionWarning")
def test_certainty_equivalent__is_the_log_of_the_mean_exponential(npv, tolerance):
    found = certainty_equivalent(result(*npv), tolerance)
    n, scale = npv.shape[1], np.abs(npv).max()
    by_hand = tolerance * (special.logsumexp(npv / tolerance, axis=1) - np.log(n))
    tiny = 1e-14 * (scale + 10 * tolerance) + 1e-300
    np.testing.assert_allclose(found["value"], by_hand, atol=10 * tiny, rtol=1e-12)
    # Between the mean and the largest path; dearer for those who tolerate less.
    assert (found["risk_premium"] >= -tiny).all()
    assert (found["value"].values <= npv.max(axis=1) + 10 * tiny).all()
    timid = certainty_equivalent(result(*npv), tolerance / 2)
    assert (timid["risk_premium"] >= found["risk_premium"] - 10 * tiny).all()


def test_certainty_equivalent__keeps_its_digits_at_both_ends():
    rng = np.random.default_rng(31)
    x = rng.normal(0, 1, 2000)
    found = certainty_equivalent(result(x), 1e9)
    assert found["risk_premium"].item() == pytest.approx(x.var() / 2e9, rel=1e-6)
    # A tolerance so small that only the largest path counts; exp of it would overflow.
    with pytest.warns(PrecisionWarning, match=r"certainty equivalent at a tolerance of 0\.001"):
        found = certainty_equivalent(result(x + 1e6), 1e-3)
    assert found["value"].item() == pytest.approx(1e6 + x.max(), abs=0.01)
    assert found["effective_paths"].item() < 50
    assert np.isinf([found["lower"].item(), found["upper"].item()]).all()


def test_certainty_equivalent__names_those_whom_few_paths_decide():
    heavy = np.r_[np.zeros(999), 100.0]
    with pytest.warns(PrecisionWarning, match=r"of npv for b rests on 1000 paths") as caught:
        found = certainty_equivalent(result(np.arange(1000.0) / 1000, heavy), 5.0)
    # The warning points at the caller, not into the library.
    assert caught[0].filename == __file__
    assert np.isfinite(found["upper"]).values.tolist() == [True, False]
    assert np.isinf(found["above_best_upper"]).values.tolist() == [False, True]


def test_certainty_equivalent__mass_at_zero_equal_paths_and_one_path():
    loss = np.r_[np.zeros(790), np.full(210, 3.0)]
    found = certainty_equivalent(result(loss, np.full(1000, 0.1)), 2.0)
    exact = 2 * np.log(0.79 + 0.21 * np.exp(1.5))
    assert found["value"].values.tolist() == [pytest.approx(exact, rel=1e-12), 0.1]
    assert found["lower"].values[1] == found["upper"].values[1] == 0.1
    assert found["effective_paths"].values[1] == 1000
    with pytest.warns(PrecisionWarning, match="at least"):
        found = certainty_equivalent(result([3.0]), 2.0)
    assert found["value"].item() == 3.0
    assert np.isinf(found["upper"]).all()


def test_certainty_equivalent__refusals(three):
    for tolerance in (0.0, -1.0, np.inf, np.nan):
        with pytest.raises(ValueError, match="tolerance must be a finite amount above 0"):
            certainty_equivalent(three, tolerance)
    with pytest.raises(TypeError, match="tolerance must be an amount"):
        certainty_equivalent(three, "2M")


def test_switching_margin__is_the_paired_saving(three):
    found, paired = switching_margin(three, 0.0), compare(three)
    np.testing.assert_allclose(found["saving"], -paired["mean_difference"])
    np.testing.assert_allclose(found["saving_lower"], -paired["mean_difference_upper"])
    np.testing.assert_allclose(found["surplus"], found["saving"])
    np.testing.assert_allclose(found["probability"], paired["probability_cheaper"])
    assert found["baseline"].item() == "a"
    assert found["strategy"].values.tolist() == ["b", "c"]
    share = switching_margin(three, 0.05)
    average = three["npv"].sel(strategy="a").mean().item()
    np.testing.assert_allclose(share["margin"], 0.05 * average)
    np.testing.assert_allclose(share["surplus"], share["saving"] - share["margin"])
    base, other = (three["npv"].sel(strategy=name).values for name in "ab")
    paired = 0.95 * base - other
    low, high = stats.t.interval(0.95, paired.size - 1, paired.mean(), stats.sem(paired))
    assert share["surplus_lower"].values[0] == pytest.approx(low)
    assert share["surplus_upper"].values[0] == pytest.approx(high)


def test_switching_margin__verdicts_and_cap():
    rng = np.random.default_rng(6)
    base = rng.normal(100, 5, 1000)
    ds = result(base, base - 20, base - 2, base - 10 + rng.normal(0, 5, 1000))
    found = switching_margin(ds, 0.1)
    assert found["verdict"].values.tolist() == ["switch", "stay", "undecided"]
    capped = switching_margin(ds, 0.1, at_most=1.5)
    assert capped["verdict"].values.tolist() == ["switch", "switch", "switch"]
    for suffix in ("", "_lower", "_upper"):
        np.testing.assert_array_equal(capped["margin" + suffix], 1.5)
    assert capped["probability"].values[:2].tolist() == [1.0, 1.0]


def test_switching_margin__equal_strategies_and_one_path():
    same = np.r_[np.zeros(79), np.ones(21)]
    assert switching_margin(result(same, same), 0.0)["verdict"].item() == "undecided"
    assert switching_margin(result(same, same), 0.1)["verdict"].item() == "stay"
    with pytest.warns(PrecisionWarning, match="saving of npv for a, b rests on 1 path"):
        found = switching_margin(result([3.0], [1.0]))
    assert found["verdict"].item() == "undecided"


def test_switching_margin__refusals(three):
    with pytest.raises(ValueError, match=r"margin must be a share in \[0, 1\) .* write 0\.1"):
        switching_margin(three, 10)
    with pytest.raises(TypeError, match="margin must be a number"):
        switching_margin(three, "10%")
    with pytest.raises(ValueError, match="at_most must be a finite amount"):
        switching_margin(three, at_most=-1.0)
    with pytest.raises(ValueError, match="baseline must be one of"):
        switching_margin(three, baseline="z")
    with pytest.raises(ValueError, match="baseline must leave a strategy"):
        switching_margin(three.sel(strategy=["a"]))
