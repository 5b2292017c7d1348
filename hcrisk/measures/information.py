"""Value of information: what it is worth to know inputs before choosing a strategy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from hcrisk.measures._estimators import Estimate, t_quantile
from hcrisk.measures._information import Worth, consistent
from hcrisk.measures._labelled import (
    Sample,
    check_choice,
    check_share,
    read_sample,
    warn_few_paths,
)
from hcrisk.measures._objective import Problem, problem
from hcrisk.measures._terms import PATHS_PER_COLUMN, Inputs
from hcrisk.measures.statistic import statistic
from hcrisk.variables import COORDINATES, described


class Decision(NamedTuple):
    """A choice between strategies: what is read from a result before anything is valued."""

    sample: Sample
    names: list[str]
    inputs: Inputs
    problem: Problem
    objective: str
    confidence: float

    def about(self, groups: Sequence[Collection[int]]) -> Decision:
        """Return the decision, made ready for the value of knowing these groups of inputs."""
        return self._replace(
            problem=problem(self.sample.values, self.inputs, self.objective, groups)
        )

    @property
    def everything(self) -> Worth:
        """What all inputs together are worth."""
        return self.problem.worth(range(len(self.names)))

    def worths(self, groups: Sequence[Collection[int]]) -> list[Worth]:
        """Return what knowing each group of inputs is worth, in order of what they contain."""
        found = [self.problem.worth(group) for group in groups]
        return consistent(found, groups, self.everything)


def evpi(
    ds: xr.Dataset,
    *,
    objective: str = "mean",
    of: str = "npv",
    strategies: Iterable[str] | None = None,
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return the expected value of perfect information: on all inputs, and in hindsight.

    The strategy of the least objective is chosen; costs are positive, so the value is by how much
    the objective falls. For the mean,

    .. math:: \min_s E[X_s] - E[\min_s E(X_s \mid \text{inputs})]

    is what it is worth to know every uncertain input before choosing [1]_: no study of them is
    worth more. ``"hindsight"``, with :math:`E[\min_s X_s]` for the second term, would need
    foresight of chance as well, of every resignation and incident; it bounds the first and equals
    the `expected_regret` of the choice. See `evppi` for how it is estimated, and for percentiles
    and tail means.

    Parameters
    ----------
    ds
        Result of `simulate` with inputs (``detail="default"`` or ``"full"``).
    objective
        ``"mean"``, a percentile such as ``"p80"`` or a tail mean such as ``"tvar95"``.
    of
        Variable to choose by, over strategy and path.
    strategies
        Names of the strategies to choose from; all when omitted.
    confidence
        Confidence of the interval, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` and ``standard_error`` (unit of the variable) over
        ``information``: ``"inputs"`` and ``"hindsight"``.

    Raises
    ------
    ValueError
        An unknown objective, strategy or variable, a variable with other dimensions, no inputs,
        a confidence outside (0, 1), or values that are not finite.

    Warns
    -----
    PrecisionWarning
        There are fewer than ten paths for each input: the interval has no upper end.

    References
    ----------
    .. [1] H. Raiffa, R. Schlaifer, "Applied Statistical Decision Theory", Harvard, 1961.

    Examples
    --------
    The choice is right on three paths of four; knowing the input saves 2 on the fourth.

    >>> import numpy as np, xarray as xr
    >>> x = np.tile([0.0, 1.0, 1.0, 1.0], 100)
    >>> ds = xr.Dataset(
    ...     {
    ...         "npv": (("strategy", "path"), [2.0 * x, 2.0 + 0.0 * x]),
    ...         "input": (("parameter", "path"), [x]),
    ...     },
    ...     {"strategy": ["msp", "own"], "parameter": ["rate"]},
    ... )
    >>> evpi(ds)["value"].values.tolist()
    [0.0, 0.0]
    >>> ds["npv"][1] -= 1.0
    >>> evpi(ds)["value"].values.round(9).tolist()
    [0.25, 0.25]
    """
    decision = read_decision(ds, objective, of, strategies, confidence)
    worths = [decision.everything, decision.problem.worth(None)]
    return worth_dataset(decision, worths, "information", ["inputs", "hindsight"], "evpi")


