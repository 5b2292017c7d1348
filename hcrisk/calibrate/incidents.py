"""A user's own log of incidents: how often, and what each cost."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from hcrisk.calibrate.frequency import Counts
from hcrisk.calibrate.likelihood import CalibrationError, Floats
from hcrisk.calibrate.severity import Sample
from hcrisk.calibrate.table import Column, read_table
from hcrisk.calibrate.windows import Window
from hcrisk.cells import nan, parse_amount, parse_count, parse_date, parse_flag

COLUMNS = (
    Column("date", parse_date, ("day", "occurred", "reported", "incident date", "date reported")),
    Column(
        "cost", parse_amount, ("amount", "loss", "total cost", "cost usd", "cost in usd"), empty=nan
    ),
    Column("records", parse_count, ("individuals",), optional=True, empty=nan),
    Column("open", parse_flag, ("running",), optional=True, empty=bool),
    Column("practice", str, ("site", "entity"), optional=True, empty=str),
)


@dataclass(frozen=True, eq=False)
class Incidents:
    """Incidents of one practice or several.

    Attributes
    ----------
    day : tuple of datetime.date
    cost : array, shape (n,)
        NaN where not known.
    records : array, shape (n,)
        NaN where not known.
    open : array of bool, shape (n,)
        True where costs are still coming in: what is known is a lower bound.
    practice : tuple of str
        Empty where the log has no such column.
    """

    day: tuple[date, ...]
    cost: Floats
    records: Floats
    open: NDArray[np.bool_]
    practice: tuple[str, ...]

    @property
    def window(self) -> Window:
        """The whole calendar years from the first incident to the last."""
        return Window.of_years(min(self.day).year, max(self.day).year)

    def within(self, window: Window) -> Incidents:
        """Return the incidents in a window.

        Parameters
        ----------
        window : Window
        """
        return self._only([i for i, day in enumerate(self.day) if day in window])

    def above(self, cost: float) -> Incidents:
        """Return the incidents that cost more, and those whose cost is open or not known.

        Parameters
        ----------
        cost : float
        """
        return self._only([i for i, one in enumerate(self.cost) if not one <= cost or self.open[i]])

    def _only(self, kept: list[int]) -> Incidents:
        return Incidents(
            tuple(self.day[i] for i in kept),
            self.cost[kept],
            self.records[kept],
            self.open[kept],
            tuple(self.practice[i] for i in kept),
        )

    def costs(self, above: float = 0.0) -> Sample:
        """Return the costs above a threshold, for `fit_severity`.

        An open incident is censored at what it has cost so far; one of unknown cost is left out,
        as if costs went unrecorded by chance.

        Parameters
        ----------
        above : float
            Smaller ones are not recorded reliably, or not of interest.
        """
        known = ~np.isnan(self.cost)
        years = np.array([day.year for day in self.day])
        return Sample.of(
            self.cost[known], censored=self.open[known], above=above, group=years[known]
        )

    def yearly(self, window: Window) -> Counts:
        """Return incidents by calendar year: exposure is years.

        Parameters
        ----------
        window : Window
        """
        count, exposure = window.counts(self.day)
        middle = np.cumsum(exposure) - exposure / 2.0
        return Counts.of(count, exposure, middle - window.years)

    def by_practice(self, window: Window, practices: int | None = None) -> Counts:
        """Return incidents by practice over the window: exposure is years.

        Parameters
        ----------
        window : Window
        practices : int, optional
            How many there are, those without incidents included; those in the log when omitted,
            which leaves out the luckiest.

        Raises
        ------
        CalibrationError
            If the log names more.
        """
        named = Counter(
            name for day, name in zip(self.day, self.practice, strict=True) if day in window
        )
        total = len(named) if practices is None else practices
        if total < len(named):
            raise CalibrationError(
                f"the log names {len(named)} practices, more than the {total} stated; count all"
            )
        count = [*named.values(), *[0] * (total - len(named))]
        return Counts.of(count, window.years, np.zeros(total))


def read_incidents(path: str | os.PathLike[str]) -> Incidents:
    r"""Read a log of incidents.

    Parameters
    ----------
    path : path
        A CSV file with ``date`` and ``cost``; if wanted ``records``, ``open`` (yes while costs
        are coming in) and ``practice``.

    Returns
    -------
    Incidents

    Raises
    ------
    DataError
        Listing all that is wrong with the file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "log.csv"
    >>> _ = path.write_text("date,cost,open\n2023-05-01,12000,no\n2024-01-31,800,yes\n")
    >>> log = read_incidents(path)
    >>> log.cost.tolist(), log.open.tolist(), str(log.window)
    ([12000.0, 800.0], [False, True], '2023 to 2024')
    """
    _, values = read_table(path, COLUMNS)
    return Incidents(
        tuple(values["date"]),
        np.array(values["cost"], dtype=np.float64),
        np.array(values["records"], dtype=np.float64),
        np.array(values["open"], dtype=np.bool_),
        tuple(values["practice"]),
    )
