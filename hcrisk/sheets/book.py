"""Opening a workbook, and finding its rows."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as BookCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.scenario.refusal import refused
from hcrisk.sheets.layout import COLUMNS, FORMAT, RECORD, RECORDED, START, title_of
from hcrisk.sheets.values import is_empty

# Rows at the top of a sheet among which the titles of the columns are looked for.
MOST_ABOVE = 12
INPUTS = ("value", "low", "mode", "high", "shape", "source", "confidence")
ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!")
AGAIN = "write a new workbook with hcrisk init, and copy your columns into it"


class Cell(NamedTuple):
    """A cell that holds something: where it is, what it holds, and what keeps it from being read.

    Attributes
    ----------
    place : str
        Sheet and cell, as in "Roles!E12".
    value : object
    trouble : tuple of str or None
        Rule and remedy.
    """

    place: str
    value: Any
    trouble: tuple[str, str] | None = None


class Line(NamedTuple):
    """A row of a sheet that somebody filled in, with its path and the cells filled."""

    path: str
    place: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Record:
    """What a workbook says about what it was written from."""

    version: str
    extends: str
    digest: str
    sheets: tuple[str, ...]
    shipped: Mapping[str, str]


def open_books(path: Path) -> tuple[Workbook, Workbook]:
    """Return a workbook with its formulas, and with the values they had.

    Parameters
    ----------
    path : Path

    Returns
    -------
    tuple of Workbook
        Twice the same one if it holds no formula.

    Raises
    ------
    ScenarioError
        If it cannot be read.
    """
    try:
        # openpyxl leaves a file open that it cannot read.
        content = path.read_bytes()
        with warnings.catch_warnings():
            # What openpyxl cannot keep when it writes does not matter to who only reads.
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(content))
            if not _has_formulas(book):
                return book, book
            return book, load_workbook(BytesIO(content), data_only=True)
    except OSError as error:
        rule = f"cannot be read: {error.strerror or error}"
        closed = "close it where it is open" if isinstance(error, PermissionError) else ""
        raise refused("", str(path), rule, closed or "give the path of an .xlsx file") from None
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError):
        rule = "is no workbook that can be read"
        remedy = "save it in Excel as .xlsx, without a password"
        raise refused("", str(path), rule, remedy) from None


def _has_formulas(book: Workbook) -> bool:
    return any(
        cell.data_type == "f" for sheet in book.worksheets for row in sheet.iter_rows()
        for cell in row
    )  # fmt: skip


def record_of(book: Workbook, file: str) -> Record:
    """Return what a workbook says about what it was written from.

    Parameters
    ----------
    book : Workbook
    file : str
        Its name, for error messages.

    Raises
    ------
    ScenarioError
        If `hcrisk init` has not written it, or one that writes other workbooks.
    """
    if RECORD not in book.sheetnames:
        rule = "is no workbook that hcrisk init wrote: its hidden sheet is missing"
        raise refused("", file, rule, AGAIN)
    lines = [(row[0], row[1]) for row in book[RECORD].iter_rows(max_col=2, values_only=True)]
    texts = [(str(key or ""), "" if text is None else str(text)) for key, text in lines]
    begin = next((i for i, line in enumerate(texts) if line == RECORDED), len(texts))
    said = dict(texts[:begin])
    if not {"format", "extends", "digest", "sheets"} <= set(said):
        rule = "has a hidden sheet that is not as hcrisk init wrote it"
        raise refused("", file, rule, AGAIN)
    if said["format"] != str(FORMAT):
        rule = f"has the layout of another version of hcrisk ({said.get('version', 'unknown')})"
        raise refused("", file, rule, AGAIN)
    shipped = dict(line for line in texts[begin + 1 :] if line[0])
    sheets = tuple(said["sheets"].split(","))
    return Record(said.get("version", ""), said["extends"], said["digest"], sheets, shipped)


def lines_of(
    formulas: Workbook, values: Workbook, record: Record
) -> tuple[list[Line], list[Problem]]:
    """Return the rows somebody filled in, and what is wrong with sheets and columns.

    Parameters
    ----------
    formulas, values : Workbook
    record : Record
    """
    lines: list[Line] = []
    problems: list[Problem] = []
    for name in record.sheets:
        if name not in formulas.sheetnames:
            there = [sheet for sheet in formulas.sheetnames if sheet not in (RECORD, START)]
            rule = f"is missing; the sheets are {', '.join(there)}"
            remedy = "give it its name again, or write a new workbook with hcrisk init"
            problems.append(Problem(f"sheet {name}", None, rule, remedy))
    for name in formulas.sheetnames:
        if name in (RECORD, START):
            continue
        sheet, shown = formulas[name], values[name]
        if not isinstance(sheet, Worksheet) or not isinstance(shown, Worksheet):
            continue
        found = _head(sheet)
        if found is None:
            if name in record.sheets:
                rule = "has no row of titles with Path and Your value any more"
                problems.append(Problem(f"{name}!A3", None, rule, f"undo that, or {AGAIN}"))
            continue
        row, columns = found
        problems += _missing(name, row, columns) + _merged(sheet, row, columns)
        lines += _lines(sheet, shown, row, columns)
    return lines, problems


def _head(sheet: Worksheet) -> tuple[int, dict[str, int]] | None:
    """Return the row of titles, and the place of each column by its key."""
    keys = {_plain(column.title): column.key for column in COLUMNS}
    best: tuple[int, dict[str, int]] | None = None
    for number, row in enumerate(sheet.iter_rows(max_row=MOST_ABOVE, values_only=True), 1):
        found: dict[str, int] = {}
        for place, text in enumerate(row, 1):
            if isinstance(text, str) and _plain(text) in keys:
                found.setdefault(keys[_plain(text)], place)
        if len(found) >= len(COLUMNS) // 2 and (best is None or len(found) > len(best[1])):
            best = number, found
    return best


def _plain(title: str) -> str:
    return " ".join(title.lower().split())


def _missing(name: str, row: int, columns: Mapping[str, int]) -> list[Problem]:
    remedy = "give it its title again, or write a new workbook with hcrisk init"
    return [
        Problem(f"{name}!{row}:{row}", None, f'has no column "{title_of(key)}" any more', remedy)
        for key in (*INPUTS, "path")
        if key not in columns
    ]


def _merged(sheet: Worksheet, head: int, columns: Mapping[str, int]) -> list[Problem]:
    places = [columns[key] for key in (*INPUTS, "path") if key in columns]
    return [
        Problem(
            f"{sheet.title}!{merged.coord}",
            None,
            "are merged cells, of which only the first holds anything",
            "unmerge them, and fill in each row by itself",
        )
        for merged in sheet.merged_cells.ranges
        if merged.max_row > head and any(merged.min_col <= p <= merged.max_col for p in places)
    ]


def _lines(
    sheet: Worksheet, shown: Worksheet, head: int, columns: Mapping[str, int]
) -> Iterator[Line]:
    for row in range(head + 1, sheet.max_row + 1):
        cells = {
            key: cell
            for key in INPUTS
            if key in columns and (cell := _cell(sheet, shown, row, columns[key])) is not None
        }
        path = _cell(sheet, shown, row, columns["path"]) if "path" in columns else None
        if cells:
            text = "" if path is None else str(path.value).strip()
            first = next(iter(cells.values())).place
            yield Line(text, first if path is None else path.place, cells)


def _cell(sheet: Worksheet, shown: Worksheet, row: int, column: int) -> Cell | None:
    """Return what a cell holds, None if it is empty."""
    source, cell = sheet.cell(row, column), shown.cell(row, column)
    place = f"{sheet.title}!{source.coordinate}"
    value = cell.value
    if isinstance(source, BookCell) and source.data_type == "f" and is_empty(value):
        formula = str(getattr(source.value, "text", source.value))
        rule = "is a formula whose value is not in the file"
        return Cell(place, formula, (rule, "open the file in Excel, save it, and try again"))
    if cell.data_type == "e" or (isinstance(value, str) and value.strip() in ERRORS):
        rule = "is an error, not a value"
        return Cell(place, str(value), (rule, "mend the formula, or write the value itself"))
    return None if is_empty(value) else Cell(place, value)


def collect(problems: list[Problem]) -> None:
    """Raise what is wrong, if anything is."""
    if problems:
        raise ScenarioError(problems)
