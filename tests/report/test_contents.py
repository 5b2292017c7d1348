import math
from importlib import import_module

import pytest

import hcrisk
from hcrisk.report.asked import checked
from hcrisk.report.contents import Report
from hcrisk.report.turning import find_turning

# Not by their dotted names: hcrisk.report is a function.
CONTENTS, TURNING = (import_module(f"hcrisk.report.{name}") for name in ("contents", "turning"))


@pytest.fixture(scope="module")
def small():
    return hcrisk.load("small-practice")


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"scenario": "small-practice"}, TypeError, "scenario"),
        ({"paths": 99}, ValueError, "paths must be a whole number from 100"),
        ({"seed": -1}, ValueError, "seed"),
        (
            {"strategies": "hybird"},
            hcrisk.ScenarioError,
            "strategies = 'hybird': is not a strategy",
        ),
        ({"baseline": "hybird"}, hcrisk.ScenarioError, "baseline = 'hybird': is not a strategy"),
        (
            {"strategies": ["hybrid"], "baseline": "insource"},
            hcrisk.ScenarioError,
            "baseline = 'insource': is not among the strategies asked for; add it to them, or "
            "choose from hybrid",
        ),
        ({"budget": -1.0}, ValueError, "budget must be an amount above 0, got -1.0; write"),
        ({"budget": math.nan}, ValueError, "budget must be an amount above 0"),
        ({"budget": "7M"}, ValueError, "budget must be an amount above 0, got '7M'"),
        ({"budget": True}, ValueError, "budget must be an amount above 0"),
    ],
)
def test_what_cannot_be_used_is_refused_before_the_run(small, monkeypatch, changes, error, words):
    def never(*_, **__):
        raise AssertionError("simulated")

    monkeypatch.setattr(CONTENTS, "simulate", never)
    arguments = {"scenario": small, **changes}
    with pytest.raises(error) as refused:
        hcrisk.report(arguments.pop("scenario"), **arguments)
    assert words in str(refused.value)


def test_the_current_arrangement_goes_by_the_name_of_a_strategy_that_equals_it(small):
    stays = small.replace({"strategies.stay": {"services": dict(small.current)}})
    assert checked(stays, 1000, 0, None, "stay", None).baseline == "stay"
    with pytest.raises(hcrisk.ScenarioError, match="is the arrangement of stay, which goes by"):
        checked(stays, 1000, 0, None, "current", None)


def test_everything_is_of_the_same_run(told):
    assert isinstance(told, Report)
    names = {entry.name for entry in told.quote.strategies}
    assert {told.pair.focus, told.pair.rival, told.pair.compared} <= names
    own = hcrisk.simulate(told.scenario, paths=1200, seed=3)
    assert (own["npv"] == told.ds["npv"]).all()
    p80 = hcrisk.percentiles(own, 0.8).sel(strategy=told.pair.focus, level=0.8)
    assert float(told.budget["budget"]) == float(p80["value"])
    total = hcrisk.compare(own).sel(strategy=told.pair.compared)
    assert float(told.difference["total"].sel(strategy=told.pair.compared)) == pytest.approx(
        float(total["mean_difference"])
    )
    assert float(told.by_component["tail_cost"].sum()) == pytest.approx(
        float(told.by_service["total_tail"].item())
    )


def test_the_best_of_full_scope_is_what_it_is_about(told):
    full = [entry for entry in told.quote.strategies if not entry.unfunded]
    assert told.pair.focus == min(full, key=lambda entry: entry.mean.value).name
    assert told.quote.baseline == "current"


def test_it_is_shown_in_a_line(told):
    assert repr(told) == f"<Report on {told.quote.title}: 4 strategies, 1,200 futures>"


def test_a_budget_and_one_strategy(small):
    found = hcrisk.report(small, paths=150, strategies=[], budget=1.3e6, progress=False)
    npv = found.ds["npv"].sel(strategy="current")
    assert found.kept.value == pytest.approx(float((npv <= 1.3e6).mean()))
    assert found.kept.lower <= found.kept.value <= found.kept.upper
    assert found.difference is found.turning is None
    assert found.sentences[2].startswith("A budget of $1.30M is enough for the current arrangement")
    assert "there is no other strategy" in found.sentences[0]


def test_a_file_is_whole_and_never_replaced_unasked(told, page, tmp_path):
    path = tmp_path / "quote.html"
    told.to_html(path)
    assert path.read_text(encoding="utf-8") == page
    with pytest.raises(hcrisk.HcriskError, match="exists already"):
        told.to_html(path)
    told.to_html(path, force=True)
    assert [file.name for file in tmp_path.iterdir()] == ["quote.html"]


def test_turning__flips_and_sizes_are_of_the_pair(told):
    flips, sizes = told.turning.flips, told.turning.sizes
    assert flips.attrs["between"] == [told.pair.focus, told.pair.rival]
    assert [str(name) for name in sizes["way"].values] == [told.pair.focus, told.pair.rival]
    providers = float(told.scenario.practice.providers)
    assert sizes["at"].values[[0, -1]].tolist() == [round(providers / 3), 3 * providers]


def test_turning__sizes_a_scenario_cannot_have_are_left_out(told, small, monkeypatch):
    def refuse(*_, **__):
        raise hcrisk.ScenarioError([])

    monkeypatch.setattr(TURNING, "break_even", refuse)
    found = find_turning(small, told.ds, ("insource", "outsource"), seed=3, progress=False)
    assert found.sizes is None
    assert found.flips is not None
