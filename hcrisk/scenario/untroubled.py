"""Vendors and arrangements a file adds, without the troubles that all those beside them have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from hcrisk.exceptions import Problem
from hcrisk.scenario.quantity import Number
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.service import Arrangement

EVENTS = ("failure", "acquisition", "switch")
COMPROMISE = "compromise risk"


def untroubled(scenario: Scenario) -> list[Problem]:
    r"""Return a remark for every new vendor and arrangement that is better than all old ones.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of Problem
        Empty if it extends nothing. What only some of the old ones have is not missed by itself.

    Examples
    --------
    >>> from hcrisk.scenarios import from_toml
    >>> text = 'name = "a"\nextends = "mid-market"\nvendors.acme.term_months = 12'
    >>> print(untroubled(from_toml(text))[0].rule.partition(", which")[0])
    has no failure, switch or compromise risk
    """
    parent = scenario.parent
    if parent is None:
        return []
    return [
        *_vendors(scenario, parent),
        *_arrangements(scenario, parent),
        *_factors(scenario, parent),
    ]


def _vendors(scenario: Scenario, parent: Scenario) -> Iterator[Problem]:
    old = {name: _troubles(scenario, name) for name in parent.vendors if name in scenario.vendors}
    for name in scenario.vendors:
        own = _troubles(scenario, name)
        if name in parent.vendors or not old:
            continue
        everywhere = set.intersection(*old.values()) - own
        if not everywhere:
            continue
        missing = [trouble for trouble in (*EVENTS, COMPROMISE) if trouble in everywhere]
        rule = f"has no {_either(missing)}, which every other vendor here has"
        for event in EVENTS:
            others = [other for other, has in old.items() if event in has and event not in own]
            if event not in everywhere and others:
                rule += f", and no {event}, which {_both(others)} {_have(others)}"
        remedy = f'copy them from another vendor, and its risk with vendor = "{name}"'
        yield Problem(f"vendors.{name}", None, rule, f"{remedy}; hcrisk init shows how")


def _troubles(scenario: Scenario, vendor: str) -> set[str]:
    stated = scenario.vendors[vendor]
    found = {event for event in EVENTS if _is_some(getattr(stated, event).rate)}
    if any(risk.vendor == vendor for risk in scenario.risks.values()):
        found.add(COMPROMISE)
    return found


class Trait(NamedTuple):
    """What an arrangement has as a rule, and which arrangements it concerns."""

    words: str
    has: Callable[[Arrangement], bool]
    concerns: Callable[[Arrangement], bool]
    # Nobody need have said what it costs to move into what is in place.
    moving: bool = False


TRAITS = (
    Trait("transition cost", lambda a: _is_some(a.transition.cost), lambda a: True, True),
    Trait("dip during the change", lambda a: _is_some(a.transition.dip), lambda a: True, True),
    Trait(
        "access of a vendor",
        lambda a: any(_is_some(contract.access) for contract in a.contracts.values()),
        lambda a: bool(a.contracts),
    ),
    Trait(
        "oversight",
        lambda a: _is_some(a.oversight_fte),
        lambda a: bool(a.contracts and not a.seats),
    ),
)


def _arrangements(scenario: Scenario, parent: Scenario) -> Iterator[Problem]:
    for service, name, old in _added(scenario, parent):
        stated = scenario.services[service]
        own = stated.arrangements[name]
        missing: dict[tuple[str, ...], list[str]] = {}
        for trait in TRAITS:
            if (
                trait.has(own)
                or not trait.concerns(own)
                or (trait.moving and name == stated.current)
            ):
                continue
            like = [other for other in old if trait.concerns(stated.arrangements[other])]
            like = [other for other in like if not trait.moving or other != stated.current]
            if like and all(trait.has(stated.arrangements[other]) for other in like):
                missing.setdefault(tuple(like), []).append(trait.words)
        if missing:
            parts = [
                f"no {_either(words)}, which {_both([*like])} {_have([*like])}"
                for like, words in missing.items()
            ]
            path = f"services.{service}.arrangements.{name}"
            remedy = "state them, or copy theirs; if it is meant, leave it"
            yield Problem(path, None, f"has {', and '.join(parts)}", remedy)


def _factors(scenario: Scenario, parent: Scenario) -> Iterator[Problem]:
    for service, name, old in _added(scenario, parent):
        for risk, stated in scenario.risks.items():
            effect = stated.effects.get(service)
            known = [other for other in old if effect is not None and other in effect.factors]
            if effect is None or name in effect.factors or len(known) < len(old) or not known:
                continue
            path = f"risks.{risk}.effects.{service}.factors.{name}"
            rule = f"is left at 1, while {_both(known)} {_have(known)} a factor"
            yield Problem(path, None, rule, "state it; if 1 is meant, leave it")


def _added(scenario: Scenario, parent: Scenario) -> Iterator[tuple[str, str, list[str]]]:
    """Iterate over new arrangements that somebody delivers: service, name, the old ones."""
    for service, stated in scenario.services.items():
        if service not in parent.services:
            continue
        funded = [name for name, one in stated.arrangements.items() if not one.unfunded]
        old = [name for name in funded if name in parent.services[service].arrangements]
        for name in funded:
            if name not in old and old:
                yield service, name, old


def _is_some(number: Number) -> bool:
    return not number.is_certain or number.value != 0.0


def _either(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _both(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _have(words: list[str]) -> str:
    return "have" if len(words) > 1 else "has"
