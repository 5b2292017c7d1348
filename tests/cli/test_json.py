"""What every command prints with --json: one object with the same manifest."""

import argparse
import json
import re
from pathlib import Path

import pytest

import hcrisk
from hcrisk.cli import main
from hcrisk.cli.parser import build_parser
from hcrisk.report.manifest import ALWAYS
from tests.make_outputs import DOCS

SMALL = "small-practice"
LOG = "date,cost\n" + "".join(
    f"202{y}-0{m}-11,{m * 900 + y}\n" for y in range(5) for m in (2, 5, 8)
)
STAFF = "role,start,end\n" + "".join(
    f"technician,201{i}-03-01,{'' if i % 3 else f'202{i % 5}-06-30'}\n" for i in range(10)
)
SERIES = "year,wage\n" + "".join(f"{2001 + i},{2 + i % 4 / 2}\n" for i in range(20))
PAIRS = "Pay,Quits\n" + "".join(f"{60 + i * 7 % 11},{10 + i * 5 % 13}\n" for i in range(20))
PANEL = "expert,p10,p50,p90\na,0.1,0.3,0.9\nb,0.2,0.4,0.8\n"
BREACHES = "Breach Submission Date,Individuals Affected,Covered Entity Type\n" + "".join(
    f"0{1 + i % 9}/1{i % 9}/20{18 + i % 5},{510 + i * i * 37},Healthcare Provider\n"
    for i in range(60)
)
FILES = {
    "log.csv": LOG,
    "staff.csv": STAFF,
    "series.csv": SERIES,
    "pairs.csv": PAIRS,
    "panel.csv": PANEL,
    "breaches.csv": BREACHES,
}
# How each command is asked for something small. A new command needs an entry, and --json.
ASKED = {
    "quote": [SMALL, "--paths", "200", "--strategies", "outsource"],
    "decide": [SMALL, "--paths", "50", "--services", "help_desk"],
    "story": [SMALL, "--at", "p80", "--paths", "50"],
    "break-even": [
        *(SMALL, "people.benefits_load", "0.1", "0.5", "--between", "hybrid", "outsource"),
        *("--points", "2", "--paths", "50"),
    ],
    "drivers": [SMALL, "--paths", "50", "--count", "1", "--strategy", "outsource", "--quiet"],
    "report": [SMALL, "--paths", "1000", "--html", "r.html", "--against", SMALL, "--quiet"],
    "list": [],
    "check": [SMALL],
    "init": ["own.toml"],
    "sources": [SMALL, "--all"],
    "schema": [],
    "calibrate breaches": ["breaches.csv", "--from", "2018", "--to", "2022"],
    "calibrate incidents": ["log.csv", "--from", "2020", "--to", "2024"],
    "calibrate staff": ["staff.csv", "--from", "2015", "--to", "2024"],
    "calibrate macro": ["series.csv"],
    "calibrate dependence": [
        *("pairs.csv", "--column", "Pay=roles.technician.pay"),
        *("--column", "Quits=roles.technician.attrition_rate"),
    ],
    "calibrate experts": ["panel.csv", "--input", "risks.outage.frequency"],
}
# What has no simulation has no seed; what is about no scenario, no scenario.
SIMULATING = {"quote", "decide", "story", "break-even", "drivers", "report"}
ABOUT_NONE = {"list", "init", "schema"}


def leaves(parser, name=""):
    """Yield every command with its parser, those that have further commands left out."""
    below = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    if not below:
        yield name, parser
    for action in below:
        for key, inner in action.choices.items():
            yield from leaves(inner, f"{name} {key}".strip())


COMMANDS = dict(leaves(build_parser()))


