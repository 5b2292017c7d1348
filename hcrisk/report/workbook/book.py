"""The workbook: its sheets, its defined names, and what is only there for charts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import xarray as xr
from xlsxwriter import Workbook

from hcrisk.report.contents import Report
from hcrisk.report.workbook.cells import Content, Formula
from hcrisk.report.workbook.sheet import BELOW_TITLE, Area, Column, Sheet
from hcrisk.report.workbook.style import Styles

LONGEST_NAME = 31
# What no sheet's name may hold.
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


class Name(NamedTuple):
    """A defined name: what it means, where it points, and its value if that is one cell.

    ``number`` is the number format of the value, that of its kind when empty.
    """

    name: str
    meaning: str
    place: str
    value: float | None
    kind: str
    number: str = ""


class Entry(NamedTuple):
    """A sheet in the table of contents."""

    sheet: Sheet
    about: str


class Book:
    """A workbook in the making.

    Parameters
    ----------
    report
        What it says.
    flows
        Mean nominal cost by strategy, cost line and year.
    path
        Where it is written.
    """

    def __init__(self, report: Report, flows: xr.DataArray, path: Path) -> None:
        self.report, self.flows = report, flows
        self.workbook = Workbook(str(path), {"in_memory": True, "strings_to_urls": False})
        self._describe()
        self.styles = Styles(self.workbook, report.quote.currency)
        self.entries: list[Entry] = []
        self.names: list[Name] = []

    def _describe(self) -> None:
        attrs = self.report.ds.attrs
        self.workbook.set_properties(
            {
                "title": f"{self.report.quote.title}: cost and risk of its sourcing strategies",
                "comments": f"Made by hcrisk {attrs.get('hcrisk', '')} from {attrs['scenario']}.",
                # When it was simulated, so that the same report gives the same bytes.
                "created": datetime.fromisoformat(str(attrs["created"])).replace(tzinfo=None),
            }
        )
        self.workbook.set_size(2400, 1400)

    def sheet(self, name: str, about: str) -> Sheet:
        """Add a sheet after those there are."""
        taken = {entry.sheet.name.lower() for entry in self.entries}
        fitting = sheet_name(name, taken)
        found = Sheet(self.workbook.add_worksheet(fitting), fitting, self.styles)
        self.entries.append(Entry(found, about))
        return found

    def define(
        self,
        name: str,
        meaning: str,
        place: str,
        value: float | None = None,
        kind: str = "money",
        number: str = "",
    ) -> None:
        """Give a cell or range a name that formulas anywhere can use."""
        self.workbook.define_name(name, f"={place}")
        self.names.append(Name(name, meaning, place, value, kind, number))

    def close(self) -> None:
        """Write the file."""
        self.workbook.close()


class Charted:
    """The sheet of figures that only charts need, one block below the other.

    Parameters
    ----------
    sheet
        An empty sheet.
    columns
        How many columns the widest block has.
    """

    def __init__(self, sheet: Sheet, columns: int) -> None:
        self.sheet = sheet
        sheet.begin(
            "Chart data",
            "What charts draw and no other sheet has. The charts need it; change nothing here.",
            [34.0, *[15.0] * (columns - 1)],
        )
        sheet.freeze(BELOW_TITLE)

    def block(
        self, title: str, columns: Sequence[Column], rows: Sequence[Sequence[Content]]
    ) -> Area:
        """Write a block; return where its rows stand."""
        self.sheet.heading(title)
        return self.sheet.table(columns, rows)

    def next_row(self) -> int:
        """Return where the first row of the next block will stand."""
        return self.sheet.next_row() + 2


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that a sheet can have and no other one has.

    Examples
    --------
    >>> sheet_name("Cash flow In/Out", set()), sheet_name("Risk", {"risk"})
    ('Cash flow In Out', 'Risk 2')
    """
    plain = " ".join(_FORBIDDEN.sub(" ", wanted).split()).strip("'")[:LONGEST_NAME].rstrip(" '")
    found, count = plain, 1
    while found.lower() in taken:
        count += 1
        end = f" {count}"
        found = plain[: LONGEST_NAME - len(end)].rstrip(" '") + end
    return found


def linked(place: str, value: float) -> Formula:
    """Return what stands elsewhere, by its place or defined name."""
    return Formula(f"={place}", value)
