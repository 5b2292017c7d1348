"""The chance of costing more than an amount, strategies overlaid."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from hcrisk.figures import measured, spoken
from hcrisk.measures import exceedance_curve, percentiles
from hcrisk.measures._labelled import level_name
from hcrisk.plot._money import literal
from hcrisk.plot._room import LETTER, fitted, is_narrow, legend_below, width_of
from hcrisk.plot._style import (
    GUIDE,
    Look,
    axes_or_new,
    currency_of,
    display_names,
    horizon,
    looks,
    money_axis,
    plain_frame,
    required,
)

_LEVELS = (0.8, 0.95)
# The few paths beyond this level would squeeze all the others into a corner.
_DRAWN_UP_TO = 0.995
# The legends of more strategies would lie on their curves.
_FEW = 4
# Inches that line and marker take up in the legend.
_HANDLE = 0.6


def exceedance(ds: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw each strategy's chance of costing more than an amount (exceedance curve of npv).

    Read it upwards from an amount, or sideways from a chance: where a curve crosses 20% lies its
    P80, where it crosses 5% its P95. Both are marked and written in the legend, whose entries
    are sorted by P80. The axis ends where the dearest strategy reaches P99.5.

    Parameters
    ----------
    ds
        Result of `simulate`; ``npv`` over strategy and path is drawn.
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        Amounts along x, percent along y, one line per strategy.

    Raises
    ------
    ValueError
        ``npv`` is missing, has other dimensions, or is not finite.

    Warns
    -----
    PrecisionWarning
        P80 or P95 rests on too few paths for an interval.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> from matplotlib.figure import Figure
    >>> npv = 1e6 * np.arange(1.0, 1001.0)
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), [npv])}, {"strategy": ["current"]})
    >>> exceedance(ds, ax=Figure().subplots()).get_ylabel()
    'Chance of costing more'
    """
    required(ds, "npv", ("strategy", "path"))
    curve, table = exceedance_curve(ds), percentiles(ds, _LEVELS)
    currency, names = currency_of(ds), display_names(ds, "strategy")
    ax = axes_or_new(ax, (8.0, 5.0))
    _draw_guides(ax)
    order = np.argsort(table["value"].sel(level=0.8).values)
    for name in map(str, table["strategy"].values[order]):
        marks = {level: measured(table.sel(strategy=name, level=level)) for level in _LEVELS}
        said = ", ".join(f"{level_name(a)} {spoken(mark, currency)}" for a, mark in marks.items())
        label = f"{names[name]}: {literal(said)}"
        values = np.array([mark.value for mark in marks.values()])
        _draw_curve(ax, curve.sel(strategy=name), values, looks(ds)[name], label)
    _finish(ax, ds, currency)
    plain_frame(ax, ds, f"Chance of exceeding a cost{horizon(ds)}")
    return ax


def _draw_curve(
    ax: Axes, curve: xr.Dataset, marks: npt.NDArray[np.float64], look: Look, label: str
) -> None:
    amounts, chances = curve["threshold"].values, 100 * curve["value"].values
    # The curve is at 100% up to the cheapest path.
    ax.plot(
        np.concatenate([amounts[:1], amounts]),
        np.concatenate([[100.0], chances]),
        drawstyle="steps-post",
        color=look.color,
        linestyle=look.linestyle,
        linewidth=2.0,
        label="_curve",
    )
    chances_marked = [100 * (1 - level) for level in _LEVELS]
    style: dict[str, Any] = {"marker": look.marker, "markersize": 8, "markeredgecolor": "white"}
    ax.plot(marks, chances_marked, color=look.color, linestyle="none", label="_marks", **style)
    # Drawn nowhere: the legend shows line and marker together.
    ax.plot([], [], color=look.color, linestyle=look.linestyle, linewidth=2, label=label, **style)


def _draw_guides(ax: Axes) -> None:
    for level in _LEVELS:
        chance = 100 * (1 - level)
        ax.axhline(chance, color=GUIDE, linewidth=0.8, linestyle=(0, (4, 4)), zorder=1)
        ax.annotate(
            level_name(level),
            (1.0, chance),
            xycoords=("axes fraction", "data"),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
            color=GUIDE,
        )


def _finish(ax: Axes, ds: xr.Dataset, currency: str) -> None:
    npv = ds["npv"]
    left = float(npv.min())
    right = float(npv.quantile(_DRAWN_UP_TO, "path").max())
    if right > left:
        ax.set_xlim(left - 0.02 * (right - left), right)
    ax.set_ylim(0, 102)
    money_axis(ax, "x", currency)
    ax.yaxis.set_major_formatter(PercentFormatter(decimals=0))
    ax.set_xlabel(f"Present value, {currency}")
    ax.set_ylabel("Chance of costing more")
    narrow, (handles, labels) = is_narrow(ax), ax.get_legend_handles_labels()
    if not narrow and len(handles) <= _FEW:
        ax.legend(frameon=False, loc="upper right", handlelength=4)
        return
    columns = 1 if narrow else 2
    room = width_of(ax) / columns - _HANDLE
    texts = [fitted(label, room, LETTER) for label in labels]
    legend_below(ax, handles, texts, ncols=columns, handlelength=4)
