"""Vendors: named entities with a price path and a life of their own."""

from __future__ import annotations

import math
from typing import Annotated

from hcrisk.scenario.bounds import Within
from hcrisk.scenario.quantity import Number
from hcrisk.scenario.table import (
    LAW_ZERO,
    ZERO,
    Amount,
    AmountLaw,
    Growth,
    GrowthLaw,
    Share,
    Table,
    Text,
    item,
)

# A term is gone through from end to end, as often as it fits into the horizon.
Term = Annotated[Number, Within(0.0, step=1.0)]
Rate = Annotated[Number, Within(0.0, plausible=12.0)]


class VendorEvent(Table):
    """What happens to a vendor now and then.

    Examples
    --------
    >>> VendorEvent(rate=0.05).months.constant
    0.0
    """

    rate: Rate = item("occurrences per year", "1/year", ZERO, usual=(0.0001, 1))
    months: AmountLaw = item("how long it lasts", "months", LAW_ZERO, usual=(0.1, 36))
    fee_jump: GrowthLaw = item(
        "change of the fee when it begins", "share", LAW_ZERO, usual=(-0.5, 1), neutral=0.0
    )


class Switch(VendorEvent):
    """A planned change to another vendor.

    Examples
    --------
    >>> Switch(rate=0.1, wait_months=12).wait_months.constant
    12.0
    """

    wait_months: AmountLaw = item(
        "how long it may wait for the term's end, which saves the exit fee",
        "months",
        LAW_ZERO,
        usual=(0.1, 120),
    )


class Failure(VendorEvent):
    """The failure of a vendor.

    Examples
    --------
    >>> Failure().delivered.value
    0.5
    """

    delivered: Share = item(
        "share of its scope delivered meanwhile", "share", Number(0.5), neutral=1.0
    )


class Acquisition(VendorEvent):
    """The acquisition of a vendor by another.

    Examples
    --------
    >>> Acquisition().delivered.value
    0.9
    """

    delivered: Share = item(
        "share of its scope delivered meanwhile", "share", Number(0.9), neutral=1.0
    )


class Vendor(Table):
    """A partner that contracts refer to.

    Examples
    --------
    >>> Vendor(escalator_cap=0.05).term_months.value
    36.0
    """

    label: Text | None = item("name shown to readers", default=None)
    delivered: Share = item("share of its scope a vendor delivers", "share", Number(0.97))
    term_months: Term = item(
        "term of a contract; 0 means no renewals", "months", Number(36.0), usual=(1, 120)
    )
    months_to_renewal: Amount | None = item(
        "of an incumbent's contract; the term if left out", "months", None, usual=(0.1, 120)
    )
    escalator_fixed: Growth | None = item(
        "fixed yearly escalator", "1/year", None, usual=(-0.05, 0.2)
    )
    escalator_spread: Growth = item(
        "escalator over price growth", "1/year", ZERO, usual=(-0.05, 0.2)
    )
    escalator_floor: Growth = item("least escalator", "1/year", ZERO, usual=(-0.05, 0.2))
    escalator_cap: Annotated[Number, Within(-1.0, open_low=True, infinite=True)] = item(
        "greatest escalator", "1/year", Number(math.inf), usual=(0.005, 0.5)
    )
    renewal_jump: GrowthLaw = item(
        "change of the fee at a renewal", "share", LAW_ZERO, usual=(-0.3, 0.5), neutral=0.0
    )
    onboarding_months: AmountLaw = item(
        "until an incoming vendor delivers", "months", LAW_ZERO, usual=(0.1, 24)
    )
    notice_months: Amount = item("notice to an outgoing vendor", "months", ZERO, usual=(0.25, 24))
    exit_fee_share: Share = item("exit fee, share of the fees left in the term", "share", ZERO)
    indemnity_share: Share = item("share of indemnified losses it pays", "share", ZERO)
    indemnity_months: Amount = item(
        "cap of that in a term, in months of fee", "months", ZERO, usual=(1, 120)
    )
    sla_credit_share: Share = item(
        "share of the fee credited while it delivers less than promised", "share", ZERO
    )
    failure: Failure = item("its failure", default=Failure())
    acquisition: Acquisition = item("its acquisition", default=Acquisition())
    switch: Switch = item("a planned change to another vendor", default=Switch())
