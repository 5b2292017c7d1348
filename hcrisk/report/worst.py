"""How the worst futures differ from the rest, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from hcrisk.figures import Figure, measured, money, percent, spoken, spoken_step, with_margin
from hcrisk.report.quote import TAIL_LEVEL, StrategyQuote
from hcrisk.report.rows import RECOVERIES
from hcrisk.report.uses import users
from hcrisk.report.wording import told
from hcrisk.scenario import Scenario
from hcrisk.story import Story
from hcrisk.variables import input_words, labels_of, words

MOST_IN_TAIL = 3
# In a report, which has room for more than a page of text.
MOST_ON_PAGE = 5


def signed(amount: str) -> str:
    """Return an amount as a change: with its sign, also above zero.

    Examples
    --------
    >>> signed("$200K"), signed("-$200K")
    ('+$200K', '-$200K')
    """
    return amount if amount.startswith("-") else f"+{amount}"


def moved_by(ends: Sequence[Figure], currency: str) -> tuple[str, str]:
    """Return by how much the ends of an input change a cost, and the wider margin of them.

    Examples
    --------
    >>> moved_by([Figure(-2e5, -2.1e5, -1.9e5), Figure(3e5, 2.9e5, 3.2e5)], "USD")
    ('-$200K to +$300K', '±$20K')
    """
    text = " to ".join(signed(spoken(change, currency)) for change in ends)
    if not all(change.is_bounded and change.half_width for change in ends):
        return text, ""
    step = max(map(spoken_step, ends))
    size = math.ceil(max(change.half_width for change in ends) / step - 1e-9) * step
    return text, f"±{money(Figure(size, size, size), currency, step=step)}"


class TailFact(NamedTuple):
    """One way in which the worst futures differ.

    Attributes
    ----------
    size, text
        By how much with its interval, and in what, for a line of the page.
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
            facts.append(TailFact(signed(with_margin(excess, currency)), label))
    for name in map(str, tail["risk"].values[:most] if "risk" in tail.coords else ()):
        one = tail.sel(risk=name)
        excess = measured(one, "struck_excess")
        if excess.lower <= 0 <= excess.upper or "baseline" in tail.coords:
            continue
        worst, rest = (percent(measured(one, f"struck_{part}")) for part in ("worst", "rest"))
        label = labels.get(name, words(name))
        text = f"of them are struck by {label}, {rest} of the rest"
        facts.append(TailFact(worst, text, label=label, rest=rest))
    for path in map(str, tail["parameter"].values[:most] if "parameter" in tail.coords else ()):
        higher = measured(tail.sel(parameter=path), "input_higher")
        if not higher.lower <= 0.5 <= higher.upper:
            side = "higher" if higher.value > 0.5 else "lower"
            chance = percent(higher if side == "higher" else higher.complement)
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


def beside_mean(
    story: Story, ds: xr.Dataset, entry: StrategyQuote
) -> list[tuple[str, float, Figure]]:
    """Return what one future costs by cost line, discounted, and the mean of all; the whole last.

    Parameters
    ----------
    story
        The future.
    ds
        The run it is of, with its labels.
    entry
        The figures of its strategy.

    Returns
    -------
    list of (str, float, Figure)
        The line that costs most beyond its mean first; lines that are nothing are left out.
    """
    labels = labels_of(ds, "component")
    rows = []
    for name in map(str, story.yearly["component"].values):
        yearly, usual = story.yearly.sel(component=name).values, entry.components[name]
        own = math.fsum(
            float(cost) * worth for cost, worth in zip(yearly, story.discount, strict=True)
        )
        if own or usual.value:
            rows.append((labels[name], own, usual))
    rows.sort(key=lambda row: row[2].value - row[1])
    return [*rows, ("All", story.total, entry.mean)]


def worst_path(own: xr.Dataset, tail: float) -> int:
    """Return the path whose cost is nearest the mean of the worst.

    It is neither the mildest of them, as the one at their boundary is, nor the most extreme.

    Parameters
    ----------
    own
        Result of `simulate` for one strategy.
    tail
        The mean cost of its worst futures.

    Returns
    -------
    int

    Examples
    --------
    >>> import numpy as np
    >>> costs = (("strategy", "path"), [np.arange(100.0)])
    >>> worst_path(xr.Dataset({"npv": costs}, {"strategy": ["msp"], "path": np.arange(100)}), 97.2)
    97
    """
    npv = own["npv"].isel(strategy=0).values
    return int(own["path"].values[int(np.argmin(np.abs(npv - tail)))])


def which_future(story: Story, ds: xr.Dataset, entry: StrategyQuote) -> str:
    """Return which of the worst futures is told, and why, in two sentences.

    Parameters
    ----------
    story
        That future.
    ds
        The run it is of.
    entry
        The figures of its strategy.

    Returns
    -------
    str
    """
    npv, currency = ds["npv"].sel(strategy=story.strategy), str(ds.attrs["currency"])
    below, count = float((npv < story.total).mean()), ds.sizes["path"]
    cost = spoken(Figure(story.total, story.total, story.total), currency)
    worst = f"{100 * (1 - TAIL_LEVEL):.0f}%"
    return (
        f"Of the {count:,} simulated futures this is the one whose cost is nearest the mean of the "
        f"worst {worst} of {entry.label}, {told(entry.tail, currency)}: as bad as the worst "
        f"{worst} are on average. It costs {cost} (present value), more than {100 * below:.1f}% of "
        f"the futures do. It is an example, not a forecast (path {story.path}, seed {story.seed})."
    )


def _component(labels: Mapping[str, str], name: str, excess: float) -> str:
    """Return a part of the cost; of what comes back, whether it is more or less of it."""
    label = labels.get(name, words(name))
    if name not in RECOVERIES:
        return label
    return f"{'Less' if excess > 0 else 'More'} {label[:1].lower()}{label[1:]}"
