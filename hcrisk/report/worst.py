"""How the worst futures differ from the rest, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import xarray as xr

from hcrisk.figures import Figure, measured, money
from hcrisk.report.rows import RECOVERIES
from hcrisk.report.uses import users
from hcrisk.scenario import Scenario
from hcrisk.variables import input_words, labels_of, words

MOST_IN_TAIL = 3
# In a report, which has room for more than a page of text.
MOST_ON_PAGE = 5


def signed(change: Figure, currency: str) -> str:
    """Return a change of a cost with its sign."""
    text = money(change, currency)
    return text if text.startswith("-") else f"+{text}"


class TailFact(NamedTuple):
    """One way in which the worst futures differ.

    Attributes
    ----------
    size, text
        By how much, and in what, for a line of the page.
    path
        The input, if it is one.
    label, rest
        The risk, if it is one, and how many of the other futures it strikes.
    side
        Whether the input is ``"higher"`` or ``"lower"``.
    """

    size: str
    text: str
    path: str = ""
    label: str = ""
    rest: str = ""
    side: str = ""


def tail_facts(
    tail: xr.Dataset, labels: Mapping[str, str], currency: str, most: int = MOST_IN_TAIL
) -> list[TailFact]:
    """Return how the worst futures differ from the rest, in words, what is not chance.

    Parameters
    ----------
    tail
        Result of `hcrisk.measures.tail_drivers`.
    labels
        What to print for components and risks.
    currency
        Currency code.
    most
        How many components, risks and inputs at most.

    Returns
    -------
    list of TailFact
    """
    facts = []
    for name in map(str, tail["component"].values[:most] if "component" in tail.coords else ()):
        excess = measured(tail.sel(component=name), "component_excess")
        if excess.value:
            label = _component(labels, name, excess.value)
            facts.append(TailFact(signed(excess, currency), label))
    for name in map(str, tail["risk"].values[:most] if "risk" in tail.coords else ()):
        one = tail.sel(risk=name)
        excess = measured(one, "struck_excess")
        if excess.lower <= 0 <= excess.upper or "baseline" in tail.coords:
            continue
        worst, rest = (_whole(float(one[f"struck_{part}"])) for part in ("worst", "rest"))
        label = labels.get(name, words(name))
        text = f"of them are struck by {label}, {rest} of the rest"
        facts.append(TailFact(worst, text, label=label, rest=rest))
    for path in map(str, tail["parameter"].values[:most] if "parameter" in tail.coords else ()):
        higher = measured(tail.sel(parameter=path), "input_higher")
        if not higher.lower <= 0.5 <= higher.upper:
            side = "higher" if higher.value > 0.5 else "lower"
            chance = _whole(max(higher.value, 1 - higher.value))
            text = f"chance that this is {side} than in the rest:"
            facts.append(TailFact(chance, text, path, side=side))
    return facts


def tail_lines(
    scenario: Scenario, ds: xr.Dataset, tail: xr.Dataset, strategy: str
) -> list[tuple[str, str, str]]:
    """Return how the worst futures of a strategy differ: in what, the input if one, by how much.

    Parameters
    ----------
    scenario, ds
        The scenario, and the run with its labels.
    tail
        Result of `hcrisk.measures.tail_drivers` for the strategy.
    strategy
        Its name: inputs of others differ by chance, or because they go with one of these.

    Returns
    -------
    list of (str, str, str)
    """
    labels = dict[str, str]()
    for dim in ("component", "risk"):
        labels |= labels_of(ds, dim) if dim in ds.dims else {}
    if "parameter" in tail.coords:
        used = [path for path in map(str, tail["parameter"].values)
                if users(scenario, [strategy], path)]  # fmt: skip
        tail = tail.sel(parameter=used)
    lines = []
    for fact in tail_facts(tail, labels, str(ds.attrs["currency"]), MOST_ON_PAGE):
        what, size = fact.text, fact.size
        if fact.label:
            what, size = f"Futures struck by: {fact.label}", f"{size} against {fact.rest}"
        elif fact.path:
            what, size = f"{input_words(fact.path)}: {fact.side} than in the rest", f"{size} chance"
        lines.append((what, fact.path, size))
    return lines


def _component(labels: Mapping[str, str], name: str, excess: float) -> str:
    """Return a part of the cost; of what comes back, whether it is more or less of it."""
    label = labels.get(name, words(name))
    if name not in RECOVERIES:
        return label
    return f"{'less' if excess > 0 else 'more'} {label[:1].lower()}{label[1:]}"


def _whole(share: float) -> str:
    return "<1%" if 0 < share < 0.005 else f"{100 * share:.0f}%"
