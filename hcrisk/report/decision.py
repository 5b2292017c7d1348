"""What a quote says about the decision, in plain sentences."""

from __future__ import annotations

from collections.abc import Sequence

from hcrisk.figures import counted, spoken
from hcrisk.measures._labelled import level_name
from hcrisk.report.quote import Quote, StrategyQuote
from hcrisk.report.wording import (
    inside,
    joined,
    left_words,
    more_or_less,
    sentence_start,
    share_words,
)


def decision(quote: Quote) -> str:
    """Return the decision in words: who is cheapest how often, at what budget, against today.

    A strategy that leaves services to nobody buys less than the others, so where the cheapest
    one does, the cheapest among those that pay for every service is named as well.

    Parameters
    ----------
    quote
        The quote.

    Returns
    -------
    str
        One paragraph.
    """
    if quote.paths == 1:
        return _example(quote)
    if len(quote.strategies) == 1:
        return _one(quote, quote.strategies[0])
    best = max(quote.strategies, key=lambda entry: entry.probability_cheapest.value)
    near = _about_as_often(quote, best)
    sentences = [_cheapest(best, near), _budget(quote, best, known=not near)]
    if best.unfunded:
        left = f"{sentence_start(best)} leaves {left_words(best)}"
        if quote.full_scope_cheapest:
            full = [entry for entry in quote.strategies if entry.name in quote.full_scope_cheapest]
            chances = quote.full_scope_cheapest
            best = max(full, key=lambda entry: chances[entry.name].value)
            often = share_words(chances[best.name])
            left += (
                f"; among the strategies that pay for every service, {inside(best)} is the "
                f"cheapest in {often} of futures, with a {_budget_name(quote)} of "
                f"{_budget_of(quote, best)}"
            )
        sentences.append(f"{left}.")
    if best.thin and not best.unfunded:
        sentences.append(f"{sentence_start(best)} leaves {left_words(best)}.")
    sentences.append(_against_current(quote, best))
    return " ".join(sentence for sentence in sentences if sentence)


def futures(count: int) -> str:
    """Return how many futures were simulated, in words.

    Examples
    --------
    >>> futures(100_000), futures(1)
    ('100,000 simulated futures', '1 simulated future')
    """
    return f"{count:,} simulated future{'s' if count != 1 else ''}"


def _example(quote: Quote) -> str:
    """Return what one future can tell, and what it cannot."""
    best = min(quote.strategies, key=lambda entry: entry.mean.value)
    size = f"{spoken(best.mean, quote.currency)} over {counted(quote.years, 'years')}"
    found = f"{inside(best)} costs {size}"
    if len(quote.strategies) > 1:
        found = f"{inside(best)} is the cheapest: {size}"
    return f"In this one future {found}. One future is an example: it says nothing of chances."


def _one(quote: Quote, only: StrategyQuote) -> str:
    return (
        f"{sentence_start(only)} costs {spoken(only.mean, quote.currency)} on average over "
        f"{counted(quote.years, 'years')}; its {_budget_name(quote)}, {_meaning(quote)}, is "
        f"{_budget_of(quote, only)}."
    )


def _about_as_often(quote: Quote, best: StrategyQuote) -> list[StrategyQuote]:
    return [
        entry
        for entry in quote.strategies
        if entry is not best and entry.probability_cheapest.upper >= best.probability_cheapest.lower
    ]


def _cheapest(best: StrategyQuote, near: Sequence[StrategyQuote]) -> str:
    often = f"{share_words(best.probability_cheapest)} of the simulated futures"
    if not near:
        return f"{sentence_start(best)} is the cheapest in {often}."
    names = joined([inside(entry) for entry in (best, *near)])
    return (
        f"{names[:1].upper()}{names[1:]} are the cheapest about equally often ({often} for "
        f"{inside(best)})."
    )


def _budget(quote: Quote, best: StrategyQuote, *, known: bool) -> str:
    level = quote.budget_level
    lowest = min(quote.strategies, key=lambda entry: entry.percentiles[level].value)
    name, meaning = _budget_name(quote), _meaning(quote)
    amount = f"{_budget_of(quote, lowest)} over {counted(quote.years, 'years')}"
    if lowest is best and known:
        return f"It also has the lowest {name}, {meaning}: {amount}."
    against = "" if lowest is best else f", against {_budget_of(quote, best)} for {inside(best)}"
    return f"The lowest {name}, {meaning}, is that of {inside(lowest)}: {amount}{against}."


def _against_current(quote: Quote, best: StrategyQuote) -> str:
    if best.difference is None or best.probability_cheaper is None:
        others = [entry for entry in quote.strategies if entry.difference is not None]
        nearest = min(others, key=lambda entry: entry.mean.value)
        return _gap(quote, nearest)
    return _gap(quote, best)


def _gap(quote: Quote, entry: StrategyQuote) -> str:
    difference, cheaper = entry.difference, entry.probability_cheaper
    if difference is None or cheaper is None:
        return ""
    size = more_or_less(difference, quote.currency)
    if size:
        return (
            f"On average {inside(entry)} costs {size} than the current arrangement"
            f"{_in_cash(quote, entry)}, and less than it in {share_words(cheaper)} of futures."
        )
    return (
        f"{sentence_start(entry)} is cheaper than the current arrangement in "
        f"{share_words(cheaper)} of futures; which of the two costs less on average, "
        f"{futures(quote.paths)} cannot tell."
    )


def _in_cash(quote: Quote, entry: StrategyQuote) -> str:
    """Return the difference without the coverage gap, in brackets, where it is another one."""
    if not quote.has_gap or entry.cash_difference is None:
        return ""
    size = more_or_less(entry.cash_difference, quote.currency)
    return f" ({size} in cash)" if size else " (in cash, about as much)"


def _budget_name(quote: Quote) -> str:
    return level_name(quote.budget_level)


def _meaning(quote: Quote) -> str:
    return f"which {100 * quote.budget_level:g}% of futures stay within"


def _budget_of(quote: Quote, entry: StrategyQuote) -> str:
    return spoken(entry.percentiles[quote.budget_level], quote.currency)
