"""What LibreOffice, the one office suite that a test can run, makes of a workbook."""

import math
import re
import zipfile

from openpyxl import load_workbook

from tests.report.workbook.common import formulas_of


def without_values(file, bare):
    """Copy a workbook without the values of its formulas, which must then be calculated."""
    with zipfile.ZipFile(file) as inside, zipfile.ZipFile(bare, "w") as outside:
        for name in inside.namelist():
            content = inside.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"</f><v>[^<]*</v>", b"</f>", content)
            outside.writestr(name, content)


def test_what_is_calculated_again_is_what_is_stored(office, book, tmp_path):
    bare, folder = tmp_path / "bare.xlsx", tmp_path / "again"
    folder.mkdir()
    without_values(book.file, bare)
    again = load_workbook(office(bare, "xlsx", folder), data_only=True)
    formulas = formulas_of(book.formulas)
    assert len(formulas) > 1000
    unread = load_workbook(bare, data_only=True)
    for cell in formulas:
        where = cell.parent.title, cell.coordinate
        stored = book.values[where[0]][where[1]].value
        assert unread[where[0]][where[1]].value is None
        found = again[where[0]][where[1]].value
        assert isinstance(found, int | float), (*where, cell.value, found)
        assert math.isclose(stored, found, rel_tol=1e-9, abs_tol=1e-4), (*where, cell.value)


def test_it_prints_one_page_wide(office, book, tmp_path):
    pages = office(book.file, "pdf", tmp_path).read_bytes()
    assert pages.startswith(b"%PDF")
    count = len(re.findall(rb"/Type ?/Page[^s]", pages))
    assert count == 0 or 20 < count < 75
