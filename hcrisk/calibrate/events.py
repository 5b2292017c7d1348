"""From a file of events to what a scenario states of a risk."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hcrisk.calibrate.breaches import COUNTED, PROVIDER, REPORTABLE, Breaches
from hcrisk.calibrate.document import Derived, severity_entries
from hcrisk.calibrate.fitted import short
from hcrisk.calibrate.frequency import FrequencyFit, fit_frequency, rank_frequencies
from hcrisk.calibrate.goodness import Ranking, rank_severities
from hcrisk.calibrate.incidents import Incidents
from hcrisk.calibrate.likelihood import CalibrationError
from hcrisk.calibrate.severity import SeverityFit
from hcrisk.calibrate.windows import Window
from hcrisk.scenario import Scenario

# Observations from which an estimate is called well, or fairly well, founded.
MANY, SOME = 100, 20
# A tail is fitted above this quantile, if at least so many values lie above it.
SPLICE_LEVEL, LEAST_ABOVE = 0.9, 30
# Years from which the spread between them can be told at all.
LEAST_CLUSTERS = 4
# As good as no frailty: a spread of 1 % between practices.
NO_FRAILTY = 10_000.0


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found in a file of events.

    Attributes
    ----------
    window : Window
    frequencies : tuple of FrequencyFit
        By AIC, the best first.
    severities : Ranking or None
        None if too few are known; ``failed`` then says so.
    chosen : FrequencyFit
        The one that is written: without a trend.
    derived : Derived
    remarks : tuple of str
        What a reader should know before using it.
    entities : float
        How many the rate is one of: 1 for all together.
    """

    window: Window
    frequencies: tuple[FrequencyFit, ...]
    severities: Ranking | None
    chosen: FrequencyFit
    derived: Derived
    remarks: tuple[str, ...]
    entities: float = 1.0


def confidence(observations: int) -> str:
    """Return how far an estimate from so many observations can be trusted.

    Examples
    --------
    >>> confidence(250), confidence(25), confidence(5)
    ('high', 'medium', 'low')
    """
    return "high" if observations >= MANY else "medium" if observations >= SOME else "low"


def breach_findings(
    breaches: Breaches,
    window: Window,
    *,
    entity_type: str | None = PROVIDER,
    entities: float | None = None,
    risk: str = "reported_breach",
) -> Findings:
    """Fit records per reported breach, and how often one is reported.

    Parameters
    ----------
    breaches : Breaches
    window : Window
        Take whole calendar years, and leave out the latest: reports arrive late.
    entity_type : str, optional
        Who reported; None for all.
    entities : float, optional
        How many could have reported. Without it there is no frequency of one of them.
    risk : str
        The risk to write them to.

    Returns
    -------
    Findings

    Examples
    --------
    >>> from hcrisk.calibrate.breaches import read_breaches
    >>> from hcrisk.scenarios.evidence import BREACHES
    >>> years = Window.of_years(2018, 2023)
    >>> found = breach_findings(read_breaches(BREACHES), years, entities=40_000)
    >>> found.severities.best.family, list(found.derived.entries)
    ('weibull', ['risks.reported_breach.frequency', 'risks.reported_breach.records'])
    """
    within = breaches.within(window, entity_type)
    sample = within.sample()
    splice = _splice(sample.value.tolist())
    ranking = rank_severities(sample, location=REPORTABLE, splice=splice)
    counts = within.counts(window, entities or 1.0, monthly=True)
    fits, failed = rank_frequencies(counts, trends=True)
    best = preferred(ranking)
    clustered = len(set(sample.group.tolist())) >= LEAST_CLUSTERS
    entries, links = severity_entries(best, f"risks.{risk}.records", clustered=clustered)
    remarks = [*failed.values(), *_trend_remark(fits[0])]
    if any("frailty_shape" in fit.parameters for fit in fits):
        remarks.append("frailty is here between months of one population, not between practices")
    if entities:
        yearly = within.counts(window, entities)
        chosen = fit_frequency(yearly)
        # Months cluster: what one vendor suffers, many report. A yearly rate does not see that.
        entries = {f"risks.{risk}.frequency": _spread(chosen, yearly.count.tolist()), **entries}
        remarks.append("the yearly totals spread the frequency, not only their Poisson error")
    else:
        chosen = fit_frequency(counts)
    note = (
        f"{len(within.day)} reports by {entity_type or 'all entities'}, {window}; {best.n} counts "
        f"of {math.ceil(COUNTED)} or more ({within.placeholders} placeholders left out); "
        f"{best.family} of {len(ranking.fits)} families by AIC"
    )
    if clustered:
        note += "; errors clustered by year"
    else:
        remarks.append("too few years to see how they differ: take four or more, or expect worse")
    derived = Derived(
        "ocr_breaches",
        "Breaches of unsecured protected health information affecting 500 or more people",
        confidence(best.n),
        note + (f"; of {entities:g} entities" if entities else ""),
        entries,
        links,
        window.last.year,
    )
    return Findings(window, fits, ranking, chosen, derived, tuple(remarks), entities or 1.0)


