"""The difference between two ways of delivery as a number changes, and where it crosses zero."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from hcrisk.figures import Figure, plain, rounded_band
from hcrisk.plot._room import LETTER, fitted, is_narrow, width_of
from hcrisk.plot._style import (
    CURRENT,
    GUIDE,
    PALETTE,
    axes_or_new,
    currency_of,
    display_names,
    money_axis,
    plain_frame,
    required,
)
from hcrisk.variables import input_words, words

_ONE, _OTHER = PALETTE[0], PALETTE[4]
# More of them than this hide the points.
_MOST_NAMED = 8


def break_even(ds: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw what the second way costs more than the first over a number, place by place.

    Above zero the first way is cheaper, below it the second. Each point was computed, and the line
    through it is its interval; nothing is drawn between points. Coloured points say for certain who
    is cheaper. The ground is grey where they do not, as far as the nearest that do.

    Parameters
    ----------
    ds
        Result of `hcrisk.break_even`.
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        The number along x, money along y.

    Raises
    ------
    TypeError, ValueError
        ``ds`` is not such a result.

    Examples
    --------
    >>> import hcrisk
    >>> from matplotlib.figure import Figure
    >>> small = hcrisk.load("small-practice")
    >>> ds = hcrisk.break_even(small, "people.benefits_load", 0.2, 0.4, service="help_desk",
    ...                        between=("insource", "outsource"),
    ...                        effort=hcrisk.Effort(points=2, paths=200))
    >>> break_even(ds, ax=Figure().subplots()).get_xlabel()
    'People: benefits load'
    """
    _check(ds)
    ax = axes_or_new(ax, (8.0, 5.0))
    names = list(display_names(ds, "way").values())
    _shade(ax, ds)
    ax.axhline(0.0, color=GUIDE, linewidth=1.0)
    _points(ax, ds)
    _finish(ax, ds, names)
    _mark(ax, ds)
    return ax


def _check(ds: xr.Dataset) -> None:
    if isinstance(ds, xr.Dataset) and "stretch_cheaper" not in ds:
        raise ValueError(
            "ds must be what hcrisk.break_even returns, got Dataset; draw "
            "hcrisk.plot.break_even(hcrisk.break_even(scenario, path, low, high, between=...))"
        )
    required(ds, "value", ("at",))
    missing = [name for name in ("cost", "before", "cheaper") if name not in ds]
    if missing:
        raise ValueError(
            f"ds must be a result of hcrisk.break_even, but has no {', '.join(missing)}; "
            f"pass the whole result"
        )


def _shade(ax: Axes, ds: xr.Dataset) -> None:
    """Mark where the two cannot be told apart, up to the places next to it where they can."""
    first, last = ds["stretch_from"].values, ds["stretch_to"].values
    for i, cheaper in enumerate(map(str, ds["stretch_cheaper"].values)):
        if not cheaper:
            low, high = last[max(i - 1, 0)] if i else first[0], first[min(i + 1, len(first) - 1)]
            ax.axvspan(low, max(high, last[i]), color=GUIDE, alpha=0.2, linewidth=0)
        elif i and str(ds["stretch_cheaper"].values[i - 1]):
            ax.axvline((last[i - 1] + first[i]) / 2, color=GUIDE, linestyle=":", linewidth=1.2)


def _points(ax: Axes, ds: xr.Dataset) -> None:
    at, value = ds["at"].values, ds["value"].values
    reach = _reach(value)
    lower, upper = (np.clip(ds[name].values, *reach) for name in ("lower", "upper"))
    sides = np.where(ds["lower"].values > 0, 1, np.where(ds["upper"].values < 0, -1, 0))
    for side, color in ((0, CURRENT), (1, _ONE), (-1, _OTHER)):
        own = sides == side
        ax.vlines(at[own], lower[own], upper[own], color=color, linewidth=1.2)
        ax.plot(at[own], value[own], ".", color=color, markersize=6)


