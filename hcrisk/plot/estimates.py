"""Any figure of any measure, with its interval, side by side."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from hcrisk.plot._money import literal
from hcrisk.plot._room import LETTER, fitted, is_narrow, legend_below
from hcrisk.plot._style import (
    GUIDE,
    PALETTE,
    Look,
    axes_or_new,
    currency_of,
    display_names,
    looks,
    money_axis,
    plain_frame,
)
from hcrisk.variables import input_words, words

_MOST_ROWS = 40
_NAME_WIDTH = 2.8
_NARROW_NAME_WIDTH = 1.4
# Share of a row that several marks in it take up.
_SPREAD = 0.5
_MARKERS = ("o", "s", "^", "D", "v", "<", ">")
# Dimensions whose names are dotted paths of a scenario.
_PATHS = ("parameter", "input")
# What a figure begins with that people read as a percentage.
_SHARES = ("probability", "share")


def estimates(
    ds: xr.Dataset, name: str = "", *, along: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw figures of a measure as marks with their intervals, one row for each.

    For measures that have no chart of their own: margins of `service_choices`, shares of
    variance, flip points' differences, stresses, values of studies. A second dimension is told
    apart by colour and mark.

    Parameters
    ----------
    ds
        Result of a measure.
    name
        The figure: that name with ``_lower`` and ``_upper``; ``value``, ``lower`` and ``upper``
        when omitted.
    along
        Dimension of the rows; the last one of the figure when omitted.
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        The figure along x, its rows along y, the first on top.

    Raises
    ------
    ValueError
        A figure that is not there or has no bounds, that has no dimension or more than two, or
        more than 40 rows.

    Examples
    --------
    >>> import xarray as xr
    >>> from matplotlib.figure import Figure
    >>> rows = {"value": [3e4, 1e4], "lower": [2e4, 0.0], "upper": [4e4, 2e4]}
    >>> ds = xr.Dataset(
    ...     {key: ("service", row) for key, row in rows.items()}, {"service": ["desk", "ehr"]}
    ... )
    >>> ax = estimates(ds, ax=Figure().subplots())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Desk', 'Ehr']
    """
    keys = (name, f"{name}_lower", f"{name}_upper") if name else ("value", "lower", "upper")
    rows, series = _dims(ds, keys, along)
    value, lower, upper = (
        ds[key].transpose(rows, *([series] if series else [])).values.reshape(ds.sizes[rows], -1)
        for key in keys
    )
    count = value.shape[1]
    ax = axes_or_new(ax, (8.5, 1.8 + 0.2 * len(value) * max(2, count)))
    styles = _looks(ds, series, count)
    told = list(_names(ds, series).values()) if series else [""]
    for k, (look, label) in enumerate(zip(styles, told, strict=True)):
        shift = _SPREAD * (k / (count - 1) - 0.5) if count > 1 else 0.0
        places = np.arange(len(value)) + shift
        known = np.isfinite(lower[:, k]) & np.isfinite(upper[:, k])
        ax.hlines(places[known], lower[known, k], upper[known, k], color=look.color, linewidth=1.8)
        ax.plot(value[:, k], places, linestyle="none", marker=look.marker, color=look.color,
                label=label)  # fmt: skip
    _finish(ax, ds, keys[0], rows, count)
    return ax


def _dims(ds: xr.Dataset, keys: tuple[str, str, str], along: str | None) -> tuple[str, str]:
    if not isinstance(ds, xr.Dataset):
        raise TypeError(f"ds must be what a measure returns, got {type(ds).__name__}; pass a "
                        f"Dataset with a value and its bounds")  # fmt: skip
    if any(key not in ds for key in keys):
        known = sorted(str(key) for key in ds.data_vars if f"{key}_lower" in ds)
        known = [*(["''"] if "lower" in ds else []), *known]
        raise ValueError(f"name must be a figure with bounds, one of {known}, got {keys[0]!r}")
    dims = [str(dim) for dim in ds[keys[0]].dims]
    if not 1 <= len(dims) <= 2:
        raise ValueError(
            f"ds[{keys[0]!r}] must have one dimension or two, got {tuple(dims)}; select one value "
            f"of the others, such as ds.isel({dims[0] if dims else 'level'}=0)"
        )
    if along is not None and along not in dims:
        raise ValueError(f"along must be one of {dims}, got {along!r}; choose one of them")
    rows = along or dims[-1]
    if ds.sizes[rows] > _MOST_ROWS:
        raise ValueError(
            f"ds must have at most {_MOST_ROWS} rows along {rows!r}, got {ds.sizes[rows]}; select "
            f"some, such as ds.isel({rows}=slice({_MOST_ROWS}))"
        )
    return rows, next((dim for dim in dims if dim != rows), "")


def _names(ds: xr.Dataset, dim: str) -> dict[str, str]:
    if dim not in ds.coords or ds[dim].dtype.kind not in "UOS":
        values = ds[dim].values.tolist() if dim in ds.coords else range(ds.sizes[dim])
        return {f"{value:g}": f"{dim} {value:g}" for value in values}
    if dim in _PATHS:
        return {str(slug): input_words(str(slug)) for slug in ds[dim].values}
    return display_names(ds, dim)


def _whose(ds: xr.Dataset) -> str:
    """Return whose figures they are, where that is one strategy, and what they are held against."""
    names = {
        key: literal(words(str(ds[key].item())))
        for key in ("strategy", "baseline")
        if key in ds.coords and not ds[key].ndim
    }
    if len(names) == 2:
        return f": {names['strategy']} against {names['baseline']}"
    return "".join(f": {name}" if key == "strategy" else f", against {name}"
                   for key, name in names.items())  # fmt: skip


def _looks(ds: xr.Dataset, series: str, count: int) -> list[Look]:
    if series == "strategy":
        return list(looks(ds).values())
    return [Look(PALETTE[k % len(PALETTE)], "-", _MARKERS[k % len(_MARKERS)]) for k in range(count)]


def _finish(ax: Axes, ds: xr.Dataset, key: str, rows: str, count: int) -> None:
    narrow = is_narrow(ax)
    width = _NARROW_NAME_WIDTH if narrow else _NAME_WIDTH
    names = [fitted(name, width, LETTER) for name in _names(ds, rows).values()]
    ax.set_yticks(np.arange(len(names)), names, fontsize="small" if narrow else None)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    low, high = ax.get_xlim()
    if low < 0 < high:
        ax.axvline(0, color=GUIDE, linewidth=0.9, zorder=0)
    units, told = str(ds[key].attrs.get("units", "")), str(ds[key].attrs.get("long_name", key))
    text = told[:1].upper() + told[1:]
    if units == currency_of(ds):
        money_axis(ax, "x", units)
    else:
        ax.grid(axis="x", color="#E2E2E2", linewidth=0.7)
        ax.set_axisbelow(True)
        if told.startswith(_SHARES):
            ax.xaxis.set_major_formatter(PercentFormatter(1.0))
    # The title says what it is.
    ax.set_xlabel("" if units in ("", "1") else units)
    plain_frame(ax, ds, text + _whose(ds))
    ax.spines["left"].set_visible(False)
    if count > 1:
        legend_below(ax, *ax.get_legend_handles_labels(), ncols=1 if narrow else min(count, 4))
