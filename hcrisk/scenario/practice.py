"""The practice, the horizon and how money over time is valued."""

from __future__ import annotations

from typing import Annotated, Literal

from hcrisk.scenario.bounds import Within
from hcrisk.scenario.quantity import Number
from hcrisk.scenario.size import Driver, Size
from hcrisk.scenario.table import (
    ONE,
    ZERO,
    CertainPositive,
    CertainSize,
    PositiveSize,
    Table,
    Texts,
    item,
)

LONGEST = 50
NO_SIZE = Size(ZERO)


class Practice(Table):
    """The practice whose technology is to be delivered.

    Examples
    --------
    >>> practice = Practice(
    ...     providers=50, users={"per_provider": 4.5}, endpoints=300, records=90_000, revenue=4e7
    ... )
    >>> practice.driver_count("user")
    225.0
    """

    providers: CertainPositive = item(
        "physicians and other billing providers", "providers", usual=(1, 2_000)
    )
    users: CertainSize = item("people with an account", "users", usual=(1, 30))
    endpoints: CertainSize = item("managed devices", "endpoints", usual=(1, 30))
    records: PositiveSize = item("patient records held", "records", usual=(100, 20_000))
    revenue: PositiveSize = item("revenue per year", "USD/year", usual=(100_000, 5_000_000))
    sites: Annotated[Number, Within(1.0, certain=True, whole=True)] = item(
        "places where the practice works", "sites", ONE
    )
    claims: CertainSize = item("claims billed per year", "claims/year", NO_SIZE)
    controls: Texts = item("controls in place whatever the arrangement, such as mfa", default=())

    def driver_count(self, driver: Driver) -> float:
        """Return how many users, endpoints, providers or sites the practice has.

        Parameters
        ----------
        driver : {"user", "endpoint", "provider", "site"}

        Returns
        -------
        float
        """
        providers = float(self.providers)
        if driver == "provider":
            return providers
        if driver == "site":
            return float(self.sites)
        return (self.users if driver == "user" else self.endpoints).amount(providers)


class Horizon(Table):
    """How far the simulation looks ahead.

    Examples
    --------
    >>> float(Horizon().years)
    5.0
    """

    years: Annotated[Number, Within(1, LONGEST, certain=True, whole=True)] = item(
        "years simulated", "years", Number(5.0)
    )


class Discounting(Table):
    """How a cost in a later year compares with one in the first.

    Examples
    --------
    >>> Discounting(rate=0.06).timing
    'mid'
    """

    rate: Annotated[Number, Within(0.0, plausible=1.0)] = item(
        "nominal discount rate", "1/year", usual=(0.005, 0.25)
    )
    timing: Literal["mid", "end"] = item(
        "whether a year's costs fall in its middle or at its end", default="mid"
    )
