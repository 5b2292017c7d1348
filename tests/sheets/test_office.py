"""A template survives LibreOffice, the one office suite that a test can run."""

import re

import pytest

from hcrisk.scenarios import load
from hcrisk.sheets.layout import RECORD
from tests.sheets.common import Sheets

PAY = "roles.technician.pay"


@pytest.fixture
def filled(book, tmp_path):
    """A template filled in with a text, a number, a range, a choice and a formula."""
    own = Sheets(book.save(tmp_path / "own.xlsx"))
    own.fill(PAY, "=60000*1.05", source="payroll", confidence="high")
    own.fill("people.benefits_load", low=0.2, mode=(0.25, "0%"), high=0.3)
    own.fill("services.help_desk.current", "hybrid")
    own.fill("practice.users", "1,250")
    own.fill("growth.rate", 0.02)
    return own.save(tmp_path / "own.xlsx")


def test_saved_by_libreoffice_it_reads_the_same(office, filled, tmp_path):
    folder = tmp_path / "saved"
    folder.mkdir()
    saved = office(filled, "xlsx", folder)
    changes = {
        PAY: 63_000,
        "people.benefits_load": {"dist": "triangular", "low": 0.2, "mode": 0.25, "high": 0.3},
        "services.help_desk.current": "hybrid",
        "practice.users": 1_250,
        "growth.rate": 0.02,
    }
    read = load(saved)
    assert read.digest == load("mid-market").replace(changes).digest
    assert read.sources[read.numbers()[PAY].source].title == "payroll"
    # What is to be chosen and what is hidden is still there, for whoever goes on.
    again = Sheets(saved)
    assert again.book[RECORD].sheet_state != "visible"
    rules = again.book["Services"].data_validations.dataValidation
    assert any("hybrid" in (rule.formula1 or "") for rule in rules)
    assert again.cell(PAY, "source").protection.locked is False


def test_it_prints(office, filled, tmp_path):
    pages = office(filled, "pdf", tmp_path).read_bytes()
    assert pages.startswith(b"%PDF")
    # A page in landscape for each screenful of rows, and none for columns of their own; an office
    # that packs its pages tells nothing of them.
    count = len(re.findall(rb"/Type ?/Page[^s]", pages))
    assert count == 0 or 20 < count < 60
