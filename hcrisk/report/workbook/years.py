"""The sheet of what each year may cost: percentiles by strategy and year."""

from __future__ import annotations

from typing import Any

from hcrisk.figures import measured
from hcrisk.measures import mean
from hcrisk.measures._labelled import level_name
from hcrisk.plot._style import looks
from hcrisk.report import charted
from hcrisk.report.contents import YEAR_LEVELS
from hcrisk.report.pair import entry_of
from hcrisk.report.workbook.book import Book, Charted, linked
from hcrisk.report.workbook.cashflow import CashFlow, Lines
from hcrisk.report.workbook.cells import Content, difference
from hcrisk.report.workbook.charts import (
    axis,
    column_of,
    filled,
    legend,
    made,
    money_axis,
    place,
)
from hcrisk.report.workbook.digits import MARGIN
from hcrisk.report.workbook.sheet import Area, Column, Sheet

ABOUT = (
    "What each year may cost, in nominal money, uncovered hours included. Percentiles of single "
    "years do not add up to that of the whole: no future has its worst year every year. ± reaches "
    "the farther end of the 95% interval of the figure before it."
)


def write_years(
    book: Book, sheet: Sheet, charts: Charted, flows: dict[str, CashFlow], lines: Lines
) -> None:
    """Write the sheet and draw the years of the strategy the report is about."""
    columns = [Column("Strategy", 24, "text"), Column("Year", 7, "count"), *_pair("Mean")]
    for level in YEAR_LEVELS:
        columns += _pair(level_name(level))
    sheet.begin("Cost of each year", ABOUT, [column.width for column in columns])
    sheet.row += 1
    table, rows, breaks = book.report.years, list[list[Content]](), list[int]()
    means = mean(book.report.ds, of="cost")
    for name, flow in flows.items():
        breaks.append(len(rows))
        for i, year in enumerate(table["year"].values):
            value = float(book.flows.sel(strategy=name).isel(year=i).sum())
            where = flow.sheet.place(lines.last + 1, i + 1)
            row: list[Content] = [entry_of(book.report.quote, name).label, int(year)]
            margin = measured(means.sel(strategy=name, year=year)).half_width
            row += [linked(where, value), margin]
            for level in YEAR_LEVELS:
                figure = measured(table.sel(strategy=name, year=year, level=level))
                row += [figure.value, figure.half_width]
            rows.append(row)
    area = sheet.table(columns, rows, breaks=breaks)
    sheet.worksheet.autofilter(area.first - 1, 0, area.last, len(columns) - 1)
    sheet.freeze(area.first, 2)
    places = list(flows)
    start = area.first + places.index(book.report.pair.focus) * table.sizes["year"]
    _draw(book, sheet, charts, Area(start, start + table.sizes["year"] - 1))


def _pair(name: str) -> list[Column]:
    return [Column(name, 12), Column(MARGIN, 11)]


def _draw(book: Book, sheet: Sheet, charts: Charted, rows: Area) -> None:
    """Draw P5 to P95 as floating columns, the middle half darker, and the median."""
    report = book.report
    table = report.years["value"].sel(strategy=report.pair.focus)
    at = {level: 4 + 2 * i for i, level in enumerate(YEAR_LEVELS)}
    low, _, middle, _, high = YEAR_LEVELS
    steps = [(low, YEAR_LEVELS[1]), (YEAR_LEVELS[1], YEAR_LEVELS[3]), (YEAR_LEVELS[3], high)]
    columns = [Column("Year", kind="count"), Column("Up to P5, not drawn"),
               Column("P5 to P25"), Column("Middle half, P25 to P75"), Column("P75 to P95"),
               Column("Median")]  # fmt: skip
    block = list[list[Content]]()
    for i, year in enumerate(table["year"].values):
        cells = {level: sheet.place(rows.first + i, column) for level, column in at.items()}
        own = {level: float(table.sel(year=year, level=level)) for level in at}
        bands = [difference(cells[b], cells[a], (own[b], own[a])) for a, b in steps]
        base = linked(cells[low], own[low])
        block.append([int(year), base, *bands, linked(cells[middle], own[middle])])
    area = charts.block("Cost of each year of the strategy of this report", columns, block)
    color = looks(report.ds)[report.pair.focus].color
    chart = made(book, "column", "stacked")
    fills: list[dict[str, Any]] = [{"fill": {"none": True}, "border": {"none": True}}]
    for clear in (65, 30, 65):
        fill = filled(color)
        fills.append({"fill": {"color": color, "transparency": clear}, "border": fill["border"]})
    for i, fill in enumerate(fills, start=1):
        chart.add_series(
            {
                "name": [charts.sheet.name, area[0] - 1, i],
                "categories": column_of(charts.sheet, area, 0).listed,
                "values": column_of(charts.sheet, area, i).listed,
                "gap": 80,
                **fill,
            }
        )
    chart.combine(_medians(book, charts, area, color))
    chart.set_x_axis(axis("Year", label_position="low"))
    most = float(table.max())
    chart.set_y_axis(money_axis(book, f"Nominal cost, {report.quote.currency}", most))
    chart.set_legend(legend(delete_series=[0]))
    place(sheet, chart, charted.yearly(report), (sheet.row + 1, 0), (900, 400))


def _medians(book: Book, charts: Charted, area: Area, color: str) -> Any:
    """Return the line through the medians."""
    line = made(book, "line")
    line.add_series(
        {
            "name": [charts.sheet.name, area[0] - 1, 5],
            "categories": column_of(charts.sheet, area, 0).listed,
            "values": column_of(charts.sheet, area, 5).listed,
            "line": {"color": color, "width": 2.0},
            "marker": {
                "type": "diamond",
                "size": 8,
                "fill": {"color": "#FFFFFF"},
                "border": {"color": color},
            },
        }
    )
    return line
