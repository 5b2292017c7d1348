"""What it is worth to know an input before choosing, input by input."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from hcrisk.figures import Figure, money, power_of_ten, supported_step, unit_of
from hcrisk.measures.statistic import statistic
from hcrisk.plot._money import literal
from hcrisk.plot._room import LETTER, fitted, is_narrow, legend_below
from hcrisk.plot._style import (
    PALETTE,
    axes_or_new,
    currency_of,
    explained,
    money_axis,
    plain_frame,
    required,
)
from hcrisk.variables import input_words

_MOST_SHOWN = 12
_BAR_HEIGHT = 0.62
# Inches for the name of an input, on axes of any width and on narrow ones.
_NAME_WIDTH = 3.0
_NARROW_NAME_WIDTH = 1.4


def information(ds: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the value of knowing each input, the largest first, below that of knowing all.

    Bars are EVPPI with their intervals; the dashed line is EVPI, what knowing every input is
    worth. Bars do not add up to it. At most twelve inputs are shown, and none worth nothing.

    Parameters
    ----------
    ds
        Result of `hcrisk.evppi_ranking`.
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        Money along x, inputs along y with the largest on top.

    Raises
    ------
    ValueError
        ``value`` over ``parameter`` or ``evpi`` is missing: not a result of `evppi_ranking`.

    Examples
    --------
    >>> import xarray as xr
    >>> from matplotlib.figure import Figure
    >>> rows = {"value": [3e4, 1e4], "lower": [2e4, 0.0], "upper": [4e4, 2e4]}
    >>> ds = xr.Dataset(
    ...     {name: ("parameter", row) for name, row in rows.items()},
    ...     {"parameter": ["roles.technician.pay", "people.benefits_load"]},
    ... ).assign(evpi=5e4, evpi_lower=4e4, evpi_upper=6e4)
    >>> ax = information(ds, ax=Figure(figsize=(9, 4)).subplots())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Technician: pay', 'People: benefits load']
    """
    for name in ("value", "lower", "upper"):
        _required(ds, name, ("parameter",))
    for name in ("evpi", "evpi_lower", "evpi_upper"):
        _required(ds, name, ())
    shown = ds.isel(parameter=np.flatnonzero(ds["value"].values > 0)[:_MOST_SHOWN])
    count = shown.sizes["parameter"]
    ax = axes_or_new(ax, (9.0, 1.9 + 0.4 * max(count, 1)))
    currency = currency_of(ds)
    _draw_bars(ax, shown, currency)
    _draw_bound(ax, ds, currency)
    left_out = int((ds["value"].values > 0).sum()) - count
    _finish(ax, ds, shown, left_out)
    return ax


def _required(ds: xr.Dataset, name: str, dims: tuple[str, ...]) -> None:
    if isinstance(ds, xr.Dataset) and (name not in ds or ds[name].dims != dims):
        raise ValueError(
            f"ds must have {name!r} over {dims}, got variables {sorted(map(str, ds.data_vars))}; "
            f"pass the result of hcrisk.evppi_ranking"
        )
    required(ds, name, dims)


def _draw_bars(ax: Axes, shown: xr.Dataset, currency: str) -> None:
    rows = np.arange(shown.sizes["parameter"])
    value, lower, upper = (shown[name].values for name in ("value", "lower", "upper"))
    ax.barh(
        rows,
        value,
        height=_BAR_HEIGHT,
        color=PALETTE[5],
        label="One input known" if rows.size else "_none",
    )
    known = np.isfinite(upper)
    ax.errorbar(
        value[known],
        rows[known],
        xerr=[(value - lower)[known], (upper - value)[known]],
        fmt="none",
        ecolor="black",
        capsize=3,
        linewidth=1.2,
    )
    unit, figures = unit_of(float(value.max(initial=0.0))), [*map(Figure, value, lower, upper)]
    steps = [_step(figure) for figure in figures]
    common = max(min(steps), power_of_ten(float(value.max())) / 10) if steps else 1.0
    for row, figure in enumerate(figures):
        step = min(common, steps[row])
        ax.annotate(
            literal(money(figure, currency, unit, step=step)),
            (figure.upper if np.isfinite(figure.upper) else figure.value, row),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
        )


def _step(figure: Figure) -> float:
    """Return the place of the last digit, of which there is at least one.

    The interval of a small value reaches 0 and alone would leave none.
    """
    return min(supported_step(figure), power_of_ten(figure.value))


def _draw_bound(ax: Axes, ds: xr.Dataset, currency: str) -> None:
    bound = Figure(*(float(ds[name]) for name in ("evpi", "evpi_lower", "evpi_upper")))
    if np.isfinite(bound.upper) and bound.upper > bound.lower:
        ax.axvspan(bound.lower, bound.upper, color=PALETTE[4], alpha=0.15, linewidth=0)
    # Two digits, or what is written is not where the line is seen.
    step = min(supported_step(bound), power_of_ten(bound.value) / 10 if bound.value > 0 else 1.0)
    ax.axvline(
        bound.value,
        color=PALETTE[4],
        linestyle="--",
        linewidth=1.6,
        label=literal(f"All inputs known: {money(bound, currency, step=step)}"),
    )
    far = bound.upper if np.isfinite(bound.upper) else bound.value
    most = max(far, float(ds["value"].max()))
    ax.set_xlim(0, 1.12 * most if most > 0 else 1.0)


def _finish(ax: Axes, ds: xr.Dataset, shown: xr.Dataset, left_out: int) -> None:
    width = _NARROW_NAME_WIDTH if is_narrow(ax) else _NAME_WIDTH
    names = [input_words(str(slug)) for slug in shown["parameter"].values]
    ax.set_yticks(np.arange(len(names)), [literal(fitted(name, width, LETTER)) for name in names])
    ax.set_ylim(max(len(names), 1) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0, labelsize="small")
    if not names:
        ax.set_xticks([])
        ax.text(0.5, 0.5, "No single input changes the choice", transform=ax.transAxes, ha="center")
    else:
        money_axis(ax, "x", currency_of(ds))
    more = f"; {left_out} smaller not shown" if left_out else ""
    told = statistic(str(ds.attrs.get("objective", "mean"))).title
    ax.set_xlabel(explained(f"Reduction of the {told} by knowing before choosing{more}"))
    plain_frame(ax, ds, "Value of perfect information on single inputs")
    ax.spines["left"].set_visible(False)
    legend_below(ax, *ax.get_legend_handles_labels(), ncols=2)
