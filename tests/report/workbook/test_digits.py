"""No cell with an interval beside it shows more digits than the interval supports."""

import math
import re

import pytest

from hcrisk.figures import power_of_ten
from hcrisk.report.workbook.cells import Formula, Shown, number_in
from hcrisk.report.workbook.digits import as_known

LOWER, UPPER, MARGIN = "Lower", "Upper", "± at most"
MONEY = ["text", "money", "money", "money", "money"]


def place_shown(form):
    """Return the place value of the last digit that a number format shows."""
    first = re.sub(r'"[^"]*"|\[[^\]]*\]', "", form.split(";")[-1 if "[" in form else 0])
    decimals = len(first.partition(".")[2].rstrip(",%")) if "." in first else 0
    scale = 1000.0 ** (len(first) - len(first.rstrip(",")))
    return scale * (0.01 if "%" in first else 1.0) / 10.0**decimals


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ('"$"#,##0', 1.0),
        ('"$"#,##0.00,,"M";-"$"#,##0.00,,"M";"-"', 1e4),
        ('"€"#,##0,"K"', 1e3),
        ("0.0%", 0.001),
        ('[<0.005]"<1%";[>=0.995]">99%";0%', 0.01),
        ("#,##0.00", 0.01),
    ],
)
def test_place_shown(form, place):
    assert place_shown(form) == pytest.approx(place)


def bounded_cells(book):
    """Yield every figure with its half-width and the cells that show both."""
    for sheet in book.values:
        for head in (cell for row in sheet.iter_rows() for cell in row):
            if head.value not in (LOWER, MARGIN) or head.column == 1:
                continue
            left = sheet.cell(head.row, head.column - 1).value
            if head.value == MARGIN and left == UPPER:
                continue
            for row in range(head.row + 1, sheet.max_row + 1):
                cells = [sheet.cell(row, head.column + i) for i in (-1, 0, 1)]
                if sheet.cell(row, 1).value is None:
                    break
                numbers = [cell.value for cell in cells]
                shown = cells if head.value == LOWER else cells[:2]
                if any(not isinstance(cell.value, int | float) for cell in shown):
                    continue
                half = numbers[1]
                if head.value == LOWER:
                    half = max(numbers[2] - numbers[0], numbers[0] - numbers[1])
                yield shown, half


def test_no_cell_shows_more_than_its_interval_supports(book):
    checked = {}
    for cells, half in bounded_cells(book):
        if half <= 1e-9 * abs(cells[0].value):
            continue
        # A margin, or ends of what is no amount, may have been rounded to the next power of ten.
        is_rounded = len(cells) == 2 or cells[0].number_format.startswith("#")
        step = power_of_ten(half * (0.5 if is_rounded else 1.0)) * (1 - 1e-9)
        for cell in cells:
            where = cell.parent.title, cell.coordinate, cell.value, cell.number_format
            place = place_shown(cell.number_format)
            if is_rounded and abs(cell.value / step - round(cell.value / step)) < 1e-6:
                # What is no amount is rounded in the cell, as no format rounds to tens.
                place = max(place, step)
            assert place >= step or (place >= 0.01 and "%" in cell.number_format), where
            checked[cell.parent.title] = checked.get(cell.parent.title, 0) + 1
    sheets = {"Percentiles", "Years", "Cash flow Insource", "Difference", "Risk", "Drivers"}
    assert sheets | {"Decision"} <= set(checked)
    assert sum(checked.values()) > 500


def test_margins_are_rounded_up_and_bounds_are_whole(book):
    sheet = book.values["Percentiles"]
    for row in range(1, sheet.max_row + 1):
        value, lower, upper, margin = (sheet.cell(row, column).value for column in range(3, 7))
        if isinstance(margin, int | float):
            half = max(upper - value, value - lower)
            assert half <= margin <= half + place_shown(sheet.cell(row, 6).number_format)


def shown(row, heads=("What", "Mean", LOWER, UPPER, "Twice the mean")):
    return as_known(list(heads), MONEY, row, "USD")


def test_what_has_no_interval_shows_no_more_than_the_coarsest_of_its_row():
    row = shown(["A", 6_432_100.0, 6_409_000.0, 6_455_000.0, 12_864_200.0])
    assert {place_shown(cell.number) for cell in row[1:]} == {1e4}
    assert [number_in(cell) for cell in row[1:4]] == [6_432_100.0, 6_409_000.0, 6_455_000.0]


def test_a_figure_without_bounds_shows_two_digits():
    row = shown(["A", 6_432_100.0, None, None, 12_864_200.0])
    assert place_shown(row[1].number) == 1e5


def test_a_row_without_figures_is_as_it_was():
    assert shown(["A", None, None, None, 12.5])[4] == Shown(12.5, "money")


def test_a_margin_by_formula_is_rounded_up_by_it():
    heads = ["What", "Mean", LOWER, UPPER, MARGIN]
    margin = Formula("=MAX(D1-B1,B1-C1)", 23_100.0)
    found = as_known(heads, MONEY, ["A", 6_432_100.0, 6_409_000.0, 6_455_000.0, margin], "USD")
    assert found[4].content == Formula("=ROUNDUP(MAX(D1-B1,B1-C1),-4)", 30_000.0)
    assert math.isclose(place_shown(found[4].number), 1e4)
