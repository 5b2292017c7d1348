import numpy as np
import pytest

import hcrisk
from hcrisk import Effort
from hcrisk.distributions.distribution import Distribution
from hcrisk.exceptions import ScenarioError
from hcrisk.measures import compare
from hcrisk.whatif import Stress, stress, stresses
from hcrisk.whatif._scaling import scaled
from tests.builders import crowded
from tests.whatif.common import FIXED, PRICE, fees

LAWS = (
    {"dist": "uniform", "low": 2, "high": 5},
    {"dist": "triangular", "low": 2, "mode": 3, "high": 7},
    {"dist": "pert", "low": 2, "mode": 3, "high": 7},
    {"dist": "normal", "mean": 3, "sd": 1},
    {"dist": "normal", "p10": 1, "p90": 4},
    {"dist": "lognormal", "mu": 1, "sigma": 0.5},
    {"dist": "lognormal", "median": 3, "sigma": 0.5},
    {"dist": "lognormal", "mean": 3, "sd": 2},
    {"dist": "lognormal", "p50": 3, "p90": 9, "clip": [1, 20]},
    {"dist": "gamma", "shape": 2, "scale": 3},
    {"dist": "gamma", "mean": 2, "cv": 0.4},
    {"dist": "beta", "alpha": 2, "beta": 3, "low": 1, "high": 4},
    {"dist": "beta", "mean": 2, "sd": 0.5, "low": 1, "high": 4},
    {"dist": "beta", "mean": 0.2, "sd": 0.05},
    {"dist": "weibull", "shape": 1.5, "scale": 3},
    {"dist": "pareto", "scale": 2, "alpha": 3},
    {"dist": "gpd", "location": 1, "scale": 2, "shape": 0.2, "truncate": [2, 30]},
    {"dist": "discrete", "values": [1, 4], "weights": [0.3, 0.7]},
    {"dist": "empirical", "values": [1, 2, 8]},
    {"dist": "metalog", "quantiles": [[0.1, 2], [0.5, 4], [0.9, 9]], "low": 0},
    {
        "dist": "mixture",
        "weights": [0.4, 0.6],
        "components": [
            {"dist": "lognormal", "mu": 0, "sigma": 1},
            {"dist": "uniform", "low": 3, "high": 4},
        ],
    },
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: "-".join([*map(str, law)][:3]) + law["dist"])
@pytest.mark.parametrize("factor", [0.5, 1.0, 5.0])
def test_scaled__every_quantile_is_multiplied(law, factor):
    levels = np.array([0.01, 0.2, 0.5, 0.77, 0.99])
    before = Distribution.from_mapping(law).quantile(levels)
    after = Distribution.from_mapping(scaled(law, factor)).quantile(levels)
    np.testing.assert_allclose(after, factor * before, rtol=1e-6)


def test_stress__fees_in_closed_form():
    found = stress(fees(), "fees", effort=Effort(paths=3))
    assert found["stress"].values.tolist() == ["base", "fees"]
    cost = found["value"].sel(strategy=["stay", "move"])
    np.testing.assert_allclose(cost.sel(stress="base"), [1200, 1200])
    np.testing.assert_allclose(cost.sel(stress="fees"), [1440, 1440])
    added = found["difference"].sel(strategy=["stay", "move"])
    np.testing.assert_allclose(added, [[0, 0], [240, 240]], atol=1e-9)
    assert set(stresses(fees())) == {"fees"}


