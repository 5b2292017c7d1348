"""From what a cell holds to what a scenario file would."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from hcrisk.cells import Refused, parse_flag, parse_number
from hcrisk.scenario.refusal import nearest
from hcrisk.scenario.syntax import loose_number
from hcrisk.sheets.kinds import Kind

DATES = (date, time, timedelta)
UNLIMITED = ("unlimited", "inf", "infinite", "no limit")


def is_empty(value: Any) -> bool:
    """Tell whether a cell holds nothing a reader can see.

    Examples
    --------
    >>> is_empty(" "), is_empty(None), is_empty(0)
    (True, True, False)
    """
    return value is None or (isinstance(value, str) and not value.strip())


def read_value(value: Any, kind: Kind) -> Any:
    """Return what a cell means, as a scenario file would hold it.

    Parameters
    ----------
    value : object
        Not empty.
    kind : Kind
        What the cell may hold.

    Returns
    -------
    object

    Raises
    ------
    Refused
        With the rule and the remedy.

    Examples
    --------
    >>> read_value("$64,000", Kind("number")), read_value("2.9 %", Kind("number"))
    (64000.0, 0.029)
    >>> read_value("Yes", Kind("flag")), read_value("mfa, logging", Kind("texts"))
    (True, ['mfa', 'logging'])
    >>> read_value('{ dist = "uniform", low = 1, high = 2 }', Kind("number"))
    {'dist': 'uniform', 'low': 1, 'high': 2}
    """
    if isinstance(value, DATES):
        raise Refused(*_date(kind))
    if isinstance(value, str) and value.strip()[:1] in ("{", "[") and kind.name != "text":
        return _as_toml(value.strip())
    if kind.name == "number":
        return read_number(value)
    if kind.name == "flag":
        return _flag(value)
    if kind.name == "choice":
        return _choice(value, kind)
    if kind.name == "texts":
        return [part.strip() for part in _text(value).split(",") if part.strip()]
    if kind.name == "structure":
        rule = "must be a table or a list, as a scenario file has it"
        raise Refused(rule, 'write it in brackets, such as { name = 3 } or [{ on = "..." }]')
    if kind.name == "unknown" and not isinstance(value, str):
        return value
    return _text(value)


def read_number(value: Any) -> float:
    """Return the number in a cell, also where it was typed as text.

    Examples
    --------
    >>> read_number(3), read_number("1,250"), read_number("unlimited")
    (3, 1250.0, inf)
    """
    if isinstance(value, bool):
        raise Refused("is yes or no, and must be a number", "write the number")
    if isinstance(value, DATES):
        raise Refused(*_date(Kind("number")))
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]
    text = value.strip()
    if text.lower() in UNLIMITED:
        return math.inf
    try:
        if text.endswith("%"):
            return float(Decimal(repr(parse_number(text[:-1]))) / 100)
        return parse_number(text)
    except Refused:
        raise Refused("is text, and must be a number", _meant(text)) from None


def _meant(text: str) -> str:
    loose = loose_number(text)
    if loose is not None:
        number = f"{loose.value.normalize():f}"
        return f"write {number}" + (f", if that is meant: {loose.reason}" if loose.words else "")
    return "write a number such as 12500, or clear the cell to keep the shipped value"


def _date(kind: Kind) -> tuple[str, str]:
    what = {"number": "a number", "flag": "yes or no"}.get(kind.name, "text")
    rule = f"is a date, and must be {what}"
    return rule, "format the cell as General (Ctrl+1) and write it again"


def _as_toml(text: str) -> Any:
    try:
        found = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError as error:
        reason = str(error).partition(" (at")[0]
        raise Refused(
            f"is not as a scenario file would have it: {reason}",
            'write it as { dist = "normal", mean = 3, sd = 1 }, with straight quotes',
        ) from None
    if set(found) != {"value"}:
        raise Refused("is more than one value", "write one value in braces or brackets")
    return found["value"]


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    try:
        return parse_flag(_text(value))
    except Refused:
        raise Refused("is neither yes nor no", "choose yes or no") from None


def _choice(value: Any, kind: Kind) -> str:
    text = _text(value)
    by_name = {option.lower(): option for option in kind.options}
    found = by_name.get(text.lower().replace(" ", "_")) or by_name.get(text.lower())
    if found is not None:
        return found
    if kind.closed:
        raise Refused("is none of the choices", nearest(text, kind.options))
    return text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def sourced(raw: Any, key: str) -> Any:
    """Return a number with the key of its source.

    Examples
    --------
    >>> sourced(3, "payroll")
    {'value': 3, 'source': 'payroll'}
    """
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return {"value": raw, "source": key}
    if isinstance(raw, Mapping) and "source" not in raw:
        return {**raw, "source": key}
    return raw
