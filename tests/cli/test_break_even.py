import json

import pytest

import hcrisk
from hcrisk.cli import main

ASKED = ("break-even", "small-practice", "people.benefits_load", "0.1", "0.5")
WAYS = ("--between", "insource", "outsource", "--service", "help_desk")
QUICK = ("--paths", "50", "--points", "3")


def test_break_even__page(capsys):
    assert main([*ASKED, *WAYS, *QUICK]) == 0
    page = capsys.readouterr().out
    assert all(len(line) <= 80 for line in page.splitlines())
    assert "break-even in people.benefits_load" in page
    assert "outsource less insource, with a 95% interval" in " ".join(page.split())
    assert "50 futures at each value, seed 0" in " ".join(page.split())


def test_break_even__json_and_plot(capsys, tmp_path):
    picture = tmp_path / "curve.png"
    arguments = [*ASKED, *WAYS, *QUICK, "--json", "--plot", str(picture)]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["manifest"]["seed"], found["manifest"]["hcrisk"]) == (0, hcrisk.__version__)
    assert found["between"] == ["insource", "outsource"]
    assert [row["at"] for row in found["curve"]] == pytest.approx([0.1, 0.3, 0.5])
    costs, difference = found["curve"][0]["cost"], found["curve"][0]["difference"]["value"]
    assert difference == pytest.approx(costs["outsource"]["value"] - costs["insource"]["value"])
    assert found["summary"]
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert str(picture) in err
    assert main(arguments) == 1
    assert "--force" in capsys.readouterr().err


def test_break_even__one_path_has_null_bounds(capsys):
    assert main([*ASKED, *WAYS, "--paths", "1", "--points", "2", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)["curve"][0]["difference"]
    assert first["lower"] is None
    assert first["upper"] is None


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({2: "people.benefit_load"}, "benefits_load"),
        ({3: "few"}, "LOW must be a number"),
        ({3: "40,5"}, "LOW must be a number, got '40,5'"),
        ({3: "inf"}, "LOW must be a number, got 'inf'"),
        ({3: "0.9"}, "LOW must be less than HIGH"),
        ({4: "0.1"}, "choose two that differ"),
        ({6: "outsorce"}, "--between: 'outsorce' is not an arrangement of help_desk; did you mean"),
        ({9: "desk"}, "--service: 'desk' is not a service of"),
        ({2: "roles.technician"}, "PATH: 'roles.technician' is a table and no number; name a"),
        ({2: "practice.provider"}, 'no "provider" in practice; did you mean "providers"?'),
        ({6: "outsource"}, "--between must name two that differ, got 'outsource' twice"),
        ({6: "insorce"}, "insource"),
        ({8: "--others", 9: "curent"}, "--others: 'curent' is not a strategy"),
        ({9: "helpdesk"}, "help_desk"),
    ],
)
def test_break_even__refuses(capsys, changed, says):
    arguments = [*ASKED, *WAYS, *QUICK]
    for place, text in changed.items():
        arguments[place] = text
    assert main(arguments) == 1
    assert says in capsys.readouterr().err


def test_break_even__statistic_is_refused_in_one_line(capsys):
    assert main([*ASKED, *WAYS, *QUICK, "--statistic", "q80"]) == 1
    assert "--statistic must be 'mean', or 'p' or 'tvar'" in capsys.readouterr().err
