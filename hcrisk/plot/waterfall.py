"""From one strategy's mean cost to another's, part by part."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes

from hcrisk.figures import Figure, measured, money, spoken, supported_step
from hcrisk.measures import difference_by
from hcrisk.measures._labelled import check_choice
from hcrisk.measures._parts import By
from hcrisk.plot._money import literal
from hcrisk.plot._room import LETTER, fitted, is_narrow, width_of
from hcrisk.plot._style import (
    GUIDE,
    axes_or_new,
    currency_of,
    display_names,
    horizon,
    looks,
    money_axis,
    plain_frame,
)
from hcrisk.variables import labels_of

Floats = npt.NDArray[np.float64]
DEARER, CHEAPER = "#D55E00", "#0072B2"
_MOST_SHOWN = 9
# A part whose step is smaller than this share of the largest joins "other".
_SMALLEST_SHARE = 0.02
_BAR_HEIGHT = 0.62
# Steps that span a smaller share of the amounts are drawn on an axis that leaves out zero.
_LEAST_SHOWN = 0.2
# Inches: what is written beside the longest bar, and a name on narrow axes.
_TEXT_WIDTH = 0.85
_NAME_WIDTH = 1.1
_MOST_LETTERS = 28


class Step(NamedTuple):
    """One part of the difference; its slug, unless it is several parts added up."""

    label: str
    figure: Figure
    part: str = ""


def waterfall(
    ds: xr.Dataset,
    strategy: str,
    *,
    baseline: str | None = None,
    by: By = "component",
    ax: Axes | None = None,
) -> Axes:
    """Draw how the mean cost of one strategy becomes that of another, part by part.

    From the baseline's mean on top, each bar moves by a part's mean difference: to the right,
    hatched, where the strategy spends more, to the left where it spends less, dearest first; they
    arrive at the strategy's mean. A thin line through the end of a bar is the interval of its
    part. At most nine parts are shown, the largest; the others are added up as "other", without
    an interval. Where the difference is small beside the costs, the axis of money leaves out
    zero and says so.

    Parameters
    ----------
    ds
        Result of `simulate`, whole.
    strategy
        Name of the strategy to arrive at.
    baseline
        Name of the strategy to start from; the current arrangement, ``ds.attrs["current"]``, when
        omitted.
    by
        ``"component"``, ``"service"`` or ``"year"`` (discounted).
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        Money along x, the baseline on top, the strategy at the bottom.

    Raises
    ------
    ValueError
        An unknown strategy or baseline, both the same, or a result that
        `hcrisk.measures.difference_by` refuses.

    Warns
    -----
    PrecisionWarning
        There is a single path.

    Examples
    --------
    >>> import xarray as xr
    >>> from matplotlib.figure import Figure
    >>> parts = [[[8e5, 9e5], [1e5, 2e5]], [[3e5, 3e5], [5e5, 6e5]]]
    >>> ds = xr.Dataset(
    ...     {
    ...         "npv": (("strategy", "path"), [[9e5, 11e5], [8e5, 9e5]]),
    ...         "component_npv": (("strategy", "component", "path"), parts),
    ...     },
    ...     {"strategy": ["current", "msp"], "component": ["salaries", "vendor_fees"]},
    ...     {"current": "current"},
    ... )
    >>> ax = waterfall(ds, "msp", ax=Figure().subplots())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Current', 'Vendor fees', 'Salaries', 'Msp']
    """
    found = difference_by(ds, by, baseline=baseline)
    names = display_names(ds, "strategy")
    others = [str(name) for name in found["strategy"].values]
    found = found.sel(strategy=check_choice("strategy", strategy, others))
    start = str(found["baseline"].item())
    steps = steps_between(ds, found, by)
    ax = axes_or_new(ax, (9.0, 1.6 + 0.38 * (len(steps) + 2)))
    ends = [measured(found, "baseline_mean"), measured(found, "strategy_mean")]
    colors = [looks(ds)[name].color for name in (start, strategy)]
    reached = _draw(ax, steps, ends, colors)
    _write(ax, steps, ends, reached, currency_of(ds))
    _finish(ax, ds, [names[start], *(literal(step.label) for step in steps), names[strategy]])
    title = f"From {names[start]} to {names[strategy]}: mean cost{horizon(ds)}"
    plain_frame(ax, ds, title)
    ax.spines["left"].set_visible(False)
    return ax


def small_parts(found: xr.Dataset, by: str) -> list[str]:
    """Return the slugs of the parts that are added up as "other", the largest step first."""
    _, rest = _chosen(np.abs(found["value"].values))
    return [str(found[by].values[i]) for i in rest]


def _chosen(sizes: Floats) -> tuple[list[int], list[int]]:
    """Return which parts to show, and which to add up, each the largest first."""
    order = [int(i) for i in np.argsort(-sizes, kind="stable") if sizes[i]]
    shown = [i for i in order[:_MOST_SHOWN] if sizes[i] > _SMALLEST_SHARE * sizes.max()]
    rest = order[len(shown) :]
    # One by itself needs no other name.
    return (order, []) if len(rest) == 1 and len(shown) < _MOST_SHOWN else (shown, rest)


def steps_between(ds: xr.Dataset, found: xr.Dataset, by: str) -> list[Step]:
    """Return the parts to show, dearest first, years in their order, the small ones added up."""
    slugs = [str(slug) for slug in found[by].values]
    names = {slug: f"Year {slug}" for slug in slugs} if by == "year" else labels_of(ds, by)
    shown, rest = _chosen(np.abs(found["value"].values))
    steps = [Step(names[slugs[i]], measured(found.isel({by: i})), slugs[i]) for i in shown]
    if by == "year":
        steps = [step for _, step in sorted(zip(shown, steps, strict=True))]
    else:
        steps.sort(key=lambda step: -step.figure.value)
    if rest:
        value = float(found["value"].values[rest].sum())
        steps.append(Step(f"Other ({len(rest)})", Figure(value, -np.inf, np.inf)))
    return steps


def _draw(
    ax: Axes, steps: list[Step], ends: list[Figure], colors: list[str]
) -> list[tuple[float, float]]:
    """Draw the bars; return from where to where each row reaches."""
    last = len(steps) + 1
    at = ends[0].value
    reached = [(0.0, at)]
    for row, step in enumerate(steps, start=1):
        value, dearer = step.figure.value, step.figure.value > 0
        ax.barh(
            row,
            value,
            left=at,
            height=_BAR_HEIGHT,
            color=DEARER if dearer else CHEAPER,
            hatch="///" if dearer else "",
            edgecolor="white",
            linewidth=0.8,
        )
        _connect(ax, at, row)
        if step.figure.is_bounded:
            bounds = [at + step.figure.lower, at + step.figure.upper]
            ax.plot(bounds, [row, row], color="black", linewidth=1.4, label="_interval")
        reached.append((at, at + value))
        at += value
    _connect(ax, at, last)
    for row, end, color in zip((0, last), ends, colors, strict=True):
        ax.barh(row, end.value, height=_BAR_HEIGHT, color=color, alpha=0.85)
    return [*reached, (0.0, ends[1].value)]


def _write(
    ax: Axes,
    steps: list[Step],
    ends: list[Figure],
    reached: list[tuple[float, float]],
    currency: str,
) -> None:
    texts = bar_texts(steps, ends, currency)
    low, high = span(reached)
    beyond = _TEXT_WIDTH / max(width_of(ax) - _TEXT_WIDTH, 1.0) * (high - low)
    ax.set_xlim(low, high + beyond)
    for row, (text, (start, end)) in enumerate(zip(texts, reached, strict=True)):
        ax.annotate(
            literal(text),
            (max(start, end), row),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
            fontweight="bold" if row in (0, len(texts) - 1) else "normal",
        )


def bar_texts(steps: Sequence[Step], ends: Sequence[Figure], currency: str) -> list[str]:
    """Return what is written at each bar: the start, what each step adds, and the end."""
    bounded = [step.figure for step in steps if step.figure.is_bounded]
    # The rest is a sum of parts: no finer than the coarsest of them.
    coarse = max((supported_step(figure) for figure in bounded), default=None)
    texts = [spoken(ends[0], currency)]
    for figure in (step.figure for step in steps):
        free = figure.is_bounded or coarse is None
        text = spoken(figure, currency) if free else money(figure, currency, step=coarse)
        texts.append(text if text.startswith("-") else f"+{text}")
    return [*texts, spoken(ends[1], currency)]


def span(reached: list[tuple[float, float]]) -> tuple[float, float]:
    """Return what the axis shows: zero, unless the steps would then be too small to read."""
    levels = [level for _, level in reached]
    low, high = min(levels), max(levels)
    if low == high:
        return min(low, 0.0), (high if high > 0 else 1.0)
    if low > 0 and high - low < _LEAST_SHOWN * high:
        return max(0.0, low - 0.5 * (high - low)), high
    return min(0.0, low), max(0.0, high)


def _connect(ax: Axes, at: float, row: int) -> None:
    """Join a level between one bar and the next."""
    edges = [row - 1 + _BAR_HEIGHT / 2, row - _BAR_HEIGHT / 2]
    ax.plot([at, at], edges, color=GUIDE, linewidth=0.9, label="_level")


def _finish(ax: Axes, ds: xr.Dataset, labels: list[str]) -> None:
    narrow = is_narrow(ax)
    if narrow:
        # Rows are close together: two small lines and no more.
        labels = [textwrap.shorten(text, _MOST_LETTERS, placeholder="...") for text in labels]
        labels = [fitted(text, _NAME_WIDTH, LETTER) for text in labels]
    ax.set_yticks(np.arange(len(labels)), labels, fontsize="small" if narrow else None)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    currency = currency_of(ds)
    money_axis(ax, "x", currency)
    cut = "" if ax.get_xlim()[0] <= 0 else "; the axis does not start at zero"
    ax.set_xlabel(f"Mean present value, {currency}{cut}")
