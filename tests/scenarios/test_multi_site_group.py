"""The case in which an own team wins: what its head says decides it."""

import re
from importlib.resources import files
from typing import Any

import pytest

import hcrisk

TEXT = (files("hcrisk") / "scenarios" / "multi-site-group.toml").read_text(encoding="utf-8")
DESK = "services.help_desk.arrangements"
TECHNICIANS = {"per": "user", "ratio": 74, "minimum": 1}
# What each row of the head changes.
ROWS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "if the desk were rented today": {"services.help_desk.current": "outsource"},
    "if it were shared today": {"services.help_desk.current": "hybrid"},
    "if a technician served 70 users": {
        f"{DESK}.insource.seats.technician": TECHNICIANS,
        f"{DESK}.hybrid.seats.technician": TECHNICIANS,
        "services.help_desk.coverage.posts": {"per": "user", "ratio": 55},
    },
    # Less work to manage the partner, not the same work left undone.
    "if the partner took a quarter of a manager": {
        f"{DESK}.outsource.oversight_fte": 0.25,
        f"{DESK}.outsource.oversight_need": 0.2,
    },
    "if the partner asked nothing for a site": {
        f"{DESK}.hybrid.contracts.msp.per_site": 0,
        f"{DESK}.outsource.contracts.msp.per_site": 0,
    },
    "if the leader had no time": {"managers.leader_bandwidth": 0},
}


@pytest.mark.parametrize("row", ROWS)
def test_head_says_what_decides(row: str) -> None:
    found = re.search(rf"^#   {row}.*? (-?\d+\.\d) +(\d+) %", TEXT, re.MULTILINE)
    assert found
    changed = hcrisk.load("multi-site-group").replace(ROWS[row])
    npv = hcrisk.simulate(changed, paths=2_000, seed=0)["npv"]
    saved = (npv.sel(strategy="rented_desk") - npv.sel(strategy="own_desk")).values
    # Written for 10,000 paths: four standard errors of 2,000, and half of the last digit.
    assert float(found[1]) == pytest.approx(saved.mean() / 1e6, abs=0.15)
    assert float(found[2]) == pytest.approx(100 * (saved > 0).mean(), abs=4)


def test_only_the_help_desk_wins() -> None:
    npv = hcrisk.simulate(hcrisk.load("multi-site-group"), paths=2_000, seed=0)["npv"].mean("path")
    order = [str(name) for name in npv["strategy"].values[npv.values.argsort()]]
    assert order == ["own_desk", "hybrid", "rented_desk", "insource"]
    found = re.search(r"insource below, cost (\d\.\d) million more", TEXT)
    assert found
    more = float(npv.sel(strategy="insource") - npv.sel(strategy="own_desk")) / 1e6
    assert float(found[1]) == pytest.approx(more, abs=0.15)
