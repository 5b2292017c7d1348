"""Who owns the cost and its tail: allocation to components, services and years."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import xarray as xr

from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    batch_count,
    batch_estimate,
    in_batches,
    mean_estimate,
    paths_to_batch,
    paths_to_bound_quantile,
    sorted_batches,
    tail_estimate,
    tail_mean,
)
from hcrisk.measures._labelled import Sample, check_share, warn_few_paths
from hcrisk.measures._parts import By, check_by, mean_error, read_parts, tail_weights, weighted_mean
from hcrisk.variables import scalar


def allocate(
    ds: xr.Dataset,
    level: float = 0.95,
    *,
    by: By | Iterable[By] = "service",
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return what each component, service or year adds to the mean and to the tail of the cost.

    The Euler allocation of tail value at risk [1]_: with S the discounted cost and X one of its
    parts, the part's share of the tail is its mean on the paths where the *whole* is worst,

    .. math:: E[X \mid S \text{ among its worst } 1 - p],

    estimated with the weights of `hcrisk.measures.tail_value_at_risk` [2]_: every path above the
    boundary weighs the same, and the paths equal to it share what is left of the tail. Parts
    therefore add up to the tail of the whole, to rounding, also where the cost has atoms. A part
    can take away from the tail: insurance recoveries do.

    A part's ``standalone_tail`` is the mean of *its own* worst paths. Parts are seldom worst
    together, so their tails add up to more than the tail of the sum; the excess is
    ``diversification``, never negative, and what would be reserved in vain if each part kept a
    reserve of its own.

    Intervals and standard errors of the mean are central-limit ones. ``standalone_tail`` and
    ``total_tail`` have the interval of `hcrisk.measures.tail_value_at_risk`; ``tail_cost`` and
    ``diversification`` have theirs from 10 to 30 batches of paths, each with its own boundary
    (sectioning [3]_), so that it includes the error of the boundary.

    Parameters
    ----------
    ds
        Result of `simulate`, whole.
    level
        Level in (0, 1): 0.95 allocates the mean of the worst 5% of the paths.
    by
        ``"component"``, ``"service"`` or ``"year"`` (detail ``"default"``), or several of them
        for every combination (detail ``"full"``). Costs of years are discounted to today.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over ``strategy`` and ``by``, in currency: ``mean_cost``, ``tail_cost`` and
        ``standalone_tail``. Over ``strategy``: ``total_mean``, ``total_tail`` and
        ``diversification``. Each has its bounds beside it under the suffixes ``_lower`` and
        ``_upper``; ``mean_cost`` and ``tail_cost`` also have ``_standard_error``.
        ``level`` is a scalar coordinate. With fewer than ``50 / (1 - level)`` paths the bounds of
        the tail are infinite, unless a part is the same on all paths.

    Raises
    ------
    ValueError
        A level or confidence outside (0, 1), an unknown or repeated ``by``, a result without the
        variable that ``by`` needs, parts that do not add up to ``npv`` (a selection), or values
        that are not finite.

    Warns
    -----
    PrecisionWarning
        Bounds are infinite: there are too few paths to cut into batches.

    See Also
    --------
    hcrisk.measures.tail_value_at_risk : The tail that is allocated.

    References
    ----------
    .. [1] D. Tasche, "Capital allocation to business units and sub-portfolios: the Euler
       principle", in A. Resti (ed.), "Pillar II in the New Basel Accord", Risk Books, 2008,
       423-453.
    .. [2] C. Acerbi, D. Tasche, "On the coherence of expected shortfall", Journal of Banking &
       Finance 26(7), 2002, 1487-1503.
    .. [3] S. Asmussen, P. W. Glynn, "Stochastic Simulation", Springer, 2007, section III.5.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> staff, breach = np.full(1000, 10.0), np.where(np.arange(1000) % 100 < 2, 50.0, 0.0)
    >>> ds = xr.Dataset(
    ...     {
    ...         "npv": (("strategy", "path"), [staff + breach]),
    ...         "component_npv": (("strategy", "component", "path"), [[staff, breach]]),
    ...     },
    ...     {"strategy": ["current"], "component": ["salaries", "breach"]},
    ... )
    >>> result = allocate(ds, 0.95, by="component").sel(strategy="current")
    >>> result["tail_cost"].values.round(9).tolist(), result["total_tail"].item()
    ([10.0, 20.0], 30.0)
    """
    level, confidence = check_share("level", level), check_share("confidence", confidence)
    whole, parts = read_parts(ds, check_by(by))
    _warn(whole, level, confidence)
    return _allocation(whole, parts, level, confidence)


