"""Fits held against data they have not seen: PIT, coverage of intervals, log score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from hcrisk.calibrate.frequency import Counts, FrequencyFit
from hcrisk.calibrate.likelihood import CalibrationError, Floats
from hcrisk.calibrate.severity import Sample, SeverityFit

LEVELS = (0.5, 0.8, 0.9, 0.95)
UPPER = (0.9, 0.95, 0.99)
ABOVE = "above P"
REJECTED = 0.05


@dataclass(frozen=True)
class Coverage:
    """How often an interval held what came.

    Attributes
    ----------
    name : str
        ``"central 80 %"``, or ``"above P95"``.
    nominal : float
        The probability the fit gives it.
    found : int
        How many of the n lay in it.
    n : int
    low, high : float
        Exact 95 % interval of the share (Clopper and Pearson 1934).
    """

    name: str
    nominal: float
    found: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share that lay in it."""
        return self.found / self.n

    @property
    def is_met(self) -> bool:
        """Whether the nominal probability lies in the interval of the share."""
        return self.low <= self.nominal <= self.high


@dataclass(frozen=True, eq=False)
class Backtest:
    """How a fit did on data held out.

    Attributes
    ----------
    n : int
    pit : array, shape (n,)
        Probability integral transforms: the fit's distribution function at what came, uniform
        if the fit is right. For counts the middle of the step.
    p_value : float
        Of the test that they are uniform.
    statistic : float
        Kolmogorov and Smirnov's distance; for counts the standardised mean.
    log_score : float
        Mean log density of what came: higher is better.
    coverage : tuple of Coverage
    """

    n: int
    pit: Floats
    p_value: float
    statistic: float
    log_score: float
    coverage: tuple[Coverage, ...]

    @property
    def is_passed(self) -> bool:
        """Whether uniformity is not rejected at 5 % and every upper tail held what it should."""
        tails = (one for one in self.coverage if one.name.startswith(ABOVE))
        return self.p_value >= REJECTED and all(one.is_met for one in tails)


def backtest_severity(
    fit: SeverityFit, held_out: Sample, levels: Sequence[float] = LEVELS
) -> Backtest:
    """Hold a fitted severity against values that came later.

    Parameters
    ----------
    fit : SeverityFit
    held_out : Sample
        Known in full, above the threshold of the fit.
    levels : sequence of float
        Central intervals to look at.

    Returns
    -------
    Backtest

    Raises
    ------
    CalibrationError
        If values are censored, or reported above another threshold.

    Notes
    -----
    M. Rosenblatt, Annals of Mathematical Statistics 23 (1952) 470-472; F. X. Diebold,
    T. A. Gunther and A. S. Tay, International Economic Review 39 (1998) 863-883. Parameters are
    taken as fitted, so the test asks whether the law that will be used is right. It takes values
    as independent; reports of one event at a vendor are not, so a small p-value may mean that.

    Examples
    --------
    >>> from hcrisk.calibrate.severity import fit_severity
    >>> fit = fit_severity(Sample.of([120.0, 150.0, 260.0, 300.0, 900.0], above=100.0), "pareto")
    >>> found = backtest_severity(fit, Sample.of([110.0, 170.0, 200.0, 400.0, 700.0], above=100.0))
    >>> found.pit.round(2).tolist(), round(found.p_value, 2)
    ([0.09, 0.42, 0.51, 0.76, 0.87], 0.92)
    """
    if not held_out.is_complete:
        raise CalibrationError(
            "a backtest needs values known in full; leave out the open ones, and say so"
        )
    if held_out.above != fit.above:
        raise CalibrationError(
            f"the fit is conditional on values above {fit.above:g}, the sample on "
            f"{held_out.above:g}; use one threshold"
        )
    pit = fit.cdf(held_out.value)
    test = stats.kstest(pit, "uniform")
    covered = [_central(pit, level) for level in levels] + [_upper(pit, level) for level in UPPER]
    score = float(fit.log_density(held_out.value)[0].mean())
    return Backtest(pit.size, pit, float(test.pvalue), float(test.statistic), score, tuple(covered))


def backtest_counts(
    fit: FrequencyFit, held_out: Counts, levels: Sequence[float] = LEVELS
) -> Backtest:
    """Hold a fitted frequency against counts that came later.

    Parameters
    ----------
    fit : FrequencyFit
    held_out : Counts
        Their times counted from the same origin as those fitted.
    levels : sequence of float
        Central intervals to look at. Those of counts hold at least what they are named.

    Returns
    -------
    Backtest

    Notes
    -----
    The PIT is the middle of the step, ``(F(n - 1) + F(n)) / 2``, which has mean 1/2 if the fit is
    right; its variance is at most 1/12, so the test of the mean rejects too seldom rather than
    too often. C. Czado, T. Gneiting and L. Held, Biometrics 65 (2009) 1254-1261.

    Examples
    --------
    >>> from hcrisk.calibrate.frequency import fit_frequency
    >>> fit = fit_frequency(Counts.of([3, 0, 2, 5, 4, 4]))
    >>> found = backtest_counts(fit, Counts.of([2, 4, 9]))
    >>> found.coverage[-1].found, round(found.p_value, 2)
    (2, 0.28)
    """
    lower, upper = fit.cdf(held_out, shift=-1), fit.cdf(held_out)
    pit = 0.5 * (lower + upper)
    statistic = float((pit.mean() - 0.5) * np.sqrt(12.0 * pit.size))
    covered = []
    for level in levels:
        tail = (1.0 - level) / 2.0
        # Between the quantiles at both tails, ends included.
        inside = (upper >= tail) & (lower <= 1.0 - tail)
        covered.append(_coverage(f"central {100 * level:g} %", level, inside))
    score = float(fit.log_density(held_out).mean())
    p_value = float(2.0 * stats.norm.sf(abs(statistic)))
    return Backtest(pit.size, pit, p_value, statistic, score, tuple(covered))


