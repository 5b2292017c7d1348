"""Amounts with their intervals in the cells of a table."""

from __future__ import annotations

from collections.abc import Sequence

from hcrisk.figures import (
    NO_INTERVAL,
    Figure,
    common_unit,
    money,
    money_margin,
    rounded,
    supported_step,
)
from hcrisk.report.columns import Row

# Beside an amount with too few paths for an interval.
UNKNOWN = "±?"


def money_row(
    name: str,
    figures: Sequence[Figure | None],
    currency: str,
    room: int,
    *,
    floors: Sequence[tuple[float, float]] = (),
) -> Row:
    """Return a row of amounts in one unit, each with what its interval adds and takes away.

    That stands beside the amount, or below it where one of the row has no room for both.

    Parameters
    ----------
    name
        Name of the row.
    figures
        One per column; None leaves a dash.
    currency
        Currency code.
    room
        Width of a cell.
    floors
        What rounding may not take the figures below, one per column if any: amounts as shown and
        the place values of their last digits.

    Returns
    -------
    Row

    Examples
    --------
    >>> money_row("Mean", [Figure(6.432e6, 6.409e6, 6.455e6), None], "USD", 14).cells
    [['$6.43M ±0.03'], ['-']]
    """
    known = [figure for figure in figures if figure is not None]
    unit, steps = common_unit(known), iter(even_steps(known))
    cells = []
    for i, figure in enumerate(figures):
        if figure is None:
            cells.append(["-"])
            continue
        step = next(steps)
        if floors:
            step = step_above(figure, floors[i], step)
        margin = money_margin(figure, unit, step=step)
        amount = money(figure, currency, unit, step=step)
        cells.append([amount, UNKNOWN if margin == NO_INTERVAL else margin])
    beside = [[" ".join(cell)] for cell in cells]
    return Row(name, beside if all(len(cell[0]) <= room for cell in beside) else cells)


def even_steps(figures: Sequence[Figure]) -> list[float]:
    """Return the place value of each figure's last digit, one row's as even as is true.

    Examples
    --------
    >>> even_steps([Figure(5e6, 4.99e6, 5.01e6), Figure(5e6, 4.8e6, 5.2e6), Figure(5e6, 0, 1e7)])
    [10000.0, 1000000.0, 1000000.0]
    """
    steps = [supported_step(figure) for figure in figures]
    coarsest = max(steps, default=1.0)
    # Fewer digits than the interval supports are still true: one less makes a row even.
    return [coarsest if coarsest <= 10 * step else step for step in steps]


def step_above(figure: Figure, floor: tuple[float, float], step: float) -> float:
    """Return the step, or a finer one that does not round the figure below another one.

    Parameters
    ----------
    figure
        The figure, not below the other one.
    floor
        The other one as it is shown, and the place value of its last digit.
    step
        Place value of the last digit.

    Returns
    -------
    float

    Examples
    --------
    >>> from math import inf
    >>> step_above(Figure(93_400.0, -inf, inf), (93_100.0, 100.0), 10_000.0)
    100.0
    >>> step_above(Figure(98_000.0, -inf, inf), (93_100.0, 100.0), 10_000.0)
    10000.0
    """
    amount, finest = floor
    while rounded(figure.value, step) < amount and step > finest:
        step /= 10
    return step
