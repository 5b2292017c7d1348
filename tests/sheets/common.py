"""A template in memory: filled in by path, read, and emptied again."""

from functools import cache
from pathlib import Path

from openpyxl import load_workbook

from hcrisk.scenarios import shipped, workbook
from hcrisk.sheets.layout import COLUMNS, HEAD, RECORD, START
from hcrisk.sheets.reader import scenario_of

PLACES = {column.key: place for place, column in enumerate(COLUMNS, 1)}
INPUTS = ("value", "low", "mode", "high", "shape", "source", "confidence")


@cache
def template_bytes(parent, folder):
    file = Path(folder) / f"{parent}.xlsx"
    workbook(file, parent, "mine")
    return file.read_bytes()


class Sheets:
    """A workbook, its rows by path."""

    def __init__(self, file):
        self.file = Path(file)
        self.book = load_workbook(self.file)
        self.rows = {}
        for sheet in self.book.worksheets:
            if sheet.title in (START, RECORD):
                continue
            for number in range(HEAD + 1, sheet.max_row + 1):
                path = sheet.cell(number, PLACES["path"]).value
                if path:
                    assert path not in self.rows
                    self.rows[path] = (sheet, number)
        self.touched = []

    def cell(self, path, key="value"):
        sheet, number = self.rows[path]
        return sheet.cell(number, PLACES[key])

    def place(self, path, key="value"):
        cell = self.cell(path, key)
        return f"{cell.parent.title}!{cell.coordinate}"

    def fill(self, path, value=None, **others):
        """Fill in the row of a path, or a free row if it has none."""
        if path not in self.rows:
            self.rows[path] = self.free()
            self.write(self.cell(path, "path"), path)
        for key, entry in {"value": value, **others}.items():
            if entry is not None:
                self.write(self.cell(path, key), entry)
        return self

    def free(self):
        sheet = self.book["More"]
        number = HEAD + 1
        last = max(
            row for row in range(1, sheet.max_row + 1)
            if str(sheet.cell(row, 1).value or "").startswith("Rows for paths")
        )  # fmt: skip
        number = last + 1
        while sheet.cell(number, PLACES["path"]).value:
            number += 1
        return sheet, number

    def write(self, cell, entry):
        self.touched.append((cell, cell.value, cell.data_type, cell.number_format))
        if isinstance(entry, tuple):
            cell.value, cell.number_format = entry
        else:
            cell.value = entry

    def read(self):
        return scenario_of(self.book, self.book, shipped, self.file)

    def save(self, file):
        self.book.save(file)
        return file

    def clear(self):
        for cell, value, kind, form in reversed(self.touched):
            if cell.column == PLACES["path"] and value is None:
                if self.rows.get(cell.value) == (cell.parent, cell.row):
                    del self.rows[cell.value]
            cell.value, cell.number_format = value, form
            if value is not None:
                cell.data_type = kind
        self.touched = []