def _trend_remark(fit: FrequencyFit) -> list[str]:
    if "trend" not in fit.parameters:
        return []
    growth = 100.0 * math.expm1(fit.parameters["trend"])
    return [f"the best fit has a trend of {growth:+.0f} % a year; the level written has none"]


def _spread(fit: FrequencyFit, yearly: list[int]) -> dict[str, Any]:
    """Return the rate as a gamma number whose spread is that between years, if that is wider."""
    rate, events = fit.parameters["rate"], max(sum(yearly), 1)
    dispersion = max(fit.dispersion, 1.0) if len(yearly) > 1 else 1.0
    # Quasi-Poisson: McCullagh and Nelder, Generalized Linear Models, 6.2.3.
    return {"dist": "gamma", "mean": short(rate), "cv": short(math.sqrt(dispersion / events))}


def _splice(values: list[float]) -> float | None:
    ordered = sorted(values)
    place = int(SPLICE_LEVEL * len(ordered))
    return short(ordered[place]) if len(ordered) - place >= LEAST_ABOVE else None


def preferred(ranking: Ranking) -> SeverityFit:
    """Return the best fit whose parameters may be uncertain, if it is about as good as the best.

    Parameters
    ----------
    ranking : Ranking

    Returns
    -------
    SeverityFit

    Notes
    -----
    A spliced law's parameters are certain in a scenario file; it is worth that only if it is
    better by 10 in AIC (K. P. Burnham and D. R. Anderson 2002: no support for the other).
    """
    plain = [fit for fit in ranking.fits if fit.family != "spliced"]
    if plain and plain[0].aic - ranking.best.aic < 10.0:
        return plain[0]
    return ranking.best


