"""How cells look: number formats, colours, and each format made once."""

from __future__ import annotations

import math
from typing import Any

from hcrisk.figures import UNITS, symbol

INK, QUIET, WHITE = "#1F2937", "#6B7280", "#FFFFFF"
# As is usual in finance: what was put in, here by the simulation, is blue; formulas are black.
SIMULATED, LINKED = "#1F4E9E", "#0B4F8A"
HEAD_FILL, TOTAL_FILL = "#1F3A5F", "#EDF1F5"
HAIR = "#D1D5DB"
CONFIDENCE_FILL = {"low": "#FBE3C8", "medium": "#FDF6DD"}
FONT = "Calibri"
PERCENT, SHARE, COUNT, FACTOR = "0.0%", "0%", "#,##0", "0.000000"
# Simulated chances are never all or nothing; margins may be small.
CHANCE, MARGIN = '[<0.0005]"<0.1%";[>=0.9995]">99.9%";0.0%', "0.00%"
# So many digits at least of numbers that are no amounts.
DIGITS = 3
NUMERIC = ("money", "percent", "share", "chance", "margin", "count", "plain", "factor")
# Text that a spreadsheet takes for a formula once somebody edits the cell.
FORMULA_LIKE = ("=", "+", "-", "@")


def money_format(currency: str) -> str:
    """Return the number format of whole amounts.

    Examples
    --------
    >>> money_format("USD").split(";")[:2]
    ['"$"#,##0', '-"$"#,##0']
    """
    amount = f'"{symbol(currency)}"#,##0'
    return f'{amount};-{amount};"\N{EN DASH}"'


def human_format(currency: str, unit: tuple[float, str], step: float) -> str:
    """Return the number format of amounts in thousands, millions or billions.

    No format rounds to tens: where that is called for, the next larger unit is taken.

    Parameters
    ----------
    currency
        Currency code.
    unit
        Scale and letter, as `hcrisk.figures.common_unit` gives them.
    step
        Place value of the last digit shown.

    Returns
    -------
    str

    Examples
    --------
    >>> human_format("USD", (1e6, "M"), 1e4)
    '"$"#,##0.00,,"M"'
    >>> human_format("EUR", (1e3, "K"), 1e3), human_format("EUR", (1e3, "K"), 1e4)
    ('"€"#,##0,"K"', '"€"#,##0.00,,"M"')
    """
    scale, letter = next((one for one in UNITS if one[0] >= max(unit[0], step)), UNITS[-1])
    decimals = max(0, round(math.log10(scale / step)))
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    thousands = "," * next(i for i, (size, _) in enumerate(UNITS) if size == scale)
    shown = f'"{symbol(currency)}"{digits}{thousands}'
    return shown + (f'"{letter}"' if letter else "")


def rounded_format(currency: str, unit: tuple[float, str], step: float, value: float | None) -> str:
    """Return the same for one amount: a dash for none, no minus before what is rounded to none.

    Examples
    --------
    >>> rounded_format("USD", (1e6, "M"), 1e4, -2e5).split(";")[:2]
    ['"$"#,##0.00,,"M"', '-"$"#,##0.00,,"M"']
    >>> rounded_format("USD", (1e6, "M"), 1e4, -2e3).split(";")[:2]
    ['"$"#,##0.00,,"M"', '"$"#,##0.00,,"M"']
    """
    form = human_format(currency, unit, step)
    sign = "" if value is not None and abs(value) < step / 2 else "-"
    return f'{form};{sign}{form};"\N{EN DASH}"'


def share_format(step: float, never_all: bool = False) -> str:
    """Return the number format of a share, in whole percents or tenths of one.

    ``never_all`` is for chances that were simulated, which are never all or nothing.

    Examples
    --------
    >>> share_format(0.001), share_format(0.01)
    ('0.0%', '0%')
    >>> share_format(0.01, never_all=True)
    '[<0.005]"<1%";[>=0.995]">99%";0%'
    """
    form = "0.0%" if step < 0.01 else "0%"
    if not never_all:
        return form
    least, most = ("<0.1%", ">99.9%") if step < 0.01 else ("<1%", ">99%")
    return f'[<{step / 2:g}]"{least}";[>={1 - step / 2:g}]"{most}";{form}'


def plain_format(value: float) -> str:
    """Return the number format of a number that is no amount: three digits at least.

    Examples
    --------
    >>> plain_format(63_960.4), plain_format(12.345), plain_format(0.0123), plain_format(3.0)
    ('#,##0', '#,##0.0', '0.0000', '#,##0')
    """
    if value == round(value) or not math.isfinite(value):
        return COUNT
    decimals = max(0, DIGITS - 1 - math.floor(math.log10(abs(value))))
    return ("#,##0" if abs(value) >= 1 else "0") + ("." + "0" * decimals if decimals else "")


class Styles:
    """The formats of one workbook.

    Parameters
    ----------
    workbook
        Of xlsxwriter.
    currency
        Currency code.
    """

    def __init__(self, workbook: Any, currency: str) -> None:
        self._workbook, self.currency = workbook, currency
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._numbers = {
            "money": money_format(currency),
            "percent": PERCENT,
            "share": SHARE,
            "chance": CHANCE,
            "margin": MARGIN,
            "count": COUNT,
            "factor": FACTOR,
        }

    def __call__(self, kind: str = "text", **properties: Any) -> Any:
        """Return the format of a kind of cell, changed by properties as xlsxwriter names them."""
        whole = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "top"}
        if kind in self._numbers:
            whole |= {"num_format": self._numbers[kind]}
        elif kind == "wrapped":
            whole |= {"text_wrap": True}
        elif kind == "head":
            whole |= {
                "bold": True, "font_color": WHITE, "bg_color": HEAD_FILL, "text_wrap": True,
                "valign": "vcenter",
            }  # fmt: skip
        whole |= properties
        key = tuple(sorted(whole.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(whole)
        return self._made[key]
