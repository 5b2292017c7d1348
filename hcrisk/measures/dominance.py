"""Whether one strategy is better for everybody: stochastic dominance among costs, with a test."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import NamedTuple

import numpy as np
import xarray as xr
from scipy import special

from hcrisk.arguments import check_whole
from hcrisk.measures._estimators import Floats
from hcrisk.measures._labelled import Sample, check_share, read_sample, warn_few_paths

ESTABLISHED, REFUTED, UNDECIDED = "established", "refuted", "undecided"
VERDICTS = (ESTABLISHED, REFUTED, UNDECIDED)
# Below this share of the largest amount a difference of stop-loss means is rounding.
_ROUNDING = 1e-12


def stochastic_dominance(
    ds: xr.Dataset,
    order: int = 1,
    *,
    of: str = "npv",
    strategies: Iterable[str] | None = None,
    between: tuple[float, float] = (0.01, 0.99),
    points: int = 25,
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return, for each pair of strategies, whether one is better whatever the taste for risk.

    Costs, so less is better [1]_. A dominates B

    * to the first order if it is nowhere likelier to exceed an amount,
      :math:`P(A > x) \le P(B > x)` for every x: everybody who prefers paying less prefers A;
    * to the second order if it nowhere has the larger expected overrun,
      :math:`E[(A - x)^+] \le E[(B - x)^+]` for every x (increasing convex order): everybody
      who also dislikes risk prefers A. The first order implies the second.

    ``violation`` is the largest amount by which the sample breaks the rule at any x whatever; it
    is 0 where A dominates B in the sample.

    Two tests, on ``points`` amounts at even steps of level of both strategies' pooled paths, from
    and to the levels ``between``. Both are taken on the paths' own differences, so that common
    random numbers count: for the first order the exact sign test of the paths on which only one
    of the two exceeds the amount [2]_, for the second Davidson and Duclos' asymptotic statistic
    [3]_, a mean of paired differences over its standard error.

    * ``p_established``: null, that A does not dominate B. The largest of the one-sided p-values
      (an intersection-union test [4]_, valid without correction): small only if A is better at
      every amount tested. Amounts at which no path tells the two apart are passed over.
    * ``p_refuted``: null, that A dominates B. The smallest of the opposite p-values times
      ``points`` (Bonferroni, valid for any dependence among the amounts).

    No amount outside ``between`` is tested [5]_: no finite number of paths can tell who has the
    lighter tail beyond the largest of them. The first order may therefore be established there
    while the second is not, which sees all that lies beyond an amount.

    Parameters
    ----------
    ds
        Result of `simulate`.
    order
        1 or 2.
    of
        Variable to compare, over strategy and path.
    strategies
        Names of the strategies to compare, at least two; all when omitted.
    between
        Levels in (0, 1) between which dominance is tested.
    points
        Number of amounts at which it is tested, at least 1. More leave smaller gaps between them,
        and make it harder to refute.
    confidence
        Confidence of the interval and of the verdict, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over ``strategy`` (A) and ``other`` (B), NaN where both are the same: ``violation`` with
        ``violation_lower`` and ``violation_upper`` (a probability for the first order, the unit
        of the variable for the second; simultaneous normal bounds over the amounts tested,
        Bonferroni), ``p_established`` and ``p_refuted``, and ``verdict``: "established" or
        "refuted" where the p-value is below ``1 - confidence``, otherwise "undecided" ("" for a
        strategy and itself). Probabilities are per pair, not joint over pairs. ``order`` is a
        scalar coordinate.

    Raises
    ------
    ValueError
        An order other than 1 and 2, levels or a confidence outside (0, 1) or in the wrong order,
        fewer than two strategies, a variable with further dimensions, or values not finite.

    Warns
    -----
    PrecisionWarning
        There is a single path: nothing can be tested.

    References
    ----------
    .. [1] H. Levy, "Stochastic Dominance", 2nd ed., Springer, 2006, chapter 3; M. Shaked, J. G.
       Shanthikumar, "Stochastic Orders", Springer, 2007, chapters 1 and 4.
    .. [2] Q. McNemar, "Note on the sampling error of the difference between correlated
       proportions or percentages", Psychometrika 12(2), 1947, 153-157.
    .. [3] R. Davidson, J.-Y. Duclos, "Statistical inference for stochastic dominance and for the
       measurement of poverty and inequality", Econometrica 68(6), 2000, 1435-1464.
    .. [4] A. Kaur, B. L. S. Prakasa Rao, H. Singh, "Testing for second-order stochastic dominance
       of two distributions", Econometric Theory 10(5), 1994, 849-866.
    .. [5] R. Davidson, J.-Y. Duclos, "Testing for restricted stochastic dominance", Econometric
       Reviews 32(1), 2013, 84-125.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> current = np.arange(1000.0)
    >>> npv = [current, current - 100.0]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": ["current", "msp"]})
    >>> result = stochastic_dominance(ds, 1)
    >>> result["verdict"].sel(strategy="msp", other="current").item()
    'established'
    >>> result["violation"].sel(strategy="current", other="msp").item()
    0.1
    """
    check_whole("points", points, 1)
    order = _checked_order(order)
    ends, confidence = _checked_ends(between), check_share("confidence", confidence)
    sample = read_sample(ds, of, by_strategy=True, strategies=strategies)
    if sample.labels.ndim > 1 or sample.values.shape[0] < 2:
        raise ValueError(
            f"of={of!r} must have the dimensions ('strategy', 'path') and at least two strategies, "
            f"got {dict(ds[of].sizes)}; select one of the others, as in ds.sel(year=1)"
        )
    if sample.n_path == 1:
        _warn(sample, confidence)
    levels = np.linspace(*ends, points)
    return _dominance(sample, order, levels, confidence)


