"""What sets the worst paths apart from the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import xarray as xr

from hcrisk.measures._dependence import grades
from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    batch_count,
    batch_estimate,
    paths_to_batch,
    snapped,
)
from hcrisk.measures._inputs import read_inputs, read_target
from hcrisk.measures._labelled import Sample, check_share, read_sample, warn_few_paths

Rows = dict[str, tuple[Sample, Floats]]


def tail_drivers(
    ds: xr.Dataset,
    strategy: str,
    *,
    baseline: str | None = None,
    level: float = 0.95,
    of: str = "npv",
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return how inputs, incidents and components differ between the worst paths and the rest.

    The worst paths are the ``1 - level`` share of greatest cost; where paths tie at the boundary,
    each enters with the same part, so that the worst weigh exactly that share. If all paths are
    equal the worst are like the rest. Four differences are taken:

    * ``input_higher``: the probability that an input is higher on one of the worst paths than on
      one of the rest, a tie counted half; 0.5 says nothing (Mann and Whitney's statistic over the
      number of pairs [1]_).
    * ``component_excess``: mean of a component on the worst paths less that on the rest. The
      components add up to ``excess``, that of the cost itself, if ``of`` is npv.
    * ``events_excess``: the same for the number of events of a risk.
    * ``struck_excess``: the same for the share of paths on which a risk strikes at all.

    These are differences, not causes: an input correlated with a cause differs as well. The
    intervals come from batches, as in `hcrisk.measures.tail_value_at_risk`: every batch has worst
    paths of its own, so that what the boundary adds to the noise is in them.

    Parameters
    ----------
    ds
        Result of `simulate`. What it does not hold (at detail "totals") is left out.
    strategy
        Whose cost.
    baseline
        Strategy to subtract, path by path, from cost, components and events.
    level
        Level in (0, 1): the worst paths are those beyond it.
    of
        Variable by which paths are the worst, over strategy and path.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``excess``, and over ``parameter``, ``component`` and ``risk`` (each sorted, the greatest
        difference first) the variables above, each with its bounds under ``_lower`` and
        ``_upper``; beside them ``component_worst`` and ``component_rest``, ``struck_worst`` and
        ``struck_rest``, the means that are compared. With a baseline ``struck_`` is the share of
        paths with more events less that with fewer. Bounds are infinite with fewer than
        ``50 / (1 - level)`` paths.

    Raises
    ------
    ValueError
        An unknown strategy, baseline or variable, a baseline equal to the strategy, a level or
        confidence outside (0, 1), or values that are not finite.

    Warns
    -----
    PrecisionWarning
        The bounds are infinite: there are too few paths to cut into batches.

    References
    ----------
    .. [1] H. B. Mann, D. R. Whitney, "On a test of whether one of two random variables is
       stochastically larger than the other", Annals of Mathematical Statistics 18(1), 1947, 50-60.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> fine, breach = np.arange(2000.0), 5000.0 * (np.arange(2000) % 20 == 0)
    >>> parts = [[fine, breach]]
    >>> ds = xr.Dataset(
    ...     {
    ...         "npv": (("strategy", "path"), [fine + breach]),
    ...         "component_npv": (("strategy", "component", "path"), parts),
    ...     },
    ...     {"strategy": ["msp"], "component": ["salaries", "breach"]},
    ... )
    >>> result = tail_drivers(ds, "msp")
    >>> result["component"].values.tolist(), result["component_excess"].values.tolist()
    (['breach', 'salaries'], [5000.0, -10.0])
    """
    level, confidence = check_share("level", level), check_share("confidence", confidence)
    if not isinstance(strategy, str):
        raise TypeError(f"strategy must be the name of one, got {strategy!r}; write 'outsource'")
    target = read_target(ds, of, strategy, baseline)
    batches = batch_count(target.n_path, 1.0 - level)
    if not batches:
        needed = paths_to_batch(1.0 - level)
        warn_few_paths(target, f"what sets the worst {1 - level:.3g} apart", needed, confidence)
    split = _Split(target.values, level, batches, confidence)
    variables = target.label_estimate(
        split.excess(target.values), f"excess of {target.title} on the worst paths", name="excess"
    )
    if "input" in ds:
        variables |= _of_inputs(ds, split)
    if "component_npv" in ds:
        variables |= _of_components(ds, split, strategy, baseline)
    if "events" in ds:
        variables |= _of_events(ds, split, strategy, baseline)
    result = target.dataset(variables, measure="tail_drivers", confidence=confidence)
    return result.assign_coords(level=level)


