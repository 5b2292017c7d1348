"""What a quote says of a practice that grows or shrinks."""

from __future__ import annotations

from hcrisk.scenario import Scenario

MONTHS_PER_YEAR = 12


def growth_notes(scenario: Scenario) -> tuple[str, ...]:
    """Return the sentence about how the practice grows before the horizon, if it does.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> growth_notes(load("mid-market").replace({"growth.rate": 0.05}))[0]
    "the practice changes size: by +5% a year; kept within 0.2 to 3 times today's size."
    """
    growth = scenario.growth
    if not growth.changes:
        return ()
    causes = []
    if growth.rate.constant != 0.0 and scenario.years > 1:
        causes.append(f"by {100 * growth.rate.central:+.3g}% a year")
    for name, change in growth.planned.items():
        if float(change.months) >= MONTHS_PER_YEAR * scenario.years:
            continue
        what = change.label or name.replace("_", " ")
        causes.append(
            f"{100 * change.size.central:+.3g}% in month {float(change.months):g} ({what})"
        )
    if growth.acquisition.rate.constant != 0.0:
        causes.append(f"practices join {growth.acquisition.rate.central:.3g} times a year")
    if not causes:
        return ()
    bounds = f"{float(growth.least):g} to {float(growth.most):g} times today's size"
    return (f"the practice changes size: {'; '.join(causes)}; kept within {bounds}.",)
