"""The sheets of yearly cost by cost line, one for each strategy."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from hcrisk.figures import Figure, counted, measured, spoken
from hcrisk.measures import mean
from hcrisk.plot.components import OTHER, largest, look_of
from hcrisk.report.charted import Told
from hcrisk.report.pair import entry_of
from hcrisk.report.quote import COVERAGE_GAP, StrategyQuote
from hcrisk.report.workbook.basis import FACTORS, is_discounted_evenly
from hcrisk.report.workbook.book import Book, Charted, linked
from hcrisk.report.workbook.cells import Content, Formula, Shown, difference, share, total
from hcrisk.report.workbook.charts import Range, axis, filled, legend, made, money_axis, place
from hcrisk.report.workbook.digits import MARGIN, known, margin_cell
from hcrisk.report.workbook.percentiles import prefixes
from hcrisk.report.workbook.sheet import Column, Sheet
from hcrisk.variables import labels_of, slugs_of

ABOUT = (
    "Mean cost of each year by cost line, in nominal money, over all {futures} simulated futures; "
    "recoveries are negative. A mean of many futures is not a forecast of one year: incidents are "
    "rare and large. {paid}{present} ± reaches the farther end of the 95% interval of the present "
    "value."
)
PAID = (
    "Uncovered hours are work lost, valued at assumed rates: nobody pays them, and the line at "
    "the foot leaves them out. "
)
EVENLY = "Present value: the yearly means times the discount factors of the sheet Basis."
UNEVENLY = (
    "Present value: as simulated, since each future has a discount rate of its own; it does not "
    "follow from the yearly means."
)
OTHER_LINES = "Other lines, net"


class Lines(NamedTuple):
    """The cost lines that any strategy has, and where they stand on every strategy's sheet."""

    names: list[str]
    labels: dict[str, str]
    first: int

    @property
    def last(self) -> int:
        """The row of the last line; the totals are below it."""
        return self.first + len(self.names) - 1

    def row(self, name: str) -> int:
        """Return the row of a line."""
        return self.first + self.names.index(name)


class CashFlow(NamedTuple):
    """The sheet of one strategy: where its present values are, and what they come to."""

    sheet: Sheet
    present: dict[str, float]
    column: int


def cost_lines(book: Book) -> Lines:
    """Return the lines to list: those that are not zero everywhere."""
    flows, parts = book.flows, book.report.ds["component_npv"]
    sizes = abs(flows).max(("strategy", "year")) + abs(parts).max(("strategy", "path"))
    names = [str(name) for name in flows["component"].values if float(sizes.sel(component=name))]
    # Title, what it is about, an empty row, and the heads.
    return Lines(names, labels_of(book.report.ds, "component"), 4)


def write_cash_flow(
    book: Book, sheet: Sheet, name: str, lines: Lines, factors: list[float]
) -> CashFlow:
    """Write the sheet of one strategy."""
    quote, entry = book.report.quote, entry_of(book.report.quote, name)
    years = quote.years
    sheet.begin(
        f"Cost by year: {entry.label}",
        ABOUT.format(
            futures=f"{quote.paths:,}",
            paid=PAID if quote.has_gap else "",
            present=EVENLY if is_discounted_evenly(book) else UNEVENLY,
        ),
        [38.0, *[11.0] * years, 11.0, 8.0, 11.0, 11.0, 8.0],
    )
    sheet.row += 1
    values = {one: [float(value) for value in book.flows.sel(strategy=name, component=one).values]
              for one in lines.names}  # fmt: skip
    present = _present(book, name, values, factors)
    rows = [_line(book, sheet, lines, one, values, present) for one in lines.names]
    rows.append(_totals(book, sheet, lines, values, present))
    figures = [*(entry.components[one] for one in lines.names), entry.mean]
    if quote.has_gap:
        rows.append(_paid(sheet, lines, values, present))
        figures.append(entry.cash_mean)
    for row, figure in zip(rows, figures, strict=True):
        row.insert(-1, _margin(figure))
    columns = [
        Column("Cost line", kind="text"),
        *(Column(f"Year {year}") for year in range(1, years + 1)),
        Column("All years"),
        Column("Share", kind="share"),
        Column("Present value"),
        Column(MARGIN),
        Column("Share", kind="share"),
    ]
    area = sheet.table(columns, rows, totals=2 if quote.has_gap else 1)
    sheet.freeze(area.first)
    _name(book, sheet, entry, lines, values, present)
    _margins(book, sheet, name)
    _check(book, sheet, name, lines, present)
    return CashFlow(sheet, present, years + 3)


