"""What a roster needs to be whole: people enough that hardly an hour is left uncovered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from hcrisk.exceptions import ArgumentError
from hcrisk.scenario.practice import Practice
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.service import Arrangement, Coverage, OnCall, Service

# The share that may be left uncovered, and the one that counts as none.
WHOLE = 0.01
NONE = 1e-12
ROUNDING = 1e-9
# With more people on duty than this a roster is given up.
MOST_ON_DUTY = 10_000

# FTE and the share they leave uncovered, in a straight line from each point to the next.
Points = Sequence[tuple[float, float]]


class Roster(NamedTuple):
    """The own staff of one arrangement of one service, with every seat filled.

    Attributes
    ----------
    service, arrangement : str
    posts : float
        Of the part that own staff deliver.
    hours_per_week : float
        Hours each post is needed.
    fte : float
        By contract.
    uncovered : float
        Share of that part left uncovered, everybody being there and fully productive.
    needed : float
        The least FTE that leave no more uncovered than asked for; infinite if none do.
    unskilled : float
        Share of the service's incidents beyond the skills there are, those of its vendors as
        contracted included.
    """

    service: str
    arrangement: str
    posts: float
    hours_per_week: float
    fte: float
    uncovered: float
    needed: float
    unskilled: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether the people are enough."""
        return self.fte >= self.needed * (1 - ROUNDING)


def whole_roster(scenario: Scenario, uncovered: float = WHOLE) -> tuple[Roster, ...]:
    """Return what the own staff of every arrangement cover, and how many it would take.

    Hours, leave, holidays, sickness, sites and on-call cover count, at central values where they
    are uncertain; vacancies, newcomers' ramp and missing managers come on top (section 4 of
    docs/model.md). Posts are those of the practice as it stands.

    Parameters
    ----------
    scenario : Scenario
    uncovered : float
        The share that may be left uncovered, in [0, 1).

    Returns
    -------
    tuple of Roster
        One for each service and arrangement with seats, in the order of the file.

    Raises
    ------
    ValueError
        If the share is not in [0, 1).

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> watch = next(r for r in whole_roster(load("mid-market")) if r.service == "security")
    >>> watch.arrangement, watch.posts, watch.hours_per_week
    ('insource', 1.0, 168.0)
    >>> watch.fte < 5 < watch.needed, watch.is_whole
    (True, False)
    """
    if not 0 <= uncovered < 1:
        raise ArgumentError("uncovered", uncovered, "must lie in [0, 1)")
    return tuple(
        _roster(scenario, service, name, uncovered)
        for service, stated in scenario.services.items()
        for name, arrangement in stated.arrangements.items()
        if arrangement.seats
    )


def _roster(scenario: Scenario, name: str, chosen: str, uncovered: float) -> Roster:
    service = scenario.services[name]
    arrangement = service.arrangements[chosen]
    fte = math.fsum(
        seats.count.of(scenario.practice) * float(scenario.roles[role].fte)
        for role, seats in arrangement.seats.items()
    )
    posts = _posts(service, arrangement, scenario.practice)
    hours = float(arrangement.hours_per_week or service.coverage.hours_per_week)
    points = _points(scenario, service.coverage, arrangement.on_call, posts, hours)
    left, needed = _left(points, fte), _needed(points, uncovered)
    unskilled = _unskilled(scenario, service, arrangement)
    return Roster(name, chosen, posts, hours, fte, left, needed, unskilled)


def _unskilled(scenario: Scenario, service: Service, arrangement: Arrangement) -> float:
    """Return the unskilled share with everybody there and every vendor as it delivers."""
    is_queue = service.coverage.kind == "queue"
    stated = service.skills_needed
    posts = service.coverage.posts.of(scenario.practice, round_up=not is_queue)
    needed = posts if stated is None else stated.central
    if needed <= 0.0:
        return 0.0
    own = (
        seats.count.of(scenario.practice)
        * float(scenario.roles[role].fte)
        * scenario.roles[role].skill.central
        for role, seats in arrangement.seats.items()
    )
    bought = (
        contract.skills.central * scenario.vendors[vendor].delivered.central
        for vendor, contract in arrangement.contracts.items()
    )
    return max(1.0 - math.fsum([*own, *bought]) / needed, 0.0)


def _points(
    scenario: Scenario, cover: Coverage, call: OnCall | None, posts: float, hours: float
) -> Points:
    if posts == 0:
        return [(0.0, 0.0)]
    if cover.kind == "queue":
        return [(0.0, 1.0), (posts, 0.0)]
    sites = float(scenario.practice.sites) if cover.per_site else 1.0
    contracted = float(scenario.people.hours_per_week)
    return list(_presence(cover, call, posts, hours, contracted, sites))


def _posts(service: Service, arrangement: Arrangement, practice: Practice) -> float:
    is_queue = service.coverage.kind == "queue"
    if arrangement.posts is not None:
        return arrangement.posts.of(practice, round_up=not is_queue)
    posts = service.coverage.posts.of(practice, round_up=not is_queue)
    return posts * arrangement.share.central if is_queue else posts


def _presence(
    cover: Coverage,
    call: OnCall | None,
    posts: float,
    hours: float,
    contracted: float,
    sites: float,
) -> Iterator[tuple[float, float]]:
    """Iterate over the corners of the share left uncovered, until it falls no further."""
    called = 0.0 if call is None else float(call.hours_per_week)
    people = 0.0 if call is None else call.people.central
    reach = 0.0 if call is None else call.effectiveness.central
    # FTE it takes to have one more on duty at every site.
    step = sites * (hours - called) / (contracted * (1 - cover.planned_absence.central))

    def share(fte: float, short: float) -> tuple[float, float]:
        answered = reach * min(1.0, fte / people) if people else 0.0
        return fte, short + called / hours * (1 - answered - short)

    shortfalls = _shortfalls(posts / sites, cover.sickness.central)
    before = next(shortfalls)
    yield share(0.0, before)
    for on_duty, short in enumerate(shortfalls, 1):
        if (on_duty - 1) * step < people < on_duty * step:
            part = people / step - (on_duty - 1)
            yield share(people, before + part * (short - before))
        yield share(on_duty * step, short)
        if (short <= NONE and on_duty * step >= people) or on_duty == MOST_ON_DUTY:
            return
        before = short


def _shortfalls(posts: float, sickness: float) -> Iterator[float]:
    """Iterate over the expected share of posts not filled by 0, 1, 2, ... rostered people."""
    # Of how many are well; the last entry is of all who are enough.
    chances = [1.0, *[0.0] * math.ceil(posts)]
    while True:
        yield math.fsum(p * max(posts - x, 0.0) for x, p in enumerate(chances)) / posts
        well = [p * (1 - sickness) for p in chances]
        ill = [p * sickness for p in chances[:-1]]
        chances = [a + b for a, b in zip([0.0, *well], [*ill, chances[-1]], strict=False)]


def _left(points: Points, fte: float) -> float:
    """Return the share that so many FTE leave uncovered."""
    for (low, above), (high, below) in pairwise(points):
        if fte < high:
            return above + (fte - low) / (high - low) * (below - above)
    return points[-1][1]


def _needed(points: Points, uncovered: float) -> float:
    """Return the least FTE that leave no more than a share uncovered."""
    if points[0][1] <= uncovered:
        return points[0][0]
    for (low, above), (high, below) in pairwise(points):
        if below <= uncovered:
            return low + (above - uncovered) / (above - below) * (high - low)
    return math.inf
