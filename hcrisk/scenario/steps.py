"""Counts of people that stand almost on a rounding step, where one provider more adds a person."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from hcrisk.exceptions import Problem
from hcrisk.figures import counted
from hcrisk.scenario.refusal import shown
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.size import Count

# How near a step is worth a remark, as a share of what is counted.
NEAR = 0.03
# Quotients are rounded up after so much is taken off, as for the simulation.
HAIR = 1e-9


class Step(NamedTuple):
    """The end of the band in which a count stays what it is, and what it is beyond."""

    at: float
    beyond: int
    upwards: bool


def near_steps(scenario: Scenario) -> list[Problem]:
    """Return a remark for every count of seats or managers that almost changes.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of Problem
        Nothing is wrong with the scenario; but its cost jumps when it grows or shrinks a little.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> near_steps(load("mid-market"))
    []
    >>> tight = load("mid-market").replace({"managers.span": 7})
    >>> print(near_steps(tight)[0].rule)
    7 FTE of insource have 1 manager, more than 7 FTE would have 2
    """
    return [*_seats(scenario), *_managers(scenario)]


def step_near(amount: float, each: float, count: int) -> Step | None:
    """Return the step that an amount, of which one is needed for ``each``, almost touches.

    Examples
    --------
    >>> step_near(215, 72, 3)
    Step(at=216, beyond=4, upwards=True)
    >>> step_near(217, 72, 4)
    Step(at=216, beyond=3, upwards=False)
    >>> step_near(215, 86, 3) is None
    True
    """
    if amount <= 0:
        return None
    above, below = count * each, (count - 1) * each
    if above <= amount * (1 + NEAR):
        return Step(above, count + 1, True)
    if 0 < below < amount <= below * (1 + NEAR):
        return Step(below, count - 1, False)
    return None


def _seats(scenario: Scenario) -> Iterator[Problem]:
    for service, stated in scenario.services.items():
        for name, arrangement in stated.arrangements.items():
            for role, seats in arrangement.seats.items():
                path = f"services.{service}.arrangements.{name}.seats.{role}"
                yield from _count(scenario, path, seats.count)


def _count(scenario: Scenario, path: str, count: Count) -> Iterator[Problem]:
    if count.per is None or count.ratio is None:
        return
    practice = scenario.practice
    amount, now = practice.driver_count(count.per), int(count.of(practice))
    step = step_near(amount, count.ratio, now)
    if step is None or step.beyond < count.minimum:
        return
    providers = float(practice.providers)
    size = practice.users if count.per == "user" else practice.endpoints
    follows = count.per == "provider" or size.per_provider
    at = step.at * providers / amount if follows else step.at
    there = math.floor(at + HAIR) + step.upwards
    unit = "providers" if follows else f"{count.per}s"
    rule = (
        f"{amount:.6g} {count.per}s have {counted(now, 'seats')}, "
        f"with {there} {unit} it would be {step.beyond}"
    )
    yield Problem(path, count.raw(), rule, _remedy("ratio", amount, now, "the number of seats"))


def _managers(scenario: Scenario) -> Iterator[Problem]:
    if scenario.managers is None:
        return
    span = float(scenario.managers.span)
    for strategy in scenario.strategies:
        fte = internal_fte(scenario, strategy)
        now = math.ceil(fte / span - HAIR)
        step = step_near(fte, span, now)
        if step is not None:
            change = "more than" if step.upwards else "no more than"
            rule = (
                f"{fte:.6g} FTE of {strategy} have {counted(now, 'managers')}, "
                f"{change} {step.at:.6g} FTE would have {step.beyond}"
            )
            remedy = _remedy("span", fte, now, "another number of seats")
            yield Problem("managers.span", span, rule, remedy)


def internal_fte(scenario: Scenario, strategy: str) -> float:
    """Return the contracted FTE of a strategy's seats, without managers and oversight."""
    return math.fsum(
        seats.count.of(scenario.practice) * float(scenario.roles[role].fte)
        for service, name in scenario.assignment(strategy).items()
        for role, seats in scenario.services[service].arrangements[name].seats.items()
    )


def _remedy(name: str, amount: float, count: int, instead: str) -> str:
    # Half way between two steps; one person alone has no lower step.
    middle = amount / (count - 0.5 if count > 1 else 0.75)
    return (
        f"choose a {name} away from the step, such as {shown(float(f'{middle:.3g}'))}, "
        f"or write {instead}"
    )
