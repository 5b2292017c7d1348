"""What the charts of a report are called, and what they show, in words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hcrisk.figures import Figure, counted, measured, plain, spoken
from hcrisk.plot.waterfall import small_parts
from hcrisk.report.contents import Report
from hcrisk.report.pair import entry_of
from hcrisk.report.turning import sizes_told
from hcrisk.report.wording import inside, joined, reversed_sign
from hcrisk.variables import input_words, labels_of

_MOST_TOLD = 3


class Told(NamedTuple):
    """The title of a chart, and what it shows to those who do not see it."""

    title: str
    about: str


def exceedance(report: Report) -> Told:
    """Return the words for the chance of costing more than an amount, by strategy."""
    currency, levels = report.quote.currency, report.quote.levels
    entries = sorted(report.quote.strategies, key=lambda entry: entry.percentiles[0.8].value)
    said = [
        f"{entry.label} {spoken(entry.percentiles[0.8], currency)} at P80 and "
        f"{spoken(entry.percentiles[max(levels)], currency)} at P95"
        for entry in entries
    ]
    return Told(
        "Chance of costing more than an amount",
        f"One falling curve for each strategy, the cheapest at P80 first: {joined(said)}.",
    )


def yearly(report: Report) -> Told:
    """Return the words for the cost of each year of the strategy the report is about."""
    focus = report.pair.focus
    table = report.years.sel(strategy=focus)
    said = []
    for year in table["year"].values:
        low, middle, high = (
            _money(report, measured(table.sel(year=year, level=at))) for at in (0.05, 0.5, 0.95)
        )
        said.append(f"year {year} {middle} ({low} to {high})")
    name = entry_of(report.quote, focus).label
    return Told(
        f"{name}: cost of each year",
        f"Median cost of each year, with P5 and P95 in brackets: {joined(said)}.",
    )


def waterfall(report: Report) -> Told | None:
    """Return the words for the way from the baseline to another strategy, if there is one."""
    if report.difference is None or report.pair.compared is None:
        return None
    baseline = str(report.difference["baseline"].item())
    found = report.difference.sel(strategy=report.pair.compared)
    labels = labels_of(report.difference, "component")
    names = [inside(entry_of(report.quote, one)) for one in (baseline, report.pair.compared)]
    order = np.argsort(-np.abs(found["value"].values), kind="stable")
    parts = []
    for i in order[:_MOST_TOLD]:
        name = labels[str(found["component"].values[i])]
        parts.append(f"{_more(report, measured(found.isel(component=i)))} for {name.lower()}")
    ends = [_money(report, entry_of(report.quote, one).mean)
            for one in (baseline, report.pair.compared)]  # fmt: skip
    return Told(
        f"From {names[0]} to {names[1]}: mean cost",
        f"From {ends[0]} with {names[0]} to {ends[1]} with {names[1]}; the largest steps are "
        f"{joined(parts)}.",
    )


def adds_up(report: Report) -> str:
    """Return which cost lines the chart of the way adds up, "" if none."""
    if report.difference is None or report.pair.compared is None:
        return ""
    labels = labels_of(report.difference, "component")
    small = small_parts(report.difference.sel(strategy=report.pair.compared), "component")
    if not small:
        return ""
    return (
        f"Other ({len(small)}) adds up the lines of which the difference is small: "
        f"{joined([labels[name] for name in small])}."
    )


def allocation(report: Report) -> Told:
    """Return the words for who owns the worst futures."""
    found = report.by_component.isel(strategy=0)
    labels = labels_of(report.by_component, "component")
    tails = found["tail_cost"].values
    order = np.argsort(-tails, kind="stable")[:_MOST_TOLD]
    whole = measured(found, "total_tail")
    parts = []
    for one in (found.isel(component=i) for i in order):
        tail, mean = (_money(report, measured(one, f"{part}_cost")) for part in ("tail", "mean"))
        parts.append(f"{labels[str(one['component'].item())].lower()} {tail}, {mean} on average")
    name = entry_of(report.quote, report.pair.focus).label
    return Told(
        f"{name}: who owns the worst 5% of futures",
        f"The worst 5% of futures cost {spoken(whole, report.quote.currency)} on average; the "
        f"largest shares are {'; '.join(parts)}.",
    )


def drivers(report: Report) -> Told | None:
    """Return the words for what moves the mean cost; None if no input is uncertain."""
    if report.drivers is None:
        return None
    inputs = report.drivers.inputs
    parts = []
    for i in range(min(_MOST_TOLD, inputs.sizes["parameter"])):
        one = inputs.isel(parameter=i)
        low, high = (_money(report, measured(one, f"{end}_change")) for end in ("low", "high"))
        parts.append(f"{input_words(str(one['parameter'].item()))}: {low} to {high}")
    name = entry_of(report.quote, report.pair.focus).label
    return Told(
        f"{name}: what moves the mean cost",
        f"Change of the mean with an input at its P10 and P90, the widest: {'; '.join(parts)}.",
    )


def sizes(report: Report) -> Told | None:
    """Return the words for the difference by size of the practice, if it was computed."""
    if report.turning is None or report.turning.sizes is None or report.pair.rival is None:
        return None
    found = report.turning.sizes
    focus, rival = (
        inside(entry_of(report.quote, one)) for one in (report.pair.focus, report.pair.rival)
    )
    apart = found[["value", "lower", "upper"]]
    said = [
        f"{_more(report, measured(apart.isel(at=i)))} at "
        f"{counted(plain(float(found['at'][i])), 'providers')}"
        for i in (0, -1)
    ]
    crossing = sizes_told(report.turning, focus, rival)
    return Told(
        f"{rival[:1].upper()}{rival[1:]} less {focus}, by size of the practice",
        f"Over {counted(report.quote.years, 'years')} {rival} costs {joined(said)} than {focus}; "
        f"{crossing}.",
    )


def _money(report: Report, figure: Figure) -> str:
    return spoken(figure, report.quote.currency)


def _more(report: Report, figure: Figure) -> str:
    """Return a difference as an amount more or less, whether or not it may be chance."""
    if figure.value > 0:
        return f"{_money(report, figure)} more"
    return f"{_money(report, reversed_sign(figure))} less"
