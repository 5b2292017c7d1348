"""Quantile and distribution functions of the families, each from its textbook formula.

A family is given by its name and parameters and turned into a pair (F, Q).
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any

from scipy.special import betainc, betaincinv, gammainc, gammaincinv, ndtr, ndtri

Parameters = Mapping[str, Any]
Pair = tuple[Callable[[float], float], Callable[[float], float]]
PERCENTILE_KEY = re.compile(r"p(\d+(?:[._]\d+)?)$")


def bounded_quantile(
    family: str,
    parameters: Parameters,
    truncate: tuple[float, float] | None,
    clip: tuple[float, float] | None,
    u: float,
) -> float:
    """Return clip(Q(F(a) + u (F(b) - F(a)))), [a, b] the truncation; an atom at a belongs to it."""
    if family not in FAMILIES:
        raise NotImplementedError(f"the reference has no {family} distribution")
    cdf, quantile = FAMILIES[family](parameters)
    if truncate is not None:
        below, upto = cdf(truncate[0]), cdf(truncate[1])
        if "values" in parameters:
            below = cdf(math.nextafter(truncate[0], -math.inf))
        u = below + u * (upto - below)
    x = float(quantile(u))
    return x if clip is None else min(max(x, clip[0]), clip[1])


def percentiles(p: Parameters) -> list[tuple[float, float]]:
    """Return the (probability, value) pairs among keys like p5 and p97.5, in order."""
    found = []
    for key, value in p.items():
        match = PERCENTILE_KEY.match(key)
        if match:
            found.append((float(match.group(1).replace("_", ".")) / 100, value))
        elif key == "median":
            found.append((0.5, value))
    return sorted(found)


def location_scale(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Return mean and sd of the normal with the given two quantiles."""
    (q1, x1), (q2, x2) = points
    sd = (x2 - x1) / (ndtri(q2) - ndtri(q1))
    return x1 - sd * ndtri(q1), sd


def constant(p: Parameters) -> Pair:
    value = p["value"]
    return lambda x: float(x >= value), lambda u: value


def uniform(p: Parameters) -> Pair:
    low, high = p["low"], p["high"]
    return (
        lambda x: min(max((x - low) / (high - low), 0.0), 1.0),
        lambda u: low + u * (high - low),
    )


def triangular(p: Parameters) -> Pair:
    low, mode, high = p["low"], p["mode"], p["high"]
    left, right, width = mode - low, high - mode, high - low

    def cdf(x: float) -> float:
        if x <= low:
            return 0.0
        if x >= high:
            return 1.0
        if x <= mode:
            return (x - low) ** 2 / (width * left)
        return 1 - (high - x) ** 2 / (width * right)

    def quantile(u: float) -> float:
        if u * width <= left:
            return low + math.sqrt(u * width * left)
        return high - math.sqrt((1 - u) * width * right)

    return cdf, quantile


def normal(p: Parameters) -> Pair:
    mean, sd = (p["mean"], p["sd"]) if "sd" in p else location_scale(percentiles(p))
    if sd == 0:
        return constant({"value": mean})
    return lambda x: ndtr((x - mean) / sd), lambda u: mean + sd * ndtri(u)


def lognormal(p: Parameters) -> Pair:
    if "mu" in p:
        mu, sigma = p["mu"], p["sigma"]
    elif "sigma" in p:
        mu, sigma = math.log(p["median"]), p["sigma"]
    elif "sd" in p:
        sigma2 = math.log1p((p["sd"] / p["mean"]) ** 2)
        mu, sigma = math.log(p["mean"]) - sigma2 / 2, math.sqrt(sigma2)
    else:
        mu, sigma = location_scale([(q, math.log(x)) for q, x in percentiles(p)])
    if sigma == 0:
        return constant({"value": math.exp(mu)})
    return (
        lambda x: ndtr((math.log(x) - mu) / sigma) if x > 0 else 0.0,
        lambda u: math.exp(mu + sigma * ndtri(u)),
    )


def gamma(p: Parameters) -> Pair:
    if p.get("cv") == 0:
        return constant({"value": p["mean"]})
    if "cv" in p:
        shape = 1 / p["cv"] ** 2
        scale = p["mean"] / shape
    else:
        shape, scale = p["shape"], p["scale"]
    return (
        lambda x: gammainc(shape, max(x, 0.0) / scale),
        lambda u: scale * gammaincinv(shape, u),
    )


def scaled_beta(alpha: float, beta: float, low: float, high: float) -> Pair:
    width = high - low
    return (
        lambda x: betainc(alpha, beta, min(max((x - low) / width, 0.0), 1.0)),
        lambda u: low + width * betaincinv(alpha, beta, u),
    )