class _Pair(NamedTuple):
    """What is found of one strategy against another."""

    violation: float
    lower: float
    upper: float
    p_established: float
    p_refuted: float


def _dominance(sample: Sample, order: int, levels: Floats, confidence: float) -> xr.Dataset:
    count = sample.values.shape[0]
    found = np.full((count, count, len(_Pair._fields)), np.nan)
    for i in range(count):
        for j in range(i + 1, count):
            pairs = _compare(sample.values[i], sample.values[j], order, levels, confidence)
            found[i, j], found[j, i] = pairs
    names = sample.labels["strategy"].values if "strategy" in sample.labels.coords else None
    along = xr.DataArray(
        np.arange(count) if names is None else names,
        dims="other",
        attrs={"long_name": "strategy compared with", **sample.labels["strategy"].attrs},
    )
    what = "probability of exceeding an amount" if order == 1 else "expected overrun of an amount"
    units = "1" if order == 1 else sample.units
    said = {
        "violation": (f"largest excess in the {what}", units),
        "violation_lower": (f"lower bound of the largest excess in the {what}", units),
        "violation_upper": (f"upper bound of the largest excess in the {what}", units),
        "p_established": ("p-value against no dominance", "1"),
        "p_refuted": ("p-value against dominance", "1"),
    }
    variables = {
        name: sample.label(found[..., k], long_name, units=unit, along=along)
        for k, (name, (long_name, unit)) in enumerate(said.items())
    }
    verdict = np.full((count, count), UNDECIDED, dtype=f"<U{len(ESTABLISHED)}")
    verdict[found[..., 3] < 1.0 - confidence] = ESTABLISHED
    verdict[found[..., 4] < 1.0 - confidence] = REFUTED
    np.fill_diagonal(verdict, "")
    variables["verdict"] = sample.label(verdict, "dominance of strategy over other", along=along)
    variables["verdict"].attrs["units"] = "1"
    result = sample.dataset(variables, measure="stochastic_dominance", confidence=confidence)
    return result.assign_coords(order=order)


