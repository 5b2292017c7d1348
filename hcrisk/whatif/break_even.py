"""The size, price or rate at which one way of delivery becomes cheaper than another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from hcrisk.arguments import check_finite
from hcrisk.figures import Figure
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
from hcrisk.whatif._search import Curve, Stretch, changes, places_between
from hcrisk.whatif.effort import USUAL, Effort, checked
from hcrisk.whatif.telling import sentences
from hcrisk.whatif.ways import Way, Ways, ways_between

# Units of what there are whole numbers of.
WHOLE = ("providers", "users", "endpoints", "sites", "posts", "FTE")
# A change is narrowed to this share of the range.
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
    function of the size: it may change its sign more than once. At each place the interval of the
    difference says which way is cheaper, or that the two cannot be told apart. Wherever that
    differs between neighbouring places of an even grid, it is narrowed by bisection, among whole
    numbers to neighbours, else to a thousandth of the range.

    A crossing is a change between two places at each of which it is certain who is cheaper, at the
    stated confidence, place by place. Two changes between neighbouring places cancel and are not
    seen, so take a finer grid where it matters.

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
        over ``way`` and ``at``. Over ``stretch``, which are neighbouring places of which the same
        is known: ``stretch_from`` and ``stretch_to``, the outermost of them, and
        ``stretch_cheaper``, the way that is cheaper there, empty where the two cannot be told
        apart. Over ``crossing``, which may be empty: ``before`` and ``after``, the places between
        which the cheaper way changes, and ``cheaper``, which it is from the latter on.
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
    stretches = curve.stretches(whole=whole, tolerance=TOLERANCE * (high - low))
    about = attributes(runs, "break_even", chosen.title, confidence) | {
        "title": title_of(scenario),
        "scenario_digest": scenario.digest,
        "path": path,
        "units": unit_words(scenario, path),
        "service": ways.service,
        "others": ways.others,
        "whole": int(whole),
    }
    ds = _labelled(curve, costs, ways, about).merge(_known(stretches, ways, about["units"]))
    return with_summary(ds, sentences(ds))


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
    curve: Curve, costs: dict[float, list[Figure]], ways: Ways, about: dict[str, Any]
) -> xr.Dataset:
    """Return what was computed at each place."""
    places, currency = curve.places, about["currency"]
    cost = [[costs[x][i] for x in places] for i in range(2)]
    less = f"{ways.labels[1]} less {ways.labels[0]}, {about['statistic']}"
    ds = xr.Dataset(
        {
            **figures_over(("at",), [curve.known[x] for x in places], less, currency),
            **figures_over(("way", "at"), cost, f"{about['statistic']} cost", currency, "cost"),
        },
        {
            "at": coordinate("at", places, about["path"], about["units"]),
            "way": coordinate("way", ways.names, "way of delivery"),
        },
        about,
    )
    ds["way"].attrs["labels"] = label_text(dict(zip(ways.names, ways.labels, strict=True)))
    return ds


def _known(stretches: Sequence[Stretch], ways: Ways, units: str) -> xr.Dataset:
    """Return which way is cheaper where, and between which places that changes."""
    crossings, names = changes(stretches), {0: "", 1: ways.names[0], -1: ways.names[1]}

    def places(dim: str, values: list[float], long_name: str) -> Any:
        return dim, np.array(values, dtype=float), described(long_name, units)

    def cheaper(dim: str, signs: list[int], long_name: str) -> Any:
        return dim, np.array([names[sign] for sign in signs], dtype=str), described(long_name)

    return xr.Dataset(
        {
            "stretch_from": places("stretch", [one.first for one in stretches], "first place"),
            "stretch_to": places("stretch", [one.last for one in stretches], "last place"),
            "stretch_cheaper": cheaper(
                "stretch", [one.sign for one in stretches], "cheaper way there"
            ),
            "before": places("crossing", [one.before for one in crossings], "last place before"),
            "after": places("crossing", [one.after for one in crossings], "first place after"),
            "cheaper": cheaper("crossing", [one.sign for one in crossings], "cheaper way after"),
        },
        {
            "stretch": coordinate("stretch", range(1, len(stretches) + 1), "number of stretch"),
            "crossing": coordinate("crossing", range(1, len(crossings) + 1), "number of crossing"),
        },
    )
