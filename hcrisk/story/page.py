"""A story as a page of 80 columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from hcrisk.figures import Figure, counted, money, spoken, symbol, unit_of
from hcrisk.story.gather import gathered
from hcrisk.variables import labels_of

if TYPE_CHECKING:
    from hcrisk.story.record import Event, Story

WIDTH = 80
MONTH_WIDTH = 7
AMOUNT_WIDTH = 11
NAME_WIDTH = 26
LEAST_COLUMN = 9
TOTAL = "All"


def render(story: Story, every: bool = False) -> str:
    """Return a story as lines of at most 80 columns.

    Parameters
    ----------
    story : Story
    every : bool
        Tell every event by itself, also those of which a year has many.

    Returns
    -------
    str
        Without a line break at the end.
    """
    title = textwrap.shorten(f"{story.title}: {story.label}", WIDTH - 4, placeholder="...")
    about = (
        f"One future of many: path {story.path}, seed {story.seed}. It costs "
        f"{spoken(_exact(story.total), story.currency)} over "
        f"{counted(len(story.discount), 'years')}, discounted. Months count from 1."
    )
    if story.weight != 1.0:
        about += (
            f" It was sought out: among futures drawn evenly it would weigh {story.weight:.2g}."
        )
    lines = [f"{title} ".ljust(WIDTH, "="), *textwrap.wrap(about, WIDTH)]
    year = 0
    for event in story.events if every else gathered(story.events):
        if int(event.time) + 1 != year:
            year = int(event.time) + 1
            lines.append(f"Year {year} ".ljust(WIDTH, "-"))
        lines += _told(event, story.currency)
    return "\n".join([*lines, *_yearly(story)])


def _exact(value: float) -> Figure:
    return Figure(value, value, value)


def _told(event: Event, currency: str) -> list[str]:
    """Return an event: its month, what happens, what it costs."""
    width = WIDTH - MONTH_WIDTH - AMOUNT_WIDTH
    texts = textwrap.wrap(event.text, width)
    # What costs nothing is told without a price.
    amount = "" if not event.amount else spoken(_exact(event.amount), currency)
    lines = [f"{'':{MONTH_WIDTH}}{text}" for text in texts]
    lines[0] = f"{event.month:>{MONTH_WIDTH - 2}}  {texts[0]}"
    lines[-1] = f"{lines[-1]:<{MONTH_WIDTH + width}}{amount:>{AMOUNT_WIDTH}}".rstrip()
    return lines


def _yearly(story: Story) -> list[str]:
    """Return the cost by component and year."""
    count, yearly = len(story.discount), story.yearly
    # A thousandth of the whole: the parts of millions in thousands.
    scale, letter = unit_of(abs(story.total) / 1e3)
    names = labels_of(yearly.to_dataset(), "component")
    rows = {
        names[str(slug)]: yearly.sel(component=slug).values.tolist()
        for slug in yearly["component"].values
        if (yearly.sel(component=slug) != 0.0).any()
    }
    cost = yearly.sum("component").values.tolist()
    rows["Cost"] = cost
    rows["Discounted"] = [c * d for c, d in zip(cost, story.discount, strict=True)]
    where = f"{symbol(story.currency).strip()}{letter}" if letter else story.currency
    columns = {f"Year {y + 1}": [values[y] for values in rows.values()] for y in range(count)}
    columns[TOTAL] = [sum(values) for values in rows.values()]
    shown = {
        head: [head, *(money(_exact(c), "", (scale, ""), step=scale) for c in cells)]
        for head, cells in columns.items()
    }
    margin = ["", *(textwrap.shorten(name, NAME_WIDTH, placeholder="...") for name in rows)]
    return [f"Cost by year in {where} ".ljust(WIDTH, "-"), *_abreast(margin, list(shown.values()))]


def _abreast(margin: list[str], columns: list[list[str]]) -> list[str]:
    """Return columns beside a margin, as many at a time as the page is wide, with space between."""
    width = max(LEAST_COLUMN, 1 + max(len(text) for column in columns for text in column))
    most = max((WIDTH - NAME_WIDTH) // width, 1)
    lines = []
    for first in range(0, len(columns), most):
        for name, *texts in zip(margin, *columns[first : first + most], strict=True):
            cells = "".join(f"{text:>{width}}" for text in texts)
            lines.append(f"{name:<{NAME_WIDTH}}{cells}")
    return lines
