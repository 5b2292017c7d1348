"""Several experts' quantiles pooled into one law."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hcrisk.calibrate.fitted import short
from hcrisk.calibrate.likelihood import CalibrationError
from hcrisk.calibrate.mixtures import mixture_quantiles
from hcrisk.distributions.distribution import Distribution
from hcrisk.distributions.metalog import metalog_problem

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
# Quantiles that a metalog needs.
FEWEST = 3


@dataclass(frozen=True)
class Expert:
    """What one expert said: quantiles by level, and the weight of that opinion.

    Parameters
    ----------
    quantiles : mapping of float to float
        Level in (0, 1) to value; three or more, both rising.
    weight : float
        Above 0; only the ratios of weights matter.
    """

    quantiles: Mapping[float, float]
    weight: float = 1.0


def pool_linearly(
    experts: Sequence[Expert], *, low: float = -math.inf, high: float = math.inf
) -> dict[str, Any]:
    """Return the linear opinion pool: the weighted mean of the experts' distribution functions.

    It keeps disagreement: if two experts differ, it has two humps, and its spread is the spread
    within plus the spread between. M. Stone, Annals of Mathematical Statistics 32 (1961)
    1339-1342.

    Parameters
    ----------
    experts : sequence of Expert
        Each is read as the metalog through the quantiles, so levels may differ.
    low, high : float
        Bounds of the quantity, where it has them.

    Returns
    -------
    dict
        A mixture of metalogs, as a scenario file writes it: a number or a law.

    Raises
    ------
    CalibrationError
        Naming the expert whose quantiles are no distribution, and why.

    Examples
    --------
    >>> first = Expert({0.1: 30.0, 0.5: 50.0, 0.9: 80.0})
    >>> second = Expert({0.1: 60.0, 0.5: 90.0, 0.9: 150.0}, weight=3.0)
    >>> pool_linearly([first, second], low=0.0)["weights"]
    [0.25, 0.75]
    """
    components = [_metalog(i, expert, low, high) for i, expert in enumerate(experts, start=1)]
    return {"dist": "mixture", "weights": _weights(experts), "components": components}


def average_quantiles(
    experts: Sequence[Expert],
    *,
    levels: Sequence[float] | None = None,
    low: float = -math.inf,
    high: float = math.inf,
) -> dict[str, Any]:
    """Return the Vincent average: the weighted mean of the experts' quantiles, level by level.

    It averages what the experts believe rather than mixing it: two who differ in level only give
    a law as narrow as theirs, in the middle. S. B. Vincent (1912); K. C. Lichtendahl,
    Y. Grushka-Cockayne and R. L. Winkler, Management Science 59 (2013) 1594-1611.

    Parameters
    ----------
    experts : sequence of Expert
        Where an expert gave no quantile at a level, that of the metalog through the others.
    levels : sequence of float, optional
        Levels to average, three or more. When omitted those at which all experts gave a quantile,
        so that the law goes through the averages of what was said; 5, 25, 50, 75 and 95 % if
        there are fewer than three such.
    low, high : float
        Bounds of the quantity, where it has them.

    Returns
    -------
    dict
        A metalog through the averages, as a scenario file writes it: a number or a law.

    Raises
    ------
    CalibrationError
        Naming the expert whose quantiles are no distribution, and why.

    Examples
    --------
    >>> first = Expert({0.1: 30.0, 0.5: 50.0, 0.9: 80.0})
    >>> second = Expert({0.1: 60.0, 0.5: 90.0, 0.9: 150.0}, weight=3.0)
    >>> average_quantiles([first, second])["quantiles"]
    [[0.1, 52.5], [0.5, 80.0], [0.9, 132.5]]
    """
    weights = np.array(_weights(experts))
    if levels is None:
        levels = _common(experts)
    rows = []
    for i, expert in enumerate(experts, start=1):
        law = _metalog(i, expert, low, high)
        missing = [level for level in levels if level not in expert.quantiles]
        found = Distribution.from_mapping(law).quantile(missing).tolist() if missing else []
        known = dict(zip(missing, found, strict=True)) | dict(expert.quantiles)
        rows.append([known[level] for level in levels])
    pairs = [
        [level, short(float(value))] for level, value in zip(levels, weights @ rows, strict=True)
    ]
    return _checked("the average", pairs, low, high)


def pooled_metalog(
    experts: Sequence[Expert],
    *,
    levels: Sequence[float] = LEVELS,
    low: float = -math.inf,
    high: float = math.inf,
) -> dict[str, Any]:
    """Return a metalog through quantiles of the linear opinion pool, smoother than the pool.

    Parameters
    ----------
    experts : sequence of Expert
    levels : sequence of float
        Levels at which it agrees with the pool.
    low, high : float
        Bounds of the quantity, where it has them.

    Returns
    -------
    dict
        As a scenario file writes it.

    Raises
    ------
    CalibrationError
        If no metalog goes through them, as with two humps: use the pool itself.

    Examples
    --------
    >>> one = Expert({0.1: 30.0, 0.5: 50.0, 0.9: 80.0})
    >>> pooled_metalog([one, one], levels=[0.1, 0.5, 0.9])["quantiles"]
    [[0.1, 30.0], [0.5, 50.0], [0.9, 80.0]]
    """
    pool = pool_linearly(experts, low=low, high=high)
    parts = [Distribution.from_mapping(part) for part in pool["components"]]
    values = mixture_quantiles(parts, pool["weights"], levels)
    pairs = [[level, short(value)] for level, value in zip(levels, values, strict=True)]
    return _checked("the pool", pairs, low, high)


def _common(experts: Sequence[Expert]) -> Sequence[float]:
    shared = sorted(set.intersection(*(set(one.quantiles) for one in experts)))
    return shared if len(shared) >= FEWEST else LEVELS


def _weights(experts: Sequence[Expert]) -> list[float]:
    if not experts:
        raise CalibrationError("there are no experts to pool; give at least one")
    for i, expert in enumerate(experts, start=1):
        if not 0.0 < expert.weight < math.inf:
            raise CalibrationError(
                f"expert {i} has weight {expert.weight}; weights must be above 0, leave out an "
                "expert who does not count"
            )
    total = sum(expert.weight for expert in experts)
    return [expert.weight / total for expert in experts]


def _metalog(number: int, expert: Expert, low: float, high: float) -> dict[str, Any]:
    pairs = [[float(level), float(value)] for level, value in sorted(expert.quantiles.items())]
    return _checked(f"expert {number}", pairs, low, high)


def _checked(who: str, pairs: list[list[float]], low: float, high: float) -> dict[str, Any]:
    problem = metalog_problem(pairs, low, high)
    if problem:
        rule, remedy = problem
        raise CalibrationError(f"{who}, with quantiles {pairs}: {rule}; {remedy}")
    law: dict[str, Any] = {"dist": "metalog", "quantiles": pairs}
    law |= {"low": low} if low > -math.inf else {}
    return law | ({"high": high} if high < math.inf else {})
