"""What every maximum-likelihood fit has in common: criteria, standard errors, intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from hcrisk.calibrate.likelihood import Floats
from hcrisk.distributions.copula import PI_OVER_SIX

# An uncertain parameter is cut here, in standard errors: every law it may give can be checked.
CUT = 3.0
DIGITS = 5


@dataclass(frozen=True, eq=False)
class Fitted:
    """A family fitted by maximum likelihood.

    Attributes
    ----------
    family : str
    parameters : mapping of str to float
    covariance : array, shape (k, k)
        Of the *free* parameters: the logarithm of each positive one, an unbounded one itself;
        from the observed information.
    clustered_covariance : array, shape (k, k)
        The same, allowing any dependence within groups of observations; NaN if there is one.
    above : float
        The likelihood is conditional on values above this.
    n : int
        Observations.
    log_likelihood : float
    unbounded : tuple of str
        Parameters that are free as they are.
    """

    family: str
    parameters: Mapping[str, float]
    covariance: Floats
    clustered_covariance: Floats
    above: float
    n: int
    log_likelihood: float
    unbounded: tuple[str, ...] = ()

    @property
    def theta(self) -> Floats:
        """The parameters as an array, shape (k,)."""
        return np.array(list(self.parameters.values()), dtype=np.float64)

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return 2.0 * len(self.parameters) - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's Bayesian information criterion."""
        return float(np.log(self.n)) * len(self.parameters) - 2.0 * self.log_likelihood

    def free_errors(self, *, clustered: bool = False) -> dict[str, float]:
        """Return the standard error of each free parameter.

        Parameters
        ----------
        clustered : bool
            Allow for dependence within groups.
        """
        covariance = self.clustered_covariance if clustered else self.covariance
        errors = np.sqrt(np.diag(covariance)).tolist()
        return dict(zip(self.parameters, errors, strict=True))

    def standard_errors(self, *, clustered: bool = False) -> dict[str, float]:
        """Return the standard error of each parameter (not of its logarithm).

        Parameters
        ----------
        clustered : bool
            Allow for dependence within groups.
        """
        free = self.free_errors(clustered=clustered)
        return {
            name: free[name] * (1.0 if name in self.unbounded else value)
            for name, value in self.parameters.items()
        }

    def interval(
        self, name: str, level: float = 0.95, *, clustered: bool = False
    ) -> tuple[float, float]:
        """Return the asymptotic interval of a parameter, symmetric in the free one.

        Parameters
        ----------
        name : str
        level : float
            Coverage, in (0, 1).
        clustered : bool
            Allow for dependence within groups.
        """
        reach = float(stats.norm.ppf(0.5 + level / 2)) * self.free_errors(clustered=clustered)[name]
        value = self.parameters[name]
        if name in self.unbounded:
            return value - reach, value + reach
        return float(value * np.exp(-reach)), float(value * np.exp(reach))

    def uncertain(self, *, clustered: bool = False) -> dict[str, dict[str, Any]]:
        """Return each parameter as an uncertain number of a scenario file.

        Lognormal about the estimate for a positive parameter, normal for an unbounded one, cut
        three standard errors away.

        Parameters
        ----------
        clustered : bool
            Allow for dependence within groups.
        """
        errors = self.free_errors(clustered=clustered)
        return {
            name: uncertain_number(value, errors[name], name in self.unbounded)
            for name, value in self.parameters.items()
        }

    def spearman(self, first: str, second: str, *, clustered: bool = False) -> float:
        """Return the rank correlation of two parameters' estimates: 6 asin(r / 2) / pi.

        Parameters
        ----------
        first, second : str
        clustered : bool
            Allow for dependence within groups.
        """
        covariance = self.clustered_covariance if clustered else self.covariance
        i, j = (list(self.parameters).index(name) for name in (first, second))
        product = covariance[i, i] * covariance[j, j]
        return spearman_from_pearson(float(covariance[i, j] / np.sqrt(product)))


def uncertain_number(value: float, error: float, unbounded: bool = False) -> dict[str, Any]:
    """Return an estimate as an uncertain number of a scenario file.

    Parameters
    ----------
    value : float
    error : float
        Standard error: of the logarithm, or of an ``unbounded`` value itself.
    unbounded : bool

    Examples
    --------
    >>> uncertain_number(10.0, 0.1)
    {'dist': 'lognormal', 'median': 10.0, 'sigma': 0.1, 'truncate': [7.4082, 13.499]}
    """
    if unbounded:
        ends = [short(value - CUT * error), short(value + CUT * error)]
        return {"dist": "normal", "mean": short(value), "sd": short(error), "truncate": ends}
    ends = [short(float(value * np.exp(side * CUT * error))) for side in (-1, 1)]
    return {"dist": "lognormal", "median": short(value), "sigma": short(error), "truncate": ends}


def spearman_from_pearson(r: float) -> float:
    """Return the Spearman correlation of a normal copula: 6 asin(r / 2) / pi.

    Examples
    --------
    >>> spearman_from_pearson(1.0), round(spearman_from_pearson(0.517638090205), 9)
    (1.0, 0.5)
    """
    return float(np.arcsin(r / 2.0) / PI_OVER_SIX)


def short(value: float) -> float:
    """Return a value with five significant digits: more would not be known.

    Examples
    --------
    >>> short(0.23027488), short(1234567.0)
    (0.23027, 1234600.0)
    """
    return float(f"{value:.{DIGITS}g}")
