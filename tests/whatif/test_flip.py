import math

import numpy as np
import pytest

import hcrisk
from hcrisk.exceptions import ScenarioError
from hcrisk.program import compile_program
from hcrisk.program.fixed import with_input
from hcrisk.whatif import Effort, flip_points
from hcrisk.whatif._runs import Runs
from tests.builders import crowded
from tests.whatif.common import FIXED, PRICE, uncertain

BETWEEN = ("stay", "move")


def test_flip_points__known_linear_effect():
    # move - stay = 24 x 45 - 12 fee changes sign at a fee of 90, the lower quartile.
    found = flip_points(uncertain(45), between=BETWEEN, effort=Effort(paths=50))
    assert found["input"].values.tolist() == [FIXED, "people.benefits_load"]
    one = found.sel(input=FIXED)
    assert one["value"].item() == pytest.approx(90, abs=1e-9)
    assert one["probability"].item() == pytest.approx(0.25, abs=1e-9)
    assert one["distance"].item() == pytest.approx(0.25, abs=1e-9)
    assert one["low"].item() == pytest.approx(80.2)
    assert one["difference_at_low"].item() == pytest.approx(24 * 45 - 12 * 80.2)
    # Nothing else is uncertain, so the flip is certain too.
    assert one["lower"].item() == pytest.approx(90, abs=1e-9)
    none = found.sel(input="people.benefits_load")
    assert not none["flips"].item()
    assert math.isnan(none["value"].item())
    summary = found.attrs["summary"]
    assert "turns it round at 90 USD/month" in summary
    assert "1 of 2 inputs turn it round nowhere in their plausible range" in summary


def test_flip_points__ranked_by_probability():
    # The price is certain with a range: it flips where 540 price equals 12 times the mean fee.
    scenario = uncertain(45).replace({PRICE: {"value": 2, "range": [1, 3]}})
    found = flip_points(
        scenario, between=BETWEEN, inputs=[FIXED, PRICE], effort=Effort(paths=500, seed=2)
    )
    fee = hcrisk.simulate(scenario, paths=500, seed=2)["input"].sel(parameter=FIXED)
    price = fee.mean().item() / 45
    assert found["input"].values.tolist() == [PRICE, FIXED]
    assert found.sel(input=PRICE)["value"].item() == pytest.approx(price, rel=1e-9)
    assert found.sel(input=PRICE)["distance"].item() == pytest.approx((price - 2) / 2, rel=1e-6)
    half = 1.96 * fee.std().item() / math.sqrt(500) / 45
    assert found.sel(input=PRICE)["upper"].item() - price == pytest.approx(half, rel=0.02)


def test_flip_points__undecided_base():
    found = flip_points(uncertain(50), between=BETWEEN, effort=Effort(paths=20, seed=1))
    assert found["base_lower"] < 0 < found["base_upper"]
    assert "cost the same as far as these paths tell" in found.attrs["summary"]


def test_flip_points__is_none_where_the_sides_are_not_certain():
    # Of one path nothing is known, though the difference changes its sign at a fee of 90.
    found = flip_points(uncertain(45), between=BETWEEN, effort=Effort(paths=1))
    assert not found["flips"].any()
    assert bool((found["difference_at_low"] * found["difference_at_high"] < 0).any())
    assert "2 of 2 inputs turn it round nowhere" in found.attrs["summary"]


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"inputs": ["people.benefit_load"]}, ScenarioError, "benefits_load"),
        ({"inputs": [PRICE]}, ScenarioError, "states no range"),
        ({"inputs": []}, ValueError, "at least one"),
        ({"between": ("stay", "go")}, ScenarioError, "choose from stay, move"),
    ],
)
def test_flip_points__refuses(asked, error, says):
    with pytest.raises(error, match=says):
        flip_points(uncertain(), **{"between": BETWEEN, "effort": Effort(paths=1)} | asked)


def test_with_input__is_replacing_the_number():
    scenario = crowded()
    names = list(scenario.strategies)
    runs = Runs(scenario, names, 40, 7)
    correlated = {path for block in scenario.correlation_blocks() for path in block.inputs}
    tried = 0
    for path, number in scenario.inputs().items():
        value = float(number.distribution.quantile(0.8))
        here = runs.at(path, value)
        if path in correlated:
            continue
        # A certain number may be multiplied before it is written, an input after.
        np.testing.assert_allclose(here, runs.changed({path: value}), rtol=1e-13)
        tried += 1
    assert tried > 3
    np.testing.assert_array_equal(
        runs.base(), hcrisk.simulate(scenario, paths=40, seed=7)["npv"].sel(strategy=names)
    )


def test_with_input__leaves_correlated_draws():
    scenario = crowded()
    (block, *_) = scenario.correlation_blocks()
    program = compile_program(scenario, 1)
    fixed = with_input(program, block.inputs[0], scenario.inputs()[block.inputs[0]].central)
    changed = np.flatnonzero(program.values != fixed.values)
    assert 0 < changed.size <= 30
    np.testing.assert_array_equal(program.links.copula, fixed.links.copula)
    with pytest.raises(ValueError, match="must be an uncertain input"):
        with_input(program, "practice.providers", 3.0)
