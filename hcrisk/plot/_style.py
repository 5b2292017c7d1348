"""What the plots share: who gets which colour, labels, and the axes to draw on."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from hcrisk.figures import counted
from hcrisk.measures._design import refuse_designed
from hcrisk.plot._money import MoneyFormatter, literal
from hcrisk.plot._room import BOLD_LETTER, SMALL_BOLD_LETTER, fitted, is_narrow, width_of
from hcrisk.variables import labels_of, slugs_of

# Okabe and Ito's palette without its yellow, which vanishes on white paper. Dark and light
# alternate, so that neighbours differ in grey.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9")
CURRENT = "#000000"
GUIDE = "#767676"
LONGEST_TITLE = 70
# Amounts that have room under narrow axes.
_FEW_TICKS = 4
_LINES: tuple[Any, ...] = ("--", "-.", ":", (0, (7, 2)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 2.5)))
_MARKERS = ("s", "^", "D", "v", "<", ">")
# So many strategies differ in colour or mark.
_DISTINCT = len(PALETTE) * len(_MARKERS)


class Look(NamedTuple):
    """How one strategy is drawn, the same in every plot."""

    color: str
    linestyle: Any
    marker: str


def looks(ds: xr.Dataset) -> dict[str, Look]:
    """Return each strategy's look: black and solid for the current one, by position for others.

    The position is that among all strategies of the scenario, so a selection changes no look. Of
    more strategies than there are looks, as of all combinations of arrangements, it is that among
    those drawn, so that no two of them are alike.

    Examples
    --------
    >>> ds = xr.Dataset(coords={"strategy": ["msp", "current"]}, attrs={"current": "current"})
    >>> looks(ds)["current"], looks(ds)["msp"].color
    (Look(color='#000000', linestyle='-', marker='o'), '#0072B2')
    """
    found, position = dict[str, Look](), 0
    drawn = [str(name) for name in ds["strategy"].values]
    known = slugs_of(ds, "strategy")
    if len(known) > _DISTINCT:
        known = [name for name in known if name in set(drawn)]
    for name in known:
        if name == ds.attrs.get("current"):
            found[name] = Look(CURRENT, "-", "o")
            continue
        i, position = position, position + 1
        # Where colours begin anew, lines and marks begin with the next.
        j = i + i // len(PALETTE)
        found[name] = Look(
            PALETTE[i % len(PALETTE)], _LINES[j % len(_LINES)], _MARKERS[j % len(_MARKERS)]
        )
    return {name: found[name] for name in drawn}


def display_names(ds: xr.Dataset, dim: str) -> dict[str, str]:
    """Return what to print for each slug of ``dim``: its label, or the slug as words.

    Examples
    --------
    >>> display_names(xr.Dataset(coords={"service": ["help_desk"]}), "service")
    {'help_desk': 'Help desk'}
    """
    return {slug: literal(name) for slug, name in labels_of(ds, dim).items()}


def axes_or_new(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """Return ``ax``, or the axes of a new pyplot figure of that size in inches."""
    if ax is not None:
        return ax
    # Imported here so that importing hcrisk.plot leaves pyplot, and the backend, alone.
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=size, layout="constrained")[1]


def money_axis(ax: Axes, which: str, currency: str) -> None:
    """Give the ``"x"`` or ``"y"`` axis money labels and a light grid."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_formatter(MoneyFormatter(currency))
    if which == "x" and is_narrow(ax):
        ax.xaxis.set_major_locator(MaxNLocator(nbins=_FEW_TICKS))
    ax.grid(axis="x" if which == "x" else "y", color="#E2E2E2", linewidth=0.7)
    ax.set_axisbelow(True)


def plain_frame(ax: Axes, ds: xr.Dataset, title: str) -> None:
    """Take away the upper and right frame; write whose result it is, and what is shown of it.

    What strategies were held to, if the result says so in ``limits``, is written below.
    """
    ax.spines[["top", "right"]].set_visible(False)
    whose = textwrap.shorten(str(ds.attrs.get("title", "")), LONGEST_TITLE, placeholder="...")
    narrow = is_narrow(ax)
    letter = SMALL_BOLD_LETTER if narrow else BOLD_LETTER
    limits = ds.attrs.get("limits", "")
    told = (whose, explained(title), f"Only within: {limits}" if limits else "")
    lines = [fitted(line, width_of(ax), letter) for line in told if line]
    size = "medium" if narrow else "large"
    ax.set_title(literal("\n".join(lines)), loc="left", fontsize=size, fontweight="bold")


def explained(text: str) -> str:
    """Return a text in which a tail mean is explained.

    Examples
    --------
    >>> explained("The TVaR 95 over 5 years"), explained("TVaR 99.5, USD")
    ('The TVaR 95 (mean of the worst 5%) over 5 years', 'TVaR 99.5 (mean of the worst 0.5%), USD')
    """
    return re.sub(
        r"TVaR (\d+(?:\.\d+)?)(?! \()",
        lambda found: f"{found[0]} (mean of the worst {100 - float(found[1]):.6g}%)",
        text,
    )


def currency_of(ds: xr.Dataset) -> str:
    """Return the currency code of a result."""
    return str(ds.attrs.get("currency", "USD"))


def horizon(ds: xr.Dataset) -> str:
    """Return " over 5 years", or nothing where the result has no years."""
    return f" over {counted(ds.sizes['year'], 'years')}" if "year" in ds.sizes else ""


def required(ds: xr.Dataset, name: str, dims: Sequence[str]) -> xr.DataArray:
    """Return variable ``name``, or say that a plot needs it with these dimensions."""
    if not isinstance(ds, xr.Dataset):
        raise TypeError(
            f"ds must be the xarray.Dataset that simulate returns, got {type(ds).__name__}; "
            f"pass the whole result"
        )
    if "path" in dims:
        refuse_designed(ds)
    if name not in ds or set(ds[name].dims) != set(dims):
        _refuse_dropped(ds, name, dims)
        got = ds[name].dims if name in ds else "no such variable"
        raise ValueError(
            f"ds[{name!r}] must have the dimensions {tuple(dims)}, got {got}; "
            f"pass a result of simulate with detail='default' or 'full'"
        )
    return ds[name]


def _refuse_dropped(ds: xr.Dataset, name: str, dims: Sequence[str]) -> None:
    """Say how to select one value and keep its dimension, if that is what is wrong."""
    missing = [dim for dim in dims if name in ds and dim not in ds[name].dims]
    for dim in missing:
        one = repr(ds[dim].item()) if dim in ds.coords and not ds[dim].ndim else "..."
        raise ValueError(
            f"ds[{name!r}] must have the dimensions {tuple(dims)}, but has lost {dim!r}; "
            f"keep it by a list of one: ds.sel({dim}=[{one}])"
        )
