"""Incidents with who pays for them, and the years in which the insurer objects."""

from __future__ import annotations

from collections.abc import Iterator

from hcrisk.kernels.columns import (
    DENIED,
    G_GROSS,
    G_INDEMNITY,
    G_INSURANCE,
    G_RISK,
    G_STRATEGY,
    G_TIME,
    G_UNPAID,
    I_RETENTION,
    LIMIT_USED_UP,
    NO_COVER,
    NO_SHARE,
    NOTHING_INSURED,
    WITHIN_RETENTION,
    XL_BOOKED,
    XL_VENDOR,
)
from hcrisk.kernels.settle import CONDITION_HAIR
from hcrisk.kernels.tables import Floats
from hcrisk.program.layout import ENTERPRISE
from hcrisk.story.context import Told, label
from hcrisk.story.record import Event

UNPAID = {
    NO_COVER: "there is no cover in this year",
    NOTHING_INSURED: "nothing of this is insured",
    WITHIN_RETENTION: "what is insured of it is within the retention",
    LIMIT_USED_UP: "the year's limit is used up",
    NO_SHARE: "its share of what is insured is none",
}


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
    reason = int(row[G_UNPAID])
    why = UNPAID.get(reason)
    if reason == DENIED:
        why = f"it denies the claim, as {' and '.join(_unmet(told, float(row[G_TIME])))}"
    return f"The insurer pays nothing: {why}"


def _unmet(told: Told, time: float) -> list[str]:
    """Return the conditions of the policy that are not met at a time."""
    policy = told.scenario.insurance
    if policy is None:
        return []
    provided = set(told.scenario.practice.controls)
    for service, cell in told.in_force(time):
        arrangements = told.scenario.services[service].arrangements
        provided.update(arrangements[told.layout.cells[cell][1]].provides)
    unmet = [
        f"nobody provides {control.replace('_', ' ')}"
        for control in policy.required_controls
        if control not in provided
    ]
    for n, s in enumerate(told.links.condition_services):
        share, limit = told.uncovered(int(s), time), float(told.tables.conditions[n, 0])
        if share > limit + CONDITION_HAIR:
            name = told.service(told.layout.services[s])
            unmet.append(f"{share:.0%} of {name} is uncovered, {limit:.0%} is allowed")
    return unmet


def insurance_events(told: Told) -> Iterator[Event]:
    """Yield the years in which a condition of the insurance is not met."""
    if told.links.has_insurance == 0:
        return
    for year in range(told.links.n_year):
        if told.work.cut[told.x, year] == 0:
            continue
        unmet = "; ".join(_unmet(told, float(year)))
        text = f"The policy's terms are not met ({unmet}): no insurance in year {year + 1}"
        premium = None
        if told.work.covered[told.x, year] == 1:
            text = f"The policy's terms are not met ({unmet}): the insurer asks more; premium"
            premium = told.work.premium[told.x, year]
        yield told.event(float(year), ENTERPRISE, "insurance", text, premium)