def evppi(
    ds: xr.Dataset,
    inputs: str | Iterable[str] | Mapping[str, Iterable[str]],
    *,
    objective: str = "mean",
    of: str = "npv",
    strategies: Iterable[str] | None = None,
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return the expected value of perfect information on one input or a group of them.

    .. math:: \min_s E[X_s] - E[\min_s E(X_s \mid \text{inputs})]

    by regression on the paths of the result itself, without nested simulation [1]_. Differences
    between strategies are regressed on all inputs at once: a line and a curve (natural spline)
    for each, steps where these leave something unexplained, and products of lines for the twelve
    inputs that matter most; significant terms are kept, at a false discovery share of 5 %. Known
    after a group are its own terms, and the regression of the other terms on lines, curves and
    steps of the group, by which it tells of inputs correlated with it.

    Noise in the fit would raise the value; each term is therefore shrunk to the variance it has
    without noise. Terms too weak to be significant count as nothing, an interaction of three
    inputs is not seen, and a step between two of the twenty bins of an input is smeared over one
    of them. With few paths for each input, values are too low rather than too high.

    For groups A and B of one call 0 <= EVPPI(A) <= EVPPI(A and B) <= EVPI <= hindsight holds for
    the figures themselves: where noise has it otherwise, a group takes the mean of the most that
    a group within it is worth and the least that one around it is. Whatever the call, no value
    exceeds that of `evpi`.

    The interval comes from the influence of each path on the value: what the strategy chosen
    without information adds to the objective, less what the one chosen with it adds. By the
    envelope theorem, errors in the rule matter in second order only [2]_; what the regression
    does not see is not in the interval. Where the rule changes the decision on no path, value and
    standard error are 0.

    For a tail objective, the value is by how much the objective of the cost one ends up with
    falls, when each strategy is chosen by what is known. With Rockafellar and Uryasev's form of
    the tail mean [3]_ it is

    .. math:: \min_s \mathrm{TVaR}_a(X_s) - \min_t \Big( t
       + \frac{E \min_s E[(X_s - t)^+ \mid \text{inputs}]}{1 - a} \Big),

    and for a percentile, the least t with :math:`E \min_s P(X_s > t \mid \text{inputs}) \le 1-a`
    takes the place of the second term. Both are estimated on nine thresholds between what
    hindsight and what the best strategy reaches, between which a percentile is interpolated. What
    lies beyond a threshold bends where a sum of inputs meets it, which a sum of curves does not
    follow; for each group asked for together (and for all inputs, and each that matters alone) the
    regression therefore also has what the group makes of the cost beyond the threshold if what is
    left depends on it through the mean only.

    Parameters
    ----------
    ds
        Result of `simulate` with inputs (``detail="default"`` or ``"full"``).
    inputs
        Name of an input (a ``parameter`` of the result), several known together, or a table of
        such groups by name.
    objective
        ``"mean"``, a percentile such as ``"p80"`` or a tail mean such as ``"tvar95"``.
    of
        Variable to choose by, over strategy and path.
    strategies
        Names of the strategies to choose from; all when omitted.
    confidence
        Confidence of the interval, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` and ``standard_error`` (unit of the variable); over
        ``group`` where a table of groups was given.

    Raises
    ------
    ValueError
        An unknown or repeated input, an empty group, an unknown objective, strategy or variable,
        a variable with other dimensions, a confidence outside (0, 1), or values not finite.

    Warns
    -----
    PrecisionWarning
        There are fewer than ten paths for each input: the interval has no upper end.

    References
    ----------
    .. [1] M. Strong, J. E. Oakley, A. Brennan, "Estimating multiparameter partial expected value
       of perfect information from a probabilistic sensitivity analysis sample: a nonparametric
       regression approach", Medical Decision Making 34(3), 2014, 311-326.
    .. [2] A. R. Luedtke, M. J. van der Laan, "Statistical inference for the mean outcome under a
       possibly non-unique optimal treatment strategy", Annals of Statistics 44(2), 2016, 713-742.
    .. [3] R. T. Rockafellar, S. Uryasev, "Conditional value-at-risk for general loss
       distributions", Journal of Banking & Finance 26(7), 2002, 1443-1471.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> fee, pay = np.meshgrid(np.arange(20.0), np.arange(20.0))
    >>> npv = [fee.ravel() + 1.0, pay.ravel()]
    >>> ds = xr.Dataset(
    ...     {
    ...         "npv": (("strategy", "path"), npv),
    ...         "input": (("parameter", "path"), [fee.ravel(), pay.ravel()]),
    ...     },
    ...     {"strategy": ["msp", "own"], "parameter": ["fee", "pay"]},
    ... )
    >>> float(evppi(ds, "pay")["value"].round(2))
    2.03
    >>> found = evppi(ds, {"fee": ["fee"], "both": ["fee", "pay"]})
    >>> found["value"].round(3).values.tolist()
    [2.025, 2.85]
    """
    groups = dict(inputs) if isinstance(inputs, Mapping) else {"": inputs}
    if not groups:
        raise ValueError("inputs must name at least one group, got {}; write {'pay': ['...']}")
    decision = read_decision(ds, objective, of, strategies, confidence)
    known = [positions(decision, group) for group in groups.values()]
    decision = decision.about(known)
    worths = decision.worths(known)
    result = worth_dataset(decision, worths, "group", list(groups), "evppi")
    return result if isinstance(inputs, Mapping) else result.isel(group=0, drop=True)


def evppi_ranking(
    ds: xr.Dataset,
    inputs: Iterable[str] | None = None,
    *,
    objective: str = "mean",
    of: str = "npv",
    strategies: Iterable[str] | None = None,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return the expected value of perfect information on each input, the largest first.

    What `evppi` gives for each input alone. They do not add up: two inputs may be worth nothing
    each and much together, or the same together as either alone.

    Parameters
    ----------
    ds
        Result of `simulate` with inputs (``detail="default"`` or ``"full"``).
    inputs
        Names of the inputs to rank; all when omitted.
    objective
        ``"mean"``, a percentile such as ``"p80"`` or a tail mean such as ``"tvar95"``.
    of
        Variable to choose by, over strategy and path.
    strategies
        Names of the strategies to choose from; all when omitted.
    confidence
        Confidence of the interval, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` and ``standard_error`` (unit of the variable) over
        ``parameter``, by falling value, inputs of equal value in the order of the result; and
        ``evpi`` with its bounds, the value of all inputs of the result together.

    Raises
    ------
    ValueError
        As `evppi` does.

    Warns
    -----
    PrecisionWarning
        There are fewer than ten paths for each input: the interval has no upper end.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> fee, pay = np.meshgrid(np.arange(20.0), 2.0 * np.arange(20.0))
    >>> npv = [fee.ravel() + 9.0, pay.ravel()]
    >>> ds = xr.Dataset(
    ...     {
    ...         "npv": (("strategy", "path"), npv),
    ...         "input": (("parameter", "path"), [fee.ravel(), pay.ravel()]),
    ...     },
    ...     {"strategy": ["msp", "own"], "parameter": ["fee", "pay"]},
    ... )
    >>> evppi_ranking(ds)["parameter"].values.tolist()
    ['pay', 'fee']
    """
    decision = read_decision(ds, objective, of, strategies, confidence)
    chosen = positions(decision, decision.names if inputs is None else inputs)
    worths = decision.worths([[i] for i in chosen])
    order = np.argsort([-worth.value for worth in worths], kind="stable")
    names = [decision.names[chosen[k]] for k in order]
    ranked = [worths[k] for k in order]
    result = worth_dataset(decision, ranked, "parameter", names, "evppi_ranking")
    most = worth_dataset(decision, [decision.everything], "parameter", ["all"], "evpi")
    bound = most.isel(parameter=0)
    for key, name in {"value": "evpi", "lower": "evpi_lower", "upper": "evpi_upper"}.items():
        result[name] = bound[key].drop_vars("parameter")
    return result


def read_decision(
    ds: xr.Dataset,
    objective: str,
    of: str,
    strategies: Iterable[str] | None,
    confidence: float,
) -> Decision:
    """Return what a value of information needs, or say what is wrong with it."""
    confidence = check_share("confidence", confidence)
    statistic(objective, "objective")
    sample = read_sample(ds, of, by_strategy=True, strategies=strategies)
    if sample.values.ndim != 2:
        extra = [str(dim) for dim in sample.labels.dims if dim != "strategy"]
        raise ValueError(
            f"of={of!r} must have the dimensions ('strategy', 'path') only, got {extra} as well; "
            f"select one, such as ds.isel({extra[0]}=0)"
        )
    if "input" not in ds or "parameter" not in ds["input"].dims:
        raise ValueError(
            "ds must hold the uncertain inputs, got no variable 'input' over 'parameter'; "
            "simulate with detail='default' or 'full'"
        )
    values = np.zeros((0, sample.n_path))
    if ds.sizes["parameter"]:
        values = read_sample(ds, "input").values
    names = [str(name) for name in ds["parameter"].values]
    inputs = Inputs(values)
    return Decision(
        sample, names, inputs, problem(sample.values, inputs, objective), objective, confidence
    )


def positions(decision: Decision, inputs: str | Iterable[str]) -> list[int]:
    """Return the places of inputs named, each once and at least one, or say what is wrong."""
    wanted = [inputs] if isinstance(inputs, str) else list(inputs)
    for name in wanted:
        check_choice("inputs", name, decision.names)
    if not wanted or len(set(wanted)) < len(wanted):
        raise ValueError(
            f"inputs must name at least one input, each once, got {wanted}; "
            f"choose from ds['parameter']"
        )
    return [decision.names.index(name) for name in wanted]


def worth_dataset(
    decision: Decision, worths: Sequence[Worth], dim: str, names: list[str], measure: str
) -> xr.Dataset:
    """Return values of information with their intervals, labelled along ``dim``."""
    sample, n = decision.sample, decision.sample.n_path
    needed = max(PATHS_PER_COLUMN * len(decision.names), 2)
    if n < needed:
        warn_few_paths(sample, "value of information", needed, decision.confidence)
    value, error = np.array(worths).reshape(-1, 2).T
    half = np.inf if n < needed else t_quantile(n - 1, decision.confidence) * error
    estimate = Estimate(value, np.maximum(value - half, 0.0), np.asarray(value + half))
    labels = sample.labels.isel(strategy=0, drop=True)
    along = xr.DataArray(names, dims=dim, attrs=described(COORDINATES[dim]))
    own = Sample(sample.name, sample.values, labels, sample.attrs)
    title = f"value of information, {sample.title} ({decision.objective})"
    variables = own.label_estimate(estimate, title, along=along)
    variables["standard_error"] = own.label(error, "standard error of " + title, along=along)
    result = own.dataset(variables, measure=measure, confidence=decision.confidence)
    result.attrs["objective"] = decision.objective
    return result
