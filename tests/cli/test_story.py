"""The story command."""

import json
from importlib import import_module

import pytest

import hcrisk
from hcrisk.cli import main
from hcrisk.story import nearest_path


@pytest.fixture
def run(capsys):
    def run(*argv):
        code = main([str(argument) for argument in argv])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_story__tells_the_path(run):
    told = hcrisk.story(hcrisk.load("mid-market"), 2, 7, strategy="insource")
    argv = ["story", "mid-market", "--path", 7, "--seed", 2, "--strategy", "insource"]
    assert run(*argv) == (0, f"{told}\n", "")
    assert run(*argv, "--every") == (0, f"{told.page(every=True)}\n", "")
    assert len(told.page(every=True)) > len(str(told))


def test_story__json_adds_up(run):
    argv = ["story", "mid-market", "--path", 7, "--seed", 2, "--strategy", "insource", "--json"]
    code, out, err = run(*argv)
    assert (code, err) == (0, "")
    told, scenario = json.loads(out), hcrisk.load("mid-market")
    story = hcrisk.story(scenario, 2, 7, strategy="insource")
    assert told["manifest"]["scenario_digest"] == scenario.digest
    assert told["total"] == story.total
    paid = sum(one["discount"] * sum(one["cost"].values()) for one in told["years"])
    assert paid == pytest.approx(story.total)
    assert [one["text"] for one in told["events"]] == [event.text for event in story.events]


def test_story__at_a_percentile(run):
    scenario = hcrisk.load("small-practice")
    path = nearest_path(scenario, 0, 0.95, paths=200)
    code, out, err = run("story", "small-practice", "--at", "p95", "--paths", 200)
    assert (code, out, err) == (0, f"{hcrisk.story(scenario, 0, path)}\n", "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "one of --path and --at says which future to tell"),
        (["--path", "1", "--at", "p95"], "one of --path and --at says which future to tell"),
        (["--path", "-1"], "--path must be a whole number from 0"),
        (["--path", "first"], "got 'first'; write for example --path 0"),
        (["--at", "p100"], "--at must be a percentile between 0 and 100, got 'p100'"),
        (["--at", "50,95"], "write for example --at p95"),
        (["--at", "p95", "--paths", "0"], "--paths must be a whole number from 1"),
        (["--path", "1", "--paths", "9"], "--paths is for --at"),
        (["--path", "1", "--seed", "x"], "--seed must be a whole number from 0"),
        (["--path", "1", "--strategy", "outsorce"], "Did you mean 'outsource'"),
    ],
)
def test_story__refused_with_one_message(run, monkeypatch, options, message):
    telling = import_module("hcrisk.story.telling")
    for work in ("simulate", "Worker"):
        monkeypatch.setattr(telling, work, None)
    code, out, err = run("story", "mid-market", *options)
    assert (code, out) == (1, "")
    assert message in err
    assert err.startswith("hcrisk: ")
    assert err.count("\n") == 1


def test_story__unknown_scenario_is_refused(run):
    code, _, err = run("story", "midmarket", "--path", "0")
    assert (code, err.startswith("hcrisk: there is no scenario 'midmarket'.")) == (1, True)
