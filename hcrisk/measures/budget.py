"""What to set aside: contingency, management reserve, and the worst year to be paid."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real

import numpy as np
import xarray as xr

from hcrisk.exceptions import ArgumentError
from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    quantile,
    wilson_estimate,
)
from hcrisk.measures._labelled import (
    Sample,
    check_choice,
    check_share,
    level_name,
    read_sample,
    warn_few_paths,
)
from hcrisk.measures._sections import exact_mean, sectioned, warn_few_beyond
from hcrisk.measures._weighted_budget import designed_differences
from hcrisk.measures.percentile import quantile_estimates, sample_mean
from hcrisk.variables import scalar


def budget(
    ds: xr.Dataset,
    level: float = 0.8,
    *,
    reserve: float = 0.95,
    base: float | Mapping[str, float] | None = None,
    of: str = "npv",
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return the contingency and the management reserve that reach stated chances of being enough.

    Practice of project cost management [1]_ [2]_: the ``budget`` is the cost that a share
    ``level`` of the futures does not exceed; the ``contingency`` is what it adds to the ``base``,
    the plan or the mean; the ``management_reserve`` is what it takes from there to the
    ``ceiling``, the cost that a share ``reserve`` does not exceed. Base, contingency and
    management reserve add up to the ceiling. A contingency below zero says that the plan holds
    more than the level asks for. For the chance of exceeding any other amount see
    `hcrisk.measures.probability_above`.

    Budget and ceiling are Hyndman-Fan type 7 quantiles with intervals from order statistics.
    Differences that hold two estimates (budget less mean, ceiling less budget) have intervals
    from paired batches of paths, as in `hcrisk.measures.compare`; a budget less a stated plan
    has that of the budget, moved.

    Parameters
    ----------
    ds
        Result of `simulate`.
    level
        Chance, in (0, 1), that the budget is enough: 0.8 sets aside up to P80.
    reserve
        Chance that budget and management reserve together are enough, above ``level``.
    base
        The plan: one amount, or one for each strategy by name; the mean when omitted. In the
        unit of the variable, and for each year the same if ``of="cost"``.
    of
        Variable to budget: ``"npv"``, or ``"cost"`` for each year, nominal.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over the variable's dimensions without ``path``: ``base``, ``contingency``, ``budget``,
        ``management_reserve``, ``ceiling`` (unit of the variable) and
        ``probability_over_base``, each with its bounds beside it under the suffixes ``_lower``
        and ``_upper``. ``level`` and ``reserve`` are scalar coordinates. Bounds are infinite
        where there are too few paths; those of a stated plan are the plan.

    Raises
    ------
    ValueError
        A level, reserve or confidence outside (0, 1), a reserve that is not above the level, a
        base that is not finite or misses a strategy, an unknown variable, or values that are not
        finite.

    Warns
    -----
    PrecisionWarning
        Bounds are infinite: there are too few paths.

    References
    ----------
    .. [1] Project Management Institute, "A Guide to the Project Management Body of Knowledge",
       6th ed., 2017, section 7.3 (contingency and management reserves).
    .. [2] U.S. Government Accountability Office, "Cost Estimating and Assessment Guide",
       GAO-20-195G, 2020, chapter 12.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> npv = np.arange(1.0, 2002.0)
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), [npv])}, {"strategy": ["current"]})
    >>> result = budget(ds, 0.8, reserve=0.95).sel(strategy="current")
    >>> [result[name].item() for name in ("base", "contingency", "management_reserve")]
    [1001.0, 600.0, 300.0]
    >>> budget(ds, 0.8, base={"current": 1500.0})["contingency"].values.tolist()
    [101.0]
    """
    level, reserve = check_share("level", level), check_share("reserve", reserve)
    confidence = check_share("confidence", confidence)
    if reserve <= level:
        remedy = f"write one such as reserve={(1 + level) / 2:g}"
        raise ArgumentError("reserve", reserve, f"must lie above level={level:g}", remedy)
    sample = read_sample(ds, of, designed=True)
    plan = None if base is None else _plan(sample, base)
    if sample.design is None:
        warn_few_beyond(sample, "budget at {}", (level, reserve), confidence)
    return _budget(sample, level, reserve, plan, confidence)


