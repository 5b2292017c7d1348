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


def test_decide__keeps_to_constraints(run):
    argv = ["decide", "small-practice", "--paths", 200, "--json", "--quiet", "--with-unfunded"]
    limits = ("help_desk is not insource", "vendors <= 2", "security uncovered <= 20%")
    for text in limits:
        argv += ["--constraint", text]
    code, out, _ = run(*argv, "--budget", "5M")
    assert code == 0
    told = json.loads(out)
    assert told["constraints"] == [*limits, "probability above 5000000 <= 20%"]
    assert 0 < told["feasible"] < told["combinations"]
    best = told["best"][0]["services"]
    assert best["help_desk"] != "insource"
    # The best of each service is that of the combination on top, constraints and all.
    for service, name in best.items():
        assert told["by_service"][service][name]["margin"] == 0.0
    page = " ".join(run(*[each for each in argv if each != "--json"])[1].split())
    assert f"keep to: {'; '.join(limits)}" in page
    assert "all other services chosen anew to suit it" in page


def test_decide__draws_what_keeps_to_the_constraints(run, tmp_path):
    file = tmp_path / "frontier.png"
    argv = ["decide", "small-practice", "--paths", 100, "--constraint", "vendors <= 2"]
    code, _, err = run(*argv, "--plot", file)
    assert code == 0
    assert f"wrote {file}" in err
    assert file.read_bytes()[:4] == b"\x89PNG"
    code, _, err = run(*argv, "--plot", file)
    assert code == 1
    assert "add --force to replace it" in err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--objective", "median"], "--objective must be 'mean', or 'p' or 'tvar'"),
        (["--services", "helpdesk"], "is no service. Did you mean 'help_desk'"),
        (["--budget", "much"], "--budget must be an amount, got 'much'"),
        (["--top", "0"], "--top must be a whole number from 1"),
        (["--paths", "0"], "--paths must be a whole number from 1"),
        (["--budget", "1", "--paths", "5"], "the constraints must be kept by some combination"),
        (["--constraint", "vendors <= few"], "must have a number there, got 'few'"),
    ],
)
def test_decide__refused_with_one_message(run, options, message):
    code, out, err = run("decide", "small-practice", "--quiet", *options)
    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1
