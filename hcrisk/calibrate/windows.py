"""Spans of days over which something was observed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from hcrisk.calibrate.likelihood import CalibrationError, Floats

Days = NDArray[np.datetime64]

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Window:
    """First and last day of observation, both included.

    Attributes
    ----------
    first, last : datetime.date

    Examples
    --------
    >>> round(Window.of_years(2018, 2023).years, 2)
    6.0
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a window that ends before it begins."""
        if self.last < self.first:
            raise CalibrationError(
                f"a window must not end before it begins, got {self.first} to {self.last}; "
                "swap the dates"
            )

    @classmethod
    def of_years(cls, first: int, last: int) -> Window:
        """Return whole calendar years, both included.

        Parameters
        ----------
        first, last : int
        """
        return cls(date(first, 1, 1), date(last, 12, 31))

    @property
    def end(self) -> date:
        """The day after the last: observation ends as it begins."""
        return self.last + timedelta(days=1)

    @property
    def years(self) -> float:
        """Length in years of 365.25 days."""
        return (self.end - self.first).days / DAYS_PER_YEAR

    def __contains__(self, day: date) -> bool:
        """Return whether a day lies inside."""
        return self.first <= day <= self.last

    def __str__(self) -> str:
        """Return the window in words."""
        whole = (self.first.month, self.first.day, self.last.month, self.last.day)
        if whole != (1, 1, 12, 31):
            return f"{self.first} to {self.last}"
        if self.first.year == self.last.year:
            return str(self.first.year)
        return f"{self.first.year} to {self.last.year}"

    def counts(self, days: Sequence[date], *, monthly: bool = False) -> tuple[Floats, Floats]:
        """Return events by calendar year or month, and the length of each in years.

        Parameters
        ----------
        days : sequence of date
            Of the events; those outside are left out.
        monthly : bool
            By month instead of by year.

        Returns
        -------
        (count, exposure) : arrays
            A year or month that the window cuts has the length of what is inside.

        Examples
        --------
        >>> window = Window(date(2023, 7, 1), date(2024, 12, 31))
        >>> count, exposure = window.counts([date(2023, 8, 1), date(2024, 2, 29)])
        >>> count.tolist(), exposure.round(3).tolist()
        ([1.0, 1.0], [0.504, 1.002])
        """
        edges = self._edges(monthly)
        inside = np.array([d.toordinal() for d in days if d in self], dtype=np.float64)
        count, _ = np.histogram(inside, bins=np.array(edges, dtype=np.float64) - 0.5)
        return count.astype(np.float64), np.diff(np.array(edges)) / DAYS_PER_YEAR

    def _edges(self, monthly: bool) -> list[int]:
        found = [self.first]
        while found[-1] < self.end:
            last = found[-1]
            months = last.year * 12 + last.month if monthly else (last.year + 1) * 12
            found.append(min(date(months // 12, months % 12 + 1, 1), self.end))
        return [day.toordinal() for day in found]
