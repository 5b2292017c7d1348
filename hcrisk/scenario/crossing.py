"""Two uncertain numbers of which one bounds the other, and that may cross."""

from __future__ import annotations

from collections.abc import Iterator

from hcrisk.exceptions import Problem
from hcrisk.scenario.quantity import Number
from hcrisk.scenario.refusal import shown
from hcrisk.scenario.scenario import Scenario


def crossing(scenario: Scenario) -> list[Problem]:
    """Return a remark for every pair of numbers that may contradict each other on some paths.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of Problem
        If they did on all paths, the scenario would have been refused.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> cap = {"dist": "uniform", "low": 0.03, "high": 0.05}
    >>> print(crossing(load("mid-market").replace({"vendors.msp.escalator_cap": cap}))[0].rule)
    may lie above the cap: it is 0.02 to 0.04, the cap 0.03 to 0.05
    """
    return [*_escalators(scenario), *_scopes(scenario)]


def _escalators(scenario: Scenario) -> Iterator[Problem]:
    for name, vendor in scenario.vendors.items():
        if vendor.escalator_fixed is not None:
            continue
        floor, cap = _ends(vendor.escalator_floor), _ends(vendor.escalator_cap)
        if floor[1] > cap[0]:
            rule = f"may lie above the cap: it is {_words(floor)}, the cap {_words(cap)}"
            remedy = "the cap wins where they cross; if that is not meant, narrow one of them"
            yield Problem(f"vendors.{name}.escalator_floor", None, rule, remedy)


def _scopes(scenario: Scenario) -> Iterator[Problem]:
    for service, stated in scenario.services.items():
        for name, arrangement in stated.arrangements.items():
            scopes = [c.scope for c in arrangement.contracts.values() if c.scope is not None]
            if all(scope.is_certain for scope in scopes):
                continue
            ends = [_ends(scope) for scope in scopes]
            total = _words((sum(low for low, _ in ends), sum(high for _, high in ends)))
            rule = f"has scopes that are uncertain, and add up to {total}"
            path = f"services.{service}.arrangements.{name}.contracts"
            yield Problem(path, None, rule, "make them certain, with a sum of 1")


def _ends(number: Number) -> tuple[float, float]:
    if number.distribution is None:
        return (float(number), float(number))
    return number.distribution.support()


def _words(ends: tuple[float, float]) -> str:
    low, high = map(shown, ends)
    return low if low == high else f"{low} to {high}"
