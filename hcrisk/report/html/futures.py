"""The tables of what the worst futures look like, and of one of them told."""

from __future__ import annotations

from hcrisk.figures import Figure, measured, spoken, with_margin
from hcrisk.measures import mean
from hcrisk.report.contents import Report
from hcrisk.report.html.tables import MINUS, NONE, Cell, Table, amount_cell, heads, words_in
from hcrisk.report.pair import entry_of
from hcrisk.report.wording import told
from hcrisk.report.worst import beside_mean, signed, tail_lines
from hcrisk.story.gather import gathered


def worst(report: Report) -> Table:
    """Return what sets the worst futures apart."""
    rows = []
    for what, path, size in tail_lines(report.scenario, report.ds, report.tail, report.pair.focus):
        rows.append([Cell(what, path, is_number=False), Cell(size.replace("-", MINUS))])
    size = told(measured(report.tail, "excess"), report.quote.currency)
    caption = f"What sets the worst 5% of futures apart: they cost {size} more than the rest"
    return Table(caption, heads("In what", ["By how much"]), rows)


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
    return Table("The same future, event by event", columns, rows, "story")


def story_years(report: Report) -> Table:
    """Return what that future costs by year, beside the mean."""
    story, currency = report.story, report.quote.currency
    cost = story.yearly.sum("component").values.tolist()
    own = report.ds[["cost"]].sel(strategy=story.strategy)
    yearly, whole = mean(own, of="cost"), mean(own.sum("year"), of="cost")
    means = [*(measured(yearly.isel(year=i)) for i in range(len(cost))), measured(whole)]
    exact = [Figure(one, one, one) for one in (*cost, sum(cost))]
    rows = [
        [*words_in("This future"), *(Cell(spoken(one, currency)) for one in exact)],
        [*words_in("Mean of all futures"), *(amount_cell(one, currency) for one in means)],
    ]
    columns = heads("Future", [*(f"Year {year + 1}" for year in range(len(cost))), "All years"])
    return Table("What this future costs by year, nominal", columns, rows)


def story_lines(report: Report) -> Table:
    """Return what that future costs by cost line, beside the mean, the largest excess first."""
    story, currency = report.story, report.quote.currency
    rows = []
    for label, own, usual in beside_mean(story, report.ds, entry_of(report.quote, story.strategy)):
        apart = Figure(own - usual.value, own - usual.upper, own - usual.lower)
        more = signed(with_margin(apart, currency)) if apart.value else NONE
        amount = spoken(Figure(own, own, own), currency) if own else NONE
        rows.append([
            *words_in(label), Cell(amount.replace("-", MINUS)),
            amount_cell(usual, currency)._replace(small=""), Cell(more.replace("-", MINUS)),
        ])  # fmt: skip
    columns = heads("Cost line", ["This future", "Mean of all futures", "More than the mean"])
    caption = "What this future costs by line, present value; ± is that of the mean"
    return Table(caption, columns, rows, "lines")
