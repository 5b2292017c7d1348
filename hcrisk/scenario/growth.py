"""How the practice's size and the demand on a service change over time."""

from __future__ import annotations

from typing import Annotated

from hcrisk.scenario.bounds import Within
from hcrisk.scenario.frozen import Frozen
from hcrisk.scenario.quantity import Law, Number
from hcrisk.scenario.table import (
    ZERO,
    CertainAmount,
    CertainPositive,
    Growth,
    GrowthLaw,
    Named,
    Table,
    Text,
    item,
)

LARGEST = 20.0
# A share above this is a percentage, as a rule.
LARGEST_CHANGE = 5.0
LAW_ZERO = Law.parse(0.0)


class PracticeAcquisition(Table):
    """Other practices that join, at random times.

    Examples
    --------
    >>> PracticeAcquisition(rate=0.2, size=0.15).rate.value
    0.2
    """

    rate: Annotated[Number, Within(0.0, plausible=12.0)] = item(
        "how often", "1/year", ZERO, usual=(0.01, 4)
    )
    size: GrowthLaw = item(
        "what one adds, as a share of the practice", "share", LAW_ZERO, usual=(-0.5, 1)
    )


class PlannedChange(Table):
    """A change of size at a known time: a merger, a site that opens or closes.

    Examples
    --------
    >>> PlannedChange(months=18, size=0.3).size.value
    0.3
    """

    label: Text | None = item("name shown to readers", default=None)
    months: CertainPositive = item("when", "months")
    size: Annotated[Number, Within(-1.0, open_low=True, plausible=LARGEST_CHANGE)] = item(
        "what it adds, as a share of the practice", "share", usual=(-0.5, 2)
    )


class PracticeGrowth(Table):
    """How the practice's size changes: users, endpoints, providers, claims, records, revenue.

    Examples
    --------
    >>> PracticeGrowth(rate=0.04).changes
    True
    """

    rate: Growth = item("growth at the start of each later year", "1/year", ZERO, usual=(-0.2, 0.3))
    most: Annotated[Number, Within(1.0, LARGEST, certain=True)] = item(
        "greatest size it may reach, against that of today", "multiple", Number(3.0)
    )
    least: Annotated[Number, Within(0.0, 1.0, open_low=True, certain=True)] = item(
        "smallest size it may reach, against that of today", "multiple", Number(0.2)
    )
    acquisition: PracticeAcquisition = item(
        "practices that join at random times", default=PracticeAcquisition()
    )
    planned: Named[PlannedChange] = item(
        "changes at known times, by name", default=Frozen[PlannedChange]()
    )

    @property
    def changes(self) -> bool:
        """Whether the size may change at all."""
        numbers = (self.rate, self.acquisition.rate)
        return bool(self.planned) or any(number.constant != 0.0 for number in numbers)


class Peak(Table):
    """More, or less, to do for a while: a season, the implementation of a system.

    Examples
    --------
    >>> Peak(start_months=9, months=3, every_months=12, multiple=1.3).multiple.value
    1.3
    """

    label: Text | None = item("name shown to readers", default=None)
    start_months: CertainAmount = item("when it first begins", "months", ZERO)
    months: CertainPositive = item("how long it lasts", "months")
    every_months: Annotated[Number, Within(0.25, certain=True)] | None = item(
        "from one beginning to the next, if it recurs", "months", None
    )
    multiple: Annotated[Number, Within(0.0, plausible=20.0)] = item(
        "what the posts are multiplied by meanwhile", "multiple", usual=(0.3, 3), neutral=1.0
    )
