"""The quote on one page, for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from hcrisk.figures import counted, plain
from hcrisk.report.assumptions import WeakAssumption, stated
from hcrisk.report.cells import UNKNOWN
from hcrisk.report.columns import WIDTH, broken_path, column_width, table, wrapped
from hcrisk.report.decision import decision, futures
from hcrisk.report.quote import Quote
from hcrisk.report.rosters import rosters
from hcrisk.report.rows import YEAR_ONE, Group, component_rows, cost_rows, headings, remarks
from hcrisk.report.wording import CURRENT

CURRENCIES = {"USD": "US dollars", "EUR": "euros", "GBP": "pounds sterling"}
MOST_COLUMNS = 4
# Lines of a sheet of paper.
SHEET = 66


def render_text(quote: Quote) -> str:
    """Return the quote as one page of at most 80 columns.

    Parameters
    ----------
    quote
        The quote.

    Returns
    -------
    str
        Lines of text, without a line break at the end.
    """
    groups = _groups(quote.strategies)
    blocks = [
        _header(quote),
        _section("The strategies: who delivers each service", [*_who(quote), *rosters(quote)]),
        _section("The decision", wrapped(decision(quote))),
        _section(_cost_heading(quote), _stacked(_costs(quote, group) for group in groups)),
        _section(
            _money_heading(quote),
            [
                *_stacked(_components(quote, group) for group in groups),
                *wrapped(remarks(quote)),
            ],
        ),
    ]
    last = _section("How to read it", _footer(quote))
    room = SHEET - sum(len(block) for block in [*blocks, last])
    blocks += [_weakest(quote, room), last]
    return "\n".join(line for block in blocks for line in block)


def _weakest(quote: Quote, room: int) -> list[str]:
    """Return the assumptions to question first, as many as there is room for, at least one."""
    lines: list[str] = []
    for weak in quote.assumptions:
        more = _assumption(weak, quote)
        if lines and len(lines) + len(more) >= room:
            break
        lines += more
    heading = "The assumptions with the lowest confidence: question these first"
    return _section(heading, lines) if lines else []


def _section(heading: str, lines: Iterable[str]) -> list[str]:
    return [f"{heading} ".ljust(WIDTH, "-"), *lines]


def _stacked(tables: Iterable[list[str]]) -> list[str]:
    return [line for lines in tables for line in lines]


def _groups(strategies: Group) -> list[Group]:
    """Return the strategies in as few even groups as fit the page."""
    count = -(-len(strategies) // MOST_COLUMNS)
    size = -(-len(strategies) // count)
    return [strategies[i : i + size] for i in range(0, len(strategies), size)]


def _header(quote: Quote) -> list[str]:
    notes = [line for note in quote.notes for line in wrapped(f"Note: {note}")]
    title = textwrap.shorten(quote.title, WIDTH, placeholder="...")
    return [f"{title} ".ljust(WIDTH, "=")[:WIDTH], *wrapped(facts(quote)), *notes]


def facts(quote: Quote) -> str:
    """Return the size of the practice, the horizon and the run in a few words."""
    size = ", ".join(counted(plain(round(count)), name) for name, count in quote.size.items())
    rate = "an uncertain rate"
    if quote.discount_rate is not None:
        when = "mid-year" if quote.timing == "mid" else "at year ends"
        rate = f"{100 * quote.discount_rate:g}% a year, {when}"
    return (
        f"{size}. {quote.years}-year horizon, costs in "
        f"{CURRENCIES.get(quote.currency, quote.currency)} discounted at {rate}. "
        f"{futures(quote.paths)}, seed {quote.manifest.get('seed', 'unknown')}."
    )


def _who(quote: Quote) -> list[str]:
    rows = {"Services": quote.services}
    for entry in quote.strategies:
        same = " = today's arrangement" if entry.name == quote.current != CURRENT else ""
        rows[f"{entry.label}{same}"] = entry.delivery
    texts = (f"{name}: {' | '.join(cells)}" for name, cells in rows.items())
    return [line for text in texts for line in textwrap.wrap(text, WIDTH, subsequent_indent="  ")]


def _cost_heading(quote: Quote) -> str:
    heading = f"Cost over {counted(quote.years, 'years')}, present value"
    return heading if quote.paths == 1 else f"{heading}, ± its 95% interval"


def _money_heading(quote: Quote) -> str:
    what = "cost" if quote.paths == 1 else "mean"
    return f"Where the money goes: {what}, and share of the strategy's {what}"


def _costs(quote: Quote, group: Group) -> list[str]:
    return table(headings(quote, group), cost_rows(quote, group, column_width(len(group)) - 1))


def _components(quote: Quote, group: Group) -> list[str]:
    return table(headings(quote, group), component_rows(quote, group))


def _assumption(weak: WeakAssumption, quote: Quote) -> list[str]:
    entry = weak.assumption
    origin = f"{entry.obtained}: {entry.title}" if entry.title else "no source given"
    moves = ""
    if weak.influence is not None:
        label = next(s.label for s in quote.strategies if s.name == weak.influence.strategy)
        share = f"{100 * weak.influence.share:.0f}%" if weak.influence.share >= 0.01 else "under 1%"
        moves = f" Goes with {share} of the order of futures by the cost of {label}."
    *above, last = broken_path(f"{entry.path}:", WIDTH)
    said = f"{last} {stated(weak)}. {weak.confidence.capitalize()} confidence, {origin}.{moves}"
    return [*above, *textwrap.wrap(said, WIDTH, subsequent_indent="  ")]


def _footer(quote: Quote) -> list[str]:
    scope = "Full-scope: no service is left to nobody. " if quote.full_scope_cheapest else ""
    unknown = f"{UNKNOWN}: too few paths to say. " if quote.notes else ""
    about = (
        f"± says how precisely the simulated futures fix a figure, not whether the assumptions "
        f"hold. {unknown}TVaR 95: mean of the worst 5% of futures. {YEAR_ONE}: its mean, "
        f"undiscounted. {scope}"
    )
    if quote.paths == 1:
        about = ""
    manifest = quote.manifest
    run = (
        f"hcrisk {manifest.get('hcrisk', '?')} | {manifest.get('scenario', '?')} | digest "
        f"{str(manifest.get('scenario_digest', '?'))[:16]} | seed {manifest.get('seed', '?')} | "
        f"paths {quote.paths}"
    )
    return [*wrapped(about), *wrapped(run)]
