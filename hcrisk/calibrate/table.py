"""Reading CSV files that people made: every problem named by line, column, value and remedy."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from hcrisk.calibrate.likelihood import CalibrationError

MOST_SHOWN = 10
DATE_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")
YES, NO = ("yes", "y", "true", "1", "open"), ("no", "n", "false", "0", "closed", "")


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


class Refused(ValueError):  # noqa: N818 - it is caught where the line is known
    """A cell that cannot be read: the rule it breaks and the remedy."""

    def __init__(self, rule: str, remedy: str) -> None:
        super().__init__(rule)
        self.rule, self.remedy = rule, remedy


@dataclass(frozen=True)
class Column:
    """A column to read.

    Attributes
    ----------
    name : str
        What the column is called; case, spaces and underscores do not matter.
    parse : callable
        Text to value; raises `Refused`.
    others : tuple of str
        Other names it may have.
    optional : bool
        Whether the file may lack it; its value is then that of an empty cell.
    empty : callable, optional
        What an empty cell means; without it, an empty cell is refused.
    """

    name: str
    parse: Callable[[str], Any]
    others: tuple[str, ...] = ()
    optional: bool = False
    empty: Callable[[], Any] | None = None


def read_table(
    path: str | os.PathLike[str], columns: Sequence[Column]
) -> tuple[list[int], dict[str, list[Any]]]:
    r"""Return the columns of a CSV file with a header, separated by commas or semicolons.

    Parameters
    ----------
    path : path
    columns : sequence of Column
        Others are left alone.

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
    >>> _ = path.write_text("Cost;Note\n1,200;printer\n")
    >>> read_table(path, [Column("cost", parse_amount)])
    ([2], {'cost': [1200.0]})
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        flaw = Flaw(0, "", "", f"cannot be read: {reason}", "give the path of a .csv file")
        raise DataError(str(path), [flaw]) from None
    except UnicodeDecodeError:
        flaw = Flaw(0, "", "", "is not text in UTF-8", "save it as CSV in UTF-8")
        raise DataError(str(path), [flaw]) from None
    header, _, _ = text.partition("\n")
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    return _read_rows(file.name, rows, columns)


def _read_rows(
    name: str, rows: list[tuple[int, list[str]]], columns: Sequence[Column]
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
            rule = f"has {len(row)} cells, the header {len(head)}"
            flaws.append(Flaw(line, "", "", rule, remedy))
            continue
        for column in columns:
            place = places[column.name]
            cell = row[place].strip() if place is not None and place < len(row) else ""
            found = _cell(line, column, cell)
            (flaws if isinstance(found, Flaw) else values[column.name]).append(found)
    if flaws:
        raise DataError(name, flaws)
    return [line for line, _ in rows[1:]], values


def _places(
    line: int, head: list[str], columns: Sequence[Column]
) -> tuple[dict[str, int | None], list[Flaw]]:
    keys = [_key(cell) for cell in head]
    places: dict[str, int | None] = {}
    flaws = []
    for column in columns:
        names = [_key(name) for name in (column.name, *column.others)]
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


def _key(name: str) -> str:
    return "".join(name.lower().replace("_", " ").split())


def _cell(line: int, column: Column, cell: str) -> Any:
    if not cell:
        if column.empty is not None:
            return column.empty()
        return Flaw(line, column.name, "", "is empty", "fill it in, or drop the row")
    try:
        return column.parse(cell)
    except Refused as refused:
        return Flaw(line, column.name, cell, refused.rule, refused.remedy)


def parse_date(text: str) -> date:
    """Return a date written as 2024-03-31 or 03/31/2024.

    Examples
    --------
    >>> parse_date("03/31/2024").isoformat()
    '2024-03-31'
    """
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise Refused("is no date", "write 2024-03-31, or 03/31/2024 (month/day/year)")


def parse_amount(text: str) -> float:
    """Return an amount from 0 up; currency signs and thousands' commas are left out.

    Examples
    --------
    >>> parse_amount("$12,500.50")
    12500.5
    """
    bare = text.strip().lstrip("$€£").replace(",", "").replace(" ", "")
    try:
        value = float(bare)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Refused("is no amount", "write a number such as 12500 or 12,500.50")
    if value < 0.0:
        raise Refused("is negative", "write costs as positive numbers")
    return value


def parse_count(text: str) -> float:
    """Return a whole number from 0 up.

    Examples
    --------
    >>> parse_count("1,200")
    1200.0
    """
    value = parse_amount(text)
    if value != round(value):
        raise Refused("is no whole number", "write how many, such as 1200")
    return value


def parse_flag(text: str) -> bool:
    """Return whether a text says yes.

    Examples
    --------
    >>> parse_flag("Open"), parse_flag("no")
    (True, False)
    """
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise Refused("is neither yes nor no", "write yes or no")


def nan() -> float:
    """Return what an empty number means: not known.

    Examples
    --------
    >>> nan()
    nan
    """
    return math.nan
