"""The chart of the chance of costing more than an amount."""

from __future__ import annotations

import math

from hcrisk.figures import power_of_ten
from hcrisk.measures import exceedance_curve
from hcrisk.plot._style import looks
from hcrisk.report import charted
from hcrisk.report.pair import entry_of
from hcrisk.report.workbook.book import Book, Charted
from hcrisk.report.workbook.cells import Content
from hcrisk.report.workbook.charts import (
    axis,
    column_of,
    dash,
    legend,
    made,
    money_axis,
    place,
)
from hcrisk.report.workbook.sheet import Column, Sheet

POINTS = 160
# Beyond it curves are flat and the rest has no room.
DRAWN_UP_TO = 0.995


def draw_exceedance(book: Book, sheet: Sheet, charts: Charted) -> None:
    """Draw one falling curve for each strategy."""
    ds, quote = book.report.ds, book.report.quote
    curve = exceedance_curve(ds, points=POINTS)
    names = [str(name) for name in curve["strategy"].values]
    columns, rows = list[Column](), list[list[Content]]()
    for name in names:
        label = entry_of(quote, name).label
        columns += [Column(f"{label}: amount"), Column(f"{label}: chance", kind="percent")]
    for i in range(curve.sizes["point"]):
        one = curve.isel(point=i)
        rows.append([float(one[key].sel(strategy=name)) for name in names
                     for key in ("threshold", "value")])  # fmt: skip
    area = charts.block("Chance of costing more than an amount", columns, rows)
    chart = made(book, "scatter", "straight")
    for i, (name, look) in enumerate(looks(ds).items()):
        chart.add_series(
            {
                "name": entry_of(quote, name).label,
                "categories": column_of(charts.sheet, area, 2 * i).listed,
                "values": column_of(charts.sheet, area, 2 * i + 1).listed,
                "line": {"color": look.color, "width": 2.25, "dash_type": dash(look)},
            }
        )
    least = float(ds["npv"].min())
    most = float(ds["npv"].quantile(DRAWN_UP_TO, "path").max())
    step = power_of_ten(max(most - least, 1.0)) / 2
    ends = {"min": math.floor(least / step) * step, "max": math.ceil(most / step) * step}
    chart.set_x_axis(money_axis(book, f"Present value, {quote.currency}", most, **ends))
    grid = {"visible": True, "line": {"color": "#E2E2E2", "width": 0.75}}
    chart.set_y_axis(
        axis("Chance of costing more", min=0, max=1, num_format="0%", major_gridlines=grid)
        | {"major_unit": 0.2}
    )
    chart.set_legend(legend())
    place(sheet, chart, charted.exceedance(book.report), (sheet.row + 1, 0), (900, 420))
