"""Which strategy a report is about, and which it is held against."""

from __future__ import annotations

from typing import NamedTuple

from hcrisk.report.quote import Quote, StrategyQuote


class Pair(NamedTuple):
    """The strategy to take, and the nearest other way.

    Attributes
    ----------
    focus : str
        That of least mean among those that leave no service to nobody; among all where each
        leaves some.
    rival : str or None
        The next of these; the cheapest of the others where there is no next; None if there is
        one strategy only.
    compared : str or None
        Whose mean cost is set against the baseline's, part by part: the focus, or where that is
        the baseline its rival.
    """

    focus: str
    rival: str | None
    compared: str | None


def choose(quote: Quote) -> Pair:
    """Return which strategies a report is about.

    Parameters
    ----------
    quote
        The quote.

    Returns
    -------
    Pair
    """
    order = sorted(quote.strategies, key=lambda entry: entry.mean.value)
    full = full_scope(quote)
    first, *rest = [*full, *(entry for entry in order if entry not in full)]
    rival = rest[0].name if rest else None
    return Pair(first.name, rival, rival if first.name == quote.baseline else first.name)


def full_scope(quote: Quote) -> list[StrategyQuote]:
    """Return the strategies that leave no service to nobody, cheapest first; all if each does."""
    order = sorted(quote.strategies, key=lambda entry: entry.mean.value)
    return [entry for entry in order if not entry.unfunded] or order


def entry_of(quote: Quote, name: str) -> StrategyQuote:
    """Return the figures of a strategy."""
    return next(entry for entry in quote.strategies if entry.name == name)
