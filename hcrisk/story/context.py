"""What a computed path leaves behind, with names for its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from hcrisk.figures import counted
from hcrisk.kernels.columns import CL_CURRENT, DAYS_PER_YEAR, KL_VENDOR, MONTHS_PER_YEAR
from hcrisk.kernels.tables import Floats, Links, Tables, Work
from hcrisk.program.layout import ENTERPRISE, Layout
from hcrisk.scenario.scenario import Scenario
from hcrisk.story.record import Event
from hcrisk.variables import WHOLE, words


@dataclass(frozen=True)
class Told:
    """One strategy on one path.

    Attributes
    ----------
    scenario : Scenario
    layout : Layout
    tables : Tables
        With the path's own inputs in their slots.
    links : Links
    work : Work
        The path's timelines.
    strategy : str
    path : int
    """

    scenario: Scenario
    layout: Layout
    tables: Tables
    links: Links
    work: Work
    strategy: str
    path: int

    @property
    def x(self) -> int:
        """The strategy's row."""
        return list(self.layout.strategies).index(self.strategy)

    @property
    def horizon(self) -> float:
        """The years told."""
        return float(self.links.n_year)

    def event(
        self, time: float, service: str, kind: str, text: str, amount: float | None = None
    ) -> Event:
        """Return an event of this strategy."""
        time = float(time)
        month = int(MONTHS_PER_YEAR * time) + 1
        price = None if amount is None else float(amount)
        name = WHOLE if service == ENTERPRISE else self.service(service)
        return Event(time, month, self.strategy, service, kind, text, price, name)

    def moves(self) -> Iterator[tuple[str, int, int]]:
        """Yield every service with the cell it moves to, and the one it has today."""
        for s, service in enumerate(self.layout.services):
            target = int(self.links.strategy_cells[self.x, s])
            yield service, target, int(self.links.cells[target, CL_CURRENT])

    def until(self, target: int) -> float:
        """Return when a service that moves to a cell has left its arrangement of today."""
        return float(self.work.t_out[target])

    def contracts(self, cell: int) -> dict[int, int]:
        """Return a cell's contracts by vendor."""
        start = self.links.cell_contract_start
        rows = range(int(start[cell]), int(start[cell + 1]))
        return {int(self.links.contracts[k, KL_VENDOR]): k for k in rows}

    def fee(self, k: int, time: float) -> float:
        """Return the monthly fee of a contract at level 1, for the practice's size at a time."""
        n = int(np.searchsorted(self.sizes()[0], time, side="right")) - 1
        return float(self.work.base_fee[k, n])

    def sizes(self) -> tuple[Floats, Floats]:
        """Return when the practice's size changes, and to what, as a multiple of today's."""
        n = int(self.work.n_size[0])
        return self.work.size_time[:n], self.work.size[:n]

    def serves(self, v: int, time: float) -> bool:
        """Return whether a vendor works for the practice at a time."""
        return any(v in self.contracts(cell) for _, cell in self.in_force(time))

    def in_force(self, time: float) -> Iterator[tuple[str, int]]:
        """Yield every service with the cell that delivers it at a time."""
        for service, target, current in self.moves():
            yield service, current if target != current and time < self.until(target) else target

    def uncovered(self, s: int, time: float) -> float:
        """Return the uncovered share of a service at a time."""
        links, work = self.links, self.work
        target = links.strategy_cells[self.x, s]
        pair = links.pair_index[target, links.strategy_managers[self.x]]
        times = work.step_time[pair, : work.n_step[pair]]
        n = int(np.searchsorted(times, time, side="right")) - 1
        return float(work.step_u[pair, max(n, 0)])

    def arrangement(self, cell: int) -> str:
        """Return an arrangement's name for readers, in quotes: it may be a whole phrase."""
        service, name = self.layout.cells[cell]
        return f"“{label(self.scenario.services[service].arrangements, name)}”"

    def service(self, service: str) -> str:
        """Return a service's name for readers."""
        return label(self.scenario.services, service)

    def vendor(self, v: int) -> str:
        """Return a vendor's name for readers."""
        return label(self.scenario.vendors, self.layout.vendors[v])

    def booked(self, s: int) -> str:
        """Return the service that a row stands for, the last being the whole practice."""
        return [*self.layout.services, ENTERPRISE][s]


def label(items: Mapping[str, object], slug: str) -> str:
    """Return what to call one of several things: its label, or its name in words."""
    found = getattr(items.get(slug), "label", None)
    return words(found or slug.replace("-", " "))


def months(years: float) -> str:
    """Return a duration in months.

    Examples
    --------
    >>> months(0.25), months(1 / 12), months(0.05)
    ('3 months', '1 month', '18 days')
    """
    count, units = round(MONTHS_PER_YEAR * years, 1), "months"
    if count < 1.0:
        count, units = round(DAYS_PER_YEAR * years), "days"
    return counted(f"{count:g}", units)


def fees(rise: float, level: float) -> str:
    """Return how a vendor's fees change, and to what.

    Examples
    --------
    >>> fees(0.031, 1.1), fees(0.0, 1.0)
    ('fees +3.1%, 1.10 times the first', 'fees unchanged')
    """
    if rise == 0.0:
        return "fees unchanged"
    return f"fees {100 * rise:+.1f}%, {level:.2f} times the first"
