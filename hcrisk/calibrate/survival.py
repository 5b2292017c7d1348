"""Times to an event, of which some are still running: product-limit curve, hazards by piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from hcrisk.calibrate.fitted import short
from hcrisk.calibrate.likelihood import CalibrationError, Floats


@dataclass(frozen=True, eq=False)
class Curve:
    """Product-limit estimate of a survival function, by time of an event.

    Attributes
    ----------
    time : array, shape (k,)
        Distinct times at which events happened, rising.
    survival : array, shape (k,)
        Probability of lasting beyond each.
    standard_error : array, shape (k,)
        Greenwood's.
    at_risk, events : array of int, shape (k,)
    """

    time: Floats
    survival: Floats
    standard_error: Floats
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]


def kaplan_meier(time: ArrayLike, event: ArrayLike, entry: ArrayLike | None = None) -> Curve:
    """Return the product-limit estimate, with delayed entry.

    ``S(t) = prod over event times t_i <= t of (1 - d_i / n_i)``; n_i are those with
    ``entry < t_i <= time``. E. L. Kaplan and P. Meier, JASA 53 (1958) 457-481; for delayed entry
    W.-Y. Tsai, N. P. Jewell and M.-C. Wang, Biometrika 74 (1987) 883-886.

    Parameters
    ----------
    time : array_like, shape (n,)
        When the event happened, or observation ended.
    event : array_like of bool, shape (n,)
        Whether it happened.
    entry : array_like, optional
        When observation began; 0 when omitted.

    Returns
    -------
    Curve

    Examples
    --------
    >>> kaplan_meier([1.0, 2.0, 2.0, 3.0], [True, True, False, True]).survival.tolist()
    [0.75, 0.5, 0.0]
    """
    ends, happened = np.asarray(time, dtype=np.float64), np.asarray(event, dtype=np.bool_)
    begins = np.zeros(ends.size) if entry is None else np.asarray(entry, dtype=np.float64)
    at = np.unique(ends[happened])
    sorted_ends, sorted_begins = np.sort(ends), np.sort(begins)
    left = np.searchsorted(sorted_begins, at, side="left")
    gone = np.searchsorted(sorted_ends, at, side="left")
    at_risk = left - gone
    moments = np.sort(ends[happened])
    events = np.searchsorted(moments, at, "right") - np.searchsorted(moments, at, "left")
    survival: Floats = np.cumprod(1.0 - events / at_risk, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
        error = np.where(survival > 0.0, survival * spread, 0.0)
    return Curve(at, survival, error, at_risk, events)


@dataclass(frozen=True, eq=False)
class Hazards:
    """Hazard rates constant between breaks.

    Attributes
    ----------
    breaks : tuple of float
        In the unit of the times; piece i lies between breaks i - 1 and i.
    events : array of int, shape (pieces,)
    exposure : array, shape (pieces,)
        Time at risk.
    rate : array, shape (pieces,)
        Events per time at risk: the maximum-likelihood estimate.
    lower, upper : array, shape (pieces,)
        Exact Poisson intervals.
    """

    breaks: tuple[float, ...]
    events: NDArray[np.int64]
    exposure: Floats
    rate: Floats
    lower: Floats
    upper: Floats

    def flat_p_value(self) -> float:
        """Return the p-value of the likelihood-ratio test that all pieces have one rate.

        ``2 sum d_i log(rate_i / rate)`` against chi-squared with pieces - 1 degrees of freedom.
        """
        if self.rate.size < 2:
            return 1.0
        common = self.events.sum() / self.exposure.sum()
        some = self.events > 0
        statistic = 2.0 * np.sum(self.events[some] * np.log(self.rate[some] / common))
        return float(stats.chi2.sf(statistic, self.rate.size - 1))

    def factors(self) -> list[float]:
        """Return each piece's rate relative to that of all, shrunk so that none is 0.

        ``(d_i + 1/2) / exposure_i`` over the common rate: the Poisson posterior mean under
        Jeffreys' prior.
        """
        common = (self.events.sum() + 0.5) / self.exposure.sum()
        return [float(f) for f in (self.events + 0.5) / self.exposure / common]


def piecewise_hazards(
    time: ArrayLike,
    event: ArrayLike,
    entry: ArrayLike | None = None,
    *,
    breaks: Sequence[float] = (),
    level: float = 0.95,
) -> Hazards:
    """Fit hazards that are constant between breaks: events over time at risk, by piece.

    Parameters
    ----------
    time, event, entry : array_like
        As for `kaplan_meier`.
    breaks : sequence of float
        Rising and positive; none for one constant rate.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Hazards

    Raises
    ------
    CalibrationError
        If nobody was at risk in a piece.

    Notes
    -----
    The intervals are F. Garwood's, Biometrika 28 (1936) 437-442.

    Examples
    --------
    >>> fit = piecewise_hazards([0.5, 1.0, 3.0], [True, False, True], breaks=[1.0])
    >>> fit.events.tolist(), fit.exposure.tolist(), fit.rate.tolist()
    ([1, 1], [2.5, 2.0], [0.4, 0.5])
    """
    ends, happened = np.asarray(time, dtype=np.float64), np.asarray(event, dtype=np.bool_)
    begins = np.zeros(ends.size) if entry is None else np.asarray(entry, dtype=np.float64)
    edges = [0.0, *breaks, np.inf]
    if any(low >= high for low, high in pairwise(edges)):
        raise ValueError(f"breaks must be positive and rise, got {list(breaks)}")
    exposure, events = [], []
    for low, high in pairwise(edges):
        spent = np.minimum(ends, high) - np.maximum(begins, low)
        exposure.append(float(np.maximum(spent, 0.0).sum()))
        # An event at a break belongs to the piece that ends there.
        events.append(int(np.sum(happened & (ends > low) & (ends <= high))))
        if exposure[-1] <= 0.0:
            raise CalibrationError(
                f"nobody was observed between {low:g} and {high:g}; leave out that break"
            )
    count, time_at_risk = np.array(events), np.array(exposure)
    low_count, high_count = poisson_interval(count, level)
    return Hazards(
        tuple(float(b) for b in breaks),
        count,
        time_at_risk,
        count / time_at_risk,
        low_count / time_at_risk,
        high_count / time_at_risk,
    )


def poisson_interval(count: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the exact interval of a Poisson mean, given a count (Garwood 1936).

    Parameters
    ----------
    count : array_like of int
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    (low, high) : arrays

    Examples
    --------
    >>> low, high = poisson_interval(10)
    >>> round(float(low), 3), round(float(high), 3)
    (4.795, 18.39)
    """
    n = np.asarray(count)
    tail = (1.0 - level) / 2.0
    low = np.where(n > 0, stats.gamma.ppf(tail, np.maximum(n, 1)), 0.0)
    return low, np.asarray(stats.gamma.isf(tail, n + 1))


def posterior(events: float, exposure: float) -> dict[str, Any]:
    """Return a Poisson rate as an uncertain number of a scenario file.

    The gamma posterior of Jeffreys' prior: mean ``(events + 1/2) / exposure``, coefficient of
    variation ``1 / sqrt(events + 1/2)``.

    Parameters
    ----------
    events : float
    exposure : float
        In years at risk.

    Examples
    --------
    >>> posterior(10, 7.0)["mean"], posterior(10, 7.0)["note"]
    (1.5, '10 in 7.0 years at risk: 1.429 a year; half an event is added (Jeffreys)')
    """
    observed = f"{events:g} in {exposure:.1f} years at risk: {events / exposure:.4g} a year"
    return {
        "dist": "gamma",
        "mean": short((events + 0.5) / exposure),
        "cv": short((events + 0.5) ** -0.5),
        "note": f"{observed}; half an event is added (Jeffreys)",
    }
