"""What happens again and again within a year, told as one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

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
    has the time of the last and the sum of their amounts.

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
    >>> calls = [Event(t, 1, "x", "enterprise", "incident", "Experts", 10.0) for t in range(5)]
    >>> soon = [call._replace(time=call.time / 10) for call in calls]
    >>> [(event.text, event.amount) for event in gathered(soon)]
    [('Experts, 5 times', 50.0)]
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
    text, where = f"{last.text}, {len(events)} times", words(last.service.replace("-", " "))
    if last.kind in STAFF:
        count = Counter(event.kind for event in events)
        parts = [
            f"{count[kind]} {what}"
            for kind, what in (("departure", "leave"), ("hire", "start"))
            if count[kind]
        ]
        text = f"{where}, all through the year: {' and '.join(parts)}"
        text += "; recruiting" if any(amounts) else ""
    if last.kind == "let_go":
        text = f"{where}: {len(events)} people are let go; severance"
    return last._replace(text=text, amount=sum(amounts) if amounts else None)
