"""The first sheet, which leads to the others, and the sheet of the defined names."""

from __future__ import annotations

from hcrisk.report.text import facts
from hcrisk.report.workbook.book import Book, linked
from hcrisk.report.workbook.cells import Content, Link, Shown
from hcrisk.report.workbook.sheet import Column, Sheet
from hcrisk.report.workbook.style import INK

NOTES = (
    "Costs are positive: lower is better. Present value means discounted to today, as the sheet "
    "Basis says; nominal means in the money of the year.",
    "The figures of the simulation are in blue. Totals, differences, shares and whatever else "
    "follows from other cells are formulas, in black, with their values stored: a program that "
    "does not calculate shows them too.",
    "A changed cell changes the formulas that use it, not the simulation: percentiles, chances "
    "and intervals stay what they were. Simulate again to see them for other inputs.",
    "Amounts and chances are shown with the digits that their intervals support, and what follows "
    "from them with no more; the cells hold them in full, for formulas. Lower and upper are the "
    "ends of a 95% interval, empty where there are too few futures to tell; ± reaches the farther "
    "one and is rounded up.",
    "An interval says how precisely the simulated futures fix a figure, not whether the "
    "assumptions hold: for these see the sheets Question first and Inputs.",
)


def write_contents(book: Book, sheet: Sheet) -> None:
    """Write what there is, with links, and what the figures mean."""
    quote = book.report.quote
    sheet.begin(
        f"{quote.title}: cost and risk of its sourcing strategies", facts(quote), [34.0, 96.0]
    )
    sheet.row += 1
    rows: list[list[Content]] = [
        [Link(f"internal:{entry.sheet.place(0, 0)}", entry.sheet.name), entry.about]
        for entry in book.entries
        if entry.sheet is not sheet
    ]
    sheet.table([Column("Sheet", kind="text"), Column("What it holds", kind="wrapped")], rows)
    sheet.heading("How to read the figures")
    for note in NOTES:
        sheet.note(note, font_color=INK)
    sheet.worksheet.activate()


def write_names(book: Book, sheet: Sheet) -> None:
    """Write the defined names with their values and what they mean."""
    sheet.begin(
        "Defined names",
        "What formulas, here and in workbooks of your own that link to this one, can call the "
        "figures. The names stay the same from one report to the next.",
        [36.0, 18.0, 70.0, 40.0],
    )
    sheet.row += 1
    rows: list[list[Content]] = [
        [
            one.name,
            None if one.value is None else Shown(linked(one.name, one.value), one.kind, one.number),
            one.meaning,
            one.place,
        ]
        for one in sorted(book.names)
    ]
    area = sheet.table(
        [Column("Name", kind="text"), Column("Value"), Column("What it is", kind="wrapped"),
         Column("Where", kind="text")], rows
    )  # fmt: skip
    sheet.freeze(area.first, 1)