def documented():
    """Return the keys of each command as docs/howto/embed.md tables them."""
    text = (DOCS / "howto" / "embed.md").read_text(encoding="utf-8")
    table = text.partition("| command | keys beside `manifest` |")[2].partition("\n\n")[0]
    found = {}
    for line in table.splitlines()[2:]:
        names, keys = line.strip("| ").split(" | ")[:2]
        for name in re.findall(r"`([^`]+)`", names):
            found[name] = re.findall(r"`([^`]+)`", re.sub(r"\([^)]*\)", "", keys))
    return found


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Run each command once, when it is first asked for."""
    folder, known = tmp_path_factory.mktemp("json"), {}
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")

    def run(command, capsys, monkeypatch):
        if command not in known:
            monkeypatch.chdir(folder)
            code = main([*command.split(), *ASKED[command], "--json"])
            said = capsys.readouterr()
            known[command] = code, said.out, said.err
        return known[command]

    return run


def test_every_command_takes_json_and_is_tried_here():
    assert set(COMMANDS) == set(ASKED)
    for name, parser in COMMANDS.items():
        options = {text for action in parser._actions for text in action.option_strings}
        assert "--json" in options, name


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_json_is_one_object_with_the_same_manifest(command, told, capsys, monkeypatch):
    code, out, err = told(command, capsys, monkeypatch)
    assert code == 0, err
    content = json.loads(out, parse_constant=pytest.fail)
    assert next(iter(content)) == "manifest"
    manifest = content["manifest"]
    assert tuple(manifest)[: len(ALWAYS)] == ALWAYS
    assert manifest["command"] == command
    assert manifest["hcrisk"] == hcrisk.__version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", manifest["created"])
    assert all(isinstance(manifest[name], str) for name in ("python", "numpy", "numba", "xarray"))
    assert (manifest["seed"] == 0) == (command in SIMULATING)
    assert (manifest["paths"] is None) == (command not in SIMULATING)
    names = ("scenario", "scenario_digest", "currency", "years")
    assert all((manifest[name] is None) == (command in ABOUT_NONE) for name in names)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_json_has_the_keys_that_are_documented(command, told, capsys, monkeypatch):
    out = told(command, capsys, monkeypatch)[1]
    assert list(json.loads(out))[1:] == documented()[command]


def test_figures_are_numbers(told, capsys, monkeypatch):
    numbers = json.loads(told("sources", capsys, monkeypatch)[1])["numbers"]
    by_path = {one["path"]: one for one in numbers}
    pay = by_path["roles.technician.pay"]
    assert pay["spread"]["p5"] < pay["value"] == pytest.approx(pay["spread"]["p50"])
    assert (pay["unit"], pay["text"][:9]) == ("USD/year", "lognormal")
    assert by_path["practice.providers"]["value"] == 12
    # A law has no one value, and what has no limit none.
    assert by_path["roles.technician.time_to_fill_days"]["value"] is None
    assert by_path["risks.breach.losses.response.cap"]["text"] == "inf"
    assert by_path["risks.breach.losses.response.cap"]["value"] is None


def test_check__own_numbers_are_numbers(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    Path("own.toml").write_text(
        'name = "own"\nextends = "mid-market"\npractice.providers = 60\n'
        "practice.users = 300\nroles.technician.pay = 61_000\n",
        encoding="utf-8",
    )
    assert main(["check", "own.toml", "--json"]) == 0
    own = {one["path"]: one for one in json.loads(capsys.readouterr().out)["own_numbers"]}
    assert (own["practice.providers"]["value"], own["practice.providers"]["before"]) == (60, 50)
    users = own["practice.users"]
    assert (users["value"], users["before"], users["before_text"]) == (300, 4.3, "4.3 per provider")
    assert own["roles.technician.pay"]["before"] > 50_000


def test_report__json_has_what_was_written_and_the_figures_of_the_quote(told, capsys, monkeypatch):
    content = json.loads(told("report", capsys, monkeypatch)[1])
    assert content["wrote"] == ["r.html"]
    assert len(content["decision"]) >= 2
    assert content["against"]["changes"] == []
    assert content["against"]["costs"] == {key: {} for key in content["strategies"]}
    assert content["strategies"]["outsource"]["mean"]["value"] > 0


def test_story_is_quiet_if_asked(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    Path("odd.toml").write_text(
        f'name = "odd"\nextends = "{SMALL}"\npeople.benefits_load = 2.9\n', encoding="utf-8"
    )
    argv = ["story", "odd.toml", "--path", "0"]
    assert main(argv) == 0
    assert "Worth a second look" in capsys.readouterr().err
    assert main([*argv, "--quiet"]) == 0
    assert capsys.readouterr().err == ""
