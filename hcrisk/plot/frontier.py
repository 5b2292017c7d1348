"""Mean cost against the cost of bad futures."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes

from hcrisk.figures import Figure, measured
from hcrisk.measures import efficient_frontier
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

# Beyond this many strategies only efficient ones are named, and of those not more than look unlike.
_MOST_NAMED = 12
_MOST_LISTED = 6
# More than so many in the legend would cover points.
_MOST_BESIDE = 5
# Inches that a line of the legend adds to a new figure.
_LINE = 0.2
_ROOM = 0.08
_SAID = {"Efficient": "Efficient: none is cheaper on both counts"}
# Inches that a marker takes up in the legend.
_HANDLE = 0.6


def frontier(ds: xr.Dataset, level: float = 0.95, *, ax: Axes | None = None) -> Axes:
    """Draw each strategy's mean cost against its tail, the efficient ones joined.

    To the left is cheaper on average, below is cheaper in the worst ``1 - level`` of the futures
    (tail value at risk). A strategy is efficient if none is as good on both counts and better on
    one; the others are drawn hollow, and among more than twelve strategies as dots, of the
    efficient at most six with their names. Crosses are
    the intervals, each of its own figure: two strategies whose crosses overlap may still be told
    apart, as they share their futures. See `hcrisk.efficient_frontier` for the figures and
    `hcrisk.risk_adjusted_cost` for a ranking with paired intervals.

    Parameters
    ----------
    ds
        Result of `simulate`; ``npv`` over strategy and path is drawn.
    level
        Level of the tail mean, in (0, 1).
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        Mean along x, tail mean along y.

    Raises
    ------
    ValueError
        ``npv`` is missing, has other dimensions, or is not finite; a level outside (0, 1).

    Warns
    -----
    PrecisionWarning
        There are too few paths for an interval.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> from matplotlib.figure import Figure
    >>> npv = [1e6 + 2e3 * np.arange(1000.0), np.full(1000, 2.2e6), np.full(1000, 3.2e6)]
    >>> names = ["current", "msp", "hybrid"]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": names})
    >>> ax = frontier(ds, ax=Figure().subplots())
    >>> [line for line in ax.lines if line.get_label() == "Efficient"][0].get_xdata().tolist()
    [1999000.0, 2200000.0]
    """
    required(ds, "npv", ("strategy", "path"))
    found = efficient_frontier(ds, level)
    styles, names = looks(ds), display_names(ds, "strategy")
    slugs = [str(name) for name in found["strategy"].values]
    points = np.stack([found["mean"].values, found["tail"].values], axis=-1)
    chosen = found["efficient"].values
    below = min(len(slugs), _MOST_NAMED) if len(slugs) > _MOST_BESIDE else 0
    ax = axes_or_new(ax, (8.0, 5.5 + _LINE * below))
    line = points[chosen][np.argsort(points[chosen][:, 0], kind="stable")]
    # A single point needs no line, and no word for it.
    said = "Efficient" if len(line) > 1 else "_efficient"
    ax.plot(*line.T, color=GUIDE, linewidth=1.2, linestyle="--", zorder=1, label=said)
    if len(slugs) > _MOST_NAMED:
        _draw_cloud(ax, ds, found)
    else:
        for slug, is_efficient in zip(slugs, chosen, strict=True):
            name = names[slug] if is_efficient else f"{names[slug]} (beaten)"
            _draw_one(ax, found.sel(strategy=slug), styles[slug], name, is_efficient)
    _finish(ax, ds, points, level)
    return ax


def _draw_one(ax: Axes, one: xr.Dataset, look: Look, name: str, is_efficient: bool) -> None:
    """Draw a strategy with its intervals, hollow where another beats it."""
    pair = [measured(one, key) for key in ("mean", "tail")]
    _draw_cross(ax, pair, look.color)
    ax.plot(
        pair[0].value,
        pair[1].value,
        linestyle="none",
        marker=look.marker,
        markersize=10,
        color=look.color,
        markerfacecolor=look.color if is_efficient else "white",
        markeredgewidth=1.8,
        label=name,
    )


def _draw_cloud(ax: Axes, ds: xr.Dataset, found: xr.Dataset) -> None:
    """Draw the many as dots, which and how precisely known they are left out, but the best."""
    beaten = found.isel(strategy=~found["efficient"].values)
    ax.plot(beaten["mean"], beaten["tail"], linestyle="none", marker="o", markersize=3.5,
            color=GUIDE, alpha=0.6, zorder=1,
            label=f"{beaten.sizes['strategy']:,} others (beaten)")  # fmt: skip
    best = found.isel(strategy=found["efficient"].values).sortby("mean")
    names, slugs = display_names(ds, "strategy"), [str(name) for name in best["strategy"].values]
    ends = np.linspace(0, len(slugs) - 1, min(len(slugs), _MOST_LISTED)).round()
    told = looks(best.isel(strategy=ends.astype(int)).assign_attrs(ds.attrs))
    for slug in slugs:
        if slug in told:
            _draw_one(ax, best.sel(strategy=slug), told[slug], names[slug], True)
            continue
        own = best.sel(strategy=slug)
        ax.plot(own["mean"], own["tail"], linestyle="none", marker="o", markersize=6, color=GUIDE,
                label="_efficient")  # fmt: skip


def _draw_cross(ax: Axes, pair: list[Figure], color: str) -> None:
    across, up = pair
    style: dict[str, Any] = {"color": color, "linewidth": 1.3, "alpha": 0.7, "label": "_interval"}
    if across.is_bounded:
        ax.plot([across.lower, across.upper], [up.value] * 2, **style)
    if up.is_bounded:
        ax.plot([across.value] * 2, [up.lower, up.upper], **style)


def _finish(ax: Axes, ds: xr.Dataset, points: npt.NDArray[np.float64], level: float) -> None:
    currency = currency_of(ds)
    money_axis(ax, "y", currency)
    money_axis(ax, "x", currency)
    ax.grid(axis="both", color="#E2E2E2", linewidth=0.7)
    ax.margins(_ROOM)
    share = f"{100 * (1 - level):.6g}%"
    ax.set_xlabel(f"Mean present value, {currency}")
    ax.set_ylabel(f"Mean of the worst {share}, {currency}")
    plain_frame(ax, ds, f"Mean cost against the worst {share} of futures{horizon(ds)}")
    _add_legend(ax, ds, many=len(points) > _MOST_NAMED)


def _add_legend(ax: Axes, ds: xr.Dataset, *, many: bool) -> None:
    handles, labels = ax.get_legend_handles_labels()
    if "Efficient" in labels:
        # The line last: the eye meets the strategies first.
        handles, labels = handles[1:] + handles[:1], labels[1:] + labels[:1]
    if many:
        handles, labels = handles[1:] + handles[:1], labels[1:] + labels[:1]
    labels = [_SAID.get(label, label) for label in labels]
    if many or is_narrow(ax) or len(labels) > _MOST_BESIDE:
        room = width_of(ax) - _HANDLE
        title = fitted(_services(ds), width_of(ax), LETTER) or None
        lines = [fitted(label, room, LETTER) for label in labels]
        legend_below(ax, handles, lines, title=title, title_fontsize="small")
    else:
        ax.legend(handles, labels, frameon=False, loc="best")


def _services(ds: xr.Dataset) -> str:
    """Return what a name such as "insource / outsource" lists, in its order."""
    services = [str(name) for name in np.atleast_1d(ds.attrs.get("services", []))]
    told = [
        str(ds[name].attrs.get("long_name", name)).removeprefix("arrangement of ")
        for name in services
        if name in ds
    ]
    return literal(" / ".join(told))
