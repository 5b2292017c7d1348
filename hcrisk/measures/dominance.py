"""Whether one strategy is better for everybody: stochastic dominance among costs, with a test."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy import special

from hcrisk.arguments import check_whole
from hcrisk.exceptions import ArgumentError
from hcrisk.measures._estimators import Floats
from hcrisk.measures._labelled import Sample, check_share, level_name, read_sample, warn_few_paths
from hcrisk.variables import scalar

ESTABLISHED, REFUTED, UNDECIDED = "established", "refuted", "undecided"
VERDICTS = (ESTABLISHED, REFUTED, UNDECIDED)
# Beyond the levels asked for, amounts are tested out to where so many pooled paths are left.
_HANDFUL = 10
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
    and to the levels ``between``, and on amounts further out on both sides, each with half as many
    paths beyond it as the one before, as long as ten are left. Both are taken on the paths' own
    differences, so that common random numbers count: for the first order the exact sign test of
    the paths on which only one of the two exceeds the amount [2]_, for the second Davidson and
    Duclos' asymptotic statistic [3]_, a mean of paired differences over its standard error.

    * ``p_within``: null, that A does not dominate B between the levels ``between`` [5]_. The
      largest of the one-sided p-values there (an intersection-union test [4]_, valid without
      correction): small only if A is better at every amount tested. Amounts at which no path
      tells the two apart are passed over.
    * ``p_established``: the same null and test with the amounts further out. Of those, amounts
      that too few paths tell apart for any verdict are passed over where A is not the worse.
    * ``p_refuted``: null, that A dominates B. The smallest of the opposite p-values times
      the number of amounts (Bonferroni, valid for any dependence among the amounts).

    The first two are 1 where the paths speak against dominance elsewhere: further out A is worse
    at the stated confidence at any one amount, or, for the first order, the second is refuted,
    which the first implies. What is established to the first order is established to the second
    as well, as the larger p-value of the two is taken. No finite number of paths can tell who has
    the lighter tail beyond the largest of them.

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
        Levels in (0, 1) between which dominance is tested densely.
    points
        Number of amounts at which it is tested there, at least 1. More leave smaller gaps between
        them, and make it harder to refute.
    confidence
        Confidence of the interval and of the verdict, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over ``strategy`` (A) and ``other`` (B), NaN where both are the same: ``violation`` with
        ``violation_lower`` and ``violation_upper`` (a probability for the first order, the unit
        of the variable for the second; simultaneous normal bounds over the amounts tested,
        Bonferroni), ``p_within``, ``p_established`` and ``p_refuted``, and ``verdict``:
        "established" or "refuted" where that p-value is below ``1 - confidence``, "established
        between P1 and P99" (the levels ``between``) where only ``p_within`` is, otherwise
        "undecided" ("" for a strategy and itself). Probabilities are per pair, not joint over
        pairs. ``order`` is a scalar coordinate.

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
    p_within: float
    p_established: float
    p_refuted: float


class _Tested(NamedTuple):
    """What the paths say at one amount; the p-values are NaN where all paths agree.

    Attributes
    ----------
    mean, error : float
        Of A's excess over B.
    worse, better : float
        The p-values that A is worse, that it is better.
    apart : int
        How many paths tell the two apart.
    """

    mean: float
    error: float
    worse: float
    better: float
    apart: int


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
        "p_within": ("p-value against no dominance between the levels", "1"),
        "p_established": ("p-value against no dominance", "1"),
        "p_refuted": ("p-value against dominance", "1"),
    }
    variables = {
        name: sample.label(found[..., k], long_name, units=unit, along=along)
        for k, (name, (long_name, unit)) in enumerate(said.items())
    }
    within, established, refuted = (found[..., k] < 1.0 - confidence for k in (3, 4, 5))
    partly = f"{ESTABLISHED} between {level_name(levels[0])} and {level_name(levels[-1])}"
    verdict = np.select(
        [refuted, established, within], [REFUTED, ESTABLISHED, partly], default=UNDECIDED
    )
    np.fill_diagonal(verdict, "")
    variables["verdict"] = sample.label(verdict, "dominance of strategy over other", along=along)
    variables["verdict"].attrs["units"] = "1"
    result = sample.dataset(variables, measure="stochastic_dominance", confidence=confidence)
    return result.assign_coords(order=scalar("order", order, "1"))


def _compare(
    a: Floats, b: Floats, order: int, levels: Floats, confidence: float
) -> tuple[_Pair, _Pair]:
    """Return what is found of A against B, and of B against A."""
    pooled, n = np.sort(np.concatenate([a, b])), a.size
    excess = (_sums(a, order, pooled) - _sums(b, order, pooled)) / n
    if order == 2:
        excess[np.abs(excess) <= _ROUNDING * max(abs(pooled[0]), abs(pooled[-1]))] = 0.0
    every = np.concatenate([levels, _further_out(levels, pooled.size)])
    amounts, first = np.unique(np.quantile(pooled, every, method="inverted_cdf"), return_index=True)
    tested = [_tested(a, b, order, amount) for amount in amounts]
    inner = first < levels.size
    half = special.ndtri(1.0 - (1.0 - confidence) / (2.0 * every.size))
    means, errors = (np.array([getattr(one, key) for one in tested]) for key in ("mean", "error"))

    def pair(sign: float) -> _Pair:
        violation = max(0.0, float((sign * excess).max()))
        low, high = (sign * means + end * half * errors for end in (-1.0, 1.0))
        seen = tested if sign > 0 else [
            one._replace(worse=one.better, better=one.worse) for one in tested]  # fmt: skip
        return _Pair(
            violation,
            min(max(0.0, float(low.max())), violation) if n > 1 else 0.0,
            max(float(high.max()), violation) if n > 1 else np.inf,
            *(_p_values(seen, inner, every.size, 1.0 - confidence) if n > 1 else (1.0,) * 3),
        )

    pairs = pair(1.0), pair(-1.0)
    if order == 2:
        return pairs
    # The first order implies the second: what is said of it is held to that.
    second = _compare(a, b, 2, levels, confidence)
    error = 1.0 - confidence
    return _held_to(pairs[0], second[0], error), _held_to(pairs[1], second[1], error)


def _held_to(one: _Pair, implied: _Pair, error: float) -> _Pair:
    within = 1.0 if implied.p_refuted < error else one.p_within
    return one._replace(
        p_within=within, p_established=max(one.p_established, implied.p_established)
    )


def _further_out(levels: Floats, count: int) -> Floats:
    """Return levels beyond the others, each with half as many of the paths left.

    Examples
    --------
    >>> _further_out(np.array([0.01, 0.99]), 4000).tolist()
    [0.005, 0.0025, 0.995, 0.9975]
    """

    def halved(share: float) -> Floats:
        steps = max(0, math.floor(math.log2(share * count / _HANDFUL)))
        return share * 0.5 ** np.arange(1.0, steps + 1)

    return np.concatenate([halved(float(levels[0])), 1.0 - halved(1.0 - float(levels[-1]))])


def _p_values(
    tested: list[_Tested], inner: npt.NDArray[np.bool_], count: int, error: float
) -> tuple[float, float, float]:
    """Return the p-values that A dominates within the levels, at all, and that it does not."""
    told = [one.apart > 0 for one in tested]
    if not any(told):
        return 1.0, 1.0, 1.0
    outer = [one for one, own, known in zip(tested, inner, told, strict=True) if known and not own]
    # So many paths that agree are the fewest that convince a sign test.
    fewest = math.ceil(-math.log2(error))
    within = [one.better for one, own, known in zip(tested, inner, told, strict=True)
              if own and known]  # fmt: skip
    beyond = [one.better for one in outer if one.apart >= fewest or one.mean > 0.0]
    refuted = min(one.worse for one, known in zip(tested, told, strict=True) if known)
    against = any(one.worse < error for one in outer)
    return (
        1.0 if against or not within else max(within),
        1.0 if against else max([*within, *beyond], default=1.0),
        min(1.0, count * refuted),
    )


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


def _tested(a: Floats, b: Floats, order: int, amount: float) -> _Tested:
    """Return what the paths say at one amount."""
    n = a.size
    if order == 1:
        difference = (a > amount).astype(float) - (b > amount)
    else:
        difference = np.maximum(a - amount, 0.0) - np.maximum(b - amount, 0.0)
    mean, apart = float(difference.mean()), int(np.count_nonzero(difference))
    error = float(difference.std(ddof=1) / np.sqrt(n)) if n > 1 else np.inf
    if not apart:
        return _Tested(0.0, 0.0, np.nan, np.nan, 0)
    if order == 1:
        more, less = int((difference > 0).sum()), int((difference < 0).sum())
        p_values = _sign_test(more, apart), _sign_test(less, apart)
    elif error == 0.0:
        p_values = float(mean < 0), float(mean > 0)
    else:
        p_values = float(special.ndtr(-mean / error)), float(special.ndtr(mean / error))
    return _Tested(mean, error, *p_values, apart)


def _sign_test(count: int, total: int) -> float:
    """Return the chance of at least ``count`` heads among ``total`` tosses."""
    return float(special.bdtrc(count - 1, total, 0.5)) if count else 1.0


def _checked_order(order: int) -> int:
    if isinstance(order, bool) or not isinstance(order, Integral) or order not in (1, 2):
        raise ArgumentError(
            "order",
            order,
            "must be 1 (everybody who prefers paying less) or 2 (who also dislikes risk)",
            "write order=2",
        )
    return int(order)


def _checked_ends(between: tuple[float, float]) -> tuple[float, float]:
    if isinstance(between, str) or len(between) != 2:
        raise ArgumentError("between", between, "must be two levels", "write (0.01, 0.99)")
    low, high = (check_share("between", level) for level in between)
    if low >= high:
        raise ArgumentError("between", between, "must rise", "write (0.01, 0.99)")
    return low, high


def _warn(sample: Sample, confidence: float) -> None:
    warn_few_paths(sample, "dominance", 2, confidence)
