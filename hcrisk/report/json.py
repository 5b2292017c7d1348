"""A quote for other programs: strict JSON, unrounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hcrisk.figures import Figure
from hcrisk.report.assumptions import WeakAssumption, stated
from hcrisk.report.changes import Changes
from hcrisk.report.manifest import json_manifest
from hcrisk.report.quote import Quote, StrategyQuote
from hcrisk.report.strict import strict_json
from hcrisk.scenario import Roster


def to_json(quote: Quote) -> str:
    """Return a quote as JSON text.

    Figures are objects with ``value``, ``lower`` and ``upper``, money in whole units of the
    currency; a bound that is not known for want of paths is null. There are four entries:

    * ``manifest``: where the figures come from.
    * ``strategies``, by name: ``mean``, one entry per percentile (``p80``, ``p99.9``), ``tvar95``;
      ``probability_cheapest``, a number; ``probability_cheapest_full_scope``, among the strategies
      that leave no service to nobody, null where that is not asked; ``cash``, mean and percentiles
      without the coverage gap (what is paid, and income lost to incidents, less recoveries);
      ``year1_nominal``, the mean of the first year; ``difference_to_current``, path by path, null
      for the current arrangement: ``mean``, ``cash_mean``, ``probability_cheaper``;
      ``arrangements``, by service; and ``rosters``, of services with own staff: ``posts``,
      ``hours_per_week`` of each, ``fte`` by contract, the share they leave ``uncovered`` with every
      seat filled, the FTE ``needed`` to leave 1% or less, null if none do, and the share of
      incidents beyond the skills there are (``unskilled``).
    * ``components``: the mean of each, by strategy.
    * ``assumptions``, those with the lowest confidence: ``value`` (the median of an uncertain
      number, null for a law) in ``unit``, ``text``, the same as the page says it, and where it
      was sampled its ``spread``.

    Parameters
    ----------
    quote
        The quote.

    Returns
    -------
    str
    """
    return strict_json({"manifest": json_manifest("quote", run=quote.manifest)} | content(quote))


def content(quote: Quote) -> dict[str, Any]:
    """Return what the JSON of a quote has beside the manifest, to be made strict.

    Parameters
    ----------
    quote
        The quote.

    Returns
    -------
    dict
    """
    return {
        "strategies": {entry.name: _strategy(quote, entry) for entry in quote.strategies},
        "components": {entry.name: dict(entry.components) for entry in quote.strategies},
        "assumptions": [_assumption(weak) for weak in quote.assumptions],
    }


def change_content(changes: Changes) -> dict[str, Any]:
    """Return what differs from another version of the scenario, to be made strict.

    Parameters
    ----------
    changes
        What `hcrisk.report.changes.find_changes` returns.

    Returns
    -------
    dict
        ``changes``, a list with the ``path`` of each number or choice, what it is ``now`` and what
        it ``was`` as text, null where one version has none; and ``costs``, how the cost of each
        strategy has moved, by figure; empty where it is the same to the cent.
    """
    return {
        "changes": [
            {"path": one.path, "now": one.now or None, "was": one.was or None}
            for one in changes.stated
        ],
        "costs": {
            one.name: {name.lower(): figure for name, figure in one.figures.items()}
            for one in changes.costs
        },
    }


def percentile_key(level: float) -> str:
    """Return the name of a percentile in the JSON.

    Examples
    --------
    >>> percentile_key(0.8), percentile_key(0.999)
    ('p80', 'p99.9')
    """
    return f"p{round(100 * level, 10):g}"


def _strategy(quote: Quote, entry: StrategyQuote) -> dict[str, Any]:
    difference = {
        "mean": entry.difference,
        "cash_mean": entry.cash_difference,
        "probability_cheaper": entry.probability_cheaper,
    }
    is_current = entry.name == quote.current
    return {
        **_costs(entry.mean, entry.percentiles),
        "tvar95": entry.tail,
        "probability_cheapest": entry.probability_cheapest.value,
        "probability_cheapest_full_scope": quote.full_scope_cheapest.get(entry.name),
        "cash": _costs(entry.cash_mean, entry.cash_percentiles),
        "year1_nominal": {"mean": entry.year_one},
        "difference_to_current": None if is_current else difference,
        "arrangements": dict(entry.assignment),
        "rosters": {name: _roster(roster) for name, roster in entry.rosters.items()},
    }


def _roster(roster: Roster) -> dict[str, float]:
    names = ("posts", "hours_per_week", "fte", "uncovered", "needed", "unskilled")
    return {name: getattr(roster, name) for name in names}


def _costs(mean: Figure, percentiles: Mapping[float, Figure]) -> dict[str, Any]:
    return {
        "mean": mean,
        **{percentile_key(level): figure for level, figure in percentiles.items()},
    }


def _assumption(weak: WeakAssumption) -> dict[str, Any]:
    entry = weak.assumption
    spread = dict(zip(("p5", "p50", "p95"), weak.spread, strict=True)) if weak.spread else None
    return {
        "path": entry.path,
        "value": weak.value,
        "unit": entry.unit,
        "text": stated(weak),
        "spread": spread,
        "confidence": weak.confidence,
        "source": entry.source,
        "title": entry.title,
        "obtained": entry.obtained,
        "own": entry.own,
        "note": entry.note,
        "influence": weak.influence,
    }
