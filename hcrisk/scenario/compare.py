"""What a scenario states differently from the one it extends."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from hcrisk.scenario.merge import ABOUT, leaves
from hcrisk.scenario.plausible import central_of
from hcrisk.scenario.quantity import Quantity
from hcrisk.scenario.refusal import look_up
from hcrisk.scenario.register import parts_of, register
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.values import toml_value

# How often one central value goes into the other before it may be a slip in the unit.
LARGE = 3.0
WORDS = ("name", *ABOUT, "currency", "sources")


class OwnNumber(NamedTuple):
    """A number or law that a file states itself, beside the one it would inherit.

    Attributes
    ----------
    path, value, unit : str
    before : str or None
        What the parent has there, None if nothing.
    factor : float or None
        How many times the parent's central value, if that is more than 3 times or less than
        a third of it.
    """

    path: str
    value: str
    unit: str
    before: str | None
    factor: float | None


class OwnChoice(NamedTuple):
    """Anything else that a file states itself, as it would be written.

    Attributes
    ----------
    path, value : str
    before : str or None
        What the parent has there, None if nothing.
    """

    path: str
    value: str
    before: str | None


def own_numbers(scenario: Scenario) -> list[OwnNumber]:
    r"""Return the numbers and laws a scenario does not inherit, in file order.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of OwnNumber
        Empty if it extends nothing.

    Examples
    --------
    >>> from hcrisk.scenarios import from_toml
    >>> made = from_toml('name = "a"\nextends = "mid-market"\nroles.developer.pay = 68')
    >>> own_numbers(made)[0][1:4]
    ('68', 'USD/year', 'lognormal, median 141,065, sigma 0.1')
    """
    parent = scenario.parent
    if parent is None:
        return []
    before = {_place(entry.path): entry.value for entry in register(parent)}
    here = dict(parts_of(scenario))
    there = {_place(path): part for path, part in parts_of(parent)}
    return [
        OwnNumber(
            entry.path,
            entry.value,
            entry.unit,
            before.get(_place(entry.path)),
            _large_factor(scenario, here[entry.path], parent, there.get(_place(entry.path))),
        )
        for entry in register(scenario)
        if entry.own == "user"
    ]


def own_choices(scenario: Scenario) -> list[OwnChoice]:
    r"""Return what a scenario does not inherit and is no number: arrangements, strategies, ...

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of OwnChoice
        Empty if it extends nothing.

    Examples
    --------
    >>> from hcrisk.scenarios import from_toml
    >>> text = 'name = "a"\nextends = "mid-market"\nservices.software.current = "hybrid"'
    >>> own_choices(from_toml(text))
    [OwnChoice(path='services.software.current', value='"hybrid"', before='"unfunded"')]
    """
    if scenario.parent is None:
        return []
    content, before = scenario.to_mapping(), scenario.parent.to_mapping()
    return list(_choices(scenario, content, before))


def _place(path: str) -> str:
    # A size is one field, whether it is stated by provider or not.
    return path.removesuffix(".per_provider")


def _choices(
    scenario: Scenario, content: Mapping[str, Any], before: Mapping[str, Any]
) -> Iterator[OwnChoice]:
    numeric = scenario.quantities()
    for path in leaves(content):
        in_words = path.split(".")[0] in WORDS or path.endswith(".label")
        if in_words or not scenario.is_own(path):
            continue
        if any(entry == path or entry.startswith(f"{path}.") for entry in numeric):
            continue
        was, old = look_up(before, path)
        new = toml_value(look_up(content, path)[1])
        yield OwnChoice(path, new, toml_value(old) if was else None)


def _large_factor(
    scenario: Scenario, new: Quantity, parent: Scenario, old: Quantity | None
) -> float | None:
    here = central_of(new, scenario.practice)
    there = None if old is None else central_of(old, parent.practice)
    if here is None or there is None or not here * there or not math.isfinite(here * there):
        return None
    factor = here / there
    return None if 1 / LARGE <= factor <= LARGE else factor
