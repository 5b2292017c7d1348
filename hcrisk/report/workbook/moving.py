"""The sheets of what moves the cost, and of what would turn the choice round."""

from __future__ import annotations

import xarray as xr

from hcrisk.figures import measured, percent
from hcrisk.plot.waterfall import CHEAPER, DEARER
from hcrisk.report import charted
from hcrisk.report.columns import unit_words
from hcrisk.report.contents import DRIVER_PATHS
from hcrisk.report.drivers import Drivers
from hcrisk.report.pair import entry_of
from hcrisk.report.turning import PATHS, Turning, is_flip, rival_below, sizes_told
from hcrisk.report.wording import inside
from hcrisk.report.workbook.book import Book, Charted
from hcrisk.report.workbook.cells import Content, Shown, bounds, difference
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
from hcrisk.report.workbook.sheet import BELOW_TITLE, Area, Column, Sheet
from hcrisk.report.workbook.style import share_format
from hcrisk.variables import input_words

INPUT = (Column("Input", 36, "wrapped"), Column("Unit", 13, "wrapped"))
# As sure as where the choice turns.
WHOLE = share_format(0.01, never_all=True)
PATH = Column("Path", 30, "wrapped")


def write_drivers(book: Book, sheet: Sheet, charts: Charted, drivers: Drivers) -> None:
    """Write which inputs move the mean cost of the strategy the report is about."""
    quote = book.report.quote
    label = entry_of(quote, drivers.strategy).label
    paths = f"{min(DRIVER_PATHS, quote.paths):,}"
    columns = [*INPUT, *(Column(text, 11, "plain") for text in ("P10", "P90"))]
    for end in ("At P10", "At P90"):
        columns += [Column(f"{end} the mean changes by"), Column("Lower", 12), Column("Upper", 12)]
    columns += [Column("Swing", 12), *_shares(), PATH]
    sheet.begin(
        f"What moves the cost of {label}",
        "Each input is set to its P10 and then its P90 while all others stay uncertain, and the "
        f"mean cost is simulated again ({paths} futures for each). What is not known of the inputs "
        f"makes {percent(drivers.share)} of the variance; the rest is chance. The share of the "
        "variance that goes with an input holds what it tells about inputs correlated with it.",
        [column.width for column in columns],
    )
    sheet.row += 1
    first, rows = sheet.next_row(), list[list[Content]]()
    for i, path in enumerate(map(str, drivers.inputs["parameter"].values)):
        one, row = drivers.inputs.sel(parameter=path), first + i
        low, high = (measured(one, f"{end}_change") for end in ("low", "high"))
        cells = sheet.cell(row, 7), sheet.cell(row, 4)
        rows.append([
            input_words(path), unit_words(str(one["units"].item())),
            float(one["low_input"]), float(one["high_input"]),
            low.value, *bounds(low), high.value, *bounds(high),
            difference(*cells, (high.value, low.value)), drivers.alone[path].value,
            *bounds(drivers.alone[path]), path,
        ])  # fmt: skip
    area = sheet.table(columns, rows)
    if drivers.others:
        sheet.note(f"{drivers.others} more inputs seem to move it less.")
    sheet.freeze(area.first, 1)
    _tornado(book, sheet, charts, area, drivers.inputs)


def _shares() -> list[Column]:
    """Return the columns of the share of the variance that goes with an input."""
    return [Column(head, 11, "percent") for head in ("Share of the variance", "Lower", "Upper")]


def _tornado(book: Book, sheet: Sheet, charts: Charted, area: Area, changes: xr.Dataset) -> None:
    chart = made(book, "bar")
    for name, end, column, color, hatch in (
        ("Input at its P10", "low", 4, CHEAPER, ""),
        ("Input at its P90", "high", 7, DEARER, "///"),
    ):
        figures = [measured(changes.isel(parameter=i), f"{end}_change")
                   for i in range(changes.sizes["parameter"])]  # fmt: skip
        bars = column_of(sheet, area, column)
        chart.add_series(
            {
                "name": name,
                "categories": column_of(sheet, area, 0).listed,
                "values": bars.listed,
                "gap": 45,
                "overlap": 100,
                **intervals(charts, name, bars, figures),
                **filled(color, hatch),
            }
        )
    told = charted.drivers(book.report)
    if told is None:
        return
    most = max(float(abs(changes[f"{end}_change"]).max()) for end in ("low", "high"))
    title = f"Change of the mean present value, {book.report.quote.currency}"
    chart.set_x_axis(money_axis(book, title, most, label_position="high"))
    chart.set_y_axis(axis(reverse=True, label_position="low"))
    chart.set_legend(legend())
    height = 140 + 40 * (area.last - area.first + 1)
    place(sheet, chart, told, (sheet.row + 1, 0), (900, height))


