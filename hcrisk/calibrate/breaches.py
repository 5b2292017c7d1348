"""Breaches of health information, as the US government lists them."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np

from hcrisk.calibrate.frequency import Counts
from hcrisk.calibrate.likelihood import CalibrationError, Floats
from hcrisk.calibrate.severity import Sample
from hcrisk.calibrate.table import Column, read_table
from hcrisk.calibrate.windows import DAYS_PER_YEAR, Window
from hcrisk.cells import nan, parse_count, parse_date

# Half a record below the smallest count that must be published.
REPORTABLE = 499.5
# Entered while the number of people is not known, and never corrected in some reports.
PLACEHOLDERS = (500.0, 501.0)
COUNTED = 501.5
PROVIDER = "Healthcare Provider"

COLUMNS = (
    Column("Breach Submission Date", parse_date, ("submitted", "date")),
    Column("Individuals Affected", parse_count, ("individuals",), empty=nan),
    Column("Covered Entity Type", str, ("entity_type",), empty=str),
)


@dataclass(frozen=True, eq=False)
class Breaches:
    """Reported breaches of 500 or more people.

    Attributes
    ----------
    day : tuple of datetime.date
        When each was reported.
    individuals : array, shape (n,)
        People affected; NaN where left empty.
    entity_type : tuple of str
        Who reported.
    """

    day: tuple[date, ...]
    individuals: Floats
    entity_type: tuple[str, ...]

    def within(self, window: Window, entity_type: str | None = PROVIDER) -> Breaches:
        """Return the breaches reported in a window by one kind of entity.

        Parameters
        ----------
        window : Window
        entity_type : str, optional
            None takes every kind.

        Raises
        ------
        CalibrationError
            If there are none.
        """
        kept = [
            i
            for i, (day, kind) in enumerate(zip(self.day, self.entity_type, strict=True))
            if day in window and (entity_type is None or kind == entity_type)
        ]
        if not kept:
            kinds = ", ".join(sorted({kind for kind in self.entity_type if kind}))
            raise CalibrationError(
                f"no breach reported by {entity_type!r} in {window}; the file runs from "
                f"{min(self.day)} to {max(self.day)} and has {kinds}"
            )
        return Breaches(
            tuple(self.day[i] for i in kept),
            self.individuals[kept],
            tuple(self.entity_type[i] for i in kept),
        )

    @property
    def placeholders(self) -> int:
        """How many counts of people stand for an unknown one: 500, 501 or empty."""
        return int(np.sum(np.isin(self.individuals, PLACEHOLDERS) | np.isnan(self.individuals)))

    def sample(self) -> Sample:
        """Return the people affected, for `fit_severity`: above 501, grouped by year.

        Reports of 500 and 501 are left out, being placeholders, and the likelihood is conditional
        on 502 or more. An unknown count of at least 500 has likelihood one, so leaving it out is
        its exact treatment, and the law still starts at 500 (``location=REPORTABLE``).
        """
        years = [day.year for day in self.day]
        return Sample.of(np.nan_to_num(self.individuals), above=COUNTED, group=years)

    def counts(
        self,
        window: Window,
        entities: float = 1.0,
        *,
        monthly: bool = False,
        since: Window | None = None,
    ) -> Counts:
        """Return reports by year or month, for `fit_frequency`; placeholders count as reports.

        Parameters
        ----------
        window : Window
        entities : float
            How many could have reported: the rate is then per entity and year.
        monthly : bool
            By month instead of by year.
        since : Window, optional
            Count times from its end, as those of the counts that were fitted are.
        """
        count, exposure = window.counts(self.day, monthly=monthly)
        middle = np.cumsum(exposure) - exposure / 2.0
        origin = window.end if since is None else since.end
        start = (window.first - origin).days / DAYS_PER_YEAR
        return Counts.of(count, exposure * entities, start + middle)

    def kinds(self) -> dict[str, int]:
        """Return how many each kind of entity reported, the most frequent first."""
        return dict(Counter(self.entity_type).most_common())


def read_breaches(path: str | os.PathLike[str]) -> Breaches:
    """Read an export of the portal of the HHS Office for Civil Rights.

    Parameters
    ----------
    path : path
        The CSV as downloaded from ocrportal.hhs.gov, or one with the columns ``submitted``,
        ``individuals`` and ``entity_type``.

    Returns
    -------
    Breaches

    Raises
    ------
    DataError
        Listing all that is wrong with the file.

    Examples
    --------
    >>> from hcrisk.scenarios.evidence import BREACHES
    >>> breaches = read_breaches(BREACHES).within(Window.of_years(2018, 2023))
    >>> len(breaches.day), breaches.placeholders
    (2671, 36)
    """
    _, values = read_table(path, COLUMNS)
    return Breaches(
        tuple(values["Breach Submission Date"]),
        np.array(values["Individuals Affected"], dtype=np.float64),
        tuple(values["Covered Entity Type"]),
    )
