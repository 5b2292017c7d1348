"""The decide command."""

import json

import pytest

import hcrisk
from hcrisk.cli import main


@pytest.fixture
def run(capsys):
    def run(*argv):
        code = main([str(argument) for argument in argv])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_decide__names_the_best_of_every_service(run):
    code, out, err = run("decide", "mid-market", "--paths", 300, "--quiet")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    scenario = hcrisk.load("mid-market")
    choices = {
        name: [key for key, each in service.arrangements.items() if not each.unfunded]
        for name, service in scenario.services.items()
    }
    ds = hcrisk.simulate_assignments(scenario, choices, paths=300)
    best = hcrisk.best_assignment(ds.drop_sel(strategy="current"), top=1)
    for name, service in scenario.services.items():
        arrangement = best[name].item()
        label = service.arrangements[arrangement].label
        today = ", as today" if arrangement == service.current else ""
        assert f"{service.label}: {label}{today}\n" in out
    assert "They leave to nobody: Data and analytics, Software development." in " ".join(
        out.split()
    )


def test_decide__json_holds_the_same(run):
    argv = ["decide", "small-practice", "--services", "help_desk", "--paths", 200, "--json"]
    code, out, _ = run(*argv, "--objective", "p80", "--top", 2, "--quiet")
    assert code == 0
    told = json.loads(out)
    assert told["objective"] == "p80"
    first, second = told["best"]
    assert first["margin"] == 0.0 < second["margin"]
    values = {name: entry["value"] for name, entry in told["by_service"]["help_desk"].items()}
    assert min(values.values()) == first["value"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--objective", "median"], "--objective must be 'mean', or 'p' or 'tvar'"),
        (["--services", "helpdesk"], "is no service. Did you mean 'help_desk'"),
        (["--budget", "much"], "--budget must be an amount, got 'much'"),
        (["--top", "0"], "--top must be a whole number from 1"),
        (["--paths", "0"], "--paths must be a whole number from 1"),
        (["--budget", "1", "--paths", "5"], "budget must be kept by some combination"),
    ],
)
def test_decide__refused_with_one_message(run, options, message):
    code, out, err = run("decide", "small-practice", "--quiet", *options)
    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1
