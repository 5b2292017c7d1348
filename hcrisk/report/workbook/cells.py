"""What may stand in a cell, and the formulas there are, with the values they come to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from hcrisk.figures import Figure


class Formula(NamedTuple):
    """A formula and what it comes to, which is stored beside it."""

    text: str
    value: float


class Link(NamedTuple):
    """A place in this workbook or on the web, and the text that leads there."""

    address: str
    text: str


class Shown(NamedTuple):
    """A content shown otherwise than its column: as another kind, or in another number format."""

    content: str | float | Formula
    kind: str
    number: str = ""


Content = str | float | Formula | Link | Shown | None


def number_in(content: Content) -> float | None:
    """Return the number that a cell shows, None if it shows none.

    Examples
    --------
    >>> number_in(Shown(Formula("=A1", 2.0), "money")), number_in("text")
    (2.0, None)
    """
    if isinstance(content, Shown):
        content = content.content
    if isinstance(content, Formula):
        content = content.value
    return float(content) if isinstance(content, float | int) else None


def total(cells: str, values: Sequence[float]) -> Formula:
    """Return the sum of cells.

    Examples
    --------
    >>> total("B2:B3", [1.0, 2.0])
    Formula(text='=SUM(B2:B3)', value=3.0)
    """
    return Formula(f"=SUM({cells})", math.fsum(values))


def difference(cell: str, other: str, values: tuple[float, float]) -> Formula:
    """Return one cell less another.

    Examples
    --------
    >>> difference("B2", "C2", (3.0, 1.0))
    Formula(text='=B2-C2', value=2.0)
    """
    return Formula(f"={cell}-{other}", values[0] - values[1])


def share(cell: str, whole: str, values: tuple[float, float]) -> Formula:
    """Return a cell's share of another, 0 where there is nothing to share.

    Examples
    --------
    >>> share("B2", "B$9", (1.0, 4.0))
    Formula(text='=IF(B$9=0,0,B2/B$9)', value=0.25)
    """
    value, size = values
    return Formula(f"=IF({whole}=0,0,{cell}/{whole})", value / size if size else 0.0)


def bounds(figure: Figure) -> tuple[float | None, float | None]:
    """Return the ends of an interval as two cells, empty where paths are too few."""
    return (figure.lower, figure.upper) if figure.is_bounded else (None, None)


def half_width(cells: Sequence[str], figure: Figure) -> Formula | None:
    """Return the distance of a figure's farther bound, from the cells of all three."""
    if not figure.is_bounded:
        return None
    value, lower, upper = cells
    return Formula(f"=MAX({upper}-{value},{value}-{lower})", figure.half_width)
