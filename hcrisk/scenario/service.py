"""Services, the arrangements that can deliver them, and what an arrangement consists of."""

from __future__ import annotations

from typing import Annotated, Literal

from hcrisk.scenario.bounds import Within
from hcrisk.scenario.frozen import Frozen
from hcrisk.scenario.piecewise import Price
from hcrisk.scenario.quantity import Number
from hcrisk.scenario.size import Seats
from hcrisk.scenario.table import (
    LAW_ONE,
    ONE,
    ZERO,
    Amount,
    AmountLaw,
    CertainAmount,
    Flag,
    Named,
    Posts,
    Share,
    Table,
    Text,
    Texts,
    UnitPrice,
    WeekHours,
    WholeSeats,
    item,
)

NO_PRICE = Price(ZERO)
Absence = Annotated[Number, Within(0.0, 1.0, open_high=True)]
# Once in two weeks; what recurs more often is a flow.
Interval = Annotated[Number, Within(1 / 26, certain=True)]
LineComponent = Literal[
    "salaries",
    "benefits",
    "recruiting",
    "training",
    "backfill",
    "tools",
    "vendor_fees",
    "oversight",
    "transition",
]


class Coverage(Table):
    """What it takes to have a service covered.

    Examples
    --------
    >>> Coverage(kind="queue", posts={"per": "user", "ratio": 80}, hours_per_week=50).posts.ratio
    80.0
    """

    kind: Literal["queue", "presence"] = item("work that can wait, or somebody must be there")
    posts: Posts = item("posts of the whole service", "posts")
    hours_per_week: WeekHours = item("hours each post is needed", "hours/week")
    planned_absence: Absence = item("leave and training, share of contracted time", "share", ZERO)
    sickness: Absence = item("sickness, share of rostered time", "share", ZERO)


class Contract(Table):
    """The price of a vendor's work on one service.

    Examples
    --------
    >>> Contract(per_user=95).minimum_fee.value
    0.0
    """

    fixed_fee: Amount = item("fee whatever the volume", "USD/month", ZERO, usual=(50, 1_000_000))
    per_user: UnitPrice = item(
        "price per user, or bands of it", "USD/month", NO_PRICE, usual=(1, 1_000)
    )
    per_endpoint: UnitPrice = item(
        "price per endpoint, or bands of it", "USD/month", NO_PRICE, usual=(0.5, 500)
    )
    per_provider: UnitPrice = item(
        "price per provider, or bands of it", "USD/month", NO_PRICE, usual=(5, 20_000)
    )
    minimum_fee: Amount = item("least fee", "USD/month", ZERO, usual=(50, 1_000_000))
    onboarding_fee: Amount = item(
        "once, to an incoming vendor", "USD", ZERO, usual=(100, 1_000_000)
    )
    access: Share = item(
        "exposure to a compromise of the vendor through this service", "share", ZERO
    )
    scope: Share | None = item(
        "share of the vendors' part of the service; equal shares if left out", "share", None
    )


class Line(Table):
    """Any other cost.

    Examples
    --------
    >>> Line(component="tools", driver="user", amount=12, period="month").index
    'price'
    """

    component: LineComponent = item("cost line it is booked to")
    driver: Literal["flat", "user", "endpoint", "provider", "fte", "hire"] = item(
        "what the amount is multiplied by", default="flat"
    )
    amount: Amount = item("amount per unit and period, or per unit and occurrence", "USD")
    period: Literal["month", "year"] = item("period of the amount", default="year")
    index: Literal["wage", "price", "none"] = item("index it follows", default="price")
    start_months: CertainAmount = item("first month", "months", ZERO)
    every_years: Interval | None = item("years between lumps, if it is not a flow", "years", None)


class SharedLine(Line):
    """A cost that several services share, charged once.

    Examples
    --------
    >>> SharedLine(component="tools", amount=9_000).needed_by
    ()
    """

    needed_by: Texts = item(
        "the service.arrangement that need it; always charged if none is named", default=()
    )


class Transition(Table):
    """Moving into an arrangement.

    Examples
    --------
    >>> Transition().max_parallel_months.value
    12.0
    """

    cost: Amount = item("one-off cost", "USD", ZERO, usual=(100, 5_000_000))
    overrun: AmountLaw = item(
        "actual over planned cost", "multiple", LAW_ONE, usual=(0.3, 5), neutral=1.0
    )
    handover_months: Amount = item(
        "handover once everybody is there", "months", ZERO, usual=(0.1, 24)
    )
    max_parallel_months: Amount = item(
        "longest parallel running", "months", Number(12.0), usual=(0.25, 36)
    )
    dip: Share = item("uncovered share added during the change", "share", ZERO)
    dip_months: Amount = item(
        "how long the dip lasts after the change", "months", ZERO, usual=(0.1, 24)
    )


class Arrangement(Table):
    """One way to deliver one service.

    Examples
    --------
    >>> Arrangement(contracts={"msp": Contract(per_user=95)}).share.value
    0.0
    """

    label: Text | None = item("name shown to readers", default=None)
    internal_share: Share | None = item(
        "share delivered by own staff; 1 without contracts, 0 without seats", "share", None
    )
    unfunded: Flag = item("nobody delivers the service", default=False)
    seats: Named[WholeSeats] = item("seats by role", "seats", Frozen[Seats]())
    posts: Posts | None = item(
        "posts of the internal part, if not those of the service", "posts", None
    )
    hours_per_week: WeekHours | None = item(
        "hours of the internal part, if not those of the service", "hours/week", None
    )
    gap: Share = item("uncovered share at an undefined boundary", "share", ZERO)
    overlap: Share = item("share of the vendor fee paid twice", "share", ZERO, neutral=0.0)
    oversight_fte: Amount = item(
        "retained staff who manage the vendor", "FTE", ZERO, usual=(0.005, 20)
    )
    oversight_role: Text | None = item("role of that staff", default=None)
    provides: Texts = item("controls the arrangement brings", default=())
    contracts: Named[Contract] = item("contracts by vendor", default=Frozen[Contract]())
    lines: Named[Line] = item("other costs by name", default=Frozen[Line]())
    transition: Transition = item("moving into the arrangement", default=Transition())

    @property
    def share(self) -> Number:
        """The share delivered by own staff, stated or implied."""
        if self.internal_share is not None:
            return self.internal_share
        return ZERO if self.contracts or not self.seats else ONE


class Service(Table):
    """A function the practice needs delivered."""

    label: Text | None = item("name shown to readers", default=None)
    current: Text = item("arrangement in place at time 0")
    coverage: Coverage = item("what it takes to have the service covered")
    gap_rate: Amount = item("cost of an uncovered post-hour", "USD/hour", ZERO, usual=(1, 1_000))
    arrangements: Named[Arrangement] = item("the ways to deliver it, by name")
