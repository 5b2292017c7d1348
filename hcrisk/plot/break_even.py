"""The difference between two ways of delivery as a number changes, and where it crosses zero."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from hcrisk.figures import measured, plain, rounded, rounded_band, supported_step
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
# More marks than this hide the curve.
_MOST_NAMED = 8


def break_even(ds: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw what the second way costs more than the first over a number, with its break-evens.

    Above zero the first way is cheaper, below it the second; the band is the interval of the
    difference. A mark on the zero line is a crossing, the bar through it is where these paths do
    not decide which is cheaper.

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
    at, value = ds["at"].values, ds["value"].values
    lower, upper = (np.clip(ds[name].values, *_reach(value)) for name in ("lower", "upper"))
    ax.fill_between(at, lower, upper, color=GUIDE, alpha=0.35, linewidth=0)
    for side, color in ((value >= 0, _ONE), (value <= 0, _OTHER)):
        ax.fill_between(
            at, 0.0, value, where=side, interpolate=True, color=color, alpha=0.12, linewidth=0
        )
    # What was simulated is marked: between two marks the line is drawn, not known.
    ax.plot(at, value, color=CURRENT, linewidth=1.5, marker=".", markersize=4)
    ax.axhline(0.0, color=GUIDE, linewidth=1.0)
    _mark(ax, ds)
    _finish(ax, ds, names)
    return ax


def _check(ds: xr.Dataset) -> None:
    if isinstance(ds, xr.Dataset) and "crossing_at" not in ds:
        raise ValueError(
            "ds must be what hcrisk.break_even returns, got Dataset; draw "
            "hcrisk.plot.break_even(hcrisk.break_even(scenario, path, low, high, between=...))"
        )
    required(ds, "value", ("at",))
    missing = [name for name in ("cost", "crossing_at", "cheaper") if name not in ds]
    if missing:
        raise ValueError(
            f"ds must be a result of hcrisk.break_even, but has no {', '.join(missing)}; "
            f"pass the whole result"
        )


def _reach(value: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return how far a band is drawn: infinite bounds have to end somewhere."""
    size = 2.0 * max(float(np.abs(value).max()), 1.0)
    return float(value.min()) - size, float(value.max()) + size


def _mark(ax: Axes, ds: xr.Dataset) -> None:
    low, high = float(ds["at"].values[0]), float(ds["at"].values[-1])
    for i in range(ds.sizes["crossing"]):
        one = ds.isel(crossing=i)
        x = float(one["crossing_at"])
        ends = np.clip([float(one[f"crossing_at_{end}"]) for end in ("lower", "upper")], low, high)
        ax.plot(ends, [0.0, 0.0], color=PALETTE[4], linewidth=5, alpha=0.6, solid_capstyle="butt")
        ax.plot([x], [0.0], "o", color=CURRENT, markersize=7, markeredgecolor="white", zorder=4)
        if ds.sizes["crossing"] <= _MOST_NAMED:
            # On the side the curve does not rise through.
            rising = str(one["cheaper"].item()) == str(ds["way"].values[0])
            ax.annotate(
                _written(one), (x, 0.0), xytext=(-8 if rising else 8, 7),
                textcoords="offset points", ha="right" if rising else "left", fontweight="bold",
            )  # fmt: skip


def _written(crossing: xr.Dataset) -> str:
    """Return between which values a crossing is, or about where it is if that is not known."""
    figure = measured(crossing, "crossing_at")
    if not figure.is_bounded:
        return f"about {plain(rounded(figure.value, supported_step(figure)))}"
    _, lower, upper = rounded_band(figure)
    return lower if lower == upper else f"{lower} to {upper}"


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
    low, high = ax.get_ylim()
    # Both sides are named, so zero is never at the very edge.
    ax.set_ylim(min(low, -0.12 * max(high, 0.0)), max(high, -0.12 * min(low, 0.0)))
    _label_sides(ax, ds, names)
    service = words(str(ds.attrs.get("service", "")))
    what = f"{service}: the cheaper way" if service else "The cheaper strategy"
    plain_frame(ax, ds, f"{what}, as one number changes")
