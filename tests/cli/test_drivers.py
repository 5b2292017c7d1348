"""The drivers command."""

import json
import re

import pytest
import xarray as xr

import hcrisk
from hcrisk.cli import main


@pytest.fixture
def run(capsys):
    def run(*argv):
        code = main(["drivers", *(str(argument) for argument in argv)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


SMALL = ("small-practice", "--paths", 1000, "--count", 3, "--quiet")


def test_page_fits_and_says_whose(run):
    code, out, err = run(*SMALL, "--strategy", "outsource", "--baseline", "current")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert "what drives the cost of Outsource less Current" in out
    assert "Present value over 5 years; 1,000 futures a run, seed 0." in out
    assert "The mean of this difference is" in out
    assert "In the worst 5% of futures the difference is $" in out
    assert " larger than in the rest:" in " ".join(out.split())
    assert "P10 and P90, which 10% and 90% of its values do not exceed." in out


def test_values_of_inputs_have_their_units(run):
    argv = ("mid-market", "--paths", 200, "--count", 10, "--quiet", "--strategy", "outsource")
    _, out, _ = run(*argv)
    told = json.loads(run(*argv, "--json")[1])
    units = {entry["path"]: entry["units"] for entry in told["inputs"]}
    lines = out.splitlines()
    paths = ("services.help_desk.gap_rate", "risks.outage.frequency", "lines.devices.amount")
    shown = [re.sub(" {3,}.*", "", lines[lines.index(f"  {path}") + 1].strip()) for path in paths]
    assert [text.split(" ", 3)[-1] for text in shown] == [
        "USD/hour", "per year", "USD/endpoint/year",
    ]  # fmt: skip
    assert [units[path] for path in paths] == ["USD/hour", "1/year", "USD/endpoint/year"]


def test_json_is_what_the_functions_return(run):
    argv = (*SMALL, "--strategy", "outsource", "--statistic", "p80", "--seed", 4, "--json")
    code, out, _ = run(*argv)
    found = json.loads(out)
    assert code == 0
    assert (found["strategy"], found["baseline"], found["statistic"]) == ("outsource", None, "p80")
    assert len(found["inputs"]) == 3
    scenario = hcrisk.load("small-practice")
    options = {"paths": 1000, "seed": 4}
    first = found["inputs"][0]
    swing = hcrisk.tornado(
        scenario, "outsource", statistic="p80", inputs=first["path"], **options
    ).squeeze()
    assert first["swing"] == {k: swing[k].item() for k in ("value", "lower", "upper")}
    assert (first["low"], first["high"]) == (swing["low_input"].item(), swing["high_input"].item())
    widths = [abs(entry["swing"]["value"]) for entry in found["inputs"]]
    assert widths == sorted(widths, reverse=True)
    share = hcrisk.variance_split(scenario, "outsource", **options)
    assert found["input_share"]["value"] == share["value"].item()
    tail = hcrisk.tail_drivers(hcrisk.simulate(scenario, **options), "outsource")
    assert found["tail"]["excess"]["value"] == tail["excess"].item()
    assert list(found["tail"]["components"]) == tail["component"].values.tolist()


def test_a_long_title_is_wrapped(run):
    argv = ("multi-site-group", "--paths", 50, "--count", 1, "--quiet")
    _, out, _ = run(*argv, "--strategy", "own_desk", "--baseline", "rented_desk")
    assert max(map(len, out.splitlines())) <= 80
    assert "a technology leader: what drives the cost of" in " ".join(out.split())


def test_by_default_services_left_to_nobody_are_no_choice(run):
    argv = ("mid-market", "--paths", 300, "--count", 1, "--quiet")
    out, found = run(*argv)[1], json.loads(run(*argv, "--json")[1])
    means = hcrisk.simulate(hcrisk.load("mid-market"), paths=300)["npv"].mean("path").to_series()
    assert means.index[means.argmin()] == "current"
    funded = means.drop("current").sort_values()
    assert [found["strategy"], found["baseline"]] == list(funded.index[:2])
    assert found["left_out"] == {"current": ["Data and analytics", "Software development"]}
    assert (
        "Not chosen from, as it leaves services to nobody: Current (Data and analytics and "
        "Software development). To look at it all the same, write --strategy current."
    ) in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80
    # Asked for by name, it is shown, and nothing is left out.
    named = run(*argv, "--strategy", "current")[1]
    assert "what drives the cost of Current\n" in named
    assert "Not chosen from" not in named
    assert "In the worst 5% of futures it costs about $" in named


def test_what_comes_back_is_told_as_more_or_less_of_it():
    from hcrisk.report.worst import _component

    found = {"insurance_recovery": "Insurance recovery"}
    told = [_component(found, "insurance_recovery", excess) for excess in (3e5, -3e5)]
    assert told == ["Less insurance recovery", "More insurance recovery"]
    assert _component(found, "vendor_fees", -3e5) == "Vendor fees"


@pytest.mark.parametrize("left_out", [(), ("b",), ("current",), ("b", "current")])
def test_by_default_the_cheapest_against_today_or_the_next(left_out):
    from hcrisk.report.drivers import _decision

    names, npv = ["a", "b", "current", "d"], [[3.0] * 9, [1.0] * 9, [4.0] * 9, [2.0] * 9]
    ds = xr.Dataset(
        {"npv": (("strategy", "path"), npv)}, {"strategy": names}, {"current": "current"}
    )
    cheapest = "d" if "b" in left_out else "b"
    after = "a" if "b" in left_out else "d"
    today = after if "current" in left_out else "current"
    assert _decision(ds, left_out) == (cheapest, today)
    assert _decision(ds, ("a", "b", "current")) == ("d", None)
    ds["npv"][2] = 0.0
    if "current" not in left_out:
        assert _decision(ds, left_out) == ("current", cheapest)


def test_plot_is_written(run, tmp_path):
    path = tmp_path / "tornado.png"
    argv = ("small-practice", "--paths", 1000, "--count", 2, "--strategy", "hybrid", "--plot", path)
    code, _, err = run(*argv)
    assert (code, err.splitlines()[-1]) == (0, f"wrote {path}")
    assert path.stat().st_size > 1000
    assert run(*argv)[0] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--strategy", "outsorce"], "Did you mean 'outsource'"),
        (["--strategy", "hybrid", "--baseline", "x"], "--baseline: mid-market has no strategy"),
        (["--baseline", "hybrid"], "--baseline is for --strategy"),
        (["--strategy", "hybrid", "--baseline", "hybrid"], "--baseline must differ"),
        (["--statistic", "p0"], "write for example --statistic p80"),
        (["--count", "0"], "--count must be a whole number from 1"),
        (["--paths", "no"], "--paths must be a whole number"),
        (["--plot", "a.txt"], "--plot must end in .png"),
    ],
)
def test_refused_before_anything_is_simulated(run, monkeypatch, options, message):
    from hcrisk.report import drivers

    monkeypatch.setattr(drivers, "simulate", None)
    code, out, err = run("mid-market", *options)
    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1
