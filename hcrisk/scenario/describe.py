"""Quantities in words, for registers and templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hcrisk.figures import counted
from hcrisk.scenario.quantity import Law, Quantity
from hcrisk.scenario.remarks import REMARKS
from hcrisk.scenario.size import Count, Seats, Size


def number_text(value: float) -> str:
    """Write a number with its thousands grouped and no more digits than it has.

    Examples
    --------
    >>> number_text(60340.0), number_text(0.045), number_text(2500000), number_text(float("inf"))
    ('60,340', '0.045', '2,500,000', 'inf')
    """
    text = f"{value:,.10g}"
    if "e" in text:
        return f"{value:.10g}"
    return text


def describe(quantity: Quantity) -> str:
    """Write a quantity in words.

    Examples
    --------
    >>> from hcrisk.scenario import Number
    >>> describe(Number.parse({"dist": "normal", "mean": 0.03, "sd": 0.005}))
    'normal, mean 0.03, sd 0.005'
    >>> describe(Count.parse({"per": "user", "ratio": 80, "minimum": 2}))
    '1 for each 80 users, at least 2'
    >>> describe(Size.parse({"per_provider": 4.5}))
    '4.5 per provider'
    """
    if isinstance(quantity, Size):
        return describe(quantity.number) + (" per provider" if quantity.per_provider else "")
    if isinstance(quantity, Seats):
        return describe(quantity.count)
    if isinstance(quantity, Count) and quantity.ratio is not None:
        least = f", at least {number_text(quantity.minimum)}" if quantity.minimum else ""
        return f"1 for each {counted(number_text(quantity.ratio), f'{quantity.per}s')}{least}"
    if quantity.constant is not None:
        return number_text(quantity.constant)
    raw = quantity.raw()
    if isinstance(quantity, Law) and quantity.family == "constant":
        raw = raw["value"]
    return _table_text(raw)


def _table_text(raw: Mapping[str, Any]) -> str:
    if "dist" not in raw:
        return number_text(raw["value"])
    parts = [
        f"{name} {_value_text(value)}"
        for name, value in raw.items()
        if name not in ("dist", *REMARKS)
    ]
    return ", ".join([raw["dist"], *parts])


def _value_text(value: Any) -> str:
    if isinstance(value, Mapping):
        inside = _table_text(value)
        return f"({inside})" if "dist" in value else inside
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value_text(entry) for entry in value)}]"
    return number_text(value)
