import json
from pathlib import Path

import pytest

from tests.cases import case, cases

FILE = Path(__file__).with_name("hcrisk_validation") / "cases.json"


def test_cases__are_complete_and_named_once():
    entries = json.loads(FILE.read_text(encoding="utf-8"))
    assert len(entries) == 146
    assert len({entry["id"] for entry in entries}) == len(entries)
    for entry in entries:
        assert entry["source"]
        assert entry["published"] in (True, "computed")
        assert "rel_tol" in entry or "abs_tol" in entry, entry["id"]


def test_case__known_entry():
    assert case("vac-machrep1")["kind"] == "machine_repair"
    assert {entry["id"] for entry in cases("sobol")} >= {"sobol-ishigami-7-0.1", "sobol-linear"}


def test_case__unknown_names_are_refused():
    with pytest.raises(KeyError, match="no reference case 'nothing'"):
        case("nothing")
    with pytest.raises(KeyError, match="the kinds are"):
        cases("nothing")
