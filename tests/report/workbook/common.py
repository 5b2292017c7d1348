"""Reading a workbook as the programs do that open it."""

import re
import zipfile
from xml.etree import ElementTree

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_REFERENCE = re.compile(r"^(?:'((?:[^']|'')+)'|([A-Za-z0-9_.]+))!(.+)$")


def cells_at(book, reference):
    """Return the cells that a reference with its sheet means, row by row, in one list."""
    quoted, plain, area = _REFERENCE.match(reference.removeprefix("=")).groups()
    found = book[plain or quoted.replace("''", "'")][area.replace("$", "")]
    if not isinstance(found, tuple):
        return [found]
    return [cell for row in found for cell in row]


def formulas_of(book):
    """Return every cell with a formula."""
    return [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ]


def charts_of(file):
    """Return the markup of every chart."""
    with zipfile.ZipFile(file) as inside:
        names = [name for name in inside.namelist() if re.match(r"xl/charts/chart\d+\.xml", name)]
        return [ElementTree.fromstring(inside.read(name)) for name in names]


def row_of(sheet, text, column=1, nth=0):
    """Return the number of the nth row with a text in a column."""
    rows = [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, column).value == text]
    return rows[nth]
