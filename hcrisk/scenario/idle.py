"""Changes that are stated and never happen: beyond the horizon, or cut at a bound."""

from __future__ import annotations

from collections.abc import Iterator

from hcrisk.exceptions import Problem
from hcrisk.scenario.refusal import shown
from hcrisk.scenario.scenario import Scenario

MONTHS_PER_YEAR = 12.0


def idle(scenario: Scenario) -> list[Problem]:
    """Return a remark for every planned change or peak after the horizon, and for growth cut short.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of Problem

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> late = {"growth.planned": {"merger": {"months": 90, "size": 0.3}}}
    >>> print(idle(load("mid-market").replace(late))[0])
    growth.planned.merger.months = 90.0: is after the 60 months simulated; simulate more years, or \
drop it
    """
    return [*_late(scenario), *_cut(scenario)]


def _late(scenario: Scenario) -> Iterator[Problem]:
    horizon = MONTHS_PER_YEAR * scenario.years
    starts = {
        f"growth.planned.{name}.months": float(change.months)
        for name, change in scenario.growth.planned.items()
    }
    for service, stated in scenario.services.items():
        for name, peak in stated.peaks.items():
            starts[f"services.{service}.peaks.{name}.start_months"] = float(peak.start_months)
    for path, months in starts.items():
        if months >= horizon:
            rule = f"is after the {shown(horizon)} months simulated"
            yield Problem(path, months, rule, "simulate more years, or drop it")


def _cut(scenario: Scenario) -> Iterator[Problem]:
    """Remark on growth by central values that its own bounds do not let happen."""
    growth, horizon = scenario.growth, MONTHS_PER_YEAR * scenario.years
    steps = [(MONTHS_PER_YEAR * year, growth.rate.central) for year in range(1, scenario.years)]
    steps += [
        (float(change.months), change.size.central)
        for change in growth.planned.values()
        if float(change.months) < horizon
    ]
    size = 1.0
    for _, change in sorted(steps, key=lambda step: step[0]):
        size *= 1.0 + change
        for name, cut in (
            ("most", size > float(growth.most)),
            ("least", size < float(growth.least)),
        ):
            if cut:
                bound = float(getattr(growth, name))
                rule = f"cuts the size that is stated, {shown(round(size, 2))} times today's"
                yield Problem(f"growth.{name}", bound, rule, "change it, or state less growth")
                return
