"""The tables of a report, as its page sets them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from hcrisk.figures import (
    Figure,
    counted,
    measured,
    money_margin,
    percent,
    plain,
    spoken,
    spoken_step,
    years,
)
from hcrisk.figures import money as money_text
from hcrisk.measures import mean
from hcrisk.report.assumptions import stated
from hcrisk.report.columns import Row, unit_words
from hcrisk.report.contents import Report
from hcrisk.report.pair import entry_of
from hcrisk.report.rows import component_rows, cost_rows, headings
from hcrisk.report.sources import source_numbers
from hcrisk.report.turning import is_flip, rival_below, turn_band, turn_value
from hcrisk.report.wording import inside
from hcrisk.report.worst import tail_lines
from hcrisk.scenario import defaults as left_at_defaults
from hcrisk.story.gather import gathered
from hcrisk.variables import input_words, labels_of

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


def _words(*texts: str) -> list[Cell]:
    return [Cell(text, is_number=False) for text in texts]


def _heads(first: str, others: Sequence[str]) -> list[Cell]:
    return [*_words(first), *(Cell(other) for other in others)]


def _set(row: Row) -> list[Cell]:
    """Return a row of the text page as cells, its margins in small letters."""
    cells = []
    for lines in row.cells:
        first, *rest = lines
        text, space, margin = first.partition(" ±")
        small = f"±{margin}" if space else " ".join(rest)
        cells.append(Cell(NONE if text == "-" else text, small))
    return [*_words(row.name), *cells]


def delivery(report: Report) -> Table:
    """Return who delivers each service, by strategy."""
    quote = report.quote
    columns = _words("Service", *headings(quote, quote.strategies))
    rows = [
        _words(service, *(entry.delivery[i] for entry in quote.strategies))
        for i, service in enumerate(quote.services)
    ]
    return Table("The arrangement of each service, by strategy", columns, rows, "words")


def costs(report: Report) -> Table:
    """Return what each strategy costs."""
    quote = report.quote
    rows = [_set(row) for row in cost_rows(quote, quote.strategies, 0)]
    caption = f"Cost over {years(quote.years)}, present value; ± is a 95% interval"
    return Table(caption, _heads("Measure", headings(quote, quote.strategies)), rows, "costs")


def money(report: Report) -> Table:
    """Return where the money goes."""
    quote = report.quote
    rows = []
    for row in component_rows(quote, quote.strategies, NO_NAME_LIMIT):
        pairs = [" ".join(cell).split() for cell in row.cells]
        cells = [Cell(NONE if one[0] == "-" else one[0], " ".join(one[1:])) for one in pairs]
        rows.append([*_words(row.name), *cells])
    columns = _heads("Cost line", headings(quote, quote.strategies))
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
        rows.append([*_words(f"Year {year}"), *cells])
    columns = _heads("Year", headings(quote, quote.strategies))
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
        rows.append([*_words(labels[name]), _amount(mean, currency), _amount(tail, currency),
                     Cell(share)])  # fmt: skip
    totals = [_amount(measured(found, f"total_{one}"), currency) for one in ("mean", "tail")]
    rows.append([*_words("All"), *totals, Cell("100%")])
    name = entry_of(report.quote, report.pair.focus).label
    columns = _heads("Service", ["Mean", "Mean of the worst 5%", "Share of the worst 5%"])
    return Table(f"{name}: cost by service, on average and in the worst futures", columns, rows)


def _amount(figure: Figure, currency: str) -> Cell:
    """Return an amount of at most three digits, with its margin to as many."""
    if not figure.value:
        return Cell(NONE)
    margin = money_margin(figure, step=spoken_step(figure))
    return Cell(spoken(figure, currency), margin if margin.startswith("±") else "")


def inputs(report: Report) -> Table | None:
    """Return the inputs that move the cost most."""
    if report.drivers is None:
        return None
    found, currency = report.drivers.inputs, report.quote.currency
    rows = []
    for path in map(str, found["parameter"].values):
        one = found.sel(parameter=path)
        ends = [plain(float(f"{float(one[f'{end}_input']):.3g}")) for end in ("low", "high")]
        moved = [measured(one, f"{end}_change") for end in ("low", "high")]
        rows.append([
            Cell(input_words(path), path, is_number=False),
            Cell(" to ".join(ends), unit_words(str(one["units"].item()))),
            Cell(" to ".join(_signed(change, currency) for change in moved),
                 f"each {_margin(moved, currency)}" if all(map(_is_known, moved)) else ""),
            Cell(percent(report.drivers.alone[path])),
        ])  # fmt: skip
    columns = _heads("Input", ["P10 to P90", "Moves the mean by", "Share of the variance"])
    return Table("The inputs that move the mean cost most", columns, rows, "inputs")


def _is_known(figure: Figure) -> bool:
    return figure.is_bounded and figure.half_width > 0


def _margin(figures: Sequence[Figure], currency: str) -> str:
    """Return the widest margin of some figures, in the digits in which each is written."""
    step = max(map(spoken_step, figures))
    size = math.ceil(max(one.half_width for one in figures) / step - 1e-9) * step
    return f"±{money_text(Figure(size, size, size), currency, step=step)}"


def _signed(change: Figure, currency: str) -> str:
    text = spoken(change, currency)
    return text.replace("-", MINUS) if text.startswith("-") else f"+{text}"


def flips(report: Report) -> Table | None:
    """Return at which value of each input the choice turns round."""
    if report.turning is None or report.turning.flips is None or report.pair.rival is None:
        return None
    found = report.turning.flips
    rows = []
    for path in map(str, found["input"].values):
        one = found.sel(input=path)
        unit = unit_words(str(one["unit"].item()))
        ends = [plain(float(f"{float(one[end]):.3g}")) for end in ("low", "high")]
        always = float(one["difference_at_low"]) < 0
        turn, band, chance = "everywhere" if always else NONE, "", NONE
        if is_flip(one):
            below = rival_below(one)
            likely = float(one["probability"])
            turn = f"{'below' if below else 'above'} {turn_value(one)}"
            band = turn_band(one)
            chance = f"{100 * (likely if below else 1 - likely):.0f}%"
        rows.append([
            Cell(input_words(path), path, is_number=False),
            Cell(plain(float(f"{float(one['central']):.3g}")), unit),
            Cell(" to ".join(ends)), Cell(turn, band), Cell(chance),
        ])  # fmt: skip
    rival = inside(entry_of(report.quote, report.pair.rival))
    columns = _heads("Input", ["Median", "Plausible range", f"{rival} is cheaper", "Chance"])
    return Table(f"Where {rival} would cost less on average", columns, rows, "flips")


def worst(report: Report) -> Table:
    """Return what sets the worst futures apart."""
    rows = []
    for what, path, size in tail_lines(report.scenario, report.ds, report.tail, report.pair.focus):
        rows.append([Cell(what, path, is_number=False), Cell(size.replace("-", MINUS))])
    size = spoken(measured(report.tail, "excess"), report.quote.currency)
    caption = f"What sets the worst 5% of futures apart: they cost {size} more than the rest"
    return Table(caption, _heads("In what", ["By how much"]), rows)


def events(report: Report) -> Table:
    """Return one bad future, event by event."""
    story = report.story
    rows, year = [], 0
    for event in gathered(story.events):
        new, year = int(event.time) + 1 != year, int(event.time) + 1
        exact = Figure(event.amount or 0.0, event.amount or 0.0, event.amount or 0.0)
        amount = spoken(exact, story.currency).replace("-", MINUS) if event.amount else ""
        rows.append([
            Cell(str(event.month), f"year {year}" if new else ""),
            Cell(event.text, is_number=False), Cell(amount),
        ])  # fmt: skip
    columns = [Cell("Month"), Cell("What happens", is_number=False), Cell("Cost, nominal")]
    return Table("One bad future, event by event", columns, rows, "story")


def story_years(report: Report) -> Table:
    """Return what that future costs by year, beside the mean."""
    story, currency = report.story, report.quote.currency
    cost = story.yearly.sum("component").values.tolist()
    own = report.ds[["cost"]].sel(strategy=story.strategy)
    yearly, whole = mean(own, of="cost"), mean(own.sum("year"), of="cost")
    means = [*(measured(yearly.isel(year=i)) for i in range(len(cost))), measured(whole)]
    exact = [Figure(one, one, one) for one in (*cost, sum(cost))]
    rows = [[*_words(name), *(Cell(spoken(one, currency)) for one in figures)]
            for name, figures in (("This future", exact), ("Mean of all futures", means))
            ]  # fmt: skip
    heads = [*(f"Year {year + 1}" for year in range(len(cost))), "All"]
    return Table("What it costs by year, nominal", _heads("Future", heads), rows)


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
    columns = _words("Assumption", "Value", "Confidence", "Source", "Goes with variation in")
    return Table("Question these first: low confidence, most influence", columns, rows, "weak")


def register(report: Report) -> Table:
    """Return every number with its source and confidence, the weakest first."""
    numbers = source_numbers(report.register)
    rows = [
        [
            Cell(f"{entry.path}{'*' if entry.own == 'user' else ''}", entry.note or "", False),
            Cell(counted(entry.value, unit_words(entry.unit)), is_number=False),
            Cell(entry.confidence or NONE, is_number=False),
            Cell(f"{numbers[entry.source]}" if entry.source else NO_SOURCE),
        ]
        for entry in report.register
    ]
    columns = [*_words("Number", "Value", "Confidence"), Cell("Source")]
    return Table("Every number behind this report, the weakest first", columns, rows, "register")


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
    columns = [*_words("Number", "Value", "Why"), Cell("Times")]
    return Table(
        "What the scenario leaves at hcrisk's own defaults", columns, rows, "register defaults"
    )


def _value(value: str, unit: str) -> str:
    return "no limit" if value == "inf" else counted(value, unit_words(unit))
