from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hcrisk
from hcrisk.exceptions import HcriskError, ScenarioError
from hcrisk.measures import percentiles
from hcrisk.whatif import Effort, goal_seek
from tests.builders import bare
from tests.whatif.common import FIXED, PRICE, STEPS, fees, uncertain


@given(fee=st.floats(10, 200), statistic=st.sampled_from(["mean", "p80", "p5"]))
@settings(max_examples=4)
def test_goal_seek__closed_form(fee, statistic):
    found = goal_seek(
        fees(),
        FIXED,
        12 * fee,
        statistic=statistic,
        strategy="stay",
        within=(10, 200),
        effort=Effort(paths=2),
    )
    assert found["value"].item() == pytest.approx(fee, rel=1e-9)
    assert found["reached"].item() == pytest.approx(12 * fee, rel=1e-9)


def test_goal_seek__band_is_where_the_interval_holds_the_target():
    # The P80 of 12 x 50 price + nothing is certain; that of the fee is its order statistics'.
    scenario = uncertain(50).replace({"strategies.both": {"all": "fixed"}})
    sample = hcrisk.simulate(scenario, paths=300, seed=4, strategies=["stay"])
    table = percentiles(sample, 0.8).sel(strategy="stay").isel(level=0)
    found = goal_seek(
        scenario, "discounting.rate", table["value"].item() / 1.05, strategy="stay",
        within=(0.0, 0.5), effort=Effort(paths=300, seed=4),
    )  # fmt: skip
    # One year, at its middle: cost / (1 + r) ** 0.5.
    for bound, name in (("value", "value"), ("lower", "lower"), ("upper", "upper")):
        rate = (1.05 * table[name].item() / table["value"].item()) ** 2 - 1
        assert found[bound].item() == pytest.approx(rate, abs=2e-3)


def test_goal_seek__range_of_the_number_itself():
    found = goal_seek(
        uncertain(), FIXED, 1200, statistic="mean", strategy="stay", effort=Effort(paths=5)
    )
    assert found["value"].item() == pytest.approx(100)
    assert found["at"].values[[0, -1]] == pytest.approx([80.2, 119.8])
    stated = fees(**{PRICE: {"value": 2, "range": [1, 3]}})
    found = goal_seek(
        stated, PRICE, 1500, statistic="mean", strategy="move", effort=Effort(paths=2)
    )
    assert found["value"].item() == pytest.approx(2.5)


def test_goal_seek__steps_over_the_target():
    found = goal_seek(
        bare(STEPS),
        "practice.providers",
        2500,
        statistic="mean",
        within=(5, 120),
        effort=Effort(paths=1),
    )
    assert found["value"].item() == 41
    assert found["reached"].item() == pytest.approx(3000)
    assert found.attrs["summary"] == (
        "The mean of current passes $2.50K between 40 and 41 providers; at 41 it is $3.0K."
    )


def test_goal_seek__a_share_that_steps_over_the_target_says_so():
    # People are whole: no load of work gives 2.5 of them.
    scenario = bare(STEPS).replace({"practice.providers": 41})
    found = goal_seek(
        scenario,
        "services.desk.arrangements.own.seats.clerk.ratio",
        2500,
        statistic="mean",
        within=(10.0, 30.5),
        effort=Effort(paths=2),
    )
    assert found["reached"].item() == pytest.approx(3000)
    assert found.attrs["summary"].startswith("The mean of current steps over $2.50K at services.")
    assert found.attrs["summary"].endswith(" = 20.5 seats, to $3.00K.")


@pytest.mark.parametrize("kind", [int, np.int64, np.float32, Fraction])
def test_goal_seek__takes_any_real_number(kind):
    found = goal_seek(
        fees(),
        FIXED,
        kind(1200),
        strategy="stay",
        within=(kind(10), kind(200)),
        effort=Effort(paths=2),
    )
    assert found["value"].item() == pytest.approx(100)
    assert type(found.attrs["target"]) is float


@pytest.mark.parametrize("end", [10, 200])
def test_goal_seek__target_at_an_end(end):
    found = goal_seek(
        fees(), FIXED, 12 * end, strategy="stay", within=(10, 200), effort=Effort(paths=2)
    )
    assert found["value"].item() == pytest.approx(end)


def test_goal_seek__out_of_reach_says_what_is_reached():
    says = r"the P80 is \$120 at 10 USD/month and \$2.40K at 200 USD/month, got \$5.00K"
    with pytest.raises(HcriskError, match=says):
        goal_seek(fees(), FIXED, 5000, strategy="stay", within=(10, 200), effort=Effort(paths=100))


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"within": None}, ScenarioError, r"write within=\(low, high\)"),
        ({"within": (5, 5)}, ValueError, "choose two that differ"),
        ({"within": (6, 5)}, ValueError, "swap them"),
        ({"within": (False, 5)}, ValueError, "low must be a finite number, got False"),
        ({"target": True}, ValueError, "target must be a finite amount, got True"),
        ({"target": 10**400}, ValueError, "target must be a finite amount"),
        ({"path": f"{FIXED}s", "within": None}, ScenarioError, f'did you mean "{FIXED}"'),
        ({"path": "practice"}, ScenarioError, "a table and no number; name a number in it, such"),
        ({"strategy": "go"}, ScenarioError, "choose from stay, move"),
        ({"target": np.nan}, ValueError, "target must be a finite amount"),
        ({"path": "vendors.flt.delivered"}, ScenarioError, "flat"),
        ({"statistic": "var95"}, ValueError, "write such as 'p80'"),
    ],
)
def test_goal_seek__refuses(asked, error, says):
    given = {"path": FIXED, "target": 1000, "within": (10, 200), "effort": Effort(paths=1)} | asked
    path, target = given.pop("path"), given.pop("target")
    with pytest.raises(error, match=says):
        goal_seek(fees(), path, target, **given)
