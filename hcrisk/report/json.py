"""A quote for other programs: strict JSON, unrounded."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from hcrisk.figures import Figure
from hcrisk.report.assumptions import WeakAssumption
from hcrisk.report.quote import Quote, StrategyQuote


def to_json(quote: Quote) -> str:
    """Return a quote as JSON text.

    The object has four entries: ``manifest``; ``strategies``, by name ``mean``, one entry per
    percentile (``p80``, ``p99.9``) and ``tvar95``, each with ``value``, ``lower`` and ``upper``
    in whole units of the currency, ``probability_cheapest``, and ``cash``, mean and percentiles
    without the coverage gap (what is paid, and income lost to incidents, less recoveries),
    ``year1_nominal``, the mean of the first year, and ``arrangements``, by service;
    ``components``, the mean of each by strategy; ``assumptions``, those with the lowest
    confidence. A bound that is not known for want of paths is null.

    Parameters
    ----------
    quote
        The quote.

    Returns
    -------
    str
    """
    content = {
        "manifest": _strict(quote.manifest),
        "strategies": {entry.name: _strategy(entry) for entry in quote.strategies},
        "components": {
            entry.name: {name: _figure(figure) for name, figure in entry.components.items()}
            for entry in quote.strategies
        },
        "assumptions": [_assumption(weak) for weak in quote.assumptions],
    }
    return json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False)


def percentile_key(level: float) -> str:
    """Return the name of a percentile in the JSON.

    Examples
    --------
    >>> percentile_key(0.8), percentile_key(0.999)
    ('p80', 'p99.9')
    """
    return f"p{round(100 * level, 10):g}"


def _strategy(entry: StrategyQuote) -> dict[str, Any]:
    return {
        **_costs(entry.mean, entry.percentiles),
        "tvar95": _figure(entry.tail),
        "probability_cheapest": _strict(entry.probability_cheapest.value),
        "cash": _costs(entry.cash_mean, entry.cash_percentiles),
        "year1_nominal": {"mean": _figure(entry.year_one)},
        "arrangements": dict(entry.assignment),
    }


def _costs(mean: Figure, percentiles: Mapping[float, Figure]) -> dict[str, Any]:
    return {
        "mean": _figure(mean),
        **{percentile_key(level): _figure(figure) for level, figure in percentiles.items()},
    }


def _figure(figure: Figure) -> dict[str, float | None]:
    return {name: _strict(value) for name, value in figure._asdict().items()}


def _assumption(weak: WeakAssumption) -> dict[str, Any]:
    entry = weak.assumption
    return {
        "path": entry.path,
        "value": entry.value,
        "unit": entry.unit,
        "confidence": weak.confidence,
        "source": entry.source,
        "title": entry.title,
        "obtained": entry.obtained,
        "own": entry.own,
        "note": entry.note,
        "influence": None if weak.influence is None else weak.influence._asdict(),
    }


def _strict(value: Any) -> Any:
    """Return ``value`` as JSON can hold it: plain types, null for what is not finite."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _strict(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | None) else str(value)