def backtest_rate(events: float, exposure: float, later: int, later_exposure: float) -> Backtest:
    """Hold a rate against the number of events that came later.

    Parameters
    ----------
    events, exposure : float
        What the rate was estimated from.
    later : int
        Events held out.
    later_exposure : float
        Over what.

    Returns
    -------
    Backtest
        Of one value. Its p-value is the exact one of a count as far out on either side.

    Notes
    -----
    The prediction is that of the rate as it is written: Poisson counts whose rate has the gamma
    posterior of Jeffreys' prior, so negative binomial.

    Examples
    --------
    >>> found = backtest_rate(10, 5.0, 7, 1.0)
    >>> round(found.p_value, 3), found.is_passed
    (0.024, False)
    """
    return backtest_gamma(
        {"mean": (events + 0.5) / exposure, "cv": (events + 0.5) ** -0.5}, later, later_exposure
    )


def backtest_gamma(rate: Mapping[str, Any], later: int, exposure: float) -> Backtest:
    """Hold a rate as a scenario file states it against the number of events that came later.

    Parameters
    ----------
    rate : mapping
        A gamma number: its ``mean`` and ``cv``.
    later : int
        Events held out.
    exposure : float
        Over what.

    Returns
    -------
    Backtest
        Of one value. Its p-value is the exact one of a count as far out on either side.

    Notes
    -----
    A simulation draws the rate and then Poisson counts, so what is predicted is negative binomial.

    Examples
    --------
    >>> found = backtest_gamma({"dist": "gamma", "mean": 445.2, "cv": 0.088}, 543, 1.0)
    >>> round(found.p_value, 3), found.is_passed
    (0.037, False)
    """
    shape = rate["cv"] ** -2.0
    law = stats.nbinom(shape, shape / (shape + rate["mean"] * exposure))
    upper, below = float(law.cdf(later)), float(law.cdf(later - 1))
    covered = []
    for level in LEVELS:
        tail = (1.0 - level) / 2.0
        inside = np.array([upper >= tail and below <= 1.0 - tail])
        covered.append(_coverage(f"central {100 * level:g} %", level, inside))
    return Backtest(
        n=1,
        pit=np.array([0.5 * (below + upper)]),
        p_value=min(1.0, 2.0 * min(upper, 1.0 - below)),
        statistic=float((later - law.mean()) / law.std()),
        log_score=float(law.logpmf(later)),
        coverage=tuple(covered),
    )


def backtest_forecasts(
    errors: ArrayLike, sd: ArrayLike, freedom: float, levels: Sequence[float] = LEVELS
) -> Backtest:
    """Hold one-step forecasts of a series against what came.

    Parameters
    ----------
    errors : array_like, shape (n,)
        What came less its forecast.
    sd : array_like
        Of a forecast, as estimated: one for all, or one for each.
    freedom : float
        Degrees of freedom of that estimate.
    levels : sequence of float
        Central intervals to look at.

    Returns
    -------
    Backtest

    Examples
    --------
    >>> found = backtest_forecasts([0.5, -0.2, 3.1], sd=0.6, freedom=18)
    >>> found.pit.round(2).tolist(), found.coverage[0].found
    ([0.79, 0.37, 1.0], 1)
    """
    scaled = np.asarray(errors, dtype=np.float64) / np.asarray(sd, dtype=np.float64)
    pit = np.asarray(stats.t.cdf(scaled, freedom))
    test = stats.kstest(pit, "uniform")
    return Backtest(
        n=pit.size,
        pit=pit,
        p_value=float(test.pvalue),
        statistic=float(test.statistic),
        log_score=float(np.mean(stats.t.logpdf(scaled, freedom) - np.log(sd))),
        coverage=tuple(_central(pit, level) for level in levels),
    )


def _central(pit: Floats, level: float) -> Coverage:
    return _coverage(f"central {100 * level:g} %", level, np.abs(pit - 0.5) <= level / 2.0)


def _upper(pit: Floats, level: float) -> Coverage:
    return _coverage(f"{ABOVE}{100 * level:g}", round(1.0 - level, 12), pit > level)


def _coverage(name: str, nominal: float, inside: np.ndarray) -> Coverage:
    found, n = int(np.sum(inside)), inside.size
    interval = stats.binomtest(found, n, nominal).proportion_ci(0.95)
    return Coverage(name, nominal, found, n, float(interval.low), float(interval.high))