def _budget(
    sample: Sample, level: float, reserve: float, plan: Floats | None, confidence: float
) -> xr.Dataset:
    at, top = quantile_estimates(sample, (level, reserve), confidence)
    differences = designed_differences if sample.design is not None else _differences
    between, over, spare = differences(sample, level, reserve, plan, confidence)
    base = sample_mean(sample, confidence) if plan is None else Estimate(plan, plan, plan)
    spare = spare or Estimate(*(bound - base.value for bound in at))
    if sample.design is not None and not np.isfinite(top.upper).all():
        needed = max(sample.design.paths_to_section(at) for at in (level, reserve))
        warn_few_paths(sample, "budget", needed, confidence)
    low, high, title = level_name(level), level_name(reserve), sample.title
    said = {
        "base": (base, f"{'mean' if plan is None else 'plan'} of {title}"),
        "contingency": (spare, f"{low} less base of {title}"),
        "budget": (at, f"{low} of {title}"),
        "management_reserve": (between, f"{high} less {low} of {title}"),
        "ceiling": (top, f"{high} of {title}"),
        "probability_over_base": (over, f"probability that {title} exceeds the base"),
    }
    variables = dict[str, xr.DataArray]()
    for name, (estimate, long_name) in said.items():
        units = "1" if name == "probability_over_base" else None
        variables |= sample.label_estimate(estimate, long_name, name=name, units=units)
    result = sample.dataset(variables, measure="budget", confidence=confidence)
    return result.assign_coords(
        level=scalar("level", level, "1"), reserve=scalar("reserve", reserve, "1")
    )


def _differences(
    sample: Sample, level: float, reserve: float, plan: Floats | None, confidence: float
) -> tuple[Estimate, Estimate, Estimate | None]:
    """Return the management reserve, the chance over the base, and budget less mean as a base."""
    values, ordered = sample.values, np.sort(sample.values, axis=-1)
    between = sectioned(
        values,
        ordered,
        min(1.0 - reserve, level),
        confidence,
        lambda batch: np.asarray(quantile(batch, reserve) - quantile(batch, level)),
    )
    if plan is None:
        spare, over = _over_mean(values, ordered, level, confidence)
        return between, over, spare
    count = (values > plan[..., None]).sum(axis=-1).astype(float)
    return between, wilson_estimate(count, sample.n_path, confidence), None


def _over_mean(
    values: Floats, ordered: Floats, level: float, confidence: float
) -> tuple[Estimate, Estimate]:
    """Return how far the budget lies above the mean, and the chance of exceeding the mean."""

    def spare(batch: Floats) -> Floats:
        return np.asarray(quantile(batch, level) - exact_mean(batch))

    def over(batch: Floats) -> Floats:
        return np.asarray((batch > exact_mean(batch)[..., None]).mean(axis=-1))

    chance = sectioned(values, ordered, 0.5, confidence, over)
    return (
        sectioned(values, ordered, min(1.0 - level, level), confidence, spare),
        Estimate(chance.value, *(np.clip(bound, 0.0, 1.0) for bound in chance[1:])),
    )


def _plan(sample: Sample, base: float | Mapping[str, float]) -> Floats:
    """Return the plan over the variable's dimensions without ``path``."""
    plan = np.empty(sample.labels.shape)
    if not isinstance(base, Mapping):
        plan[...] = _amount("base", base)
        return plan
    if "strategy" not in sample.labels.dims:
        raise ArgumentError(
            "base",
            dict(base),
            f"must be one amount where {sample.name} has no dimension 'strategy'",
            "write base=6_400_000.0",
        )
    names = [str(name) for name in sample.labels["strategy"].values]
    for name in base:
        check_choice("base", name, names)
    missing = [name for name in names if name not in base]
    if missing:
        rule = f"must have an amount for every strategy, {missing} too"
        raise ArgumentError("base", dict(base), rule, f"add {missing[0]!r}: 6_400_000.0")
    axis = sample.labels.dims.index("strategy")
    amounts = np.array([_amount(f"base[{name!r}]", base[name]) for name in names])
    np.moveaxis(plan, axis, -1)[...] = amounts
    return plan


def _amount(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not np.isfinite(value):
        raise ArgumentError(name, value, "must be a finite amount", "write one such as 6_400_000.0")
    return float(value)
