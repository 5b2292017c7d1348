"""Shares of variance that one run cannot tell: inputs against chance, and total effects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Unpack

import numpy as np
import xarray as xr

from hcrisk.measures._dependence import FEWEST_RANKED, shared_variance_estimate
from hcrisk.measures._estimators import Estimate, Floats, stack_estimates
from hcrisk.measures._inputs import sorted_by_size
from hcrisk.measures._labelled import Sample, check_share, warn_few_paths
from hcrisk.progress import progress_bar
from hcrisk.scenario.scenario import Scenario
from hcrisk.sensitivity._runs import Run, chosen_inputs, inputs_used, target
from hcrisk.simulation import announce_compiling
from hcrisk.variables import described

INPUTS = "input/"


def variance_split(
    scenario: Scenario,
    strategy: str,
    *,
    baseline: str | None = None,
    confidence: float = 0.95,
    **run: Unpack[Run],
) -> xr.Dataset:
    r"""Return how much of a cost's variance is ignorance of the inputs, and how much is chance.

    With X the inputs (what better data could settle) and all else chance (who resigns when, which
    incident strikes),

    .. math:: \mathrm{Var}(Y) = \mathrm{Var}(E[Y|X]) + E[\mathrm{Var}(Y|X)].

    Two runs share their inputs, path by path, and nothing else: the random streams of the inputs
    have one seed, all others another. Their correlation is the first part as a share
    (Sobol's pick-freeze [1]_, in its form of least variance [2]_). It holds whether inputs are
    correlated or not, as they are frozen together.

    Parameters
    ----------
    scenario
        The scenario.
    strategy
        Whose cost; "current" is today's arrangement.
    baseline
        Strategy whose cost is subtracted, path by path.
    confidence
        Confidence of the interval, in (0, 1).
    **run
        ``paths`` (10 000 for each of the two runs), ``seed``, ``threads`` and ``progress``, as
        for `hcrisk.simulate`.

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper``: the share of the inputs, in [0, 1]; the share of chance
        is what is left. ``sd``, the standard deviation of the cost, and its parts ``sd_inputs``
        and ``sd_chance``, whose squares add up. Where nothing varies all are 0.

    Raises
    ------
    ScenarioError
        An unknown strategy or baseline.
    ValueError
        A confidence outside (0, 1), or a baseline equal to the strategy.

    Warns
    -----
    PrecisionWarning
        Fewer than 10 paths: the interval is everything possible.

    References
    ----------
    .. [1] I. M. Sobol, "Global sensitivity indices for nonlinear mathematical models and their
       Monte Carlo estimates", Mathematics and Computers in Simulation 55, 2001, 271-280.
    .. [2] A. Janon, T. Klein, A. Lagnoux, M. Nodet, C. Prieur, "Asymptotic normality and
       efficiency of two Sobol index estimators", ESAIM: Probability and Statistics 18, 2014,
       342-364.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> found = variance_split(load("small-practice"), "outsource", paths=500)
    >>> bool(found["sd_inputs"] < found["sd"]), found["sd"].attrs["units"]
    (True, 'USD')
    """
    confidence = check_share("confidence", confidence)
    whose = target(scenario, strategy, baseline, run)
    announce_compiling(whose.progress)
    with progress_bar(2 * whose.paths, whose.progress) as advance:
        sample = whose.sample(scenario)
        advance(whose.paths)
        again = whose.cost(scenario, {"": whose.other_seed, **_inputs_of(scenario, whose.seed)})
        advance(whose.paths)
    if sample.n_path < FEWEST_RANKED:
        warn_few_paths(sample, "share of the inputs", FEWEST_RANKED, confidence)
    share = _within_one(shared_variance_estimate(sample.values, again, confidence))
    spread = float(np.sqrt(np.concatenate([sample.values, again]).var()))
    title = f"share of the variance of {sample.title} that is due to the inputs"
    variables = sample.label_estimate(share, title, units="1")
    parts = {"sd": 1.0, "sd_inputs": float(share.value), "sd_chance": 1.0 - float(share.value)}
    for name, part in parts.items():
        nothing = not spread or not np.ptp(np.concatenate([sample.values, again]))
        size = 0.0 if nothing else spread * np.sqrt(part)
        variables[name] = sample.label(np.asarray(size), f"standard deviation: {name}")
    return sample.dataset(variables, measure="variance_split", confidence=confidence)


def total_effects(
    scenario: Scenario,
    strategy: str,
    *,
    baseline: str | None = None,
    inputs: str | Iterable[str] | None = None,
    confidence: float = 0.95,
    **run: Unpack[Run],
) -> xr.Dataset:
    r"""Return the share of a cost's variance that would stay if all but one group became known.

    The total index :math:`T_g = E[\mathrm{Var}(Y|\text{all but } X_g)] / \mathrm{Var}(Y)`: what a
    group of inputs does alone and in interaction with other inputs and with chance. Estimated
    from two runs in which only this group is drawn anew (Jansen [1]_, with pooled moments).

    A group is an input, or all inputs of one entry of ``correlations`` together: groups are
    independent of each other, so their total effects mean what Sobol's do (Jacques, Lavergne and
    Devictor [2]_). Within a group of correlated inputs no division is made: there the total index
    of one input leaves out what it shares with the others and may be below its first-order index,
    so it could not be read as an upper bound of what the input matters.

    Together with that of chance, which is 1 less `variance_split`, total effects add up to 1 or
    more.

    Parameters
    ----------
    scenario
        The scenario.
    strategy
        Whose cost; "current" is today's arrangement.
    baseline
        Strategy whose cost is subtracted, path by path.
    inputs
        Paths of inputs whose groups to take; by default all that enter a number these strategies
        are computed from.
    confidence
        Confidence of the interval, in (0, 1).
    **run
        ``paths`` (10 000 for each run), ``seed``, ``threads`` and ``progress``, as for
        `hcrisk.simulate`. There is one run for each group, and one more.

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` (in [0, 1]) over ``group``, the largest first. A group has
        the name of its first input in file order; ``members`` lists all, ``size`` counts them.

    Raises
    ------
    ScenarioError
        An unknown strategy or baseline.
    ValueError
        A confidence outside (0, 1), an unknown input, no input that counts, or a baseline equal
        to the strategy.

    Warns
    -----
    PrecisionWarning
        Fewer than 10 paths: the interval is everything possible.

    References
    ----------
    .. [1] M. J. W. Jansen, "Analysis of variance designs for model output", Computer Physics
       Communications 117, 1999, 35-43.
    .. [2] J. Jacques, C. Lavergne, N. Devictor, "Sensitivity analysis in presence of model
       uncertainty and correlated inputs", Reliability Engineering & System Safety 91, 2006,
       1126-1134.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> found = total_effects(
    ...     load("small-practice"), "outsource", inputs="people.benefits_load", paths=200
    ... )
    >>> found["group"].values.tolist(), found["size"].values.tolist()
    (['people.benefits_load'], [1])
    """
    confidence = check_share("confidence", confidence)
    whose = target(scenario, strategy, baseline, run)
    used = inputs_used(scenario, whose.names)
    groups = _groups(scenario, chosen_inputs(scenario, used, inputs))
    if not groups:
        raise ValueError(
            f"inputs must have at least one that counts, got none: {strategy} depends on no "
            "uncertain number; give one a distribution"
        )
    announce_compiling(whose.progress)
    with progress_bar((1 + len(groups)) * whose.paths, whose.progress) as advance:
        sample = whose.sample(scenario)
        advance(whose.paths)
        parts = []
        for members in groups.values():
            anew = {f"{INPUTS}{path}": whose.other_seed for path in members}
            again = whose.cost(scenario, {"": whose.seed, **anew})
            advance(whose.paths)
            parts.append(_left(sample, again, confidence))
    if sample.n_path < FEWEST_RANKED:
        warn_few_paths(sample, "total effect", FEWEST_RANKED, confidence)
    result = _by_group(sample, groups, stack_estimates(parts), confidence)
    return sorted_by_size(result, "group", "value")


def _inputs_of(scenario: Scenario, seed: int) -> dict[str, int]:
    """Return the seed for the streams of all inputs, nothing if there are none."""
    named = any(block.inputs for block in scenario.correlation_blocks())
    return {INPUTS: seed} if scenario.inputs() or named else {}


def _groups(scenario: Scenario, paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the uncertain inputs that stand or move together, by the first of each group."""
    known = scenario.inputs()
    blocks = [
        tuple(path for path in block.inputs if path in known)
        for block in scenario.correlation_blocks()
    ]
    joined: Mapping[str, tuple[str, ...]] = {path: block for block in blocks for path in block}
    return {group[0]: group for path in paths for group in [joined.get(path, (path,))]}


def _left(sample: Sample, again: Floats, confidence: float) -> Estimate:
    """Return 1 less the share of what two runs share; 0 where nothing varies."""
    if not np.ptp(sample.values) and np.array_equal(sample.values, again):
        nothing = np.asarray(0.0)
        return Estimate(nothing, nothing, nothing)
    value, lower, upper = shared_variance_estimate(sample.values, again, confidence)
    return _within_one(Estimate(1.0 - value, 1.0 - upper, 1.0 - lower))


def _within_one(estimate: Estimate) -> Estimate:
    return Estimate(*(np.clip(part, 0.0, 1.0) for part in estimate))


def _by_group(
    sample: Sample, groups: Mapping[str, tuple[str, ...]], estimate: Estimate, confidence: float
) -> xr.Dataset:
    along = xr.DataArray(list(groups), dims="group", attrs={"long_name": "inputs that go together"})
    title = f"share of the variance of {sample.title} that a group has a part in"
    result = sample.dataset(
        sample.label_estimate(estimate, title, units="1", along=along),
        measure="total_effects",
        confidence=confidence,
    )
    members = ["; ".join(group) for group in groups.values()]
    return result.assign(
        members=("group", members, {"long_name": "inputs of the group"}),
        size=(
            "group",
            [len(group) for group in groups.values()],
            described("inputs in the group", "1"),
        ),
    )
