"""From a user's own log of incidents to what a scenario states of a risk."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from hcrisk.calibrate.backtest import Backtest, backtest_rate, backtest_severity
from hcrisk.calibrate.document import Derived, severity_entries
from hcrisk.calibrate.events import Findings, preferred, tail_start, trend_remark
from hcrisk.calibrate.evidence import confidence, founded
from hcrisk.calibrate.fitted import short
from hcrisk.calibrate.frequency import Counts, FrequencyFit, fit_frequency, rank_frequencies
from hcrisk.calibrate.goodness import Ranking, rank_severities
from hcrisk.calibrate.incidents import Incidents
from hcrisk.calibrate.likelihood import CalibrationError
from hcrisk.calibrate.means import Means, means
from hcrisk.calibrate.severity import SeverityFit
from hcrisk.calibrate.target import (
    Target,
    cap_remark,
    overlap_remarks,
    place,
    switched_off,
)
from hcrisk.calibrate.ties import ties
from hcrisk.calibrate.windows import Window
from hcrisk.figures import counted
from hcrisk.scenario import Scenario
from hcrisk.scenario.refusal import nearest

# As good as no frailty: a spread of 1 % between practices.
NO_FRAILTY = 10_000.0


def incident_findings(
    incidents: Incidents,
    parent: Scenario,
    *,
    window: Window | None = None,
    held_out: Window | None = None,
    above: float = 0.0,
    practices: int | None = None,
    family: str | None = None,
    target: Target | None = None,
) -> Findings:
    """Fit how often incidents happen and what they cost, of the same incidents.

    Parameters
    ----------
    incidents : Incidents
    parent : Scenario
        What the new scenario extends.
    window : Window, optional
        When incidents were recorded; whole years from the first to the last when omitted.
    held_out : Window, optional
        A later one to hold the fits against.
    above : float
        Incidents that cost no more are left out of frequency and severity alike; those whose
        cost is open or not known stay in the frequency.
    practices : int, optional
        How many practices the log covers, those without incidents included.
    family : str, optional
        The law of costs to write; the best by AIC when omitted.
    target : Target, optional
        The risk to write them to; a new one, ``incident``, when omitted.

    Returns
    -------
    Findings

    Raises
    ------
    CalibrationError
        If the scenario has no such risk, or the data are too few.

    Examples
    --------
    >>> from datetime import date
    >>> from hcrisk.scenarios import load
    >>> days = tuple(date(2023, month, 1) for month in range(1, 7))
    >>> cost = np.array([900.0, 4e3, 2e3, 7e3, 12e3, 3e3])
    >>> log = Incidents(days, cost, cost, cost < 0, ("",) * 6)
    >>> found = incident_findings(log, load("mid-market"))
    >>> found.derived.entries["risks.incident.frequency"]["mean"]
    6.5045
    """
    target = target or Target()
    data_window = window or incidents.window
    relevant, remarks = _relevant(incidents, window, data_window, held_out, above)
    several = any(relevant.practice) or (practices or 1) > 1
    counts = (
        relevant.by_practice(data_window, practices) if several else relevant.yearly(data_window)
    )
    fits, failed = rank_frequencies(counts, trends=not several)
    chosen = fits[0] if several else fit_frequency(counts)
    entries, more = _frequency_entries(chosen, parent, target, several)
    costs = _costs(relevant, above, family, parent, target)
    off, tied = switched_off(parent, target), ties(parent, target)
    remarks = [*tied.remarks, *remarks, *more, *trend_remark(fits[0]), *costs.remarks]
    remarks += overlap_remarks(parent, target)
    tests = _tests(incidents, data_window, held_out, above, chosen, costs.law, remarks)
    remarks += [f"the backtest of {name} failed" for name, t in tests.items() if not t.is_passed]
    n = len(relevant.day) if costs.law is None else min(len(relevant.day), costs.law.n)
    weak = costs.means is not None and costs.means.is_extrapolated
    why = founded(n, tests.values(), extrapolated=weak)
    note = _note(relevant, data_window, above, counts if several else None, costs.law)
    derived = Derived(
        key="own_incidents",
        title="Log of incidents",
        confidence=confidence(n, tests.values(), extrapolated=weak),
        note=f"{note}; {why}",
        entries={**entries, **tied.entries, **costs.entries, **off},
        correlations=costs.links,
        year=data_window.last.year,
        without=costs.without,
        remarks=tuple(dict.fromkeys(remarks)),
        carried=tied.carried,
    )
    return Findings(
        window=data_window,
        frequencies=fits,
        severities=costs.ranking,
        chosen=chosen,
        law=costs.law,
        derived=derived,
        remarks=tuple(dict.fromkeys([*remarks, *failed.values()])),
        tests=tests,
        means=costs.means,
        alternatives=costs.alternatives,
    )


class _Costs(NamedTuple):
    """What is known of costs: nothing but a remark where too few are known."""

    remarks: list[str]
    ranking: Ranking | None = None
    law: SeverityFit | None = None
    entries: Mapping[str, Any] = MappingProxyType({})
    links: Sequence[Mapping[str, Any]] = ()
    without: Sequence[str] = ()
    means: Means | None = None
    alternatives: Mapping[str, float] = MappingProxyType({})


def _costs(
    incidents: Incidents, above: float, family: str | None, parent: Scenario, target: Target
) -> _Costs:
    try:
        sample = incidents.costs(above)
        ranking = rank_severities(sample, splice=tail_start(sample.value.tolist()))
    except CalibrationError as error:
        remarks = [f"no law of costs: {error}"]
        if target.risk not in parent.risks:
            remarks.append(
                f"risk {target.risk} has a frequency and no loss: it costs nothing until you add "
                f"one under [risks.{target.risk}.losses.cost]"
            )
        return _Costs(remarks)
    law, there = _law(ranking, family), place(parent, target)
    found, links = severity_entries(law, there.path)
    clip = {"clip": [0.0, there.cap]} if math.isfinite(there.cap) else {}
    average = means(law, sample, cap=there.cap)
    return _Costs(
        remarks=[
            *_mean_remarks(average, there.path),
            *cap_remark(parent, target, there.cap),
            *there.remarks,
        ],
        ranking=ranking,
        law=law,
        entries={there.path: found[there.path] | clip, **there.entries},
        links=links,
        without=there.without,
        means=average,
        alternatives={
            other.family: means(other, sample, cap=there.cap).written
            for other in ranking.fits
            if other is not law
        },
    )


def _relevant(
    incidents: Incidents,
    stated: Window | None,
    window: Window,
    held_out: Window | None,
    above: float,
) -> tuple[Incidents, list[str]]:
    """Return the incidents that count, and remarks on those that do not."""
    remarks = []
    if stated is None:
        remarks.append(
            f"no --from and --to: {window} is taken, from the first incident to the last; state "
            "since when all were recorded, as years without any lower the rate"
        )
    inside = incidents.within(window)
    outside = sum(d not in window and not (held_out and d in held_out) for d in incidents.day)
    if outside:
        remarks.append(f"{_some(outside)} of {len(incidents.day)} outside {window}: left out")
    small = int(np.sum((inside.cost <= above) & ~inside.open))
    if small:
        remarks.append(
            f"{_some(small)} of cost {above:,.0f} or less: left out of frequency and cost"
        )
    unknown = int(np.sum(np.isnan(inside.cost)))
    if unknown:
        remarks.append(
            f"{_some(unknown)} without a cost: in the frequency only, as if their costs were like "
            "the others'"
        )
    rows = list(zip(inside.day, inside.cost.tolist(), inside.practice, strict=True))
    repeated = sum(cost > 0.0 for _, cost, _ in rows) - len({row for row in rows if row[1] > 0.0})
    if repeated:
        remarks.append(
            f"{_some(repeated)} of the same date and cost as another; drop what is entered twice"
        )
    return inside.above(above), remarks


def _law(ranking: Ranking, family: str | None) -> SeverityFit:
    if family is None:
        return preferred(ranking)
    for fit in ranking.fits:
        if fit.family == family:
            return fit
    fitted = [fit.family for fit in ranking.fits]
    raise CalibrationError(f"family {family!r} was not fitted; {nearest(family, fitted)}")


def _mean_remarks(average: Means, path: str) -> list[str]:
    if not math.isfinite(average.written):
        return [f"{path} has no mean: its tail is too heavy; state a cap, such as a year's revenue"]
    if not average.is_extrapolated:
        return []
    return [
        f"the law of costs is extrapolated: an incident costs {average.written:,.0f} on average "
        f"as written, {average.written / average.sample:.1f} times the log's "
        f"{average.sample:,.0f}, and {100 * average.beyond:.0f} % of that comes from above the "
        f"largest cost seen, {average.largest:,.0f}, of which the log says nothing. State with "
        "--cap the greatest loss you hold possible (a contract's limit, a year's revenue), or "
        "take a lighter law with --family, or a longer log; the limited means above show what a "
        "cap does"
    ]


def _note(
    relevant: Incidents,
    window: Window,
    above: float,
    practices: Counts | None,
    law: SeverityFit | None,
) -> str:
    note = f"{len(relevant.day)} incidents, {window}" + (f", above {above:g}" if above else "")
    note += "" if practices is None else f"; {practices.count.size} practices"
    return note + ("" if law is None else f"; {law.n} costs, {law.family}")


def _tests(
    incidents: Incidents,
    window: Window,
    held_out: Window | None,
    above: float,
    chosen: FrequencyFit,
    law: SeverityFit | None,
    remarks: list[str],
) -> Mapping[str, Backtest]:
    if held_out is None:
        return {}
    later = incidents.within(held_out).above(above)
    counts = chosen.counts
    if counts is None:
        return {}
    share = held_out.years / window.years
    events, exposure = float(counts.count.sum()), float(counts.exposure.sum())
    tests = {
        f"how many, {held_out}": backtest_rate(events, exposure, len(later.day), share * exposure)
    }
    if law is not None:
        try:
            sample = later.costs(above)
            tests[f"the {law.family} law of costs, {held_out}"] = backtest_severity(law, sample)
        except CalibrationError as error:
            remarks.append(f"the law of costs was not tested on {held_out}: {error}")
    return tests


def _frequency_entries(
    fit: FrequencyFit, parent: Scenario, target: Target, several: bool
) -> tuple[dict[str, Any], list[str]]:
    risk, providers = target.risk, target.providers
    entries, remarks = fit.entries(risk), []
    size = providers if providers is not None else float(parent.practice.providers)
    known = parent.risks.get(risk)
    if known is not None or providers is not None:
        entries[f"risks.{risk}.reference_providers"] = short(size)
    if known is not None and providers is None and known.size_exponent.constant != 0.0:
        remarks.append(
            f"{risk} grows with the practice: the log is taken to be of one with {size:g} "
            "providers, as the scenario; state its own with --providers"
        )
    shape = f"risks.{risk}.frailty_shape"
    if known is not None and known.frailty_shape is not None and shape not in entries:
        why = "practices were found alike" if several else "the rate is that of one practice"
        entries[shape] = {"value": NO_FRAILTY, "note": f"none: {why}"}
        remarks.append(f"frailty of {risk} is switched off: {why}")
    return entries, remarks


def _some(count: int) -> str:
    return counted(count, "incidents")
