"""What the parameters of each family must satisfy.

Every check takes a family's parameters and returns (name, rule, remedy) triples.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from hcrisk.distributions.metalog import metalog_problem

Values = Mapping[str, Any]
Broken = list[tuple[str, str, str]]

SHAPE_LOW = 0.05
SHAPE_HIGH = 1e4


def quantile_level(name: str) -> float | None:
    """Return the level a parameter name like p5, p97_5 or median stands for, else None.

    Examples
    --------
    >>> quantile_level("p97_5"), quantile_level("median"), quantile_level("pay")
    (0.975, 0.5, None)
    """
    if name == "median":
        return 0.5
    digits = name[1:].replace("_", ".", 1)
    if name[:1] != "p" or not digits.replace(".", "", 1).isdigit() or not digits[0].isdigit():
        return None
    # A decimal shift by text: 0.975, not 97.5 / 100 rounded twice.
    return float(f"{digits}e-2")


def is_number(value: object) -> bool:
    """Return whether a value is a number (a bool is not).

    Examples
    --------
    >>> is_number(True)
    False
    """
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_numbers(value: object) -> bool:
    """Return whether a value is a list or tuple of numbers.

    Examples
    --------
    >>> is_numbers([1, 2.5])
    True
    """
    return isinstance(value, (list, tuple)) and all(is_number(item) for item in value)


def positive(values: Values, *names: str) -> Broken:
    """Require these parameters to be above 0.

    Examples
    --------
    >>> positive({"sd": 0.0}, "sd")[0][1]
    'must be above 0'
    """
    return [
        (name, "must be above 0", "write a positive number")
        for name in names
        if name in values and not values[name] > 0.0
    ]


def ordered(values: Values, *names: str, strict: bool = True) -> Broken:
    """Require these parameters to rise.

    Examples
    --------
    >>> ordered({"low": 2, "high": 1}, "low", "high")[0][1]
    'must be below high = 1'
    """
    for first, second in pairwise(names):
        if values[first] > values[second] or (strict and values[first] == values[second]):
            word = "below" if strict else "at most"
            return [(first, f"must be {word} {second} = {values[second]!r}", "put them in order")]
    return []


def shapes(values: Mapping[str, float]) -> Broken:
    """Require shapes the kernels are tested for.

    Examples
    --------
    >>> shapes({"shape": 1.0})
    []
    """
    rule = f"must be between {SHAPE_LOW:g} and {SHAPE_HIGH:g}"
    return [
        (name, rule, "choose a less extreme shape")
        for name, value in values.items()
        if not SHAPE_LOW <= value <= SHAPE_HIGH
    ]


def nothing(values: Values) -> Broken:
    """Require nothing.

    Examples
    --------
    >>> nothing({})
    []
    """
    return []


def check_range(values: Values) -> Broken:
    """Require low below high.

    Examples
    --------
    >>> check_range({"low": 0, "high": 1})
    []
    """
    return ordered(values, "low", "high")


def check_mode(values: Values) -> Broken:
    """Require low, mode and high in order.

    Examples
    --------
    >>> check_mode({"low": 0, "mode": 2, "high": 1})[0][1]
    'must be at most high = 1'
    """
    problems = ordered(values, "low", "high") or ordered(
        values, "low", "mode", "high", strict=False
    )
    if "gamma" in values and not 0.0 <= values["gamma"] <= SHAPE_HIGH - 1.0:
        problems.append(("gamma", "must be between 0 and 9999", "leave it out for the usual 4"))
    return problems


def check_quantiles(values: Values, above_zero: bool = False) -> Broken:
    """Require values to rise with their levels.

    Examples
    --------
    >>> check_quantiles({"p50": 2, "p90": 1})[0][0]
    'p50'
    """
    names = sorted(values, key=lambda name: quantile_level(name) or 0.0)
    problems = ordered(values, *names)
    if above_zero:
        problems += positive(values, *names)
    return problems


def check_normal(values: Values) -> Broken:
    """Check a normal.

    Examples
    --------
    >>> check_normal({"mean": 0, "sd": 1})
    []
    """
    if "sd" in values:
        return not_negative(values, "sd")
    return check_quantiles(values)


def not_negative(values: Values, *names: str) -> Broken:
    """Require these parameters to be 0 or more.

    Examples
    --------
    >>> not_negative({"sd": -1.0}, "sd")[0][1]
    'must not be negative'
    """
    return [
        (name, "must not be negative", "write 0 or more")
        for name in names
        if name in values and not values[name] >= 0.0
    ]


def check_lognormal(values: Values) -> Broken:
    """Check a lognormal.

    Examples
    --------
    >>> check_lognormal({"p50": 1, "p90": 2})
    []
    """
    problems = positive(values, "mean", "median") if set(values) & {"sd", "sigma"} else []
    problems += not_negative(values, "sd", "sigma")
    if not set(values) & {"sd", "sigma"}:
        problems += check_quantiles(values, above_zero=True)
    return problems


def check_gamma(values: Values) -> Broken:
    """Check a gamma.

    Examples
    --------
    >>> check_gamma({"mean": 1, "cv": 0.5})
    []
    """
    if "shape" in values:
        return positive(values, "scale") + shapes({"shape": values["shape"]})
    problems = positive(values, "mean") + not_negative(values, "cv")
    cv = values["cv"]
    if cv > 0.0 and not SHAPE_LOW <= 1.0 / (cv * cv) <= SHAPE_HIGH * (1.0 + 1e-9):
        problems.append(("cv", "must be 0 or between 0.01 and 4.47", "choose a less extreme one"))
    return problems


def check_beta(values: Values) -> Broken:
    """Check a beta.

    Examples
    --------
    >>> check_beta({"mean": 0.5, "sd": 0.6, "low": 0, "high": 1})[0][0]
    'sd'
    """
    problems = ordered(values, "low", "high")
    if "alpha" in values:
        return problems + shapes({name: values[name] for name in ("alpha", "beta")})
    problems = problems or ordered(values, "low", "mean", "high")
    problems += not_negative(values, "sd")
    if problems or values["sd"] == 0.0:
        return problems
    width = values["high"] - values["low"]
    mean = (values["mean"] - values["low"]) / width
    total = mean * (1.0 - mean) * (width / values["sd"]) ** 2 - 1.0
    if any(not SHAPE_LOW <= part * total <= SHAPE_HIGH for part in (mean, 1.0 - mean)):
        rule = f"gives beta shapes {mean * total:.3g} and {(1.0 - mean) * total:.3g}, which must"
        problems.append(("sd", f"{rule} be in 0.05 to 1e4", "change sd, or the bounds"))
    return problems


def check_weibull(values: Values) -> Broken:
    """Check a Weibull.

    Examples
    --------
    >>> check_weibull({"shape": 1, "scale": 0})[0][0]
    'scale'
    """
    return positive(values, "shape", "scale")


def check_pareto(values: Values) -> Broken:
    """Check a Pareto.

    Examples
    --------
    >>> check_pareto({"scale": 1, "alpha": 2})
    []
    """
    return positive(values, "scale", "alpha")


def check_gpd(values: Values) -> Broken:
    """Check a generalised Pareto.

    Examples
    --------
    >>> check_gpd({"location": 0, "scale": 1, "shape": 0})
    []
    """
    return positive(values, "scale")


def check_weights(weights: Any, count: int, other: str, label: str = "weights") -> Broken:
    """Check weights: as many as values, all above 0.

    Examples
    --------
    >>> check_weights([1, 0], 2, "values")[0][1]
    'must all be above 0'
    """
    if not is_numbers(weights) or len(weights) != count:
        return [(label, f"must be {count} numbers, one for each of {other}", "add or drop some")]
    if any(not (0.0 < weight < math.inf) for weight in weights):
        return [(label, "must all be above 0", "leave out what cannot happen")]
    return []


def check_discrete(values: Values) -> Broken:
    """Check a discrete.

    Examples
    --------
    >>> check_discrete({"values": [1], "weights": [1]})
    []
    """
    problems = check_empirical(values)
    return problems or check_weights(values["weights"], len(values["values"]), "values")


def check_empirical(values: Values) -> Broken:
    """Check an empirical.

    Examples
    --------
    >>> check_empirical({"values": []})[0][0]
    'values'
    """
    given = values["values"]
    if not is_numbers(given) or not given or not all(math.isfinite(x) for x in given):
        return [("values", "must be a list of at least one finite number", "list the values")]
    return []


def check_metalog(values: Values) -> Broken:
    """Check a metalog.

    Examples
    --------
    >>> check_metalog({"quantiles": [1], "low": 0, "high": 1})[0][0]
    'quantiles'
    """
    pairs = values["quantiles"]
    if not isinstance(pairs, (list, tuple)) or not all(
        is_numbers(pair) and len(pair) == 2 for pair in pairs
    ):
        return [("quantiles", "must be pairs [p, x]", "write [[0.1, 35], [0.5, 50], [0.9, 75]]")]
    problem = metalog_problem(pairs, values["low"], values["high"])
    return [("quantiles", *problem)] if problem else []
