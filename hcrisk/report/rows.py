"""The rows of a quote's tables, as text and as HTML set them."""

from __future__ import annotations

from collections.abc import Sequence

from hcrisk.figures import Figure, common_unit, part_money, percent, rounded
from hcrisk.measures._labelled import level_name
from hcrisk.report.cells import even_steps, money_row
from hcrisk.report.columns import NAME_WIDTH, Row
from hcrisk.report.quote import TAIL_LEVEL, Quote, StrategyQuote
from hcrisk.report.wording import CURRENT, joined
from hcrisk.scenario.components import COST_LINES
from hcrisk.variables import words

# A component that is nowhere more than this share of the dearest strategy joins the others.
SMALLEST_SHARE = 0.02
MOST_COMPONENTS = 6
YEAR_ONE = "Year 1, nominal"
OTHER_LINES = " other lines"
RECOVERIES = ("insurance_recovery", "vendor_indemnity")

Group = Sequence[StrategyQuote]


def headings(quote: Quote, group: Group) -> list[str]:
    """Return what to print above each strategy; today's arrangement says so."""
    return [
        f"{entry.label} (current)" if entry.name == quote.current != CURRENT else entry.label
        for entry in group
    ]


def example_rows(quote: Quote, group: Group, room: int) -> list[Row]:
    """Return the costs of the only future, which has no interval."""
    rows: dict[str, list[Figure | None]] = {"This future": [entry.mean for entry in group]}
    if quote.has_gap:
        rows["Cash only"] = [entry.cash_mean for entry in group]
    rows[YEAR_ONE] = [entry.year_one for entry in group]
    if len(quote.strategies) > 1:
        rows[f"Minus {_compared(quote)}"] = [entry.difference for entry in group]
    whole = (money_row(name, figures, quote.currency, room) for name, figures in rows.items())
    return [Row(row.name, [cell[0].split(" ±")[:1] for cell in row.cells]) for row in whole]


def cost_rows(quote: Quote, group: Group, room: int) -> list[Row]:
    """Return what each strategy costs, on average and at the levels asked for.

    Parameters
    ----------
    quote
        The quote.
    group
        Those of its strategies to show, one per column.
    room
        Width of a cell; 0 puts what follows ± on a line of its own.

    Returns
    -------
    list of Row
    """
    if quote.paths == 1:
        return example_rows(quote, group, room)

    def amounts(name: str, figures: Sequence[Figure | None]) -> Row:
        return money_row(name, figures, quote.currency, room)

    rows = [amounts("Mean", [entry.mean for entry in group])]
    if quote.has_gap:
        rows.append(amounts("Mean, cash only", [entry.cash_mean for entry in group]))
    for level in quote.levels:
        name = "P50 (median)" if level == 0.5 else level_name(level)
        rows.append(amounts(name, [entry.percentiles[level] for entry in group]))
        if quote.has_gap and level == quote.budget_level:
            cash = [entry.cash_percentiles[level] for entry in group]
            rows.append(amounts(f"{level_name(level)}, cash only", cash))
    rows.append(_tail_row(quote, group, room))
    rows.append(amounts(YEAR_ONE, [entry.year_one for entry in group]))
    if len(quote.strategies) > 1:
        rows.append(_share_row("Cheapest in", [entry.probability_cheapest for entry in group]))
        full, compared = quote.full_scope_cheapest, _compared(quote)
        if full:
            shares = [full.get(entry.name) for entry in group]
            rows.append(_share_row("Cheapest full-scope", shares))
        rows.append(amounts(f"Mean minus {compared}", [entry.difference for entry in group]))
        shares = [entry.probability_cheaper for entry in group]
        rows.append(_share_row(f"Below {compared} in", shares))
    return rows


def _compared(quote: Quote) -> str:
    """Return what the strategies are compared with, in a few letters."""
    if quote.baseline == quote.current:
        return "current"
    return next(entry.label for entry in quote.strategies if entry.name == quote.baseline)


def _tail_row(quote: Quote, group: Group, room: int) -> Row:
    """Return the means of the worst futures, none of which is shown below its percentile."""
    tails, floors = [entry.tail for entry in group], list[tuple[float, float]]()
    if TAIL_LEVEL in quote.levels:
        figures = [entry.percentiles[TAIL_LEVEL] for entry in group]
        pairs = zip(figures, even_steps(figures), strict=True)
        floors = [(rounded(figure.value, step), step) for figure, step in pairs]
    return money_row("TVaR 95", tails, quote.currency, room, floors=floors)


def _share_row(name: str, shares: Sequence[Figure | None]) -> Row:
    return Row(name, [["-"] if share is None else [percent(share)] for share in shares])


def component_rows(quote: Quote, group: Group, room: int = NAME_WIDTH) -> list[Row]:
    """Return the mean of each component with its share, the small ones added up.

    Parameters
    ----------
    quote
        The quote.
    group
        Those of its strategies to show.
    room
        Letters there are for a name.

    Returns
    -------
    list of Row
        Each cell is an amount and a share, or a dash.
    """
    shown, rest = _largest(quote)
    parts = {
        _fitting(quote.component_labels[name], name, room): [
            [entry.components[name]] for entry in group
        ]
        for name in shown
    }
    for label, names in _grouped(rest, shown).items():
        parts[label] = [[entry.components[name] for name in names] for entry in group]
    unit = common_unit(entry.mean for entry in quote.strategies)
    return [
        Row(label, [_part_cell(quote, *pair, unit) for pair in zip(group, values, strict=True)])
        for label, values in parts.items()
        if any(map(_sum, values))
    ]


def remarks(quote: Quote) -> str:
    """Return what a reader of invoices would otherwise look for in vain."""
    said, (shown, rest) = list[str](), _largest(quote)
    if quote.has_gap:
        said.append(
            "Coverage gap: work lost in uncovered hours, at assumed rates, not billed. Cash only: "
            "what is paid, and income lost to incidents, less recoveries."
        )
    today = next(entry for entry in quote.strategies if entry.name == quote.current)
    if today.components["transition"].value and "transition" in shown:
        said.append("Current transition: replacing failed or switched vendors.")
    for label, names in _grouped(rest, shown).items():
        if label.endswith(OTHER_LINES) and len(names) > 1:
            listed = joined([quote.component_labels[name] for name in names])
            said.append(f"{OTHER_LINES[1:].capitalize()}: {listed}.")
    return " ".join(said)


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
    quote: Quote, entry: StrategyQuote, parts: Sequence[Figure], unit: tuple[float, str]
) -> list[str]:
    value = _sum(parts)
    if value == 0:
        return ["-"]
    amount = part_money(parts, entry.mean, quote.currency, unit)
    # Rounding leaves no minus sign behind.
    share = f"{round(100 * value / entry.mean.value) + 0}%" if entry.mean.value else ""
    return [f"{amount} {share:>4}"]


def _sum(parts: Sequence[Figure]) -> float:
    return sum(part.value for part in parts)


def _fitting(label: str, slug: str, room: int) -> str:
    """Return the label if it fits beside the columns, else the slug, which is shorter."""
    return label if len(label) < room else words(slug)
