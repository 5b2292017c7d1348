"""How a workbook to fill in is laid out: what its writer and its reader agree on."""

from __future__ import annotations

from typing import NamedTuple

SUFFIX = ".xlsx"
# Goes up when a workbook of this layout can no longer be read as it was meant.
FORMAT = 1
START, RECORD, OFFER, MORE = "Start", "_hcrisk", "Offer", "More"
# The row that holds the titles of the columns; what is above is for the eye.
HEAD = 3
# Rows at the end of the last sheet for paths of the user's own.
SPARE = 40
YES, NO = "yes", "no"
# What a workbook says beyond a scenario file: whether the partner on its sheet is added, and a
# measure on its own of a list of them.
ADD_OFFER = "offer"
WITHOUT = "without"
CONFIDENCES = ("high", "medium", "low")
DEFAULT_CONFIDENCE = "medium"


class Column(NamedTuple):
    """A column: what the code calls it, its title, its width in characters."""

    key: str
    title: str
    width: float


COLUMNS = (
    Column("what", "What it is", 42),
    Column("shipped", "Shipped value", 16),
    Column("range", "Its range", 21),
    Column("unit", "Unit", 15),
    Column("value", "Your value", 13),
    Column("low", "Your low", 11),
    Column("mode", "Your most likely", 11),
    Column("high", "Your high", 11),
    Column("shape", "Shape of your range", 15),
    Column("source", "Your source", 22),
    Column("confidence", "How sure", 9),
    Column("shipped_source", "Where the shipped value is from", 32),
    Column("shipped_confidence", "Its confidence", 11),
    Column("path", "Path", 46),
)
# What the column of ranges holds where nothing is shipped.
EXAMPLE = "Example or default"
# Columns of the record sheet.
RECORDED = ("path", "shipped")


class Shape(NamedTuple):
    """A shape of a range: its family, and the parameter that each of the three columns gives."""

    family: str
    parameters: dict[str, str]


SHAPES = {
    "triangle": Shape("triangular", {"low": "low", "mode": "mode", "high": "high"}),
    "PERT": Shape("pert", {"low": "low", "mode": "mode", "high": "high"}),
    "even": Shape("uniform", {"low": "low", "high": "high"}),
    "normal P10-P90": Shape("normal", {"low": "p10", "high": "p90"}),
    "lognormal P10-P90": Shape("lognormal", {"low": "p10", "high": "p90"}),
    "lognormal P50-P90": Shape("lognormal", {"mode": "p50", "high": "p90"}),
}
DEFAULT_SHAPE = "triangle"


def title_of(key: str) -> str:
    """Return the title of a column.

    Examples
    --------
    >>> title_of("mode")
    'Your most likely'
    """
    return next(column.title for column in COLUMNS if column.key == key)
