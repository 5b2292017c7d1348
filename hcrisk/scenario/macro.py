"""The wage, price and attrition paths that the whole practice shares, and its staff policy."""

from __future__ import annotations

from typing import Annotated

from hcrisk.scenario.bounds import Within
from hcrisk.scenario.quantity import Number
from hcrisk.scenario.table import (
    ONE,
    ZERO,
    CertainAmount,
    CertainPositive,
    Correlation,
    Load,
    Table,
    WeekHours,
    item,
)

Phi = Annotated[Number, Within(-1.0, 1.0, open_low=True, open_high=True)]
Spread = Annotated[Number, Within(0.0, plausible=1.0)]


class GrowthPath(Table):
    """A first-order autoregression of yearly log growth.

    Examples
    --------
    >>> GrowthPath(mean=0.03, phi=0.5, sd=0.01).start is None
    True
    """

    mean: Annotated[Number, Within(plausible=1.0)] = item(
        "long-run log growth", "1/year", usual=(-0.05, 0.15)
    )
    phi: Phi = item("share of a deviation that lasts to the next year")
    sd: Spread = item("standard deviation of a year's innovation", "1/year")
    start: Annotated[Number, Within(plausible=1.0)] | None = item(
        "log growth in the year before the first; the mean if left out", "1/year", None
    )


class AttritionPath(Table):
    """A first-order autoregression of the log level of attrition.

    Examples
    --------
    >>> AttritionPath(phi=0.6, sd=0.1).start.value
    0.0
    """

    phi: Phi = item("share of a deviation that lasts to the next year")
    sd: Annotated[Number, Within(0.0, plausible=3.0)] = item(
        "standard deviation of a year's innovation"
    )
    start: Annotated[Number, Within()] = item("log level before the first year", default=ZERO)


class Macro(Table):
    """The paths that wages, prices and attrition follow, and how they move together."""

    wage: GrowthPath = item("wage growth")
    price: GrowthPath = item("price growth")
    attrition: AttritionPath = item("level of attrition")
    wage_price: Correlation = item("correlation of the innovations", default=ZERO)
    wage_attrition: Correlation = item("correlation of the innovations", default=ZERO)
    price_attrition: Correlation = item("correlation of the innovations", default=ZERO)


class People(Table):
    """What holds for all staff.

    Examples
    --------
    >>> People(benefits_load=0.25).hours_per_week.value
    40.0
    """

    benefits_load: Load = item("benefits as a share of pay", usual=(0.05, 0.8))
    tenure_breaks: tuple[CertainPositive, ...] = item(
        "tenures at which the hazard of leaving changes", "years", ()
    )
    tenure_factors: tuple[CertainAmount, ...] = item(
        "relative hazard before, between and after the breaks", "multiple", (ONE,), neutral=1.0
    )
    announce: Annotated[Number, Within(1.0)] = item(
        "hazard multiple of displaced staff until they leave",
        "multiple",
        ONE,
        usual=(1, 10),
        neutral=1.0,
    )
    hours_per_week: WeekHours = item(
        "contracted hours of one FTE", "hours/week", Number(40.0), usual=(20, 60)
    )
