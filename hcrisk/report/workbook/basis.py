"""The sheet of what the figures rest on: discounting, the run, and how to get it again."""

from __future__ import annotations

from hcrisk.measures._parts import discount_factors
from hcrisk.report.manifest import shown_manifest
from hcrisk.report.workbook.book import Book
from hcrisk.report.workbook.cells import Content, Formula
from hcrisk.report.workbook.sheet import BELOW_TITLE, Column, Sheet

ABOUT = (
    "How costs are discounted, and which run the figures are of. The same scenario, seed and "
    "number of futures give the same figures on any machine."
)
RATE, TIMING, FACTORS = "discount_rate", "discount_timing", "discount_factors"


def write_basis(book: Book, sheet: Sheet) -> list[float]:
    """Write the sheet; return what a payment of each year is worth today, on average."""
    sheet.begin("Basis", ABOUT, [34.0, 30.0, *[13.0] * max(4, book.report.quote.years - 1)])
    factors = _discounting(book, sheet)
    sheet.heading("The run")
    rows: list[list[Content]] = [list(line) for line in shown_manifest(book.report.ds)]
    sheet.table([Column("What", kind="text"), Column("Value", kind="text")], rows)
    sheet.freeze(BELOW_TITLE)
    return factors


def is_discounted_evenly(book: Book) -> bool:
    """Return whether every future has the same discount rate, so that formulas can use it."""
    return book.report.quote.discount_rate is not None


def _discounting(book: Book, sheet: Sheet) -> list[float]:
    """Write the rate and the factor of each year, with their names."""
    quote, ds = book.report.quote, book.report.ds
    sheet.heading("Discounting")
    factors = discount_factors(ds)
    if "path" in factors.dims:
        factors = factors.mean("path")
    values = [float(value) for value in factors.sel(year=ds["year"].values).values]
    late = 0.5 if quote.timing == "mid" else 0.0
    rate = book.report.scenario.discounting.rate.central
    said = "" if is_discounted_evenly(book) else " (its central value: the rate is uncertain)"
    row = sheet.row
    for i, (label, value, kind) in enumerate(
        [
            (f"Nominal rate a year{said}", rate, "percent"),
            ("Paid so many years before the end of a year", late, "plain"),
            ("Horizon, years", float(quote.years), "count"),
            ("Simulated futures", float(quote.paths), "count"),
        ]
    ):
        sheet.put(row + i, 0, label, "wrapped")
        sheet.put(row + i, 1, value, kind, align="left")
    for i, (name, meaning, value, kind) in enumerate(
        [
            (RATE, f"Nominal discount rate a year{said}", rate, "percent"),
            (TIMING, "Payments fall so many years before the end of a year", late, "plain"),
            ("horizon_years", "Years simulated", float(quote.years), "count"),
            ("futures", "Simulated futures", float(quote.paths), "count"),
        ]
    ):
        book.define(name, meaning, sheet.place(row + i, 1), value, kind)
    sheet.row = row + 5
    _factors(book, sheet, values)
    return values


def _factors(book: Book, sheet: Sheet, values: list[float]) -> None:
    row, last = sheet.row, len(values)
    sheet.put(row, 0, "Year", "head")
    evenly = is_discounted_evenly(book)
    sheet.put(row + 1, 0, "Worth today of 1 paid then" + ("" if evenly else ", mean"), "text")
    for i, value in enumerate(values, start=1):
        sheet.put(row, i, i, "head", align="right")
        formula = f"=(1+{RATE})^({TIMING}-{sheet.cell(row, i)})"
        sheet.put(row + 1, i, Formula(formula, value) if evenly else value, "factor", align="right")
    place = sheet.area((row + 1, 1), (row + 1, last))
    book.define(FACTORS, "Worth today of 1 paid in each year, one cell a year", place)
    sheet.row = row + 2
