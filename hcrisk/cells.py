"""What people write into the cells of a table: dates, amounts, counts, percentages, yes and no."""

from __future__ import annotations

import math
import re
from datetime import date, datetime

DATE_FORMATS = (
    "%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%Y/%m/%d", "%Y%m%d", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y",
    "%d %B %Y", "%b %d %Y", "%B %d %Y",
)  # fmt: skip
# What a spreadsheet puts behind a date.
TIME_OF_DAY = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?$")
YES, NO = ("yes", "y", "true", "1", "open"), ("no", "n", "false", "0", "closed", "")
# What stands where something is not known, or has not happened.
NOT_KNOWN = ("", "-", "--", "n/a", "na", "nan", "none", "null", "unknown", "tbd", "?", "#n/a")
CURRENCY = re.compile(r"^(USD|EUR|GBP|CAD|AUD|[$€£])|(USD|EUR|GBP|CAD|AUD|[$€£])$", re.IGNORECASE)
# Commas only where thousands have them: 12,50 and 1.234,50 would otherwise be read as others.
NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+|(?=\.\d))(\.\d*)?([eE][+-]?\d+)?$")


class Refused(ValueError):  # noqa: N818 - it is caught where the line is known
    """A cell that cannot be read: the rule it breaks and the remedy."""

    def __init__(self, rule: str, remedy: str) -> None:
        super().__init__(rule)
        self.rule, self.remedy = rule, remedy


def is_not_known(text: str) -> bool:
    """Return whether a cell says that there is nothing to say.

    Examples
    --------
    >>> is_not_known("N/A"), is_not_known("0")
    (True, False)
    """
    return text.strip().lower() in NOT_KNOWN


def parse_date(text: str) -> date:
    """Return a date with an unambiguous order of day and month, or month/day/year.

    Examples
    --------
    >>> [parse_date(day).isoformat() for day in ("03/31/2024", "31-Mar-2024", "March 31, 2024")]
    ['2024-03-31', '2024-03-31', '2024-03-31']
    """
    bare = TIME_OF_DAY.sub("", text.strip()).replace(",", " ")
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(" ".join(bare.split()), form).date()
        except ValueError:
            continue
    raise Refused("is no date", "write 2024-03-31, or 03/31/2024 (month/day/year)")


def parse_number(text: str) -> float:
    """Return a number; currency signs and thousands' commas are left out.

    Examples
    --------
    >>> parse_number("-1,250.5")
    -1250.5
    """
    bare = CURRENCY.sub("", text.strip()).replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    value = float(bare.replace(",", "")) if NUMBER.match(bare) else math.nan
    if not math.isfinite(value):
        raise Refused("is no amount", "write a number such as 12500 or 12,500.50")
    return value


def parse_amount(text: str) -> float:
    """Return an amount from 0 up.

    Examples
    --------
    >>> parse_amount("$12,500.50"), parse_amount("900 USD")
    (12500.5, 900.0)
    """
    bare = text.strip()
    # Accountants put what is negative into brackets.
    in_brackets = bare.startswith("(") and bare.endswith(")")
    value = parse_number(bare[1:-1] if in_brackets else bare)
    if value < 0.0 or in_brackets:
        raise Refused("is negative", "write costs as positive numbers, and leave out refunds")
    return value


def parse_count(text: str) -> float:
    """Return a whole number from 0 up.

    Examples
    --------
    >>> parse_count("1,200")
    1200.0
    """
    value = parse_amount(text)
    if value != round(value):
        raise Refused("is no whole number", "write how many, such as 1200")
    return value


def parse_year(text: str) -> int:
    """Return a calendar year.

    Examples
    --------
    >>> parse_year("2024")
    2024
    """
    if not re.fullmatch(r"(19|20|21)\d\d", text.strip()):
        raise Refused("is no year", "write it with four digits, such as 2024")
    return int(text)


def parse_percent(text: str) -> float:
    """Return a percentage as it is written: with or without the sign.

    Examples
    --------
    >>> parse_percent("3.8 %"), parse_percent("-0.4")
    (3.8, -0.4)
    """
    try:
        return parse_number(text.strip().removesuffix("%"))
    except Refused:
        raise Refused("is no percentage", "write 3.8 or 3.8% for 3.8 percent") from None


def parse_flag(text: str) -> bool:
    """Return whether a text says yes.

    Examples
    --------
    >>> parse_flag("Open"), parse_flag("no")
    (True, False)
    """
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise Refused("is neither yes nor no", "write yes or no")


def nan() -> float:
    """Return what an empty number means: not known.

    Examples
    --------
    >>> nan()
    nan
    """
    return math.nan
