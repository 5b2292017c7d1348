"""The sheet of what changed since another version of the scenario."""

from __future__ import annotations

from hcrisk.report.changes import NONE_DIFFERS, NOTHING, SAME, Changes, more
from hcrisk.report.workbook.book import Book
from hcrisk.report.workbook.cells import Content, bounds
from hcrisk.report.workbook.digits import LOWER, UPPER
from hcrisk.report.workbook.sheet import BELOW_TITLE, Column, Sheet
from hcrisk.variables import input_words

ABOUT = (
    "Against {before}, simulated on the same futures: what both describe alike happens alike, so a "
    "difference is due to the changes. Lower and upper are the ends of its 95% interval."
)


def write_changes(book: Book, sheet: Sheet, found: Changes) -> None:
    """Write what is stated otherwise, and by how much the cost of each strategy has moved."""
    about = ABOUT.format(before=found.before)
    sheet.begin("What changed since the last one", about, [40.0, 32.0, 32.0, 14.0, 14.0, 14.0])
    sheet.freeze(BELOW_TITLE)
    sheet.heading("What each strategy costs more or less than before, present value")
    rows, breaks = list[list[Content]](), list[int]()
    for one in found.costs:
        breaks.append(len(rows))
        if not one.figures:
            rows.append([one.label, None, SAME, None, None, None])
        for key, figure in one.figures.items():
            measure = f"{key[:1].upper()}{key[1:]}"
            said = more(figure, found.currency)
            rows.append([one.label, measure, said, figure.value, *bounds(figure)])
    texts = [Column(head, kind="text") for head in ("Strategy", "Measure", "In words")]
    sheet.table([*texts, *map(Column, ("Difference", LOWER, UPPER))], rows, breaks=breaks)
    sheet.heading("The numbers and choices that differ")
    if not found.stated:
        sheet.note(f"{NONE_DIFFERS[:1].upper()}{NONE_DIFFERS[1:]}.")
        return
    stated: list[list[Content]] = [
        [input_words(one.path), one.now or NOTHING, one.was or NOTHING, one.path, None, None]
        for one in found.stated
    ]
    # A path goes on over the two empty columns.
    columns = [Column(head, kind="wrapped") for head in ("What", "Now", "Before")]
    sheet.table([*columns, *(Column(head, kind="text") for head in ("Path", "", ""))], stated)
