"""The value of one number at which a statistic reaches a target."""

from __future__ import annotations

from typing import Any

import xarray as xr

from hcrisk.arguments import check_finite
from hcrisk.exceptions import HcriskError, Problem, ScenarioError
from hcrisk.figures import Figure, amount, rounded_band, spoken
from hcrisk.measures.statistic import Statistic
from hcrisk.measures.statistic import statistic as read_statistic
from hcrisk.scenario.quantity import Law, Number
from hcrisk.scenario.refusal import nearest
from hcrisk.scenario.scenario import CURRENT, Scenario
from hcrisk.whatif._labels import (
    as_figure,
    attributes,
    coordinate,
    figures_over,
    unit_words,
    with_summary,
)
from hcrisk.whatif._runs import Runs, checked_runs
from hcrisk.whatif._search import Crossing, Curve
from hcrisk.whatif.break_even import check_range, is_whole
from hcrisk.whatif.effort import USUAL, Effort, checked
from hcrisk.whatif.flip import TAIL, plausible

# The goal is narrowed to this share of the range.
TOLERANCE = 1e-4


class GoalNotReachedError(HcriskError, ValueError):
    """A target that lies outside what the statistic takes on over the range."""


def goal_seek(
    scenario: Scenario,
    path: str,
    target: float,
    *,
    statistic: str = "p80",
    strategy: str = CURRENT,
    within: tuple[float, float] | None = None,
    effort: Effort = USUAL,
) -> xr.Dataset:
    """Return the value of one number at which a statistic of the cost reaches a target.

    The statistic is taken to rise, or to fall, from one end of the range to the other; bisection
    on common random numbers finds where it passes the target. Where it steps over the target, as
    it does where people are whole, the first value on the far side is returned and ``reached``
    says what the statistic is there.

    Parameters
    ----------
    scenario
        From `hcrisk.load` or built in Python.
    path
        Dotted path of the number to find.
    target
        What the statistic is to be, in the scenario's currency.
    statistic
        "mean", or a percentile or tail mean of present value, as "p80" and "tvar95".
    strategy
        Whose cost; that of today's arrangement when omitted.
    within
        Ends of the range to look in. When omitted, the central 99 % of the number's
        distribution, or the range a certain number states.
    effort
        Paths, seed, confidence.

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` (unit of the number): the goal, and the values between
        which the statistic's interval holds the target, infinite where that is so up to an end of
        the range. ``reached`` with its bounds (currency): the statistic at the goal. ``curve``
        with its bounds over ``at``: every value that was tried. ``attrs["summary"]`` in words.

    Raises
    ------
    GoalNotReachedError
        The target lies outside what is reached at both ends of the range; the message says what.
    ScenarioError
        An unknown path or strategy, a value the scenario refuses, or no range to look in.
    ValueError
        An empty range, or an unknown statistic.

    Examples
    --------
    >>> import hcrisk
    >>> small = hcrisk.load("small-practice")
    >>> found = goal_seek(small, "people.benefits_load", 2.5e6, statistic="mean",
    ...                   strategy="insource", within=(0.0, 2.0), effort=hcrisk.Effort(paths=200))
    >>> bool(abs(found["reached"] - 2.5e6) < 1e3)
    True
    """
    chosen, confidence = read_statistic(statistic), checked(effort).confidence
    target = check_finite("target", target, "amount", "2_000_000")
    runs = checked_runs(scenario, [strategy], effort.paths, effort.seed)
    low, high = check_range(*(_range(scenario, path) if within is None else within))
    runs.check(path, (low, high))
    whole = is_whole(path, low, high)
    curve = _curve(runs, path, target, chosen, confidence)
    ends = curve.at(low), curve.at(high)
    if min(end.value for end in ends) > 0.0 or max(end.value for end in ends) < 0.0:
        raise GoalNotReachedError(_out_of_reach(scenario, path, target, (low, high), ends, chosen))
    goal = _goal(curve, low, high, whole)
    about = attributes(runs, "goal_seek", chosen.title, confidence)
    about |= {"path": path, "strategy": strategy, "target": target}
    return _labelled(curve, goal, whole, about, unit_words(scenario, path))


