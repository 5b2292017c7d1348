"""The sheet of what each strategy costs more or less than the baseline, line by line."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import xarray as xr
from xlsxwriter.utility import xl_rowcol_to_cell

from hcrisk.figures import measured, power_of_ten, spoken
from hcrisk.plot._style import looks
from hcrisk.plot.waterfall import CHEAPER, DEARER, span, steps_between
from hcrisk.report import charted
from hcrisk.report.pair import entry_of
from hcrisk.report.workbook.book import Book, Charted, linked
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
from hcrisk.report.workbook.charts import (
    axis,
    column_of,
    filled,
    made,
    money_axis,
    place,
)
from hcrisk.report.workbook.sheet import Area, Column, Sheet
from hcrisk.report.workbook.style import FONT
from hcrisk.report.worst import signed

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
        ABOUT.format(base=label),
        [38.0, *[14.0] * (1 + 3 * len(others))],
    )
    rows = list[list[Content]]()
    for one in lines.names:
        row: list[Content] = [lines.labels[one]]
        row.append(linked(_source(flows[base], lines.row(one)), flows[base].present[one]))
        for name in others:
            figure = measured(found.sel(strategy=name, component=one))
            cells = _source(flows[name], lines.row(one)), _source(flows[base], lines.row(one))
            values = flows[name].present[one], flows[base].present[one]
            row += [difference(*cells, values), *bounds(figure)]
        rows.append(row)
    first, last = lines.first, lines.last
    rows += _totals(book, sheet, (first, last), others, found, flows)
    columns = [Column("Cost line", kind="text"), Column(label)]
    columns += [Column(text) for _ in others for text in ("Difference", "Lower", "Upper")]
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
    totals: list[Content] = ["Total", total(summed, [whole])]
    means: list[Content] = ["Mean present value of the strategy", linked(sheet.cell(at, 1), whole)]
    shares: list[Content] = ["Difference as a share", None]
    for i, name in enumerate(others):
        column = 2 + 3 * i
        own = math.fsum(flows[name].present.values())
        span = f"{sheet.cell(rows[0], column)}:{sheet.cell(rows[1], column)}"
        figure = measured(found.sel(strategy=name), "total")
        totals += [total(span, [own - whole]), *bounds(figure)]
        base, more = sheet.cell(at, 1, fixed="column"), sheet.cell(at, column)
        means += [Formula(f"={base}+{more}", own), None, None]
        shares += [Shown(share(more, base, (own - whole, whole)), "percent"), None, None]
    return [totals, means, shares]


def draw_waterfall(
    book: Book, sheet: Sheet, charts: Charted, compared: dict[str, Compared]
) -> None:
    """Draw the way from the baseline to another strategy as bars that float on unseen ones."""
    report = book.report
    told, name = charted.waterfall(report), report.pair.compared
    if told is None or name is None or report.difference is None:
        return
    found = report.difference.sel(strategy=name)
    ends = [float(found[f"{one}_mean"]) for one in ("baseline", "strategy")]
    if min(ends) <= 0:
        # Unseen bars would have to reach below zero.
        return
    area, levels = _block(book, charts, compared[name], found, ends)
    quote = report.quote
    chart = made(book, "bar", "stacked")
    colors = [looks(report.ds)[one].color for one in (quote.baseline, name)]
    points: list[dict[str, Any] | None] = [filled(colors[0]), *[None] * len(levels)]
    unseen = {"fill": {"none": True}, "border": {"none": True}}
    texts = [
        {"value": f"={charts.sheet.place(row, 8)}"} for row in range(area.first, area.last + 1)
    ]
    labels = {"value": True, "custom": texts, "position": "inside_base",
              "font": {"name": FONT, "size": 9}}  # fmt: skip
    for column, look in (
        (3, unseen),
        (4, {**filled(colors[0]), "points": [*points, filled(colors[1])]}),
        (5, filled(DEARER, "///")),
        (6, filled(CHEAPER)),
        (7, {**unseen, "data_labels": labels}),
    ):
        chart.add_series(
            {
                "name": [charts.sheet.name, area.first - 1, column],
                "categories": column_of(charts.sheet, area, 0).listed,
                "values": column_of(charts.sheet, area, column).listed,
                "gap": 45,
                **look,
            }
        )
    reached = [(0.0, ends[0]), *zip([ends[0], *levels], levels, strict=False), (0.0, ends[1])]
    low, high = span(reached)
    low = math.floor(low / (step := power_of_ten(high - low))) * step
    chart.set_y_axis(axis(reverse=True, label_position="low"))
    cut = "; the axis does not start at zero" if low else ""
    title = f"Mean present value, {quote.currency}{cut}"
    chart.set_x_axis(money_axis(book, title, high, min=low, label_position="high"))
    chart.set_legend({"none": True})
    place(sheet, chart, told, (sheet.row + 1, 0), (900, 120 + 30 * (len(levels) + 2)))


def _block(
    book: Book, charts: Charted, compared: Compared, found: xr.Dataset, ends: list[float]
) -> tuple[Area, list[float]]:
    """Write what the bars are made of; return where, and the level after each step."""
    quote, lines, column = book.report.quote, compared.lines, compared.column
    names = [entry_of(quote, one).label for one in (quote.baseline, str(found["strategy"].item()))]
    by_label = {lines.labels[one]: lines.row(one) for one in lines.names}
    steps = steps_between(book.report.ds, found, "component")
    total_row, row, level = lines.last + 1, charts.next_row(), ends[0]
    start = linked(compared.sheet.place(total_row, 1), level)
    room = max(ends) * ROOM_FOR_LABEL
    texts = [
        spoken(measured(found, f"{one}_mean"), quote.currency) for one in ("baseline", "strategy")
    ]
    rows: list[list[Content]] = [
        [names[0], None, start, 0.0, linked(_at(row, 2), level), 0.0, 0.0, room, texts[0]]
    ]
    levels, known = list[float](), list[str]()
    for label, figure in steps:
        row += 1
        if label in by_label:
            known.append(compared.sheet.place(by_label[label], column))
            step = linked(known[-1], figure.value)
        else:
            every = compared.sheet.place(total_row, column)
            step = Formula(f"={every}-SUM({','.join(known)})", figure.value)
        before, level = level, level + figure.value
        levels.append(level)
        rows.append([
            label, step,
            Formula(f"={_at(row - 1, 2)}+{_at(row, 1)}", level),
            Formula(f"=MIN({_at(row - 1, 2)},{_at(row, 2)})", min(before, level)), 0.0,
            Formula(f"=MAX({_at(row, 1)},0)", max(figure.value, 0.0)),
            Formula(f"=MAX(-{_at(row, 1)},0)", max(-figure.value, 0.0)), room,
            signed(figure, quote.currency),
        ])  # fmt: skip
    last = [
        linked(_at(row, 2), level),
        0.0,
        linked(_at(row + 1, 2), level),
        0.0,
        0.0,
        room,
        texts[1],
    ]
    rows.append([names[1], None, *last])
    heads = ("Step", "Level after it", "Unseen below", "Whole", "More", "Less", "Room for labels")
    columns = [Column("Cost line", kind="text"), *map(Column, heads), Column("Label", kind="text")]
    return charts.block(f"From {names[0]} to {names[1]}", columns, rows), levels


def _at(row: int, column: int) -> str:
    name: str = xl_rowcol_to_cell(row, column)
    return name