def _compare(
    a: Floats, b: Floats, order: int, levels: Floats, confidence: float
) -> tuple[_Pair, _Pair]:
    """Return what is found of A against B, and of B against A."""
    pooled, n = np.sort(np.concatenate([a, b])), a.size
    excess = (_sums(a, order, pooled) - _sums(b, order, pooled)) / n
    if order == 2:
        excess[np.abs(excess) <= _ROUNDING * max(abs(pooled[0]), abs(pooled[-1]))] = 0.0
    grid = np.unique(np.quantile(pooled, levels, method="inverted_cdf"))
    means, errors, worse, better = (np.empty(grid.size) for _ in range(4))
    for k, amount in enumerate(grid):
        means[k], errors[k], worse[k], better[k] = _tested(a, b, order, amount)
    half = special.ndtri(1.0 - (1.0 - confidence) / (2.0 * levels.size)) * errors
    # Amounts at which no path tells the two apart say nothing against dominance.
    told = ~np.isnan(worse)

    def pair(sign: float, for_it: Floats, against: Floats) -> _Pair:
        violation = max(0.0, float((sign * excess).max()))
        low, high = sign * means - half, sign * means + half
        return _Pair(
            violation,
            min(max(0.0, float(low.max())), violation) if n > 1 else 0.0,
            max(float(high.max()), violation) if n > 1 else np.inf,
            float(for_it[told].max()) if told.any() and n > 1 else 1.0,
            min(1.0, levels.size * float(against[told].min())) if told.any() and n > 1 else 1.0,
        )

    return pair(1.0, better, worse), pair(-1.0, worse, better)


def _sums(values: Floats, order: int, amounts: Floats) -> Floats:
    """Return how many paths exceed each amount, or by how much they do together."""
    ordered = np.sort(values)
    first = np.searchsorted(ordered, amounts, side="right")
    above = values.size - first
    if order == 1:
        return np.asarray(above, dtype=float)
    # Measured from the largest path, sums of far tails keep their digits.
    top = ordered[-1]
    below_top = np.concatenate([np.cumsum((ordered - top)[::-1])[::-1], [0.0]])
    return np.asarray(below_top[first] - above * (amounts - top))


def _tested(a: Floats, b: Floats, order: int, amount: float) -> tuple[float, float, float, float]:
    """Return mean and error of A's excess, and the p-values that A is worse, that it is better.

    Both are NaN where all paths agree.
    """
    n = a.size
    if order == 1:
        difference = (a > amount).astype(float) - (b > amount)
    else:
        difference = np.maximum(a - amount, 0.0) - np.maximum(b - amount, 0.0)
    mean = float(difference.mean())
    error = float(difference.std(ddof=1) / np.sqrt(n)) if n > 1 else np.inf
    if not difference.any():
        return 0.0, 0.0, np.nan, np.nan
    if order == 1:
        more, less = int((difference > 0).sum()), int((difference < 0).sum())
        return mean, error, _sign_test(more, more + less), _sign_test(less, more + less)
    if error == 0.0:
        return mean, error, float(mean < 0), float(mean > 0)
    return mean, error, float(special.ndtr(-mean / error)), float(special.ndtr(mean / error))


def _sign_test(count: int, total: int) -> float:
    """Return the chance of at least ``count`` heads among ``total`` tosses."""
    return float(special.bdtrc(count - 1, total, 0.5)) if count else 1.0


def _checked_order(order: int) -> int:
    if isinstance(order, bool) or not isinstance(order, Integral) or order not in (1, 2):
        raise ValueError(
            f"order must be 1 (everybody who prefers paying less) or 2 (who also dislikes risk), "
            f"got {order!r}; write order=2"
        )
    return int(order)


def _checked_ends(between: tuple[float, float]) -> tuple[float, float]:
    if isinstance(between, str) or len(between) != 2:
        raise ValueError(f"between must be two levels, got {between!r}; write (0.01, 0.99)")
    low, high = (check_share("between", level) for level in between)
    if low >= high:
        raise ValueError(f"between must rise, got {between!r}; write (0.01, 0.99)")
    return low, high


def _warn(sample: Sample, confidence: float) -> None:
    warn_few_paths(sample, "dominance", 2, confidence)
