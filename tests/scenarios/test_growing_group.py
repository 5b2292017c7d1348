"""The group that others join: what its head says growth does."""

import re
from importlib.resources import files
from typing import Any

import pytest

import hcrisk

TEXT = (files("hcrisk") / "scenarios" / "growing-group.toml").read_text(encoding="utf-8")
NO_MERGER = {"growth.planned.merger.size": 0, "services.help_desk.peaks.migration.multiple": 1}
NO_GROWTH = {"growth.rate": 0, "growth.acquisition.rate": 0, **NO_MERGER}
ROWS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "without the merger": NO_MERGER,
    "without growth": NO_GROWTH,
}


@pytest.mark.parametrize("row", ROWS)
def test_head_says_what_growth_does(row: str) -> None:
    found = re.search(rf"^#   {row} +(\d+\.\d) +(\d+\.\d) +(\d+) %", TEXT, re.MULTILINE)
    assert found
    changed = hcrisk.load("growing-group").replace(ROWS[row])
    npv = hcrisk.simulate(changed, paths=2_000, seed=0)["npv"]
    own, rented = (npv.sel(strategy=name).values for name in ("insource", "outsource"))
    # Four standard errors of 2,000 paths, and half of the last digit.
    assert float(found[1]) == pytest.approx(own.mean() / 1e6, abs=0.25)
    assert float(found[2]) == pytest.approx(rented.mean() / 1e6, abs=0.25)
    assert float(found[3]) == pytest.approx(100 * (own < rented).mean(), abs=1.5)


def test_a_second_manager_and_a_desk_that_is_behind() -> None:
    scenario = hcrisk.load("growing-group")
    ds = hcrisk.simulate(scenario, paths=2_000, seed=0, strategies="insource")
    bare = ds["uncovered"].sel(strategy="insource", service="help_desk").mean()
    calm = hcrisk.simulate(scenario.replace(NO_GROWTH), paths=2_000, seed=0, strategies="insource")
    before = calm["uncovered"].sel(strategy="insource", service="help_desk").mean()
    assert float(bare) == pytest.approx(0.1, abs=0.01)
    assert float(before) == pytest.approx(0.07, abs=0.01)


def test_without_growth_it_is_mid_market() -> None:
    grown, plain = hcrisk.load("growing-group").replace(NO_GROWTH), hcrisk.load("mid-market")
    one, other = (hcrisk.simulate(s, paths=300, seed=4)["npv"] for s in (grown, plain))
    # The merger is planned, if of no size: sums are taken in another order.
    assert (abs(one - other) <= 1e-12 * abs(other)).all()
