"""Write the contracts and the cost lines of arrangements into tables."""

from __future__ import annotations

import math

from hcrisk.kernels import columns as col
from hcrisk.kernels.vendor import BAND_HAIR
from hcrisk.program.growth import line_follows
from hcrisk.program.numbers import INDICES, write_revenue
from hcrisk.program.recorder import Recorder
from hcrisk.scenario.piecewise import Price
from hcrisk.scenario.scenario import Scenario
from hcrisk.scenario.service import Arrangement, Contract, Line

PRICES = {
    "per_user": col.K_USER,
    "per_endpoint": col.K_ENDPOINT,
    "per_provider": col.K_PROVIDER,
    "per_site": col.K_SITE,
    "per_claim": col.K_CLAIM,
}


def write_contract(
    recorder: Recorder, scenario: Scenario, contract: Contract, path: str, scope: float
) -> list[int]:
    """Write a contract; of bands by a certain count, the price of the band it lies in.

    Returns
    -------
    list of int
        Where the bands of each price begin and end, if they matter because the practice grows,
        or because they are of revenue.
    """
    row = recorder.row("contracts", col.CONTRACT_WIDTH)
    bands = [0] * (col.CONTRACT_WIDTH - col.K_USER)
    numbers = {
        "fixed_fee": col.K_FIXED,
        "minimum_fee": col.K_MINIMUM,
        "onboarding_fee": col.K_ONBOARDING,
        "access": col.K_ACCESS,
        "quality": col.K_QUALITY,
        "skills": col.K_SKILLS,
    }
    for field, column in numbers.items():
        recorder.put("contracts", row, column, getattr(contract, field), f"{path}.{field}")
    for field, column in PRICES.items():
        count = monthly_count(scenario, field)
        recorder.set("contracts", row, column + 1, count)
        price = getattr(contract, field)
        position = price.at(count * (1.0 + BAND_HAIR))
        suffix, number = list(price.numbers().items())[position or 0]
        place = f"{path}.{field}.{suffix}" if suffix else f"{path}.{field}"
        recorder.put("contracts", row, column, number, place)
        if scenario.growth.changes and position is not None:
            bands[column - col.K_USER : column - col.K_USER + 2] = write_bands(
                recorder, price, f"{path}.{field}"
            )
    bands[-2:] = _write_collections(recorder, scenario, contract, path, row)
    recorder.set("contracts", row, col.K_SCOPE, scope)
    if contract.scope is not None:
        recorder.put("contracts", row, col.K_SCOPE, contract.scope, f"{path}.scope")
    return bands


def _write_collections(
    recorder: Recorder, scenario: Scenario, contract: Contract, path: str, row: int
) -> tuple[int, int]:
    """Write the share of collections and what it is of; return the range of its bands.

    Revenue may be uncertain, so that the band is known only on the path.
    """
    share, place = contract.collections_share, f"{path}.collections_share"
    suffix, number = next(iter(share.numbers().items()))
    first = f"{place}.{suffix}" if suffix else place
    recorder.put("contracts", row, col.K_COLLECTIONS, number, first)
    monthly = 1.0 / col.MONTHS_PER_YEAR
    revenue = ("contracts", row, col.K_COLLECTIONS + 1)
    write_revenue(recorder, scenario, revenue, monthly)
    return write_bands(recorder, share, place, monthly) if share.bands else (0, 0)


def write_bands(recorder: Recorder, price: Price, path: str, scale: float = 1.0) -> tuple[int, int]:
    """Write the bands of a price, their beginnings times a scale, and return their range."""
    first = recorder.count("bands")
    for band, (suffix, number) in zip(price.bands, price.numbers().items(), strict=True):
        row = recorder.row("bands", 2)
        recorder.set("bands", row, col.BAND_FROM, band.level * scale)
        recorder.put("bands", row, col.BAND_PRICE, number, f"{path}.{suffix}")
    return first, recorder.count("bands")


def monthly_count(scenario: Scenario, price: str) -> float:
    """Return how many units a month a price is paid for."""
    practice, driver = scenario.practice, price.removeprefix("per_")
    if driver == "claim":
        return practice.claims.amount(float(practice.providers)) / col.MONTHS_PER_YEAR
    return practice.driver_count(driver)  # type: ignore[arg-type]


def scopes(arrangement: Arrangement) -> float:
    """Return the scope of each contract that states none: an equal share of what is left."""
    stated = [c.scope.central for c in arrangement.contracts.values() if c.scope is not None]
    silent = len(arrangement.contracts) - len(stated)
    return max(1.0 - math.fsum(stated), 0.0) / silent if silent else 0.0


def write_line(
    recorder: Recorder, scenario: Scenario, line: Line, path: str, fte: float
) -> list[int]:
    """Write a cost line and return its links, all but its cell."""
    row = recorder.row("lines", col.LINE_WIDTH)
    count = {"flat": 1.0, "hire": 1.0, "fte": fte}.get(line.driver)
    is_flow = line.every_years is None and line.driver != "hire"
    months = col.MONTHS_PER_YEAR if is_flow and line.period == "month" else 1.0
    recorder.put("lines", row, col.L_AMOUNT, line.amount, f"{path}.amount")
    if line.driver == "revenue":
        write_revenue(recorder, scenario, ("lines", row, col.L_COUNT), months)
    else:
        if line.driver == "claim":
            count = scenario.practice.claims.amount(float(scenario.practice.providers))
        elif count is None:
            count = scenario.practice.driver_count(line.driver)  # type: ignore[arg-type]
        recorder.set("lines", row, col.L_COUNT, count * months)
    recorder.set("lines", row, col.L_START, float(line.start_months) / col.MONTHS_PER_YEAR)
    every = 0.0 if line.every_years is None else float(line.every_years)
    recorder.set("lines", row, col.L_EVERY, every)
    component = col.COST_LINES.index(line.component)
    links = [0] * col.LINE_LINKS
    links[col.LL_COMPONENT], links[col.LL_INDEX] = component, INDICES[line.index]
    links[col.LL_PER_HIRE] = int(line.driver == "hire")
    links[col.LL_GROWS] = line_follows(scenario, line.driver)
    return links
