"""The value of each input at which the ranking of two strategies turns round."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.figures import Figure, amount, rounded_band
from hcrisk.measures.statistic import Statistic
from hcrisk.measures.statistic import statistic as read_statistic
from hcrisk.progress import progress_bar
from hcrisk.scenario.quantity import Number
from hcrisk.scenario.refusal import nearest
from hcrisk.scenario.scenario import Scenario
from hcrisk.variables import COORDINATES, described
from hcrisk.whatif._labels import (
    as_figure,
    attributes,
    coordinate,
    figures_over,
    unit_words,
    with_summary,
)
from hcrisk.whatif._runs import Runs, checked_runs
from hcrisk.whatif._search import Curve
from hcrisk.whatif.effort import QUICK, Effort, checked
from hcrisk.whatif.ways import Way, ways_between

# Of an input's distribution, what is looked through for a flip.
TAIL = 0.005
TOLERANCE = 1e-3
# How many of the nearest flips the summary tells.
TOLD = 5


class Flip(NamedTuple):
    """What became of one input: its range, its curve at the ends, and its nearest crossing."""

    central: float
    low: float
    high: float
    at_low: Figure
    at_high: Figure
    value: Figure
    probability: float


def flip_points(
    scenario: Scenario,
    *,
    between: Sequence[Way],
    service: str | None = None,
    inputs: Iterable[str] | None = None,
    statistic: str = "mean",
    effort: Effort = QUICK,
) -> xr.Dataset:
    """Return for each input the value at which the cheaper of two strategies changes.

    One input at a time is set to values within its plausible range, the central 99 % of its
    distribution, while all others stay as uncertain as they are. A change of sign between the
    ends and the median is narrowed by bisection in probability, on common random numbers. It is
    a flip only where the intervals leave no doubt who is cheaper below it and who above it. An
    input whose effect turns round twice between two of these three places is not seen to flip.

    Parameters
    ----------
    scenario
        From `hcrisk.load` or built in Python.
    between, service
        As for `break_even`: two strategies, or two arrangements of a service.
    inputs
        Dotted paths; every uncertain input when omitted. A certain number may be named if it
        states a range, either side of which is then taken to hold half the probability, evenly.
    statistic
        "mean", or a percentile or tail mean of present value, as "p80" and "tvar95".
    effort
        Paths, seed, confidence; there are at least two simulations for each input.

    Returns
    -------
    xarray.Dataset
        Over ``input``, nearest flip first: ``value``, ``lower``, ``upper`` (unit of the input,
        NaN where there is no flip; between the bounds the sign is not certain), ``flips``,
        ``probability`` (that the input lies below the flip), ``distance`` (of that from one half:
        0 flips at the median, 0.5 hardly ever), ``central``, ``low``,
        ``high``, and ``difference_at_low`` and ``difference_at_high`` with their bounds (second
        strategy less first, currency). ``base`` with its bounds is the difference with nothing
        set. ``attrs["summary"]`` says it in words.

    Raises
    ------
    ScenarioError
        An unknown strategy or input, or a certain one without a range.
    ValueError
        No inputs, an unknown statistic, or two ways that are the same.

    Examples
    --------
    >>> import hcrisk
    >>> small = hcrisk.load("small-practice")
    >>> found = flip_points(small, between=("current", "outsource"),
    ...                     inputs=["macro.wage.mean", "macro.price.mean"],
    ...                     effort=hcrisk.Effort(paths=200))
    >>> found["flips"].values.tolist()
    [False, False]
    """
    chosen, confidence = read_statistic(statistic), checked(effort).confidence
    ways = ways_between(scenario, between, service)
    runs = checked_runs(ways.scenario, ways.strategies, effort.paths, effort.seed)
    numbers = checked_inputs(scenario, inputs)
    npv = runs.base()
    base = as_figure(chosen.difference(npv[1], npv[0], confidence))
    found = {}
    with progress_bar(len(numbers) * runs.paths, effort.progress) as advance:
        for path, number in numbers.items():
            found[path] = _flip(runs, path, number, chosen, confidence)
            advance(runs.paths)
    order = sorted(found, key=lambda path: _rank(found[path]))
    about = attributes(runs, "flip_points", chosen.title, confidence) | {
        "between": list(ways.names),
        "service": ways.service,
        "scenario_digest": scenario.digest,
    }
    units = [unit_words(scenario, path) for path in order]
    ds = _labelled([found[path] for path in order], order, units, base, about)
    return with_summary(ds, _sentences(found, order, units, base, ways.names))


def checked_inputs(scenario: Scenario, inputs: Iterable[str] | None) -> dict[str, Number]:
    """Return the numbers to vary, by path: those asked for, or every uncertain one."""
    if inputs is None:
        return scenario.inputs()
    numbers = scenario.numbers()
    wanted = dict.fromkeys([inputs] if isinstance(inputs, str) else inputs)
    problems = []
    for path in wanted:
        if path not in numbers:
            rule, remedy = "is not a number of the scenario", nearest(path, list(numbers))
            problems.append(Problem("inputs", path, rule, remedy))
        elif numbers[path].is_certain and numbers[path].range is None:
            rule = "is certain, and states no range to look through"
            remedy = "use break_even, which takes the range"
            problems.append(Problem("inputs", path, rule, remedy))
    if problems:
        raise ScenarioError(problems)
    if not wanted:
        raise ValueError("inputs must name at least one input, got none; leave it out for all")
    return {path: numbers[path] for path in wanted}


def quantile_function(number: Number) -> Callable[[float], float]:
    """Return the values of a number by probability.

    Examples
    --------
    >>> pay = Number.parse({"value": 50_000, "range": [40_000, 90_000]})
    >>> [quantile_function(pay)(u) for u in (0.0, 0.25, 0.5, 1.0)]
    [40000.0, 45000.0, 50000.0, 90000.0]
    """
    distribution = number.distribution
    if distribution is not None:
        return lambda u: float(distribution.quantile(u))
    low, high = number.range or (number.central, number.central)
    return lambda u: float(np.interp(u, (0.0, 0.5, 1.0), (low, number.central, high)))


def plausible(number: Number) -> tuple[float, float]:
    """Return the ends of what is looked through: of its distribution, or the range it states."""
    quantile = quantile_function(number)
    if number.is_certain:
        return quantile(0.0), quantile(1.0)
    return quantile(TAIL), quantile(1.0 - TAIL)


def _flip(runs: Runs, path: str, number: Number, statistic: Statistic, confidence: float) -> Flip:
    quantile = quantile_function(number)

    def evaluate(u: float) -> Figure:
        npv = runs.at(path, quantile(u))
        return as_figure(statistic.difference(npv[1], npv[0], confidence))

    curve = Curve(evaluate)
    ends = (0.0, 1.0) if number.is_certain else (TAIL, 1.0 - TAIL)
    at_low, at_high = (curve.at(u) for u in ends)
    if at_low != at_high:
        # What changes nothing from one end to the other changes nothing at the median.
        curve.at(0.5)
    found = curve.crossings(whole=False, tolerance=TOLERANCE)
    crossings = [one for one in found if Figure(*one[:3]).is_bounded]
    low, high = (quantile(u) for u in ends)
    nothing = Flip(number.central, low, high, at_low, at_high, NO_FLIP, math.nan)
    if not crossings:
        return nothing
    nearest_one = min(crossings, key=lambda one: abs(one.value - 0.5))
    bounds = (quantile(u) for u in nearest_one[:3])
    return nothing._replace(value=Figure(*bounds), probability=nearest_one.value)


NO_FLIP = Figure(math.nan, math.nan, math.nan)


def _rank(one: Flip) -> tuple[bool, float, float]:
    """Nearest flips first; then those whose ends come nearest to one."""
    if not math.isnan(one.probability):
        return False, abs(one.probability - 0.5), 0.0
    return True, 0.0, min(abs(one.at_low.value), abs(one.at_high.value))


def _labelled(
    flips: list[Flip], order: list[str], units: list[str], base: Figure, about: dict[str, Any]
) -> xr.Dataset:
    along, currency = ("input",), about["currency"]
    probability = np.array([one.probability for one in flips])

    def column(values: Any, long_name: str, unit: str = "") -> Any:
        return along, values, described(long_name, unit)

    return xr.Dataset(
        {
            **figures_over(along, [one.value for one in flips], "flip point", ""),
            "flips": column(~np.isnan(probability), "whether the ranking turns round", "1"),
            "probability": column(probability, "probability of a lower value", "1"),
            "distance": column(np.abs(probability - 0.5), "distance from the median", "1"),
            "central": column([one.central for one in flips], "central value"),
            "low": column([one.low for one in flips], "low end of the range"),
            "high": column([one.high for one in flips], "high end of the range"),
            **figures_over(
                along,
                [one.at_low for one in flips],
                "difference at the low end",
                currency,
                "difference_at_low",
            ),
            **figures_over(
                along,
                [one.at_high for one in flips],
                "difference at the high end",
                currency,
                "difference_at_high",
            ),
            **figures_over((), base, "difference with nothing set", currency, "base"),
        },
        {
            "input": coordinate("input", order, "input"),
            "unit": ("input", units, described(COORDINATES["unit"])),
        },
        about,
    )


def _sentences(
    found: dict[str, Flip],
    order: list[str],
    units: list[str],
    base: Figure,
    names: tuple[str, str],
) -> list[str]:
    cheaper = names[int(base.value < 0)]
    if base.lower <= 0.0 <= base.upper:
        said = [f"{names[0]} and {names[1]} cost the same as far as these paths tell."]
    else:
        said = [f"{cheaper} is cheaper with every input as uncertain as stated."]
    flipping = [path for path in order if not math.isnan(found[path].probability)]
    for path, unit in zip(flipping[:TOLD], units, strict=False):
        one = found[path]
        below = f"{100 * one.probability:.0f}%"
        said.append(
            f"{path} turns it round at {rounded_band(one.value, unit)[0]} "
            f"(central {amount(one.central)}; {below} of its distribution lies below)."
        )
    rest = len(order) - len(flipping)
    if rest:
        said.append(
            f"{rest} of {len(order)} inputs turn it round nowhere in their plausible range, as far "
            f"as these paths tell."
        )
    return said
