"""Severities and durations: families fitted to truncated, censored values, and ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from hcrisk.calibrate.families import Family, severity_families
from hcrisk.calibrate.fitted import Fitted, short
from hcrisk.calibrate.likelihood import (
    CalibrationError,
    Each,
    Floats,
    gradient,
    maximise,
    profile_interval,
    sandwich,
)
from hcrisk.exceptions import ArgumentError

LEAST_VALUES = 5
# No law of money or people goes further than e^100.
LARGEST_LOG = 100.0


@dataclass(frozen=True, eq=False)
class Sample:
    """Positive values, of which some may be known in part only. Make it with `Sample.of`.

    Attributes
    ----------
    value : array, shape (n,)
    censored : array of bool, shape (n,)
        True where all that is known is that the true value is above this one.
    entry : array, shape (n,)
        The value would not have been seen had it been below this (left truncation).
    group : array of int, shape (n,)
        Observations that may depend on each other, such as a calendar year.
    above : float
        The lowest entry: the sample says nothing of what lies below.
    """

    value: Floats
    censored: NDArray[np.bool_]
    entry: Floats
    group: NDArray[np.int64]
    above: float

    @classmethod
    def of(
        cls,
        value: ArrayLike,
        *,
        censored: ArrayLike | None = None,
        above: float = 0.0,
        entry: ArrayLike | None = None,
        group: ArrayLike | None = None,
    ) -> Sample:
        """Return the sample of the values above a threshold; others are left out.

        Leaving out a placeholder for an unknown value that is at least as large as the threshold
        is its exact treatment: its likelihood is one.

        Parameters
        ----------
        value : array_like, shape (n,)
        censored : array_like of bool, optional
        above : float
            Only values above this are reported, or kept.
        entry : array_like, optional
            Threshold of each value, where they differ.
        group : array_like of int, optional

        Raises
        ------
        CalibrationError
            If fewer than 5 values are known in full.

        Examples
        --------
        >>> Sample.of([3.0, 8.0, 9.0, 12.0, 20.0, 31.0], above=5.0).value.size
        5
        """
        every = np.asarray(value, dtype=np.float64)
        lower = np.zeros(every.size) if entry is None else np.asarray(entry, dtype=np.float64)
        lower = np.maximum(lower, above)
        cut = np.zeros(every.size, dtype=np.bool_) if censored is None else np.asarray(censored)
        cluster = np.zeros(every.size, np.int64) if group is None else np.asarray(group)
        kept = every > lower
        if np.sum(kept & ~cut) < LEAST_VALUES:
            found = int(np.sum(kept & ~cut))
            raise CalibrationError(
                f"a fit needs at least {LEAST_VALUES} values above {above:g} that are known in "
                f"full, got {found}; widen the window, or state a judgement"
            )
        return cls(
            every[kept], cut[kept].astype(np.bool_), lower[kept], cluster[kept], float(above)
        )

    @property
    def is_complete(self) -> bool:
        """Whether every value is known in full, above one common threshold."""
        return not self.censored.any() and bool(np.all(self.entry == self.above))


@dataclass(frozen=True, eq=False)
class SeverityFit(Fitted):
    """A family of severities fitted to a sample.

    Attributes
    ----------
    location : float
        Where the law begins, at or below ``above``.
    splice : float or None
        Where the tail of a spliced law begins.
    """

    location: float = 0.0
    splice: float | None = None

    @property
    def _family(self) -> Family:
        return severity_families(self.location, self.splice)[self.family]

    def log_density(self, x: ArrayLike) -> tuple[Floats, Floats]:
        """Return log density and log survival function at x, given a value above ``above``.

        Parameters
        ----------
        x : array_like, shape (n,)

        Returns
        -------
        (density, survival) : arrays, shape (n,)
        """
        values = np.append(np.asarray(x, dtype=np.float64), self.above)
        density, survival = _evaluate(self._family, self.theta, values)
        return density[:-1] - survival[-1], survival[:-1] - survival[-1]

    def log_likelihood_of(self, sample: Sample) -> float:
        """Return the log-likelihood of a sample, parameters as fitted.

        Parameters
        ----------
        sample : Sample
        """
        each = _each(sample, self._family, list(self.parameters))
        return float(each(_freed(self._family, self.parameters)).sum())

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the distribution function, given a value above ``above``."""
        return np.asarray(-np.expm1(self.log_density(x)[1]))

    def quantiles(self, levels: Sequence[float]) -> list[float]:
        """Return quantiles of the law, given a value above ``above``.

        Parameters
        ----------
        levels : sequence of float
            In (0, 1).
        """

        def excess(log_x: float, level: float) -> float:
            survival = self.log_density(np.exp([log_x]))[1]
            return float(max(survival[0], -1e300) - np.log1p(-level))

        low = np.log(self.above) if self.above > 0.0 else -LARGEST_LOG
        ends = (low, LARGEST_LOG)
        return [float(np.exp(optimize.brentq(excess, *ends, args=(p,)))) for p in levels]

    def quantile_interval(
        self, p: float, level: float = 0.95, *, clustered: bool = False
    ) -> tuple[float, float]:
        """Return the interval of a quantile, by the delta method on its logarithm.

        Parameters
        ----------
        p : float
            Level of the quantile, in (0, 1).
        level : float
            Coverage, in (0, 1).
        clustered : bool
            Allow for dependence within groups.
        """
        family, names = self._family, list(self.parameters)

        def log_quantile(free: Floats) -> Floats:
            moved = dict(zip(names, _bound(family, names, free).tolist(), strict=True))
            return np.asarray(np.log(replace(self, parameters=moved).quantiles([p])))

        free = _freed(family, self.parameters)
        slope = gradient(log_quantile, free)[:, 0]
        covariance = self.clustered_covariance if clustered else self.covariance
        reach = special.ndtri(0.5 + level / 2) * np.sqrt(slope @ covariance @ slope)
        middle = log_quantile(free)[0]
        return float(np.exp(middle - reach)), float(np.exp(middle + reach))

    def law(self, *, uncertain: bool = False, clustered: bool = False) -> dict[str, Any]:
        """Return the law as a scenario file writes it, from ``location`` up.

        Parameters
        ----------
        uncertain : bool
            Make its parameters uncertain numbers; a spliced law's must be certain.
        clustered : bool
            Uncertain by the standard errors that allow for dependence within groups.

        Raises
        ------
        ValueError
            If a spliced law is asked for with uncertain parameters.
        """
        if uncertain and self.family == "spliced":
            raise ValueError("a spliced law has certain parameters; choose uncertain=False")
        point = {name: short(value) for name, value in self.parameters.items()}
        return self._family.mapping(self.uncertain(clustered=clustered) if uncertain else point)


