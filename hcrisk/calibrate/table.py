"""Reading CSV files that people made: every problem named by line, column, value and remedy."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from hcrisk.calibrate.likelihood import CalibrationError
from hcrisk.cells import Refused, is_not_known

MOST_SHOWN = 10
DELIMITERS = (",", ";", "\t")


class Flaw(NamedTuple):
    """One thing wrong with a file: where, what was read, the rule, and what to do."""

    line: int
    column: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        """Return the flaw as one line."""
        places = [f"line {self.line}"] if self.line else []
        places += [f"column {self.column!r}"] if self.column else []
        where = f"{', '.join(places)}: " if places else ""
        value = f"{self.value!r} " if self.value else ""
        return f"{where}{value}{self.rule}; {self.remedy}"


class DataError(CalibrationError):
    """A file of data breaks one or more rules; every broken rule is listed.

    Parameters
    ----------
    name : str
        The file.
    flaws : sequence of Flaw

    Examples
    --------
    >>> flaw = Flaw(3, "cost", "much", "is no amount", "write a number such as 12500")
    >>> print(DataError("log.csv", [flaw]))
    log.csv: line 3, column 'cost': 'much' is no amount; write a number such as 12500
    """

    def __init__(self, name: str, flaws: Sequence[Flaw]) -> None:
        self.name, self.flaws = name, tuple(flaws)
        if len(self.flaws) == 1:
            super().__init__(f"{name}: {self.flaws[0]}")
            return
        shown = [f"  {flaw}" for flaw in self.flaws[:MOST_SHOWN]]
        if len(self.flaws) > MOST_SHOWN:
            shown.append(f"  and {len(self.flaws) - MOST_SHOWN} more")
        super().__init__("\n".join([f"{name} has {len(self.flaws)} problems", *shown]))


@dataclass(frozen=True)
class Column:
    """A column to read.

    Attributes
    ----------
    name : str
        What the column is called; only its letters and digits matter, in whatever case.
    parse : callable
        Text to value; raises `Refused`.
    others : tuple of str
        Other names it may have.
    optional : bool
        Whether the file may lack it; its value is then that of an empty cell.
    empty : callable, optional
        What a cell means that is empty, or says "n/a", "unknown" or the like; without it, an
        empty cell is refused.
    """

    name: str
    parse: Callable[[str], Any]
    others: tuple[str, ...] = ()
    optional: bool = False
    empty: Callable[[], Any] | None = None


Rule = Callable[[int, Mapping[str, Any]], Iterable[Flaw]]


def read_table(
    path: str | os.PathLike[str], columns: Sequence[Column], rule: Rule | None = None
) -> tuple[list[int], dict[str, list[Any]]]:
    r"""Return the columns of a CSV file with a header, separated by comma, semicolon or tab.

    Parameters
    ----------
    path : path
    columns : sequence of Column
        Others are left alone.
    rule : callable, optional
        Line and values of a row that can be read, to what is wrong between its cells.

    Returns
    -------
    (lines, values)
        The line each row stands on, and each column's values by its name.

    Raises
    ------
    DataError
        Listing all that is wrong with the file.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "costs.csv"
    >>> from hcrisk.cells import parse_amount
    >>> _ = path.write_text("Cost;Note\n1,200;printer\n")
    >>> read_table(path, [Column("cost", parse_amount)])
    ([2], {'cost': [1200.0]})
    """
    return _read_rows(os.path.basename(path), _rows(path), columns, rule)


def read_header(path: str | os.PathLike[str]) -> list[str]:
    r"""Return the names of the columns of a file, as they are written.

    Parameters
    ----------
    path : path

    Raises
    ------
    DataError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "panel.csv"
    >>> _ = path.write_text("Expert,P10,P50,P90\nA,1,2,4\n")
    >>> read_header(path)
    ['Expert', 'P10', 'P50', 'P90']
    """
    rows = _rows(path)
    return [cell.strip() for cell in rows[0][1]] if rows else []


def _rows(path: str | os.PathLike[str]) -> list[tuple[int, list[str]]]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        flaw = Flaw(0, "", "", f"cannot be read: {reason}", "give the path of a .csv file")
        raise DataError(str(path), [flaw]) from None
    except UnicodeDecodeError:
        flaw = Flaw(0, "", "", "is not text in UTF-8", "save it as CSV in UTF-8")
        raise DataError(str(path), [flaw]) from None
    header, _, _ = text.partition("\n")
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]


def _read_rows(
    name: str,
    rows: list[tuple[int, list[str]]],
    columns: Sequence[Column],
    rule: Rule | None,
) -> tuple[list[int], dict[str, list[Any]]]:
    wanted = ", ".join(column.name for column in columns if not column.optional)
    if not rows:
        raise DataError(name, [Flaw(0, "", "", "is empty", f"give it a header with {wanted}")])
    head_line, head = rows[0]
    places, flaws = _places(head_line, head, columns)
    if flaws:
        raise DataError(name, flaws)
    if len(rows) < 2:
        raise DataError(name, [Flaw(0, "", "", "has a header and no rows", "add the data")])
    values: dict[str, list[Any]] = {column.name: [] for column in columns}
    for line, row in rows[1:]:
        if len(row) > len(head):
            remedy = 'put a cell that holds a comma into "quotes"'
            said = f"has {len(row)} cells, the header {len(head)}"
            flaws.append(Flaw(line, "", "", said, remedy))
            continue
        found = {column.name: _found(line, row, places[column.name], column) for column in columns}
        wrong = [value for value in found.values() if isinstance(value, Flaw)]
        flaws += wrong or (rule(line, found) if rule is not None else [])
        for key, value in found.items():
            values[key].append(value)
    if flaws:
        raise DataError(name, flaws)
    return [line for line, _ in rows[1:]], values


def _places(
    line: int, head: list[str], columns: Sequence[Column]
) -> tuple[dict[str, int | None], list[Flaw]]:
    keys = [column_key(cell) for cell in head]
    places: dict[str, int | None] = {}
    flaws = []
    for column in columns:
        names = [column_key(name) for name in (column.name, *column.others)]
        found = [i for i, key in enumerate(keys) if key in names]
        places[column.name] = found[0] if found else None
        if not found and not column.optional:
            there = ", ".join(cell.strip() for cell in head)
            rule = f"is missing; the header has {there}"
            also = f" (or {', '.join(column.others)})" if column.others else ""
            flaws.append(Flaw(line, column.name, "", rule, f"add it, or rename one{also}"))
        if len(found) > 1:
            flaws.append(Flaw(line, column.name, "", "stands there twice", "drop one"))
    return places, flaws


def column_key(name: str) -> str:
    """Return what matters of a column's name: its letters and digits.

    Examples
    --------
    >>> column_key("Cost (USD)")
    'costusd'
    """
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _found(line: int, row: list[str], place: int | None, column: Column) -> Any:
    """Return what a cell says, or what is wrong with it."""
    cell = row[place].strip() if place is not None and place < len(row) else ""
    if column.empty is not None and is_not_known(cell):
        return column.empty()
    if not cell:
        return Flaw(line, column.name, "", "is empty", "fill it in, or drop the row")
    try:
        return column.parse(cell)
    except Refused as refused:
        return Flaw(line, column.name, cell, refused.rule, refused.remedy)
