"""What a story consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import xarray as xr


class Event(NamedTuple):
    """Something that happens on one path.

    Attributes
    ----------
    time : float
        In years from the decision.
    month : int
        Counted from 1.
    strategy, service : str
        The service is ``enterprise`` for what belongs to none.
    kind : str
        ``start``, ``one_off``, ``change``, ``hire``, ``departure``, ``vacancy``, ``let_go``,
        ``fees``, ``failure``, ``acquisition``, ``switch``, ``insurance``, ``incident``,
        ``indemnity``, ``recovery``, ``unpaid``, ``project``, ``size`` or ``peak``.
    text : str
    amount : float or None
        Nominal cost, negative for what is paid back; None if the event has no price of its own.
    label : str
        The service's name for readers; empty if it is told by its slug.
    """

    time: float
    month: int
    strategy: str
    service: str
    kind: str
    text: str
    amount: float | None
    label: str = ""


@dataclass(frozen=True, eq=False)
class Story:
    """One path of one strategy, event by event.

    ``str`` gives a page of 80 columns, in which events of which a year has many are told as one.

    Attributes
    ----------
    title, currency : str
    strategy, label : str
        The strategy and its name for readers.
    seed, path : int
    events : tuple of Event
        In order of time.
    yearly : xarray.DataArray
        Nominal cost over component and year.
    discount : tuple of float
        What one unit of money paid in each year is worth at the decision.
    total : float
        The path's npv: ``yearly`` times ``discount``, summed.
    weight : float
        How often such a path happens against how often its run draws it; 1 without a proposal.
    """

    title: str
    currency: str
    strategy: str
    label: str
    seed: int
    path: int
    events: tuple[Event, ...]
    yearly: xr.DataArray
    discount: tuple[float, ...]
    total: float
    weight: float = 1.0

    def __str__(self) -> str:
        """Return the page."""
        return self.page()

    def page(self, every: bool = False) -> str:
        """Return the story as text of 80 columns.

        Parameters
        ----------
        every : bool
            Tell every event by itself, also those of which a year has many.

        Returns
        -------
        str
        """
        from hcrisk.story.page import render

        return render(self, every)