class _Split(NamedTuple):
    """The cost that says which paths are the worst, and into how many batches they are cut."""

    cost: Floats
    level: float
    batches: int
    confidence: float

    def excess(self, values: Floats, prepare: Callable[[Floats], Floats] = np.asarray) -> Estimate:
        """Return the mean on the worst paths less that on the rest, of rows or of one.

        What ``prepare`` makes of the values is compared, in each batch by itself.
        """
        value = _difference(prepare(values), worst_weights(self.cost, self.level))
        if not self.batches:
            return batch_estimate(value, None, self.confidence)
        size = self.cost.size // self.batches
        parts = []
        for start in range(0, self.batches * size, size):
            here = slice(start, start + size)
            weights = worst_weights(self.cost[here], self.level)
            parts.append(_difference(prepare(values[..., here]), weights))
        return batch_estimate(value, np.stack(parts, axis=-1), self.confidence)

    def means(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the means on the worst paths and on the rest."""
        weights = worst_weights(self.cost, self.level)
        return _mean(values, weights), _mean(values, 1.0 - weights)


def worst_weights(cost: Floats, level: float) -> Floats:
    """Return with what part each path is among the worst ``1 - level`` share.

    1 above the boundary, 0 below it, and the same part for every path that ties with it.

    Examples
    --------
    >>> worst_weights(np.array([0.0, 0.0, 0.0, 5.0]), 0.5).round(3).tolist()
    [0.333, 0.333, 0.333, 1.0]
    """
    n = cost.size
    whole, fraction = snapped(level, n)
    boundary = np.partition(cost, whole)[whole]
    above, tied = cost > boundary, cost == boundary
    rest = n - whole - fraction - np.count_nonzero(above)
    return np.asarray(above + tied * (rest / np.count_nonzero(tied)))


def _mean(values: Floats, weights: Floats) -> Floats:
    # Against the plain mean, rows that are the same on every path have no rounding.
    centre = values[..., :1]
    return np.asarray(centre[..., 0] + ((values - centre) * weights).sum(axis=-1) / weights.sum())


def _difference(values: Floats, weights: Floats) -> Floats:
    return np.asarray(_mean(values, weights) - _mean(values, 1.0 - weights))


def _of_inputs(ds: xr.Dataset, split: _Split) -> dict[str, xr.DataArray]:
    if not ds["input"].sizes.get("parameter", 0):
        return {}
    inputs = read_inputs(ds)
    sample = read_sample(ds, "input")
    # The mean grade on the worst paths less that on the rest is Mann and Whitney's share less half.
    shift = split.excess(inputs.values, grades)
    higher = Estimate(shift.value + 0.5, shift.lower + 0.5, shift.upper + 0.5)
    found = sample.label_estimate(
        higher,
        "probability that the input is higher on a worst path than on another",
        name="input_higher",
        units="1",
    )
    return _sorted(found, "parameter", shift.value)


def _of_components(
    ds: xr.Dataset, split: _Split, strategy: str, baseline: str | None
) -> dict[str, xr.DataArray]:
    sample, values = _rows(ds, "component_npv", strategy, baseline)
    found = sample.label_estimate(
        split.excess(values), "excess on the worst paths", name="component_excess"
    )
    for name, mean in zip(("worst", "rest"), split.means(values), strict=True):
        found[f"component_{name}"] = sample.label(mean, f"mean on the {name} of the paths")
    return _sorted(found, "component", found["component_excess"].values)


def _of_events(
    ds: xr.Dataset, split: _Split, strategy: str, baseline: str | None
) -> dict[str, xr.DataArray]:
    sample, values = _rows(ds, "events", strategy, baseline)
    struck = np.sign(values)
    found = sample.label_estimate(
        split.excess(values), "excess of events on the worst paths", name="events_excess"
    )
    found |= sample.label_estimate(
        split.excess(struck), "excess share of paths struck", name="struck_excess", units="1"
    )
    for name, mean in zip(("worst", "rest"), split.means(struck), strict=True):
        title = f"share of paths struck among the {name}"
        found[f"struck_{name}"] = sample.label(mean, title, units="1")
    return _sorted(found, "risk", found["struck_excess"].values)


def _rows(ds: xr.Dataset, name: str, strategy: str, baseline: str | None) -> tuple[Sample, Floats]:
    chosen = [strategy] if baseline is None else [strategy, baseline]
    sample = read_sample(ds, name, by_strategy=True, strategies=chosen)
    values = sample.values[0] if baseline is None else sample.values[0] - sample.values[1]
    labels = sample.labels.isel(strategy=0)
    if baseline is not None:
        labels.coords["baseline"] = baseline
    return Sample(name, values, labels, sample.attrs), values


def _sorted(found: dict[str, xr.DataArray], dim: str, size: Floats) -> dict[str, xr.DataArray]:
    order = np.argsort(-np.abs(size), kind="stable")
    return {name: variable.isel({dim: order}) for name, variable in found.items()}
