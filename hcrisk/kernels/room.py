"""How much a path may need: capacities that it may outgrow, and what follows from them."""

from __future__ import annotations

from typing import NamedTuple

from hcrisk.kernels.columns import MONTHS_PER_YEAR, PK_EVERY
from hcrisk.kernels.tables import Links, Tables

# How many paths are drawn together.
GROUP = 32


class Room(NamedTuple):
    """Capacities that a path may outgrow; its block is then run again with more."""

    spells: int = 12
    segments: int = 8
    moves: int = 160
    candidates: int = 32
    sizes: int = 8

    def doubled(self) -> Room:
        """Return twice the room."""
        return Room(*(2 * capacity for capacity in self))


def n_segments(links: Links, room: Room) -> int:
    """Return how many segments the timeline of a vendor may have."""
    return links.n_year + room.segments


def n_absences(tables: Tables, links: Links, room: Room) -> int:
    """Return how often the managers who are there, or wanted, may change."""
    # Coming, going and a partner's taking over, for each spell; the partner of the first vacancy.
    changes = int(max(links.manager_seats)) * (3 * room.spells + 1) + 1
    return changes + n_sizes(tables, links, room)


def n_sizes(tables: Tables, links: Links, room: Room) -> int:
    """Return how many sizes a practice may have on a path."""
    return links.n_year + tables.planned.shape[0] + room.sizes if links.has_growth else 1


def n_demands(tables: Tables, links: Links, room: Room) -> int:
    """Return how often the demand on a service may change on a path."""
    sizes = n_sizes(tables, links, room)
    if links.has_demand == 0:
        return sizes
    every = links.peak_windows[:, PK_EVERY]
    return sizes + sum(2 * (int(MONTHS_PER_YEAR * links.n_year / each) + 2) for each in every)
