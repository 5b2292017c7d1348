"""Yearly cost and its spread: a fan for one strategy, intervals side by side for several."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from hcrisk.measures import percentiles
from hcrisk.measures._labelled import check_choice, level_name
from hcrisk.plot._room import is_narrow, legend_below
from hcrisk.plot._style import (
    Look,
    axes_or_new,
    currency_of,
    display_names,
    looks,
    money_axis,
    plain_frame,
    required,
)

_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
# Share of the room between two years that a year's intervals take up.
_GROUP_WIDTH = 0.7


def yearly_fan(ds: xr.Dataset, *, strategy: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the cost of each year with its spread: P5, P25, P50, P75 and P95.

    With one strategy, named or the only one, a fan: the median as a line, the middle half and
    the P5 to P95 range as bands. With several, one interval per strategy side by side in each
    year: thin from P5 to P95, thick from P25 to P75, a marker at the median. Percentiles of
    single years do not add up to the percentile of the horizon.

    Parameters
    ----------
    ds
        Result of `simulate`; ``cost`` over strategy, year and path is drawn, nominal.
    strategy
        Name of the one strategy to draw; all when omitted.
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        Years along x, money along y.

    Raises
    ------
    ValueError
        ``cost`` is missing (``detail="totals"``) or not finite, or the strategy is unknown.

    Warns
    -----
    PrecisionWarning
        P5 or P95 rests on too few paths for an interval.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> from matplotlib.figure import Figure
    >>> cost = 1e6 + np.arange(2000.0).reshape(1, 2, 1000)
    >>> coords = {"strategy": ["current"], "year": [1, 2]}
    >>> ds = xr.Dataset({"cost": (("strategy", "year", "path"), cost)}, coords)
    >>> yearly_fan(ds, ax=Figure().subplots()).get_title(loc="left")
    'Current: cost of each year'
    """
    required(ds, "cost", ("strategy", "year", "path"))
    styles, names = looks(ds), display_names(ds, "strategy")
    if strategy is not None:
        ds = ds.sel(strategy=[check_choice("strategy", strategy, list(styles))])
    table = percentiles(ds, _LEVELS, of="cost")["value"]
    chosen = [str(name) for name in table["strategy"].values]
    ax = axes_or_new(ax, (8.0, 4.5))
    if len(chosen) == 1:
        _draw_fan(ax, table.isel(strategy=0), styles[chosen[0]])
        plain_frame(ax, ds, f"{names[chosen[0]]}: cost of each year")
    else:
        for i, name in enumerate(chosen):
            shift = ((i + 0.5) / len(chosen) - 0.5) * _GROUP_WIDTH
            _draw_intervals(ax, table.sel(strategy=name), shift, styles[name], names[name])
        plain_frame(ax, ds, "Cost of each year: median, middle half (thick), P5 to P95 (thin)")
        _add_legend(ax, len(chosen))
    _finish(ax, ds)
    return ax


def _draw_fan(ax: Axes, table: xr.DataArray, look: Look) -> None:
    years = table["year"].values
    rows = {level: table.sel(level=level).values for level in _LEVELS}
    ax.fill_between(years, rows[0.05], rows[0.95], color=look.color, alpha=0.18, linewidth=0)
    ax.fill_between(years, rows[0.25], rows[0.75], color=look.color, alpha=0.35, linewidth=0)
    for level in (0.05, 0.95):
        ax.plot(years, rows[level], color=look.color, linewidth=0.9, linestyle="--")
    ax.plot(years, rows[0.5], color=look.color, linewidth=2.2, marker=look.marker)
    for level, row in rows.items():
        text = "Median" if level == 0.5 else level_name(level)
        ax.annotate(
            text,
            (years[-1], row[-1]),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
            fontweight="bold" if level == 0.5 else "normal",
        )


def _draw_intervals(ax: Axes, table: xr.DataArray, shift: float, look: Look, name: str) -> None:
    at = table["year"].values + shift
    rows = {level: table.sel(level=level).values for level in _LEVELS}
    ax.vlines(at, rows[0.05], rows[0.95], color=look.color, linewidth=1.4)
    ax.vlines(at, rows[0.25], rows[0.75], color=look.color, linewidth=5.5)
    ax.plot(
        at,
        rows[0.5],
        linestyle="none",
        marker=look.marker,
        markersize=8,
        markerfacecolor="white",
        markeredgecolor=look.color,
        markeredgewidth=1.8,
        label=name,
    )


def _add_legend(ax: Axes, count: int) -> None:
    if is_narrow(ax):
        legend_below(ax, *ax.get_legend_handles_labels(), ncols=2)
        return
    # Room for the legend above the highest interval.
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.06 * (high - low) * (1 + -(-count // 4)))
    ax.legend(frameon=False, loc="upper left", ncols=min(count, 4))


def _finish(ax: Axes, ds: xr.Dataset) -> None:
    years = np.asarray(ds["year"].values)
    ax.set_xticks(years)
    ax.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    ax.set_xlabel("Year")
    currency = currency_of(ds)
    ax.set_ylabel(f"Nominal cost per year, {currency}")
    money_axis(ax, "y", currency)
