"""The sheets of what went in: which numbers to question, every number, and the sources."""

from __future__ import annotations

from collections import Counter

import numpy as np

from hcrisk.report.assumptions import stated
from hcrisk.report.columns import unit_words
from hcrisk.report.pair import entry_of
from hcrisk.report.sources import listed, source_numbers, web_address
from hcrisk.report.workbook.book import Book
from hcrisk.report.workbook.cells import Content, Formula, Link
from hcrisk.report.workbook.sheet import Area, Column, Sheet
from hcrisk.report.workbook.style import CONFIDENCE_FILL
from hcrisk.scenario import Assumption, Scenario
from hcrisk.scenario.quantity import Number
from hcrisk.variables import input_words

WHOSE = {"user": "the practice", "scenario": "the scenario", "default": "hcrisk's default"}
NO_SOURCE = "no source given"
DEFAULTS = "hcrisk's own default; the note says why"
# A link may not be longer in a workbook.
LONGEST_LINK = 2_000
INPUTS = (
    Column("Number", 32, "wrapped"),
    Column("Path", 33, "wrapped"),
    Column("Central value", 10, "plain"),
    Column("P5", 9, "plain"),
    Column("P95", 9, "plain"),
    Column("Unit", 12, "wrapped"),
    Column("As stated", 24, "wrapped"),
    Column("Confidence", 11, "text"),
    Column("Source", 18, "wrapped"),
    Column("Title of the source", 28, "wrapped"),
    Column("Whose number", 11, "wrapped"),
    Column("Note", 25, "wrapped"),
)
CONFIDENCE, SOURCE = 7, 8
SOURCES = (
    Column("Source", 26, "wrapped"),
    Column("Title", 42, "wrapped"),
    Column("Publisher", 27, "wrapped"),
    Column("Year", 10, "text"),
    Column("Obtained", 11, "text"),
    Column("Confidence", 11, "text"),
    Column("Numbers that rest on it", 12, "count"),
    Column("Note", 42, "wrapped"),
    Column("Address", 40, "wrapped"),
)


def write_questions(book: Book, sheet: Sheet) -> None:
    """Write the assumptions to question first."""
    columns = (
        Column("Assumption", 42, "wrapped"),
        Column("Path", 44, "wrapped"),
        Column("Value", 40, "wrapped"),
        Column("Confidence", 11, "text"),
        Column("Obtained", 11, "text"),
        Column("Source", 41, "wrapped"),
        Column("Share of the order of futures", 13, "share"),
        Column("Of the cost of", 20, "text"),
    )
    sheet.begin(
        "Question these first",
        "The assumptions of lowest confidence, those first that go with most of the order of "
        "futures from the cheapest to the dearest (squared rank correlation: every future counts "
        "by its rank; the share of the variance on the sheet Drivers counts money). Of numbers "
        "that rest on one source only the first is listed.",
        [column.width for column in columns],
    )
    sheet.row += 1
    rows = list[list[Content]]()
    for weak in book.report.weakest:
        entry, moves = weak.assumption, weak.influence
        rows.append([
            input_words(entry.path), entry.path, stated(weak), weak.confidence,
            entry.obtained or None, entry.title or NO_SOURCE,
            None if moves is None else moves.share,
            None if moves is None else entry_of(book.report.quote, moves.strategy).label,
        ])  # fmt: skip
    area = sheet.table(columns, rows)
    sheet.freeze(area.first, 1)


def write_inputs(book: Book, sheet: Sheet) -> Area:
    """Write every number and law of the scenario, the weakest first, defaults last."""
    scenario = book.report.scenario
    sheet.begin(
        "Every number and its source",
        "All that the scenario states, the lowest confidence first, then what it leaves at "
        "hcrisk's defaults. P5 and P95 are given where a number is uncertain. Rank correlations "
        "between inputs are in the scenario's file only.",
        [column.width for column in INPUTS],
    )
    sheet.row += 1
    numbers = scenario.numbers()
    rows = [_input(entry, numbers.get(entry.path)) for entry in every_number(scenario)]
    area = sheet.table(INPUTS, rows)
    for confidence, color in CONFIDENCE_FILL.items():
        sheet.worksheet.conditional_format(
            area.first, CONFIDENCE, area.last, CONFIDENCE,
            {"type": "cell", "criteria": "==", "value": f'"{confidence}"',
             "format": book.workbook.add_format({"bg_color": color})},
        )  # fmt: skip
    sheet.worksheet.autofilter(area.first - 1, 0, area.last, len(INPUTS) - 1)
    sheet.freeze(area.first, 1)
    return area


def every_number(scenario: Scenario) -> list[Assumption]:
    """Return what the scenario states, the weakest first, then what it leaves at defaults."""
    entries = listed(scenario, weakest_first=True, with_defaults=True)
    return sorted(entries, key=lambda entry: entry.own == "default")


def _input(entry: Assumption, number: Number | None) -> list[Content]:
    central: Content = None if number is None else number.central
    ends: list[Content] = [None, None]
    if number is not None and number.distribution is not None and not number.is_certain:
        levels = np.array([0.05, 0.95])
        ends = [float(number.distribution.quantile(float(level))) for level in levels]
    title = entry.title or (DEFAULTS if entry.own == "default" else NO_SOURCE)
    return [
        input_words(entry.path), entry.path, central, *ends, unit_words(entry.unit), entry.value,
        entry.confidence, entry.source, title, WHOSE[entry.own], entry.note,
    ]  # fmt: skip


def write_sources(book: Book, sheet: Sheet, inputs: Sheet, area: Area) -> None:
    """Write the sources, with how many numbers rest on each."""
    scenario = book.report.scenario
    sheet.begin(
        "Sources",
        "What the numbers of the sheet Inputs rest on, in the order in which they come there.",
        [column.width for column in SOURCES],
    )
    sheet.row += 1
    entries = every_number(scenario)
    counts = Counter(entry.source for entry in entries)
    keys = inputs.area((area.first, SOURCE), (area.last, SOURCE))
    first, rows = sheet.next_row(), list[list[Content]]()
    for row, key in enumerate(source_numbers(entries), start=first):
        source = scenario.sources[key]
        url = web_address(source)
        address: Content = Link(url, url) if 0 < len(url) <= LONGEST_LINK else source.url
        count = Formula(f"=COUNTIF({keys},{sheet.cell(row, 0)})", float(counts[key]))
        rows.append([key, source.title, source.publisher, source.year, source.obtained,
                     source.confidence, count, source.note, address])  # fmt: skip
    table = sheet.table(SOURCES, rows)
    sheet.freeze(table.first, 1)
