"""Text in columns on a page of 80."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

WIDTH = 80
NAME_WIDTH = 20
WIDEST = 20


class Row(NamedTuple):
    """A named row; each of its cells has one or more lines."""

    name: str
    cells: Sequence[Sequence[str]]


def column_width(count: int) -> int:
    """Return the width of each of ``count`` columns beside the rows' names.

    Examples
    --------
    >>> column_width(2), column_width(4)
    (20, 15)
    """
    return min(WIDEST, (WIDTH - NAME_WIDTH) // max(count, 1))


def table(headings: Sequence[str], rows: Sequence[Row]) -> list[str]:
    r"""Return the lines of a table whose columns are flush right.

    Parameters
    ----------
    headings
        One per column, wrapped where they are long.
    rows
        Rows with as many cells.

    Returns
    -------
    list of str

    Examples
    --------
    >>> print("\n".join(table(["Insource"], [Row("Mean", [["$6.4M", "6.3-6.5"]])])))
                                    Insource
    Mean                               $6.4M
                                     6.3-6.5
    """
    width = column_width(len(headings))
    tops = [textwrap.wrap(heading, width - 1) or [""] for heading in headings]
    deepest = max(len(top) for top in tops)
    # Headings stand on the rows, however many lines they take.
    lines = _lines("", [[""] * (deepest - len(top)) + top for top in tops], width)
    for row in rows:
        lines += _lines(row.name, row.cells, width)
    return lines


def wrapped(text: str, indent: str = "") -> list[str]:
    """Return text in lines that fit the page."""
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def unit_words(unit: str) -> str:
    """Return a unit as people say it.

    Examples
    --------
    >>> unit_words("USD/user/month"), unit_words("1/year"), unit_words("share")
    ('USD per user per month', 'per year', '')
    """
    # A bare share or multiple is what a number without a unit is taken for.
    return "" if unit in ("share", "multiple") else unit.replace("/", " per ").removeprefix("1 ")


def broken_path(path: str, width: int) -> list[str]:
    """Return a dotted path in lines of at most ``width``, broken after its dots if possible.

    Examples
    --------
    >>> broken_path("services.help_desk.gap_rate", 20)
    ['services.help_desk.', '  gap_rate']
    """
    lines = [""]
    for part in re.findall(r"[^.]+\.?", path):
        if lines[-1].strip() and len(lines[-1]) + len(part) > width:
            lines.append("  ")
        lines[-1] += part
    return [piece for line in lines for piece in textwrap.wrap(line, width)]


def _lines(name: str, cells: Sequence[Sequence[str]], width: int) -> list[str]:
    names = textwrap.wrap(name, NAME_WIDTH - 1) or [""]
    depth = max(len(names), *(len(cell) for cell in cells))
    lines = []
    for i in range(depth):
        left = names[i] if i < len(names) else ""
        parts = [(cell[i] if i < len(cell) else "").rjust(width) for cell in cells]
        lines.append((left.ljust(NAME_WIDTH) + "".join(parts)).rstrip())
    return lines
