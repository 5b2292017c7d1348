"""The tables of a report, as its page sets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hcrisk.figures import Figure, counted, measured, percent, short, spoken, with_margin
from hcrisk.report.assumptions import stated
from hcrisk.report.columns import Row, unit_words
from hcrisk.report.contents import Report
from hcrisk.report.pair import entry_of
from hcrisk.report.rows import component_rows, cost_rows, headings
from hcrisk.report.sources import source_numbers
from hcrisk.report.turning import is_flip, turn_ends, turn_side
from hcrisk.report.wording import inside
from hcrisk.report.worst import moved_by
from hcrisk.scenario import Assumption
from hcrisk.scenario import defaults as left_at_defaults
from hcrisk.scenario.quantity import Number
from hcrisk.variables import input_words, labels_of

# What the squared rank correlation is called.
RANKED = "Share of the order of futures"
NO_NAME_LIMIT = 1000
NO_SOURCE = "no source given"
# In a cell that has nothing, and before an amount.
NONE, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"


class Cell(NamedTuple):
    """What stands in a cell, and below it in small letters."""

    text: str
    small: str = ""
    is_number: bool = True


class Table(NamedTuple):
    """A table: what it is, the heads of its columns, and rows that begin with a head."""

    caption: str
    columns: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    name: str = ""


def words_in(*texts: str) -> list[Cell]:
    """Return cells of text."""
    return [Cell(text, is_number=False) for text in texts]


def heads(first: str, others: Sequence[str]) -> list[Cell]:
    """Return the head of a column of text, and those of columns of numbers."""
    return [*words_in(first), *(Cell(other) for other in others)]


def _set(row: Row) -> list[Cell]:
    """Return a row of the text page as cells, its margins in small letters."""
    cells = []
    for lines in row.cells:
        first, *rest = lines
        text, space, margin = first.partition(" ±")
        small = f"±{margin}" if space else " ".join(rest)
        cells.append(Cell(NONE if text == "-" else text, small))
    return [*words_in(row.name), *cells]


def delivery(report: Report) -> Table:
    """Return who delivers each service, by strategy."""
    quote = report.quote
    columns = words_in("Service", *headings(quote, quote.strategies))
    rows = [
        words_in(service, *(entry.delivery[i] for entry in quote.strategies))
        for i, service in enumerate(quote.services)
    ]
    return Table("The arrangement of each service, by strategy", columns, rows, "words")


def costs(report: Report) -> Table:
    """Return what each strategy costs."""
    quote = report.quote
    rows = [_set(row) for row in cost_rows(quote, quote.strategies, 0)]
    caption = f"Cost over {counted(quote.years, 'years')}, present value; ± is a 95% interval"
    return Table(caption, heads("Measure", headings(quote, quote.strategies)), rows, "costs")


def money(report: Report) -> Table:
    """Return where the money goes."""
    quote = report.quote
    rows = []
    for row in component_rows(quote, quote.strategies, NO_NAME_LIMIT):
        pairs = [" ".join(cell).split() for cell in row.cells]
        cells = [Cell(NONE if one[0] == "-" else one[0], " ".join(one[1:])) for one in pairs]
        rows.append([*words_in(row.name), *cells])
    columns = heads("Cost line", headings(quote, quote.strategies))
    return Table("Mean cost by line, and its share of the strategy's mean", columns, rows, "money")


def yearly(report: Report) -> Table:
    """Return the median of each year with P5 and P95, by strategy."""
    quote, table = report.quote, report.years
    rows = []
    for year in table["year"].values:
        cells = []
        for entry in quote.strategies:
            one = table.sel(year=year, strategy=entry.name)
            low, middle, high = (
                spoken(measured(one.sel(level=at)), quote.currency) for at in (0.05, 0.5, 0.95)
            )
            cells.append(Cell(middle, f"{low} to {high}"))
        rows.append([*words_in(f"Year {year}"), *cells])
    columns = heads("Year", headings(quote, quote.strategies))
    return Table("Nominal cost of each year: median, and P5 to P95", columns, rows, "years")


def services_at_risk(report: Report) -> Table:
    """Return what each service costs on average and in the worst futures."""
    found = report.by_service.isel(strategy=0)
    currency = report.quote.currency
    labels = labels_of(report.by_service, "service")
    whole = float(found["total_tail"])
    rows = []
    for name in map(str, found["service"].values):
        one = found.sel(service=name)
        tail, mean = measured(one, "tail_cost"), measured(one, "mean_cost")
        if not tail.value and not mean.value:
            continue
        share = f"{100 * tail.value / whole:.0f}%" if whole else ""
        cells = (amount_cell(one, currency) for one in (mean, tail))
        rows.append([*words_in(labels[name]), *cells, Cell(share)])
    totals = [amount_cell(measured(found, f"total_{one}"), currency) for one in ("mean", "tail")]
    rows.append([*words_in("All"), *totals, Cell("100%")])
    name = entry_of(report.quote, report.pair.focus).label
    columns = heads("Service", ["Mean", "Mean of the worst 5%", "Share of the worst 5%"])
    return Table(f"{name}: cost by service, on average and in the worst futures", columns, rows)


def amount_cell(figure: Figure, currency: str) -> Cell:
    """Return an amount of at most three digits, with its margin to as many."""
    if not figure.value:
        return Cell(NONE)
    amount, _, margin = with_margin(figure, currency).replace("-", MINUS).partition(" ")
    return Cell(amount, margin)


def inputs(report: Report) -> Table | None:
    """Return the inputs that move the cost most."""
    if report.drivers is None:
        return None
    found, currency = report.drivers.inputs, report.quote.currency
    rows = []
    for path in map(str, found["parameter"].values):
        one = found.sel(parameter=path)
        ends = [short(float(one[f"{end}_input"])) for end in ("low", "high")]
        changes = [measured(one, f"{end}_change") for end in ("low", "high")]
        moved, margin = moved_by(changes, currency)
        rows.append([
            Cell(input_words(path), path, is_number=False),
            Cell(" to ".join(ends), unit_words(str(one["units"].item()))),
            Cell(moved.replace("-", MINUS), f"each {margin}" if margin else ""),
            Cell(percent(report.drivers.alone[path])),
        ])  # fmt: skip
    columns = heads("Input", ["P10 to P90", "Moves the mean by", "Share of the variance"])
    return Table("The inputs that move the mean cost most", columns, rows, "inputs")


def flips(report: Report) -> Table | None:
    """Return at which value of each input the choice turns round."""
    if report.turning is None or report.turning.flips is None or report.pair.rival is None:
        return None
    found = report.turning.flips
    rows = []
    for path in map(str, found["input"].values):
        one = found.sel(input=path)
        unit = unit_words(str(one["unit"].item()))
        ends = [short(float(one[end])) for end in ("low", "high")]
        side, chance = turn_side(one), NONE
        turn = {"nowhere": NONE, "unclear": "not certain"}.get(side, side)
        if is_flip(one):
            low, high = turn_ends(one)
            likely = float(one["probability"])
            turn = f"{side} {low if low == high else f'{low} to {high}'}"
            chance = f"{100 * (likely if side == 'below' else 1 - likely):.0f}%"
        rows.append([
            Cell(input_words(path), path, is_number=False),
            Cell(short(float(one["central"])), unit),
            Cell(" to ".join(ends)), Cell(turn), Cell(chance),
        ])  # fmt: skip
    rival = inside(entry_of(report.quote, report.pair.rival))
    columns = heads(
        "Input",
        ["Median", "Plausible range", f"{rival[:1].upper()}{rival[1:]} is cheaper", "Chance"],
    )
    return Table(f"Where {rival} would cost less on average", columns, rows, "flips")


def weakest(report: Report) -> Table:
    """Return the assumptions to question first."""
    labels = {entry.name: entry.label for entry in report.quote.strategies}
    rows = []
    for weak in report.weakest:
        entry = weak.assumption
        moves = NONE
        if weak.influence is not None:
            share = weak.influence.share
            size = f"{100 * share:.0f}%" if share >= 0.01 else "under 1%"
            moves = f"{size} of {labels[weak.influence.strategy]}"
        rows.append([
            Cell(input_words(entry.path), entry.path, is_number=False),
            Cell(stated(weak), is_number=False),
            Cell(weak.confidence, entry.obtained or "", is_number=False),
            Cell(entry.title or NO_SOURCE, is_number=False),
            Cell(moves, is_number=False),
        ])  # fmt: skip
    columns = words_in("Assumption", "Median, or value", "Confidence", "Source", RANKED)
    return Table("Question these first: low confidence, most influence", columns, rows, "weak")


def register(report: Report) -> Table:
    """Return every number with its source and confidence, the weakest first."""
    numbers, known = source_numbers(report.register), report.scenario.numbers()
    rows = [
        [
            Cell(f"{entry.path}{'*' if entry.own == 'user' else ''}", entry.note or "", False),
            Cell(_stated(entry, known.get(entry.path)), is_number=False),
            Cell(entry.confidence or NONE, is_number=False),
            Cell(f"{numbers[entry.source]}" if entry.source else NO_SOURCE),
        ]
        for entry in report.register
    ]
    columns = [*words_in("Number", "Value", "Confidence"), Cell("Source")]
    return Table("Every number behind this report, the weakest first", columns, rows, "register")


def _stated(entry: Assumption, number: Number | None) -> str:
    """Return a number as it is stated, with its median where that is another figure."""
    text = counted(entry.value, unit_words(entry.unit))
    if number is None or number.is_certain or "mode" not in entry.value:
        return text
    return f"{text}; median {short(number.central)}"


def defaults(report: Report) -> Table:
    """Return what the scenario leaves at hcrisk's defaults, each kind of number once."""
    rows = [
        [
            Cell(one.kind, one.meaning, False),
            Cell(_value(one.value, one.unit), is_number=False),
            Cell(one.why, is_number=False),
            Cell(f"{one.places}"),
        ]
        for one in left_at_defaults(report.scenario)
    ]
    words = [Cell(text, is_number=False) for text in ("Number", "Value", "Why")]
    columns = [*words, Cell("Times")]
    return Table(
        "What the scenario leaves at hcrisk's own defaults", columns, rows, "register defaults"
    )


def _value(value: str, unit: str) -> str:
    return "no limit" if value == "inf" else counted(value, unit_words(unit))
