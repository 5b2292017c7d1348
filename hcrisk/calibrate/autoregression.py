"""First-order autoregressions of yearly series, and how their innovations move together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from hcrisk.calibrate.fitted import uncertain_number
from hcrisk.calibrate.series import Series

LEAST_YEARS = 5
# Beyond this a deviation would hardly fade within a horizon.
LARGEST_PHI = 0.98
NAMES = ("wage", "price", "attrition")


@dataclass(frozen=True, eq=False)
class Autoregression:
    """First-order autoregression of a yearly series; ``_se`` marks standard errors.

    Attributes
    ----------
    mean, phi, sd : float
        Sample mean; least-squares slope; innovation sd on ``n_year - 3`` degrees of freedom.
    start : float
        The last value of the series.
    phi_corrected : float
        ``phi + (1 + 3 phi) / n_year`` (Kendall 1954): least squares understates persistence in
        a short series. For information; scenarios ship ``phi``.
    innovation : Series
        The residuals.
    degrees_of_freedom : int
        Of ``sd``.
    """

    n_year: int
    mean: float
    phi: float
    sd: float
    start: float
    mean_se: float
    phi_se: float
    sd_se: float
    phi_corrected: float
    innovation: Series

    @property
    def degrees_of_freedom(self) -> int:
        """Of ``sd``: without persistence only the mean was estimated, from one value more."""
        return self.n_year - (1 if self.phi_se == 0.0 else 3)

    def without_persistence(self, series: Series) -> Autoregression:
        """Return independent years about a mean: what is left where phi is taken to be 0.

        Parameters
        ----------
        series : Series
            What was fitted.
        """
        n, residual = self.n_year, series.value - series.value.mean()
        sd = float(np.sqrt(residual @ residual / (n - 1)))
        return replace(
            self,
            phi=0.0,
            sd=sd,
            mean_se=float(sd / np.sqrt(n)),
            phi_se=0.0,
            sd_se=float(sd / np.sqrt(2.0 * (n - 1))),
            phi_corrected=0.0,
            innovation=Series(series.year, residual),
        )

    def persistence(self) -> float | dict[str, Any]:
        """Return phi as an uncertain number of a scenario file, within what is stationary."""
        if not self.phi_se > 0.0:
            return self.phi
        centre = min(max(self.phi, -LARGEST_PHI), LARGEST_PHI)
        number = uncertain_number(centre, self.phi_se, unbounded=True)
        low, high = number["truncate"]
        return {**number, "truncate": [max(low, -LARGEST_PHI), min(high, LARGEST_PHI)]}

    def shock(self) -> float | dict[str, Any]:
        """Return sd as an uncertain number of a scenario file."""
        return uncertain_number(self.sd, self.sd_se / self.sd) if self.sd > 0.0 else self.sd


@dataclass(frozen=True)
class Correlation:
    """Correlation of two series' innovations over the years they share."""

    between: tuple[str, str]
    value: float
    standard_error: float
    n_year: int
    degrees_of_freedom: int


@dataclass(frozen=True, eq=False)
class Macro:
    """The macro series by name, and the correlations of their innovations."""

    series: Mapping[str, Autoregression]
    correlations: tuple[Correlation, ...]

    def entries(self) -> dict[str, Any]:
        """Return what a scenario file states, by dotted path.

        The long-run means, phi and sd are uncertain by their standard errors; attrition has no
        mean, its mean log level being 0. Correlations are certain: a scenario has no others.

        Returns
        -------
        dict
            Path to number, for `to_toml`. Series other than wage, price and attrition are left
            out: a scenario has no place for them.

        Examples
        --------
        >>> value = [2.0, 3.0, 2.5, 4.0, 3.0, 2.0, 3.5]
        >>> macro = fit_macro({"attrition": Series.of(enumerate(value, 2019))})
        >>> list(macro.entries())
        ['macro.attrition.phi', 'macro.attrition.sd', 'macro.attrition.start']
        """
        found: dict[str, Any] = {}
        for name in filter(self.series.__contains__, NAMES):
            fit = self.series[name]
            if name != "attrition":
                uncertain = {"dist": "normal", "mean": fit.mean, "sd": fit.mean_se}
                found[f"macro.{name}.mean"] = uncertain
            found[f"macro.{name}.phi"] = fit.persistence()
            found[f"macro.{name}.sd"] = fit.shock()
            found[f"macro.{name}.start"] = fit.start
        for pair in self.correlations:
            first, second = sorted(pair.between, key=_place)
            if second in NAMES:
                found[f"macro.{first}_{second}"] = pair.value
        return found


def _place(name: str) -> int:
    return NAMES.index(name) if name in NAMES else len(NAMES)


