"""The sheet of the decision: what to do, what to set aside, and the figures behind it."""

from __future__ import annotations

from collections.abc import Sequence

from hcrisk.figures import Figure, common_unit, measured
from hcrisk.report.cautions import LEADS, cautions
from hcrisk.report.cells import even_steps
from hcrisk.report.pair import entry_of
from hcrisk.report.rows import headings
from hcrisk.report.wording import inside
from hcrisk.report.workbook.book import Book, linked
from hcrisk.report.workbook.cells import Content, Formula, Shown, bounds
from hcrisk.report.workbook.digits import share_step
from hcrisk.report.workbook.percentiles import Measure, measures, prefixes
from hcrisk.report.workbook.sheet import Column, Sheet
from hcrisk.report.workbook.style import INK, human_format, share_format

# Of a board's table; they are on the sheet Percentiles.
_LEFT_OUT = ("p10", "p90", "p10_cash", "p50_cash", "p90_cash", "p95_cash")
ABOUT = (
    "Figures on this sheet show the digits that their intervals support; the cells hold them in "
    "full. Intervals are on the sheet Percentiles."
)


def write_decision(book: Book, sheet: Sheet) -> None:
    """Write the sheet: sentences, key figures, budget, and who delivers what."""
    report, quote = book.report, book.report.quote
    widths = [46.0, *[20.0] * max(4, len(quote.strategies))]
    sheet.begin(f"The decision: {quote.title}", ABOUT, widths)
    sheet.freeze(1)
    for lead, sentence in zip(LEADS, report.sentences, strict=True):
        sheet.heading(lead)
        sheet.note(sentence, font_color=INK, font_size=11)
    notes = [
        *cautions(quote, report.register),
        *(f"{note[:1].upper()}{note[1:]}" for note in quote.notes),
    ]
    if notes:
        sheet.heading("Before you quote these figures")
        for note in notes:
            sheet.note(note)
    _figures(book, sheet)
    _budget(book, sheet)
    sheet.heading("Who delivers each service")
    columns = [Column("Service", kind="text")]
    columns += [Column(text, 20, "wrapped") for text in headings(quote, quote.strategies)]
    rows: list[list[Content]] = [
        [service, *(entry.delivery[i] for entry in quote.strategies)]
        for i, service in enumerate(quote.services)
    ]
    sheet.table(columns, rows)


def _figures(book: Book, sheet: Sheet) -> None:
    """Write the key figures of all strategies side by side, as links to where they stand."""
    quote = book.report.quote
    sheet.heading("Key figures, present value unless said otherwise")
    names = prefixes(quote)
    found = {entry.name: {one.key: one for one in measures(quote, entry)}
             for entry in quote.strategies}  # fmt: skip
    keys = dict.fromkeys(key for own in found.values() for key in own if key not in _LEFT_OUT)
    rows = list[list[Content]]()
    for key in keys:
        own = [found[entry.name].get(key) for entry in quote.strategies]
        known = [one for one in own if one is not None]
        forms = iter(_formats(book, [one.figure for one in known]))
        row: list[Content] = [known[0].title]
        for entry, one in zip(quote.strategies, own, strict=True):
            row.append(None if one is None else _linked(names[entry.name], one, next(forms)))
        rows.append(row)
    heads = headings(quote, quote.strategies)
    sheet.table([Column("Measure", kind="text"), *(Column(head, 20) for head in heads)], rows)


def _linked(prefix: str, measure: Measure, form: str) -> Shown:
    content = linked(f"{prefix}_{measure.key}", measure.figure.value)
    if measure.kind != "money":
        form = share_format(share_step(measure.figure), never_all=True)
    return Shown(content, measure.kind, form)


def _formats(book: Book, figures: Sequence[Figure]) -> list[str]:
    """Return the number formats of a row: one unit, and the digits that are known."""
    unit, currency = common_unit(figures), book.report.quote.currency
    return [human_format(currency, unit, step) for step in even_steps(figures)]


def _budget(book: Book, sheet: Sheet) -> None:
    """Write what to set aside for the strategy the report is about, as it adds up."""
    report = book.report
    name = inside(entry_of(report.quote, report.pair.focus))
    level, reserve = (f"{100 * float(report.budget[key]):g}%" for key in ("level", "reserve"))
    sheet.heading(f"Budget for {name}")
    first = sheet.next_row()
    parts = ("base", "contingency", "budget", "management_reserve", "ceiling")
    figures = [measured(report.budget, part) for part in parts]
    forms = [_formats(book, [figure])[0] for figure in figures]
    texts = (
        "Mean", f"Contingency: up to what {level} of futures stay within",
        f"Budget, which {level} of futures stay within",
        f"Management reserve: up to what {reserve} stay within",
        f"Ceiling, which {reserve} of futures stay within",
    )  # fmt: skip
    rows = list[list[Content]]()
    for i, (part, figure, form, text) in enumerate(zip(parts, figures, forms, texts, strict=True)):
        content: float | Formula = figure.value
        if part in ("budget", "ceiling"):
            above = [sheet.cell(first + i - back, 1) for back in (2, 1)]
            content = Formula(f"={above[0]}+{above[1]}", figure.value)
        ends = [None if end is None else Shown(end, "money", form) for end in bounds(figure)]
        rows.append([text, Shown(content, "money", form), *ends])
        key = f"focus_{'mean' if part == 'base' else part}"
        place = sheet.place(first + i, 1)
        book.define(key, f"{text}, for {name}", place, figure.value, number=form)
    chance = measured(report.budget, "probability_over_base")
    rows.append(["Chance of costing more than the mean",
                 *(None if one is None else Shown(one, "chance")
                   for one in (chance.value, *bounds(chance)))])  # fmt: skip
    if report.stated is not None and report.kept is not None:
        stated = Figure(report.stated, report.stated, report.stated)
        amount = Shown(report.stated, "money", _formats(book, [stated])[0])
        rows.append(["Budget somebody has in mind", amount, None, None])
        rows.append(["Chance that it is enough",
                     *(None if one is None else Shown(one, "chance")
                       for one in (report.kept.value, *bounds(report.kept)))])  # fmt: skip
    columns = [Column("Set aside", kind="text"), Column("Amount"), Column("Lower"), Column("Upper")]
    sheet.table(columns, rows)
