"""From an export of reported breaches to what a scenario states of a risk."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hcrisk.calibrate.backtest import Backtest, backtest_gamma, backtest_severity
from hcrisk.calibrate.breaches import COUNTED, PROVIDER, REPORTABLE, Breaches
from hcrisk.calibrate.document import Derived, severity_entries
from hcrisk.calibrate.events import Findings, preferred, tail_start, trend_remark
from hcrisk.calibrate.evidence import confidence, founded
from hcrisk.calibrate.fitted import short
from hcrisk.calibrate.frequency import FrequencyFit, fit_frequency, rank_frequencies
from hcrisk.calibrate.goodness import rank_severities
from hcrisk.calibrate.severity import SeverityFit
from hcrisk.calibrate.windows import Window

# Years from which the spread between them can be told at all.
LEAST_CLUSTERS = 4


def breach_findings(
    breaches: Breaches,
    window: Window,
    *,
    held_out: Window | None = None,
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
    held_out : Window, optional
        A later one to hold the fits against.
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
    splice = tail_start(sample.value.tolist())
    ranking = rank_severities(sample, location=REPORTABLE, splice=splice)
    counts = within.counts(window, entities or 1.0, monthly=True)
    fits, failed = rank_frequencies(counts, trends=True)
    best = preferred(ranking)
    clustered = len(set(sample.group.tolist())) >= LEAST_CLUSTERS
    entries, links = severity_entries(best, f"risks.{risk}.records", clustered=clustered)
    remarks = [*failed.values(), *trend_remark(fits[0])]
    if any("frailty_shape" in fit.parameters for fit in fits):
        remarks.append("frailty is here between months of one population, not between practices")
    yearly = within.counts(window, entities or 1.0)
    chosen = fit_frequency(yearly)
    # Months cluster: what one vendor suffers, many report. A yearly rate does not see that.
    rate = _spread(chosen, yearly.count.tolist())
    if entities:
        entries = {f"risks.{risk}.frequency": rate, **entries}
        remarks.append("the yearly totals spread the frequency, not only their Poisson error")
    remarks.append(
        f"{risk} has how often and how many people, and no cost of its own: the export has none. "
        "Add loss forms of the same breaches, or name a risk that has them with --risk"
    )
    tests = _tests(breaches, held_out, entity_type, entities or 1.0, best, rate)
    remarks += [f"the backtest of {name} failed" for name, t in tests.items() if not t.is_passed]
    # Without --entities no frequency is written, and its test says nothing of what is.
    told = list(tests.values())[: None if entities else 1]
    note = (
        f"{len(within.day)} reports by {entity_type or 'all entities'}, {window}; {best.n} counts "
        f"of {math.ceil(COUNTED)} or more ({within.placeholders} placeholders left out); "
        f"{best.family} of {len(ranking.fits)} families by AIC"
    )
    if clustered:
        note += "; errors clustered by year"
    else:
        remarks.append("too few years to see how they differ: take four or more, or expect worse")
    note += f"; of {entities:g} entities" if entities else ""
    derived = Derived(
        key="ocr_breaches",
        title="Breaches of unsecured protected health information affecting 500 or more people",
        confidence=confidence(best.n, told),
        note=f"{note}; {founded(best.n, told)}",
        entries=entries,
        correlations=links,
        year=window.last.year,
        remarks=tuple(remarks),
    )
    return Findings(
        window, fits, ranking, chosen, best, derived, tuple(remarks), entities or 1.0, tests
    )


def _tests(
    breaches: Breaches,
    held_out: Window | None,
    entity_type: str | None,
    entities: float,
    law: SeverityFit,
    rate: Mapping[str, Any],
) -> Mapping[str, Backtest]:
    """Hold the law and the rate, as they are written, against what came later."""
    if held_out is None:
        return {}
    later = breaches.within(held_out, entity_type)
    exposure = held_out.years * entities
    return {
        f"the {law.family} law, {held_out}": backtest_severity(law, later.sample()),
        f"how many, {held_out}": backtest_gamma(rate, len(later.day), exposure),
    }


def _spread(fit: FrequencyFit, yearly: list[int]) -> dict[str, Any]:
    """Return the rate as a gamma number whose spread is that between years, if that is wider."""
    rate, events = fit.parameters["rate"], max(sum(yearly), 1)
    dispersion = max(fit.dispersion, 1.0) if len(yearly) > 1 else 1.0
    # Quasi-Poisson: McCullagh and Nelder, Generalized Linear Models, 6.2.3.
    return {"dist": "gamma", "mean": short(rate), "cv": short(math.sqrt(dispersion / events))}
