"""Single values as TOML writes them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from hcrisk.exceptions import ScenarioError
from hcrisk.scenario.refusal import refused

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def toml_key(name: str) -> str:
    """Write a key, between quotes if it needs them.

    Examples
    --------
    >>> toml_key("help_desk"), toml_key("help desk")
    ('help_desk', '"help desk"')
    """
    return name if BARE_KEY.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    # JSON and TOML escape alike, save that TOML also wants DEL escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_value(value: Any) -> str:
    """Write a value on one line, as TOML.

    Examples
    --------
    >>> toml_value({"dist": "uniform", "low": 0.5, "high": float("inf")})
    '{ dist = "uniform", low = 0.5, high = inf }'
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{toml_key(key)} = {toml_value(entry)}" for key, entry in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(entry) for entry in value)}]"
    raise ScenarioError(
        refused("", value, "cannot be written to a file", "use numbers, text and tables").problems
    )
