"""The README and the pages it leads to say what is so."""

import re
import shlex
from pathlib import Path

import pytest

import hcrisk
from hcrisk.cli import main
from hcrisk.cli.parser import build_parser
from hcrisk.scenarios import from_toml
from hcrisk.simulation import COMPILING, COMPILING_AGAIN

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/howto/*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def test_two_commands_set_up_everything():
    first, second = (block.strip() for block in blocks("sh"))
    for command in (first, second):
        assert "\n" not in command
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert first.endswith("hcrisk quote mid-market")
    assert second.endswith("python -m pytest -n auto --dist worksteal")


def test_windows_commands_are_the_same():
    (windows,) = blocks("bat")
    as_unix = windows.replace("py -m", "python3 -m").replace("Scripts", "bin").replace("\\", "/")
    assert as_unix == "".join(blocks("sh"))


def test_python_blocks_run(capsys):
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
    printed = capsys.readouterr().out
    assert "insource" in printed
    assert "outsource" in printed


def test_commands_are_understood():
    lines = [line for block in blocks("console") for line in block.splitlines()]
    assert len(lines) >= 5
    for line in lines:
        program, *arguments = shlex.split(line)
        assert program == "hcrisk"
        build_parser().parse_args(arguments)


def test_table_lists_the_shipped_scenarios():
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", README, flags=re.MULTILINE)
    shipped = {name: hcrisk.load(name).practice.providers for name in hcrisk.scenarios()}
    assert {name: float(providers) for name, providers in rows} == {
        name: float(providers) for name, providers in shipped.items()
    }


def test_compiling_takes_as_long_as_the_program_says():
    said = re.search(r"this takes (about [a-z ]+?) \.\.\.", COMPILING)[1]
    assert said in COMPILING_AGAIN
    assert f"the first run takes {said} longer" in README


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_a_whole_scenario_takes_few_lines(tmp_path, capsys):
    page = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```toml\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    assert len(text.splitlines()) < 40
    assert "extends" not in text
    made = from_toml(text)
    held = (made.services, made.roles, made.vendors, made.risks, made.strategies)
    assert [len(names) for names in held] == [1, 1, 1, 1, 2]
    file = tmp_path / "small.toml"
    file.write_text(text, encoding="utf-8")
    assert main(["quote", str(file), "--paths", "2000", "--threads", "1"]) == 0
    quote = capsys.readouterr().out
    assert "Insource = today's arrangement" in quote
    for line in ("Vendor fees", "Salaries", "Breach", "Coverage gap", "P80", "Cheapest in"):
        assert line in quote


def test_every_page_is_in_the_index():
    docs = ROOT / "docs"
    index = (docs / "README.md").read_text(encoding="utf-8")
    # The front page of the site includes the README.
    pages = {page for page in PAGES if docs in page.parents} - {
        docs / "README.md",
        docs / "index.md",
    }
    names = [page.relative_to(docs).as_posix() for page in sorted(pages)]
    assert [name for name in names if f"]({name})" not in index] == []


def test_changelog_has_its_headings():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert releases[0].startswith(hcrisk.__version__)
    for release in releases:
        headings = re.findall(r"^### (.+)$", release, flags=re.MULTILINE)
        assert headings == ["Added", "Changed", "Results change", "Fixed"]
