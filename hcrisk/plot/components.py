"""What each strategy's mean cost is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.container import BarContainer

from hcrisk.figures import Figure, common_unit, measured, part_money, spoken
from hcrisk.measures import mean
from hcrisk.plot._money import literal
from hcrisk.plot._room import LETTER, fitted, is_narrow, legend_below, width_of
from hcrisk.plot._style import (
    PALETTE,
    axes_or_new,
    currency_of,
    display_names,
    horizon,
    money_axis,
    plain_frame,
    required,
)
from hcrisk.scenario.components import COST_LINES
from hcrisk.variables import slugs_of

Floats = npt.NDArray[np.float64]

_HATCHES = ("", "///", "--", "...", "\\\\\\", "++", "xxx")
_COLORS = (*PALETTE, "#4D4D4D")
# The lines that are large as a rule have a colour each; others share them, with another hatch.
_LARGE_LINES = (
    "salaries",
    "benefits",
    "tools",
    "vendor_fees",
    "oversight",
    "transition",
    "coverage_gap",
)
_MOST_SHOWN = 7
# A component that is nowhere more than this share of the longest bar joins "other".
_SMALLEST_SHARE = 0.03
# Inches: a segment needs so much for its amount, the axis for a total, the left for a name.
_LABEL_WIDTH = 0.7
_TOTAL_WIDTH = 0.75
_NAME_WIDTH = 1.1
_BAR_HEIGHT = 0.62
OTHER = "#C8C8C8"


def components(ds: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the mean of each component of npv as stacked bars, one bar per strategy.

    Costs stack to the right of zero, recoveries (insurance, vendor indemnity) to the left; a
    black triangle below the bar points at the net mean, which is written at the bar's end. At
    most seven components are shown, the largest; the legend says how many smaller ones are added
    up as other costs and other recoveries.

    Parameters
    ----------
    ds
        Result of `simulate`; ``component_npv`` over strategy, component and path is drawn.
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        Money along x, strategies along y with the first on top.

    Raises
    ------
    ValueError
        ``component_npv`` is missing or has other dimensions.

    Warns
    -----
    PrecisionWarning
        One path: the totals have no interval.

    Examples
    --------
    >>> import xarray as xr
    >>> from matplotlib.figure import Figure
    >>> values = [[[8e5, 9e5], [2e5, 3e5]]]
    >>> coords = {"strategy": ["current"], "component": ["salaries", "tools"]}
    >>> dims = ("strategy", "component", "path")
    >>> ds = xr.Dataset({"component_npv": (dims, values)}, coords)
    >>> ax = components(ds, ax=Figure().subplots())
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['Salaries', 'Tools', 'Mean total']
    """
    variable = required(ds, "component_npv", ("strategy", "component", "path"))
    means = variable.mean("path").transpose("component", "strategy")
    rows, currency = _rows(ds, means), currency_of(ds)
    totals = _totals(variable)
    ax = axes_or_new(ax, (9.0, 1.9 + 0.75 * len(totals)))
    left, right = np.zeros(len(totals)), np.zeros(len(totals))
    span = float(np.abs(means.values).sum(axis=0).max())
    smallest = _LABEL_WIDTH / width_of(ax) * span
    for row in rows:
        bars = _stack(ax, row, left, right)
        _write_amounts(ax, bars, totals, smallest, currency)
    _write_totals(ax, totals, right, currency)
    _finish(ax, ds, span, left, right, currency)
    return ax


class _Row(NamedTuple):
    """One component, or what the small ones add up to, for every strategy."""

    label: str
    values: Floats
    color: str
    hatch: str


def _rows(ds: xr.Dataset, means: xr.DataArray) -> list[_Row]:
    values, names = np.asarray(means.values, dtype=float), display_names(ds, "component")
    slugs = [str(slug) for slug in means["component"].values]
    shown = largest(values)
    rows = [
        _Row(names[slugs[i]], values[i], *look_of(slugs[i], slugs_of(ds, "component")))
        for i in shown
    ]
    rest = np.delete(values, shown, axis=0)
    slugs_left = np.delete(np.array(slugs), shown)
    for side, what, hatch in ((1, "costs", "oo"), (-1, "recoveries", "||")):
        own = (side * rest).clip(min=0)
        count = int(own.any(axis=1).sum())
        if count:
            # The name of a single one says more.
            only = slugs_left[int(own.any(axis=1).argmax())]
            label = f"Other {what} ({count} smaller)" if count > 1 else names[only]
            rows.append(_Row(label, side * own.sum(axis=0), OTHER, hatch))
    return rows


