"""docs/glossary.md: in order, and every name in code is one."""

import re
from pathlib import Path

import pytest

import hcrisk
import hcrisk.plot
from hcrisk.scenario.components import COST_LINES
from hcrisk.variables import VARIABLES
from tests.make_file_format import sections

PAGE = Path(__file__).parents[2] / "docs" / "glossary.md"
PARTS = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
FIELDS = {f"{part.path}.{row.name}".lstrip(".") for part in sections() for row in part.rows}
RESULT = {*COST_LINES, *(variable.name for variable in VARIABLES)}


def rows(part):
    return re.findall(r"^\| (.+?) \| (.+) \| (.+?) \|$", part, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.partition("\n")[0])
def test_terms_stand_in_order_and_once(part):
    terms = [term.lower() for term, _, _ in rows(part)]
    assert len(terms) > 10
    assert terms == sorted(set(terms))


def test_every_name_in_code_exists():
    names = [name for part in PARTS for *_, last in rows(part) for name in last.split(", ")]
    for name in (name.strip("`") for name in names):
        if name.startswith("hcrisk."):
            *above, last = name.split(".")[1:]
            assert last in (getattr(hcrisk, *above) if above else hcrisk).__all__
        else:
            assert name in FIELDS | RESULT, name
