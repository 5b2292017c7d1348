"""The report command."""

import sys
from importlib import import_module

import pytest

import hcrisk
from hcrisk.cli import main
from hcrisk.report.html import render_html

# Not by its dotted name: hcrisk.report is a function.
CONTENTS = import_module("hcrisk.report.contents")


@pytest.fixture
def run(capsys):
    def run(*argv):
        code = main(["report", *(str(argument) for argument in argv)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


OPTIONS = ("--paths", 150, "--seed", 2, "--strategies", "outsource", "--budget", "1.4M")


@pytest.fixture(scope="module")
def found():
    """What the function returns for these options."""
    return hcrisk.report(
        hcrisk.load("small-practice"), paths=150, seed=2, strategies="outsource", budget=1.4e6,
        progress=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def page(found):
    return render_html(found)


def test_writes_what_the_function_returns(run, tmp_path, found, page):
    file = tmp_path / "quote.html"
    code, out, err = run("small-practice", "--html", file, *OPTIONS)
    assert code == 0
    assert err.endswith(f"wrote {file}\n")
    assert max(map(len, out.splitlines())) <= 80
    assert " ".join(out.split()) == " ".join(found.sentences)
    written = file.read_text(encoding="utf-8")
    date = written.partition("<dt>Simulated at</dt><dd>")[2].partition("<")[0]
    assert written.replace(date, found.ds.attrs["created"]) == page
    assert [one.name for one in tmp_path.iterdir()] == ["quote.html"]


def test_says_what_changed_against_another_version(run, tmp_path):
    new, old = tmp_path / "new.toml", tmp_path / "old.toml"
    for file, rate in ((new, 0.4), (old, 0.2)):
        file.write_text(
            f'name = "a"\nextends = "small-practice"\nroles.technician.attrition_rate = {rate}\n',
            encoding="utf-8",
        )
    options = ("--html", tmp_path / "quote.html", "--paths", 150, "--quiet", "--against", old)
    code, out, _ = run(new, *options)
    assert code == 0
    before, head, after = out.partition(f"Against {old}, on the same futures:\n")
    assert before.startswith("Of the strategies")
    assert head
    assert after.startswith("  roles.technician.attrition_rate: 0.4 per year (was 0.2)\n")
    assert "  Outsource: costs the same\n" in after
    code, out, err = run(new, *options[:-1], tmp_path / "none.toml", "--force")
    assert (code, out) == (1, "")
    assert "none.toml" in err


def test_versions_in_other_currencies_are_not_compared(run, tmp_path):
    euros = tmp_path / "euros.toml"
    euros.write_text('name = "a"\nextends = "small-practice"\ncurrency = "EUR"\n', encoding="utf-8")
    page = tmp_path / "quote.html"
    code, out, err = run(euros, "--html", page, "--against", "small-practice")
    assert (code, out) == (1, "")
    assert "--against: small-practice is in USD" in err
    assert "in EUR; state both in one currency" in err
    assert not page.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--paths", 99), "--paths must be a whole number from 100"),
        (("--paths", "many"), "--paths must be a whole number"),
        (("--seed", -1), "--seed must be"),
        (("--threads", 0), "--threads must be"),
        (("--budget", "much"), "--budget must be an amount above 0, got 'much'; write for example"),
        (("--budget", 0), "--budget must be an amount above 0"),
        (("--strategies", "hybird"), "Did you mean 'hybrid'?"),
        (("--baseline", "hybird"), "--baseline: small-practice has no strategy 'hybird'. Did you"),
        (("--strategies", "hybrid", "--baseline", "insource"), "--baseline = 'insource': is not"),
    ],
)
def test_refusals_come_before_the_run(run, tmp_path, monkeypatch, options, words):
    def never(*_, **__):
        raise AssertionError("simulated")

    monkeypatch.setattr(CONTENTS, "simulate", never)
    code, out, err = run("small-practice", "--html", tmp_path / "a.html", *options)
    assert (code, out) == (1, "")
    assert err.startswith("hcrisk: ")
    assert words in err
    assert list(tmp_path.iterdir()) == []


def test_files_that_exist_or_are_no_page_are_refused(run, tmp_path):
    file = tmp_path / "quote.html"
    file.write_text("mine", encoding="utf-8")
    code, _, err = run("small-practice", "--html", file)
    assert code == 1
    assert "exists already; choose another name, or add --force" in err
    assert file.read_text(encoding="utf-8") == "mine"
    code, _, err = run("small-practice", "--html", tmp_path / "quote.pdf")
    assert code == 1
    assert "--html must end in .html" in err
    code, _, err = run("small-practice", "--html", tmp_path / "no" / "quote.html")
    assert code == 1
    assert "is not a folder" in err


def test_a_run_that_fails_leaves_the_old_file(run, tmp_path, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(CONTENTS, "simulate", stop)
    file = tmp_path / "quote.html"
    file.write_text("mine", encoding="utf-8")
    code, _, _ = run("small-practice", "--html", file, "--force", "--quiet")
    assert code == 130
    assert file.read_text(encoding="utf-8") == "mine"
    assert [one.name for one in tmp_path.iterdir()] == ["quote.html"]


def test_help_says_how(run):
    code, out, _ = run("--help")
    assert code == 0
    assert "hcrisk report mid-market --html quote.html" in out
    assert "hcrisk report mid-market --xlsx quote.xlsx" in out


def test_page_and_workbook_are_of_one_run(run, tmp_path, monkeypatch, found, page):
    gathered = []
    monkeypatch.setattr(CONTENTS, "report", lambda *_, **given: gathered.append(given) or found)
    html, xlsx = tmp_path / "quote.html", tmp_path / "quote.xlsx"
    options = (*OPTIONS, "--threads", 1)
    code, out, err = run("small-practice", "--html", html, "--xlsx", xlsx, *options)
    assert code == 0
    assert err.endswith(f"wrote {html} and {xlsx}\n")
    assert len(gathered) == 1
    assert " ".join(out.split()) == " ".join(found.sentences)
    assert html.read_text(encoding="utf-8") == page
    found.to_xlsx(tmp_path / "again.xlsx", progress=False)
    assert xlsx.read_bytes() == (tmp_path / "again.xlsx").read_bytes()
    assert len(list(tmp_path.iterdir())) == 3


@pytest.fixture
def never(monkeypatch):
    def simulated(*_, **__):
        raise AssertionError("simulated")

    monkeypatch.setattr(CONTENTS, "simulate", simulated)


def test_a_file_to_write_must_be_named(run, never):
    code, out, err = run("small-practice")
    assert (code, out) == (1, "")
    assert "add --html quote.html, --xlsx quote.xlsx, or both" in err


def test_workbooks_that_exist_or_are_none_are_refused_before_the_run(run, tmp_path, never):
    file = tmp_path / "quote.xlsx"
    file.write_bytes(b"mine")
    code, _, err = run("small-practice", "--html", tmp_path / "a.html", "--xlsx", file)
    assert code == 1
    assert "quote.xlsx exists already; choose another name, or add --force" in err
    assert file.read_bytes() == b"mine"
    code, _, err = run("small-practice", "--xlsx", tmp_path / "quote.xls")
    assert code == 1
    assert "--xlsx must end in .xlsx" in err
    assert [one.name for one in tmp_path.iterdir()] == ["quote.xlsx"]


def test_without_xlsxwriter_it_says_what_to_install(run, tmp_path, never, monkeypatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    code, _, err = run("small-practice", "--xlsx", tmp_path / "quote.xlsx")
    assert code == 1
    assert "quote.xlsx needs xlsxwriter, which is not installed" in err
    assert 'pip install "hcrisk[xlsx]"' in err
    assert list(tmp_path.iterdir()) == []


def test_a_missing_older_version_is_not_to_be_made_by_init(run, tmp_path):
    page = tmp_path / "q.html"
    argv = ["small-practice", "--html", page, "--against", "no-such.toml"]
    code, out, err = run(*argv)
    assert (code, out) == (1, "")
    assert err.startswith("hcrisk: there is no file no-such.toml; --against names another version")
    assert "init" not in err
    assert not page.exists()