def _range(scenario: Scenario, path: str) -> tuple[float, float]:
    number = scenario.numbers().get(path)
    if isinstance(number, Number) and (not number.is_certain or number.range is not None):
        return plausible(number)
    law = scenario.quantities().get(path)
    if isinstance(law, Law) and law.constant is None:
        low, high = law.distribution.quantile([TAIL, 1.0 - TAIL])
        return float(low), float(high)
    known = list(scenario.numbers() | scenario.quantities())
    if path not in known and (meant := nearest(path, known)).startswith("did"):
        rule = "is no number of the scenario with a range to look in"
        remedy = f"{meant} If not, write within=(low, high)"
        raise ScenarioError([Problem("path", path, rule, remedy)])
    rule = "must be given: the number is certain and states no range"
    raise ScenarioError([Problem("within", None, rule, "write within=(low, high)")])


def _curve(runs: Runs, path: str, target: float, statistic: Statistic, confidence: float) -> Curve:
    def evaluate(x: float) -> Figure:
        found = as_figure(statistic.estimate(runs.at(path, x)[0], confidence))
        return Figure(*(part - target for part in found))

    return Curve(evaluate)


def _goal(curve: Curve, low: float, high: float, whole: bool) -> Crossing:
    for end in (low, high):
        if curve.at(end).value == 0.0:
            return curve.around(end, whole=whole)
    (found,) = curve.crossings(whole=whole, tolerance=TOLERANCE * (high - low))
    curve.at(found.value)
    return curve.around(found.value, whole=whole)


def _out_of_reach(
    scenario: Scenario,
    path: str,
    target: float,
    ends: tuple[float, float],
    figures: tuple[Figure, Figure],
    statistic: Statistic,
) -> str:
    currency, unit = scenario.currency, unit_words(scenario, path)
    reached = " and ".join(
        f"{spoken(Figure(*(part + target for part in figure)), currency)} at {amount(x, unit)}"
        for x, figure in zip(ends, figures, strict=True)
    )
    wanted = spoken(Figure(target, target, target), currency)
    return (
        f"target must lie between what {path} can reach: the {statistic.title} is {reached}, "
        f"got {wanted}; choose another target, or a wider range by within=(low, high)"
    )


def _labelled(
    curve: Curve, goal: Crossing, whole: bool, about: dict[str, Any], unit: str
) -> xr.Dataset:
    target, currency, places = about["target"], about["currency"], curve.places
    costs = {x: Figure(*(part + target for part in curve.known[x])) for x in places}
    reached = costs[goal.value]
    name = f"{about['statistic']} cost"
    ds = xr.Dataset(
        {
            **figures_over((), goal[:3], f"{about['path']} at the target", unit),
            **figures_over((), reached, f"{name} there", currency, "reached"),
            **figures_over(("at",), [costs[x] for x in places], name, currency, "curve"),
        },
        {"at": coordinate("at", places, about["path"], unit)},
        about,
    )
    wanted = spoken(Figure(target, target, target), currency)
    at = rounded_band(Figure(*goal[:3]), unit)[0]
    whose, there = f"The {about['statistic']} of {about['strategy']}", spoken(reached, currency)
    if whole and reached.value != target:
        ends = f"{amount(goal.before)} and {amount(goal.value, unit)}"
        said = f"passes {wanted} between {ends}; at {amount(goal.value)} it is {there}"
    elif reached.lower <= target <= reached.upper:
        said = f"is {wanted} at {about['path']} = {at}"
    else:
        said = f"steps over {wanted} at {about['path']} = {at}, to {there}"
    return with_summary(ds, [f"{whose} {said}."])