def _reach(value: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return how far an interval is drawn: infinite bounds have to end somewhere."""
    size = 2.0 * max(float(np.abs(value).max()), 1.0)
    return float(value.min()) - size, float(value.max()) + size


def _mark(ax: Axes, ds: xr.Dataset) -> None:
    """Write where the cheaper way changes."""
    if ds.sizes["crossing"] > _MOST_NAMED:
        return
    first, last = float(ds["at"].values[0]), float(ds["at"].values[-1])
    for i in range(ds.sizes["crossing"]):
        one = ds.isel(crossing=i)
        left = float(one["before"]) - first > 0.85 * (last - first)
        # Where no points are: beyond a change to the first way they are above zero.
        up = (str(one["cheaper"].item()) == str(ds["way"].values[0])) == left
        ax.annotate(
            _written(ds, one), (float(one["before" if left else "after"]), 0.0),
            xytext=(-5 if left else 5, 4 if up else -4), textcoords="offset points",
            ha="right" if left else "left", va="bottom" if up else "top",
            fontsize="small" if is_narrow(ax) else "medium", fontweight="bold",
        )  # fmt: skip


def _written(ds: xr.Dataset, crossing: xr.Dataset) -> str:
    """Return between which places a crossing is, or at which whole number."""
    before, after = float(crossing["before"]), float(crossing["after"])
    if ds.attrs.get("whole"):
        return plain(after) if after - before == 1.0 else f"{plain(before)} to {plain(after)}"
    _, lower, upper = rounded_band(Figure((before + after) / 2, before, after))
    return f"{lower} to {upper}"


def _height(ax: Axes) -> float:
    """Return the height of axes in inches, before an automatic layout changes it."""
    figure = ax.get_figure(root=True)
    return ax.get_window_extent().height / (figure.dpi if figure is not None else 100.0)


def _label_sides(ax: Axes, ds: xr.Dataset, names: list[str]) -> None:
    """Write which way is cheaper above zero and which below, where the curve is not."""
    room, size = width_of(ax), "small" if is_narrow(ax) else "medium"
    low, high = ax.get_ylim()
    first, last = float(ds["value"].values[0]), float(ds["value"].values[-1])
    for name, place, side, color in (
        (names[0], 0.98, "top", _ONE),
        (names[1], 0.02, "bottom", _OTHER),
    ):
        edge = high if side == "top" else low
        left = abs(first - edge) >= abs(last - edge)
        ax.text(
            0.02 if left else 0.98, place, fitted(f"Cheaper: {name}", room, LETTER),
            transform=ax.transAxes, va=side, ha="left" if left else "right", color=color,
            fontsize=size, fontweight="bold",
            bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 2},
        )  # fmt: skip


def _finish(ax: Axes, ds: xr.Dataset, names: list[str]) -> None:
    money_axis(ax, "y", currency_of(ds))
    ax.margins(x=0.01)
    units = str(ds.attrs.get("units", ""))
    path = str(ds.attrs.get("path", ""))
    varied = input_words(path)
    ax.set_xlabel(f"{varied}, {units}" if units and not varied.endswith(units) else varied)
    if ds.attrs.get("whole"):
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.xaxis.set_major_formatter(lambda x, _: plain(float(f"{x:.6g}")))
    told = f"{names[1]} less {names[0]}, {ds.attrs.get('statistic', '')} present value"
    ax.set_ylabel(fitted(told, _height(ax), LETTER))
    # Both sides are named, so there is room for that above and below.
    low, high = ax.get_ylim()
    room = 0.08 * (high - low)
    ax.set_ylim(min(low - room, -0.12 * max(high, 0.0)), max(high + room, -0.12 * min(low, 0.0)))
    _label_sides(ax, ds, names)
    service = words(str(ds.attrs.get("service", "")))
    what = f"{service}: the cheaper way" if service else "The cheaper strategy"
    plain_frame(ax, ds, f"{what}, as one number changes")
