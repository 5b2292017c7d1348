import numpy as np
import pytest
import xarray as xr
from scipy import integrate, stats

from hcrisk.exceptions import PrecisionWarning
from hcrisk.measures import reverse_stress, tail_drivers, tail_value_at_risk, value_at_risk
from hcrisk.measures._estimators import wilson_estimate

OF_COST = ("excess", "cost_tail", "cost_rest", "threshold")
BY_FACTOR = ("", "effect", "mean_tail", "mean_rest", "share", "chance_tail", "chance_rest")


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
    found = reverse_stress(planted, level=0.995)
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


def bounds(found, name):
    keys = (name, f"{name}_lower", f"{name}_upper") if name else ("value", "lower", "upper")
    return [found[key].values for key in keys]


def test_reverse_stress__is_one_with_the_tail_drivers(planted):
    found, drivers = (
        reverse_stress(planted, level=0.99),
        tail_drivers(planted, "current", level=0.99),
    )
    np.testing.assert_allclose(bounds(found, "excess"), bounds(drivers, "excess"), rtol=1e-12)
    for name in planted["component"].values:
        here, there = one(found, "component", name), drivers.sel(component=name)
        for mine, theirs in (
            ("", "component_excess"),
            ("mean_tail", "component_worst"),
            ("mean_rest", "component_rest"),
        ):
            np.testing.assert_allclose(bounds(here, mine), bounds(there, theirs), rtol=1e-9)
    for name in planted["risk"].values:
        here, there = one(found, "events", name), drivers.sel(risk=name)
        np.testing.assert_allclose(bounds(here, ""), bounds(there, "events_excess"), rtol=1e-9)
        for side, theirs in (("tail", "worst"), ("rest", "rest")):
            mine = bounds(here, f"chance_{side}")
            np.testing.assert_allclose(mine, bounds(there, f"struck_{theirs}"), rtol=1e-9)


def test_reverse_stress__every_figure_lies_between_finite_bounds(planted):
    found = reverse_stress(planted, level=0.99)
    for name in OF_COST + BY_FACTOR:
        value, lower, upper = bounds(found, name)
        there = ~np.isnan(value)
        assert np.isfinite(lower[there]).all()
        assert (lower[there] < value[there]).all() or name.startswith("chance")
        assert (value[there] <= upper[there]).all()
        assert there.any()
    for name, measure in (("cost_tail", tail_value_at_risk), ("threshold", value_at_risk)):
        known = measure(planted, 0.99)
        assert [float(x) for x in bounds(found, name)[1:]] == [
            known["lower"].item(),
            known["upper"].item(),
        ]


def test_reverse_stress__all_are_struck_is_no_certainty(planted):
    breach = one(reverse_stress(planted, level=0.995), "events", "breach")
    known = wilson_estimate(np.array(100.0), 100, 0.95)
    value, lower, upper = (float(x) for x in bounds(breach, "chance_tail"))
    assert (value, upper) == (1.0, 1.0)
    assert lower == pytest.approx(known.lower.item())


def test_reverse_stress__intervals_cover():
    """An exponential loss and a normal one: where the tail begins is part of the noise.

    As if it were known, the interval of the loss would cover in 85 % of the runs.
    """
    level, noise = 0.95, stats.norm(scale=0.3)
    whole = stats.exponnorm(1 / 0.3, scale=0.3)
    boundary = whole.ppf(level)
    other = integrate.quad(
        lambda z: z * noise.pdf(z) * np.exp(-max(boundary - z, 0.0)), -3.0, 3.0, points=[0.0]
    )[0] / (1 - level)
    beyond = integrate.quad(lambda x: x * whole.pdf(x), boundary, 60.0)[0] / (1 - level)
    parts = {"loss": beyond - other, "noise": other}
    excess = {"loss": (parts["loss"] - 1) / level, "noise": other / level}
    total = sum(excess.values())
    rng, runs = np.random.default_rng(4), 300
    hits = dict.fromkeys(["excess", "effect", "value", "noise", "mean_tail", "share"], 0)
    for _ in range(runs):
        rows = np.stack([rng.exponential(1, 2000), rng.normal(0, 0.3, 2000)])
        ds = xr.Dataset(
            {
                "npv": (("strategy", "path"), [rows.sum(axis=0)]),
                "component_npv": (("strategy", "component", "path"), [rows]),
            },
            {"strategy": ["a"], "component": list(parts)},
        )
        found = reverse_stress(ds, level=level)
        loss, noisy = (one(found, "component", name) for name in parts)
        for name, (value, lower, upper), true in (
            ("excess", bounds(found, "excess"), total),
            ("effect", bounds(loss, "effect"), excess["loss"]),
            ("value", bounds(loss, ""), excess["loss"]),
            ("noise", bounds(noisy, ""), excess["noise"]),
            ("mean_tail", bounds(loss, "mean_tail"), parts["loss"]),
            ("share", bounds(loss, "share"), excess["loss"] / total),
        ):
            assert lower <= value <= upper
            hits[name] += bool(lower <= true <= upper)
    for count in hits.values():
        assert abs(count / runs - 0.95) < 4 * np.sqrt(0.95 * 0.05 / runs)


def test_reverse_stress__parts_add_up_and_tail_is_the_tail_mean(planted):
    found = reverse_stress(planted, level=0.99)
    for kind in ("component", "service"):
        parts = found["share"].values[found["kind"].values == kind]
        assert parts.sum() == pytest.approx(1)
    tail = tail_value_at_risk(planted, 0.99)["value"].item()
    assert found["cost_tail"].item() == pytest.approx(tail, rel=1e-12)
    assert np.isnan(found["share"].values[found["kind"].values == "input"]).all()


def test_reverse_stress__order_of_paths_does_not_matter(planted):
    order = np.random.default_rng(1).permutation(planted.sizes["path"])
    one, other = (reverse_stress(ds, level=0.9) for ds in (planted, planted.isel(path=order)))
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
    found = reverse_stress(ds, level=0.5)
    assert found["threshold"] == 0
    expected = (29 * x[:79].mean() + x[79:].sum()) / 50
    assert found["mean_tail"].item() == pytest.approx(expected)


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
    for name in ("value", "mean_tail", "effect"):
        value, lower, upper = bounds(found, "" if name == "value" else name)
        assert value == lower == upper
    # That nothing has struck on 5 paths in the tail does not say that nothing will.
    assert found["chance_tail_upper"] == 1
    with pytest.warns(PrecisionWarning, match="at least 5000 paths") as caught:
        found = reverse_stress(flat(1))
    assert caught[0].filename == __file__
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


def test_reverse_stress__a_level_in_the_place_of_the_strategy(planted):
    with pytest.raises(TypeError, match=r"got 0\.99; write .*level=0\.99"):
        reverse_stress(planted, 0.99)


def test_reverse_stress__needs_to_know_whose():
    data = {"npv": (("strategy", "path"), np.zeros((2, 300)))}
    with pytest.raises(ValueError, match="strategy must be named"):
        reverse_stress(xr.Dataset(data, {"strategy": ["a", "b"]}))
