"""The calibrate command: what it prints, what it writes, and what is in the way."""

import json
from importlib import resources

import pytest

import hcrisk
from hcrisk.cli import main

EXPORT = resources.files("hcrisk.scenarios.evidence") / "ocr_breaches.csv"


@pytest.fixture
def run(capsys):
    def run(*argv):
        code = main(["calibrate", *map(str, argv)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_command__breaches(run, tmp_path):
    out = tmp_path / "own.toml"
    window = ["--from", 2018, "--to", 2024, "--hold-out", 1]
    code, said, err = run("breaches", EXPORT, *window, "--entities", "40,000", "--out", out)
    assert (code, err) == (0, "")
    for part in (
        "2,671 reports, 2018 to 2023",
        "weibull",
        "law, 2024: FAILED",
        "uniform PIT p <0.01",
    ):
        assert part in said
    assert max(map(len, said.replace(str(tmp_path), "").splitlines())) <= 80
    assert hcrisk.load(out).risks["reported_breach"].records.family == "weibull"


@pytest.mark.parametrize("shift", [0.001, 1.0, 500.0])
def test_command__pages_fit_80_columns_whatever_the_size_of_costs(run, log, shift):
    header, *rows = log.read_text(encoding="utf-8").splitlines()
    scaled = [header]
    for row in rows:
        day, cost, *rest = row.split(",")
        scaled.append(",".join([day, f"{float(cost) * shift:.4f}" if cost else "", *rest]))
    log.write_text("\n".join(scaled), encoding="utf-8")
    code, said, _ = run("incidents", log, "--from", 2019, "--to", 2024, "--cap", "none")
    assert code == 0
    assert "95 % interval" in said
    assert "90 % interval" in said
    assert max(map(len, said.splitlines())) <= 80


def test_command__json_holds_what_is_written_and_how_it_was_tested(run, log, tmp_path):
    out = tmp_path / "own.toml"
    window = ["--from", 2019, "--to", 2024, "--hold-out", 2]
    code, said, err = run("incidents", log, *window, "--json", "--out", out)
    assert (code, err) == (0, "")
    told = json.loads(said, parse_constant=pytest.fail)
    assert told["wrote"] == str(out)
    source = told["sources"][0]
    [rate] = [one for one in source["figures"] if one["path"] == "risks.incident.frequency"]
    assert rate["low"] < rate["mean"] < rate["high"]
    written = hcrisk.load(out).numbers()["risks.incident.frequency"].distribution
    assert written.mean() == pytest.approx(rate["mean"])
    test = told["held_out"]["how many, 2023 to 2024"]
    assert (test["n"], test["passed"]) == (1, True)
    assert [one["name"] for one in test["coverage"]][:2] == ["central 50 %", "central 80 %"]


def test_command__incidents_and_what_is_in_the_way(run, log, tmp_path):
    out = tmp_path / "own.toml"
    code, said, err = run("incidents", log, "--from", 2019, "--to", 2024, "--out", out)
    assert (code, err) == (0, "")
    assert "60 incidents, 2019 to 2024" in said
    assert f"Next: hcrisk check {out}" in said
    before = out.read_text(encoding="utf-8")
    code, said, err = run("incidents", log, "--out", out)
    assert (code, said) == (1, "")
    assert "exists already; choose another name, or add --force to replace it" in err
    assert out.read_text(encoding="utf-8") == before
    assert run("incidents", log, "--out", out, "--force", "--above", "3000")[0] == 0
    assert out.read_text(encoding="utf-8") != before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.csv", "own.toml"]


def test_command__staff(run, staff, tmp_path):
    out = tmp_path / "own.toml"
    arguments = ["--openings", staff[1], "--role", "Help Desk=technician", "--out", out]
    code, said, err = run("staff", staff[0], "--from", 2021, "--to", "2025-12-31", *arguments)
    assert (code, err) == (0, "")
    for part in ("technician", "Leaving by tenure", "Days to fill, technician", "Scribe"):
        assert part in said
    assert hcrisk.load(out).is_own("roles.technician.attrition_rate")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["incidents", "gone.csv"], "gone.csv: cannot be read: No such file"),
        (["incidents", "bad.csv"], "bad.csv: line 2, column 'cost': 'x' is no amount; write a"),
        (["incidents", "bad.csv", "--from", "2019"], "--from and --to belong together"),
        (["incidents", "bad.csv", "--from", "19", "--to", "2020"], "must be a year or a date, got"),
        (["incidents", "bad.csv", "--above", "lots"], "--above must be a number from 0 up"),
        (["incidents", "bad.csv", "--cap", "0"], "--cap must be above 0, got '0'"),
        (["incidents", "bad.csv", "--extends", "midmarket"], "Did you mean 'mid-market'?"),
        (["incidents", "bad.csv", "--out", "own.txt"], "--out must end in .toml"),
        (["staff", "bad.csv"], "--from and --to must say when departures were recorded"),
        (["staff", "bad.csv", "--from", "2021", "--to", "2020"], "must not end before it begins"),
        (["breaches", "bad.csv", "--out", "own.toml"], "--out needs --entities, as risk"),
    ],
)
def test_command__refused(run, tmp_path, monkeypatch, argv, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.csv").write_text("date,cost\n2023-01-01,x\n", encoding="utf-8")
    code, said, err = run(*argv)
    assert (code, said) == (1, "")
    assert message in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv"]


def test_command__role_must_be_mapped_with_a_sign(run, staff):
    code, _, err = run("staff", staff[0], "--from", 2021, "--to", 2025, "--role", "Help Desk")
    assert code == 1
    assert "--role must be \"name in the file=role\", got 'Help Desk'" in err


def test_command__kinds_build_on_each_other(run, log, tmp_path):
    """Experts, then a log in the place of outages, then series: each extends the one before."""
    panel, series = tmp_path / "panel.csv", tmp_path / "series.csv"
    panel.write_text("expert,p10,p50,p90\nCIO,20,40,90\nHR,30,60,120\n", encoding="utf-8")
    rows = [f"{2010 + k},{3 + (k * 7) % 5 * 0.3:.1f}" for k in range(15)]
    series.write_text("\n".join(["year,wage", *rows]), encoding="utf-8")
    folder = tmp_path / "scenarios"
    folder.mkdir()
    first, second, third = (folder / f"{name}.toml" for name in ("experts", "own", "whole"))
    path = "roles.technician.time_to_fill_days"
    code, said, err = run("experts", panel, "--input", path, "--out", first)
    assert (code, err) == (0, "")
    assert "metalog (written)" in said
    years = ["--from", 2019, "--to", 2024]
    code, said, err = run(
        "incidents", log, *years, "--risk", "outage", "--extends", first, "--out", second
    )
    assert (code, err) == (0, "")
    assert "no longer there: risks.outage.losses" in said
    code, said, err = run("macro", series, "--extends", second, "--out", third)
    assert (code, err) == (0, "")
    assert 'extends = "own.toml"' in third.read_text(encoding="utf-8")
    scenario = hcrisk.load(third)
    assert scenario.roles["technician"].time_to_fill_days.family == "metalog"
    assert list(scenario.risks["outage"].losses) == ["cost"]
    assert scenario.macro.wage.mean.source == "own_series"
    assert main(["check", str(third)]) == 0
    code, _, err = run("macro", series, "--extends", third, "--out", third, "--force")
    assert code == 1
    assert "--out must not be the file it extends" in err


def test_command__prints_the_figures_it_writes(run, log, tmp_path):
    out = tmp_path / "own.toml"
    code, said, _ = run("incidents", log, "--from", 2019, "--to", 2024, "--out", out)
    assert code == 0
    rate = hcrisk.load(out).risks["incident"].frequency.distribution
    assert f"{rate.mean():.4g} {rate.median():9.4g}".split() == next(
        line.split()[1:3] for line in said.splitlines() if "risks.incident.frequency" in line
    )
    assert "half an event is added" in " ".join(said.split())
    assert "counted twice? mid-market has breach" in " ".join(said.split())
    assert "# * counted twice?" in out.read_text(encoding="utf-8")


def test_command__correlations_that_are_lost_are_on_the_page(run, log):
    code, said, _ = run("incidents", log, "--from", 2019, "--to", 2024, "--risk", "breach")
    assert code == 0
    assert "risks.breach.total.mu is no longer there" in " ".join(said.split())


def test_command__dependence(run, tmp_path):
    path = tmp_path / "sites.csv"
    rows = [f"{k},{(k * 7) % 12},{(k * 7) % 12 + k % 3}" for k in range(12)]
    path.write_text("\n".join(["site,pay,outages", *rows]), encoding="utf-8")
    columns = ["--column", "Pay=roles.technician.pay", "--column", "Outages=risks.outage.frequency"]
    out = tmp_path / "own.toml"
    code, said, err = run("dependence", path, *columns, "--out", out)
    assert (code, err) == (0, "")
    assert "copula" in said
    assert "follow them as before" in " ".join(said.split())
    assert hcrisk.load(out).sources["own_dependence"].confidence == "low"
    code, _, err = run("dependence", path, *columns[:2])
    assert (code, "--column must be given twice or more" in err) == (1, True)


def test_command__nothing_to_write_writes_nothing(run, tmp_path):
    path, out = tmp_path / "staff.csv", tmp_path / "own.toml"
    path.write_text("role,start,end\nScribe,2015-01-01,\n", encoding="utf-8")
    code, said, err = run("staff", path, "--from", 2021, "--to", 2025, "--out", out)
    assert (code, said, out.exists()) == (1, "", False)
    assert "there is nothing to write (no role of the extract is one of mid-market)" in err
    code, said, err = run("staff", path, "--from", 2021, "--to", 2025)
    assert (code, err) == (0, "")
    assert "Add --out" not in said
    assert said.splitlines()[-1].startswith("There is nothing to write: no role of the extract")


@pytest.mark.parametrize(
    "kind", ["", "breaches", "dependence", "experts", "incidents", "macro", "staff"]
)
def test_command__help_has_examples(capsys, kind):
    assert main(["calibrate", *([kind] if kind else []), "--help"]) == 0
    said = capsys.readouterr().out
    assert f"hcrisk calibrate {kind}" in said.partition("examples:")[2]
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["experts", "bad.csv", "--method", "mean"], "--method must be one of metalog, mixture"),
        (["experts", "bad.csv", "--low", "x"], "--low must be a number, got 'x'"),
        (["macro", "bad.csv", "--hold-out", "-1"], "--hold-out must be a whole number from 0"),
        (["macro", "bad.csv", "--from", "2021", "--to", "2019"], "must not end before it begins"),
        (["macro", "bad.csv"], "bad.csv: line 1, column 'year': is missing; the header has"),
        (["dependence", "bad.csv"], "--column must be given twice or more"),
        (["dependence", "bad.csv", "--column", "x"], '--column must be "name in the file=input"'),
        (["incidents", "bad.csv", "--extends", "gone.toml"], "there is no file gone.toml"),
        (["staff", "bad.csv", "--from", "2021", "--to", "2021", "--hold-out", "1"], "at least 2"),
    ],
)
def test_command__refused_of_the_newer_kinds(run, tmp_path, monkeypatch, argv, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.csv").write_text("day,cost\n2023-01-01,x\n", encoding="utf-8")
    code, said, err = run(*argv)
    assert (code, said) == (1, "")
    assert message in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv"]
