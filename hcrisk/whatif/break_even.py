"""The size, price or rate at which one way of delivery becomes cheaper than another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import xarray as xr

from hcrisk.arguments import check_finite
from hcrisk.figures import Figure, amount, rounded_band, spoken
from hcrisk.measures.statistic import Statistic
from hcrisk.measures.statistic import statistic as read_statistic
from hcrisk.progress import progress_bar
from hcrisk.scenario.register import unit_at
from hcrisk.scenario.scenario import Scenario
from hcrisk.variables import described, label_text, title_of
from hcrisk.whatif._labels import (
    as_figure,
    attributes,
    coordinate,
    figures_over,
    unit_words,
    with_summary,
)
from hcrisk.whatif._runs import Runs, checked_runs
from hcrisk.whatif._search import Crossing, Curve, places_between
from hcrisk.whatif.effort import USUAL, Effort, checked
from hcrisk.whatif.ways import Way, Ways, ways_between

# Units of what there are whole numbers of.
WHOLE = ("providers", "users", "endpoints", "sites", "posts", "FTE")
# A crossing is narrowed to this share of the range.
TOLERANCE = 1e-3


def break_even(
    scenario: Scenario,
    path: str,
    low: float,
    high: float,
    *,
    between: Sequence[Way],
    service: str | None = None,
    statistic: str = "mean",
    effort: Effort = USUAL,
) -> xr.Dataset:
    """Return where one way of delivery becomes cheaper than another as a number changes.

    Both ways are simulated at every place on the same random numbers, so that the difference is
    taken within a path. People, posts and managers are whole, which makes the difference a step
    function of the size: it may cross zero more than once. Every change of sign between two
    neighbouring places of an even grid is found and narrowed by bisection; two crossings between
    neighbouring places cancel and are not seen, so take a finer grid where it matters.

    The band around a crossing is where the interval of the difference holds zero: outside it one
    way is cheaper at the stated confidence, place by place. It is linear between places.

    Parameters
    ----------
    scenario
        From `hcrisk.load` or built in Python.
    path
        Dotted path of the number to change, such as ``"practice.providers"``. What is stated per
        provider or per user follows it. An uncertain number is the same on every path at each
        place; numbers correlated with it keep their own distribution.
    low, high
        Ends of the range.
    between
        With ``service``, two of its arrangements, all other services as today. Without, two
        strategies, or mappings from services to arrangements, such as
        ``scenario.assignment("hybrid") | {"help_desk": "insource"}``.
    service
        The service in question.
    statistic
        "mean", or a percentile or tail mean of present value, as "p80" and "tvar95".
    effort
        Paths, seed, points of the grid, confidence.

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` over ``at`` (currency): the statistic of the second way
        less that of the first, negative where the second is cheaper. ``cost`` with its bounds
        over ``way`` and ``at``. Over ``crossing``, which may be empty: ``crossing_at`` with its
        bounds (unit of the parameter; infinite where the band reaches an end of the range; among
        whole numbers the first at which the new way is cheaper), ``before`` and ``after`` (places
        known to be on either side) and ``cheaper`` (the way that is cheaper from there on).
        ``attrs["summary"]`` says it in words.

    Raises
    ------
    ScenarioError
        An unknown path, service, arrangement or strategy, or a value the scenario refuses.
    ValueError
        An empty range, an unknown statistic, or two ways that are the same.

    Examples
    --------
    >>> import hcrisk
    >>> small = hcrisk.load("small-practice")
    >>> found = break_even(small, "people.benefits_load", 0.2, 0.4, service="help_desk",
    ...                    between=("insource", "outsource"),
    ...                    effort=hcrisk.Effort(points=2, paths=200))
    >>> found["value"].dims, found["cost"].dims, found.sizes["crossing"]
    (('at',), ('way', 'at'), 0)
    """
    chosen, confidence = read_statistic(statistic), checked(effort).confidence
    low, high = check_range(low, high)
    ways = ways_between(scenario, between, service)
    runs = checked_runs(ways.scenario, ways.strategies, effort.paths, effort.seed)
    runs.check(path, (low, high))
    whole = is_whole(path, low, high)
    costs: dict[float, list[Figure]] = {}
    curve = difference_curve(runs, path, chosen, confidence, costs)
    places = places_between(low, high, int(effort.points), whole=whole)
    with progress_bar(len(places) * runs.paths, effort.progress) as advance:
        for x in places:
            curve.at(x)
            advance(runs.paths)
    crossings = curve.crossings(whole=whole, tolerance=TOLERANCE * (high - low))
    about = attributes(runs, "break_even", chosen.title, confidence) | {
        "title": title_of(scenario),
        "scenario_digest": scenario.digest,
        "path": path,
        "units": unit_words(scenario, path),
        "service": ways.service,
        "others": ways.others,
        "whole": int(whole),
    }
    return _labelled(curve, costs, crossings, ways, about)


def difference_curve(
    runs: Runs,
    path: str,
    statistic: Statistic,
    confidence: float,
    costs: dict[float, list[Figure]],
) -> Curve:
    """Return second less first strategy over the values of a number; ``costs`` fills up."""

    def evaluate(x: float) -> Figure:
        npv = runs.at(path, x)
        costs[x] = [as_figure(statistic.estimate(values, confidence)) for values in npv]
        return as_figure(statistic.difference(npv[1], npv[0], confidence))

    return Curve(evaluate)


def check_range(low: float, high: float) -> tuple[float, float]:
    """Return the ends of a range as floats, or say why they are none."""
    ends = [check_finite(name, value, "number", "10")
            for name, value in (("low", low), ("high", high))]  # fmt: skip
    if ends[0] >= ends[1]:
        remedy = "swap them" if ends[0] > ends[1] else "choose two that differ"
        raise ValueError(f"low must be less than high, got {low!r} and {high!r}; {remedy}")
    return ends[0], ends[1]


def is_whole(path: str, low: float, high: float) -> bool:
    """Return whether to look at whole numbers only: of a count, between whole ends.

    Examples
    --------
    >>> is_whole("practice.providers", 10, 200), is_whole("people.benefits_load", 0, 1)
    (True, False)
    """
    return unit_at(path) in WHOLE and low == round(low) and high == round(high)


def _labelled(
    curve: Curve,
    costs: dict[float, list[Figure]],
    crossings: Sequence[Crossing],
    ways: Ways,
    about: dict[str, Any],
) -> xr.Dataset:
    places, currency = curve.places, about["currency"]
    cost = [[costs[x][i] for x in places] for i in range(2)]
    less = f"{ways.labels[1]} less {ways.labels[0]}, {about['statistic']}"
    units = about["units"]
    figures = [tuple(one[:3]) for one in crossings]
    plain_values = {
        "before": [one.before for one in crossings],
        "after": [one.after for one in crossings],
    }
    ds = xr.Dataset(
        {
            **figures_over(("at",), [curve.known[x] for x in places], less, currency),
            **figures_over(("way", "at"), cost, f"{about['statistic']} cost", currency, "cost"),
            **figures_over(("crossing",), figures, "break-even", units, "crossing_at"),
            **{
                name: (
                    ("crossing",),
                    values,
                    described(f"nearest place looked at {name} it", units),
                )
                for name, values in plain_values.items()
            },
            "cheaper": (
                ("crossing",),
                [ways.names[int(one.sign < 0)] for one in crossings],
                described("cheaper way beyond the crossing"),
            ),
        },
        {
            "at": coordinate("at", places, about["path"], units),
            "way": coordinate("way", ways.names, "way of delivery"),
            "crossing": coordinate("crossing", range(1, len(crossings) + 1), "number of crossing"),
        },
        about,
    )
    ds["way"].attrs["labels"] = label_text(dict(zip(ways.names, ways.labels, strict=True)))
    return with_summary(ds, _sentences(curve, crossings, ways, about))


def _sentences(
    curve: Curve, crossings: Sequence[Crossing], ways: Ways, about: dict[str, Any]
) -> list[str]:
    units, currency = about["units"], about["currency"]
    low, high = curve.places[0], curve.places[-1]
    if not crossings:
        sign = next((f.value for f in curve.known.values() if f.value), 0.0)
        span = f"{amount(low)} to {amount(high, units)}"
        if not sign:
            return [f"No crossing in {span}: both cost the same throughout."]
        near = min(curve.places, key=lambda x: abs(curve.known[x].value))
        more = [_apart(curve, x, units if x == near else "", currency) for x in (low, near, high)]
        cheaper = ways.names[int(sign < 0)]
        text = f"No crossing in {span}: {cheaper} is cheaper throughout, by {more[0]}"
        if near not in (low, high):
            text += f", {more[1]} where they are nearest"
        said = [f"{text} and {more[2]}."]
        open_at = sum(f.lower <= 0.0 <= f.upper for f in curve.known.values())
        if open_at:
            said.append(f"It is not certain at {open_at} of {len(curve.known)} values tried.")
        return said
    first = ways.names[int(crossings[0].sign > 0)]
    said = [f"At {amount(low, units)} {first} is cheaper."]
    for one in crossings:
        new = ways.names[int(one.sign < 0)]
        start = "From" if about["whole"] else "Above"
        band = _band(one, units, about["confidence"])
        at = rounded_band(Figure(*one[:3]), units)[0]
        said.append(f"{start} {at} {new} is cheaper; {band}.")
    if len(crossings) > 1:
        said.append("Where people, posts or managers are whole, the difference moves in steps.")
    return said


def _apart(curve: Curve, x: float, units: str, currency: str) -> str:
    value, lower, upper = curve.known[x]
    size = Figure(value, lower, upper) if value > 0 else Figure(-value, -upper, -lower)
    return f"{spoken(size, currency)} at {amount(x, units)}"


def _band(one: Crossing, units: str, confidence: float) -> str:
    if math.isinf(one.lower) and math.isinf(one.upper):
        return "these paths do not tell which is cheaper anywhere near"
    share = f"at {100 * confidence:g}% confidence"
    _, lower, upper = rounded_band(Figure(*one[:3]), units)
    if math.isinf(one.lower):
        return f"not certain up to {upper} {share}"
    if math.isinf(one.upper):
        return f"not certain from {lower} on {share}"
    if amount(one.lower) == amount(one.upper):
        return "certain on both sides of it"
    return f"not certain between {lower.removesuffix(units).rstrip()} and {upper} {share}"
