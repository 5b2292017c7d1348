"""What fits: titles and legends on axes of any width."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.transforms import ScaledTranslation

# Below this width in inches there is no room for a legend beside or upon the curves.
NARROW = 5.0
# Inches that a letter takes up, about: of a bold title, of a bold title on narrow axes, of text.
BOLD_LETTER = 0.106
SMALL_BOLD_LETTER = 0.084
LETTER = 0.07
# Automatic layouts widen axes by about this much once everything is drawn.
_WIDENED = 1.1
_FEWEST_LETTERS = 12
# Inches: a line of a small legend, and what the axis has below it.
_LEGEND_LINE = 0.2
_BELOW_AXIS = 0.5


def width_of(ax: Axes) -> float:
    """Return the width of axes in inches, as well as it is known before they are drawn.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> round(width_of(Figure(figsize=(8, 5)).subplots()), 2)
    6.2
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        return NARROW
    inches = ax.get_window_extent().width / figure.dpi
    return float(inches * (1.0 if figure.get_layout_engine() is None else _WIDENED))


def is_narrow(ax: Axes) -> bool:
    """Return whether axes are one of several side by side, or as small."""
    return width_of(ax) < NARROW


def fitted(text: str, width: float, letter: float) -> str:
    """Return text broken into lines that fit a width in inches.

    Examples
    --------
    >>> print(fitted("Chance of exceeding a cost", 2.0, 0.1))
    Chance of exceeding
    a cost
    """
    return "\n".join(textwrap.wrap(text, max(int(width / letter), _FEWEST_LETTERS)))


def legend_below(
    ax: Axes, handles: Sequence[Artist], labels: Sequence[str], *, ncols: int = 1, **style: Any
) -> Legend:
    """Put a legend under narrow axes, which give up the height it needs."""
    figure = ax.get_figure(root=True)
    height = ax.get_window_extent().height / (figure.dpi if figure is not None else 100.0)
    lines = -(-sum(label.count("\n") + 1 for label in labels) // ncols)
    title = style.get("title")
    needed = (lines + (title.count("\n") + 1 if title else 0)) * _LEGEND_LINE
    if figure is not None and figure.get_layout_engine() is None:
        # Nothing else makes room where the layout is not automatic.
        box = ax.get_position()
        share = min(needed / height, 0.5)
        ax.set_position((box.x0, box.y0 + share * box.height, box.width, (1 - share) * box.height))
    below = ax.transAxes
    if figure is not None:
        below = below + ScaledTranslation(0, -_BELOW_AXIS, figure.dpi_scale_trans)
    return ax.legend(
        handles,
        labels,
        frameon=False,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        bbox_transform=below,
        borderaxespad=0.0,
        ncols=ncols,
        fontsize="small",
        **style,
    )
