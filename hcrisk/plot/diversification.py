"""One budget for all beside one for each part."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from hcrisk.figures import measured, spoken
from hcrisk.measures._labelled import level_name
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
)

_HEIGHT = 0.36
_NAME_WIDTH = 1.3
_TEXT_WIDTH = 1.6


def diversification(ds: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the percentile of the whole beside the sum of the percentiles of its parts.

    For each strategy, the upper, hatched bar is what budgets of the parts add up to, the lower
    one what a single budget of the same level needs; beside them stands the difference. Black
    lines are intervals.

    Parameters
    ----------
    ds
        Result of `hcrisk.diversification` for a single level.
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        Money along x, strategies along y.

    Raises
    ------
    ValueError
        Not a result of `hcrisk.diversification`, or one for several levels.

    Examples
    --------
    >>> import xarray as xr
    >>> from matplotlib.figure import Figure
    >>> values = {"whole": 1e6, "sum_of_parts": 1.6e6, "saved": 6e5}
    >>> rows = {f"{key}{end}": ("strategy", [value]) for key, value in values.items()
    ...         for end in ("", "_lower", "_upper")}
    >>> ds = xr.Dataset(rows, {"strategy": ["own"], "level": 0.8})
    >>> ax = diversification(ds, ax=Figure(figsize=(8, 3)).subplots())
    >>> [float(bar.get_width()) for bar in ax.patches]
    [1600000.0, 1000000.0]
    """
    _check(ds)
    slugs = [str(name) for name in ds["strategy"].values]
    ax = axes_or_new(ax, (9.0, 1.8 + 0.8 * len(slugs)))
    told, currency = level_name(float(ds["level"])), currency_of(ds)
    bars = (("sum_of_parts", PALETTE[1], "///", f"Each part its own {told}"),
            ("whole", PALETTE[5], "", f"{told} of the whole"))  # fmt: skip
    for row, slug in enumerate(slugs):
        one, far = ds.sel(strategy=slug), 0.0
        for place, (name, color, hatch, label) in enumerate(bars):
            at, figure = row + (place - 0.5) * _HEIGHT, measured(one, name)
            ax.barh(at, figure.value, height=_HEIGHT, color=color, hatch=hatch, edgecolor="white",
                    label="_more" if row else label)  # fmt: skip
            far = max(far, figure.value)
            if figure.is_bounded:
                ax.plot([figure.lower, figure.upper], [at, at], color="black", linewidth=1.4)
                far = max(far, figure.upper)
        saved = measured(one, "saved")
        more = "saved" if saved.value >= 0 else "short"
        amount = spoken(saved, currency).removeprefix("-")
        ax.annotate(literal(f"{amount} {more}"), (far, row), xytext=(8, 0), va="center",
                    textcoords="offset points", fontsize="small")  # fmt: skip
    _finish(ax, ds, slugs, told)
    return ax


def _check(ds: xr.Dataset) -> None:
    if not isinstance(ds, xr.Dataset) or "sum_of_parts" not in ds or "level" not in ds.coords:
        raise ValueError(
            f"ds must be what hcrisk.diversification returns, got {type(ds).__name__}; draw "
            f"hcrisk.plot.diversification(hcrisk.diversification(ds))"
        )
    if ds["whole"].dims != ("strategy",):
        raise ValueError(
            f"ds['whole'] must have the dimension 'strategy' only, got {ds['whole'].dims}; select "
            f"one level, and keep strategy by a list of one"
        )


def _finish(ax: Axes, ds: xr.Dataset, slugs: list[str], told: str) -> None:
    names, narrow = display_names(ds, "strategy"), is_narrow(ax)
    texts = [fitted(names[slug], _NAME_WIDTH, LETTER) if narrow else names[slug] for slug in slugs]
    ax.set_yticks(np.arange(len(texts)), texts, fontsize="small" if narrow else None)
    ax.set_ylim(len(texts) - 0.5, -0.6)
    ax.tick_params(axis="y", length=0)
    left, right = ax.get_xlim()
    room = _TEXT_WIDTH / max(width_of(ax) - _TEXT_WIDTH, 1.0)
    ax.set_xlim(left, right + room * (right - left))
    currency = currency_of(ds)
    money_axis(ax, "x", currency)
    ax.set_xlabel(f"Present value, {currency}")
    plain_frame(ax, ds, f"One {told} for all, or one for each part{horizon(ds)}")
    ax.spines["left"].set_visible(False)
    legend_below(ax, *ax.get_legend_handles_labels(), ncols=1 if narrow else 2)
