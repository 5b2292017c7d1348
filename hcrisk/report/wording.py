"""Strategies, amounts and chances as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hcrisk.figures import Figure, common_unit, money, money_margin, spoken, spoken_step, symbol

if TYPE_CHECKING:
    from hcrisk.report.quote import StrategyQuote

# The strategy that is today's arrangement, unless another one equals it.
CURRENT = "current"


def joined(names: Sequence[str]) -> str:
    """Return names as a sentence lists them.

    Examples
    --------
    >>> joined(["Mean"]), joined(["P80", "P95", "TVaR 95"])
    ('Mean', 'P80, P95 and TVaR 95')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def more_or_less(difference: Figure, currency: str) -> str:
    """Return a difference as an amount more or less; nothing if the paths cannot tell which."""
    if difference.lower < 0 < difference.upper or not difference.is_bounded:
        return ""
    value, lower, upper = difference
    if value < 0:
        return f"{spoken(Figure(-value, -upper, -lower), currency)} less"
    return f"{spoken(difference, currency)} more"


def reversed_sign(figure: Figure) -> Figure:
    """Return what is more, as what is less.

    Examples
    --------
    >>> reversed_sign(Figure(-3.0, -5.0, -2.0))
    Figure(value=3.0, lower=2.0, upper=5.0)
    """
    return Figure(-figure.value, -figure.upper, -figure.lower)


def told(figure: Figure, currency: str) -> str:
    """Return money as a sentence gives it: at most three digits, and how precise it is.

    Examples
    --------
    >>> told(Figure(6_432_100.0, 6_409_000.0, 6_455_000.0), "USD")
    '$6.43M (±$0.03M)'
    >>> told(Figure(6_432_100.0, 6_432_100.0, 6_432_100.0), "USD")
    '$6.43M'
    >>> import math
    >>> told(Figure(6_432_100.0, -math.inf, math.inf), "USD")
    'about $6.4M'
    """
    amount = spoken(figure, currency)
    if not figure.is_bounded:
        return f"about {amount}"
    if figure.half_width <= 1e-12 * abs(figure.value):
        return amount
    step, unit = spoken_step(figure), common_unit([figure])
    margin = money_margin(figure, unit, step=step).removeprefix("±")
    return f"{money(figure, currency, unit, step=step)} (±{symbol(currency)}{margin}{unit[1]})"


def share_words(chance: Figure) -> str:
    """Return a share in whole percents, never all or nothing unless it is."""
    size = round(100 * chance.value)
    if size == 100 and chance.value < 1:
        return "more than 99%"
    if size == 0 and chance.value > 0:
        return "less than 1%"
    return f"{size}%"


def thin_words(shares: Mapping[str, float]) -> str:
    """Return which services are hardly covered.

    Examples
    --------
    >>> thin_words({"Security": 0.832, "Help desk": 0.61})
    'Security 83% uncovered and Help desk 61% uncovered'
    """
    return joined([f"{label} {100 * share:.0f}% uncovered" for label, share in shares.items()])


def left_words(entry: StrategyQuote) -> str:
    """Return which services a strategy leaves to nobody, or pays for and hardly covers."""
    parts = [f"{joined(entry.unfunded)} to nobody"] if entry.unfunded else []
    parts += [thin_words(entry.thin)] if entry.thin else []
    return ", and ".join(parts)


def inside(entry: StrategyQuote) -> str:
    """Return a strategy's label as it reads inside a sentence."""
    return "the current arrangement" if entry.name == CURRENT else entry.label


def sentence_start(entry: StrategyQuote) -> str:
    """Return a strategy's label as it begins a sentence."""
    name = inside(entry)
    return name[:1].upper() + name[1:]
