"""What must be known before the figures of a report are quoted."""

from __future__ import annotations

from hcrisk.report.pair import entry_of
from hcrisk.report.quote import Quote
from hcrisk.report.rosters import roster_text
from hcrisk.report.wording import inside, joined, share_words

# What each of the three sentences of a decision is about.
LEADS = ("Which way", "What budget", "What would change it")


def cautions(quote: Quote) -> list[str]:
    """Return what must be known before the figures are quoted."""
    said = []
    for entry in quote.strategies:
        parts = [f"{joined(entry.unfunded)} to nobody"] if entry.unfunded else []
        thin = [f"{name} {100 * share:.0f}% uncovered" for name, share in entry.thin.items()]
        parts += [joined(thin)] if thin else []
        if parts:
            name = inside(entry)
            said.append(f"{name[:1].upper()}{name[1:]} leaves {', and '.join(parts)}.")
    full = quote.full_scope_cheapest
    if full:
        order = sorted(full, key=lambda name: -full[name].value)
        chances = [f"{entry_of(quote, name).label} {'is the cheapest ' * (i == 0)}in "
                   f"{share_words(full[name])}" for i, name in enumerate(order)]  # fmt: skip
        said.append(
            f"Among the strategies that deliver every service, {joined(chances)} of futures."
        )
    text = roster_text(quote)
    return [*said, text] if text else said
