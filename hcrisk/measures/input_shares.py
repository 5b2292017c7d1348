"""How much of the spread of a cost goes with each uncertain input of a run."""

from __future__ import annotations

import xarray as xr

from hcrisk.measures._dependence import (
    FEWEST_BINNED,
    FEWEST_RANKED,
    first_order_estimate,
    rank_correlation_estimate,
    ranked,
    squared,
)
from hcrisk.measures._estimators import stack_estimates
from hcrisk.measures._inputs import (
    read_inputs,
    read_target,
    rows_of,
    shaped,
    sorted_by_size,
)
from hcrisk.measures._labelled import check_share, warn_few_paths


def rank_correlations(
    ds: xr.Dataset,
    strategy: str | None = None,
    *,
    baseline: str | None = None,
    of: str = "npv",
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return Spearman's rank correlation of each sampled input with a cost, and its square.

    The square is the share of the variance of the cost's ranks that goes with the ranks of the
    input: quick, robust to heavy tails, and blind to what is not monotone; `first_order_indices`
    sees that as well. Of correlated inputs each counts what it shares with the others, so shares
    may add up to more than 1. Even an input without effect has a square of about 1 / paths.

    Ties have their mean rank. The interval is that of the influence function of Spearman's rho
    (Hoeffding's projection of its U-statistics [1]_ and the delta method, ties included), on the
    scale of Fisher's z.

    Parameters
    ----------
    ds
        Result of `simulate`, with ``input`` over parameter and path.
    strategy
        Whose cost; all strategies when omitted.
    baseline
        Strategy whose cost is subtracted, path by path: what drives the choice between two.
    of
        Variable to explain, over strategy and path.
    confidence
        Confidence of the interval, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` (squared, in [0, 1]) and ``correlation`` with its bounds
        (in [-1, 1]), over ``parameter``, the largest first, for one strategy, or over
        ``strategy`` and ``parameter`` in file order for all. An input or cost that is the same
        on every path goes with nothing: 0.

    Raises
    ------
    ValueError
        An unknown strategy, baseline or variable, a baseline without or equal to a strategy, a
        result without inputs, a confidence outside (0, 1), or values that are not finite.

    Warns
    -----
    PrecisionWarning
        Fewer than 10 paths: the interval is everything possible.

    References
    ----------
    .. [1] W. Hoeffding, "A class of statistics with asymptotically normal distribution", Annals
       of Mathematical Statistics 19(3), 1948, 293-325, section 9.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> up, mixed = np.arange(100.0), np.arange(100.0) * 37 % 101
    >>> ds = xr.Dataset(
    ...     {"npv": (("strategy", "path"), [up**3]), "input": (("parameter", "path"), [mixed, up])},
    ...     {"strategy": ["msp"], "parameter": ["fee", "pay"]},
    ... )
    >>> result = rank_correlations(ds, "msp")
    >>> result["parameter"].values.tolist(), result["value"].values.round(3).tolist()
    (['pay', 'fee'], [1.0, 0.001])
    """
    confidence = check_share("confidence", confidence)
    inputs, target = read_inputs(ds), read_target(ds, of, strategy, baseline)
    if target.n_path < FEWEST_RANKED:
        warn_few_paths(target, "rank correlation", FEWEST_RANKED, confidence)
    costs = [ranked(row) for row in rows_of(target)]
    parts = []
    for values in inputs.values:
        own = ranked(values)
        found = [rank_correlation_estimate(own, cost, confidence) for cost in costs]
        parts.append(stack_estimates(found))
    correlation = shaped(target, stack_estimates(parts))
    title = target.title
    variables = {
        **target.label_estimate(
            squared(correlation),
            f"squared rank correlation with {title}",
            units="1",
            along=inputs.coordinate,
        ),
        **target.label_estimate(
            correlation,
            f"rank correlation with {title}",
            name="correlation",
            units="1",
            along=inputs.coordinate,
        ),
    }
    result = target.dataset(variables, measure="rank_correlations", confidence=confidence)
    return sorted_by_size(result, "parameter", "value")


def first_order_indices(
    ds: xr.Dataset,
    strategy: str | None = None,
    *,
    baseline: str | None = None,
    of: str = "npv",
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return the share of a cost's variance that would go if an input became known.

    The first-order index of Sobol, :math:`S_i = \mathrm{Var}(E[Y|X_i]) / \mathrm{Var}(Y)`,
    estimated from the paths at hand without simulating again [1]_: paths are sorted by the input
    and cut into bins of equal count (the cube root of their number), the mean is followed by a
    line in each bin, and

    .. math:: \hat S = 1 - \frac{RSS / (n - k)}{TSS / (n - 1)}

    with k fitted parameters, which takes away what k parameters explain by chance. Estimates
    below 0 are shown as 0. The interval is that of the influence function,
    :math:`2 (y - \bar y)(f - \bar y) - (f - \bar y)^2 - S (y - \bar y)^2` over the variance, with
    f the fitted mean.

    The index means the same whether inputs are correlated or not: the expected fall of the
    variance when this input alone is learnt, and with it what it tells about the others. With
    independent inputs the indices add up to at most 1 and what is left is interaction and chance;
    with correlated ones they may overlap and add up to more. What an input does in interaction is
    not identified by one run in general: see `hcrisk.sensitivity.total_effects`.

    Parameters
    ----------
    ds
        Result of `simulate`, with ``input`` over parameter and path.
    strategy
        Whose cost; all strategies when omitted.
    baseline
        Strategy whose cost is subtracted, path by path: what drives the choice between two.
    of
        Variable to explain, over strategy and path.
    confidence
        Confidence of the interval, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower``, ``upper`` (in [0, 1]) over ``parameter``, the largest first, for one
        strategy, or over ``strategy`` and ``parameter`` in file order for all. A cost that is the
        same on every path has 0.

    Raises
    ------
    ValueError
        An unknown strategy, baseline or variable, a baseline without or equal to a strategy, a
        result without inputs, a confidence outside (0, 1), or values that are not finite.

    Warns
    -----
    PrecisionWarning
        Fewer than 100 paths: the interval is everything possible, and the value 0.

    References
    ----------
    .. [1] E. Plischke, E. Borgonovo, C. L. Smith, "Global sensitivity measures from given data",
       European Journal of Operational Research 226(3), 2013, 536-550.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> a = np.repeat(np.arange(100.0), 100)
    >>> b = np.tile(np.arange(100.0), 100)
    >>> ds = xr.Dataset(
    ...     {"npv": (("strategy", "path"), [3 * a + b]), "input": (("parameter", "path"), [a, b])},
    ...     {"strategy": ["msp"], "parameter": ["pay", "fee"]},
    ... )
    >>> first_order_indices(ds, "msp")["value"].values.round(3).tolist()
    [0.9, 0.096]
    """
    confidence = check_share("confidence", confidence)
    inputs, target = read_inputs(ds), read_target(ds, of, strategy, baseline)
    if target.n_path < FEWEST_BINNED:
        warn_few_paths(target, "first-order index", FEWEST_BINNED, confidence)
    rows = rows_of(target)
    parts = [first_order_estimate(values, rows, confidence) for values in inputs.values]
    title = f"share of the variance of {target.title} that goes with an input alone"
    variables = target.label_estimate(
        shaped(target, stack_estimates(parts)), title, units="1", along=inputs.coordinate
    )
    result = target.dataset(variables, measure="first_order_indices", confidence=confidence)
    return sorted_by_size(result, "parameter", "value")
