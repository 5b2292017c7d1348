"""Families of severities and durations: log density, log survival, starting values, law.

Every law gives, at positive x, the logarithms of its density and of its survival function, exact
far into the tails: the likelihood of a truncated or censored value is made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Law = Callable[[Floats, Floats], tuple[Floats, Floats]]

# Below this size of its shape a generalised Pareto is an exponential, to rounding.
SMALL_SHAPE = 1e-8
# Beyond this the incomplete gamma function underflows.
FAR = 600.0
# What the shape of a gamma law may be in a scenario file.
SHAPE_LOW, SHAPE_HIGH = 0.05, 1e4


class Family(NamedTuple):
    """A family that can be fitted.

    Attributes
    ----------
    law : callable
        Parameters, shape (k,), and values, shape (n,), to log densities and log survivals.
    start : callable
        Values to parameters to begin the search at, by name.
    mapping : callable
        Parameters by name to the law as a scenario file writes it.
    unbounded : tuple of str
        Parameters that may be negative; the others are positive.
    """

    law: Law
    start: Callable[[Floats], dict[str, float]]
    mapping: Callable[[Mapping[str, Any]], dict[str, Any]]
    unbounded: tuple[str, ...] = ()


def lognormal(theta: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Return log density and log survival of a lognormal (median, sigma).

    Examples
    --------
    >>> [float(part[0].round(6)) for part in lognormal(np.array([2.0, 1.0]), np.array([2.0]))]
    [-1.612086, -0.693147]
    """
    median, sigma = theta
    z = np.log(x / median) / sigma
    return -0.5 * z**2 - np.log(sigma * np.sqrt(2 * np.pi) * x), special.log_ndtr(-z)


