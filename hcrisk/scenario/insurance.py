"""The practice's insurance."""

from __future__ import annotations

import math
from typing import Annotated

from hcrisk.scenario.bounds import Within
from hcrisk.scenario.frozen import Frozen
from hcrisk.scenario.quantity import Number
from hcrisk.scenario.table import (
    LAW_ZERO,
    ZERO,
    Amount,
    GrowthLaw,
    Limit,
    Named,
    PositiveSize,
    Share,
    Table,
    Texts,
    item,
)


class Insurance(Table):
    """A policy: its layer, what it pays for and the conditions it sets.

    Examples
    --------
    >>> Insurance(premium=40_000, retention=25_000, limit=2_000_000).coinsurance.value
    0.0
    """

    premium: PositiveSize = item("premium of year 1", "USD/year", usual=(20, 20_000))
    premium_growth: GrowthLaw = item("growth of the premium", "1/year", LAW_ZERO, usual=(-0.3, 0.5))
    retention: Amount = item("kept by the practice, per event", "USD", usual=(500, 5_000_000))
    limit: Limit = item(
        "width of the layer above the retention", "USD", Number(math.inf), usual=(50_000, 1e9)
    )
    aggregate_limit: Limit = item(
        "most paid in a year", "USD/year", Number(math.inf), usual=(50_000, 1e9)
    )
    coinsurance: Share = item("share of the layer kept by the practice", "share", ZERO)
    sublimits: Named[Named[Limit]] = item("by risk and loss form", "USD", Frozen[Frozen[Number]]())
    required_controls: Texts = item("controls the policy requires", default=())
    max_uncovered: Named[Share] = item(
        "greatest uncovered share of a service", "share", Frozen[Number]()
    )
    unmet_denial: Share = item("probability of no payment if unmet at an event", "share", ZERO)
    unmet_refusal: Share = item("probability of no cover in a year if unmet", "share", ZERO)
    unmet_load: Annotated[Number, Within(0.0, plausible=10.0)] = item(
        "premium load if unmet", "share", ZERO, usual=(0.01, 3), neutral=0.0
    )
    unmet_sublimits: Named[Named[Share]] = item(
        "factor of the sublimit if unmet, by risk and loss form",
        "share",
        Frozen[Frozen[Number]](),
        neutral=1.0,
    )
