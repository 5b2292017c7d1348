"""How cells look."""

from __future__ import annotations

from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

INK, QUIET, WHITE = "FF1F2937", "FF6B7280", "FFFFFFFF"
HEAD_FILL = PatternFill("solid", fgColor="FF1F3A5F")
SECTION_FILL = PatternFill("solid", fgColor="FFC9D6E5")
GROUP_FILL = PatternFill("solid", fgColor="FFEDF1F5")
INPUT_FILL = PatternFill("solid", fgColor="FFFFF7CC")
HAIR = Side("thin", color="FFD1D5DB")
LINE = Border(bottom=HAIR)
BOX = Border(left=HAIR, right=HAIR, top=HAIR, bottom=HAIR)
FONT = "Calibri"
TITLE = Font(FONT, size=16, bold=True, color=INK)
HEAD = Font(FONT, size=10, bold=True, color=WHITE)
BOLD = Font(FONT, size=10, bold=True, color=INK)
TEXT = Font(FONT, size=10, color=INK)
NOTE = Font(FONT, size=10, italic=True, color=QUIET)
FAINT = Font(FONT, size=8, color=QUIET)
WRAPPED = Alignment(wrap_text=True, vertical="top", horizontal="left", indent=1)
CENTRED = Alignment(wrap_text=True, vertical="center", horizontal="left")
INPUT = Alignment(vertical="top")
UNWRAPPED = Alignment(wrap_text=False)
RIGHT = Alignment(wrap_text=True, vertical="top", horizontal="right", indent=1)
FREE = Protection(locked=False)

PERCENT, WHOLE, PLAIN = "0.0##%", "#,##0", "General"


def write(cell: Any, value: Any, font: Font = TEXT, alignment: Alignment = WRAPPED) -> Any:
    """Put a value into a cell, text as text even where it looks like a formula."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in ("=", "+", "-", "@")
    cell.font = font
    cell.alignment = alignment
    return cell


def number_format(value: Any, percent: bool) -> str:
    """Return how a number is shown.

    Examples
    --------
    >>> number_format(64000.0, False), number_format(0.22, True), number_format(4.3, False)
    ('#,##0', '0.0##%', 'General')
    """
    if percent:
        return PERCENT
    large = isinstance(value, int | float) and abs(value) >= 1000
    return WHOLE if large else PLAIN
