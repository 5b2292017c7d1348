import numpy as np
import pytest
from scipy import stats

import hcrisk
from hcrisk import tornado
from hcrisk.exceptions import PrecisionWarning, ScenarioError
from tests.builders import bare, crowded, dotted

PATHS = 1_000
Z = stats.norm.ppf(0.9)


def line(amount):
    return {"driver": "flat", "amount": amount, "index": "none", "component": "tools"}


def normal(mean, sd):
    return {"dist": "normal", "mean": mean, "sd": sd, "truncate": [0, 2 * mean]}


def linear(**more):
    amounts = {"small": normal(1000, 10), "large": normal(2000, 30), "sure": 500.0}
    return bare({"lines": {name: line(amount) for name, amount in amounts.items()}}, **more)


def test_linear_by_hand():
    found = tornado(linear(), "current", paths=PATHS)
    assert found["parameter"].values.tolist() == ["lines.large.amount", "lines.small.amount"]
    for name, mean, sd in (("large", 2000, 30), ("small", 1000, 10)):
        one = found.sel(parameter=f"lines.{name}.amount")
        assert one["low_input"].item() == pytest.approx(mean - Z * sd)
        assert one["high_input"].item() == pytest.approx(mean + Z * sd)
        # Paired, and nothing else matters: the difference is the same on every path.
        for key in ("value", "lower", "upper"):
            assert one[key].item() == pytest.approx(2 * Z * sd, abs=1e-6)
        draws = hcrisk.simulate(linear(), paths=PATHS)["input"].sel(parameter=one["parameter"])
        assert one["high_change"].item() == pytest.approx(mean + Z * sd - draws.mean().item())
        assert one["low_change"].item() == pytest.approx(mean - Z * sd - draws.mean().item())
    assert found["base"].item() == pytest.approx(3500, abs=5)


@pytest.mark.parametrize("statistic", ["p80", "tvar90"])
def test_one_input_of_a_tail_is_what_two_runs_say(statistic):
    scenario = crowded()
    path = "roles.technician.pay"
    found = tornado(
        scenario, "own", baseline="outsource", statistic=statistic, low=0.2, high=0.7,
        inputs=path, paths=PATHS, seed=3,
    ).squeeze()  # fmt: skip
    law = scenario.inputs()[path].distribution
    figures = []
    for level in (0.2, 0.7):
        changed = scenario.replace({path: float(law.quantile(level))})
        npv = hcrisk.simulate(changed, paths=PATHS, seed=3)["npv"]
        ds = (npv.sel(strategy="own") - npv.sel(strategy="outsource")).to_dataset(name="npv")
        if statistic == "p80":
            figures.append(hcrisk.percentiles(ds, 0.8)["value"].item())
        else:
            figures.append(hcrisk.tail_value_at_risk(ds, 0.9)["value"].item())
    assert found["value"].item() == pytest.approx(figures[1] - figures[0], rel=1e-9)
    assert found["base"] + found["low_change"] == pytest.approx(figures[0], rel=1e-9)
    assert found["base"] + found["high_change"] == pytest.approx(figures[1], rel=1e-9)
    assert found["lower"] < found["value"] < found["upper"]
    assert found.attrs["statistic"] == statistic


def test_pairing_is_worth_it():
    """The interval is far narrower than that of two runs of their own."""
    scenario = crowded()
    found = tornado(scenario, "own", inputs="people.benefits_load", paths=PATHS)
    npv = hcrisk.simulate(scenario, paths=PATHS)["npv"].sel(strategy="own").values
    apart = 2 * 1.96 * npv.std() * np.sqrt(2 / PATHS)
    assert (found["upper"] - found["lower"]).item() < 0.5 * apart


def test_correlated_inputs_keep_their_draws():
    both = {"correlations": [{"between": ["lines.small.amount", "lines.large.amount"], "rho": 0.9}]}
    amounts = {"small": normal(1000, 10), "large": normal(2000, 30)}
    scenario = bare({"lines": {name: line(amount) for name, amount in amounts.items()}}, both)
    found = tornado(scenario, "current", inputs="lines.small.amount", paths=PATHS).squeeze()
    assert found["value"].item() == pytest.approx(2 * Z * 10, abs=1e-6)


