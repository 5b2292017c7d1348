"""Native charts, in the colours of `hcrisk.plot`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from hcrisk.figures import Figure, unit_of
from hcrisk.plot._style import GUIDE, Look
from hcrisk.report.charted import Told
from hcrisk.report.workbook.book import Book, Charted
from hcrisk.report.workbook.cells import Content, difference
from hcrisk.report.workbook.sheet import ROW_POINTS, Column, Sheet
from hcrisk.report.workbook.style import FONT, INK, QUIET, human_format

GRID = "#E2E2E2"
POINTS_PER_PIXEL = 0.75
# Axes that reach fewer units than these have ticks between them.
FEW = 20
DASHES = {"-": "solid", "--": "dash", "-.": "dash_dot", ":": "square_dot"}
MARKS = {"o": "circle", "s": "square", "^": "triangle", "D": "diamond"}
# Where plots have a hatch, so that bars can be told apart in grey. Not every program draws
# patterns of level and upright lines: where plots have these, bars are plain.
PATTERNS = {
    "///": "wide_upward_diagonal",
    "...": "percent_10",
    "\\\\\\": "wide_downward_diagonal",
    "xxx": "outlined_diamond",
}


class Range(NamedTuple):
    """Cells that a chart draws."""

    sheet: Sheet
    first: tuple[int, int]
    last: tuple[int, int]

    @property
    def listed(self) -> list[Any]:
        """As xlsxwriter takes them."""
        return [self.sheet.name, *self.first, *self.last]


def column_of(sheet: Sheet, rows: tuple[int, int], column: int) -> Range:
    """Return the cells of a column."""
    return Range(sheet, (rows[0], column), (rows[1], column))


def dash(look: Look) -> str:
    """Return how a strategy's line is drawn.

    Examples
    --------
    >>> dash(Look("#000000", "-", "o")), dash(Look("#0072B2", (0, (7, 2)), "<"))
    ('solid', 'long_dash')
    """
    return DASHES.get(str(look.linestyle), "long_dash")


def filled(color: str, hatch: str = "") -> dict[str, Any]:
    """Return how a bar is filled, with a pattern where plots have a hatch."""
    border = {"border": {"color": "#FFFFFF", "width": 0.75}}
    if hatch not in PATTERNS:
        return {"fill": {"color": color}, **border}
    pattern = {"pattern": PATTERNS[hatch], "fg_color": "#FFFFFF", "bg_color": color}
    return {"pattern": pattern, **border}


def error_bars(
    cells: tuple[Range, Range], lengths: Sequence[tuple[float, float]]
) -> dict[str, Any]:
    """Return the intervals of bars as an option of a series.

    ``cells`` hold how far they reach to either side, and ``lengths`` what stands there, for
    programs that do not calculate.
    """
    ends = dict[str, Any]()
    for i, side in enumerate(("minus", "plus")):
        ends[f"{side}_values"] = f"={cells[i].sheet.area(cells[i].first, cells[i].last)}"
        ends[f"{side}_data"] = [pair[i] for pair in lengths]
    line = {"color": INK, "width": 1.25}
    return {"y_error_bars": {"type": "custom", **ends, "end_style": 0, "line": line}}


def intervals(
    charts: Charted, title: str, bars: Range, figures: Sequence[Figure]
) -> dict[str, Any]:
    """Write how far the intervals of bars reach, and return them for a series.

    Parameters
    ----------
    charts
        Where it is written.
    title
        What the bars are.
    bars
        The cells that are drawn; lower and upper bounds stand to the right of them.
    figures
        What they are.

    Returns
    -------
    dict
        Of the options of a series.
    """
    (first, column), sheet = bars.first, bars.sheet
    rows, lengths = list[list[Content]](), list[tuple[float, float]]()
    for row, figure in enumerate(figures, start=first):
        value, lower, upper = (sheet.place(row, column + i) for i in range(3))
        halves: list[Content] = [0.0, 0.0]
        lengths.append((0.0, 0.0))
        if figure.is_bounded:
            halves = [difference(value, lower, (figure.value, figure.lower)),
                      difference(upper, value, (figure.upper, figure.value))]  # fmt: skip
            lengths[-1] = (figure.value - figure.lower, figure.upper - figure.value)
        rows.append([f"Bar {row - first + 1}", *halves])
    heads = [Column("Bar", kind="text"), Column("Below it"), Column("Above it")]
    area = charts.block(f"{title}: how far the intervals reach", heads, rows)
    cells = column_of(charts.sheet, area, 1), column_of(charts.sheet, area, 2)
    return error_bars(cells, lengths)


def made(book: Book, kind: str, subtype: str = "") -> Any:
    """Return an empty chart."""
    wanted = {"type": kind, "subtype": subtype} if subtype else {"type": kind}
    return book.workbook.add_chart(wanted)


def axis(title: str = "", **options: Any) -> dict[str, Any]:
    """Return the options of an axis: small letters, light grid only where asked for."""
    small = {"name": FONT, "size": 9, "color": INK}
    whole: dict[str, Any] = {
        "num_font": small,
        "name_font": {**small, "bold": False, "color": QUIET},
        "line": {"color": GUIDE},
        "major_gridlines": {"visible": False},
    }
    return whole | ({"name": title} if title else {}) | options


def money_axis(book: Book, title: str, size: float, **options: Any) -> dict[str, Any]:
    """Return the options of an axis of money that reaches about so far."""
    scale, letter = unit_of(abs(size))
    step = scale / 10 if abs(size) < FEW * scale else scale
    form = human_format(book.report.quote.currency, (scale, letter), step)
    lines = {"visible": True, "line": {"color": GRID, "width": 0.75}}
    return axis(title, num_format=form, major_gridlines=lines, **options)


def place(sheet: Sheet, chart: Any, told: Told, at: tuple[int, int], size: tuple[int, int]) -> None:
    """Put a finished chart on a sheet, with its title and what it shows in words."""
    chart.set_title(
        {
            "name": told.title,
            "name_font": {"name": FONT, "size": 12, "bold": True, "color": INK},
            "overlay": False,
        }
    )
    chart.set_size({"width": size[0], "height": size[1]})
    if at[0] >= sheet.row:
        sheet.keep(POINTS_PER_PIXEL * size[1] + ROW_POINTS)
    chart.set_chartarea({"border": {"none": True}})
    sheet.worksheet.insert_chart(*at, chart, {"description": told.about, "object_position": 2})


def legend(position: str = "bottom", **options: Any) -> dict[str, Any]:
    """Return the options of a legend."""
    return {"position": position, "font": {"name": FONT, "size": 9, "color": INK}, **options}