def fit_autoregression(series: Series) -> Autoregression:
    """Fit ``g_t = c + phi g_(t-1) + e_t`` by least squares, given the first value.

    Parameters
    ----------
    series : Series
        At least 5 consecutive years.

    Returns
    -------
    Autoregression
        In the unit of the values.

    Raises
    ------
    ValueError
        If years are missing or too few.

    Notes
    -----
    Standard errors: of the mean, ``sd / ((1 - phi) sqrt(n))`` (the long-run variance of the
    process); of phi, that of the regression; of sd, ``sd / sqrt(2 (n - 3))``. The correction of
    phi is M. G. Kendall, "Note on bias in the estimation of autocorrelation", Biometrika 41
    (1954) 403-404.

    Examples
    --------
    >>> fit = fit_autoregression(Series.of(enumerate([1.0, 3.0, 2.0, 4.0, 3.0, 5.0], 2001)))
    >>> round(fit.phi, 3), fit.mean, fit.start
    (-0.038, 3.0, 5.0)
    """
    value, n = series.value, series.value.size
    if n < LEAST_YEARS or np.any(np.diff(series.year) != 1):
        years = series.year.tolist()
        raise ValueError(f"an autoregression needs at least 5 consecutive years, got {years}")
    design = np.column_stack([np.ones(n - 1), value[:-1]])
    inverse = np.linalg.inv(design.T @ design)
    constant, phi = inverse @ design.T @ value[1:]
    residual = value[1:] - constant - phi * value[:-1]
    sd = float(np.sqrt(residual @ residual / (n - 3)))
    return Autoregression(
        n_year=n,
        mean=float(value.mean()),
        phi=float(phi),
        sd=sd,
        start=float(value[-1]),
        # The long-run variance of an autoregression is sd^2 / (1 - phi)^2.
        mean_se=float(sd / (abs(1.0 - phi) * np.sqrt(n))),
        phi_se=float(sd * np.sqrt(inverse[1, 1])),
        sd_se=float(sd / np.sqrt(2.0 * (n - 3))),
        phi_corrected=float(phi + (1.0 + 3.0 * phi) / n),
        innovation=Series(series.year[1:], residual),
    )


def fit_macro(series: Mapping[str, Series]) -> Macro:
    """Fit an autoregression to each series, and correlate their innovations.

    Parameters
    ----------
    series : mapping of str to Series
        What a scenario means by them: yearly log growth for ``wage`` and ``price``, the log
        level about its mean for ``attrition``. Other names may be added.

    Returns
    -------
    Macro
        Each correlation over the years its two series share.

    Raises
    ------
    ValueError
        If years are missing or too few, in a series or shared.

    Examples
    --------
    >>> a, b = [1.0, 3.0, 2.0, 4.0, 3.0, 5.0], [2.0, 3.0, 2.0, 3.0, 4.0, 5.0]
    >>> pair = {"wage": Series.of(enumerate(a, 2001)), "price": Series.of(enumerate(b, 2001))}
    >>> round(fit_macro(pair).correlations[0].value, 2)
    0.74
    """
    fits = {name: fit_autoregression(one) for name, one in series.items()}
    return correlated(fits)


def correlated(fits: Mapping[str, Autoregression]) -> Macro:
    """Return fitted series with the correlations of their innovations.

    Parameters
    ----------
    fits : mapping of str to Autoregression

    Raises
    ------
    ValueError
        If two series share too few years.

    Examples
    --------
    >>> a, b = [1.0, 3.0, 2.0, 4.0, 3.0, 5.0], [2.0, 3.0, 2.0, 3.0, 4.0, 5.0]
    >>> pair = {"wage": Series.of(enumerate(a, 2001)), "price": Series.of(enumerate(b, 2001))}
    >>> fits = {name: fit_autoregression(one) for name, one in pair.items()}
    >>> correlated(fits).correlations[0].n_year
    5
    """
    return Macro(fits, tuple(_correlate(fits, pair) for pair in combinations(fits, 2)))


def _correlate(fits: Mapping[str, Autoregression], between: tuple[str, str]) -> Correlation:
    a, b = (fits[name].innovation for name in between)
    years, at_a, at_b = np.intersect1d(a.year, b.year, return_indices=True)
    if years.size < LEAST_YEARS - 1:
        pair = " and ".join(between)
        raise ValueError(f"{pair} must share at least 4 years of innovations, got {years.tolist()}")
    value = float(np.corrcoef(a.value[at_a], b.value[at_b])[0, 1])
    # Each autoregression has used two degrees of freedom.
    dof = at_a.size - 2
    return Correlation(between, value, float((1 - value**2) / np.sqrt(dof)), at_a.size, dof)