def _margin(figure: Figure) -> float | None:
    return figure.half_width if figure.is_bounded else None


def _margins(book: Book, sheet: Sheet, name: str) -> None:
    """Write how precisely the futures fix the total of each year."""
    means = mean(book.report.ds, of="cost").sel(strategy=name)
    whole, currency = entry_of(book.report.quote, name).mean, book.report.quote.currency
    sheet.put(sheet.row, 0, "± at most, of the total of each year", "text", italic=True)
    for i in range(means.sizes["year"]):
        half = _margin(measured(means.isel(year=i)))
        if half is not None:
            content = margin_cell(half, whole, currency)
            sheet.put(sheet.row, i + 1, content, "money", italic=True)
    sheet.row += 1


def _present(
    book: Book, name: str, values: dict[str, list[float]], factors: list[float]
) -> dict[str, float]:
    if is_discounted_evenly(book):
        return {one: math.fsum(v * f for v, f in zip(row, factors, strict=True))
                for one, row in values.items()}  # fmt: skip
    means = book.report.ds["component_npv"].sel(strategy=name).mean("path")
    return {one: float(means.sel(component=one)) for one in values}


def _line(
    book: Book,
    sheet: Sheet,
    lines: Lines,
    name: str,
    values: dict[str, list[float]],
    present: dict[str, float],
) -> list[Content]:
    row, years, own = lines.row(name), len(values[name]), values[name]
    span = f"{sheet.cell(row, 1)}:{sheet.cell(row, years)}"
    value: Content = present[name]
    if is_discounted_evenly(book):
        value = Formula(f"=SUMPRODUCT({span},{FACTORS})", present[name])
    sums = [math.fsum(map(math.fsum, values.values())), math.fsum(present.values())]
    shares = [
        share(sheet.cell(row, at), sheet.cell(lines.last + 1, at, fixed="row"), (part, whole))
        for at, part, whole in (
            (years + 1, math.fsum(own), sums[0]),
            (years + 3, present[name], sums[1]),
        )
    ]
    return [lines.labels[name], *own, total(span, own), shares[0], value, shares[1]]


def _totals(
    book: Book,
    sheet: Sheet,
    lines: Lines,
    values: dict[str, list[float]],
    present: dict[str, float],
) -> list[Content]:
    def summed(column: int, parts: list[float]) -> Formula:
        return total(f"{sheet.cell(lines.first, column)}:{sheet.cell(lines.last, column)}", parts)

    years = book.report.quote.years
    yearly = [summed(i + 1, [row[i] for row in values.values()]) for i in range(years)]
    every = summed(years + 1, [math.fsum(row) for row in values.values()])
    whole = summed(years + 3, list(present.values()))
    ones = [summed(at, [1.0 if one.value else 0.0])
            for at, one in ((years + 2, every), (years + 5, whole))]  # fmt: skip
    return ["Total", *yearly, every, ones[0], whole, ones[1]]


def _paid(
    sheet: Sheet, lines: Lines, values: dict[str, list[float]], present: dict[str, float]
) -> list[Content]:
    """Return the total without what nobody pays."""
    gap, years = lines.row(COVERAGE_GAP), len(values[COVERAGE_GAP])

    def less(column: int, whole: float, part: float) -> Formula:
        return difference(
            sheet.cell(lines.last + 1, column), sheet.cell(gap, column), (whole, part)
        )

    own = values[COVERAGE_GAP]
    sums = [math.fsum(row[i] for row in values.values()) for i in range(years)]
    yearly = [less(i + 1, sums[i], own[i]) for i in range(years)]
    every = less(years + 1, math.fsum(sums), math.fsum(own))
    whole = less(years + 3, math.fsum(present.values()), present[COVERAGE_GAP])
    return ["Paid, less recoveries", *yearly, every, None, whole, None]


