"""What sets the worst paths apart from the rest."""

from __future__ import annotations

import numpy as np
import xarray as xr

from hcrisk.measures._dependence import grades
from hcrisk.measures._estimators import Estimate, Floats, paths_to_batch
from hcrisk.measures._inputs import read_inputs, read_target
from hcrisk.measures._labelled import Sample, check_share, read_sample, warn_few_paths
from hcrisk.measures._worst import Worst
from hcrisk.variables import scalar

_SIDES = ("worst", "rest")


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
    intervals come from 10 to 30 batches of the paths (sectioning, as in
    `hcrisk.measures.allocate`): every batch has worst paths of its own, so that what the boundary
    adds to the noise is in them. Those of shares of paths struck are never narrower than Wilson's.

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
        ``_upper``, and so have the means that are compared: ``component_worst`` and
        ``component_rest``, ``struck_worst`` and ``struck_rest``. With a baseline ``struck_`` is
        the share of paths with more events less that with fewer. Bounds are infinite with fewer
        than ``50 / (1 - level)`` paths.

    Raises
    ------
    ValueError
        An unknown strategy, baseline or variable, a baseline equal to the strategy, a level or
        confidence outside (0, 1), or values that are not finite.

    Warns
    -----
    PrecisionWarning
        The bounds are infinite: there are too few paths to cut into batches.

    See Also
    --------
    hcrisk.measures.reverse_stress : All that differs in one list, by standard deviations, in words.

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
    worst = Worst(target.values, level, confidence)
    _warn(target, worst, level, confidence)
    variables = target.label_estimate(
        worst.excess(worst.sides(target.values)),
        f"excess of {target.title} on the worst paths",
        name="excess",
    )
    if "input" in ds:
        variables |= _of_inputs(ds, worst)
    if "component_npv" in ds:
        variables |= _of_components(ds, worst, strategy, baseline)
    if "events" in ds:
        variables |= _of_events(ds, worst, strategy, baseline)
    result = target.dataset(variables, measure="tail_drivers", confidence=confidence)
    return result.assign_coords(level=scalar("level", level, "1"))


def _warn(target: Sample, worst: Worst, level: float, confidence: float) -> None:
    if not worst.sections:
        share = f"{100 * (1.0 - level):.3g}%"
        needed = paths_to_batch(1.0 - level)
        warn_few_paths(target, f"what sets the worst {share} apart", needed, confidence)


def _of_inputs(ds: xr.Dataset, worst: Worst) -> dict[str, xr.DataArray]:
    if not ds["input"].sizes.get("parameter", 0):
        return {}
    inputs = read_inputs(ds)
    sample = read_sample(ds, "input")
    # The mean grade on the worst paths less that on the rest is Mann and Whitney's share less half.
    shift = worst.excess(worst.sides(inputs.values, grades))
    higher = Estimate(shift.value + 0.5, shift.lower + 0.5, shift.upper + 0.5)
    found = sample.label_estimate(
        higher,
        "probability that the input is higher on a worst path than on another",
        name="input_higher",
        units="1",
    )
    return _sorted(found, "parameter", shift.value)


def _of_components(
    ds: xr.Dataset, worst: Worst, strategy: str, baseline: str | None
) -> dict[str, xr.DataArray]:
    sample, values = _rows(ds, "component_npv", strategy, baseline)
    sides = worst.sides(values)
    found = sample.label_estimate(
        worst.excess(sides), "excess on the worst paths", name="component_excess"
    )
    for side, mean in zip(_SIDES, worst.means(sides), strict=True):
        title = f"mean on the {side} of the paths"
        found |= sample.label_estimate(mean, title, name=f"component_{side}")
    return _sorted(found, "component", found["component_excess"].values)


def _of_events(
    ds: xr.Dataset, worst: Worst, strategy: str, baseline: str | None
) -> dict[str, xr.DataArray]:
    sample, values = _rows(ds, "events", strategy, baseline)
    struck = worst.sides(np.sign(values))
    found = sample.label_estimate(
        worst.excess(worst.sides(values)),
        "excess of events on the worst paths",
        name="events_excess",
    )
    found |= sample.label_estimate(
        worst.excess(struck), "excess share of paths struck", name="struck_excess", units="1"
    )
    # With a baseline a path may count against.
    means = worst.shares(struck) if baseline is None else worst.means(struck)
    for side, mean in zip(_SIDES, means, strict=True):
        title = f"share of paths struck among the {side}"
        found |= sample.label_estimate(mean, title, name=f"struck_{side}", units="1")
    return _sorted(found, "risk", found["struck_excess"].values)


def _rows(ds: xr.Dataset, name: str, strategy: str, baseline: str | None) -> tuple[Sample, Floats]:
    chosen = [strategy] if baseline is None else [strategy, baseline]
    sample = read_sample(ds, name, by_strategy=True, strategies=chosen)
    values = sample.values[0] if baseline is None else sample.values[0] - sample.values[1]
    labels = sample.labels.isel(strategy=0)
    if baseline is not None:
        labels.coords["baseline"] = scalar("baseline", baseline)
    return Sample(name, values, labels, sample.attrs), values


def _sorted(found: dict[str, xr.DataArray], dim: str, size: Floats) -> dict[str, xr.DataArray]:
    order = np.argsort(-np.abs(size), kind="stable")
    return {name: variable.isel({dim: order}) for name, variable in found.items()}