def weibull(theta: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Return log density and log survival of a Weibull (shape, scale).

    Examples
    --------
    >>> [float(part[0]) for part in weibull(np.array([1.0, 2.0]), np.array([4.0]))][1]
    -2.0
    """
    shape, scale = theta
    hazard = (x / scale) ** shape
    return np.log(shape * hazard / x) - hazard, -hazard


def gamma(theta: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Return log density and log survival of a gamma law (shape, scale).

    Beyond 600 scales the survival is its asymptotic series (Abramowitz and Stegun 6.5.32).

    Examples
    --------
    >>> [float(part[0].round(9)) for part in gamma(np.array([1.0, 2.0]), np.array([4.0]))]
    [-2.693147181, -2.0]
    """
    shape, scale = theta
    z = x / scale
    density = (shape - 1.0) * np.log(z) - z - special.gammaln(shape) - np.log(scale)
    far = np.maximum(z, FAR)
    rest = (shape - 1.0) / far
    series = 1.0 + rest * (1.0 + (shape - 2.0) / far * (1.0 + (shape - 3.0) / far))
    distant = (shape - 1.0) * np.log(far) - far - special.gammaln(shape) + np.log(series)
    near = np.log(special.gammaincc(shape, np.minimum(z, FAR)))
    return density, np.where((z < FAR) | (shape > 0.1 * FAR), near, distant)


def pareto(theta: Floats, x: Floats, location: float) -> tuple[Floats, Floats]:
    """Return log density and log survival of a Pareto law (shape) from ``location`` up.

    Examples
    --------
    >>> float(pareto(np.array([2.0]), np.array([10.0]), 1.0)[1][0].round(6))
    -4.60517
    """
    survival = -theta[0] * np.log(np.maximum(x, location) / location)
    return np.log(theta[0] / x) + survival, survival


def generalised_pareto(theta: Floats, x: Floats, location: float) -> tuple[Floats, Floats]:
    """Return log density and log survival of a generalised Pareto (scale, shape).

    ``S(x) = (1 + shape (x - location) / scale)^(-1 / shape)``; exponential at shape 0, with an
    end below 0.

    Examples
    --------
    >>> [float(p[0]) for p in generalised_pareto(np.array([2.0, 0.0]), np.array([4.0]), 0.0)][1]
    -2.0
    """
    scale, shape = theta
    z = np.maximum(x - location, 0.0) / scale
    inside = 1.0 + shape * z > 0.0
    growth = np.log1p(np.where(inside, shape * z, 0.0))
    survival = -z if abs(shape) < SMALL_SHAPE else -growth / shape
    density = -np.log(scale) + survival - growth
    return np.where(inside, density, -np.inf), np.where(inside, survival, -np.inf)


def spliced(theta: Floats, x: Floats, location: float, splice: float) -> tuple[Floats, Floats]:
    """Return log density and log survival of a lognormal body with a generalised Pareto tail.

    The body is the lognormal conditioned on location to splice; the tail begins at the splice
    with probability ``tail_weight``.

    Examples
    --------
    >>> theta = np.array([3.0, 1.0, 0.1, 5.0, 0.5])
    >>> float(np.exp(spliced(theta, np.array([10.0]), 0.0, 10.0)[1][0]).round(9))
    0.1
    """
    weight = theta[2]
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.exp(lognormal(theta[:2], np.array([location, splice]))[1])
    density, survival = lognormal(theta[:2], np.minimum(x, splice))
    body_density = np.log1p(-weight) + density - np.log(ends[0] - ends[1])
    body_survival = weight + (1.0 - weight) * (np.exp(survival) - ends[1]) / (ends[0] - ends[1])
    tail_density, tail_survival = np.log(weight) + np.array(
        generalised_pareto(theta[3:], np.maximum(x, splice), splice)
    )
    return (
        np.where(x < splice, body_density, tail_density),
        np.where(x < splice, np.log(body_survival), tail_survival),
    )


def severity_families(location: float = 0.0, splice: float | None = None) -> dict[str, Family]:
    """Return the families that can be fitted to values above ``location``, by name.

    Parameters
    ----------
    location : float
        Where the law begins: 0, or the smallest value that is reported. ``pareto`` is there only
        above 0.
    splice : float, optional
        Where the tail of ``spliced`` begins, a high quantile of the data; without it there is no
        such family.

    Returns
    -------
    dict of str to Family

    Examples
    --------
    >>> list(severity_families())
    ['weibull', 'lognormal', 'gamma', 'generalised_pareto']
    >>> list(severity_families(500.0, 1e5))[-2:]
    ['pareto', 'spliced']
    """
    inside = {"truncate": [location, np.inf]} if location > 0.0 else {}
    families = {
        "weibull": Family(weibull, _start_weibull, lambda p: {"dist": "weibull", **p, **inside}),
        "lognormal": Family(
            lognormal, _start_lognormal, lambda p: {"dist": "lognormal", **p, **inside}
        ),
        "gamma": Family(gamma, _start_gamma, lambda p: {"dist": "gamma", **p, **inside}),
        "generalised_pareto": Family(
            partial(generalised_pareto, location=location),
            partial(_start_tail, location=location),
            lambda p: {"dist": "gpd", "location": location, **p},
            ("shape",),
        ),
    }
    if location > 0.0:
        families["pareto"] = Family(
            partial(pareto, location=location),
            lambda x: {"shape": 1.0 / float(np.mean(np.log(x / location)) or 1.0)},
            lambda p: {"dist": "pareto", "scale": location, "alpha": p["shape"]},
        )
    if splice is not None:
        families["spliced"] = Family(
            partial(spliced, location=location, splice=splice),
            partial(_start_spliced, location=location, splice=splice),
            partial(_spliced_mapping, location=location, splice=splice),
            ("tail_shape",),
        )
    return families


def _start_lognormal(x: Floats) -> dict[str, float]:
    logs = np.log(x)
    return {"median": float(np.exp(logs.mean())), "sigma": float(logs.std()) or 1.0}


def _start_weibull(x: Floats) -> dict[str, float]:
    logs = np.log(x)
    # The log of a Weibull variable has sd pi / (sqrt(6) shape) and mean log scale - 0.577 / shape.
    shape = float(np.pi / np.sqrt(6.0) / (logs.std() or 1.0))
    return {"shape": shape, "scale": float(np.exp(logs.mean() + np.euler_gamma / shape))}


def _start_gamma(x: Floats) -> dict[str, float]:
    # The moments of the logs, which a heavy tail does not upset: T. Minka's approximation.
    gap = max(float(np.log(x.mean()) - np.log(x).mean()), 1e-6)
    shape = (3.0 - gap + np.sqrt((gap - 3.0) ** 2 + 24.0 * gap)) / (12.0 * gap)
    return {"shape": float(shape), "scale": float(x.mean() / shape)}


def _start_tail(x: Floats, location: float) -> dict[str, float]:
    excess = np.sort(np.maximum(x - location, 1e-9))
    median, upper = (float(np.quantile(excess, level)) for level in (0.5, 0.9))
    # Of two quantiles: upper / median is 3.3 for an exponential and rises with the shape.
    shape = float(np.clip((np.log(upper / median) - 1.2) / 1.6, 0.05, 2.0))
    return {"scale": median * shape / (2.0**shape - 1.0), "shape": shape}


def _start_spliced(x: Floats, location: float, splice: float) -> dict[str, float]:
    body, above = x[x < splice], x[x >= splice]
    if body.size < 2 or above.size < 2:
        tail = {"scale": splice, "shape": 0.5}
        body = x
    else:
        tail = _start_tail(above, splice)
    weight = float(np.clip(above.size / x.size, 0.01, 0.99))
    named = {"tail_weight": weight, "tail_scale": tail["scale"], "tail_shape": tail["shape"]}
    return {**_start_lognormal(body), **named}


def _spliced_mapping(p: Mapping[str, Any], location: float, splice: float) -> dict[str, Any]:
    body = {"dist": "lognormal", "median": p["median"], "sigma": p["sigma"]}
    tail = {"dist": "gpd", "location": splice, "scale": p["tail_scale"], "shape": p["tail_shape"]}
    return {
        "dist": "mixture",
        "weights": [1.0 - p["tail_weight"], p["tail_weight"]],
        "components": [{**body, "truncate": [location, splice]}, tail],
    }
