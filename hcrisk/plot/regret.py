"""What choosing each strategy costs above the best, and how often it is the best."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from hcrisk.figures import measured, percent, spoken
from hcrisk.measures import expected_regret, probability_cheapest
from hcrisk.plot._money import literal
from hcrisk.plot._room import LETTER, fitted, is_narrow, width_of
from hcrisk.plot._style import (
    axes_or_new,
    currency_of,
    display_names,
    horizon,
    looks,
    money_axis,
    plain_frame,
    required,
)

_BAR_HEIGHT = 0.6
# Inches: what is written beside the longest bar, and a name on narrow axes.
_TEXT_WIDTH = 2.9
_NARROW_TEXT_WIDTH = 1.25
_NAME_WIDTH = 1.1


def regret(ds: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw each strategy's expected regret, with the chance that it is the cheapest.

    The bar is what choosing the strategy costs, on average, above the one that turns out
    cheapest; the line through its end is the interval. The least regret, on top, is that of the
    least mean cost. Beside it stands the chance that the strategy is the cheapest of those drawn:
    one that is seldom cheapest may still be the best choice, if it is never far behind.

    Parameters
    ----------
    ds
        Result of `simulate`; ``npv`` over strategy and path is drawn.
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        Money along x, strategies along y, the least regret on top.

    Raises
    ------
    ValueError
        ``npv`` is missing, has other dimensions, or is not finite.

    Warns
    -----
    PrecisionWarning
        One path: the regrets have no interval.

    Examples
    --------
    >>> import xarray as xr
    >>> from matplotlib.figure import Figure
    >>> npv = [[1e6, 2e6, 3e6, 4e6], [2e6, 2e6, 2e6, 2e6]]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": ["current", "msp"]})
    >>> ax = regret(ds, ax=Figure().subplots())
    >>> [float(bar.get_width()) for bar in ax.patches]
    [250000.0, 750000.0]
    """
    required(ds, "npv", ("strategy", "path"))
    found, chances = expected_regret(ds), probability_cheapest(ds)
    currency, styles = currency_of(ds), looks(ds)
    order = np.argsort(found["value"].values, kind="stable")
    slugs = [str(name) for name in found["strategy"].values[order]]
    ax = axes_or_new(ax, (9.0, 1.6 + 0.55 * len(slugs)))
    narrow = is_narrow(ax)
    for row, name in enumerate(slugs):
        figure, chance = (measured(each.sel(strategy=name)) for each in (found, chances))
        ax.barh(row, figure.value, height=_BAR_HEIGHT, color=styles[name].color, alpha=0.85)
        end = figure.value
        if figure.is_bounded:
            bounds = [max(figure.lower, 0.0), figure.upper]
            ax.plot(bounds, [row, row], color=_contrast(styles[name].color), linewidth=1.4)
            end = figure.upper
        said = f"cheapest in {percent(chance)}" + ("" if narrow else " of futures")
        text = f"{spoken(figure, currency)}{chr(10) if narrow else '   '}{said}"
        ax.annotate(
            literal(text),
            (end, row),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize="small",
        )
    _finish(ax, ds, slugs, float(found["value"].max()))
    return ax


def _contrast(color: str) -> str:
    """Return a line's colour that shows both on the bar and on white."""
    return "#767676" if color == "#000000" else "#000000"


def _finish(ax: Axes, ds: xr.Dataset, slugs: list[str], largest: float) -> None:
    names, narrow = display_names(ds, "strategy"), is_narrow(ax)
    texts = [names[slug] for slug in slugs]
    if narrow:
        texts = [fitted(text, _NAME_WIDTH, LETTER) for text in texts]
    ax.set_yticks(np.arange(len(texts)), texts)
    ax.set_ylim(len(texts) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    room = _NARROW_TEXT_WIDTH if narrow else _TEXT_WIDTH
    # Of what long names leave of the width, bars have what the text beside them does not need.
    left = width_of(ax) - (0.0 if narrow else LETTER * max(map(len, texts)))
    ax.set_xlim(0, (largest or 1.0) * (1 + room / max(left - room, 1.0)))
    currency = currency_of(ds)
    money_axis(ax, "x", currency)
    ax.set_xlabel(f"Expected regret, {currency}")
    plain_frame(ax, ds, f"Mean cost above the cheapest of each future{horizon(ds)}")
    ax.spines["left"].set_visible(False)