def test_inputs_that_nothing_uses_are_left_out_and_have_no_swing():
    idle = dotted("vendors.idle.failure.rate", {"dist": "uniform", "low": 0, "high": 1})
    scenario = linear(**{"vendors": idle["vendors"]})
    assert "vendors.idle.failure.rate" in scenario.inputs()
    assert tornado(scenario, "current", paths=50).sizes["parameter"] == 2
    for statistic in ("mean", "p80"):
        asked = tornado(
            scenario, "current", inputs=["vendors.idle.failure.rate"], statistic=statistic,
            paths=2_000,
        ).squeeze()  # fmt: skip
        for name in ("value", "lower", "upper", "low_change", "high_change"):
            assert asked[name] == 0
        assert (asked["low_input"].item(), asked["high_input"].item()) == pytest.approx((0.1, 0.9))


def test_what_is_left_out_changes_nothing_indeed():
    """Every input of a crowded practice that is skipped moves no path of the strategies."""
    from hcrisk.sensitivity._runs import inputs_used

    scenario = crowded()
    base = hcrisk.simulate(scenario, paths=300, strategies=["outsource"])["npv"]
    skipped = set(scenario.inputs()) - set(inputs_used(scenario, ["outsource"]))
    for path in skipped:
        law = scenario.inputs()[path].distribution
        changed = scenario.replace({path: float(law.quantile(0.9))})
        npv = hcrisk.simulate(changed, paths=300, strategies=["outsource"])["npv"]
        np.testing.assert_array_equal(npv.values, base.values)


def test_mass_at_zero():
    """A rare loss whose size is uncertain: P50 does not know of it, the mean and TVaR do."""
    cost = {"dist": "uniform", "low": 50, "high": 150}
    form = {"severity": 1, "unit_cost": cost, "trended": False, "insured": False}
    risk = {"risks": {"theft": {"frequency": -np.log(0.79), "losses": {"sum": form}}}}
    paths = {"paths": 4_000}
    assert (tornado(bare(risk), "current", statistic="p50", **paths)["value"] == 0).all()
    mean = tornado(bare(risk), "current", confidence=0.999, **paths).squeeze()
    assert mean["lower"] < 80 * -np.log(0.79) < mean["upper"]
    tail = tornado(bare(risk), "current", statistic="tvar90", **paths).squeeze()
    assert tail["value"] > 80


def test_few_paths_are_said():
    with pytest.warns(PrecisionWarning, match="P95 of npv for current rests on 100 paths"):
        found = tornado(crowded(), "current", statistic="p95", inputs="roles.technician.pay",
                        paths=100)  # fmt: skip
    assert np.isinf(found["upper"]).all()
    with pytest.warns(PrecisionWarning, match="at least 2 paths"):
        tornado(linear(), "current", inputs="lines.small.amount", paths=1)


def test_progress_counts_every_path(monkeypatch):
    from contextlib import contextmanager

    module = __import__("sys").modules["hcrisk.sensitivity.tornado"]
    seen = []

    @contextmanager
    def bar(total, wanted):
        seen.append((total, wanted))
        yield lambda n: seen.append(n)

    monkeypatch.setattr(module, "progress_bar", bar)
    monkeypatch.setattr(module, "announce_compiling", lambda wanted: None)
    tornado(linear(), "current", paths=20, progress=True)
    assert seen == [(100, True)] + [20] * 5


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"strategy": "none"}, ScenarioError, "is not a strategy of bare"),
        ({"baseline": "current"}, ValueError, "baseline must differ"),
        ({"statistic": "p100"}, ValueError, "statistic must be 'mean', or 'p' or 'tvar'"),
        ({"statistic": "median"}, ValueError, "write such as 'p80' or 'tvar95'"),
        ({"low": 0.9, "high": 0.1}, ValueError, "low must be below high"),
        ({"low": 10}, ValueError, "low must lie in .* write 0.1"),
        ({"high": 1.0}, ValueError, "high must lie in"),
        ({"inputs": "lines.sure.amount"}, ValueError, "inputs must be uncertain numbers of bare"),
        ({"inputs": []}, ValueError, "must name at least one input"),
        ({"workers": 2}, TypeError, "unexpected argument 'workers'; a run takes paths, seed"),
    ],
)
def test_refused(options, error, message):
    with pytest.raises(error, match=message):
        tornado(linear(), **{"strategy": "current"} | options)


def test_refused_scenarios():
    with pytest.raises(ValueError, match="depends on no uncertain number"):
        tornado(bare(), "current")
    with pytest.raises(TypeError, match=r"hcrisk\.load"):
        tornado("mid-market", "current")
