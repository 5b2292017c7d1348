"""What happens again and again within a year, told as one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from hcrisk.program.layout import ENTERPRISE
from hcrisk.variables import words

if TYPE_CHECKING:
    from hcrisk.story.record import Event

# As many of a kind in a year are still told one by one.
FEW = 3
STAFF = ("hire", "departure")
# What comes back of an incident's loss, or does not.
SETTLED = ("indemnity", "recovery", "unpaid")


def gathered(events: Sequence[Event]) -> list[Event]:
    """Return the events with those told as one that are many of a kind in a year.

    That is who comes and who leaves in a service, incidents of one risk about which neither a
    vendor nor the insurer says anything, and who is let go on one day. What stands for several
    has the time of the last and the sum of their amounts, and says in which months they lie.

    Parameters
    ----------
    events : sequence of Event
        In order of time.

    Returns
    -------
    list of Event
        In order of time, with the same sum of amounts.

    Examples
    --------
    >>> from hcrisk.story import Event
    >>> calls = [
    ...     Event(month / 12, month + 1, "x", "enterprise", "incident", "Experts", 10.0)
    ...     for month in range(5)
    ... ]
    >>> [(event.text, event.amount) for event in gathered(calls)]
    [('Experts, 5 times in months 1 to 5', 50.0)]
    """
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for n, event in enumerate(events):
        key = _key(event, n, events)
        if key is not None:
            groups[key].append(n)
    told: dict[int, Event] = dict(enumerate(events))
    for members in groups.values():
        least = 1 if events[members[0]].kind == "let_go" else FEW
        if len(members) > least:
            for n in members:
                del told[n]
            told[members[-1]] = _one([events[n] for n in members])
    return [told[n] for n in sorted(told)]


def _key(event: Event, n: int, events: Sequence[Event]) -> Hashable | None:
    """Return what an event is told with; None if always by itself."""
    year = int(event.time)
    if event.kind in STAFF:
        return "staff", event.service, year
    if event.kind == "let_go":
        return "let_go", event.service, event.time
    if event.kind == "incident":
        after = events[n + 1] if n + 1 < len(events) else None
        is_settled = after and after.time == event.time and after.kind in SETTLED
        return None if is_settled else ("incident", event.text, event.service, year)
    return None


def _one(events: Sequence[Event]) -> Event:
    """Return several events of a kind as one."""
    last = events[-1]
    amounts = [event.amount for event in events if event.amount is not None]
    first, where = events[0].month, _where(last)
    span = "" if first == last.month else f"months {first} to {last.month}"
    text = f"{last.text}, {len(events)} times{' in ' if span else ''}{span}"
    if last.kind in STAFF:
        count = Counter(event.kind for event in events)
        parts = [
            f"{count[kind]} {verb}{'s' if count[kind] == 1 else ''}"
            for kind, verb in (("departure", "leave"), ("hire", "start"))
            if count[kind]
        ]
        text = f"{where}{', ' if span else ''}{span}: {' and '.join(parts)}"
        text += "; recruiting" if any(amounts) else ""
    if last.kind == "let_go":
        text = f"{where}: {len(events)} people are let go; severance"
    return last._replace(text=text, amount=sum(amounts) if amounts else None)


def _where(event: Event) -> str:
    """Return whose staff an event is about."""
    if event.service == ENTERPRISE:
        return "Management"
    return words(event.label or event.service.replace("-", " "))
