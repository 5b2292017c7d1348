"""How far an estimate can be trusted: by how much was observed, and how it did on data unseen."""

from __future__ import annotations

from collections.abc import Iterable

from hcrisk.calibrate.backtest import Backtest

# Observations from which an estimate is called well, or fairly well, founded.
MANY, SOME = 100, 20


def confidence(
    observations: int, tests: Iterable[Backtest] = (), *, extrapolated: bool = False
) -> str:
    """Return how far an estimate from so many observations, so tested, can be trusted.

    Parameters
    ----------
    observations : int
        The fewest that stand behind any of the numbers.
    tests : iterable of Backtest
        What the estimate did on data held out.
    extrapolated : bool
        The mean rests more on the choice of the law than on the data.

    Returns
    -------
    str
        ``"low"`` below 20 observations, if a backtest failed or the mean is extrapolated,
        ``"high"`` from 100 on if there was a backtest and none failed, else ``"medium"``.

    Examples
    --------
    >>> from hcrisk.calibrate.backtest import backtest_rate
    >>> right, wrong = backtest_rate(250, 5.0, 52, 1.0), backtest_rate(250, 5.0, 152, 1.0)
    >>> confidence(250), confidence(250, [right]), confidence(250, [right, wrong]), confidence(5)
    ('medium', 'high', 'low', 'low')
    """
    done = list(tests)
    if observations < SOME or extrapolated or not all(test.is_passed for test in done):
        return "low"
    return "high" if done and observations >= MANY else "medium"


def founded(
    observations: int, tests: Iterable[Backtest] = (), *, extrapolated: bool = False
) -> str:
    """Return why the confidence is what it is, for the note of a source.

    Examples
    --------
    >>> founded(12)
    '12 observations, no backtest'
    """
    done = list(tests)
    failed = sum(not test.is_passed for test in done)
    said = f"{failed} of {len(done)} backtests failed" if failed else "backtest passed"
    what = "observation" if observations == 1 else "observations"
    text = f"{observations} {what}, {said if done else 'no backtest'}"
    return text + (", mean extrapolated" if extrapolated else "")
