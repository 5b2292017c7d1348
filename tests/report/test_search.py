import numpy as np
import pytest

import hcrisk
from hcrisk.measures import best_assignment
from hcrisk.report import search as module
from hcrisk.report.commands import decide_command, scenario_argument, sizes_command
from hcrisk.report.search import funded, search, thin_arrangements
from hcrisk.whatif import Effort, break_even

SEED = 3


@pytest.fixture(scope="module")
def mid():
    return hcrisk.load("mid-market")


@pytest.fixture(scope="module")
def every(mid):
    """Every combination, with what it leaves uncovered."""
    choices = funded(mid, mid.services)
    ds = hcrisk.simulate_assignments(mid, choices, paths=400, seed=SEED, detail="default")
    return ds.sel(strategy=ds["strategy"] != "current")


def test_search__finds_the_best_and_the_best_that_covers_every_service(mid, every):
    found = search(mid, "outsource", paths=400, seed=SEED)
    assert found.combinations == every.sizes["strategy"] == 108
    services = list(mid.services)
    for one, limits in ((found.best, ()), (found.covered, "uncovered <= 50%")):
        best = best_assignment(every, constraints=limits, top=1)
        assert dict(one.held) == {name: best[name].item() for name in services}
    assert found.covered.held == mid.assignment("outsource")
    assert found.covered.saving == (0.0, 0.0, 0.0)
    assert found.covered.thin == {}


def test_search__savings_are_of_futures_that_chose_nothing(mid):
    found = search(mid, "outsource", paths=400, seed=SEED)
    strategies = {"best": found.best.held, "focus": mid.assignment("outsource")}
    fresh = hcrisk.simulate(mid, paths=400, start=400, seed=SEED, strategies=strategies)
    npv = fresh["npv"]
    apart = (npv.sel(strategy="focus") - npv.sel(strategy="best")).mean().item()
    assert found.best.saving.value == pytest.approx(apart, rel=1e-12)
    assert found.best.saving.lower < apart < found.best.saving.upper
    share = fresh["uncovered"].sel(strategy="best", service="security").mean().item()
    assert found.best.thin == {"security": pytest.approx(share)}


def test_search__too_many_are_counted_and_not_searched(mid, monkeypatch):
    monkeypatch.setattr(module, "MOST_COMBINATIONS", 107)
    assert search(mid, "outsource", paths=100, seed=0) == (108, None, None)


def test_thin_arrangements__are_those_of_every_combination(mid, every):
    """What a service leaves uncovered is told by as many combinations as it has arrangements."""
    found = thin_arrangements(mid, funded(mid, mid.services), paths=400, seed=SEED)
    shares = every["uncovered"].mean("path")
    for service in mid.services:
        own = shares.sel(service=service)
        for name in np.unique(every[service].values).tolist():
            mine = own.values[every[service].values == name]
            thin = mine > 0.5
            assert thin.all() or not thin.any()
            assert ((service, name) in found) == thin.all()
            if thin.all():
                np.testing.assert_allclose(mine, found[service, name], atol=0.01)


def test_commands__give_the_same_figures_again(mid, capsys):
    from hcrisk.cli import main

    sizes = break_even(
        mid, "practice.providers", 17, 20, between=("outsource", "hybrid"),
        effort=Effort(paths=50, seed=5),
    )  # fmt: skip
    said = sizes_command(mid, sizes)
    assert said == (
        "hcrisk break-even mid-market practice.providers 17 20 --between outsource hybrid "
        "--paths 50 --seed 5"
    )
    assert main([*said.split()[1:], "--quiet"]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert all(line in page for line in sizes.attrs["summary"].splitlines())
    own = mid.replace({"practice.providers": 60})
    assert scenario_argument(own) == "SCENARIO"
    assert decide_command(own, 0) == "hcrisk decide SCENARIO"
