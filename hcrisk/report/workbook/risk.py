"""The sheet of where the risk sits: what the worst futures are made of."""

from __future__ import annotations

import math

import numpy as np
import xarray as xr

from hcrisk.figures import Figure, measured
from hcrisk.plot._style import PALETTE
from hcrisk.report import charted
from hcrisk.report.pair import entry_of
from hcrisk.report.workbook.book import Book, Charted, linked
from hcrisk.report.workbook.cells import Content, bounds, difference, share, total
from hcrisk.report.workbook.charts import (
    axis,
    column_of,
    filled,
    intervals,
    legend,
    made,
    money_axis,
    place,
)
from hcrisk.report.workbook.digits import LOWER, UPPER
from hcrisk.report.workbook.sheet import BELOW_TITLE, Area, Column, Sheet
from hcrisk.variables import labels_of

ABOUT = (
    "What each cost line and each service adds to the worst 5% of futures of {focus}, and to an "
    "average one (present value). A part that costs far more in the worst futures than on average "
    "is risk; one that costs the same is steady. Parts add up to the whole. The whole practice is "
    "what no service has alone: insurance, managers, shared lines, most incidents. The thin line "
    "through the end of a bar is its interval. The chart adds up the smaller lines."
)
COLUMNS = (
    Column("Mean"),
    Column("Lower"),
    Column("Upper"),
    Column("In the worst 5%", 15),
    Column("Lower"),
    Column("Upper"),
    Column("Beyond the mean", 15),
    Column("Share of the mean", 10, "share"),
    Column("Share of the worst 5%", 10, "share"),
)
MOST_DRAWN = 10
# Pixels of a chart's frame, of each pair of bars, and of a row of cells.
FRAME, PAIR, ROW = 150, 34, 17


def write_risk(book: Book, sheet: Sheet, charts: Charted) -> None:
    """Write the sheet: by cost line with a chart, then by service."""
    report = book.report
    label = entry_of(report.quote, report.pair.focus).label
    sheet.begin(
        f"Where the risk of {label} sits",
        ABOUT.format(focus=label),
        [38.0, *(column.width for column in COLUMNS)],
    )
    sheet.freeze(BELOW_TITLE)
    _table(sheet, report.by_service, "service", "Service")
    # The chart stands between the tables, so that it is not cut in two on paper.
    height = FRAME + PAIR * min(MOST_DRAWN + 1, report.by_component.sizes["component"])
    at, sheet.row = sheet.row + 1, sheet.row + 1 + math.ceil(height / ROW)
    lines = _table(sheet, report.by_component, "component", "Cost line")
    _draw(book, sheet, charts, lines, (at, height))


def _table(sheet: Sheet, allocated: xr.Dataset, by: str, head: str) -> Area:
    """Write what the parts cost, the dearest in the worst futures first."""
    found = allocated.isel(strategy=0)
    labels = labels_of(allocated, by)
    order = _ordered(found, by)
    sheet.heading(f"By {head.lower()}")
    first = sheet.next_row()
    last = first + len(order) - 1
    rows, wholes = list[list[Content]](), [0.0, 0.0]
    parts = [[measured(found.isel({by: i}), key) for key in ("mean_cost", "tail_cost")]
             for i in order]  # fmt: skip
    wholes = [math.fsum(pair[k].value for pair in parts) for k in (0, 1)]
    for row, (i, (mean, tail)) in enumerate(zip(order, parts, strict=True), start=first):
        label = labels[str(found[by].values[i])]
        cells = _derived(sheet, row, last + 1, (mean.value, tail.value), wholes)
        rows.append([label, mean.value, *bounds(mean), tail.value, *bounds(tail), *cells])
    sums = [
        total(f"{sheet.cell(first, at)}:{sheet.cell(last, at)}", [pair[k].value for pair in parts])
        for k, at in ((0, 1), (1, 4))
    ]
    ends = [bounds(measured(found, f"total_{one}")) for one in ("mean", "tail")]
    whole: list[Content] = ["All", sums[0], *ends[0], sums[1], *ends[1]]
    rows.append([*whole, *_derived(sheet, last + 1, last + 1, (wholes[0], wholes[1]), wholes)])
    sheet.table([Column(head, kind="text"), *COLUMNS], rows, totals=1)
    return Area(first, last)


