"""The sheet of what the worst futures look like, and one of them told."""

from __future__ import annotations

import math

from hcrisk.figures import measured
from hcrisk.report.pair import entry_of
from hcrisk.report.wording import told
from hcrisk.report.workbook.book import Book, linked
from hcrisk.report.workbook.cashflow import CashFlow, Lines
from hcrisk.report.workbook.cells import Content, Shown, difference, total
from hcrisk.report.workbook.digits import known
from hcrisk.report.workbook.sheet import BELOW_TITLE, Column, Sheet
from hcrisk.report.worst import tail_lines, which_future
from hcrisk.story.gather import gathered
from hcrisk.variables import labels_of, words


def write_worst(book: Book, sheet: Sheet, flow: CashFlow, lines: Lines) -> None:
    """Write what sets the worst futures apart, then one of them by year and by event."""
    report, story = book.report, book.report.story
    more = told(measured(report.tail, "excess"), report.quote.currency)
    focus = entry_of(report.quote, report.pair.focus)
    years = report.quote.years
    sheet.begin(
        f"What the worst futures of {focus.label} look like",
        f"The worst 5% of futures cost {more} more than the rest (present value). "
        f"{which_future(story, report.ds, focus)}",
        [60.0, *[14.0] * max(years + 1, 6)],
    )
    sheet.freeze(BELOW_TITLE)
    _apart(book, sheet)
    _years(book, sheet, flow, lines)
    _events(book, sheet)


def _apart(book: Book, sheet: Sheet) -> None:
    report = book.report
    sheet.heading("What sets the worst 5% of futures apart")
    found = tail_lines(report.scenario, report.ds, report.tail, report.pair.focus)
    for text, column in (("In what", 0), ("By how much", 3)):
        sheet.put(sheet.row, column, text, "head")
    for column in (1, 2, 4, 5):
        sheet.put(sheet.row, column, "", "head")
    sheet.row += 1
    for what, path, size in found:
        sheet.put(sheet.row, 0, words(what), "text")
        sheet.put(sheet.row, 3, size, "text")
        if path:
            sheet.row += 1
            sheet.put(sheet.row, 0, path, "text", font_color="#6B7280", font_size=9)
        sheet.row += 1


def _years(book: Book, sheet: Sheet, flow: CashFlow, lines: Lines) -> None:
    """Write what that future costs by cost line and year, beside the mean of all."""
    report, story = book.report, book.report.story
    sheet.heading("One bad future: its cost by year, nominal")
    yearly, labels = story.yearly.transpose("component", "year"), labels_of(report.ds, "component")
    years, first = yearly.sizes["year"], sheet.next_row()
    parts = [(name, [float(value) for value in yearly.sel(component=name).values])
             for name in map(str, yearly["component"].values)]  # fmt: skip
    parts = [(name, own) for name, own in parts if any(own)]
    rows, last = list[list[Content]](), first + len(parts) - 1
    for row, (name, own) in enumerate(parts, start=first):
        span = f"{sheet.cell(row, 1)}:{sheet.cell(row, years)}"
        rows.append([labels[name], *own, total(span, own)])
    sums = [math.fsum(own[i] for _, own in parts) for i in range(years)]
    columns = [*sums, math.fsum(sums)]
    whole = [total(f"{sheet.cell(first, i)}:{sheet.cell(last, i)}", [value])
             for i, value in enumerate(columns, start=1)]  # fmt: skip
    means = [float(value) for value in book.flows.sel(strategy=story.strategy).sum("component")]
    means.append(math.fsum(means))
    usual = entry_of(report.quote, story.strategy).mean
    form = known(usual, report.quote.currency)
    mean = [Shown(linked(flow.sheet.place(lines.last + 1, i), value), "money", form)
            for i, value in enumerate(means, start=1)]  # fmt: skip
    apart = [difference(sheet.cell(last + 1, i), sheet.cell(last + 2, i), pair)
             for i, pair in enumerate(zip(columns, means, strict=True), start=1)]  # fmt: skip
    rows += [
        ["This future", *whole],
        ["Mean of all futures", *mean],
        ["Difference", *(Shown(one, "money", form) for one in apart)],
    ]
    heads = [*(f"Year {year}" for year in range(1, years + 1)), "All years"]
    sheet.table([Column("Cost line", kind="text"), *map(Column, heads)], rows, totals=3)


def _events(book: Book, sheet: Sheet) -> None:
    story, rows, breaks = book.report.story, list[list[Content]](), list[int]()
    sheet.heading("The same future, event by event")
    year = 0
    for event in gathered(story.events):
        if int(event.time) + 1 != year:
            year = int(event.time) + 1
            breaks.append(len(rows))
        rows.append([event.text, event.amount or None, year, event.month])
    sheet.table(
        [Column("What happens", kind="wrapped"), Column("Cost, nominal"),
         Column("Year", kind="count"), Column("Month", kind="count")], rows, breaks=breaks
    )  # fmt: skip
    sheet.note(
        "Costs that fall due every month, such as pay and fees, are no events: they are in the "
        "table above, which holds everything."
    )