def incident_findings(
    incidents: Incidents,
    parent: Scenario,
    *,
    window: Window | None = None,
    above: float = 0.0,
    risk: str = "incident",
    practices: int | None = None,
    providers: float | None = None,
    cap: float | None = None,
) -> Findings:
    """Fit how often incidents happen and what they cost, of the same incidents.

    Parameters
    ----------
    incidents : Incidents
    parent : Scenario
        What the new scenario extends.
    window : Window, optional
        When incidents were recorded; whole years from the first to the last when omitted.
    above : float
        Incidents that cost no more are left out of frequency and severity alike; those whose
        cost is open or not known stay in the frequency.
    risk : str
        The risk to write them to: a new one, or one of the parent with a ``total``.
    practices : int, optional
        How many practices the log covers, those without incidents included.
    providers : float, optional
        Providers of the practice the log is from; the parent's when omitted.
    cap : float, optional
        Greatest cost, such as a year's revenue.

    Returns
    -------
    Findings

    Raises
    ------
    CalibrationError
        If the risk shares out its loss in another way, or the data are too few.

    Examples
    --------
    >>> import numpy as np
    >>> from datetime import date
    >>> from hcrisk.scenarios import load
    >>> days = tuple(date(2023, month, 1) for month in range(1, 7))
    >>> cost = np.array([900.0, 4e3, 2e3, 7e3, 12e3, 3e3])
    >>> log = Incidents(days, cost, cost, cost < 0, ("",) * 6)
    >>> found = incident_findings(log, load("mid-market"))
    >>> found.derived.entries["risks.incident.frequency"]
    {'dist': 'gamma', 'shape': 6.5, 'scale': 1.0007}
    """
    window = window or incidents.window
    inside = incidents.within(window)
    kept = [i for i, cost in enumerate(inside.cost) if not cost <= above or inside.open[i]]
    relevant = Incidents(
        tuple(inside.day[i] for i in kept),
        inside.cost[kept],
        inside.records[kept],
        inside.open[kept],
        tuple(inside.practice[i] for i in kept),
    )
    several = any(relevant.practice) or (practices or 1) > 1
    if several:
        counts = relevant.by_practice(window, practices)
        fits, failed = rank_frequencies(counts)
        chosen = fits[0]
    else:
        counts = relevant.yearly(window)
        fits, failed = rank_frequencies(counts, trends=True)
        chosen = fit_frequency(counts)
    entries, remarks = _frequency_entries(chosen, parent, risk, several, providers)
    remarks += _trend_remark(fits[0])
    links: list[dict[str, Any]] = []
    path = _cost_path(parent, risk)
    ranking = _costs(relevant, above, remarks)
    if ranking is not None:
        found, links = severity_entries(preferred(ranking), path)
        entries |= {path: found[path] | _clip(parent, risk, cap)}
        remarks += _endless(preferred(ranking), path, entries[path])
    note = f"{len(kept)} incidents, {window}" + (f", above {above:g}" if above else "")
    note += f"; {counts.count.size} practices" if several else ""
    if ranking is not None:
        fit = preferred(ranking)
        note += f"; {fit.n} costs, {fit.family} of {len(ranking.fits)} families by AIC"
    derived = Derived(
        "own_incidents", "Log of incidents", confidence(len(kept)), note, entries, links,
        window.last.year,
    )  # fmt: skip
    said = tuple(dict.fromkeys([*remarks, *failed.values()]))
    return Findings(window, fits, ranking, chosen, derived, said)


def _frequency_entries(
    fit: FrequencyFit, parent: Scenario, risk: str, several: bool, providers: float | None
) -> tuple[dict[str, Any], list[str]]:
    entries, remarks = fit.entries(risk), []
    size = providers if providers is not None else float(parent.practice.providers)
    known = parent.risks.get(risk)
    if known is not None or providers is not None:
        entries[f"risks.{risk}.reference_providers"] = short(size)
    shape = f"risks.{risk}.frailty_shape"
    if known is not None and known.frailty_shape is not None and shape not in entries:
        why = "practices were found alike" if several else "the rate is that of one practice"
        entries[shape] = {"value": NO_FRAILTY, "note": f"none: {why}"}
        remarks.append(f"frailty of {risk} is switched off: {why}")
    return entries, remarks


def _cost_path(parent: Scenario, risk: str) -> str:
    known = parent.risks.get(risk)
    if known is None:
        return f"risks.{risk}.losses.cost.severity"
    if known.total is None:
        forms = ", ".join(known.losses) or "none"
        raise CalibrationError(
            f"risk {risk!r} of {parent.name} has no total to replace (its loss forms: {forms}); "
            "name a new risk, or one with a total"
        )
    return f"risks.{risk}.total"


def _costs(incidents: Incidents, above: float, remarks: list[str]) -> Ranking | None:
    try:
        sample = incidents.costs(above)
        return rank_severities(sample, splice=_splice(sample.value.tolist()))
    except CalibrationError as error:
        remarks.append(f"no law of costs: {error}")
        return None


def _clip(parent: Scenario, risk: str, cap: float | None) -> dict[str, Any]:
    if cap is not None:
        return {"clip": [0.0, cap]}
    known = parent.risks.get(risk)
    old = known.total.clip if known is not None and known.total is not None else None
    return {"clip": list(old)} if old is not None else {}


def _endless(fit: SeverityFit, path: str, law: Mapping[str, Any]) -> list[str]:
    tail = fit.parameters.get("tail_shape", fit.parameters.get("shape", 0.0))
    heavy = {"generalised_pareto": tail >= 1.0, "spliced": tail >= 1.0, "pareto": tail <= 1.0}
    if heavy.get(fit.family, False) and "clip" not in law:
        return [f"{path} has no mean: its tail is too heavy; state a cap, such as a year's revenue"]
    return []
