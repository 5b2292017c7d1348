"""Workbooks that were changed, are none, or come from another version."""

import shutil
import sys
import zipfile

import pytest
from openpyxl import Workbook

import hcrisk
from hcrisk.exceptions import MissingExtraError, ScenarioError
from hcrisk.scenarios import load, workbook
from hcrisk.sheets.layout import COLUMNS, RECORD
from tests.sheets.common import Sheets

PAY = "roles.technician.pay"


def said(file):
    with pytest.raises(ScenarioError) as caught:
        hcrisk.load(file)
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture
def own(book, tmp_path):
    """A workbook of one's own."""
    return Sheets(shutil.copy(book.file, tmp_path / "own.xlsx"))


def test_a_formula_counts_with_the_value_it_had(own, tmp_path):
    """Written as Excel does: the formula and its value."""
    own.fill(PAY, "=60000*1.05").fill("practice.providers", 40)
    file = own.save(tmp_path / "formula.xlsx")
    place = own.place(PAY)
    assert said(file) == [
        f"{place}, {PAY} = '=60000*1.05': is a formula whose value is not in the file; "
        "open the file in Excel, save it, and try again"
    ]
    with_values(file, "<f>60000*1.05</f><v></v>", "<f>60000*1.05</f><v>63000</v>")
    expected = load("mid-market").replace({PAY: 63_000, "practice.providers": 40})
    assert hcrisk.load(file).digest == expected.digest
    with_values(file, "><f>60000*1.05</f><v>63000</v>", ' t="e"><f>1/0</f><v>#DIV/0!</v>')
    text = said(file)[0]
    assert text.startswith(f"{place}, {PAY} = '#DIV/0!': is an error, not a value; mend the")


def with_values(file, old, new):
    """Change the text of a workbook's sheets."""
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    changed = 0
    for name, content in parts.items():
        if name.startswith("xl/worksheets/"):
            text = content.decode().replace("<v />", "<v></v>").replace("<v/>", "<v></v>")
            changed += text.count(old)
            parts[name] = text.replace(old, new).encode()
    assert changed == 1
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)


def test_a_sheet_that_is_renamed_is_missed(own, tmp_path):
    own.book["Roles"].title = "Staff"
    (text,) = said(own.save(tmp_path / "renamed.xlsx"))
    assert text.startswith("sheet Roles: is missing; the sheets are Practice, Staff, Services")


def test_a_sheet_of_ones_own_is_left_alone(own, tmp_path):
    sheet = own.book.create_sheet("Notes")
    sheet["A1"], sheet["B7"] = "from the meeting", 3
    own.fill(PAY, 61_000)
    read = hcrisk.load(own.save(tmp_path / "notes.xlsx"))
    assert read.numbers()[PAY].value == 61_000


def test_a_column_that_is_renamed_or_removed_is_missed(own, tmp_path):
    place = next(i for i, column in enumerate(COLUMNS, 1) if column.key == "value")
    own.book["Roles"].cell(3, place).value = "Ours"
    own.book["Costs"].delete_cols(place + 1)
    texts = said(own.save(tmp_path / "columns.xlsx"))
    assert [text.partition(";")[0] for text in texts] == [
        'Roles!3:3: has no column "Your value" any more',
        'Costs!3:3: has no column "Your low" any more',
    ]


def test_columns_and_rows_may_move(own, tmp_path):
    own.fill(PAY, 61_000)
    sheet = own.book["Roles"]
    sheet.insert_cols(2)
    sheet.insert_rows(2, 3)
    read = hcrisk.load(own.save(tmp_path / "moved.xlsx"))
    assert read.numbers()[PAY].value == 61_000


def test_titles_that_are_gone_are_missed(own, tmp_path):
    own.book["Roles"].delete_rows(3)
    texts = said(own.save(tmp_path / "untitled.xlsx"))
    assert texts[0].startswith("Roles!A3: has no row of titles")


def test_merged_cells_are_refused(own, tmp_path):
    own.fill(PAY, 61_000)
    own.book["Roles"].merge_cells("E6:E8")
    own.book["Roles"].merge_cells("A1:C1")
    (text,) = said(own.save(tmp_path / "merged.xlsx"))
    assert text.startswith("Roles!E6:E8: are merged cells, of which only the first holds anything")


def test_rows_that_are_gone_are_as_shipped(own, tmp_path):
    own.fill("practice.providers", 40)
    own.book["Correlations"].delete_rows(5, 40)
    read = hcrisk.load(own.save(tmp_path / "shorter.xlsx"))
    assert read.digest == load("mid-market").replace({"practice.providers": 40}).digest


def test_what_was_shipped_with_other_numbers_is_refused(own, tmp_path):
    for row in own.book[RECORD].iter_rows():
        if row[0].value == "digest":
            row[1].value = "of another time"
        if row[0].value == "version":
            row[1].value = "0.0.9"
        if row[0].value == PAY:
            row[1].value = '{"value": 60000}'
    (text,) = said(own.save(tmp_path / "old.xlsx"))
    assert "shows mid-market as hcrisk 0.0.9 had it" in text
    assert f"other values have come for {PAY}; write a new workbook with hcrisk init" in text


def test_a_layout_of_another_version_is_refused(own, tmp_path):
    own.book[RECORD]["B1"].value = 99
    (text,) = said(own.save(tmp_path / "new.xlsx"))
    assert "has the layout of another version of hcrisk" in text


def test_other_workbooks_are_refused(tmp_path):
    book = Workbook()
    book.save(tmp_path / "other.xlsx")
    (text,) = said(tmp_path / "other.xlsx")
    assert "is no workbook that hcrisk init wrote" in text
    (tmp_path / "text.xlsx").write_text("providers, 50")
    (text,) = said(tmp_path / "text.xlsx")
    assert "is no workbook that can be read; save it in Excel as .xlsx, without a password" in text
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as packed:
        packed.writestr("a.txt", "b")
    assert "is no workbook that can be read" in said(tmp_path / "zip.xlsx")[0]
    assert "is a workbook of a kind that is not read" in said(tmp_path / "a.xlsm")[0]
    assert "cannot be read: No such file" in said(tmp_path / "nowhere.xlsx")[0]


def test_without_openpyxl_it_says_what_to_install(monkeypatch, tmp_path, own):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    remedy = r'needs openpyxl, which is not installed; .*pip install "hcrisk\[xlsx\]"'
    with pytest.raises(MissingExtraError, match=remedy):
        hcrisk.load(own.file)
    with pytest.raises(MissingExtraError, match=remedy):
        workbook(tmp_path / "new.xlsx")
    assert not (tmp_path / "new.xlsx").exists()
