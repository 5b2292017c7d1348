"""Services, the arrangements that can deliver them, and what an arrangement consists of."""

from __future__ import annotations

from typing import Annotated, Literal

from hcrisk.scenario.bounds import Within
from hcrisk.scenario.frozen import Frozen
from hcrisk.scenario.growth import Peak
from hcrisk.scenario.piecewise import Price
from hcrisk.scenario.quantity import Law, Number
from hcrisk.scenario.size import Seats
from hcrisk.scenario.table import (
    LAW_ONE,
    ONE,
    ZERO,
    Amount,
    AmountLaw,
    CertainAmount,
    Flag,
    Growth,
    Named,
    Positive,
    Posts,
    Share,
    SharePrice,
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


LineDriver = Literal[
    "flat", "user", "endpoint", "provider", "site", "claim", "revenue", "fte", "hire"
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
    per_site: Flag = item(
        "whether posts and people are split over the sites, so that nobody stands in elsewhere",
        default=False,
    )


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
    per_site: UnitPrice = item(
        "price per site, or bands of it", "USD/month", NO_PRICE, usual=(10, 100_000)
    )
    per_claim: UnitPrice = item(
        "price per claim, or bands of it by claims a month", "USD", NO_PRICE, usual=(0.1, 100)
    )
    collections_share: SharePrice = item(
        "share of the practice's revenue, or bands of it by revenue a year", "share", NO_PRICE
    )
    minimum_fee: Amount = item("least fee", "USD/month", ZERO, usual=(50, 1_000_000))
    onboarding_fee: Amount = item(
        "once, to an incoming vendor", "USD", ZERO, usual=(100, 1_000_000)
    )
    access: Share = item(
        "exposure to a compromise of the vendor through this service", "share", ZERO
    )
    quality: Share = item(
        "what its work is worth here: multiplies the share the vendor delivers",
        "share",
        ONE,
        neutral=1.0,
    )
    skills: Amount = item(
        "people of the vendor able to resolve incidents of this service",
        "FTE",
        ZERO,
        usual=(0.05, 50),
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
    driver: LineDriver = item("what the amount is multiplied by", default="flat")
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


class OnCall(Table):
    """Hours that people cover from home, beside a roster for the others.

    Examples
    --------
    >>> OnCall(hours_per_week=118, effectiveness=0.6).people.value
    1.0
    """

    hours_per_week: WeekHours = item("hours covered on call", "hours/week")
    effectiveness: Share = item("share of a present person's cover", "share", neutral=1.0)
    people: Positive = item("heads it takes", "FTE", ONE)
    stipend: Amount = item("pay for being on call", "USD/week", ZERO, usual=(50, 20_000))


class Project(Table):
    """Something to be built: what it may really cost, and what becomes of it.

    Examples
    --------
    >>> Project(budget=400_000, duration_months=12).cost_ratio.constant
    1.0
    """

    label: Text | None = item("name shown to readers", default=None)
    budget: Amount = item("planned cost", "USD", usual=(1_000, 100_000_000))
    start_months: Amount = item("when it begins", "months", ZERO, usual=(0.1, 120))
    duration_months: AmountLaw = item("planned duration", "months", usual=(0.1, 120))
    cost_ratio: AmountLaw = item(
        "real over planned cost", "multiple", LAW_ONE, usual=(0.3, 10), neutral=1.0
    )
    stretch: Amount = item(
        "how strongly overruns of cost lengthen it: duration by ratio to this power",
        default=ZERO,
        neutral=0.0,
    )
    stall_probability: Share = item("that it stalls", "share", ZERO, neutral=0.0)
    stall_months: AmountLaw = item(
        "from its beginning to the stall", "months", Law.parse(24.0), usual=(0.5, 120)
    )
    finish_share: Share = item("share of stalled projects that are finished", "share", ZERO)
    finish_cost: Amount = item("cost of finishing, times the budget", "multiple", ZERO)
    purchase: Amount = item(
        "price of what replaces it if it is not finished", "USD", ZERO, usual=(100, 100_000_000)
    )
    subscription: Amount = item(
        "yearly price of what replaces it", "USD/year", ZERO, usual=(100, 100_000_000)
    )
    maintenance_share: Amount = item(
        "upkeep from completion on, of the real cost", "1/year", ZERO, usual=(0.01, 1)
    )
    maintenance_growth: Growth = item(
        "growth of upkeep with every quarter", "1/quarter", ZERO, usual=(-0.1, 0.2), neutral=0.0
    )
    index: Literal["wage", "price", "none"] = item("index it follows", default="wage")


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
    oversight_need: Amount = item(
        "staff it takes to manage the vendor", "FTE", ZERO, usual=(0.005, 20)
    )
    oversight_capability: Share = item("what an FTE of that staff achieves", "share", ONE)
    unmanaged_loss: Share = item(
        "share of the vendors' work lost if nobody manages them", "share", ZERO, neutral=0.0
    )
    on_call: OnCall | None = item("hours covered on call, if any", default=None)
    provides: Texts = item("controls the arrangement brings", default=())
    contracts: Named[Contract] = item("contracts by vendor", default=Frozen[Contract]())
    lines: Named[Line] = item("other costs by name", default=Frozen[Line]())
    projects: Named[Project] = item("what is built, by name", default=Frozen[Project]())
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
    revenue_at_stake: Share = item("share of revenue lost while it is uncovered", "share", ZERO)
    skills_needed: Amount | None = item(
        "people able to resolve its incidents; the posts if left out",
        "FTE",
        None,
        usual=(0.05, 100),
    )
    peaks: Named[Peak] = item(
        "when there is more to do than usual, by name", default=Frozen[Peak]()
    )
    arrangements: Named[Arrangement] = item("the ways to deliver it, by name")
