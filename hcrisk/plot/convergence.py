"""How an estimate settles as paths are added."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from hcrisk.measures.statistic import statistic
from hcrisk.plot._room import is_narrow, legend_below
from hcrisk.plot._style import (
    axes_or_new,
    currency_of,
    display_names,
    explained,
    horizon,
    looks,
    money_axis,
    plain_frame,
    required,
)

# The first paths say little: what the axis shows is settled by those from this share on.
_SETTLED = 0.05
_COLUMNS = 4
_TICKS = (1.0, 2.0, 5.0)


def convergence(ds: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw a statistic with its interval against the number of paths, for each strategy.

    The line is the estimate from the first so many paths, the band its interval; both begin where
    there are paths enough for one, unless there never are. Where bands of two strategies still
    overlap on the right they may be told apart all the same, as they share their futures: see
    `hcrisk.compare`.

    Parameters
    ----------
    ds
        Result of `hcrisk.convergence`.
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        Paths along x, on a logarithmic scale, money along y.

    Raises
    ------
    ValueError
        ``value`` over strategy and paths is missing: not a result of `hcrisk.convergence`, or one
        of a variable with further dimensions.

    Examples
    --------
    >>> import hcrisk, numpy as np, xarray as xr
    >>> from matplotlib.figure import Figure
    >>> npv = [1e6 + 2e3 * (np.arange(1000.0) % 7), np.full(1000, 2.2e6)]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": ["current", "msp"]})
    >>> ax = convergence(hcrisk.convergence(ds, "p80"), ax=Figure().subplots())
    >>> ax.get_ylabel(), int(ax.lines[0].get_xdata()[-1])
    ('P80, USD', 1000)
    """
    _check(ds)
    ax = axes_or_new(ax, (8.0, 5.0))
    names, styles = display_names(ds, "strategy"), looks(ds)
    paths = ds["paths"].values
    for slug, look in styles.items():
        mine = ds.sel(strategy=slug)
        lower, upper = mine["lower"].values, mine["upper"].values
        known = np.isfinite(lower) & np.isfinite(upper)
        ax.fill_between(paths[known], lower[known], upper[known], color=look.color, alpha=0.15,
                        linewidth=0)  # fmt: skip
        drawn = known if known.any() else np.ones_like(known)
        ax.plot(paths[drawn], mine["value"].values[drawn], color=look.color,
                linestyle=look.linestyle, linewidth=1.8, label=names[slug])  # fmt: skip
    _finish(ax, ds)
    return ax


def _check(ds: xr.Dataset) -> None:
    if isinstance(ds, xr.Dataset) and ("value" not in ds or "paths" not in ds["value"].dims):
        raise ValueError(
            f"ds must be what hcrisk.convergence returns, got variables "
            f"{sorted(map(str, ds.data_vars))}; draw "
            f"hcrisk.plot.convergence(hcrisk.convergence(ds, 'p80'))"
        )
    required(ds, "value", ("strategy", "paths"))


def _finish(ax: Axes, ds: xr.Dataset) -> None:
    paths = ds["paths"].values
    settled = ds.isel(paths=np.flatnonzero(paths >= _SETTLED * paths[-1]))
    ends = np.concatenate([settled[name].values.ravel() for name in ("value", "lower", "upper")])
    lines = [np.asarray(line.get_xydata()) for line in ax.lines]
    ends = np.concatenate([ends[np.isfinite(ends)], *(line[:, 1] for line in lines)])
    room = 0.05 * (ends.max() - ends.min()) or 0.01 * abs(ends.max()) or 1.0
    ax.set_ylim(ends.min() - room, ends.max() + room)
    if len(paths) > 1:
        ax.set_xscale("log")
        ax.set_xlim(min(line[0, 0] for line in lines), paths[-1])
        ax.xaxis.set_major_locator(LogLocator(subs=_TICKS))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    currency, told = currency_of(ds), statistic(str(ds.attrs.get("statistic", "mean"))).title
    money_axis(ax, "y", currency)
    ax.set_xlabel("Paths")
    ax.set_ylabel(explained(f"{told[:1].upper()}{told[1:]}, {currency}"))
    share = f"{100 * float(ds.attrs.get('confidence', 0.95)):g}%"
    plain_frame(ax, ds, f"The {told} as paths are added, with {share} intervals{horizon(ds)}")
    handles, labels = ax.get_legend_handles_labels()
    # Within the axes it would stand upon the bands, which are widest where it would be put.
    legend_below(ax, handles, labels, ncols=1 if is_narrow(ax) else min(len(labels), _COLUMNS))