def fit_severity(
    sample: Sample, family: str, *, location: float | None = None, splice: float | None = None
) -> SeverityFit:
    """Fit a family to a sample by maximum likelihood.

    A value known in full contributes ``f(x) / S(entry)``, a censored one ``S(x) / S(entry)``.
    Counts are taken as continuous.

    Parameters
    ----------
    sample : Sample
    family : str
        A name in `severity_families`.
    location : float, optional
        Where the law begins; the sample's threshold when omitted.
    splice : float, optional
        Where the tail of ``spliced`` begins.

    Returns
    -------
    SeverityFit

    Raises
    ------
    ValueError
        If there is no such family.
    CalibrationError
        If the likelihood has no maximum.

    Notes
    -----
    S. A. Klugman, H. H. Panjer and G. E. Willmot, *Loss Models*, on truncated and censored data.

    Examples
    --------
    >>> sample = Sample.of([120.0, 150.0, 260.0, 300.0, 900.0], above=100.0)
    >>> round(fit_severity(sample, "pareto").parameters["shape"], 6)
    1.033243
    """
    location = sample.above if location is None else location
    families = severity_families(location, splice)
    if family not in families:
        raise ArgumentError("family", family, f"must be one of {sorted(families)}")
    chosen = families[family]
    start = chosen.start(sample.value)
    each = _each(sample, chosen, list(start))
    free = _freed(chosen, start)
    top = maximise(each, free, family)
    values = _bound(chosen, list(start), top.free).tolist()
    return SeverityFit(
        family=family,
        parameters=dict(zip(start, values, strict=True)),
        covariance=top.covariance,
        clustered_covariance=sandwich(top.covariance, top.scores, sample.group),
        above=sample.above,
        n=sample.value.size,
        log_likelihood=top.log_likelihood,
        unbounded=chosen.unbounded,
        location=location,
        splice=splice,
    )


def severity_profile(
    fit: SeverityFit, sample: Sample, name: str, level: float = 0.95
) -> tuple[float, float]:
    """Return the profile-likelihood interval of a parameter.

    Parameters
    ----------
    fit : SeverityFit
    sample : Sample
        The one it was fitted to.
    name : str
        The parameter.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    (low, high)

    Examples
    --------
    >>> sample = Sample.of([120.0, 150.0, 260.0, 300.0, 900.0], above=100.0)
    >>> fit = fit_severity(sample, "pareto")
    >>> [round(end, 3) for end in severity_profile(fit, sample, "shape")]
    [0.371, 2.221]
    """
    family = severity_families(fit.location, fit.splice)[fit.family]
    names = list(fit.parameters)
    each = _each(sample, family, names)
    top = maximise(each, _freed(family, fit.parameters), fit.family)
    ends = profile_interval(each, top, names.index(name), level)
    if name in family.unbounded:
        return ends
    return float(np.exp(ends[0])), float(np.exp(ends[1]))


def _evaluate(family: Family, theta: Floats, x: Floats) -> tuple[Floats, Floats]:
    with np.errstate(all="ignore"):  # At 0, a log density is minus infinity.
        return family.law(theta, x)


def _freed(family: Family, parameters: Mapping[str, float]) -> Floats:
    found = [v if name in family.unbounded else np.log(v) for name, v in parameters.items()]
    return np.array(found, dtype=np.float64)


def _bound(family: Family, names: Sequence[str], free: Floats) -> Floats:
    with np.errstate(over="ignore"):
        as_is = np.array([name in family.unbounded for name in names])
        return np.where(as_is, free, np.exp(free))


def _each(sample: Sample, family: Family, names: Sequence[str]) -> Each:
    n = sample.value.size
    # One common threshold is evaluated once.
    entry = sample.entry[:1] if np.all(sample.entry == sample.entry[:1]) else sample.entry
    x = np.append(sample.value, entry)

    def each(free: Floats) -> Floats:
        density, survival = _evaluate(family, _bound(family, names, free), x)
        known = np.where(sample.censored, survival[:n], density[:n])
        given = survival[n:]
        return known - np.where(entry > 0.0, given, 0.0)

    return each
