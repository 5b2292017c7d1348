"""From yearly series of wages, prices and attrition to what a scenario states of them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from hcrisk.calibrate.autoregression import NAMES, Autoregression, Macro, correlated, fit_macro
from hcrisk.calibrate.backtest import Backtest, backtest_forecasts
from hcrisk.calibrate.document import Derived
from hcrisk.calibrate.evidence import confidence, founded
from hcrisk.calibrate.fitted import short
from hcrisk.calibrate.likelihood import CalibrationError
from hcrisk.calibrate.series import Series
from hcrisk.calibrate.table import Column, DataError, Flaw, read_table
from hcrisk.cells import nan, parse_amount, parse_percent, parse_year

YEAR = Column("year", parse_year, ("date", "calendar year"))
OTHERS = {
    "wage": ("wages", "wage growth", "pay"),
    "price": ("prices", "inflation", "cpi", "price growth"),
    "attrition": ("quits", "quits rate", "turnover", "attrition rate"),
}
# Yearly changes in percent are hardly ever all below this, nor one of them above that.
SHARES, INDEX = 0.3, 50.0
# Standard errors beyond which persistence is told from none.
SIGNIFICANT = 1.96


@dataclass(frozen=True, eq=False)
class MacroFindings:
    """What was found in yearly series.

    Attributes
    ----------
    macro : Macro
        As it is written.
    derived : Derived
    remarks : tuple of str
    tests : mapping of str to Backtest
        One-step forecasts of the years held out, by series.
    latest : Derived or None
        The values a scenario starts from, if years were held out: they have a source of their
        own, as the fit does not know them.
    """

    macro: Macro
    derived: Derived
    remarks: tuple[str, ...]
    tests: Mapping[str, Backtest] = field(default_factory=dict)
    latest: Derived | None = None

    @property
    def written(self) -> tuple[Derived, ...]:
        """What is written, for `to_toml`."""
        return (self.derived,) if self.latest is None else (self.derived, self.latest)


def read_yearly(path: str | os.PathLike[str], *, levels: bool = False) -> dict[str, Series]:
    r"""Read yearly series as a scenario means them.

    Parameters
    ----------
    path : path
        A CSV file with ``year`` and one or more of ``wage`` and ``price``, changes on the year
        before in percent, and ``attrition``, a rate in any unit. A series may begin later or
        end sooner than others.
    levels : bool
        Wage and price are levels of an index, not changes.

    Returns
    -------
    dict of str to Series
        Log growth of wage and price; log of attrition about its mean.

    Raises
    ------
    DataError
        Listing all that is wrong with the file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "wages.csv"
    >>> _ = path.write_text("year,wage\n2021,4.7\n2022,5.1%\n2023,4.3\n")
    >>> read_yearly(path)["wage"].value.round(4).tolist()
    [0.0459, 0.0497, 0.0421]
    """
    columns = [
        Column(
            name,
            parse_amount if levels or name == "attrition" else parse_percent,
            OTHERS[name],
            optional=True,
            empty=nan,
        )
        for name in NAMES
    ]
    lines, values = read_table(path, [YEAR, *columns])
    file = os.path.basename(path)
    order = sorted(range(len(lines)), key=lambda i: values["year"][i])
    found, flaws = {}, list(_repeated(lines, values["year"]))
    for name in NAMES:
        rows = [(values["year"][i], values[name][i], lines[i]) for i in order]
        rows = [row for row in rows if not math.isnan(row[1])]
        if rows:
            flaws += _flaws(name, rows, levels)
            found[name] = rows
    if not found:
        rule = "has none of wage, price and attrition with a value"
        flaws.append(Flaw(0, "", "", rule, "name a column so"))
    if flaws:
        raise DataError(file, flaws)
    return {name: _meant(name, rows, levels) for name, rows in found.items()}


def _repeated(lines: list[int], years: list[int]) -> Iterator[Flaw]:
    for place, year in enumerate(years):
        if year in years[:place]:
            yield Flaw(lines[place], "year", str(year), "stands there twice", "drop one")


def _flaws(name: str, rows: list[tuple[int, float, int]], levels: bool) -> Iterator[Flaw]:
    for (before, _, _), (year, _, line) in pairwise(rows):
        if year > before + 1:
            rule = f"comes after {before}: years between are missing"
            yield Flaw(line, name, str(year), rule, "fill them in, or begin the series later")
    changes = not levels and name != "attrition"
    values = [value for _, value, _ in rows]
    if changes and max(map(abs, values)) < SHARES:
        rule = f"is the largest of all: they look like shares, or fractions of 1 ({values[0]:g})"
        remedy = "write percent: 3.8 for 3.8 %"
        yield Flaw(rows[0][2], name, f"{max(values, key=abs):g}", rule, remedy)
    for _, value, line in rows:
        if changes and value > INDEX:
            remedy = "write percent; add --levels if these are levels of an index"
            yield Flaw(line, name, f"{value:g}", "is too large for a yearly change", remedy)
        elif value <= (-100.0 if changes else 0.0):
            yield Flaw(line, name, f"{value:g}", "has no logarithm", "correct it")


def _meant(name: str, rows: list[tuple[int, float, int]], levels: bool) -> Series:
    series = Series.of((year, value) for year, value, _ in rows)
    if name == "attrition":
        logs = np.log(series.value)
        return Series(series.year, logs - logs.mean())
    if levels:
        return Series(series.year[1:], np.diff(np.log(series.value)))
    return Series(series.year, np.log1p(series.value / 100.0))


def macro_findings(
    series: Mapping[str, Series], *, first: int = 0, last: int = 9999, hold_out: int = 0
) -> MacroFindings:
    """Fit the macro series of a scenario.

    Parameters
    ----------
    series : mapping of str to Series
        From `read_yearly`.
    first, last : int
        Years to take.
    hold_out : int
        Last years to leave out of the fit and forecast, one step at a time. A scenario starts
        from the latest year all the same.

    Returns
    -------
    MacroFindings

    Raises
    ------
    CalibrationError
        If a series is too short.

    Examples
    --------
    >>> value = [3.0, 2.0, 3.5, 2.5, 4.0, 3.0, 2.0, 3.5, 3.0, 2.0]
    >>> found = macro_findings({"price": Series.of(enumerate(value, 2015))}, hold_out=2)
    >>> found.macro.series["price"].n_year, found.tests["price"].n, found.derived.confidence
    (8, 2, 'low')
    """
    taken = {name: _between(one, first, last) for name, one in series.items()}
    fitted = {name: _first(one, max(0, one.year.size - hold_out)) for name, one in taken.items()}
    macro, remarks = _as_written(fitted)
    macro = _begun(macro, fitted, taken)
    tests = {}
    if hold_out:
        tests = {
            name: _forecasts(fit, fitted[name], taken[name]) for name, fit in macro.series.items()
        }
    remarks += [f"the backtest of {name} failed" for name, t in tests.items() if not t.is_passed]
    fewest = min(fit.n_year for fit in macro.series.values())
    spans = ", ".join(f"{name} {s.year[0]} to {s.year[-1]}" for name, s in fitted.items())
    remarks += _certain(macro)
    entries = {
        path: {key: short(v) if isinstance(v, float) else v for key, v in value.items()}
        if isinstance(value, Mapping)
        else short(value)
        for path, value in macro.entries().items()
    }
    begun = {path: value for path, value in entries.items() if path.endswith(".start")}
    derived = Derived(
        key="own_series",
        title=f"Yearly series: {', '.join(fitted)}",
        confidence=confidence(fewest, tests.values()),
        note=f"{spans}; autoregressions by least squares; {founded(fewest, tests.values())}",
        entries={k: v for k, v in entries.items() if k not in begun} if hold_out else entries,
        year=int(max(one.year[-1] for one in fitted.values())),
        remarks=tuple(remarks),
    )
    latest = _latest(taken, begun, derived.confidence) if hold_out else None
    return MacroFindings(macro, derived, tuple(remarks), tests, latest)


def _as_written(fitted: Mapping[str, Series]) -> tuple[Macro, list[str]]:
    """Return the fits, without persistence where it is below 0 and cannot be told from 0."""
    about = {name: _about(name, one) for name, one in fitted.items()}
    try:
        macro = fit_macro(about)
    except ValueError as error:
        raise CalibrationError(f"{error}; widen --from and --to, or hold out fewer") from None
    fits, remarks = dict(macro.series), []
    for name, fit in macro.series.items():
        if fit.phi >= 0.0:
            continue
        found = f"(phi {fit.phi:.2f}, standard error {fit.phi_se:.2f})"
        if fit.phi < -SIGNIFICANT * fit.phi_se:
            remarks.append(
                f"{name} turns round from year to year {found}: look for a slip in the data, or a "
                "series too short"
            )
        else:
            fits[name] = fit.without_persistence(about[name])
            remarks.append(
                f"{name} seems to turn round from year to year {found}, which cannot be told from "
                "no persistence: phi is written as 0, and sd is that of independent years"
            )
    return correlated(fits), remarks


def _certain(macro: Macro) -> list[str]:
    """Return a remark on what is written as certain and is not."""
    pairs = [
        f"{' and '.join(pair.between)} {pair.value:.2f} ({pair.standard_error:.2f})"
        for pair in macro.correlations
    ]
    if not pairs:
        return []
    return [
        f"correlations of shocks, with standard errors: {', '.join(pairs)}; a scenario holds them "
        "as certain"
    ]


def _latest(taken: Mapping[str, Series], entries: Mapping[str, Any], trust: str) -> Derived:
    """Return where a scenario starts: the last values, which the fit did not see."""
    years = {name: int(one.year[-1]) for name, one in taken.items()}
    return Derived(
        key="own_series_latest",
        title=f"Yearly series, latest values: {', '.join(years)}",
        confidence=trust,
        note=f"{', '.join(f'{name} {year}' for name, year in years.items())}; held out of the fit, "
        "and where a scenario starts; attrition about the mean of the years fitted",
        entries=entries,
        year=max(years.values()),
    )


def _between(series: Series, first: int, last: int) -> Series:
    kept = (series.year >= first) & (series.year <= last)
    return Series(series.year[kept], series.value[kept])


def _first(series: Series, count: int) -> Series:
    return Series(series.year[:count], series.value[:count])


def _begun(macro: Macro, fitted: Mapping[str, Series], taken: Mapping[str, Series]) -> Macro:
    """Return the fits with the latest value to start from, held out or not."""
    fits = {}
    for name, fit in macro.series.items():
        centre = fitted[name].value.mean() if name == "attrition" else 0.0
        fits[name] = replace(fit, start=float(taken[name].value[-1] - centre))
    return replace(macro, series=fits)


def _about(name: str, series: Series) -> Series:
    if name != "attrition" or not series.value.size:
        return series
    return replace(series, value=series.value - series.value.mean())


def _forecasts(fit: Autoregression, fitted: Series, taken: Series) -> Backtest:
    """Hold one-step forecasts against what came: about the mean that is written."""
    centre, n = float(fitted.value.mean()), fitted.value.size
    before, came = taken.value[n - 1 : -1], taken.value[n:]
    errors = came - centre - fit.phi * (before - centre)
    # Mean and phi are estimates too, and are written as uncertain.
    spread = np.sqrt(1.0 + 1.0 / n + ((before - centre) * fit.phi_se / fit.sd) ** 2)
    return backtest_forecasts(errors, fit.sd * spread, fit.degrees_of_freedom)
