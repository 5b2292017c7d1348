"""What own staff leave uncovered even with every seat filled, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hcrisk.report.columns import wrapped

if TYPE_CHECKING:
    from hcrisk.report.quote import Quote
    from hcrisk.scenario import Roster

# The least share of hours worth a line.
LEAST_SHOWN = 0.05
# Of a hundredth of an FTE: rounding.
NO_MATTER = 1e-6


def rosters(quote: Quote) -> list[str]:
    """Return which own teams leave a gap worth a line, and how many people would leave hardly one.

    Parameters
    ----------
    quote
        The quote.

    Returns
    -------
    list of str
        Lines of the page; none if every own team is large enough.
    """
    # `check` needs this module, and should not wait for xarray.
    from hcrisk.report.quote import joined

    names = dict(zip(quote.strategies[0].assignment, quote.services, strict=True))
    found: dict[str, list[str]] = {}
    for entry in quote.strategies:
        for service, roster in entry.rosters.items():
            if not roster.is_whole and roster.uncovered >= LEAST_SHOWN:
                found.setdefault(_said(names[service], roster), []).append(entry.label)
    if not found:
        return []
    said = [f"{text} in {joined(labels)}" for text, labels in found.items()]
    about = "Even with every seat filled, own staff leave hours uncovered"
    return wrapped(f"{about}: {'; '.join(said)}.")


def _said(service: str, roster: Roster) -> str:
    uncovered = f"{service} {100 * roster.uncovered:.0f}%"
    return f"{uncovered} with {roster.fte:.3g} FTE, {_need(roster)},"


def _need(roster: Roster) -> str:
    """Return how many would leave hardly a gap."""
    if not math.isfinite(roster.needed):
        return "and no number leaves 1% as some calls go unanswered (on_call.effectiveness)"
    return f"where {needed_fte(roster)} would leave 1%"


def needed_fte(roster: Roster) -> str:
    """Return the FTE that leave 1 % or less, rounded up so that with so many it is.

    Examples
    --------
    >>> from hcrisk.scenario import Roster
    >>> needed_fte(Roster("desk", "insource", 1.0, 40.0, 1.0, 0.2, 1.0712))
    '1.08'
    """
    return f"{math.ceil(100 * roster.needed - NO_MATTER) / 100:g}"
