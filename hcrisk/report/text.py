"""The quote on one page, for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from hcrisk.figures import (
    Figure,
    common_unit,
    part_money,
    percent,
    plain,
    rounded,
    years,
)
from hcrisk.measures._labelled import level_name
from hcrisk.report.assumptions import WeakAssumption, stated
from hcrisk.report.cells import UNKNOWN, even_steps, money_row
from hcrisk.report.columns import (
    NAME_WIDTH,
    WIDTH,
    Row,
    broken_path,
    column_width,
    table,
    wrapped,
)
from hcrisk.report.decision import decision, futures
from hcrisk.report.quote import CURRENT, TAIL_LEVEL, Quote, StrategyQuote, joined
from hcrisk.report.rosters import rosters
from hcrisk.scenario.components import COST_LINES
from hcrisk.variables import words

CURRENCIES = {"USD": "US dollars", "EUR": "euros", "GBP": "pounds sterling"}
# A component that is nowhere more than this share of the dearest strategy joins the others.
SMALLEST_SHARE = 0.02
MOST_COMPONENTS = 6
MOST_COLUMNS = 4
# Lines of a sheet of paper.
SHEET = 66
YEAR_ONE = "Year 1, nominal"
OTHER_LINES = " other lines"
RECOVERIES = ("insurance_recovery", "vendor_indemnity")

Group = Sequence[StrategyQuote]


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
            [*_stacked(_components(quote, group) for group in groups), *_remarks(quote)],
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
    size = ", ".join(f"{plain(round(count))} {name}" for name, count in quote.size.items())
    rate = "an uncertain rate"
    if quote.discount_rate is not None:
        when = "mid-year" if quote.timing == "mid" else "at year ends"
        rate = f"{100 * quote.discount_rate:g}% a year, {when}"
    facts = (
        f"{size}. {quote.years}-year horizon, costs in "
        f"{CURRENCIES.get(quote.currency, quote.currency)} discounted at {rate}. "
        f"{futures(quote.paths)}, seed {quote.manifest.get('seed', 'unknown')}."
    )
    notes = [line for note in quote.notes for line in wrapped(f"Note: {note}")]
    title = textwrap.shorten(quote.title, WIDTH, placeholder="...")
    return [f"{title} ".ljust(WIDTH, "=")[:WIDTH], *wrapped(facts), *notes]


def _who(quote: Quote) -> list[str]:
    rows = {"Services": quote.services}
    for entry in quote.strategies:
        same = " = today's arrangement" if entry.name == quote.current != CURRENT else ""
        rows[f"{entry.label}{same}"] = entry.delivery
    texts = (f"{name}: {' | '.join(cells)}" for name, cells in rows.items())
    return [line for text in texts for line in textwrap.wrap(text, WIDTH, subsequent_indent="  ")]


def _cost_heading(quote: Quote) -> str:
    heading = f"Cost over {years(quote.years)}, present value"
    return heading if quote.paths == 1 else f"{heading}, ± its 95% interval"


def _money_heading(quote: Quote) -> str:
    what = "cost" if quote.paths == 1 else "mean"
    return f"Where the money goes: {what}, and share of the strategy's {what}"


def _example(quote: Quote, group: Group) -> list[str]:
    """Return the costs of the only future, which has no interval."""
    rows: dict[str, list[Figure | None]] = {"This future": [entry.mean for entry in group]}
    if quote.has_gap:
        rows["Cash only"] = [entry.cash_mean for entry in group]
    rows[YEAR_ONE] = [entry.year_one for entry in group]
    if len(quote.strategies) > 1:
        rows["Minus current"] = [entry.difference for entry in group]
    whole = (_money_row(quote, group, name, figures) for name, figures in rows.items())
    only = [Row(row.name, [cell[0].split(" ±")[:1] for cell in row.cells]) for row in whole]
    return table(_headings(quote, group), only)


def _costs(quote: Quote, group: Group) -> list[str]:
    if quote.paths == 1:
        return _example(quote, group)
    rows = [_money_row(quote, group, "Mean", [entry.mean for entry in group])]
    if quote.has_gap:
        cash = [entry.cash_mean for entry in group]
        rows.append(_money_row(quote, group, "Mean, cash only", cash))
    for level in quote.levels:
        name = "P50 (median)" if level == 0.5 else level_name(level)
        figures = [entry.percentiles[level] for entry in group]
        rows.append(_money_row(quote, group, name, figures))
        if quote.has_gap and level == quote.budget_level:
            cash = [entry.cash_percentiles[level] for entry in group]
            rows.append(_money_row(quote, group, f"{level_name(level)}, cash only", cash))
    rows.append(_tail_row(quote, group))
    rows.append(_money_row(quote, group, YEAR_ONE, [entry.year_one for entry in group]))
    if len(quote.strategies) > 1:
        rows.append(_share_row("Cheapest in", [entry.probability_cheapest for entry in group]))
        full = quote.full_scope_cheapest
        if full:
            shares = [full.get(entry.name) for entry in group]
            rows.append(_share_row("Cheapest full-scope", shares))
        differences = [entry.difference for entry in group]
        rows.append(_money_row(quote, group, "Mean minus current", differences))
        shares = [entry.probability_cheaper for entry in group]
        rows.append(_share_row("Below current in", shares))
    return table(_headings(quote, group), rows)


def _headings(quote: Quote, group: Group) -> list[str]:
    return [
        f"{entry.label} (current)" if entry.name == quote.current != CURRENT else entry.label
        for entry in group
    ]


def _money_row(quote: Quote, group: Group, name: str, figures: Sequence[Figure | None]) -> Row:
    return money_row(name, figures, quote.currency, column_width(len(group)) - 1)


def _tail_row(quote: Quote, group: Group) -> Row:
    """Return the means of the worst futures, none of which is shown below its percentile."""
    tails, floors = [entry.tail for entry in group], list[tuple[float, float]]()
    if TAIL_LEVEL in quote.levels:
        figures = [entry.percentiles[TAIL_LEVEL] for entry in group]
        pairs = zip(figures, even_steps(figures), strict=True)
        floors = [(rounded(figure.value, step), step) for figure, step in pairs]
    room = column_width(len(group)) - 1
    return money_row("TVaR 95", tails, quote.currency, room, floors=floors)


def _share_row(name: str, shares: Sequence[Figure | None]) -> Row:
    return Row(name, [["-"] if share is None else [percent(share)] for share in shares])


def _components(quote: Quote, group: Group) -> list[str]:
    shown, rest = _largest(quote)
    parts = {
        _fitting(quote.component_labels[name], name): [
            entry.components[name].value for entry in group
        ]
        for name in shown
    }
    for label, names in _grouped(rest, shown).items():
        parts[label] = [sum(entry.components[name].value for name in names) for entry in group]
    unit = common_unit(entry.mean for entry in quote.strategies)
    rows = [
        Row(label, [_part_cell(quote, *pair, unit) for pair in zip(group, values, strict=True)])
        for label, values in parts.items()
        if any(values)
    ]
    return table(_headings(quote, group), rows)


def _remarks(quote: Quote) -> list[str]:
    """Return what a reader of invoices would otherwise look for in vain."""
    remarks, (shown, rest) = list[str](), _largest(quote)
    if quote.has_gap:
        remarks.append(
            "Coverage gap: work lost in uncovered hours, at assumed rates, not billed. Cash only: "
            "all the rest."
        )
    today = next(entry for entry in quote.strategies if entry.name == quote.current)
    if today.components["transition"].value and "transition" in shown:
        remarks.append("Current transition: replacing failed or switched vendors.")
    for label, names in _grouped(rest, shown).items():
        if label.endswith(OTHER_LINES) and len(names) > 1:
            listed = joined([quote.component_labels[name] for name in names])
            remarks.append(f"{OTHER_LINES[1:].capitalize()}: {listed}.")
    return wrapped(" ".join(remarks))


def _largest(quote: Quote) -> tuple[list[str], list[str]]:
    """Return the components to show, largest first, and those to add up."""
    names = list(quote.component_labels)
    sizes = {
        name: max(abs(entry.components[name].value) for entry in quote.strategies) for name in names
    }
    floor = SMALLEST_SHARE * max(abs(entry.mean.value) for entry in quote.strategies)
    present = sorted((name for name in names if sizes[name] > 0), key=lambda name: -sizes[name])
    shown = [name for name in present[:MOST_COMPONENTS] if sizes[name] >= floor]
    return shown, present[len(shown) :]


def _grouped(small: Sequence[str], shown: Sequence[str]) -> dict[str, list[str]]:
    """Return small components by what they are: incidents less recoveries, or anything else."""
    incidents = [name for name in small if name not in COST_LINES or name in RECOVERIES]
    others = [name for name in small if name not in incidents]
    all_are_small = all(name in COST_LINES for name in shown)
    label = "Incidents, net" if all_are_small else "Other incidents net"
    groups = {f"{len(others)}{OTHER_LINES}": others, label: incidents}
    return {
        (words(members[0]) if len(members) == 1 else label): members
        for label, members in groups.items()
        if members
    }


def _part_cell(
    quote: Quote, entry: StrategyQuote, value: float, unit: tuple[float, str]
) -> list[str]:
    if value == 0:
        return ["-"]
    amount = part_money(value, entry.mean, quote.currency, unit)
    # Rounding leaves no minus sign behind.
    share = f"{round(100 * value / entry.mean.value) + 0}%" if entry.mean.value else ""
    return [f"{amount} {share:>4}"]


def _fitting(label: str, slug: str) -> str:
    """Return the label if it fits beside the columns, else the slug, which is shorter."""
    return label if len(label) < NAME_WIDTH else words(slug)


def _assumption(weak: WeakAssumption, quote: Quote) -> list[str]:
    entry = weak.assumption
    origin = f"{entry.obtained}: {entry.title}" if entry.title else "no source given"
    moves = ""
    if weak.influence is not None:
        label = next(s.label for s in quote.strategies if s.name == weak.influence.strategy)
        share = f"{100 * weak.influence.share:.0f}%" if weak.influence.share >= 0.01 else "under 1%"
        moves = f" Goes with {share} of the variation in the cost of {label}."
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