def _allocation(whole: Sample, parts: Sample, level: float, confidence: float) -> xr.Dataset:
    ordered, ordered_parts = np.sort(whole.values, axis=-1), np.sort(parts.values, axis=-1)
    batches = batch_count(whole.n_path, 1.0 - level)
    tail, error = _euler(whole, parts, level, confidence, batches)
    standalone = tail_estimate(ordered_parts, level, confidence)
    apart = batch_estimate(
        _diversification(ordered, ordered_parts, level),
        _diversification(
            sorted_batches(whole.values, batches), sorted_batches(parts.values, batches), level
        )
        if batches
        else None,
        confidence,
    )
    title = whole.title
    said = {
        "mean_cost": (parts, mean_estimate(parts.values, confidence), f"mean of {parts.title}"),
        "tail_cost": (parts, tail, f"share of the tail mean of {parts.title}"),
        "standalone_tail": (parts, standalone, f"tail mean on its own of {parts.title}"),
        "total_mean": (whole, mean_estimate(whole.values, confidence), f"mean of {title}"),
        "total_tail": (
            whole,
            tail_estimate(ordered, level, confidence),
            f"tail mean of {title}",
        ),
        "diversification": (whole, apart, f"tails of the parts less the tail of {title}"),
    }
    variables = dict[str, xr.DataArray]()
    for name, (sample, estimate, long_name) in said.items():
        variables |= sample.label_estimate(estimate, long_name, name=name)
    errors = {"mean_cost": mean_error(parts.values), "tail_cost": error}
    for name, values in errors.items():
        long_name = f"standard error of {said[name][2]}"
        variables[f"{name}_standard_error"] = parts.label(values, long_name)
    result = whole.dataset(variables, measure="allocate", confidence=confidence)
    return result.assign_coords(level=scalar("level", level, "1"))


def _euler(
    whole: Sample, parts: Sample, level: float, confidence: float, batches: int
) -> tuple[Estimate, Floats]:
    """Return each part's share of the tail with its interval, and its standard error."""
    value = _shares(whole.values, parts.values, level)
    if batches:
        by_batch = _shares(
            in_batches(whole.values, batches), in_batches(parts.values, batches), level
        )
        square = np.square(by_batch - value[..., None]).sum(axis=-1)
        error = np.asarray(np.sqrt(square / (batches * (batches - 1))))
        return batch_estimate(value, by_batch, confidence), error
    estimate = batch_estimate(value, None, confidence)
    certain = parts.values.min(axis=-1) == parts.values.max(axis=-1)
    certain &= parts.n_path >= paths_to_bound_quantile(level, confidence)
    lower, upper = (np.where(certain, value, bound) for bound in estimate[1:])
    return Estimate(value, lower, upper), np.where(certain, 0.0, np.inf)


def _shares(whole: Floats, parts: Floats, level: float) -> Floats:
    """Return the mean of each part over the tail of the whole; paths along the last axis."""
    weights = tail_weights(whole, level)
    between = tuple(range(1, 1 + parts.ndim - whole.ndim))
    return weighted_mean(parts, np.expand_dims(weights, between))


def _diversification(ordered: Floats, ordered_parts: Floats, level: float) -> Floats:
    between = tuple(range(1, 1 + ordered_parts.ndim - ordered.ndim))
    return np.asarray(tail_mean(ordered_parts, level).sum(axis=between) - tail_mean(ordered, level))


def _warn(whole: Sample, level: float, confidence: float) -> None:
    if not batch_count(whole.n_path, 1.0 - level):
        needed = paths_to_batch(1.0 - level)
        warn_few_paths(whole, f"allocation of TVaR at {level:g}", needed, confidence)
