"""The charts of a report, each drawn wide and narrow, with what it says in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup

from hcrisk import plot
from hcrisk.figures import Figure, measured, plain, spoken, years
from hcrisk.plot._svg import drawn_svg
from hcrisk.report.contents import Report
from hcrisk.report.html.svg import themed
from hcrisk.report.pair import entry_of
from hcrisk.report.turning import size_words
from hcrisk.report.wording import inside, joined
from hcrisk.variables import input_words, labels_of

WIDE, NARROW = 8.0, 4.2
_MOST_TOLD = 3


class Chart(NamedTuple):
    """A picture for wide pages and one for narrow ones, and how to read it."""

    name: str
    wide: Markup
    narrow: Markup
    caption: str


class _Drawing(NamedTuple):
    """What is drawn, how high in inches, and what it says."""

    draw: Callable[..., Any]
    heights: tuple[float, float]
    title: str
    about: str
    caption: str


def charts(report: Report) -> dict[str, Chart]:
    """Return the charts of a report by name, those there is something to draw for."""
    made = {
        "exceedance": _exceedance(report),
        "years": _years(report),
        "waterfall": _waterfall(report),
        "allocation": _allocation(report),
        "drivers": _drivers(report),
        "sizes": _sizes(report),
    }
    return {name: _chart(name, one) for name, one in made.items() if one is not None}


def _chart(name: str, drawing: _Drawing) -> Chart:
    pictures = []
    for form, width, height in zip(
        ("wide", "narrow"), (WIDE, NARROW), drawing.heights, strict=True
    ):
        key = f"{name}-{form}"
        svg = drawn_svg(partial(_untitled, drawing.draw), (width, height), key)
        pictures.append(Markup(themed(svg, key, drawing.title, drawing.about)))
    return Chart(name, pictures[0], pictures[1], drawing.caption)


def _untitled(draw: Callable[..., Any], ax: Any) -> None:
    draw(ax=ax)
    # The heading of the section says it.
    ax.set_title("", loc="left")


def _bars(count: int) -> tuple[float, float]:
    return 1.5 + 0.36 * count, 1.9 + 0.42 * count


def _money(report: Report, value: float) -> str:
    return spoken(Figure(value, value, value), report.quote.currency)


def _exceedance(report: Report) -> _Drawing:
    currency, levels = report.quote.currency, report.quote.levels
    entries = sorted(report.quote.strategies, key=lambda entry: entry.percentiles[0.8].value)
    said = [
        f"{entry.label} {spoken(entry.percentiles[0.8], currency)} at P80 and "
        f"{spoken(entry.percentiles[max(levels)], currency)} at P95"
        for entry in entries
    ]
    return _Drawing(
        partial(plot.exceedance, report.ds),
        (4.6 + 0.1 * max(len(entries) - 5, 0), 4.0 + 0.25 * len(entries)),
        "Chance of costing more than an amount",
        f"One falling curve for each strategy, the cheapest at P80 first: {joined(said)}.",
        "Read it sideways: where a curve crosses 20% lies its P80, where it crosses 5% its P95. "
        "A curve further left is cheaper at every chance.",
    )


def _years(report: Report) -> _Drawing:
    focus = report.pair.focus
    table = report.years["value"].sel(strategy=focus)
    said = []
    for year in table["year"].values:
        low, middle, high = (float(table.sel(year=year, level=at)) for at in (0.05, 0.5, 0.95))
        said.append(
            f"year {year} {_money(report, middle)} ({_money(report, low)} to "
            f"{_money(report, high)})"
        )
    name = entry_of(report.quote, focus).label
    return _Drawing(
        partial(plot.yearly_fan, report.ds, strategy=focus),
        (4.2, 4.0),
        f"{name}: cost of each year",
        f"Median cost of each year, with P5 and P95 in brackets: {joined(said)}.",
        "Nominal money, uncovered hours included. Dark: the middle half of futures; light: P5 to "
        "P95. Percentiles of single years do not add up to that of the whole.",
    )


def _waterfall(report: Report) -> _Drawing | None:
    if report.difference is None or report.pair.compared is None:
        return None
    baseline = str(report.difference["baseline"].item())
    found = report.difference.sel(strategy=report.pair.compared)
    labels = labels_of(report.difference, "component")
    names = [inside(entry_of(report.quote, one)) for one in (baseline, report.pair.compared)]
    sizes = np.abs(found["value"].values)
    order = np.argsort(-sizes, kind="stable")
    parts = []
    for i in order[:_MOST_TOLD]:
        value = float(found["value"].values[i])
        way = "more" if value > 0 else "less"
        name = labels[str(found["component"].values[i])]
        parts.append(f"{_money(report, abs(value))} {way} for {name.lower()}")
    ends = [_money(report, float(found[f"{one}_mean"])) for one in ("baseline", "strategy")]
    count = min(int((sizes > 0.02 * sizes.max()).sum()), 9) + 3
    return _Drawing(
        partial(plot.waterfall, report.ds, report.pair.compared, baseline=baseline),
        _bars(count),
        f"From {names[0]} to {names[1]}: mean cost",
        f"From {ends[0]} with {names[0]} to {ends[1]} with {names[1]}; the largest steps are "
        f"{joined(parts)}.",
        "Hatched bars to the right are spent more, plain bars to the left less. The thin line "
        "through the end of a bar is the interval of its part.",
    )


def _allocation(report: Report) -> _Drawing:
    found = report.by_component.isel(strategy=0)
    labels = labels_of(report.by_component, "component")
    tails = found["tail_cost"].values
    order = np.argsort(-tails, kind="stable")[:_MOST_TOLD]
    whole = measured(found, "total_tail")
    parts = [
        f"{labels[str(found['component'].values[i])].lower()} "
        f"{_money(report, float(tails[i]))}, {_money(report, float(found['mean_cost'][i]))} "
        "on average"
        for i in order
    ]
    sizes = np.maximum(np.abs(tails), np.abs(found["mean_cost"].values))
    count = min(int((sizes > 0.005 * sizes.max()).sum()), 12) + 1
    name = entry_of(report.quote, report.pair.focus).label
    return _Drawing(
        partial(plot.allocation, report.by_component),
        _bars(count),
        f"{name}: who owns the worst 5% of futures",
        f"The worst 5% of futures cost {spoken(whole, report.quote.currency)} on average; the "
        f"largest shares are {'; '.join(parts)}.",
        "The bar is what a part costs in the worst futures, the diamond what it costs on average: "
        "a bar far beyond its diamond is risk, one that ends at it is steady cost.",
    )


def _drivers(report: Report) -> _Drawing | None:
    if report.drivers is None:
        return None
    inputs = report.drivers.inputs
    parts = []
    for i in range(min(_MOST_TOLD, inputs.sizes["parameter"])):
        one = inputs.isel(parameter=i)
        low, high = (_money(report, float(one[f"{end}_change"])) for end in ("low", "high"))
        parts.append(f"{input_words(str(one['parameter'].item()))}: {low} to {high}")
    name = entry_of(report.quote, report.pair.focus).label
    return _Drawing(
        partial(plot.tornado, inputs),
        _bars(inputs.sizes["parameter"] + 2),
        f"{name}: what moves the mean cost",
        f"Change of the mean with an input at its P10 and P90, the widest: {'; '.join(parts)}.",
        "Each input is set to its low and high value while all others stay uncertain.",
    )


def _sizes(report: Report) -> _Drawing | None:
    if report.turning is None or report.turning.sizes is None or report.pair.rival is None:
        return None
    sizes = report.turning.sizes
    focus, rival = (
        inside(entry_of(report.quote, one)) for one in (report.pair.focus, report.pair.rival)
    )
    at, value = sizes["at"].values, sizes["value"].values
    said = [
        f"{_money(report, abs(float(value[i])))} {'more' if value[i] > 0 else 'less'} at "
        f"{plain(float(at[i]))} providers"
        for i in (0, -1)
    ]
    crossing = size_words(report.turning, focus, rival) or "it crosses zero nowhere"
    return _Drawing(
        partial(plot.break_even, sizes),
        (4.2, 4.2),
        f"{rival[:1].upper()}{rival[1:]} less {focus}, by size of the practice",
        f"Over {years(report.quote.years)} {rival} costs {joined(said)} than {focus}; {crossing}.",
        "Above zero the strategy of this report is cheaper, below it the other one. The band is "
        "the 95% interval; the dots are the sizes simulated.",
    )