@pytest.mark.parametrize("statistic", ["mean", "p80", "tvar90"])
def test_stress__base_differs_by_nothing_and_own_changes_are_paired(statistic):
    scenario = crowded()
    dear = {"people.benefits_load": 0.6}
    effort = Effort(paths=600, seed=9)
    found = stress(scenario, {"dear": dear}, statistic=statistic, effort=effort)
    for name in ("difference", "difference_lower", "difference_upper"):
        np.testing.assert_array_equal(found[name].sel(stress="base"), 0)
    one, other = (
        hcrisk.simulate(s, paths=600, seed=9)["npv"] for s in (scenario, scenario.replace(dear))
    )
    name = found["strategy"].values[0]
    pair = np.stack([one.sel(strategy=name), other.sel(strategy=name)])
    both = one.to_dataset().isel(strategy=[0, 1]).copy(data={"npv": pair})
    both = both.assign_coords(strategy=["before", "after"])
    here = found["difference"].sel(stress="dear", strategy=name)
    if statistic == "tvar90":
        tail = hcrisk.tail_value_at_risk(both, 0.9)["value"].values
        assert here.item() == pytest.approx(tail[1] - tail[0], rel=1e-12)
        return
    table = compare(both, "before", levels=0.8).sel(strategy="after")
    key = "mean_difference" if statistic == "mean" else "difference_of_percentiles"
    assert here.item() == pytest.approx(table[key].item(), rel=1e-12)


@pytest.mark.parametrize("name", ["crowded", "mid-market"])
def test_stresses__every_one_is_accepted(name):
    scenario = crowded() if name == "crowded" else hcrisk.load(name)
    found = stresses(scenario)
    assert {"wages", "fees", "vendor_failure", "breaches", "attrition", "hiring"} <= set(found)
    for one in found.values():
        changed = scenario.replace(one.changes)
        assert changed.digest != scenario.digest
        assert set(changed.inputs()) <= set(scenario.inputs())


def test_stresses__are_of_the_scenarios_own_numbers():
    scenario = hcrisk.load("small-practice")
    changed = scenario.replace(stresses(scenario)["attrition"].changes)
    for name, role in scenario.roles.items():
        expected = 1.5 * role.attrition_rate.central
        assert changed.roles[name].attrition_rate.central == pytest.approx(expected, rel=1e-6)
    assert scenario.replace(stresses(scenario)["no_insurance"].changes).insurance is None


@pytest.mark.parametrize("share", [0.06, {"dist": "beta", "mean": 0.06, "sd": 0.01}])
def test_stresses__a_share_stays_one(share):
    path = "services.desk.arrangements.fixed.contracts.flat.collections_share"
    for stated, most in ((share, 0.072), (0.95, 1.0)):
        scenario = fees(**{path: stated})
        changed = scenario.replace(stresses(scenario)["fees"].changes)
        assert changed.numbers()[path].central == pytest.approx(most, rel=0.01)


def test_stress__cheapest_and_words():
    changes = {"small": Stress("A small group", "few providers", {"practice.providers": 10})}
    found = stress(
        fees(**{PRICE: 3.0}), changes, strategies=["stay", "move"], effort=Effort(paths=2)
    )
    assert found["cheapest"].values.tolist() == ["stay", "move"]
    assert "A small group: costs nobody more, and move $1.44K less; move becomes cheapest." in (
        found.attrs["summary"].splitlines()
    )


@pytest.mark.parametrize(
    ("names", "error", "says"),
    [
        ("fee", ValueError, "did you mean 'fees'"),
        ([], ValueError, "at least one stress"),
        ({"base": {FIXED: 1}}, ValueError, "rename it"),
        ({"odd": {"practice.provider": 1}}, ScenarioError, "providers"),
    ],
)
def test_stress__refuses(names, error, says):
    with pytest.raises(error, match=says):
        stress(fees(), names, effort=Effort(paths=1))


def test_stress__effort_says_how_much_and_how_surely():
    scenario, changes = crowded(), {"dear": {"people.benefits_load": 0.6}}
    npv = hcrisk.simulate(scenario, paths=50, seed=3)["npv"]
    found = stress(scenario, changes, effort=Effort(paths=50, seed=3, confidence=0.5))
    name = found["strategy"].values[0]
    known = hcrisk.mean(npv.sel(strategy=[name]).to_dataset(), confidence=0.5)
    here = found.sel(stress="base", strategy=name)
    for key in ("value", "lower", "upper"):
        assert here[key].item() == pytest.approx(known[key].item(), rel=1e-12)
    with pytest.raises(TypeError, match=r"effort must be an hcrisk\.Effort, got 50"):
        stress(scenario, changes, effort=50)
