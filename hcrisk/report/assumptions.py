"""Which assumptions a reader should question first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from hcrisk.figures import counted, short
from hcrisk.measures._dependence import grades, rank_correlation
from hcrisk.report.columns import unit_words
from hcrisk.report.uses import users
from hcrisk.scenario import Assumption, Scenario, register

# Confidence from weakest to strongest; a user's number without a source counts as low.
CONFIDENCE = ("low", "medium", "high")
# A rank correlation of that many paths is known to about 0.01, enough to put inputs in order.
_PATHS_RANKED = 20_000
# Below this an input does not matter; below so many paths' worth, it cannot be told from chance.
_SMALLEST_INFLUENCE = 0.005
_CHANCE = 12.0
# Fewer paths do not show the ends of a distribution.
_PATHS_FOR_SPREAD = 100


class Influence(NamedTuple):
    """How much of the spread of a strategy's cost an uncertain input goes with."""

    share: float
    strategy: str


class WeakAssumption(NamedTuple):
    """An assumption with its confidence; what it moves and its P5, P50 and P95 where sampled.

    ``value`` is the number itself, the median of an uncertain one; a law has none.
    """

    assumption: Assumption
    confidence: str
    value: float | None
    influence: Influence | None
    spread: tuple[float, float, float] | None


def weakest(scenario: Scenario, ds: xr.Dataset, count: int = 3) -> tuple[WeakAssumption, ...]:
    """Return the assumptions with the lowest confidence, the most influential first.

    Confidence is that of the source; a number of the user's without one counts as low. Among
    equals, the uncertain input that moves npv most comes first: the squared rank correlation of
    its samples with npv, the largest over the strategies it enters. Numbers that are certain, and
    laws, follow in file order. Of numbers that rest on one source only the first is returned.

    Parameters
    ----------
    scenario
        The scenario simulated.
    ds
        Result of `simulate` on it; without its ``input`` variable file order decides.
    count
        How many to return.

    Returns
    -------
    tuple of WeakAssumption
        Fewer than ``count`` where the scenario states fewer.
    """
    candidates = [
        (CONFIDENCE.index(confidence), entry, confidence)
        for entry in register(scenario)
        if (confidence := _confidence(entry)) is not None
    ]
    names, numbers = [str(name) for name in ds["strategy"].values], scenario.numbers()
    chosen: list[WeakAssumption] = []
    for tier, confidence in enumerate(CONFIDENCE):
        entries = [entry for rank, entry, _ in candidates if rank == tier]
        known = influences(
            ds, {entry.path: users(scenario, names, entry.path) for entry in entries}
        )
        # The sort is stable: what has no influence stays in file order.
        entries.sort(key=lambda entry: -known[entry.path].share if entry.path in known else 0.0)
        for entry in _one_per_source(entries, {weak.assumption.source for weak in chosen}, count):
            influence, spread = known.get(entry.path), _spread(ds, entry.path)
            number = numbers.get(entry.path)
            value = None if number is None else number.central
            chosen.append(WeakAssumption(entry, confidence, value, influence, spread))
        if len(chosen) >= count:
            break
    return tuple(chosen[:count])


def stated(weak: WeakAssumption) -> str:
    """Return an assumption's value as people say it: its median rounded, unit and spread."""
    unit = unit_words(weak.assumption.unit)
    if weak.spread is None:
        return counted(weak.assumption.value, unit)
    low, middle, high = map(short, weak.spread)
    if weak.value is not None:
        # Its own, not that of the futures drawn, so that it is the same wherever it is quoted.
        middle = short(weak.value)
    return f"{counted(middle, unit)} (90% chance of {low} to {high})"


def influences(ds: xr.Dataset, entered: Mapping[str, Sequence[str]]) -> Mapping[str, Influence]:
    """Return the squared rank correlation of sampled inputs with npv, where it is not noise.

    Parameters
    ----------
    ds
        Result of `simulate`, with ``input`` over parameter and path.
    entered
        The strategies that each input enters: correlation with the cost of others is chance, or
        due to another input correlated with it. Inputs that were not sampled are passed over.

    Returns
    -------
    mapping
        By input, the largest over the strategies it enters.

    Examples
    --------
    >>> rows = np.stack([np.arange(100.0), np.arange(100.0) * 37 % 101])
    >>> costs, inputs = (("strategy", "path"), rows), (("parameter", "path"), rows[:1])
    >>> ds = xr.Dataset({"npv": costs, "input": inputs}, {"strategy": ["msp", "own"]})
    >>> influences(ds.assign_coords(parameter=["pay"]), {"pay": ["own", "msp"], "wage": ["own"]})
    {'pay': Influence(share=1.0, strategy='msp')}
    """
    if "input" not in ds:
        return {}
    part = ds.isel(path=slice(_PATHS_RANKED))
    costs = grades(part["npv"].transpose("strategy", "path").values)
    rows = dict(zip(map(str, part["strategy"].values), costs, strict=True))
    sampled = {str(name) for name in ds["parameter"].values}
    floor = max(_SMALLEST_INFLUENCE, _CHANCE / part.sizes["path"])
    found: dict[str, Influence] = {}
    for parameter in sampled.intersection(entered):
        own = grades(part["input"].sel(parameter=parameter).values)
        shares = {
            name: float(rank_correlation(rows[name], own)) ** 2 for name in entered[parameter]
        }
        best = max(shares, key=lambda name: shares[name], default=None)
        if best is not None and shares[best] >= floor:
            found[parameter] = Influence(round(shares[best], 12), best)
    return found


def _confidence(entry: Assumption) -> str | None:
    """Return the confidence an entry is judged by, None where there is nothing to judge."""
    if entry.own == "default" or entry.path.startswith("correlations."):
        return None
    if entry.confidence is not None:
        return entry.confidence
    return CONFIDENCE[0] if entry.own == "user" else None


def _one_per_source(
    entries: Iterable[Assumption], seen: set[str | None], count: int
) -> list[Assumption]:
    kept: list[Assumption] = []
    for entry in entries:
        if len(kept) < count and (entry.source is None or entry.source not in seen):
            seen.add(entry.source)
            kept.append(entry)
    return kept


def _spread(ds: xr.Dataset, path: str) -> tuple[float, float, float] | None:
    if "input" not in ds or path not in ds["parameter"].values:
        return None
    if ds.sizes["path"] < _PATHS_FOR_SPREAD:
        return None
    low, middle, high = np.quantile(ds["input"].sel(parameter=path).values, (0.05, 0.5, 0.95))
    return float(low), float(middle), float(high)
