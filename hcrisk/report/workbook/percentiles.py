"""The sheet of costs by strategy: means, percentiles and chances with their intervals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hcrisk.figures import Figure
from hcrisk.measures._labelled import level_name
from hcrisk.report.json import percentile_key
from hcrisk.report.pair import entry_of
from hcrisk.report.quote import Quote, StrategyQuote
from hcrisk.report.wording import inside
from hcrisk.report.workbook.book import Book
from hcrisk.report.workbook.cells import Content, Formula, Shown, bounds, half_width
from hcrisk.report.workbook.digits import LOWER, MARGIN, UPPER, known
from hcrisk.report.workbook.sheet import Column, Sheet

ABOUT = (
    "Costs are positive and discounted to today, so lower is better. P80 is what 80% of the "
    "simulated futures stay within; TVaR 95 is the mean of the worst 5% of futures. Lower and "
    "upper are the ends of the 95% interval: how precisely the simulated futures fix a figure, "
    "not whether the assumptions hold. The curves below the table show every percentile."
)
COLUMNS = (
    Column("Strategy", 24, "text"),
    Column("Measure", 38, "text"),
    Column("Value"),
    Column(LOWER),
    Column(UPPER),
    Column(MARGIN),
    Column("± as a share", 12, "margin"),
    Column("Defined name", 30, "text"),
)


class Measure(NamedTuple):
    """One figure of a strategy."""

    key: str
    title: str
    figure: Figure
    kind: str = "money"


def measures(quote: Quote, entry: StrategyQuote) -> Iterator[Measure]:
    """Yield what a strategy costs, in the order of the sheet."""
    yield Measure("mean", "Mean", entry.mean)
    for level, figure in entry.percentiles.items():
        name = "P50 (median)" if level == 0.5 else level_name(level)
        yield Measure(_key(level), name, figure)
    yield Measure("tvar95", "TVaR 95, mean of the worst 5%", entry.tail)
    if quote.has_gap:
        yield Measure("mean_cash", "Mean, cash only", entry.cash_mean)
        for level, figure in entry.cash_percentiles.items():
            yield Measure(f"{_key(level)}_cash", f"{level_name(level)}, cash only", figure)
    yield Measure("year1", "Year 1, nominal, mean", entry.year_one)
    if len(quote.strategies) == 1:
        return
    yield Measure("cheapest", "Cheapest in", entry.probability_cheapest, "chance")
    full = quote.full_scope_cheapest.get(entry.name)
    if full is not None:
        title = "Cheapest in, of those that pay for every service"
        yield Measure("cheapest_full_scope", title, full, "chance")
    if entry.difference is not None and entry.probability_cheaper is not None:
        base = inside(entry_of(quote, quote.baseline))
        yield Measure("less_baseline", f"Mean less {base}", entry.difference)
        yield Measure("cheaper", f"Costs less than {base} in", entry.probability_cheaper, "chance")


def _key(level: float) -> str:
    return percentile_key(level).replace(".", "_")


def prefixes(quote: Quote) -> dict[str, str]:
    """Return what the defined names of each strategy begin with, no two alike."""
    found: dict[str, str] = {}
    for entry in quote.strategies:
        plain = entry.name.replace("-", "_")
        while plain in found.values():
            plain += "_"
        found[entry.name] = plain
    return found


def write_percentiles(book: Book, sheet: Sheet) -> None:
    """Write the sheet, and give every value its name."""
    quote = book.report.quote
    sheet.begin("Cost by strategy", ABOUT, [column.width for column in COLUMNS])
    sheet.row += 1
    row = first = sheet.next_row()
    rows, breaks = list[list[Content]](), list[int]()
    for name, prefix in prefixes(quote).items():
        entry = entry_of(quote, name)
        breaks.append(len(rows))
        for measure in measures(quote, entry):
            key = f"{prefix}_{measure.key}"
            meaning, value = f"{entry.label}: {measure.title}", measure.figure.value
            number = known(measure.figure, quote.currency) if measure.kind == "money" else ""
            book.define(key, meaning, sheet.place(row, 2), value, measure.kind, number)
            rows.append([entry.label, measure.title, *_figures(sheet, row, measure), key])
            row += 1
    sheet.table(COLUMNS, rows, breaks=breaks)
    sheet.worksheet.autofilter(first - 1, 0, row - 1, len(COLUMNS) - 1)
    sheet.freeze(first, 2)


def _figures(sheet: Sheet, row: int, measure: Measure) -> list[Content]:
    """Return a figure, its bounds, and how far the farther one is, also as a share."""
    figure, kind = measure.figure, measure.kind
    cells = [sheet.cell(row, column) for column in (2, 3, 4)]
    margin = half_width(cells, figure)
    relative: Content = None
    if margin is not None and kind == "money" and figure.value:
        relative = Formula(f"{margin.text}/ABS({cells[0]})", margin.value / abs(figure.value))
    ends = [None if end is None else Shown(end, kind) for end in bounds(figure)]
    shown = None if margin is None else Shown(margin, "money" if kind == "money" else "margin")
    return [Shown(figure.value, kind), *ends, shown, relative]
