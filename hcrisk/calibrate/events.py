"""What is found in a file of events: how often, how large, and how that did on data unseen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hcrisk.calibrate.backtest import Backtest
from hcrisk.calibrate.document import Derived
from hcrisk.calibrate.fitted import short
from hcrisk.calibrate.frequency import FrequencyFit
from hcrisk.calibrate.goodness import Ranking
from hcrisk.calibrate.means import Means
from hcrisk.calibrate.severity import SeverityFit
from hcrisk.calibrate.windows import Window

# A tail is fitted above this quantile, if at least so many values lie above it.
SPLICE_LEVEL, LEAST_ABOVE = 0.9, 30


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
    law : SeverityFit or None
        The one that is written.
    derived : Derived
    remarks : tuple of str
        What a reader should know before using it.
    entities : float
        How many the rate is one of: 1 for all together.
    tests : mapping of str to Backtest
        What was held against data held out, by what it is.
    means : Means or None
        Mean costs of the law and of the data.
    alternatives : mapping of str to float
        Mean costs as they would be written of the other laws fitted, by family.
    """

    window: Window
    frequencies: tuple[FrequencyFit, ...]
    severities: Ranking | None
    chosen: FrequencyFit
    law: SeverityFit | None
    derived: Derived
    remarks: tuple[str, ...]
    entities: float = 1.0
    tests: Mapping[str, Backtest] = field(default_factory=dict)
    means: Means | None = None
    alternatives: Mapping[str, float] = field(default_factory=dict)


def trend_remark(fit: FrequencyFit) -> list[str]:
    """Return a remark if a fit has a trend, since none is written.

    Examples
    --------
    >>> from hcrisk.calibrate.frequency import Counts, fit_frequency
    >>> trend_remark(fit_frequency(Counts.of([1, 2, 4, 8]), trend=True))
    ['the best fit has a trend of +100 % a year; the level written has none']
    """
    if "trend" not in fit.parameters:
        return []
    growth = 100.0 * math.expm1(fit.parameters["trend"])
    return [f"the best fit has a trend of {growth:+.0f} % a year; the level written has none"]


def tail_start(values: Sequence[float]) -> float | None:
    """Return where the tail of a spliced law begins: the 90th percentile; None for too few.

    Examples
    --------
    >>> tail_start(list(range(1000))), tail_start([1.0, 2.0])
    (900.0, None)
    """
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
