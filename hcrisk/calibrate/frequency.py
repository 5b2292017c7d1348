"""Frequencies: Poisson and negative binomial counts with exposure, and a trend if wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from hcrisk.calibrate.fitted import Fitted
from hcrisk.calibrate.likelihood import (
    CalibrationError,
    Each,
    Floats,
    Maximum,
    maximise,
    profile_interval,
    sandwich,
)
from hcrisk.calibrate.survival import poisson_interval, posterior
from hcrisk.exceptions import ArgumentError

FrequencyFamily = Literal["poisson", "negative_binomial"]
FREQUENCY_FAMILIES: tuple[FrequencyFamily, ...] = ("poisson", "negative_binomial")
# Above this the frailty's spread is below a thousandth of the count's own.
LARGEST_SHAPE = 1e4


@dataclass(frozen=True, eq=False)
class Counts:
    """Events counted over units or periods. Make it with `Counts.of`.

    Attributes
    ----------
    count : array of int, shape (n,)
    exposure : array, shape (n,)
        Size of each: years, or practice-years.
    time : array, shape (n,)
        When, in years; a trend's rate is that at time 0.
    """

    count: NDArray[np.int64]
    exposure: Floats
    time: Floats

    @classmethod
    def of(
        cls, count: ArrayLike, exposure: ArrayLike = 1.0, time: ArrayLike | None = None
    ) -> Counts:
        """Return counts with their exposure and time.

        Parameters
        ----------
        count : array_like, shape (n,)
            Whole numbers from 0.
        exposure : array_like
            Positive; one for all, or one for each.
        time : array_like, optional
            In years. Without it, the counts lie one year apart and the last is at time 0.

        Raises
        ------
        CalibrationError
            If there are no counts, or they are no counts.

        Examples
        --------
        >>> Counts.of([2, 0, 1]).time.tolist()
        [-2.0, -1.0, 0.0]
        """
        found = np.asarray(count, dtype=np.float64)
        if found.size == 0 or np.any(found < 0) or np.any(found != np.rint(found)):
            raise CalibrationError(
                f"counts must be whole numbers from 0, got {found.tolist()[:10]}; count events"
            )
        size = np.broadcast_to(np.asarray(exposure, dtype=np.float64), found.shape)
        if np.any(~(size > 0.0)):
            raise CalibrationError(
                f"exposures must be above 0, got {size.tolist()[:10]}; leave out empty periods"
            )
        when = np.arange(1.0 - found.size, 1.0) if time is None else np.asarray(time, np.float64)
        return cls(found.astype(np.int64), size.copy(), when)


@dataclass(frozen=True, eq=False)
class FrequencyFit(Fitted):
    """A family of counts; its ``rate`` is events per unit of exposure at time 0.

    Attributes
    ----------
    counts : Counts
        What it was fitted to.
    dispersion : float
        Pearson's statistic over its degrees of freedom: about 1 if the family fits.
    p_value : float
        Of Pearson's statistic against chi-squared.
    """

    counts: Counts | None = None
    dispersion: float = float("nan")
    p_value: float = float("nan")

    def mean(self, counts: Counts) -> Floats:
        """Return the expected counts, given exposure and time."""
        return _means(self.parameters, counts)

    def cdf(self, counts: Counts, shift: int = 0) -> Floats:
        """Return the probability of at most each count plus ``shift``, parameters as fitted."""
        m, k = self.mean(counts), counts.count + shift
        shape = self.parameters.get("frailty_shape")
        if shape is None:
            return np.asarray(stats.poisson.cdf(k, m))
        return np.asarray(stats.nbinom.cdf(k, shape, shape / (shape + m)))

    def log_density(self, counts: Counts) -> Floats:
        """Return the log probability of each count, parameters as fitted."""
        return _log_probability(self.parameters, counts)

    def interval(
        self, name: str, level: float = 0.95, *, clustered: bool = False
    ) -> tuple[float, float]:
        """Return the interval of a parameter: exact for a Poisson rate without a trend.

        Parameters
        ----------
        name : str
        level : float
            Coverage, in (0, 1).
        clustered : bool
            Allow for dependence within groups; then it is asymptotic.
        """
        if list(self.parameters) != ["rate"] or self.counts is None or clustered:
            return super().interval(name, level, clustered=clustered)
        low, high = poisson_interval(self.counts.count.sum(), level)
        exposure = self.counts.exposure.sum()
        return float(low / exposure), float(high / exposure)

    def number(self) -> dict[str, Any]:
        """Return the rate as an uncertain number of a scenario file.

        Exact for a Poisson rate without a trend: the gamma posterior of Jeffreys' prior, shape
        ``events + 1/2`` and scale ``1 / exposure``, which is proper with no events at all.
        """
        if list(self.parameters) == ["rate"] and self.counts is not None:
            return posterior(float(self.counts.count.sum()), float(self.counts.exposure.sum()))
        return self.uncertain()["rate"]

    def entries(self, risk: str) -> dict[str, Any]:
        """Return what a scenario file states of a risk, by dotted path.

        Parameters
        ----------
        risk : str
            Name of the risk.

        Returns
        -------
        dict
            ``frequency``, and ``frailty_shape`` of a negative binomial: a gamma mixture of
            Poisson counts is one, with that shape (M. Greenwood and G. U. Yule 1920).
        """
        found: dict[str, Any] = {f"risks.{risk}.frequency": self.number()}
        if "frailty_shape" in self.parameters:
            found[f"risks.{risk}.frailty_shape"] = self.uncertain()["frailty_shape"]
        return found


def fit_frequency(
    counts: Counts,
    family: FrequencyFamily = "poisson",
    *,
    trend: bool = False,
    groups: ArrayLike | None = None,
) -> FrequencyFit:
    """Fit a family of counts by maximum likelihood.

    ``m_i = exposure_i rate exp(trend time_i)``; a count is Poisson(m_i), or negative binomial
    with variance ``m_i + m_i^2 / frailty_shape``.

    The frailty is that of whatever one count belongs to. Counts of practices over the same years
    give how practices differ, which is what ``frailty_shape`` of a scenario means; counts of the
    years of one population give how years differ, which is not.

    Parameters
    ----------
    counts : Counts
    family : str
        ``"poisson"`` or ``"negative_binomial"``.
    trend : bool
        Fit a yearly growth of the log rate; at least three different times.
    groups : array_like of int, optional
        Counts that may depend on each other, for clustered errors.

    Returns
    -------
    FrequencyFit

    Raises
    ------
    TypeError
        For anything but counts.
    ValueError
        If there is no such family.
    CalibrationError
        If the counts do not determine it: no events, no trend, or no more spread than Poisson.

    Notes
    -----
    A. C. Cameron and P. K. Trivedi, *Regression Analysis of Count Data* (NB2).

    Examples
    --------
    >>> fit = fit_frequency(Counts.of([3, 0, 2, 5], exposure=2.0))
    >>> fit.parameters["rate"], fit.number()["mean"]
    (1.25, 1.3125)
    """
    if family not in FREQUENCY_FAMILIES:
        raise ArgumentError("family", family, f"must be one of {list(FREQUENCY_FAMILIES)}")
    if not isinstance(counts, Counts):
        raise TypeError(
            f"counts must be Counts, got {type(counts).__name__}; write Counts.of([3, 0, 2]) for "
            "three years, or pass a log of incidents to incident_findings"
        )
    names = ["rate", *(["frailty_shape"] if family != "poisson" else []), *(["trend"] * trend)]
    _refuse_undetermined(counts, family, trend)
    top = _maximum(counts, names)
    cluster = np.arange(counts.count.size) if groups is None else np.asarray(groups)
    parameters = _parameters(names, top.free)
    freedom = counts.count.size - len(names)
    pearson = _pearson(parameters, counts)
    known = freedom > 0 and parameters["rate"] > 0.0
    return FrequencyFit(
        family=family,
        parameters=parameters,
        covariance=top.covariance,
        clustered_covariance=sandwich(top.covariance, top.scores, cluster),
        above=-1.0,
        n=counts.count.size,
        log_likelihood=top.log_likelihood,
        unbounded=("trend",),
        counts=counts,
        dispersion=pearson / freedom if known else float("nan"),
        p_value=float(stats.chi2.sf(pearson, freedom)) if known else float("nan"),
    )


def rank_frequencies(
    counts: Counts, *, trends: bool = False
) -> tuple[tuple[FrequencyFit, ...], dict[str, str]]:
    """Fit every family of counts and rank them by AIC.

    Parameters
    ----------
    counts : Counts
    trends : bool
        Try each with a trend as well.

    Returns
    -------
    (fits, failed)
        Fits by AIC, the best first, and why others could not be fitted.

    Raises
    ------
    CalibrationError
        If none could be fitted.

    Examples
    --------
    >>> fits, failed = rank_frequencies(Counts.of([1, 1, 2, 1, 1]))
    >>> fits[0].family, list(failed)
    ('poisson', ['negative_binomial'])
    """
    fits, failed = [], {}
    for family in FREQUENCY_FAMILIES:
        for trend in (False, True) if trends else (False,):
            try:
                fits.append(fit_frequency(counts, family, trend=trend))
            except CalibrationError as error:
                failed[f"{family} with trend" if trend else family] = str(error)
    if not fits:
        raise CalibrationError("; ".join(failed.values()))
    return tuple(sorted(fits, key=lambda fit: fit.aic)), failed


def frequency_profile(fit: FrequencyFit, name: str, level: float = 0.95) -> tuple[float, float]:
    """Return the profile-likelihood interval of a parameter.

    Parameters
    ----------
    fit : FrequencyFit
    name : str
        ``rate``, ``frailty_shape`` or ``trend``.
    level : float
        Coverage, in (0, 1).

    Examples
    --------
    >>> fit = fit_frequency(Counts.of([3, 0, 2, 5], exposure=2.0))
    >>> [round(end, 2) for end in frequency_profile(fit, "rate")]
    [0.63, 2.19]
    """
    if fit.counts is None:
        raise ValueError("a profile needs the counts that were fitted")
    names = list(fit.parameters)
    top = _maximum(fit.counts, names)
    ends = profile_interval(_each(fit.counts, names), top, names.index(name), level)
    if name in fit.unbounded:
        return ends
    return float(np.exp(ends[0])), float(np.exp(ends[1]))


def _refuse_undetermined(counts: Counts, family: str, trend: bool) -> None:
    if not counts.count.any():
        if family == "poisson" and not trend:
            return
        raise CalibrationError(
            f"the {family} fit needs events, got none; a Poisson rate without a trend has an "
            "exact answer"
        )
    if trend and np.unique(counts.time).size < 3:
        raise CalibrationError("a trend needs at least 3 different times; widen the window")
    if family == "negative_binomial" and counts.count.size < 3:
        raise CalibrationError("a frailty needs at least 3 counts; use more periods or practices")


def _maximum(counts: Counts, names: list[str]) -> Maximum:
    total, exposure = float(counts.count.sum()), float(counts.exposure.sum())
    if names == ["rate"]:
        # Closed form; with no events there is none, and half an event stands for its scale.
        rate = max(total, 0.5) / exposure
        scores = (counts.count - counts.exposure * rate).reshape(1, -1)
        top = float(_each(counts, names)(np.array([np.log(rate)])).sum())
        if total == 0.0:
            rate, top = 0.0, 0.0
        with np.errstate(divide="ignore"):
            return Maximum(
                np.log(np.array([rate])), np.array([[1.0 / max(total, 0.5)]]), scores, top
            )
    start = {"rate": np.log(total / exposure), "trend": 0.0}
    if "frailty_shape" in names:
        start["frailty_shape"] = np.log(_moment_shape(counts, names))
    what = "negative binomial" if "frailty_shape" in names else "Poisson trend"
    return maximise(_each(counts, names), np.array([start[name] for name in names]), what)


def _moment_shape(counts: Counts, names: list[str]) -> float:
    """Return the moment estimate of the frailty's shape, or refuse counts without any.

    A negative binomial has a peak only where the score at no frailty is positive:
    ``sum((n - m)^2 - n) > 0``.
    """
    plain = [name for name in names if name != "frailty_shape"]
    m = _means(_parameters(plain, _maximum(counts, plain).free), counts)
    excess = float(np.sum((counts.count - m) ** 2 - counts.count))
    # Rounding must not pass for spread.
    if excess <= 1e-9 * float(np.sum(m)):
        raise CalibrationError(
            "the negative binomial fit has no frailty to find: the counts spread no more than "
            "Poisson counts do; use the Poisson"
        )
    return min(float(np.sum(m**2)) / excess, LARGEST_SHAPE)


def _parameters(names: list[str], free: Floats) -> dict[str, float]:
    with np.errstate(over="ignore"):
        pairs = zip(names, free, strict=True)
        return {name: float(v if name == "trend" else np.exp(v)) for name, v in pairs}


def _means(parameters: Mapping[str, float], counts: Counts) -> Floats:
    growth = np.exp(parameters.get("trend", 0.0) * counts.time)
    return np.asarray(counts.exposure * parameters["rate"] * growth)


def _pearson(parameters: Mapping[str, float], counts: Counts) -> float:
    m = _means(parameters, counts)
    variance = m + m**2 / parameters.get("frailty_shape", np.inf)
    # Without events nothing is expected and nothing found.
    return float(np.sum((counts.count - m) ** 2 / np.where(variance > 0.0, variance, 1.0)))


def _log_probability(parameters: Mapping[str, float], counts: Counts) -> Floats:
    n, m = counts.count, _means(parameters, counts)
    shape = parameters.get("frailty_shape")
    if shape is None:
        return np.asarray(special.xlogy(n, m) - m - special.gammaln(n + 1.0))
    mixed = special.gammaln(n + shape) - special.gammaln(shape) - special.gammaln(n + 1.0)
    spread = shape * np.log1p(m / shape)
    return np.asarray(mixed - spread + special.xlogy(n, m / (shape + m)))


def _each(counts: Counts, names: list[str]) -> Each:
    def each(free: Floats) -> Floats:
        return _log_probability(_parameters(names, free), counts)

    return each
