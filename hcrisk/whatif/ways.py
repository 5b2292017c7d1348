"""Two ways of delivery to be compared, as people name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hcrisk.exceptions import Problem, ScenarioError
from hcrisk.scenario.refusal import nearest
from hcrisk.scenario.scenario import CURRENT, Scenario
from hcrisk.simulation import check_scenario
from hcrisk.variables import words
from hcrisk.whatif._runs import check_strategy

Way = str | Mapping[str, str]
_JOINT = " / "
# What the other services have, where that is no strategy's.
_STATED = "as stated"


class Ways(NamedTuple):
    """Two ways of delivery.

    Attributes
    ----------
    scenario : Scenario
        One that has both as strategies.
    strategies : tuple of str
        Their names in it.
    names, labels : tuple of str
        What to call them.
    service : str
        The one service in which they differ; empty for whole strategies.
    others : str
        The strategy whose arrangements all other services have; empty for whole strategies.
    """

    scenario: Scenario
    strategies: tuple[str, str]
    names: tuple[str, str]
    labels: tuple[str, str]
    service: str = ""
    others: str = ""


def ways_between(scenario: Scenario, between: Sequence[Way], service: str | None = None) -> Ways:
    """Return the two strategies that differ as asked, added to the scenario where needed.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> ways = ways_between(load("small-practice"), ("insource", "outsource"), "help_desk")
    >>> ways.strategies, ways.others
    (('help_desk-insource', 'help_desk-outsource'), 'current')
    """
    check_scenario(scenario)
    one, other = _two(between)
    if service is not None:
        return _of_assignments(scenario, *_of_service(scenario, service, one, other))
    if isinstance(one, str) and isinstance(other, str):
        names = tuple(check_strategy(scenario, name, "between") for name in (one, other))
        known = scenario.strategies
        labels = [getattr(known.get(name), "label", None) or words(name) for name in names]
        return Ways(scenario, (names[0], names[1]), (one, other), (labels[0], labels[1]))
    return _of_assignments(scenario, *(_assignment(scenario, way) for way in (one, other)))


def _two(between: Sequence[Way]) -> tuple[Way, Way]:
    ways = [] if isinstance(between, str | Mapping) else list(between)
    if len(ways) != 2 or ways[0] == ways[1]:
        raise ValueError(
            f"between must name two that differ, got {between!r}; "
            f"write between=('insource', 'outsource')"
        )
    return ways[0], ways[1]


def _of_service(
    scenario: Scenario, service: str, one: Way, other: Way
) -> tuple[dict[str, str], dict[str, str]]:
    _known(service, scenario.services, "service", f"is not a service of {scenario.name}")
    arrangements = scenario.services[service].arrangements
    for name in (one, other):
        if not isinstance(name, str):
            raise TypeError(
                f"between must name two arrangements where service is given, got {name!r}; "
                f"leave out service, or write between=('insource', 'outsource')"
            )
        _known(name, arrangements, "between", f"is not an arrangement of {service}")
    return scenario.current | {service: str(one)}, scenario.current | {service: str(other)}


def _assignment(scenario: Scenario, way: Way) -> dict[str, str]:
    if isinstance(way, str):
        return scenario.assignment(check_strategy(scenario, way, "between"))
    for service, name in way.items():
        _known(service, scenario.services, "between", f"is not a service of {scenario.name}")
        arrangements = scenario.services[service].arrangements
        _known(name, arrangements, f"between.{service}", f"is not an arrangement of {service}")
    return scenario.current | dict(way)


def _of_assignments(scenario: Scenario, one: dict[str, str], other: dict[str, str]) -> Ways:
    differing = [service for service in scenario.services if one[service] != other[service]]
    if not differing:
        raise ValueError(
            f"between must name two that differ, got the same arrangement of every service twice: "
            f"{one!r}; change one"
        )
    only = differing[0] if len(differing) == 1 else ""
    names = [_JOINT.join(each[service] for service in differing) for each in (one, other)]
    labels = [
        _JOINT.join(_label(scenario, service, each[service]) for service in differing)
        for each in (one, other)
    ]
    called = [f"{only}-{name}" if only else f"way-{i}" for i, name in enumerate(names, start=1)]
    added = {name: {"services": each} for name, each in zip(called, (one, other), strict=True)}
    return Ways(
        scenario.replace({"strategies": added}),
        (called[0], called[1]),
        (names[0], names[1]),
        (labels[0], labels[1]),
        only,
        _others(scenario, one, only) if only else "",
    )


def _label(scenario: Scenario, service: str, name: str) -> str:
    return scenario.services[service].arrangements[name].label or words(name)


def _others(scenario: Scenario, held: Mapping[str, str], service: str) -> str:
    """Return the strategy that all services but one are as in."""
    for name in (CURRENT, *scenario.strategies):
        own = scenario.assignment(name)
        if all(own[each] == held[each] for each in own if each != service):
            return name
    return _STATED


def _known(name: Any, known: Any, argument: str, rule: str) -> None:
    if name not in known:
        raise ScenarioError([Problem(argument, name, rule, nearest(str(name), list(known)))])
