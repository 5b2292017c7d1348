"""One sheet: where it is written next, and how tables, notes and paper are set."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from xlsxwriter.utility import quote_sheetname, xl_range_abs, xl_rowcol_to_cell

from hcrisk.report.workbook.cells import Content, Formula, Link, Shown
from hcrisk.report.workbook.digits import as_known
from hcrisk.report.workbook.style import (
    FORMULA_LIKE,
    HAIR,
    LINKED,
    NUMERIC,
    QUIET,
    SIMULATED,
    TOTAL_FILL,
    Styles,
    plain_format,
)

# A cell holds no longer text.
LONGEST_TEXT = 32_767
LINE_HEIGHT = 13.5
# Height of a row and least width of a page, in points.
ROW_POINTS, LEAST_POINTS = 12.75, 720.0
# A sheet is printed as wide as a page unless that makes it smaller than this; then it is printed at
# this size on as many pages side by side as it takes, each with the first column.
SMALLEST_PRINT = 0.6
_POINTS_A_LETTER = 5.4
# How high the printed part of a page is for its width, on Letter and on A4, both on their side, and
# how many points a letter of a column's width takes, in Excel and where its fonts are missing.
PAGES = tuple((shape, letter) for shape in (7.2 / 10.0, 6.97 / 10.69) for letter in (5.4, 6.3))
# The rows of the title and of what the sheet is about.
BELOW_TITLE = 2
# Letters of Calibri 10 per unit of column width, a little less than there are.
_LETTERS = 1.05


class Column(NamedTuple):
    """A column of a table: its head, its width in letters, and the kind of its cells."""

    head: str
    width: float = 14.0
    kind: str = "money"


class Area(NamedTuple):
    """Where the rows of a table stand, head not counted."""

    first: int
    last: int


class Sheet:
    """A sheet that is written from top to bottom.

    Parameters
    ----------
    worksheet
        Of xlsxwriter.
    name
        Its name.
    styles
        The formats of its workbook.
    """

    def __init__(self, worksheet: Any, name: str, styles: Styles) -> None:
        self.worksheet, self.name, self.styles = worksheet, name, styles
        self.row = 0
        self.widths: list[float] = []
        self._heights: dict[int, float] = {}
        self._pages: list[int] = []
        self._repeated: list[int] = []
        self._head_rows = 1

    def cell(self, row: int, column: int, *, fixed: str = "") -> str:
        """Return the name of a cell, its ``"row"``, ``"column"`` or ``"both"`` fixed by a $."""
        name: str = xl_rowcol_to_cell(
            row, column, fixed in ("row", "both"), fixed in ("column", "both")
        )
        return name

    def place(self, row: int, column: int) -> str:
        """Return how other sheets call a cell."""
        return f"{quote_sheetname(self.name)}!{self.cell(row, column, fixed='both')}"

    def area(self, first: tuple[int, int], last: tuple[int, int]) -> str:
        """Return how other sheets call a range of cells."""
        return f"{quote_sheetname(self.name)}!{xl_range_abs(*first, *last)}"

    def begin(self, title: str, about: str, widths: Sequence[float]) -> None:
        """Set the widths of the columns, and write the title and what the sheet is about."""
        self.widths = list(widths)
        # Said, since programs differ in what they take a row to be.
        self.worksheet.set_default_row(ROW_POINTS)
        for column, width in enumerate(widths):
            self.worksheet.set_column(column, column, width, self.styles())
        self._set_height(0, 24)
        self.put(0, 0, title, "text", font_size=16, bold=True, valign="vcenter")
        self.row = 1
        self.note(about)
        self._print()

    def put(self, row: int, column: int, content: Content, kind: str, **properties: Any) -> None:
        """Write one cell; text is text whatever it looks like."""
        write = self.worksheet
        if isinstance(content, Shown):
            kind = content.kind
            properties |= {"num_format": content.number} if content.number else {}
            content = content.content
        if isinstance(content, float | int) and not math.isfinite(content):
            content = None
        number = content.value if isinstance(content, Formula) else content
        if kind == "plain" and isinstance(number, float | int):
            properties = {"num_format": plain_format(number)} | properties
        if isinstance(content, float | int) and kind in NUMERIC:
            properties = {"font_color": SIMULATED} | properties
        if isinstance(content, Link):
            style = self.styles(kind, **({"font_color": LINKED, "underline": 1} | properties))
            write.write_url(row, column, content.address, style, content.text[:LONGEST_TEXT])
        elif isinstance(content, Formula):
            style = self.styles(kind, **properties)
            write.write_formula(row, column, content.text, style, content.value)
        elif isinstance(content, str):
            quoted = {"quote_prefix": True} if content.startswith(FORMULA_LIKE) else {}
            style = self.styles(kind, **properties, **quoted)
            write.write_string(row, column, content[:LONGEST_TEXT], style)
        elif content is None:
            write.write_blank(row, column, None, self.styles(kind, **properties))
        else:
            write.write_number(row, column, content, self.styles(kind, **properties))

    def heading(self, text: str) -> None:
        """Write a heading, with a line free above."""
        self.row += 1
        self.put(self.row, 0, text, "text", bold=True, font_size=12)
        self.row += 1

    def note(self, text: str, **properties: Any) -> None:
        """Write a paragraph across the columns, as high as it needs to be."""
        style = {"font_color": QUIET, "text_wrap": True, **properties}
        last = self._columns_abreast() - 1
        if last:
            self.worksheet.merge_range(self.row, 0, self.row, last, "", self.styles(**style))
        self.put(self.row, 0, text, "text", **style)
        lines = _lines(text, sum(self.widths[: last + 1]))
        size = float(properties.get("font_size", 10)) / 10
        self._set_height(self.row, LINE_HEIGHT * lines * size + 2)
        self.row += 1

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Content]],
        *,
        totals: int = 0,
        breaks: Collection[int] = (),
        groups: Sequence[tuple[str, int]] = (),
    ) -> Area:
        """Write a table where the sheet has got to, and move below it.

        Parameters
        ----------
        columns
            What stands above each column.
        rows
            Their cells.
        totals
            How many of the last rows are totals.
        breaks
            Rows with a line above.
        groups
            A line above the heads: texts, and how many columns each spans.

        Returns
        -------
        Area
            Where the rows stand, `next_row` being the first of them.
        """
        self._head_rows = 2 if groups else 1
        self._groups(groups)
        self._heads(columns)
        first = self.row
        titles, kinds = [one.head for one in columns], [one.kind for one in columns]
        for i, stated in enumerate(rows):
            row = as_known(titles, kinds, stated, self.styles.currency)
            properties: dict[str, Any] = {"bottom": 4, "bottom_color": HAIR}
            if i >= len(rows) - totals:
                properties |= {"bold": True, "bg_color": TOTAL_FILL}
            if i in breaks or i == len(rows) - totals:
                properties |= {"top": 1}
            for column, content in enumerate(row):
                kind = kinds[column]
                indent = {"indent": 1, "align": "left"} if column and kind not in NUMERIC else {}
                self.put(self.row, column, content, kind, **properties, **indent)
            self._fit(columns, row)
            self.row += 1
        return Area(first, self.row - 1)

    def next_row(self) -> int:
        """Return where the first row of the next table will stand, if it has one line of heads."""
        return self.row + 1

    def _fit(self, columns: Sequence[Column], row: Sequence[Content]) -> None:
        """Make a row as high as its longest text needs; not every program does so by itself."""
        lines = [
            _lines(content, self.widths[i])
            for i, content in enumerate(row)
            if isinstance(content, str) and columns[i].kind == "wrapped"
        ]
        if max(lines, default=1) > 1:
            self._set_height(self.row, LINE_HEIGHT * max(lines) + 1)

    def _groups(self, groups: Sequence[tuple[str, int]]) -> None:
        column = 0
        for text, count in groups:
            if text and count > 1:
                style = self.styles("head", align="center", left=1, left_color="#FFFFFF")
                self.worksheet.merge_range(
                    self.row, column, self.row, column + count - 1, "", style
                )
            for i in range(count):
                shown = {"align": "center", "left": 1, "left_color": "#FFFFFF"} if text else {}
                self.put(self.row, column + i, text if not i else "", "head", **shown)
            column += count
        self.row += 1 if groups else 0

    def _heads(self, columns: Sequence[Column]) -> None:
        deepest = 1
        for i, column in enumerate(columns):
            indent = {} if column.kind in NUMERIC or not i else {"indent": 1}
            side = "right" if column.kind in NUMERIC else "left"
            self.put(self.row, i, column.head, "head", align=side, **indent)
            deepest = max(deepest, math.ceil(len(column.head) / (0.9 * self.widths[i])))
        self._set_height(self.row, LINE_HEIGHT * deepest + 4)
        self.row += 1

    def freeze(self, row: int, column: int = 1) -> None:
        """Keep the rows above and the columns to the left in sight, and print them on each page."""
        self.worksheet.freeze_panes(row, column)
        # The heads of the only table, or where there are several the title.
        heads = range(row - self._head_rows, row)
        self._repeated = list(heads) if row > BELOW_TITLE else [0]
        self.worksheet.repeat_rows(self._repeated[0], self._repeated[-1])

    def keep(self, height: float) -> None:
        """Begin a new page on paper if so many points more would be cut in two on this one.

        Pages are as wide as the sheet, up to a width, so how much stands on one depends on the
        paper's shape.
        """
        start = self._pages[-1] if self._pages else 0
        above = self._points(range(start, self.row))
        again = self._points(self._repeated)
        for shape, letter in PAGES:
            widest = LEAST_POINTS / SMALLEST_PRINT
            room = shape * min(max(letter * sum(self.widths), LEAST_POINTS), widest)
            used = above + (again if start else 0.0)
            while used > room:
                used -= room - again
            if used + height > room:
                self._pages.append(self.row)
                self.worksheet.set_h_pagebreaks(self._pages)
                return

    def _columns_abreast(self) -> int:
        """Return how many columns stand on one page in the smallest print, at least one."""
        room, count = LEAST_POINTS / SMALLEST_PRINT / _POINTS_A_LETTER, 0
        for width in self.widths:
            room -= width
            count += room >= 0
        return max(count, 1)

    def _set_height(self, row: int, points: float) -> None:
        self._heights[row] = points
        self.worksheet.set_row(row, points)

    def _points(self, rows: Iterable[int]) -> float:
        return sum(self._heights.get(row, ROW_POINTS) for row in rows)

    def _print(self) -> None:
        sheet = self.worksheet
        sheet.set_landscape()
        # As many pages high as it takes, on whatever paper there is.
        if self._columns_abreast() == len(self.widths):
            sheet.fit_to_pages(1, 0)
        else:
            sheet.set_print_scale(round(100 * SMALLEST_PRINT))
            sheet.repeat_columns(0, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_footer("&L&8&F, &A&R&8page &P of &N")
        sheet.hide_gridlines(2)


def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes, broken between words, or within those too long."""
    lines, used = 1, 0.0
    for word in text.split():
        size = len(word) / _LETTERS
        if used and used + size > width:
            lines, used = lines + 1, 0.0
        lines += int(size // width)
        used += size % width + 1
    return lines
