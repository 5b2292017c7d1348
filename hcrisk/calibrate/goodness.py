"""How well fitted severities agree with a sample, and which fits best."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from hcrisk.calibrate.families import severity_families
from hcrisk.calibrate.likelihood import CalibrationError, Floats
from hcrisk.calibrate.severity import Sample, SeverityFit, fit_severity
from hcrisk.calibrate.survival import kaplan_meier

# Below this, classes of the chi-squared test would be too few to tell anything.
LEAST_FOR_CLASSES = 25


@dataclass(frozen=True)
class Goodness:
    """How a fitted law agrees with a sample.

    Attributes
    ----------
    n : int
    log_likelihood : float
    kolmogorov_smirnov : float
        Greatest distance between the distribution functions; from the product-limit estimate if
        values are censored.
    anderson_darling : float
        The tail-weighted distance; NaN if values are censored.
    p_value : float
        Of the chi-squared test in about 2 n^0.4 equally likely classes; NaN if values are
        censored, or fewer than 25.
    """

    n: int
    log_likelihood: float
    kolmogorov_smirnov: float
    anderson_darling: float
    p_value: float


@dataclass(frozen=True, eq=False)
class Ranking:
    """Families in the order of their AIC, the best first.

    Attributes
    ----------
    fits : tuple of Fitted
    goodness : tuple of Goodness
        In the same order.
    failed : mapping of str to str
        Families that could not be fitted, and why.
    """

    fits: tuple[SeverityFit, ...]
    goodness: tuple[Goodness, ...]
    failed: Mapping[str, str]

    @property
    def best(self) -> SeverityFit:
        """The fit of lowest AIC."""
        return self.fits[0]


def rank_severities(
    sample: Sample,
    families: Collection[str] | None = None,
    *,
    location: float | None = None,
    splice: float | None = None,
) -> Ranking:
    """Fit every family that can be fitted, and rank them by AIC.

    Parameters
    ----------
    sample : Sample
    families : collection of str, optional
        Which to try; all when omitted.
    location, splice : float, optional
        As for `fit_severity`.

    Returns
    -------
    Ranking

    Raises
    ------
    CalibrationError
        If none could be fitted.

    Examples
    --------
    >>> sample = Sample.of([1.0, 2.0, 2.5, 3.0, 4.0, 7.0, 30.0])
    >>> rank_severities(sample, ["lognormal", "weibull"]).best.family
    'lognormal'
    """
    start = sample.above if location is None else location
    fits, failed = [], {}
    for name in severity_families(start, splice) if families is None else families:
        try:
            fits.append(fit_severity(sample, name, location=location, splice=splice))
        except CalibrationError as error:
            failed[name] = str(error)
    if not fits:
        raise CalibrationError("; ".join(failed.values()))
    fits.sort(key=lambda fit: fit.aic)
    return Ranking(tuple(fits), tuple(assess(fit, sample) for fit in fits), failed)


def assess(fit: SeverityFit, sample: Sample) -> Goodness:
    """Compare a fitted law with a sample above the same threshold.

    Parameters
    ----------
    fit : SeverityFit
    sample : Sample

    Returns
    -------
    Goodness

    Notes
    -----
    The chi-squared test takes off a degree of freedom for each parameter. As these were fitted to
    the values themselves and not to their classes, it rejects a little too often (Chernoff and
    Lehmann 1954): a high p-value is to be trusted more than a low one.

    Examples
    --------
    >>> sample = Sample.of([120.0, 150.0, 260.0, 300.0, 900.0], above=100.0)
    >>> round(assess(fit_severity(sample, "pareto"), sample).kolmogorov_smirnov, 3)
    0.227
    """
    log_likelihood = fit.log_likelihood_of(sample)
    n = sample.value.size
    if not sample.is_complete:
        gap = _product_limit_gap(fit, sample)
        return Goodness(n, log_likelihood, gap, float("nan"), float("nan"))
    survival = fit.log_density(np.sort(sample.value))[1]
    cdf = -np.expm1(survival)
    rank = np.arange(1, n + 1)
    gap = max(float(np.max(rank / n - cdf)), float(np.max(cdf - (rank - 1) / n)))
    with np.errstate(divide="ignore"):
        weighted = (2 * rank - 1) * (np.log(cdf) + survival[::-1])
    p_value = _chi_squared(cdf, len(fit.parameters))
    return Goodness(n, log_likelihood, gap, float(-n - weighted.mean()), p_value)


def _product_limit_gap(fit: SeverityFit, sample: Sample) -> float:
    curve = kaplan_meier(sample.value, ~sample.censored, sample.entry)
    survival = np.exp(fit.log_density(curve.time)[1])
    before = np.append(1.0, curve.survival[:-1])
    return float(max(np.max(np.abs(curve.survival - survival)), np.max(np.abs(before - survival))))


def _chi_squared(cdf: Floats, parameters: int) -> float:
    if cdf.size < LEAST_FOR_CLASSES:
        return float("nan")
    classes = max(parameters + 2, round(2.0 * cdf.size**0.4))
    found = np.bincount(np.minimum((cdf * classes).astype(np.int64), classes - 1))
    expected = cdf.size / classes
    missing = classes - found.size
    statistic = np.sum((found - expected) ** 2) / expected + missing * expected
    return float(stats.chi2.sf(statistic, classes - 1 - parameters))
