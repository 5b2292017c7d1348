"""docs/calibration.md says what the code gives."""

import importlib.util
import re
import shlex
from importlib import resources
from pathlib import Path

import pytest

from hcrisk.cli import main
from hcrisk.cli.parser import build_parser

DOCS = Path(__file__).parents[2] / "docs"
LARGEST = 60_000
EXPORT = resources.files("hcrisk.scenarios.evidence") / "ocr_breaches.csv"
KINDS = ("breaches", "dependence", "experts", "incidents", "macro", "staff")


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make_page", DOCS / "calibration" / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page__is_what_the_code_gives(make):
    committed = (DOCS / "calibration.md").read_text(encoding="utf-8")
    written = make.page(make.Study())
    # Line by line, so that a failure shows the figure that moved.
    for old, new in zip(committed.splitlines(), written.splitlines(), strict=True):
        assert old == new


def test_page__pictures_are_there_and_small():
    page = (DOCS / "calibration.md").read_text(encoding="utf-8")
    named = re.findall(r"!\[.+?\]\((.+?)\)", page)
    assert sorted(named) == sorted(
        f"calibration/{path.name}" for path in (DOCS / "calibration").glob("*.png")
    )
    for name in named:
        assert (DOCS / name).stat().st_size < LARGEST


def test_page__commands_are_understood():
    page = (DOCS / "calibration.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```console\n(.+?)```", page, re.DOTALL)
    lines = block.splitlines()
    assert {shlex.split(line)[2] for line in lines} == set(KINDS)
    for line in lines:
        arguments = build_parser().parse_args(shlex.split(line)[1:])
        assert arguments.file.endswith(".csv")


def test_page__figures_are_those_of_the_command(capsys):
    page = (DOCS / "calibration.md").read_text(encoding="utf-8")
    window = ["--from", "2018", "--to", "2024", "--hold-out", "1"]
    assert main(["calibrate", "breaches", str(EXPORT), *window]) == 0
    said = capsys.readouterr().out
    rows = re.findall(
        r"^  (\w+) +(\d{5}\.\d) +(\d{5}\.\d) +([\d.]+) +([\d.]+) ", said, re.MULTILINE
    )
    assert len(rows) == 5
    for family, aic, bic, ks, ad in rows:
        name = family.replace("generalised_pareto", "generalised Pareto")
        assert re.search(rf"\| {name} \|.+\| {aic} \| {bic} \| {ks} \| {ad} \|", page)


def test_page__is_listed():
    assert "(calibration.md)" in (DOCS / "README.md").read_text(encoding="utf-8")
