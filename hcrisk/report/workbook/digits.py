"""How many digits the cells of a table show: no more than the intervals beside them support.

The rule, for every row of every table. A figure has an interval where the columns to its right are
headed Lower and Upper, or ± at most. It is shown to the last digit that the interval supports
(`hcrisk.figures.supported_step`), and so are the ends; ± is rounded up to that digit. The amounts
of a row share one unit. What has no interval of its own in such a row, such as a difference of two
figures, shows no more digits than the coarsest of them. Cells hold amounts and shares in full,
except ±.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from hcrisk.figures import Figure, common_unit, rounded, supported_step
from hcrisk.report.workbook.cells import Content, Formula, Shown, number_in
from hcrisk.report.workbook.style import human_format, rounded_format, share_format

LOWER, UPPER, MARGIN = "Lower", "Upper", "± at most"
_SHARES = ("percent", "chance")


class Bounded(NamedTuple):
    """Where a figure of a table stands, and its bounds or its margin; None where there is none."""

    value: int
    ends: tuple[int, int] | None
    margin: int | None


def bounded(heads: Sequence[str]) -> list[Bounded]:
    """Return which columns of a table have an interval beside them.

    Examples
    --------
    >>> bounded(["Mean", "Lower", "Upper", "± at most", "Share"])
    [Bounded(value=0, ends=(1, 2), margin=3)]
    >>> bounded(["Year", "Mean", "± at most"])
    [Bounded(value=1, ends=None, margin=2)]
    """
    found = list[Bounded]()
    for i in range(1, len(heads)):
        if heads[i : i + 2] == [LOWER, UPPER]:
            margin = i + 2 if heads[i + 2 : i + 3] == [MARGIN] else None
            found.append(Bounded(i - 1, (i, i + 1), margin))
        elif heads[i] == MARGIN and heads[i - 1] != UPPER:
            found.append(Bounded(i - 1, None, i))
    return found


def as_known(heads: Sequence[str], kinds: Sequence[str], row: Sequence[Content],
             currency: str) -> list[Content]:  # fmt: skip
    """Return a row of a table with the number formats that the rule of this module gives it.

    Cells that have a number format already keep it.

    Examples
    --------
    >>> heads, kinds = ["What", "Mean", "Lower", "Upper"], ["text", *["money"] * 3]
    >>> row = as_known(heads, kinds, ["A", 6_432_100.0, 6_409_000.0, 6_455_000.0], "USD")
    >>> row[1].number.split(";")[0], row[1].content
    ('"$"#,##0.00,,"M"', 6432100.0)
    """
    cells: list[Content]
    cells = [Shown(one, kind) if isinstance(one, float | int | Formula) else one
             for one, kind in zip(row, kinds, strict=True)]  # fmt: skip
    places = [(one, figure) for one in bounded(heads)
              if (figure := _figure(one, cells)) is not None]  # fmt: skip
    money = [(one, figure) for one, figure in places if _kind(cells[one.value]) == "money"]
    steps = [supported_step(figure) for _, figure in money]
    unit = common_unit(figure for _, figure in money)
    for (one, figure), step in zip(money, steps, strict=True):
        for i in (one.value, *(one.ends or ())):
            cells[i] = _formatted(
                cells[i], rounded_format(currency, unit, step, number_in(cells[i]))
            )
        _set_margin(cells, one, figure, step, human_format(currency, unit, step))
    if money:
        coarsest = max(steps)
        for i, cell in enumerate(cells):
            if _kind(cell) == "money" and not _is_formatted(cell):
                form = rounded_format(currency, unit, coarsest, number_in(cell))
                cells[i] = _formatted(cell, form)
    for one, figure in places:
        if _kind(cells[one.value]) in _SHARES:
            step = share_step(figure)
            for i in (one.value, *(one.ends or ())):
                form = share_format(step, _kind(cells[i]) == "chance")
                cells[i] = _formatted(cells[i], form)
            _set_margin(cells, one, figure, step, share_format(step))
        elif _kind(cells[one.value]) == "plain" and figure.is_bounded:
            _round_plain(cells, one, figure)
    return cells


def share_step(figure: Figure) -> float:
    """Return the last digit of a share: tenths of a percent, whole percents if less is known.

    Examples
    --------
    >>> share_step(Figure(0.713, 0.71, 0.716)), share_step(Figure(0.71, 0.68, 0.74))
    (0.001, 0.01)
    """
    return 0.001 if figure.half_width < 0.01 else 0.01


def known(figure: Figure, currency: str) -> str:
    """Return the number format of an amount by itself, from its interval.

    Examples
    --------
    >>> known(Figure(6_432_100.0, 6_409_000.0, 6_455_000.0), "USD").split(";")[0]
    '"$"#,##0.00,,"M"'
    """
    return rounded_format(currency, common_unit([figure]), supported_step(figure), figure.value)


def margin_cell(half: float, beside: Figure, currency: str) -> Shown:
    """Return a margin rounded up to the last digit of the amounts beside it.

    Examples
    --------
    >>> margin_cell(12_300.0, Figure(6_432_100.0, 6_409_000.0, 6_455_000.0), "USD").content
    20000.0
    """
    step = supported_step(beside)
    form = human_format(currency, common_unit([beside]), step)
    return Shown(math.ceil(half / step) * step, "money", form)


def _round_plain(cells: list[Content], one: Bounded, figure: Figure) -> None:
    """Round a number that is no amount, with its ends, in the cells: no format rounds to tens."""
    step = supported_step(figure)
    decimals = max(0, -round(math.log10(step)))
    form = "#,##0" + ("." + "0" * decimals if decimals else "")
    for i in (one.value, *(one.ends or ())):
        number = number_in(cells[i])
        if number is not None:
            cells[i] = Shown(rounded(number, step), "plain", form)


def _figure(one: Bounded, cells: Sequence[Content]) -> Figure | None:
    """Return a figure with its interval from its cells; None if there is no figure."""
    value = number_in(cells[one.value])
    if value is None:
        return None
    if one.ends is not None:
        ends = [number_in(cells[i]) for i in one.ends]
        if ends[0] is None or ends[1] is None:
            return Figure(value, -math.inf, math.inf)
        return Figure(value, ends[0], ends[1])
    half = None if one.margin is None else number_in(cells[one.margin])
    half = math.inf if half is None else half
    return Figure(value, value - half, value + half)


def _set_margin(cells: list[Content], one: Bounded, figure: Figure, step: float, form: str) -> None:
    """Round a margin up to the digit shown, in the cell itself: no format rounds up."""
    if one.margin is None or not figure.is_bounded or figure.half_width == 0.0:
        return
    cell = cells[one.margin]
    content = cell.content if isinstance(cell, Shown) else cell
    half = number_in(cell) or 0.0
    above = math.ceil(half / step) * step
    if isinstance(content, Formula):
        digits = -round(math.log10(step))
        content = Formula(f"=ROUNDUP({content.text.removeprefix('=')},{digits})", above)
    else:
        content = above
    cells[one.margin] = Shown(content, "money", form)


def _formatted(cell: Content, form: str) -> Content:
    if not isinstance(cell, Shown) or cell.number:
        return cell
    return cell._replace(number=form)


def _is_formatted(cell: Content) -> bool:
    return isinstance(cell, Shown) and bool(cell.number)


def _kind(cell: Content) -> str:
    return cell.kind if isinstance(cell, Shown) else ""
