"""The chart of the way from the baseline's mean cost to another strategy's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_rowcol_to_cell

from hcrisk.figures import Figure, measured, power_of_ten
from hcrisk.plot._style import looks
from hcrisk.plot.waterfall import CHEAPER, DEARER, Step, bar_texts, span, steps_between
from hcrisk.report import charted
from hcrisk.report.pair import entry_of
from hcrisk.report.workbook.book import Book, Charted, linked
from hcrisk.report.workbook.cells import Content, Formula
from hcrisk.report.workbook.charts import (
    axis,
    column_of,
    error_bars,
    filled,
    made,
    money_axis,
    place,
)
from hcrisk.report.workbook.differences import Compared
from hcrisk.report.workbook.sheet import Area, Column, Sheet
from hcrisk.report.workbook.style import FONT

# Of the larger end: the unseen end of a bar, in which stands what it is worth.
ROOM_FOR_LABEL = 0.08
HEADS = (
    "Step", "Level after it", "Unseen below", "Whole", "More", "Less", "Room for a label",
    "± of more", "± of less",
)  # fmt: skip
# Where these stand.
STEP, LEVEL, BELOW, WHOLE, MORE, LESS, ROOM, MARGIN_MORE, MARGIN_LESS = range(1, 10)
UNSEEN: dict[str, Any] = {"fill": {"none": True}, "border": {"none": True}}


class _Way(NamedTuple):
    """From where to where, by which steps."""

    names: tuple[str, str]
    ends: tuple[float, float]
    steps: Sequence[Step]

    @property
    def levels(self) -> list[float]:
        """What is reached after each step, the start before them."""
        found = [self.ends[0]]
        for step in self.steps:
            found.append(found[-1] + step.figure.value)
        return found


def draw_waterfall(
    book: Book, sheet: Sheet, charts: Charted, compared: dict[str, Compared]
) -> None:
    """Draw the mean costs and the steps between them as bars that float on unseen ones."""
    report, quote = book.report, book.report.quote
    told, name = charted.waterfall(report), report.pair.compared
    if told is None or name is None or report.difference is None:
        return
    found = report.difference.sel(strategy=name)
    figures = [measured(found, f"{one}_mean") for one in ("baseline", "strategy")]
    if min(figure.value for figure in figures) <= 0:
        # Unseen bars would have to reach below zero.
        return
    names = entry_of(quote, quote.baseline).label, entry_of(quote, name).label
    steps = steps_between(report.ds, found, "component")
    way = _Way(names, (figures[0].value, figures[1].value), steps)
    area = _block(charts, compared[name], way)
    texts = bar_texts(steps, figures, quote.currency)
    colors = [looks(report.ds)[one].color for one in (quote.baseline, name)]
    chart = _bars(book, charts, area, way, texts, colors)
    levels = way.levels
    reached = [(0.0, levels[0]), *pairwise(levels), (0.0, way.ends[1])]
    low, high = span(reached)
    step = power_of_ten(high - low)
    low = math.floor(low / step) * step
    cut = "; the axis does not start at zero" if low else ""
    title = f"Mean present value, {quote.currency}{cut}"
    chart.set_x_axis(money_axis(book, title, high, min=low, label_position="high"))
    place(sheet, chart, told, (sheet.row + 1, 0), (900, 120 + 30 * (len(steps) + 2)))


def _bars(
    book: Book, charts: Charted, area: Area, way: _Way, texts: Sequence[str], colors: Sequence[str]
) -> Any:
    """Return the chart of a block, each bar with its text."""
    chart = made(book, "bar", "stacked")
    points = [filled(colors[0]), *[None] * (len(texts) - 2), filled(colors[1])]
    labels = {
        "value": True,
        "custom": [{"value": text} for text in texts],
        "position": "inside_base",
        "font": {"name": FONT, "size": 9},
    }
    for column, look in (
        # What is spent less ends at the left of its bar, where the unseen one below it ends.
        (BELOW, {**UNSEEN, **_margins(charts, area, way, MARGIN_LESS)}),
        (WHOLE, {**filled(colors[0]), "points": points}),
        (MORE, {**filled(DEARER, "///"), **_margins(charts, area, way, MARGIN_MORE)}),
        (LESS, filled(CHEAPER)),
        (ROOM, {**UNSEEN, "data_labels": labels}),
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
    chart.set_y_axis(axis(reverse=True, label_position="low"))
    chart.set_legend({"none": True})
    return chart


def _margins(charts: Charted, area: Area, way: _Way, column: int) -> dict[str, Any]:
    """Return the intervals of the steps, as a line through the end of each."""
    cells = column_of(charts.sheet, area, column)
    own = [_halves(step.figure)[column - MARGIN_MORE] for step in way.steps]
    return error_bars((cells, cells), [(half, half) for half in (0.0, *own, 0.0)])


def _block(charts: Charted, compared: Compared, way: _Way) -> Area:
    """Write what the bars are made of."""
    total, row = compared.lines.last + 1, charts.next_row()
    room, levels = max(way.ends) * ROOM_FOR_LABEL, way.levels
    start = linked(compared.sheet.place(total, 1), levels[0])
    rows: list[list[Content]] = [
        [
            way.names[0],
            None,
            start,
            0.0,
            linked(_at(row, LEVEL), levels[0]),
            0.0,
            0.0,
            room,
            0.0,
            0.0,
        ]
    ]
    known = list[str]()
    for i, (label, figure, part) in enumerate(way.steps, start=1):
        row, value = row + 1, figure.value
        if part:
            known.append(compared.sheet.place(compared.lines.row(part), compared.column))
            step = linked(known[-1], value)
        else:
            every = compared.sheet.place(total, compared.column)
            step = Formula(f"={every}-SUM({','.join(known)})", value)
        before, own = _at(row - 1, LEVEL), _at(row, STEP)
        rows.append([
            label, step, Formula(f"={before}+{own}", levels[i]),
            Formula(f"=MIN({before},{_at(row, LEVEL)})", min(levels[i - 1 : i + 1])), 0.0,
            Formula(f"=MAX({own},0)", max(value, 0.0)),
            Formula(f"=MAX(-{own},0)", max(-value, 0.0)), room, *_halves(figure),
        ])  # fmt: skip
    reached, whole = linked(_at(row, LEVEL), levels[-1]), linked(_at(row + 1, LEVEL), levels[-1])
    rows.append([way.names[1], None, reached, 0.0, whole, 0.0, 0.0, room, 0.0, 0.0])
    columns = [Column("Cost line", kind="text"), *map(Column, HEADS)]
    return charts.block(f"From {way.names[0]} to {way.names[1]}", columns, rows)


def _halves(figure: Figure) -> tuple[float, float]:
    """Return how far the interval of a step reaches, by whether it costs more or less."""
    half = figure.half_width if figure.is_bounded else 0.0
    return (half, 0.0) if figure.value > 0 else (0.0, half)


def _at(row: int, column: int) -> str:
    name: str = xl_rowcol_to_cell(row, column)
    return name
