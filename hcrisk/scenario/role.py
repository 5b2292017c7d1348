"""Roles: the jobs whose seats are filled, left and filled again; and those who manage them."""

from __future__ import annotations

from typing import Annotated

from hcrisk.scenario.bounds import Within
from hcrisk.scenario.quantity import Law, Number
from hcrisk.scenario.table import (
    LAW_ONE,
    LAW_ZERO,
    ONE,
    ZERO,
    Amount,
    AmountLaw,
    CertainPositive,
    CertainShare,
    Growth,
    Load,
    Positive,
    Share,
    Table,
    Text,
    item,
)


class Role(Table):
    """A job with its pay, its attrition and the time its seats take to fill.

    Examples
    --------
    >>> Role(pay=90_000, attrition_rate=0.2, time_to_fill_days=60).fte.value
    1.0
    """

    label: Text | None = item("name shown to readers", default=None)
    pay: Positive = item(
        "the practice's median pay for one FTE in year 1", "USD/year", usual=(15_000, 1_000_000)
    )
    fte: Annotated[Number, Within(0.0, 1.0, open_low=True, certain=True)] = item(
        "FTE of a seat", "FTE", ONE
    )
    attrition_rate: Annotated[Number, Within(0.0, plausible=12.0)] = item(
        "long-run separations per filled seat-year", "1/year", usual=(0.01, 2)
    )
    drift: Annotated[Number, Within(plausible=1.0)] = item(
        "pay drift against the wage index", "1/year", ZERO, usual=(-0.1, 0.1)
    )
    drift_sd: Annotated[Number, Within(0.0, plausible=1.0)] = item(
        "yearly noise of that drift", "1/year", ZERO, usual=(0.001, 0.1)
    )
    pay_dispersion: Annotated[Law, Within(0.0, open_low=True, mean=1.0)] = item(
        "pay of a hire against the role's median, mean one", "multiple", LAW_ONE
    )
    replacement_premium: Growth = item(
        "pay of a replacement over its leaver's role pay",
        "share",
        ZERO,
        usual=(-0.3, 0.5),
        neutral=0.0,
    )
    retention_raise: Annotated[Number, Within(0.0, plausible=1.0)] = item(
        "yearly raise for staying", "1/year", ZERO, usual=(0.001, 0.2)
    )
    retention_elasticity: Amount = item(
        "how strongly raises reduce leaving", default=ZERO, neutral=0.0
    )
    time_to_fill_days: AmountLaw = item("from opening to first day", "days", usual=(3, 400))
    unfillable_share: Annotated[Number, Within(0.0, 1.0, open_high=True)] = item(
        "share of openings never filled", "share", ZERO, usual=(0.001, 0.5)
    )
    ramp_months: AmountLaw = item(
        "first day to full productivity", "months", LAW_ZERO, usual=(0.1, 36)
    )
    start_productivity: Share = item("productivity on the first day", "share", ONE, neutral=1.0)
    recruiting_flat: Amount = item("cost of each start", "USD", ZERO, usual=(50, 100_000))
    recruiting_share: Load = item(
        "cost of each start as a share of yearly pay", "share", ZERO, usual=(0.005, 0.5)
    )
    backfill_share: Share = item("share of a vacancy's work done by contractors", "share", ZERO)
    backfill_multiple: Amount = item(
        "contractor cost as a multiple of pay", "multiple", ONE, usual=(0.5, 5)
    )
    fallback_months: Amount | None = item(
        "how long a seat stays open before a partner takes its work over; never if left out",
        "months",
        None,
        usual=(0.5, 36),
    )
    fallback_share: Share = item("share of its work the partner does", "share", ONE)
    fallback_multiple: Amount = item(
        "the partner's cost as a multiple of pay", "multiple", ONE, usual=(0.5, 5)
    )
    key_dip: Share = item(
        "uncovered share added when somebody leaves, for what only they knew",
        "share",
        ZERO,
        neutral=0.0,
    )
    key_months: Amount = item("how long that lasts", "months", ZERO, usual=(0.1, 36))
    skill: Share = item("share of incidents the role can resolve itself", "share", ONE)
    severance_weeks: Amount = item(
        "severance: pay on displacement", "weeks", ZERO, usual=(0.5, 104)
    )
    benefits_load: Load | None = item(
        "benefits as a share of pay, instead of the practice's", "share", None, usual=(0.05, 0.8)
    )


class Managers(Table):
    """Those who manage internal staff, wherever they work.

    Examples
    --------
    >>> Managers(role="manager", span=6).drift.value
    0.0
    """

    role: Text = item("role of a manager")
    span: CertainPositive = item("internal FTE one manager can lead", "FTE", usual=(2, 30))
    drift: Share = item(
        "loss of productivity while no manager is there", "share", ZERO, neutral=0.0
    )
    max_parallel_months: Amount = item(
        "how long displaced managers are kept", "months", ZERO, usual=(0.25, 24)
    )
    leader_bandwidth: CertainShare = item(
        "share of a manager's work that the practice's technology leader does", "share", ZERO
    )
    per_vendor: CertainShare = item(
        "share of a manager's work that each vendor takes of the leader's", "share", ZERO
    )
    most: Annotated[Number, Within(0.0, certain=True, whole=True)] | None = item(
        "how many managers are hired at most, if that is limited", "managers", None
    )
