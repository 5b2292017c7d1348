"""Incidents with who pays for them, and the years in which the insurer objects."""

from __future__ import annotations

from collections.abc import Iterator

from hcrisk.kernels.columns import (
    G_GROSS,
    G_INDEMNITY,
    G_INSURANCE,
    G_RISK,
    G_STRATEGY,
    G_TIME,
    I_RETENTION,
    XL_BOOKED,
    XL_VENDOR,
)
from hcrisk.kernels.tables import Floats
from hcrisk.program.layout import ENTERPRISE
from hcrisk.story.context import Told, label
from hcrisk.story.record import Event


def incident_events(told: Told) -> Iterator[Event]:
    """Yield every incident that the strategy suffers, then what comes back of its loss."""
    risks = list(told.scenario.risks)
    for row in told.work.journal[: told.work.n_journal[0]]:
        if row[G_STRATEGY] != told.x:
            continue
        time, k = float(row[G_TIME]), int(row[G_RISK])
        service = told.booked(int(told.links.risks[k, XL_BOOKED]))
        name = label(told.scenario.risks, risks[k])
        yield told.event(time, service, "incident", name, row[G_GROSS])
        if row[G_INDEMNITY] != 0.0:
            vendor = told.vendor(int(told.links.risks[k, XL_VENDOR]))
            yield told.event(time, service, "indemnity", f"{vendor} pays", -row[G_INDEMNITY])
        if row[G_INSURANCE] != 0.0:
            yield told.event(time, ENTERPRISE, "recovery", "The insurer pays", -row[G_INSURANCE])
        elif told.work.is_insured[k] == 1 and _exceeds_retention(told, row):
            yield told.event(time, ENTERPRISE, "unpaid", _unpaid(told, row))


def _exceeds_retention(told: Told, row: Floats) -> bool:
    return bool(row[G_GROSS] - row[G_INDEMNITY] > told.tables.insurance[0, I_RETENTION])


def _unpaid(told: Told, row: Floats) -> str:
    """Return why the insurer pays nothing for an incident beyond the retention."""
    if told.work.covered[told.x, int(row[G_TIME])] == 0:
        return "The insurer pays nothing: there is no cover in this year"
    return (
        "The insurer pays nothing: a condition of the policy is not met, the year's limit is "
        "used up, or what is insured of it is within the retention"
    )


def insurance_events(told: Told) -> Iterator[Event]:
    """Yield the years in which a condition of the insurance is not met."""
    if told.links.has_insurance == 0:
        return
    for year in range(told.links.n_year):
        if told.work.cut[told.x, year] == 0:
            continue
        text = f"A condition is not met: no insurance in year {year + 1}"
        premium = None
        if told.work.covered[told.x, year] == 1:
            text = "A condition is not met: the insurer covers on its own terms; premium"
            premium = told.work.premium[told.x, year]
        yield told.event(float(year), ENTERPRISE, "insurance", text, premium)
