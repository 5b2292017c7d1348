"""What a scenario states differently from the one it extends."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from hcrisk.scenario.merge import ABOUT, leaves
from hcrisk.scenario.plausible import central_of
from hcrisk.scenario.quantity import Number, Quantity
from hcrisk.scenario.refusal import look_up
from hcrisk.scenario.register import parts_of, register
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.strategy import Correlation
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
        Empty if it extends nothing. A list replaces that of the parent, so correlations are
        compared input by input, and those that are only repeated are left out.

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
    pairs = {pair: rho for one in parent.correlations for pair, rho in _pairs(one)}
    found = []
    for entry in register(scenario):
        was, part = before.get(_place(entry.path)), there.get(_place(entry.path))
        if entry.own != "user":
            continue
        if entry.path.startswith("correlations."):
            pair = _pair(entry.path, scenario)
            # A matrix says everything twice.
            if pair is None or pairs.get(frozenset(pair)) == here[entry.path].constant:
                continue
            rho = pairs.get(frozenset(pair))
            was, part = (None, None) if rho is None else (f"{rho:g}", Number(rho))
        factor = _large_factor(scenario, here[entry.path], parent, part)
        found.append(OwnNumber(entry.path, entry.value, entry.unit, was, factor))
    return found


def _pairs(stated: Correlation) -> Iterator[tuple[frozenset[str], float]]:
    for (i, a), (j, b) in combinations(enumerate(stated.names), 2):
        yield frozenset((a, b)), stated.spearman[i][j]


def _pair(path: str, scenario: Scenario) -> tuple[str, str] | None:
    """Return the two inputs of a correlation; None below and on the diagonal of a matrix."""
    _, place, *rest = path.split(".")
    names = scenario.correlations[int(place)].names
    i, j = map(int, rest[1:3]) if rest[0] == "matrix" else (0, 1)
    return (names[i], names[j]) if i < j else None


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


def left_out(scenario: Scenario) -> list[str]:
    r"""Return what the scenario extended has and this one has not, by dotted path.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of str
        In the parent's order, tables that are missing altogether by their own path. Then
        correlations between inputs that are both still there.

    Examples
    --------
    >>> from hcrisk.scenarios import from_toml
    >>> left_out(from_toml('name = "a"\nextends = "mid-market"\nwithout = ["lines.backup"]'))
    ['lines.backup']
    """
    if scenario.parent is None:
        return []
    content, before = scenario.to_mapping(), scenario.parent.to_mapping()
    missing = (_first_missing(content, path.split(".")) for path in leaves(before))
    gone = dict.fromkeys(path for path in missing if path and path.split(".")[0] not in WORDS)
    numbers = scenario.numbers()
    here = {pair for one in scenario.correlations for pair, _ in _pairs(one)}
    apart = [
        f"the correlation of {' and '.join(sorted(pair))}"
        for one in scenario.parent.correlations
        for pair, _ in _pairs(one)
        if pair not in here and all(name in numbers for name in pair)
    ]
    return [path for path in gone if path != "correlations"] + apart


def _first_missing(content: Any, parts: Sequence[str]) -> str | None:
    """Return the shortest beginning of a path at which a table has nothing."""
    for n, part in enumerate(parts):
        if not isinstance(content, Mapping):
            return None
        if part not in content:
            return ".".join(parts[: n + 1])
        content = content[part]
    return None


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
