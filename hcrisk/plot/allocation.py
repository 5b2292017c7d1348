"""Who owns the cost of the bad futures."""

from __future__ import annotations

import textwrap
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from hcrisk.figures import Figure, measured, spoken, with_margin
from hcrisk.measures._labelled import check_choice
from hcrisk.plot._money import literal
from hcrisk.plot._room import is_narrow, legend_below, width_of
from hcrisk.plot._style import (
    GUIDE,
    PALETTE,
    axes_or_new,
    currency_of,
    display_names,
    money_axis,
    plain_frame,
)

_BY = ("component", "service", "year")
_MOST_SHOWN = 12
_BAR_HEIGHT = 0.62
# A part that owns less than this share of the largest joins "other".
_SMALLEST_SHARE = 0.005
# Inches of what is written beside the longest bar, and letters of a name on narrow axes.
_TEXT_WIDTH = 1.5
_MOST_LETTERS = 22


class _Part(NamedTuple):
    label: str
    tail: Figure
    mean: float


def allocation(ds: xr.Dataset, *, strategy: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw what each part adds to the cost of the worst futures, and to the mean.

    Bars are shares of the tail mean with their intervals, the largest on top; they add up to the
    tail of the whole. The diamond is what the part adds to the mean: a bar far beyond its diamond
    is risk, one that ends at it is steady cost. Parts left of zero take away, as recoveries do.
    At most twelve parts are shown; the others are added up, without an interval.

    Parameters
    ----------
    ds
        Result of `hcrisk.allocate` by one of component, service or year.
    strategy
        Name of the strategy to draw; may be left out where there is one.
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        Money along x, parts along y.

    Raises
    ------
    ValueError
        Not a result of `hcrisk.allocate`, one by several dimensions, or an unknown strategy.

    Examples
    --------
    >>> import hcrisk, numpy as np, xarray as xr
    >>> from matplotlib.figure import Figure
    >>> staff = np.full(1000, 1e6)
    >>> breach = np.where(np.arange(1000) % 100 < 2, 5e6, 0.0)
    >>> ds = xr.Dataset(
    ...     {
    ...         "npv": (("strategy", "path"), [staff + breach]),
    ...         "component_npv": (("strategy", "component", "path"), [[staff, breach]]),
    ...     },
    ...     {"strategy": ["current"], "component": ["salaries", "breach"]},
    ... )
    >>> ax = allocation(hcrisk.allocate(ds, by="component"), ax=Figure(figsize=(8, 4)).subplots())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Breach', 'Salaries']
    """
    by = _by(ds)
    known = [str(name) for name in ds["strategy"].values]
    if strategy is None and len(known) > 1:
        raise ValueError(f"strategy must be named, got None; choose one of {known}")
    chosen = ds.sel(strategy=check_choice("strategy", strategy or known[0], known))
    parts = _parts(chosen, ds, by)
    ax = axes_or_new(ax, (9.0, 1.9 + 0.38 * len(parts)))
    _draw(ax, parts, currency_of(ds))
    _finish(ax, ds, chosen, parts)
    return ax


def _by(ds: xr.Dataset) -> str:
    if not isinstance(ds, xr.Dataset) or "tail_cost" not in ds or "level" not in ds.coords:
        raise ValueError(
            f"ds must be what hcrisk.allocate returns, got {type(ds).__name__}; draw "
            f"hcrisk.plot.allocation(hcrisk.allocate(ds))"
        )
    found = [str(dim) for dim in ds["tail_cost"].dims if dim in _BY]
    if len(found) != 1 or "strategy" not in ds["tail_cost"].dims:
        raise ValueError(
            f"ds['tail_cost'] must have the dimensions ('strategy', one of {_BY}), got "
            f"{ds['tail_cost'].dims}; allocate by one of them, and select a strategy by strategy="
        )
    return found[0]


def _parts(one: xr.Dataset, ds: xr.Dataset, by: str) -> list[_Part]:
    """Return the parts to show, largest first, years in their order, small ones added up."""
    slugs = [str(slug) for slug in one[by].values]
    names = {slug: f"Year {slug}" for slug in slugs} if by == "year" else display_names(ds, by)
    tails, means = one["tail_cost"].values, one["mean_cost"].values
    sizes = np.maximum(np.abs(tails), np.abs(means))
    large = [i for i in np.argsort(-sizes, kind="stable")
             if sizes[i] > _SMALLEST_SHARE * sizes.max()]  # fmt: skip
    shown = sorted(large[:_MOST_SHOWN] or [0], key=lambda i: i if by == "year" else -tails[i])
    rest = [i for i in np.flatnonzero(sizes) if i not in shown]
    parts = [
        _Part(names[slugs[i]], measured(one.isel({by: i}), "tail_cost"), float(means[i]))
        for i in shown
    ]
    if rest:
        other = Figure(float(tails[rest].sum()), -np.inf, np.inf)
        parts.append(_Part(f"Other ({len(rest)})", other, float(means[rest].sum())))
    return parts


def _draw(ax: Axes, parts: list[_Part], currency: str) -> None:
    rows = np.arange(len(parts))
    values = [part.tail.value for part in parts]
    ax.barh(rows, values, height=_BAR_HEIGHT, color=PALETTE[5], label="Share of the bad futures")
    whole = sum(values)
    for row, (_, tail, _) in zip(rows, parts, strict=True):
        far = tail.value
        if tail.is_bounded:
            ax.plot([tail.lower, tail.upper], [row, row], color="black", linewidth=1.4)
            far = tail.upper
        share = f"  {100 * tail.value / whole:.0f}%" if whole > 0 else ""
        ax.annotate(
            literal(f"{spoken(tail, currency)}{share}"),
            (max(far, 0.0), row),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
        )
    ax.plot(
        [part.mean for part in parts], rows, linestyle="none", marker="D", markersize=6,
        color=PALETTE[4], markeredgecolor="white", label="Share of the mean",
    )  # fmt: skip
    ax.axvline(0, color=GUIDE, linewidth=0.9)


def _finish(ax: Axes, ds: xr.Dataset, chosen: xr.Dataset, parts: list[_Part]) -> None:
    narrow = is_narrow(ax)
    labels = [part.label for part in parts]
    if narrow:
        # Rows are close together: one line each.
        labels = [textwrap.shorten(text, _MOST_LETTERS, placeholder="...") for text in labels]
    ax.set_yticks(np.arange(len(labels)), labels, fontsize="small" if narrow else None)
    ax.set_ylim(len(labels) - 0.5, -0.6)
    ax.tick_params(axis="y", length=0)
    ends = [end for part in parts for end in (*part.tail, part.mean, 0.0) if np.isfinite(end)]
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0
    room = _TEXT_WIDTH / max(width_of(ax) - _TEXT_WIDTH, 1.0) * span
    ax.set_xlim(low - (0.02 * span if low < 0 else 0.0), high + room)
    currency = currency_of(ds)
    money_axis(ax, "x", currency)
    share = f"{100 * (1 - float(ds['level'])):.6g}%"
    total = literal(with_margin(measured(chosen, "total_tail"), currency))
    saved = literal(with_margin(measured(chosen, "diversification"), currency))
    text = f"Mean of the worst {share}: {total}"
    text += "" if narrow else f"; parts alone would need {saved} more"
    ax.set_xlabel(text)
    name = display_names(ds, "strategy")[str(chosen["strategy"].item())]
    plain_frame(ax, ds, f"Who owns the worst {share} of futures: {name}")
    ax.spines["left"].set_visible(False)
    legend_below(ax, *ax.get_legend_handles_labels(), ncols=1 if narrow else 2)
