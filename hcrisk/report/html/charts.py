"""The charts of a report, each drawn wide and narrow, with what it says in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup

from hcrisk import plot
from hcrisk.plot._svg import drawn_svg
from hcrisk.report import charted
from hcrisk.report.contents import Report
from hcrisk.report.html.svg import themed
from hcrisk.whatif.telling import unseen

WIDE, NARROW = 8.0, 4.2


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
    told: charted.Told
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
        pictures.append(Markup(themed(svg, key, *drawing.told)))
    return Chart(name, pictures[0], pictures[1], drawing.caption)


def _untitled(draw: Callable[..., Any], ax: Any) -> None:
    draw(ax=ax)
    # The heading of the section says it.
    ax.set_title("", loc="left")


def _bars(count: int) -> tuple[float, float]:
    return 1.5 + 0.36 * count, 1.9 + 0.42 * count


def _exceedance(report: Report) -> _Drawing:
    count = len(report.quote.strategies)
    return _Drawing(
        partial(plot.exceedance, report.ds),
        (4.6 + 0.1 * max(count - 4, 0), 4.0 + 0.25 * count),
        charted.exceedance(report),
        "Read it sideways: where a curve crosses 20% lies its P80, where it crosses 5% its P95. "
        "A curve further left is cheaper at every chance.",
    )


def _years(report: Report) -> _Drawing:
    return _Drawing(
        partial(plot.yearly_fan, report.ds, strategy=report.pair.focus),
        (4.2, 4.0),
        charted.yearly(report),
        "Nominal money, uncovered hours included. Dark: the middle half of futures; light: P5 to "
        "P95. Percentiles of single years do not add up to that of the whole.",
    )


def _waterfall(report: Report) -> _Drawing | None:
    told = charted.waterfall(report)
    if told is None or report.difference is None or report.pair.compared is None:
        return None
    baseline = str(report.difference["baseline"].item())
    sizes = np.abs(report.difference["value"].sel(strategy=report.pair.compared).values)
    count = min(int((sizes > 0.02 * sizes.max()).sum()), 9) + 3
    return _Drawing(
        partial(plot.waterfall, report.ds, report.pair.compared, baseline=baseline),
        _bars(count),
        told,
        "Hatched bars to the right are spent more, plain bars to the left less. The thin line "
        "through the end of a bar is the interval of its part.",
    )


def _allocation(report: Report) -> _Drawing:
    found = report.by_component.isel(strategy=0)
    sizes = np.maximum(np.abs(found["tail_cost"].values), np.abs(found["mean_cost"].values))
    count = min(int((sizes > 0.005 * sizes.max()).sum()), 12) + 1
    return _Drawing(
        partial(plot.allocation, report.by_component),
        _bars(count),
        charted.allocation(report),
        "The bar is what a part costs in the worst futures, the diamond what it costs on average: "
        "a bar far beyond its diamond is risk, one that ends at it is steady cost. By themselves "
        "parts would need more, since each has worst futures of its own.",
    )


def _drivers(report: Report) -> _Drawing | None:
    told = charted.drivers(report)
    if told is None or report.drivers is None:
        return None
    inputs = report.drivers.inputs
    return _Drawing(
        partial(plot.tornado, inputs),
        _bars(inputs.sizes["parameter"] + 2),
        told,
        "Each input is set to its low and high value while all others stay uncertain.",
    )


def _sizes(report: Report) -> _Drawing | None:
    told = charted.sizes(report)
    if told is None or report.turning is None or report.turning.sizes is None:
        return None
    return _Drawing(
        partial(plot.break_even, report.turning.sizes),
        (4.2, 4.2),
        told,
        "Above zero the strategy of this report is cheaper, below it the other one. Each dot is a "
        "size simulated, the line through it its 95% interval; grey: these do not tell the two "
        f"apart. {unseen(report.turning.sizes)}".rstrip(),
    )
