"""The commands with a workbook instead of a file."""

import json
import re
from pathlib import Path

import pytest

from hcrisk.cli import main
from tests.sheets.common import Sheets

README = Path(__file__).parents[2] / "README.md"
PAY = "roles.technician.pay"


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run(*argv):
        code = main([str(argument) for argument in argv])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture(scope="module")
def first():
    """What the first workbook made here holds, and what was said: all are made alike."""
    return {}


@pytest.fixture
def made(run, first):
    file = Path("our-practice.xlsx")
    if not first:
        code, out, err = run("init", file)
        assert (code, err) == (0, "")
        first.update(content=file.read_bytes(), said=out)
    file.write_bytes(first["content"])
    return first["said"]


def test_init_says_what_to_do_next(made):
    assert "Wrote our-practice.xlsx. It starts out as mid-market" in made
    assert "Open it in Excel." in made
    assert "hcrisk check our-practice.xlsx" in made


def test_init_does_not_replace_unless_forced(run, made, tmp_path):
    before = (tmp_path / "our-practice.xlsx").read_bytes()
    code, _, err = run("init", "our-practice.xlsx")
    assert code == 1
    assert "exists already; choose another name, or add --force" in err
    assert (tmp_path / "our-practice.xlsx").read_bytes() == before
    assert run("init", "our-practice.xlsx", "--force", "--from", "small-practice")[0] == 0
    code, out, _ = run("check", "our-practice.xlsx")
    assert "12 providers" in out
    assert [file.name for file in tmp_path.iterdir()] == ["our-practice.xlsx"]


def test_init_takes_no_other_suffix(run):
    code, _, err = run("init", "ours.ods")
    assert code == 1
    assert "must end in .toml or .xlsx" in err


def test_untouched_it_differs_in_nothing(run, made):
    code, out, _ = run("check", "our-practice.xlsx")
    assert code == 0
    assert "Nothing differs from mid-market." in out


def test_check_shows_own_numbers_beside_what_they_replace(run, made, tmp_path):
    file = tmp_path / "our-practice.xlsx"
    own = Sheets(file)
    own.fill(PAY, 68).fill("practice.providers", 60, source="credentialing list, May 2026")
    own.save(file)
    code, out, _ = run("check", "our-practice.xlsx")
    assert code == 0
    assert "practice.providers = 60 providers (50)" in out
    assert f"{PAY} = 68 USD per year (lognormal, median 63,960" in out
    assert "times mid-market's; check the unit" in " ".join(out.split())
    code, out, _ = run("sources", "our-practice.xlsx")
    assert "credentialing list, May 2026. Read; medium confidence." in out
    assert re.search(rf"^- +{re.escape(PAY)}\* +68 USD per year +-$", out, re.MULTILINE)
    own.fill(PAY, "much").save(file)
    for command in ("check", "quote", "decide", "drivers", "sources"):
        code, out, err = run(command, "our-practice.xlsx")
        assert (code, out) == (1, "")
        assert f"{own.place(PAY)}, {PAY} = 'much'" in err
        assert err.startswith("hcrisk: our-practice.xlsx has 1 problem\n")


def test_the_readme_shows_what_check_says(run, made, tmp_path):
    file = tmp_path / "my-practice.xlsx"
    own = Sheets(tmp_path / "our-practice.xlsx")
    own.fill(PAY, "64k").fill("people.benefits_load", low=0.3, mode=0.25, high=0.35).save(file)
    (shown,) = re.findall(r"```text\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert run("check", file.name) == (1, "", shown)


def test_a_quote_is_that_of_the_toml_file(run, made, tmp_path):
    own = Sheets(tmp_path / "our-practice.xlsx")
    own.fill("practice.providers", 60).save(tmp_path / "our-practice.xlsx")
    text = 'name = "our-practice"\nlabel = "Our practice"\nextends = "mid-market"\n'
    (tmp_path / "our-practice.toml").write_text(f"{text}practice.providers = 60\n")
    few = ["--paths", "200", "--threads", "1", "--json", "--quiet"]
    quotes = [run("quote", f"our-practice.{suffix}", *few) for suffix in ("xlsx", "toml")]
    assert quotes[0][0] == 0
    pages = [json.loads(out) for _, out, _ in quotes]
    for page in pages:
        del page["manifest"]["created"], page["manifest"]["history"]
    assert pages[0] == pages[1]


def test_names_that_are_near_are_helped(run, made, tmp_path):
    assert "Did you mean the file our-practice.xlsx?" in run("quote", "our-practice")[2]
    assert "there is no file other.xlsx; hcrisk init other.xlsx" in run("quote", "other.xlsx")[2]
    (tmp_path / "old.xls").write_bytes(b"")
    assert "Save it in Excel as .xlsx" in run("quote", "old.xls")[2]


def test_a_file_of_calibrate_cannot_extend_a_workbook(run, made, tmp_path):
    (tmp_path / "paired.csv").write_text("a,b\n" + "".join(f"{i},{i * i}\n" for i in range(1, 30)))
    code, _, err = run(
        "calibrate", "dependence", "paired.csv", "--column", "a=macro.wage.mean", "--column",
        "b=macro.price.mean", "--extends", "our-practice.xlsx", "--out", "a.toml",
    )  # fmt: skip
    assert code == 1
    assert "cannot extend a workbook, our-practice.xlsx; leave out --out" in err
    assert not (tmp_path / "a.toml").exists()


@pytest.mark.parametrize("argv", [["--help"], ["init", "--help"]])
def test_help_mentions_it(run, argv):
    assert "my-practice.xlsx" in run(*argv)[1]
