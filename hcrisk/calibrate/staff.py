"""Attrition, tenure and time to fill from an extract of personnel records."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hcrisk.calibrate.fitted import short
from hcrisk.calibrate.likelihood import CalibrationError, Floats
from hcrisk.calibrate.severity import Sample
from hcrisk.calibrate.survival import (
    Curve,
    Hazards,
    kaplan_meier,
    piecewise_hazards,
    poisson_interval,
    posterior,
)
from hcrisk.calibrate.table import Column, Flaw, Rule, read_table
from hcrisk.calibrate.windows import DAYS_PER_YEAR, Window
from hcrisk.cells import parse_date

BREAKS = (1.0, 2.0, 4.0)
ROLE = Column("role", str, ("job title", "title", "position", "job"))
NOT_OVER = ("current", "present", "active", "still employed", "open", "vacant")


def _end(text: str) -> date | None:
    return None if text.strip().lower() in NOT_OVER else parse_date(text)


# A first day and a last day are both worked.
STAFF = (
    ROLE,
    Column("start", parse_date, ("start date", "hired", "hire date", "date hired")),
    Column("end", _end, ("end date", "left", "termination date", "term date"), empty=lambda: None),
)
OPENINGS = (
    ROLE,
    Column("opened", parse_date, ("opened date", "date opened", "posted")),
    Column("filled", _end, ("filled date", "date filled", "first day"), empty=lambda: None),
)


@dataclass(frozen=True, eq=False)
class Spells:
    """Times from a beginning to an end, as far as a window shows them.

    Attributes
    ----------
    role : tuple of str
    entry, time : array, shape (n,)
        Age at which each came into view and went out of it, in ``unit``.
    event : array of bool, shape (n,)
        True where it ended in view; otherwise it was still running.
    window : Window
    unit : str
        ``"years"`` or ``"days"``.
    """

    role: tuple[str, ...]
    entry: Floats
    time: Floats
    event: NDArray[np.bool_]
    window: Window
    unit: str

    def of_role(self, role: str) -> Spells:
        """Return the spells of one role.

        Parameters
        ----------
        role : str
        """
        kept = np.array([name == role for name in self.role], dtype=np.bool_)
        roles = tuple(name for name in self.role if name == role)
        return Spells(
            roles, self.entry[kept], self.time[kept], self.event[kept], self.window, self.unit
        )

    def renamed(self, name: Callable[[str], str]) -> Spells:
        """Return the same spells with their roles called otherwise.

        Parameters
        ----------
        name : callable
            Old name to new.
        """
        return replace(self, role=tuple(map(name, self.role)))

    def curve(self) -> Curve:
        """Return the product-limit estimate of lasting longer."""
        return kaplan_meier(self.time, self.event, self.entry)

    def hazards(self, breaks: Sequence[float] = BREAKS) -> Hazards:
        """Return hazards constant between breaks.

        Parameters
        ----------
        breaks : sequence of float
            In the unit of the spells.
        """
        return piecewise_hazards(self.time, self.event, self.entry, breaks=breaks)

    def sample(self) -> Sample:
        """Return the spells for `fit_severity`, running ones censored, early ones truncated."""
        return Sample.of(self.time, censored=~self.event, entry=self.entry)


@dataclass(frozen=True)
class Attrition:
    """How often people leave.

    Attributes
    ----------
    departures : int
    person_years : float
    rate : float
        Departures per person and year: ``attrition_rate`` of a scenario.
    low, high : float
        Its exact 95 % interval.
    """

    departures: int
    person_years: float
    rate: float
    low: float
    high: float

    def number(self) -> dict[str, Any]:
        """Return the rate as an uncertain number of a scenario file.

        The gamma posterior of Jeffreys' prior: mean ``(departures + 1/2) / person-years``.
        """
        return posterior(self.departures, self.person_years)


def read_staff(path: str | os.PathLike[str], window: Window) -> Spells:
    r"""Read who was employed, with first and last day.

    Parameters
    ----------
    path : path
        A CSV file with ``role``, ``start`` and ``end``, empty for who is still there. It must
        hold everybody employed at any time in the window.
    window : Window
        When departures were recorded. Who was there before is followed from its first day on:
        those who left earlier are not in the extract, so their time before counts for nothing
        (left truncation).

    Returns
    -------
    Spells
        Of tenure, in years.

    Raises
    ------
    DataError
        Listing all that is wrong with the file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "staff.csv"
    >>> _ = path.write_text("role,start,end\na,2020-01-01,\na,2021-07-01,2022-06-30\n")
    >>> staff = read_staff(path, Window.of_years(2022, 2023))
    >>> staff.entry.round(2).tolist(), staff.time.round(2).tolist(), staff.event.tolist()
    ([2.0, 0.5], [4.0, 1.0], [False, True])
    """
    _, values = read_table(path, STAFF, _forwards("start", "end"))
    return _spells(values["role"], values["start"], values["end"], window, "years")


def read_openings(path: str | os.PathLike[str], window: Window) -> Spells:
    r"""Read when seats were opened and filled.

    Parameters
    ----------
    path : path
        A CSV file with ``role``, ``opened`` and ``filled`` (the newcomer's first day), empty
        while open.
    window : Window
        When fillings were recorded; an opening from before is followed from its first day on.

    Returns
    -------
    Spells
        Of days open.

    Raises
    ------
    DataError
        Listing all that is wrong with the file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "openings.csv"
    >>> _ = path.write_text("role,opened,filled\na,2023-01-01,2023-02-01\na,2023-12-02,\n")
    >>> openings = read_openings(path, Window.of_years(2023, 2023))
    >>> openings.time.tolist(), openings.event.tolist()
    ([32.0, 30.0], [True, False])
    """
    _, values = read_table(path, OPENINGS, _forwards("opened", "filled"))
    return _spells(values["role"], values["opened"], values["filled"], window, "days")


def _forwards(earlier: str, later: str) -> Rule:
    """Return the rule that the one date does not lie before the other."""

    def flaws(line: int, row: Mapping[str, Any]) -> Iterator[Flaw]:
        first, last = row[earlier], row[later]
        if last is not None and last < first:
            rule = f"lies before {earlier}, {first}"
            yield Flaw(line, later, str(last), rule, "correct one of the dates")

    return flaws


def _spells(
    role: list[str], start: list[date], end: list[date | None], window: Window, unit: str
) -> Spells:
    names, entry, time, event = [], [], [], []
    for name, first, last in zip(role, start, end, strict=True):
        if first > window.last or (last is not None and last < window.first):
            continue
        inside = last is not None and last in window
        # A spell of one day lasts one day: what ends today has lasted until tomorrow.
        out = (last - first).days + 1 if inside and last is not None else 0
        names.append(name)
        entry.append(max((window.first - first).days, 0))
        time.append(out if inside else (window.end - first).days)
        event.append(inside)
    if not names:
        raise CalibrationError(f"nothing in the file overlaps {window}; widen the window")
    scale = DAYS_PER_YEAR if unit == "years" else 1.0
    return Spells(
        tuple(names),
        np.array(entry) / scale,
        np.array(time) / scale,
        np.array(event, dtype=np.bool_),
        window,
        unit,
    )


def attrition(spells: Spells) -> Attrition:
    """Return departures per person and year, with an exact interval.

    In a steady state this is the reciprocal of the mean stay, which is how a scenario means
    ``attrition_rate``.

    Parameters
    ----------
    spells : Spells
        Of tenure, in years.

    Returns
    -------
    Attrition

    Examples
    --------
    >>> window = Window(date(2023, 1, 1), date(2024, 12, 31))
    >>> left = np.array([True, False])
    >>> both = Spells(("a", "a"), np.zeros(2), np.array([1.0, 3.0]), left, window, "years")
    >>> attrition(both).rate, attrition(both).number()["mean"]
    (0.25, 0.375)
    """
    departures, exposure = int(spells.event.sum()), float(np.sum(spells.time - spells.entry))
    low, high = poisson_interval(departures)
    return Attrition(
        departures,
        exposure,
        departures / exposure,
        float(low) / exposure,
        float(high) / exposure,
    )


def tenure_entries(hazards: Hazards) -> dict[str, Any]:
    """Return the tenure profile a scenario file states, by dotted path.

    Parameters
    ----------
    hazards : Hazards

    Returns
    -------
    dict
        ``people.tenure_breaks`` and ``people.tenure_factors``. Only their ratios matter, as a
        role's ``attrition_rate`` sets the level.

    Examples
    --------
    >>> fit = piecewise_hazards([0.5, 1.0, 3.0], [True, False, True], breaks=[1.0])
    >>> tenure_entries(fit)
    {'people.tenure_breaks': [1.0], 'people.tenure_factors': [1.08, 1.35]}
    """
    return {
        "people.tenure_breaks": list(hazards.breaks),
        "people.tenure_factors": [short(factor) for factor in hazards.factors()],
    }
