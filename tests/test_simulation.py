"""What `simulate` is given by mistake."""

from pathlib import Path

import pytest
import xarray as xr

import hcrisk
from hcrisk.scenario import Role


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ("mid-market", r"write hcrisk\.load\(\"mid-market\"\) in its place$"),
        (Path("own.toml"), r"write hcrisk\.load\(\"own\.toml\"\) in its place$"),
        ({"name": "x"}, r"make one with hcrisk\.load or hcrisk\.Scenario$"),
        (Role(pay=1, attrition_rate=0, time_to_fill_days=0), r"make one with hcrisk\.load"),
    ],
    ids=str,
)
def test_what_is_no_scenario_is_refused(given, remedy):
    with pytest.raises(TypeError, match=f"^scenario must be a Scenario, got .*; {remedy}"):
        hcrisk.simulate(given, paths=1)


def test_one_strategy_may_be_given_by_its_name():
    small = hcrisk.load("small-practice")
    one = hcrisk.simulate(small, paths=20, strategies="hybrid", threads=1)
    listed = hcrisk.simulate(small, paths=20, strategies=["hybrid"], threads=1)
    assert one["strategy"].values.tolist() == ["hybrid", "current"]
    xr.testing.assert_identical(one["npv"], listed["npv"])


def test_a_name_close_to_that_of_a_shipped_scenario():
    with pytest.raises(hcrisk.ScenarioError) as caught:
        hcrisk.load("midmarket")
    assert str(caught.value) == (
        "'midmarket': is no scenario that comes with hcrisk; "
        'did you mean "mid-market"? (there are growing-group, large-group, mid-market, '
        "multi-site-group, practice-services, small-practice)"
    )
