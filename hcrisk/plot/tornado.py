"""How far each input moves a statistic of the cost."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from hcrisk.figures import Figure, measured, short, spoken
from hcrisk.measures.statistic import statistic
from hcrisk.plot._money import literal
from hcrisk.plot._room import LETTER, fitted, is_narrow, legend_below, width_of
from hcrisk.plot._style import (
    PALETTE,
    axes_or_new,
    currency_of,
    money_axis,
    plain_frame,
)
from hcrisk.variables import input_words, words

Floats = npt.NDArray[np.float64]

MOST = 12
_HEIGHT = 0.62
_NAME_WIDTH = 2.6
_NARROW_NAME_WIDTH = 1.5
# Inches beyond the longest bar, on each side, for what the input was set to.
_VALUE_WIDTH = 0.75
_ENDS = (("low", PALETTE[5], "///"), ("high", PALETTE[4], ""))


class _Bar(NamedTuple):
    """One input: its name, what it was set to, and what either did."""

    name: str
    inputs: tuple[float, float]
    changes: tuple[Figure, Figure]


def tornado(ds: xr.Dataset, *, most: int = MOST, ax: Axes | None = None) -> Axes:
    """Draw how far each input moves a statistic, the widest on top.

    From the base outwards, each bar shows the statistic with the input at its low and at its high
    quantile, all else as uncertain as it is; what the input was set to stands at the bar's end,
    and a line shows the interval of the end.

    Parameters
    ----------
    ds
        Result of `hcrisk.sensitivity.tornado`.
    most
        How many inputs to show at most; a line below says how far the others reach.
    ax
        Axes to draw on; those of a new figure when omitted.

    Returns
    -------
    matplotlib.axes.Axes
        Change of the statistic along x, inputs along y with the widest on top.

    Raises
    ------
    ValueError
        ``ds`` is not what `hcrisk.sensitivity.tornado` returns, or ``most`` is below 1.

    Examples
    --------
    >>> import xarray as xr
    >>> from matplotlib.figure import Figure
    >>> paths = ("parameter", ["people.benefits_load", "roles.technician.pay"])
    >>> ends = {}
    >>> for end, change in (("low", -1e5), ("high", 2e5)):
    ...     ends[f"{end}_input"] = ("parameter", [0.3, 6e4])
    ...     for bound in ("", "_lower", "_upper"):
    ...         ends[f"{end}_change{bound}"] = ("parameter", [change, change / 2])
    >>> ds = xr.Dataset(ends | {"base": 6.4e6}, {"parameter": paths}, {"statistic": "mean"})
    >>> ax = tornado(ds, ax=Figure().subplots())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['People: benefits load', 'Technician: pay']
    """
    _check(ds, most)
    # By the swing; where both ends do the same, by what they do.
    order = np.lexsort((-_moves(ds), -np.abs(_swing(ds))))
    # What does nothing has no bar; the first stays, so that there is one.
    count = max(1, min(most, np.count_nonzero(_moves(ds))))
    shown = ds.isel(parameter=order[:count])
    rest = _swing(ds)[order[count:]]
    bars = [_bar(shown.isel(parameter=i)) for i in range(shown.sizes["parameter"])]
    ax = axes_or_new(ax, (9.0, 1.9 + 0.38 * len(bars)))
    _draw(ax, bars)
    _finish(ax, ds, bars, rest)
    return ax


def _check(ds: object, most: int) -> None:
    needed = ("low_change", "high_change", "low_input", "high_input", "base")
    known = isinstance(ds, xr.Dataset) and all(name in ds for name in needed)
    if not known or not isinstance(ds, xr.Dataset) or ds["low_change"].dims != ("parameter",):
        raise ValueError(
            f"ds must be what hcrisk.tornado returns, got {type(ds).__name__}; draw "
            "hcrisk.plot.tornado(hcrisk.tornado(scenario, strategy))"
        )
    if most < 1:
        raise ValueError(f"most must be at least 1, got {most!r}; write 12, or leave it out")


def _swing(ds: xr.Dataset) -> Floats:
    return np.asarray(ds["high_change"].values - ds["low_change"].values, dtype=float)


def _moves(ds: xr.Dataset) -> Floats:
    return np.asarray(np.abs(ds["high_change"].values) + np.abs(ds["low_change"].values))


def _bar(one: xr.Dataset) -> _Bar:
    name = input_words(str(one["parameter"].item()))
    unit = str(one["unit"].item()) if "unit" in one.coords else ""
    # A bare share or multiple is what a number without a unit is taken for.
    return _Bar(
        name if unit in ("", "1", "share", "multiple") else f"{name}, {unit}",
        (float(one["low_input"]), float(one["high_input"])),
        (measured(one, "low_change"), measured(one, "high_change")),
    )


def _draw(ax: Axes, bars: list[_Bar]) -> None:
    for place, (end, color, hatch) in enumerate(_ENDS):
        changes = [bar.changes[place] for bar in bars]
        ax.barh(
            np.arange(len(bars)),
            [change.value for change in changes],
            height=_HEIGHT,
            color=color,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.8,
            label=end,
            # Where both ends lie on one side, the shorter bar must not vanish behind the other.
            alpha=0.9,
        )
        for row, change in enumerate(changes):
            if change.is_bounded and change.half_width > 0:
                ax.plot([change.lower, change.upper], [row, row], color="black", linewidth=1.2)


def _finish(ax: Axes, ds: xr.Dataset, bars: list[_Bar], rest: Floats) -> None:
    currency, narrow = currency_of(ds), is_narrow(ax)
    width = _NARROW_NAME_WIDTH if narrow else _NAME_WIDTH
    names = [fitted(literal(bar.name), width, LETTER) for bar in bars]
    ax.set_yticks(np.arange(len(bars)), names, fontsize="small" if narrow else None)
    ax.set_ylim(len(bars) - (0.1 if len(rest) else 0.5), -0.6)
    ax.tick_params(axis="y", length=0)
    ax.axvline(0, color="black", linewidth=0.9)
    _write_values(ax, bars)
    money_axis(ax, "x", currency)
    if not narrow:
        ax.xaxis.set_major_locator(MaxNLocator(nbins=7))
    base = float(ds["base"])
    shown = literal(spoken(Figure(base, base, base), currency))
    ax.set_xlabel(fitted(f"Change from {shown} as it is, {currency}", width_of(ax), LETTER))
    whose = _whose(ds)
    plain_frame(ax, ds, f"What moves the {_statistic(ds)}{whose}")
    ax.spines["left"].set_visible(False)
    if len(rest):
        _note(ax, rest, currency)
    handles, _ = ax.get_legend_handles_labels()
    texts = [f"Input {end} (its P{100 * float(ds.attrs.get(end, level)):g})"
             for end, level in (("low", 0.1), ("high", 0.9))]  # fmt: skip
    legend_below(ax, handles, texts, ncols=1 if narrow else 2)


def _note(ax: Axes, rest: Floats, currency: str) -> None:
    """Say below the bars how many inputs have none, and how little they do."""
    reach = float(np.abs(rest).max())
    text = f"{len(rest)} more input{'s' if len(rest) > 1 else ''}"
    if reach > 0:
        text += f", {spoken(Figure(reach, reach, reach), currency)} from end to end at most"
    else:
        text += " without effect"
    ax.annotate(
        literal(text),
        (1.0, 0.0),
        xycoords="axes fraction",
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
        fontsize="small",
        color="#555555",
    )


def _write_values(ax: Axes, bars: list[_Bar]) -> None:
    """Write at the ends of each bar what the input was set to, and make room for it."""
    ends = [_reach(change) for bar in bars for change in bar.changes]
    left, right = min(low for low, _ in ends), max(high for _, high in ends)
    span = right - left or 1.0
    room = max(_VALUE_WIDTH / max(width_of(ax) - 2 * _VALUE_WIDTH, 1.0), 0.1) * span
    ax.set_xlim(left - room, right + room)
    if is_narrow(ax):
        return
    for row, bar in enumerate(bars):
        sides = [np.sign(change.value) for change in bar.changes]
        if sides[0] == sides[1]:
            # Both ends on one side: the values would stand upon each other.
            continue
        for place, change in enumerate(bar.changes):
            side = sides[place] or -sides[1 - place]
            at = _reach(change)[1 if side > 0 else 0]
            ax.annotate(
                literal(short(bar.inputs[place])),
                (at, row),
                xytext=(4 * side, 0),
                textcoords="offset points",
                ha="left" if side > 0 else "right",
                va="center",
                fontsize="small",
                color="#444444",
            )


def _reach(change: Figure) -> tuple[float, float]:
    """Return the ends of what is drawn of a change: the bar, and the line of its interval."""
    known = [change.lower, change.upper] if change.is_bounded else []
    return min(0.0, change.value, *known), max(0.0, change.value, *known)


def _statistic(ds: xr.Dataset) -> str:
    return statistic(str(ds.attrs.get("statistic", "mean"))).title


def _whose(ds: xr.Dataset) -> str:
    if "strategy" not in ds.coords:
        return ""
    names = [words(str(ds[key].item())) for key in ("strategy", "baseline") if key in ds.coords]
    return f" of {' less '.join(names)}"
