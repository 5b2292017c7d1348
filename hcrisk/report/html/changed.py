"""The tables of what changed since another version of the scenario."""

from __future__ import annotations

from hcrisk.report.changes import MOST_LISTED, NOTHING, SAME, Changes, more
from hcrisk.report.html.tables import MINUS, Cell, Table, heads, words_in
from hcrisk.variables import input_words


def stated(found: Changes) -> Table:
    """Return the numbers and choices that differ, the first of many."""
    rows = [
        [
            Cell(input_words(one.path), one.path, is_number=False),
            *words_in(one.now or NOTHING, one.was or NOTHING),
        ]
        for one in found.stated[:MOST_LISTED]
    ]
    return Table("The numbers and choices that differ", words_in("What", "Now", "Before"), rows,
                 "stated")  # fmt: skip


def moved(found: Changes) -> Table:
    """Return by how much the cost of each strategy has moved."""
    measures = list(dict.fromkeys(key for one in found.costs for key in one.figures))
    rows = []
    for one in found.costs:
        texts = [more(figure, found.currency) for figure in one.figures.values()]
        cells = [Cell(text.replace("-", MINUS)) for text in texts or [SAME] * len(measures)]
        rows.append([*words_in(one.label), *cells])
    titles = [f"{key[:1].upper()}{key[1:]}" for key in measures]
    caption = "What each strategy costs more or less than before, present value"
    return Table(caption, heads("Strategy", titles), rows)