def _ordered(found: xr.Dataset, by: str) -> list[int]:
    """Return the places of the parts that are not nothing, the dearest in the tail first."""
    tails, means = found["tail_cost"].values, found["mean_cost"].values
    return [int(i) for i in np.argsort(-tails, kind="stable") if tails[i] or means[i]]


def _derived(
    sheet: Sheet, row: int, total_row: int, values: tuple[float, float], wholes: list[float]
) -> list[Content]:
    """Return how far the worst futures go beyond the mean, and both shares."""
    mean, tail = sheet.cell(row, 1), sheet.cell(row, 4)
    shares = [share(cell, sheet.cell(total_row, at, fixed="row"), (value, whole))
              for cell, at, value, whole in zip((mean, tail), (1, 4), values, wholes, strict=True)
              ]  # fmt: skip
    return [difference(tail, mean, (values[1], values[0])), *shares]


def _draw(book: Book, sheet: Sheet, charts: Charted, lines: Area, where: tuple[int, int]) -> None:
    """Draw the largest cost lines, in the worst futures and on average, with their intervals."""
    chart = made(book, "bar")
    for name, key, at, color, hatch in (
        ("In the worst 5% of futures", "tail_cost", 4, PALETTE[5], ""),
        ("On average", "mean_cost", 1, PALETTE[4], "///"),
    ):
        area, figures = _drawn(book, sheet, charts, lines, (name, key, at))
        bars = column_of(charts.sheet, area, 1)
        chart.add_series(
            {
                "name": name,
                "categories": column_of(charts.sheet, area, 0).listed,
                "values": bars.listed,
                "gap": 50,
                **intervals(charts, name, bars, figures),
                **filled(color, hatch),
            }
        )
    most = float(book.report.by_component["tail_cost"].max())
    title = f"Present value, {book.report.quote.currency}"
    chart.set_x_axis(money_axis(book, title, most, label_position="high"))
    chart.set_y_axis(axis(reverse=True, label_position="low", interval_unit=1))
    chart.set_legend(legend())
    # Room for the names: without it every second is left out.
    chart.set_plotarea({"layout": {"x": 0.3, "y": 0.1, "width": 0.66, "height": 0.68}})
    place(sheet, chart, charted.allocation(book.report), (where[0], 0), (900, where[1]))


def _drawn(
    book: Book, sheet: Sheet, charts: Charted, lines: Area, series: tuple[str, str, int]
) -> tuple[Area, list[Figure]]:
    """Write the largest lines by absolute size, with what the others add up to.

    So the bars add up to the whole. ``series`` is its name, what of the allocation it is, and the
    column of the sheet it is in.
    """
    name, key, at = series
    found = book.report.by_component.isel(strategy=0)
    labels, parts = labels_of(book.report.by_component, "component"), _ordered(found, "component")
    sizes = [max(abs(float(found[one][i])) for one in ("tail_cost", "mean_cost")) for i in parts]
    kept = sorted(sorted(range(len(parts)), key=lambda k: -sizes[k])[:MOST_DRAWN])
    rest = [k for k in range(len(parts)) if k not in kept]
    rows, figures = list[list[Content]](), list[Figure]()
    for k in kept:
        row, figure = lines.first + k, measured(found.isel(component=parts[k]), key)
        cells = [linked(sheet.place(row, at + i), number) if math.isfinite(number) else None
                 for i, number in enumerate(figure)]  # fmt: skip
        rows.append([labels[str(found["component"].values[parts[k]])], *cells])
        figures.append(figure)
    if rest:
        values = [float(found[key][parts[k]]) for k in rest]
        places = ",".join(sheet.place(lines.first + k, at) for k in rest)
        rows.append([f"Other ({len(rest)})", total(places, values), None, None])
        figures.append(Figure(math.fsum(values), -math.inf, math.inf))
    columns = [Column("Cost line", kind="text"), Column(name), Column(LOWER), Column(UPPER)]
    return charts.block(f"{name}: the largest cost lines, and the others", columns, rows), figures