def beta(p: Parameters) -> Pair:
    low, high = p.get("low", 0.0), p.get("high", 1.0)
    if "alpha" in p:
        return scaled_beta(p["alpha"], p["beta"], low, high)
    if p["sd"] == 0:
        return constant({"value": p["mean"]})
    mean, sd = (p["mean"] - low) / (high - low), p["sd"] / (high - low)
    total = mean * (1 - mean) / sd**2 - 1
    return scaled_beta(mean * total, (1 - mean) * total, low, high)


def pert(p: Parameters) -> Pair:
    low, mode, high, weight = p["low"], p["mode"], p["high"], p.get("gamma", 4.0)
    alpha = 1 + weight * (mode - low) / (high - low)
    return scaled_beta(alpha, 2 + weight - alpha, low, high)


def weibull(p: Parameters) -> Pair:
    shape, scale = p["shape"], p["scale"]
    return (
        lambda x: -math.expm1(-((max(x, 0.0) / scale) ** shape)),
        lambda u: scale * (-math.log1p(-u)) ** (1 / shape),
    )


def pareto(p: Parameters) -> Pair:
    scale, alpha = p["scale"], p["alpha"]
    return (
        lambda x: 1 - (scale / x) ** alpha if x > scale else 0.0,
        lambda u: scale * (1 - u) ** (-1 / alpha),
    )


def gpd(p: Parameters) -> Pair:
    location, scale, shape = p["location"], p["scale"], p["shape"]

    def cdf(x: float) -> float:
        z = max((x - location) / scale, 0.0)
        if shape == 0:
            return -math.expm1(-z)
        inside = 1 + shape * z
        return 1 - inside ** (-1 / shape) if inside > 0 else 1.0

    def quantile(u: float) -> float:
        if shape == 0:
            return location - scale * math.log1p(-u)
        return location + scale / shape * math.expm1(-shape * math.log1p(-u))

    return cdf, quantile


def discrete(p: Parameters) -> Pair:
    pairs = sorted(zip(p["values"], p["weights"], strict=True))
    values = [value for value, _ in pairs]
    sums = list(accumulate(weight for _, weight in pairs))

    def cdf(x: float) -> float:
        return sum(weight for value, weight in pairs if value <= x) / sums[-1]

    def quantile(u: float) -> float:
        return values[min(bisect_left(sums, u * sums[-1]), len(values) - 1)]

    return cdf, quantile


def empirical(p: Parameters) -> Pair:
    return discrete({"values": p["values"], "weights": [1.0] * len(p["values"])})


def limited(p: Parameters) -> Pair:
    """Return a component of a mixture: its family, truncated and clipped as written."""
    own = {key: x for key, x in p.items() if key not in ("dist", "truncate", "clip")}
    low, high = p.get("clip", (-math.inf, math.inf))
    a, b = p.get("truncate", (-math.inf, math.inf))
    whole = FAMILIES[p["dist"]](own)[0]
    below, upto = (whole(a) if math.isfinite(a) else 0.0), (whole(b) if math.isfinite(b) else 1.0)

    def cdf(x: float) -> float:
        inside = 0.0 if x < a else 1.0 if x >= b else (whole(x) - below) / (upto - below)
        return 0.0 if x < low else 1.0 if x >= high else inside

    return cdf, lambda u: bounded_quantile(p["dist"], own, p.get("truncate"), p.get("clip"), u)


def mixture(p: Parameters) -> Pair:
    """Invert the weighted sum of the components' functions by halving."""
    shares = [weight / sum(p["weights"]) for weight in p["weights"]]
    parts = [limited(component) for component in p["components"]]

    def cdf(x: float) -> float:
        return sum(share * part[0](x) for share, part in zip(shares, parts, strict=True))

    def quantile(u: float) -> float:
        ends = [part[1](u) for part in parts]
        left, right = min(ends), max(ends)
        while left < (middle := left + (right - left) / 2) < right:
            left, right = (left, middle) if cdf(middle) >= u else (middle, right)
        return right

    return cdf, quantile


FAMILIES: dict[str, Callable[[Parameters], Pair]] = {
    "constant": constant,
    "uniform": uniform,
    "triangular": triangular,
    "normal": normal,
    "lognormal": lognormal,
    "gamma": gamma,
    "beta": beta,
    "pert": pert,
    "weibull": weibull,
    "pareto": pareto,
    "gpd": gpd,
    "discrete": discrete,
    "empirical": empirical,
    "mixture": mixture,
}
