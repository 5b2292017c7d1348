"""What to set aside above the plan."""

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

_HEIGHT = 0.5
_NAME_WIDTH = 1.3
# Share of the span left free on the left, and inches of writing on the right.
_ROOM = 0.06
_TEXT_WIDTH = 1.7
_NARROW_TEXT_WIDTH = 0.9
# Of the mark of the base in the legend, which is a line of text high.
_LEGEND_MARK = 0.4


def budget(ds: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the contingency and the management reserve of each strategy, from its base up.

    From the base, the plan or the mean, the plain bar is the contingency, up to the budget; the
    hatched one is the management reserve, up to the ceiling. Black lines are the intervals of
    budget and ceiling. A base that lies above the budget needs no contingency; its mark then
    stands inside or right of the bars. The axis does not start at zero.

    Parameters
    ----------
    ds
        Result of `hcrisk.budget` for ``npv``.
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        Money along x, strategies along y, in their order.

    Raises
    ------
    ValueError
        Not a result of `hcrisk.budget`, or one with further dimensions than strategy.

    Examples
    --------
    >>> import hcrisk, numpy as np, xarray as xr
    >>> from matplotlib.figure import Figure
    >>> npv = [1e6 + np.arange(2001.0), 2e6 + np.arange(2001.0)]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": ["current", "msp"]})
    >>> ax = budget(hcrisk.budget(ds), ax=Figure().subplots())
    >>> [float(bar.get_width()) for bar in ax.patches][:2]
    [600.0, 300.0]
    """
    _check(ds)
    slugs = [str(name) for name in ds["strategy"].values]
    ax = axes_or_new(ax, (9.0, 2.0 + 0.55 * len(slugs)))
    low, high = level_name(float(ds["level"])), level_name(float(ds["reserve"]))
    kept = ((PALETTE[5], "", f"Contingency, up to {low}"),
            (PALETTE[1], "///", f"Management reserve, up to {high}"))  # fmt: skip
    for row, slug in enumerate(slugs):
        base, at, top = (measured(ds.sel(strategy=slug), name)
                         for name in ("base", "budget", "ceiling"))  # fmt: skip
        ends = ((min(base.value, at.value), at.value), (at.value, top.value))
        for (start, end), (color, hatch, label) in zip(ends, kept, strict=True):
            ax.barh(row, end - start, left=start, height=_HEIGHT, color=color, hatch=hatch,
                    edgecolor="white", label="_more" if row else label)  # fmt: skip
        for figure in (at, top):
            if figure.is_bounded:
                ax.plot([figure.lower, figure.upper], [row, row], color="black", linewidth=1.6,
                        label="_interval")  # fmt: skip
        ax.plot(base.value, row, marker="|", markersize=24, markeredgewidth=2.4, color="black",
                linestyle="none", label="_more" if row else _base(ds))  # fmt: skip
        _write(ax, ds.sel(strategy=slug), row, (low, high))
    _finish(ax, ds, slugs)
    return ax


def _check(ds: xr.Dataset) -> None:
    if not isinstance(ds, xr.Dataset) or "management_reserve" not in ds:
        raise ValueError(
            f"ds must be what hcrisk.budget returns, got {type(ds).__name__}; draw "
            f"hcrisk.plot.budget(hcrisk.budget(ds))"
        )
    if ds["budget"].dims != ("strategy",):
        extra = [str(dim) for dim in ds["budget"].dims if dim != "strategy"] or ["strategy"]
        raise ValueError(
            f"ds['budget'] must have the dimension 'strategy' only, got {ds['budget'].dims}; "
            f"select one {extra[0]}, or keep strategy by a list of one"
        )


def _base(ds: xr.Dataset) -> str:
    told = str(ds["base"].attrs.get("long_name", "")).split(" ")[0]
    return {"plan": "Plan", "mean": "Mean"}.get(told, "Base")


def _write(ax: Axes, one: xr.Dataset, row: int, levels: tuple[str, str]) -> None:
    currency, (low, high) = currency_of(one), levels
    at, top = measured(one, "budget"), measured(one, "ceiling")
    joint = "\n" if is_narrow(ax) else ", "
    ax.annotate(
        literal(f"{low} {spoken(at, currency)}{joint}{high} {spoken(top, currency)}"),
        (top.upper if top.is_bounded else top.value, row),
        xytext=(7, 0),
        textcoords="offset points",
        va="center",
        fontsize="small",
    )


def _finish(ax: Axes, ds: xr.Dataset, slugs: list[str]) -> None:
    names, narrow = display_names(ds, "strategy"), is_narrow(ax)
    texts = [fitted(names[slug], _NAME_WIDTH, LETTER) if narrow else names[slug] for slug in slugs]
    ax.set_yticks(np.arange(len(texts)), texts, fontsize="small" if narrow else None)
    ax.set_ylim(len(texts) - 0.5, -0.6)
    ax.tick_params(axis="y", length=0)
    ends = np.concatenate([np.ravel(ds[name]) for name in (
        "base", "budget", "ceiling", "budget_lower", "ceiling_upper")])  # fmt: skip
    ends = ends[np.isfinite(ends)]
    span = (ends.max() - ends.min()) or abs(ends.max()) or 1.0
    text = _NARROW_TEXT_WIDTH if narrow else _TEXT_WIDTH
    room = text / max(width_of(ax) - text, 1.0)
    ax.set_xlim(ends.min() - _ROOM * span, ends.max() + room * (1 + _ROOM) * span)
    currency = currency_of(ds)
    money_axis(ax, "x", currency)
    ax.set_xlabel(f"Present value, {currency}; the axis does not start at zero")
    plain_frame(ax, ds, f"What to set aside{horizon(ds)}")
    ax.spines["left"].set_visible(False)
    legend_below(ax, *ax.get_legend_handles_labels(), ncols=1 if narrow else 3,
                 markerscale=_LEGEND_MARK)  # fmt: skip
