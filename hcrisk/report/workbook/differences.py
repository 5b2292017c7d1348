"""The sheet of what each strategy costs more or less than the baseline, line by line."""

from __future__ import annotations

import math
from typing import NamedTuple

import xarray as xr

from hcrisk.figures import measured
from hcrisk.report import charted
from hcrisk.report.pair import entry_of
from hcrisk.report.workbook.book import Book, linked
from hcrisk.report.workbook.cashflow import CashFlow, Lines
from hcrisk.report.workbook.cells import (
    Content,
    Formula,
    Shown,
    bounds,
    difference,
    share,
    total,
)
from hcrisk.report.workbook.digits import LOWER, UPPER, known
from hcrisk.report.workbook.sheet import Column, Sheet

ABOUT = (
    "Mean present value of each cost line with {base}, and what every other strategy costs more "
    "(or, where negative, less) in it, on the same futures. Lower and upper are the ends of the "
    "95% interval of the difference. In the chart orange is spent more and blue is spent less."
)


# Of the larger of both ends; the unseen end of a bar, in which its label stands.
ROOM_FOR_LABEL = 0.08


class Compared(NamedTuple):
    """Where the differences of one strategy stand."""

    sheet: Sheet
    column: int
    lines: Lines


def write_differences(
    book: Book, sheet: Sheet, found: xr.Dataset, flows: dict[str, CashFlow], lines: Lines
) -> dict[str, Compared]:
    """Write the sheet; return where the differences of each strategy stand."""
    quote, base = book.report.quote, book.report.quote.baseline
    label = entry_of(quote, base).label
    others = [str(name) for name in found["strategy"].values]
    sheet.begin(
        f"Difference against {label}",
        f"{ABOUT.format(base=label)} {charted.adds_up(book.report)}".rstrip(),
        [38.0, *[14.0] * (1 + 3 * len(others))],
    )
    rows = list[list[Content]]()
    for one in lines.names:
        row: list[Content] = [lines.labels[one]]
        usual = linked(_source(flows[base], lines.row(one)), flows[base].present[one])
        form = known(entry_of(quote, base).components[one], quote.currency)
        row.append(Shown(usual, "money", form))
        for name in others:
            figure = measured(found.sel(strategy=name, component=one))
            cells = _source(flows[name], lines.row(one)), _source(flows[base], lines.row(one))
            values = flows[name].present[one], flows[base].present[one]
            row += [difference(*cells, values), *bounds(figure)]
        rows.append(row)
    first, last = lines.first, lines.last
    rows += _totals(book, sheet, (first, last), others, found, flows)
    columns = [Column("Cost line", kind="text"), Column(label)]
    columns += [Column(text) for _ in others for text in ("Difference", LOWER, UPPER)]
    groups = [("", 1), ("", 1), *((entry_of(quote, name).label, 3) for name in others)]
    sheet.table(columns, rows, totals=3, groups=groups)
    sheet.freeze(first, 1)
    return {name: Compared(sheet, 2 + 3 * i, lines) for i, name in enumerate(others)}


def _source(flow: CashFlow, row: int) -> str:
    return flow.sheet.place(row, flow.column)


def _totals(
    book: Book,
    sheet: Sheet,
    rows: tuple[int, int],
    others: list[str],
    found: xr.Dataset,
    flows: dict[str, CashFlow],
) -> list[list[Content]]:
    """Return the total, the strategy's own mean, and the difference as a share."""
    whole = math.fsum(flows[book.report.quote.baseline].present.values())
    at = rows[1] + 1
    summed = f"{sheet.cell(rows[0], 1)}:{sheet.cell(rows[1], 1)}"
    quote = book.report.quote
    forms = {one.name: known(one.mean, quote.currency) for one in quote.strategies}
    start = forms[quote.baseline]
    totals: list[Content] = ["Total", Shown(total(summed, [whole]), "money", start)]
    means: list[Content] = ["Mean present value of the strategy",
                            Shown(linked(sheet.cell(at, 1), whole), "money", start)]  # fmt: skip
    shares: list[Content] = ["Difference as a share", None]
    for i, name in enumerate(others):
        column = 2 + 3 * i
        own = math.fsum(flows[name].present.values())
        span = f"{sheet.cell(rows[0], column)}:{sheet.cell(rows[1], column)}"
        figure = measured(found.sel(strategy=name), "total")
        totals += [total(span, [own - whole]), *bounds(figure)]
        base, more = sheet.cell(at, 1, fixed="column"), sheet.cell(at, column)
        means += [Shown(Formula(f"={base}+{more}", own), "money", forms[name]), None, None]
        shares += [Shown(share(more, base, (own - whole, whole)), "share"), None, None]
    return [totals, means, shares]
