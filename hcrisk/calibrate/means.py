"""Mean costs of a fitted law, limited and not, beside those of the data it was fitted to."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from scipy import special

from hcrisk.calibrate.fitted import CUT, short
from hcrisk.calibrate.likelihood import Floats
from hcrisk.calibrate.severity import Sample, SeverityFit

MULTIPLES = (2.0, 5.0, 10.0)
# A law is remarked if its mean is so many times that of the data, or comes to such a share from
# above the largest value seen.
TIMES, BEYOND = 1.5, 0.25
# Levels of each parameter's uncertainty, points of an integral, and where a law without a cap ends.
_LEVELS, _POINTS, _FAR = 9, 1200, 1e30
# What a parameter that the data do not determine is multiplied by at most, in logarithms.
_STEEP = 50.0


@dataclass(frozen=True)
class Means:
    """Mean of a law beside that of its data.

    Attributes
    ----------
    sample : float
        Mean of the data; open values count with what is known of them.
    largest : float
        Largest of the data.
    estimate : float
        Mean of the law with its parameters as estimated, up to the cap.
    written : float
        The same over the uncertainty of its parameters: what a simulation pays on average.
    cap : float
        Greatest value of the law; infinite without one.
    limited : tuple of (limit, mean)
        Mean of the lesser of value and limit: limited expected values (Klugman, Panjer and
        Willmot, *Loss Models*), over the uncertainty of the parameters.
    """

    sample: float
    largest: float
    estimate: float
    written: float
    cap: float
    limited: tuple[tuple[float, float], ...]

    @property
    def beyond(self) -> float:
        """The share of the mean that comes from above the largest value of the data."""
        if not math.isfinite(self.written):
            return 1.0
        return max(0.0, 1.0 - self.limited[0][1] / self.written)

    @property
    def is_extrapolated(self) -> bool:
        """Whether the mean rests more on the choice of the law than on the data."""
        return self.written > TIMES * self.sample or self.beyond > BEYOND


def means(
    fit: SeverityFit, sample: Sample, *, cap: float = math.inf, clustered: bool = False
) -> Means:
    """Return the mean of a fitted law beside that of its sample.

    Parameters
    ----------
    fit : SeverityFit
    sample : Sample
        The one it was fitted to.
    cap : float
        Greatest value.
    clustered : bool
        Take the uncertainty that allows for dependence within groups.

    Returns
    -------
    Means

    Examples
    --------
    >>> from hcrisk.calibrate.severity import fit_severity
    >>> sample = Sample.of([120.0, 150.0, 260.0, 300.0, 900.0], above=100.0)
    >>> found = means(fit_severity(sample, "pareto"), sample, cap=10_000.0)
    >>> found.sample, round(found.estimate), round(found.beyond, 2), found.is_extrapolated
    (346.0, 527, 0.54, True)
    """
    largest = float(sample.value.max())
    limits = sorted({short(m * largest) for m in MULTIPLES if m * largest < cap} | {largest})
    each = [_limited(one, [*limits, cap]) for one in _possible(fit, clustered)]
    average = np.mean(each, axis=0)
    return Means(
        sample=float(sample.value.mean()),
        largest=largest,
        estimate=float(_limited(fit, [cap])[0]),
        written=float(average[-1]),
        cap=cap,
        limited=tuple(zip(limits, average[:-1].tolist(), strict=True)),
    )


def _possible(fit: SeverityFit, clustered: bool) -> list[SeverityFit]:
    """Return the fit at equally likely values of its parameters; a spliced law's are certain."""
    covariance = fit.clustered_covariance if clustered else fit.covariance
    if fit.family == "spliced":
        return [fit]
    ends = special.ndtr([-CUT, CUT])
    levels = ends[0] + (np.arange(_LEVELS) + 0.5) / _LEVELS * (ends[1] - ends[0])
    root = np.linalg.cholesky(covariance)
    found = []
    for z in product(special.ndtri(levels), repeat=len(fit.parameters)):
        moved = {}
        for (name, value), step in zip(fit.parameters.items(), root @ np.array(z), strict=True):
            moved[name] = (
                value + step if name in fit.unbounded else value * math.exp(min(step, _STEEP))
            )
        found.append(replace(fit, parameters=moved))
    return found


def _limited(fit: SeverityFit, limits: list[float]) -> Floats:
    """Return the limited expected values: the integral of the survival function."""
    low = max(fit.above, 1e-9)
    x = np.geomspace(low, max(min(max(limits), _FAR), 2.0 * low), _POINTS)
    with np.errstate(all="ignore"):  # A parameter at its end has no tail left.
        survival = np.nan_to_num(np.exp(fit.log_density(x)[1]))
    pieces = 0.5 * (survival[1:] + survival[:-1]) * np.diff(x)
    integral = np.append(0.0, np.cumsum(pieces))
    found = low + np.interp(limits, x, integral)
    # A tail that still adds at the far end has no mean.
    endless = max(limits) > _FAR and pieces[-1] > 1e-6 * integral[-1]
    return np.where(np.isinf(limits) & endless, np.inf, found)