def look_of(slug: str, known: Sequence[str]) -> tuple[str, str]:
    """Return colour and hatch, by a place that depends neither on selection nor on size."""
    places = list(dict.fromkeys([*_LARGE_LINES, *COST_LINES, *known]))
    turn, place = divmod(places.index(slug), len(_COLORS))
    return _COLORS[place], _HATCHES[(place + 3 * turn) % len(_HATCHES)]


def largest(values: Floats) -> list[int]:
    """Return the components to show, in file order; a single small one is shown as itself."""
    sizes = np.abs(values).max(axis=1)
    present = np.flatnonzero(sizes > 0)
    floor = _SMALLEST_SHARE * np.abs(values).sum(axis=0).max()
    by_size = present[np.argsort(-sizes[present], kind="stable")]
    kept = [int(i) for i in by_size[:_MOST_SHOWN] if sizes[i] > floor]
    if len(present) - len(kept) == 1 and len(kept) < _MOST_SHOWN:
        kept = [int(i) for i in present]
    return sorted(kept)


def _stack(ax: Axes, row: _Row, left: Floats, right: Floats) -> BarContainer:
    """Draw one row beyond what is stacked so far, and move ``left`` and ``right`` in place."""
    at = np.where(row.values < 0, left, right)
    bars = ax.barh(
        np.arange(row.values.size),
        row.values,
        left=at,
        height=_BAR_HEIGHT,
        color=row.color,
        hatch=row.hatch,
        edgecolor="white",
        linewidth=0.8,
        label=row.label,
    )
    right += row.values.clip(min=0)
    left += row.values.clip(max=0)
    return bars


def _totals(variable: xr.DataArray) -> list[Figure]:
    means = mean(variable.sum("component").to_dataset(name="npv"))
    return [measured(means.isel(strategy=i)) for i in range(variable.sizes["strategy"])]


def _write_amounts(
    ax: Axes, bars: BarContainer, totals: Sequence[Figure], smallest: float, currency: str
) -> None:
    unit = common_unit(totals)
    for bar, total in zip(bars.patches, totals, strict=True):
        value = bar.get_width()
        if abs(value) >= smallest:
            ax.annotate(
                literal(part_money(value, total, currency, unit)),
                (bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2),
                ha="center",
                va="center",
                fontsize="small",
                # A box keeps the figure legible over any colour and hatch.
                bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none"},
            )


def _write_totals(ax: Axes, totals: Sequence[Figure], right: Floats, currency: str) -> None:
    rows = np.arange(len(totals))
    ax.plot(
        [total.value for total in totals],
        rows + _BAR_HEIGHT / 2 + 0.06,
        linestyle="none",
        marker="^",
        markersize=8,
        color="black",
        label="Mean total",
    )
    for row, total, end in zip(rows, totals, right, strict=True):
        ax.annotate(
            literal(spoken(total, currency)),
            (max(end, total.value), row),
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            fontweight="bold",
        )


def _finish(
    ax: Axes, ds: xr.Dataset, span: float, left: Floats, right: Floats, currency: str
) -> None:
    names = display_names(ds, "strategy")
    texts = list(names.values())
    if is_narrow(ax):
        texts = [fitted(text, _NAME_WIDTH, LETTER) for text in texts]
    ax.set_yticks(np.arange(len(names)), texts)
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    ax.axvline(0, color="black", linewidth=0.9)
    if span > 0:
        low = left.min()
        beyond = max(0.14, _TOTAL_WIDTH / (width_of(ax) - _TOTAL_WIDTH)) * span
        ax.set_xlim(low - 0.02 * span if low < 0 else 0, right.max() + beyond)
    money_axis(ax, "x", currency)
    ax.set_xlabel(f"Mean present value, {currency}")
    plain_frame(ax, ds, f"What the mean cost{horizon(ds)} is made of")
    ax.spines["left"].set_visible(False)
    # Matplotlib lists the triangles first; the eye meets the stack first.
    handles, labels = ax.get_legend_handles_labels()
    handles, labels = handles[1:] + handles[:1], labels[1:] + labels[:1]
    if is_narrow(ax):
        legend_below(ax, handles, labels, ncols=2, handleheight=1.2)
        return
    ax.legend(
        handles,
        labels,
        frameon=False,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        handleheight=1.2,
    )
