"""The sheets of what moves the cost, and of what would turn the choice round."""

from __future__ import annotations

import math

import xarray as xr

from hcrisk.figures import measured, percent
from hcrisk.plot.waterfall import CHEAPER, DEARER
from hcrisk.report import charted
from hcrisk.report.columns import unit_words
from hcrisk.report.commands import sizes_command
from hcrisk.report.contents import DRIVER_PATHS
from hcrisk.report.drivers import Drivers
from hcrisk.report.pair import entry_of
from hcrisk.report.turning import PATHS, Turning, is_flip, sizes_told, turn_side
from hcrisk.report.wording import inside
from hcrisk.report.workbook.book import Book, Charted
from hcrisk.report.workbook.cells import Content, Shown, bounds, difference
from hcrisk.report.workbook.charts import (
    POINTS_PER_PIXEL,
    axis,
    column_of,
    filled,
    intervals,
    legend,
    made,
    money_axis,
    place,
)
from hcrisk.report.workbook.sheet import BELOW_TITLE, ROW_POINTS, Area, Column, Sheet
from hcrisk.report.workbook.style import share_format
from hcrisk.variables import input_words
from hcrisk.whatif.telling import unseen

# As sure as where the choice turns.
WHOLE = share_format(0.01, never_all=True)
# Of the chart by size, and the rows it covers.
CHART_HEIGHT = 400
CHART_ROWS = math.ceil(POINTS_PER_PIXEL * CHART_HEIGHT / ROW_POINTS)
INPUT = (Column("Input", 36, "wrapped"), Column("Unit", 13, "wrapped"))
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


def write_turning(book: Book, sheet: Sheet, charts: Charted, turning: Turning, rival: str) -> None:
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
    if turning.sizes is not None:
        top = sheet.row + 1
        # The chart stands above its table, where no page ends.
        sheet.row = top + CHART_ROWS
        area = _sizes(sheet, turning, turning.sizes, (focus, other))
        command = sizes_command(book.report.scenario, turning.sizes)
        sheet.note(f"“{command}” prints the figures again.")
        _points(book, sheet, charts, area, turning.sizes, top)
    if turning.flips is not None:
        _flips(sheet, turning.flips, other)


def _sizes(sheet: Sheet, turning: Turning, found: xr.Dataset, names: tuple[str, str]) -> Area:
    """Write the costs of both by number of providers, and where they cross."""
    sheet.heading("By number of providers")
    first, rows = sheet.next_row(), list[list[Content]]()
    for i in range(found.sizes["at"]):
        own, other = (float(found["cost"].isel(way=way, at=i)) for way in (0, 1))
        cells = sheet.cell(first + i, 2), sheet.cell(first + i, 1)
        figure = measured(found[["value", "lower", "upper"]].isel(at=i))
        side = names[0] if figure.lower > 0 else names[1] if figure.upper < 0 else "not certain"
        rows.append([float(found["at"][i]), own, other, difference(*cells, (other, own)),
                     *bounds(figure), side])  # fmt: skip
    heads = [*names, f"{names[1]} less {names[0]}", "Lower", "Upper"]
    columns = [
        Column("Providers", kind="count"),
        *map(Column, heads),
        Column("Cheaper", kind="text"),
    ]
    area = sheet.table(columns, rows)
    said = sizes_told(turning, *names)
    sheet.note(f"{said[:1].upper()}{said[1:]}. {unseen(found)}".rstrip())
    return area


def _flips(sheet: Sheet, found: xr.Dataset, other: str) -> None:
    sheet.heading("By input")
    rows = list[list[Content]]()
    for path in map(str, found["input"].values):
        one = found.sel(input=path)
        row: list[Content] = [input_words(path), unit_words(str(one["unit"].item()))]
        row += [float(one[key]) for key in ("central", "low", "high")]
        side, chance = turn_side(one), float(one["probability"])
        if is_flip(one):
            row += [side, float(one["value"]), *bounds(measured(one))]
            row.append(Shown(chance if side == "below" else 1 - chance, "chance", WHOLE))
        else:
            row += ["not certain" if side == "unclear" else side, None, None, None, None]
        rows.append([*row, path])
    numbers = [Column(text, kind="plain") for text in ("Median", "From", "To")]
    turn = [Column(text, kind="plain") for text in ("This value", "Lower", "Upper")]
    sheet.table(
        [*INPUT, *numbers, Column(f"{other[:1].upper()}{other[1:]} is cheaper", kind="text"), *turn,
         Column("Chance", kind="percent"), PATH], rows
    )  # fmt: skip
    sheet.note(
        "From and to hold 99% of what is thought possible. Chance: that the input lies on the side "
        "on which the choice turns. Nowhere, everywhere: the choice stays the same throughout. Not "
        "certain: these futures do not tell, as they do not between lower and upper."
    )


def _points(
    book: Book, sheet: Sheet, charts: Charted, area: Area, found: xr.Dataset, top: int
) -> None:
    """Draw the difference at each size with its interval, and nothing between them."""
    told = charted.sizes(book.report)
    if told is None:
        return
    chart, drawn = made(book, "scatter"), column_of(sheet, area, 3)
    figures = [measured(found[["value", "lower", "upper"]].isel(at=i))
               for i in range(found.sizes["at"])]  # fmt: skip
    chart.add_series(
        {
            "name": "Difference, with its 95% interval",
            "categories": column_of(sheet, area, 0).listed,
            "values": drawn.listed,
            "marker": {"type": "circle", "size": 5, **filled("#000000")},
            **intervals(charts, told.title, drawn, figures),
        }
    )
    chart.set_x_axis(axis("Providers", label_position="low", num_format="#,##0"))
    title = f"Present value, {book.report.quote.currency}"
    most = float(abs(found["value"]).max())
    chart.set_y_axis(money_axis(book, title, most, label_position="low"))
    chart.set_legend(legend())
    place(sheet, chart, told, (top, 0), (900, CHART_HEIGHT))
