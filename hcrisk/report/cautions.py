"""What must be known before the figures of a report are quoted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hcrisk.report.pair import entry_of
from hcrisk.report.quote import Quote
from hcrisk.report.rosters import roster_text
from hcrisk.report.wording import joined, left_words, sentence_start, share_words
from hcrisk.scenario import Assumption
from hcrisk.variables import input_words

# Numbers without a source are named up to so many.
MOST_NAMED = 5
# What each of the sentences of a decision is about.
LEADS = ("Which way", "Service by service", "What budget", "What would change it")


def cautions(quote: Quote, register: Sequence[Assumption]) -> list[str]:
    """Return what must be known before the figures are quoted."""
    said = []
    for entry in quote.strategies:
        left = left_words(entry)
        if left:
            said.append(f"{sentence_start(entry)} leaves {left}.")
    full = quote.full_scope_cheapest
    if full:
        order = sorted(full, key=lambda name: -full[name].value)
        chances = [f"{entry_of(quote, name).label} {'is the cheapest ' * (i == 0)}in "
                   f"{share_words(full[name])}" for i, name in enumerate(order)]  # fmt: skip
        said.append(
            f"Among the strategies that pay for every service, {joined(chances)} of futures."
        )
    return [*said, *filter(None, (roster_text(quote), unsourced(register)))]


def unsourced(register: Iterable[Assumption]) -> str:
    r"""Return which numbers of the practice nobody has said the source of; "" if of all.

    Examples
    --------
    >>> from hcrisk.scenario import register
    >>> from hcrisk.scenarios import from_toml
    >>> own = from_toml('name = "a"\nextends = "mid-market"\nhorizon.years = 3')
    >>> unsourced(register(own))
    'One number of the practice has no source: Horizon: years.'
    """
    paths = [entry.path for entry in register if entry.own == "user" and entry.source is None]
    if not paths:
        return ""
    names = [input_words(path) for path in paths[:MOST_NAMED]]
    if len(paths) > MOST_NAMED:
        names.append(f"{len(paths) - MOST_NAMED} more")
    count = "One number" if len(paths) == 1 else f"{len(paths)} numbers"
    has = "has" if len(paths) == 1 else "have"
    listed = "; ".join(names)
    return f"{count} of the practice {has} no source: {listed}."