def _name(
    book: Book,
    sheet: Sheet,
    entry: StrategyQuote,
    lines: Lines,
    values: dict[str, list[float]],
    present: dict[str, float],
) -> None:
    prefix, years = prefixes(book.report.quote)[entry.name], book.report.quote.years
    currency = book.report.quote.currency
    for key, what, column, value in (
        ("nominal", "mean cost of all years, nominal", years + 1,
         math.fsum(map(math.fsum, values.values()))),
        ("present_value", "mean present value of all cost lines", years + 3,
         math.fsum(present.values())),
    ):  # fmt: skip
        where, number = sheet.place(lines.last + 1, column), known(entry.mean, currency)
        book.define(f"{prefix}_{key}", f"{entry.label}: {what}", where, value, number=number)


def _check(book: Book, sheet: Sheet, name: str, lines: Lines, present: dict[str, float]) -> None:
    """Hold the present value of the lines against the mean of the simulation."""
    entry, at = entry_of(book.report.quote, name), book.report.quote.years + 3
    mean = f"{prefixes(book.report.quote)[name]}_mean"
    sheet.row += 1
    found = math.fsum(present.values())
    form = known(entry.mean, book.report.quote.currency)
    for text, content in (
        ("Mean present value on the sheet Percentiles",
         Shown(linked(mean, entry.mean.value), "money", form)),
        (
            "Check: difference, to the cent",
            Formula(
                f"=ROUND({sheet.cell(lines.last + 1, at)}-{sheet.cell(sheet.row, at)},2)",
                round(found - entry.mean.value, 2) + 0.0,
            ),
        ),
    ):  # fmt: skip
        sheet.put(sheet.row, 0, text, "text", italic=True)
        sheet.put(sheet.row, at, content, "money", italic=True)
        sheet.row += 1


def draw_cash_flow(book: Book, flow: CashFlow, charts: Charted, name: str, lines: Lines) -> None:
    """Draw the years as stacked columns: the largest lines, and the rest as one."""
    sheet, years, label = (
        flow.sheet,
        book.report.quote.years,
        entry_of(book.report.quote, name).label,
    )
    values = book.flows.sel(strategy=name, component=lines.names)
    shown = [lines.names[i] for i in largest(np.asarray(values.values))]
    chart = made(book, "column", "stacked")
    heads = Range(sheet, (lines.first - 1, 1), (lines.first - 1, years)).listed
    for one in shown:
        row = lines.row(one)
        chart.add_series(
            {
                "name": [sheet.name, row, 0],
                "categories": heads,
                "values": Range(sheet, (row, 1), (row, years)).listed,
                "gap": 60,
                **filled(*look_of(one, slugs_of(book.report.ds, "component"))),
            }
        )
    if len(shown) < len(lines.names):
        row = _others(book, flow, charts, name, lines, shown)
        chart.add_series(
            {
                "name": [charts.sheet.name, row, 0],
                "categories": heads,
                "values": Range(charts.sheet, (row, 1), (row, years)).listed,
                **filled(OTHER),
            }
        )
    most = float(values.clip(min=0).sum("component").max())
    chart.set_x_axis(axis(label_position="low"))
    chart.set_y_axis(money_axis(book, f"Mean nominal cost, {book.report.quote.currency}", most))
    chart.set_legend(legend("right"))
    means = mean(book.report.ds, of="cost").sel(strategy=name)
    ends = [spoken(measured(means.isel(year=i)), book.report.quote.currency) for i in (0, -1)]
    size = f"from {ends[0]} in the first to {ends[1]} in the last."
    about = f"Stacked columns of {counted(years, 'years')}, {size}"
    told = Told(f"{label}: mean cost of each year by cost line", about)
    place(sheet, chart, told, (sheet.row + 1, 0), (900, 380))


def _others(
    book: Book, flow: CashFlow, charts: Charted, name: str, lines: Lines, shown: list[str]
) -> int:
    """Write what the lines not shown add up to; return its row."""
    label, years = entry_of(book.report.quote, name).label, book.report.quote.years
    values = book.flows.sel(strategy=name)
    row: list[Content] = [OTHER_LINES]
    for i in range(years):
        cells = ",".join(flow.sheet.place(lines.row(one), i + 1) for one in shown)
        rest = [one for one in lines.names if one not in shown]
        value = math.fsum(float(one) for one in values.isel(year=i).sel(component=rest).values)
        whole = flow.sheet.place(lines.last + 1, i + 1)
        row.append(Formula(f"={whole}-SUM({cells})" if cells else f"={whole}", value))
    columns = [Column("Lines", kind="text"), *(Column(f"Year {i + 1}") for i in range(years))]
    return charts.block(f"{label}: what the chart of its years adds up", columns, [row])[0]
