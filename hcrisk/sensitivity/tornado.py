"""What one input at a time does to a statistic of the cost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Unpack

import numpy as np
import xarray as xr

from hcrisk.exceptions import ArgumentError
from hcrisk.measures._estimators import Estimate, Floats, stack_estimates
from hcrisk.measures._inputs import sorted_by_size
from hcrisk.measures._labelled import Sample, check_share, warn_few_paths
from hcrisk.measures.statistic import Statistic
from hcrisk.measures.statistic import statistic as named_statistic
from hcrisk.progress import progress_bar
from hcrisk.results import units_along
from hcrisk.scenario.scenario import Scenario
from hcrisk.sensitivity._runs import Run, Target, chosen_inputs, inputs_used, target
from hcrisk.simulation import announce_compiling
from hcrisk.variables import COORDINATES, described


def tornado(
    scenario: Scenario,
    strategy: str,
    *,
    baseline: str | None = None,
    statistic: str = "mean",
    low: float = 0.1,
    high: float = 0.9,
    inputs: str | Iterable[str] | None = None,
    confidence: float = 0.95,
    **run: Unpack[Run],
) -> xr.Dataset:
    """Return how far a statistic of the cost moves as one input goes from low to high.

    Each input in turn is set to its own ``low`` and ``high`` quantile, as if it were certain; all
    others stay as uncertain as they are, and every path keeps its chance and the other inputs'
    draws. So the runs differ in one thing, and the intervals are those of paired paths: central
    limit for the mean, paired batches for percentiles and tail means (as in
    `hcrisk.measures.compare`).

    Correlated inputs are not moved along: the question answered is what this number does, not
    what else one would believe if one learnt it. The latter, of a run at hand, is what
    `hcrisk.measures.first_order_indices` measures. An input whose effect rises and falls again
    within the range shows less than it does; ``low_change`` and ``high_change`` of one sign tell.

    Parameters
    ----------
    scenario
        The scenario.
    strategy
        Whose cost; "current" is today's arrangement.
    baseline
        Strategy whose cost is subtracted, path by path: the statistic is then that of the
        difference.
    statistic
        "mean", a percentile such as "p80", or a tail mean such as "tvar95", of the present value.
    low, high
        Levels in (0, 1) of the inputs' own distributions, ``low`` below ``high``.
    inputs
        Paths of inputs; by default all that enter a number these strategies are computed from.
    confidence
        Confidence of the intervals, in (0, 1).
    **run
        ``paths`` (10 000 for each run), ``seed``, ``threads`` and ``progress``, as for
        `hcrisk.simulate`. There are two runs for each input, and one more.

    Returns
    -------
    xarray.Dataset
        Over ``parameter``, the widest first: ``value`` (at high less at low), ``low_change`` and
        ``high_change`` (against the base), each with its bounds, in money; ``low_input`` and
        ``high_input``, what the input was set to. And ``base`` with its bounds, the
        statistic as the scenario is. Bounds are infinite where there are too few paths.

    Raises
    ------
    ScenarioError
        An unknown strategy or baseline.
    ValueError
        A level or confidence outside (0, 1), ``low`` not below ``high``, an unknown statistic or
        input, no input that counts, or a baseline equal to the strategy.

    Warns
    -----
    PrecisionWarning
        The bounds are infinite: there are too few paths.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> found = tornado(
    ...     load("small-practice"), "outsource", statistic="p80", paths=400,
    ...     inputs=["people.benefits_load", "macro.price.mean"],
    ... )
    >>> found["parameter"].values.tolist(), found["base"].attrs["units"]
    (['macro.price.mean', 'people.benefits_load'], 'USD')
    """
    measure, confidence = named_statistic(statistic), check_share("confidence", confidence)
    ends = _checked_ends(low, high)
    whose = target(scenario, strategy, baseline, run)
    used = inputs_used(scenario, whose.names)
    paths = chosen_inputs(scenario, used, inputs)
    if not paths:
        raise ValueError(
            f"inputs must have at least one that counts, got none: {strategy} depends on no "
            "uncertain number; give one a distribution"
        )
    sample, swings = _swings(scenario, whose, measure, paths, set(used), ends, confidence)
    if sample.n_path < measure.paths_needed:
        warn_few_paths(sample, measure.title, measure.paths_needed, confidence)
    result = _dataset(sample, measure, paths, swings, ends, confidence)
    result.coords["unit"] = units_along(scenario, paths)
    return sorted_by_size(result, "parameter", "value")


class _Swing(NamedTuple):
    """One input: what it was set to, and what that did to the statistic."""

    inputs: tuple[float, float]
    swing: Estimate
    low: Estimate
    high: Estimate


def _checked_ends(low: float, high: float) -> tuple[float, float]:
    ends = check_share("low", low), check_share("high", high)
    if not ends[0] < ends[1]:
        raise ArgumentError("low", low, f"must be below high={high!r}", "write 0.1 and 0.9")
    return ends


def _swings(
    scenario: Scenario,
    whose: Target,
    measure: Statistic,
    paths: list[str],
    used: set[str],
    ends: tuple[float, float],
    confidence: float,
) -> tuple[Sample, list[_Swing]]:
    announce_compiling(whose.progress)
    numbers = scenario.inputs()
    runs = 1 + 2 * sum(path in used for path in paths)
    with progress_bar(whose.paths * runs, whose.progress) as advance:
        sample = whose.sample(scenario)
        advance(whose.paths)
        base, found = sample.values, list[_Swing]()
        for path in paths:
            law = numbers[path].distribution
            values = () if law is None else tuple(float(law.quantile(level)) for level in ends)
            costs: list[Floats] = []
            for value in values:
                if path not in used:
                    costs.append(base)
                    continue
                costs.append(whose.cost(scenario.replace({path: value})))
                advance(whose.paths)
            changes = [
                measure.difference(after, before, confidence)
                for after, before in ((costs[1], costs[0]), (costs[0], base), (costs[1], base))
            ]
            found.append(_Swing((values[0], values[1]), *changes))
    return sample, found


def _dataset(
    sample: Sample,
    measure: Statistic,
    paths: list[str],
    swings: list[_Swing],
    ends: tuple[float, float],
    confidence: float,
) -> xr.Dataset:
    along = xr.DataArray(paths, dims="parameter", attrs=described(COORDINATES["parameter"]))
    title = f"{measure.title} of {sample.title}"
    variables = sample.label_estimate(
        stack_estimates([swing.swing for swing in swings]),
        f"{title}, at high less at low",
        along=along,
    )
    for place, name in enumerate(("low", "high")):
        change = stack_estimates([swing.low if place == 0 else swing.high for swing in swings])
        variables |= sample.label_estimate(
            change, f"{title}, at {name} less as is", name=f"{name}_change", along=along
        )
        at = np.array([swing.inputs[place] for swing in swings])
        variables[f"{name}_input"] = sample.label(
            at, f"input at its {ends[place]:g} quantile", units="", along=along
        )
    base = measure.estimate(sample.values, confidence)
    variables |= sample.label_estimate(base, title, name="base")
    result = sample.dataset(variables, measure="tornado", confidence=confidence)
    return result.assign_attrs(statistic=measure.name, low=ends[0], high=ends[1])
