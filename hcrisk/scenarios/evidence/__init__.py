"""The real data behind the shipped scenarios, and how to read them.

``README.md`` beside this file says what each table is, where it comes from and what is wrong
with it.
"""

from __future__ import annotations

import csv
from pathlib import Path

from hcrisk.calibrate.series import Series

_FOLDER = Path(__file__).parent


def read_series(name: str) -> Series:
    """Return the ``value`` column of a yearly series: the file's name without ``.csv``.

    Examples
    --------
    >>> wages = read_series("eci_private_wages")
    >>> int(wages.year[-1]), float(wages.value[-1])
    (2025, 3.3)
    """
    return Series.of((int(row["year"]), float(row["value"])) for row in _rows(name))


def read_breaches(
    first_year: int, last_year: int, *, entity_type: str | None = "Healthcare Provider"
) -> Series:
    """Return the people affected by each breach reported in a span of years, ends included.

    ``entity_type=None`` takes the reports of every kind of entity.

    Examples
    --------
    >>> read_breaches(2024, 2024).value.size
    543
    """
    found = [
        (int(row["submitted"][:4]), float(row["individuals"]))
        for row in _rows("ocr_breaches")
        if entity_type is None or row["entity_type"] == entity_type
    ]
    kept = [row for row in found if first_year <= row[0] <= last_year]
    if not kept:
        raise ValueError(
            f"no breach reported by {entity_type!r} from {first_year} to {last_year}; "
            "the export runs from October 2009 to July 2026"
        )
    return Series.of(kept)


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