def write_turning(book: Book, sheet: Sheet, turning: Turning, rival: str) -> None:
    """Write at which sizes and inputs the rival would be the cheaper."""
    quote = book.report.quote
    focus = inside(entry_of(quote, book.report.pair.focus))
    other = inside(entry_of(quote, rival))
    paths = f"{min(PATHS, quote.paths):,}"
    sheet.begin(
        "What would change the choice",
        f"When would {other} cost less than {focus} on average? Each number is changed by itself, "
        f"on the same futures ({paths} for each value tried).",
        [40.0, *[15.0] * 9, 36.0],
    )
    sheet.freeze(BELOW_TITLE)
    sizes, told = turning.sizes, charted.sizes(book.report)
    area = None if sizes is None else _sizes(sheet, turning, sizes, (focus, other))
    if turning.flips is not None:
        _flips(sheet, turning.flips, other)
    if sizes is not None and area is not None and told is not None:
        _curve(book, sheet, area, told, float(abs(sizes["value"]).max()))


def _sizes(sheet: Sheet, turning: Turning, found: xr.Dataset, names: tuple[str, str]) -> Area:
    """Write the costs of both by number of providers, and where they cross."""
    sheet.heading("By number of providers")
    first, rows = sheet.next_row(), list[list[Content]]()
    for i in range(found.sizes["at"]):
        own, other = (float(found["cost"].isel(way=way, at=i)) for way in (0, 1))
        cells = sheet.cell(first + i, 2), sheet.cell(first + i, 1)
        figure = measured(found[["value", "lower", "upper"]].isel(at=i))
        rows.append([float(found["at"][i]), own, other, difference(*cells, (other, own)),
                     *bounds(figure)])  # fmt: skip
    heads = [*names, f"{names[1]} less {names[0]}", "Lower", "Upper"]
    area = sheet.table([Column("Providers", kind="count"), *map(Column, heads)], rows)
    said = sizes_told(turning, *names)
    sheet.note(f"{said[:1].upper()}{said[1:]}.")
    return area


def _flips(sheet: Sheet, found: xr.Dataset, other: str) -> None:
    sheet.heading("By input")
    rows = list[list[Content]]()
    for path in map(str, found["input"].values):
        one = found.sel(input=path)
        row: list[Content] = [input_words(path), unit_words(str(one["unit"].item()))]
        row += [float(one[key]) for key in ("central", "low", "high")]
        if is_flip(one):
            below, chance = rival_below(one), float(one["probability"])
            row += ["below" if below else "above", float(one["value"])]
            row += [*bounds(measured(one)), Shown(chance if below else 1 - chance, "chance", WHOLE)]
        else:
            always = float(one["difference_at_low"]) < 0
            row += ["everywhere" if always else "nowhere", None, None, None, None]
        rows.append([*row, path])
    numbers = [Column(text, kind="plain") for text in ("Median", "From", "To")]
    turn = [Column(text, kind="plain") for text in ("This value", "Lower", "Upper")]
    sheet.table(
        [*INPUT, *numbers, Column(f"{other[:1].upper()}{other[1:]} is cheaper", kind="text"), *turn,
         Column("Chance", kind="percent"), PATH], rows
    )  # fmt: skip
    sheet.note(
        "From and to hold 99% of what is thought possible. Chance: that the input lies on the side "
        "on which the choice turns. Nowhere, everywhere: the choice stays the same throughout."
    )


def _curve(book: Book, sheet: Sheet, area: Area, told: charted.Told, most: float) -> None:
    chart = made(book, "scatter", "straight_with_markers")
    for name, column, color, width, kind, mark in (
        ("Difference", 3, "#000000", 2.0, "solid", "circle"),
        ("Ends of its 95% interval", 4, "#767676", 1.0, "dash", "none"),
        ("Upper", 5, "#767676", 1.0, "dash", "none"),
    ):
        chart.add_series(
            {
                "name": name,
                "categories": column_of(sheet, area, 0).listed,
                "values": column_of(sheet, area, column).listed,
                "line": {"color": color, "width": width, "dash_type": kind},
                "marker": {
                    "type": mark,
                    "size": 6,
                    "fill": {"color": color},
                    "border": {"color": color},
                },
            }
        )
    chart.set_x_axis(axis("Providers", label_position="low", num_format="#,##0"))
    title = f"Present value, {book.report.quote.currency}"
    chart.set_y_axis(money_axis(book, title, most, label_position="low"))
    chart.set_legend(legend(delete_series=[2]))
    place(sheet, chart, told, (sheet.row + 1, 0), (900, 400))
