"""How an estimate settles as paths are added."""

from __future__ import annotations

import numpy as np
import xarray as xr

from hcrisk.arguments import check_whole
from hcrisk.measures._design import Design
from hcrisk.measures._estimators import Estimate, stack_estimates
from hcrisk.measures._gamma import quantile_estimate, tail_estimate_of
from hcrisk.measures._labelled import Sample, check_share, read_sample, warn_few_paths
from hcrisk.measures._weights import mean_of
from hcrisk.measures.statistic import MEAN, PERCENTILE, Statistic
from hcrisk.measures.statistic import statistic as read_statistic

MOST_POINTS = 1_000
_FIRST = 10


def convergence(
    ds: xr.Dataset,
    statistic: str = "mean",
    *,
    of: str = "npv",
    points: int = 40,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return a statistic with its interval for more and more of the paths.

    The first ten paths, then more and more, evenly on a logarithmic scale, up to all. Paths are
    taken in their order, so that each estimate is the one a shorter run would have given, to the
    bit. An interval that holds the last value on the way there is no proof, but one that leaves
    it again and again says that the statistic has no stable estimate yet.

    Parameters
    ----------
    ds
        Result of `simulate`.
    statistic
        ``"mean"``, ``"p95"``, ``"tvar95"`` or their like.
    of
        Variable to estimate it for; any variable with paths.
    points
        How many numbers of paths to look at, at most; 2 to 1000.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower`` and ``upper`` (unit of the variable) over the variable's dimensions
        without ``path``, then ``paths``. Bounds are infinite where there are too few paths. Of a
        run with a proposal each is weighted by the paths so far.
        To be drawn by `hcrisk.plot.convergence`.

    Raises
    ------
    ValueError
        An unknown statistic or variable, a confidence outside (0, 1), points outside their range,
        or values that are not finite.

    Warns
    -----
    PrecisionWarning
        The bounds are infinite with all of the paths: there are too few of them.

    See Also
    --------
    hcrisk.required_paths : How many paths a stated precision needs.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> npv = np.tile([90.0, 110.0], 500)[None]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": ["own"]})
    >>> found = convergence(ds, points=3).sel(strategy="own")
    >>> found["paths"].values.tolist(), found["value"].values.tolist()
    ([10, 100, 1000], [100.0, 100.0, 100.0])
    >>> (found["upper"] - found["value"]).values.round(2).tolist()
    [7.54, 1.99, 0.62]
    """
    wanted, confidence = read_statistic(statistic), check_share("confidence", confidence)
    check_whole("points", points, 2, MOST_POINTS)
    weighted = isinstance(ds, xr.Dataset) and "weight" in ds
    sample = read_sample(ds, of, designed=weighted)
    counts = _counts(sample.n_path, int(points))
    estimate = stack_estimates(_of_first(sample, int(n), wanted, confidence) for n in counts)
    about = {"units": "1", "long_name": "paths"}
    along = xr.DataArray(counts, dims="paths", attrs=about)
    _warn(sample, wanted, estimate, confidence)
    variables = sample.label_estimate(estimate, f"{wanted.title} of {sample.title}", along=along)
    result = sample.dataset(variables, measure="convergence", confidence=confidence)
    result.attrs["statistic"] = wanted.name
    # The coordinate says how many paths; the run's own number would contradict all but the last.
    result.attrs.pop("paths", None)
    return result


def _warn(sample: Sample, wanted: Statistic, estimate: Estimate, confidence: float) -> None:
    """Warn of bounds that are infinite with all of the paths, which stand last."""
    if np.isfinite([estimate.lower[..., -1], estimate.upper[..., -1]]).all():
        return
    design, needed = sample.design, wanted.paths_to_bound(confidence)
    if design is not None and wanted.kind == MEAN:
        needed = design.paths_to_section(0.5)
    elif design is not None:
        needed = design.paths_to_bound(wanted.level, confidence)
    warn_few_paths(sample, wanted.title, needed, confidence)


def _of_first(sample: Sample, n: int, wanted: Statistic, confidence: float) -> Estimate:
    """Return the statistic of the first ``n`` paths, as a run of so many would have it."""
    values = sample.values[..., :n]
    if sample.design is None or sample.design.weight is None:
        return wanted.estimate(values, confidence)
    weight = sample.design.weight[:n]
    if wanted.kind == MEAN:
        return Design(weight, 0, 1).estimate(values, mean_of, 0.5, confidence)
    bounded = quantile_estimate if wanted.kind == PERCENTILE else tail_estimate_of
    return bounded(values, weight, wanted.level, confidence).estimate


def _counts(n_path: int, points: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return numbers of paths, evenly on a logarithmic scale, each once."""
    first = min(_FIRST, n_path)
    return np.unique(np.rint(np.geomspace(first, n_path, points)).astype(np.int64))
