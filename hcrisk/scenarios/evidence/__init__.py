"""The real data behind the shipped scenarios, and how to read them.

``README.md`` beside this file says what each table is, where it comes from and what is wrong
with it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, eq=False)
class Series:
    """Values and the calendar year each belongs to; a year may occur more than once."""

    year: NDArray[np.int64]
    value: NDArray[np.float64]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, float]]) -> Series:
        """Return the series of ``(year, value)`` rows, in their order.

        Examples
        --------
        >>> Series.of([(2001, 3.8), (2002, 2.7)]).value
        array([3.8, 2.7])
        """
        year, value = zip(*rows, strict=True)
        return cls(np.array(year, dtype=np.int64), np.array(value, dtype=np.float64))


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
