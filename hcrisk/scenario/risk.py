"""Risks: random events, what makes them more frequent or severe, and what they cost."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from hcrisk.scenario.bounds import Within
from hcrisk.scenario.frozen import Frozen
from hcrisk.scenario.piecewise import Chance, Curve
from hcrisk.scenario.quantity import Number
from hcrisk.scenario.table import (
    ONE,
    ZERO,
    Amount,
    AmountLaw,
    AnyNumber,
    CertainPositive,
    Flag,
    Growth,
    Limit,
    Multiples,
    Named,
    Positive,
    Probability,
    Share,
    Table,
    Text,
    item,
)

FLAT = Curve(ONE)


class Effect(Table):
    """How the state of one service changes a risk.

    Examples
    --------
    >>> Effect(frequency=1.7).severity.kappa.value
    1.0
    """

    on: Literal["uncovered", "unskilled"] = item(
        "what the multiples look at: the uncovered share of the service, or the unskilled one",
        default="uncovered",
    )
    frequency: Multiples = item(
        "multiple of the rate by uncovered share; one number is the multiple at 1",
        "multiple",
        FLAT,
        usual=(0.1, 10),
        neutral=1.0,
    )
    severity: Multiples = item(
        "multiple of the losses by uncovered share; one number is the multiple at 1",
        "multiple",
        FLAT,
        usual=(0.1, 10),
        neutral=1.0,
    )
    factors: Named[Amount] = item(
        "multiple of the rate by arrangement, 1 for those not named",
        "multiple",
        Frozen[Number](),
        usual=(0.1, 10),
        neutral=1.0,
    )


class Loss(Table):
    """One form of loss an event may bring.

    Examples
    --------
    >>> Loss(severity=250_000).per
    'event'
    """

    probability: Probability = item("that it occurs, or steps by records", "share", Chance(ONE))
    requires: Text | None = item("form, listed before, that must have occurred", default=None)
    severity: AmountLaw | None = item("the loss, per unit of `per`", "USD", None)
    share: Share | None = item("share of the risk's total, instead of a severity", "share", None)
    per: Literal["event", "record", "user", "endpoint", "provider", "site"] = item(
        "what the severity is multiplied by", default="event"
    )
    unit_cost: Amount = item("factor of the severity", "USD", ONE)
    cap: Limit = item("greatest loss", "USD", Number(math.inf))
    yearly_cap: Limit = item("greatest loss in a year", "USD/year", Number(math.inf))
    trended: Flag = item("whether it grows with prices", default=True)
    insured: Flag = item("whether insurance covers it", default=False)
    indemnified: Flag = item("whether the vendor indemnifies it", default=False)


class Risk(Table):
    """A random event process with its loss forms.

    Examples
    --------
    >>> Risk(frequency=0.08, losses={"response": Loss(severity=150_000)}).max_multiple.value
    3.0
    """

    label: Text | None = item("name shown to readers", default=None)
    frequency: Amount = item(
        "events per year at the reference state", "1/year", usual=(0.00001, 100)
    )
    vendor: Text | None = item("the vendor whose compromise this is", default=None)
    service: Text | None = item("service its cost is booked to", default=None)
    reference_providers: CertainPositive = item(
        "providers at which the frequency holds", "providers", Number(50.0)
    )
    size_exponent: AnyNumber = item(
        "how the frequency grows with providers", default=ZERO, usual=(-0.5, 1.5)
    )
    trend: Growth = item("growth of the rate from year to year", "1/year", ZERO, usual=(-0.3, 0.5))
    frailty_shape: Positive | None = item(
        "shape of the gamma frailty between practices; none if left out", default=None
    )
    max_multiple: Annotated[Number, Within(1.0, 100.0, certain=True)] = item(
        "greatest multiple of the rate", "multiple", Number(3.0)
    )
    transition_multiple: Amount = item(
        "multiple during the first 90 days of a change",
        "multiple",
        ONE,
        usual=(0.5, 5),
        neutral=1.0,
    )
    records: AmountLaw | None = item("records per event", "records", None)
    total: AmountLaw | None = item("total that forms with a share split", "USD", None)
    effects: Named[Effect] = item("effects by service", default=Frozen[Effect]())
    losses: Named[Loss] = item("loss forms by name", default=Frozen[Loss]())
