"""Strict JSON: plain types, and null for what is not finite."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any


def strict(value: Any) -> Any:
    """Return a value as JSON can hold it.

    Examples
    --------
    >>> strict({"upper": float("inf"), "by": {7: (1, 2.5)}})
    {'upper': None, 'by': {'7': [1, 2.5]}}
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {str(key): strict(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [strict(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | None) else str(value)


def strict_json(content: Any) -> str:
    """Return the JSON text of a value, indented.

    Examples
    --------
    >>> print(strict_json({"value": 7.0, "upper": float("inf")}))
    {
      "value": 7.0,
      "upper": null
    }
    """
    return json.dumps(strict(content), indent=2, allow_nan=False, ensure_ascii=False)
