"""Drawing to SVG text that is the same for the same drawing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

# An SVG has so many units to the inch.
POINTS = 72.0
# Text stays text: it can be searched, read aloud and set in the reader's font.
_STYLE: dict[Any, Any] = {"svg.fonttype": "none", "font.size": 10.0, "path.simplify_threshold": 0.5}
# What would otherwise say when and by what the picture was made.
_NOTHING = {"Date": None, "Creator": None, "Format": None, "Type": None}


def drawn_svg(draw: Callable[[Axes], object], size: tuple[float, float], salt: str) -> str:
    """Return a drawing as SVG text without a background.

    Parameters
    ----------
    draw
        What draws on the axes it is given.
    size
        Width and height in inches.
    salt
        What the names of its parts are made from: another one for every drawing of a page.

    Returns
    -------
    str

    Examples
    --------
    >>> def line(ax):
    ...     ax.plot([0, 1], [0, 1])
    >>> drawn_svg(line, (4, 3), "a") == drawn_svg(line, (4, 3), "a")
    True
    """
    with mpl.rc_context({**_STYLE, "svg.hashsalt": salt}):
        figure = Figure(figsize=size, layout="constrained", dpi=POINTS)
        axes = figure.subplots()
        axes.set_facecolor("none")
        draw(axes)
        _anchor_lines(figure)
        text = io.StringIO()
        figure.savefig(text, format="svg", facecolor="none", metadata=_NOTHING)
    return text.getvalue()


def _anchor_lines(figure: Figure) -> None:
    """Name each text of several lines by what they are aligned to, such as ``end@120.5``.

    Matplotlib places such lines by their left ends, as wide as its own font makes them; in the
    reader's font they would not be flush.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for text in figure.findobj(Text):
        if not isinstance(text, Text) or "\n" not in text.get_text() or text.get_rotation():
            continue
        box, side = text.get_window_extent(), text.get_horizontalalignment()
        if side == "right":
            text.set_gid(f"end@{box.x1:.2f}")
        elif side == "center":
            text.set_gid(f"middle@{(box.x0 + box.x1) / 2:.2f}")
