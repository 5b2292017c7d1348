"""Which strategies are worth a choice by anybody who weighs mean cost against bad futures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr

from hcrisk.measures._labelled import read_sample
from hcrisk.measures.percentile import mean
from hcrisk.measures.tail import tail_value_at_risk


def efficient_frontier(
    ds: xr.Dataset, level: float = 0.95, *, of: str = "npv", confidence: float = 0.95
) -> xr.Dataset:
    """Return the mean and the tail mean of each strategy, and which of them no other beats.

    A strategy is efficient if none is as cheap on average and in its worst ``1 - level`` of the
    futures, and cheaper in one of the two. Whoever prefers less of both chooses among these,
    whatever weight the tail has. It is judged by the estimates; among many strategies some are on
    the frontier by chance.

    Parameters
    ----------
    ds
        Result of `simulate`, or of `simulate_assignments`.
    level
        Level of the tail mean, in (0, 1).
    of
        Variable to judge by, over strategy and path.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over ``strategy``, in its order: ``mean`` and ``tail`` (unit of the variable) with their
        bounds under the suffixes ``_lower`` and ``_upper``, and ``efficient``, whether no other
        strategy beats it. Equal strategies are all efficient or none. Coordinates by service are
        kept.

    Raises
    ------
    ValueError
        A level or confidence outside (0, 1), an unknown variable or one with further dimensions,
        or values that are not finite.

    Warns
    -----
    PrecisionWarning
        Bounds are infinite: there are too few paths.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> npv = [1e6 + 2e3 * np.arange(1000.0), np.full(1000, 2.2e6), np.full(1000, 3.2e6)]
    >>> names = ["current", "msp", "hybrid"]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": names})
    >>> found = efficient_frontier(ds)
    >>> found["efficient"].values.tolist(), found["tail"].values.round(-3).tolist()
    ([True, True, False], [2949000.0, 2200000.0, 3200000.0])
    """
    sample = read_sample(ds, of, by_strategy=True)
    if sample.labels.dims != ("strategy",):
        extra = [str(dim) for dim in sample.labels.dims if dim != "strategy"]
        raise ValueError(
            f"of={of!r} must have the dimensions ('strategy', 'path') only, got {extra} as well; "
            f"select one, such as ds.isel({extra[0]}=0)"
        )
    means = mean(ds, of=of, confidence=confidence)
    tails = tail_value_at_risk(ds, level, of=of, confidence=confidence)
    variables = {
        name + end: found[key].drop_vars("level", errors="ignore")
        for name, found in (("mean", means), ("tail", tails))
        for key, end in (("value", ""), ("lower", "_lower"), ("upper", "_upper"))
    }
    chosen = efficient(np.stack([means["value"].values, tails["value"].values], axis=-1))
    variables["efficient"] = sample.label(chosen, "whether no other strategy beats it", units="1")
    result = sample.dataset(variables, measure="efficient_frontier", confidence=confidence)
    return result.assign_coords(level=tails["level"])


def efficient(points: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return which rows of two columns no other row beats: as small in both, smaller in one.

    Examples
    --------
    >>> efficient(np.array([[1.0, 5.0], [2.0, 2.0], [2.0, 3.0], [2.0, 2.0]])).tolist()
    [True, True, False, True]
    """
    first, second = points.T
    values, group = np.unique(first, return_inverse=True)
    least = np.full(len(values), np.inf)
    np.minimum.at(least, group, second)
    before = np.minimum.accumulate(np.append(np.inf, least[:-1]))
    return np.asarray((second == least[group]) & (second < before[group]))
