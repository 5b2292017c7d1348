"""The reference results in ``reference_data/hcrisk_validation/cases.json``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("reference_data") / "hcrisk_validation" / "cases.json"


@cache
def _all() -> dict[str, dict[str, Any]]:
    return {entry["id"]: entry for entry in json.loads(_FILE.read_text(encoding="utf-8"))}


def case(id: str) -> dict[str, Any]:
    """Return the case with this id.

    Examples
    --------
    >>> case("pert-5-20-50-g2")["kind"]
    'pert'
    """
    if id not in _all():
        raise KeyError(f"no reference case {id!r}; the ids are {sorted(_all())}")
    return _all()[id]


def cases(kind: str) -> list[dict[str, Any]]:
    """Return every case of a kind, in the order of the file.

    Examples
    --------
    >>> [entry["id"] for entry in cases("fair_tree")]
    ['fair-pyfair-sl', 'fair-pyfair-vuln']
    """
    found = [entry for entry in _all().values() if entry["kind"] == kind]
    if not found:
        kinds = sorted({entry["kind"] for entry in _all().values()})
        raise KeyError(f"no reference case of kind {kind!r}; the kinds are {kinds}")
    return found
