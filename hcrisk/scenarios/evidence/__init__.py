"""The real data behind the shipped scenarios, and how to read them.

``README.md`` beside this file says what each table is, where it comes from and what is wrong
with it.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from hcrisk.calibrate.breaches import Breaches
from hcrisk.calibrate.breaches import read_breaches as read_export
from hcrisk.calibrate.series import Series

_FOLDER = Path(__file__).parent
BREACHES = _FOLDER / "ocr_breaches.csv"


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
    found = _breaches()
    years = (day.year for day in found.day)
    rows = zip(years, found.individuals.tolist(), found.entity_type, strict=True)
    kept = [
        (year, individuals)
        for year, individuals, kind in rows
        if first_year <= year <= last_year and entity_type in (None, kind)
    ]
    if not kept:
        raise ValueError(
            f"no breach reported by {entity_type!r} from {first_year} to {last_year}; "
            "the export runs from October 2009 to July 2026"
        )
    return Series.of(kept)


@cache
def _breaches() -> Breaches:
    return read_export(BREACHES)


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
