"""Whether a saving is worth the change: the margin to clear before switching."""

from __future__ import annotations

import dataclasses
from numbers import Real

import numpy as np
import xarray as xr

from hcrisk.exceptions import ArgumentError
from hcrisk.measures._estimators import mean_estimate, wilson_estimate
from hcrisk.measures._labelled import Sample, check_share, read_sample, warn_few_paths
from hcrisk.measures.compare import checked_baseline
from hcrisk.variables import scalar


def switching_margin(
    ds: xr.Dataset,
    margin: float = 0.1,
    *,
    at_most: float | None = None,
    baseline: str | None = None,
    of: str = "npv",
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return whether each strategy saves enough, beyond doubt, to leave the current arrangement.

    A change costs attention and can fail in ways nobody wrote down, so a saving should clear a
    margin first. The United States' rule for contracting out [1]_ was a tenth of the in-house
    personnel costs, at most 10 million dollars; here the margin is a share of the mean cost of
    the baseline, and ``at_most`` caps it.

    Savings are taken path by path, baseline minus strategy. The ``verdict`` is "switch" where the
    whole interval of the mean ``surplus``, the saving less the margin, lies above 0, "stay" where
    it lies below, "undecided" where it does not exclude 0.

    Parameters
    ----------
    ds
        Result of `simulate`.
    margin
        Share of the baseline's mean cost that must be saved, in [0, 1).
    at_most
        Largest margin, in the unit of the variable; none when omitted.
    baseline
        Name of the strategy to leave; the current arrangement, ``ds.attrs["current"]``, when
        omitted.
    of
        Variable to compare, by strategy and path.
    confidence
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    xarray.Dataset
        Over ``strategy`` (all but the baseline) and the variable's other dimensions without
        ``path``: ``saving``, ``margin`` and ``surplus`` (unit of the variable; central-limit
        intervals, that of the surplus on the paired difference and so inclusive of the error of
        the margin), ``probability`` that a path saves more than the margin (Wilson), each with
        its bounds beside it under the suffixes ``_lower`` and ``_upper``, and ``verdict``.
        ``baseline`` is a scalar coordinate.

    Raises
    ------
    ValueError
        A margin outside [0, 1), a negative or infinite ``at_most``, an unknown baseline or none
        known, no strategy besides it, a confidence outside (0, 1), an unknown variable or one
        without strategies, or values that are not finite.

    Warns
    -----
    PrecisionWarning
        There is a single path.

    References
    ----------
    .. [1] U.S. Office of Management and Budget, "Circular No. A-76 (Revised): Performance of
       Commercial Activities", 2003, attachment B, section D (conversion differential).

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> current = 100.0 + np.arange(1000.0) % 10
    >>> npv = [current, 0.85 * current, 0.95 * current]
    >>> ds = xr.Dataset(
    ...     {"npv": (("strategy", "path"), npv)}, {"strategy": ["current", "msp", "hybrid"]}
    ... )
    >>> result = switching_margin(ds, 0.1, baseline="current")
    >>> result["verdict"].values.tolist(), result["surplus"].values.round(3).tolist()
    (['switch', 'stay'], [5.225, -5.225])
    """
    confidence, share = check_share("confidence", confidence), _checked_margin(margin)
    cap = _checked_cap(at_most)
    sample = read_sample(ds, of, by_strategy=True)
    names = [str(name) for name in sample.labels["strategy"].values]
    base = names.index(checked_baseline(ds, baseline, names))
    if sample.n_path == 1:
        _warn(sample, confidence)
    return _margins(sample, base, share, cap, confidence)


def _margins(sample: Sample, base: int, share: float, cap: float, confidence: float) -> xr.Dataset:
    others = [i for i in range(sample.values.shape[0]) if i != base]
    labels = sample.labels.isel(strategy=others)
    labels.coords["baseline"] = scalar("baseline", str(sample.labels["strategy"].values[base]))
    current = sample.values[base]
    saved = dataclasses.replace(sample, values=current - sample.values[others], labels=labels)
    asked = share * current
    capped = asked.mean(axis=-1, keepdims=True) > cap
    # The share is of the mean; path by path it has the same mean, and the error of that mean.
    required = np.where(capped, cap, asked)
    amount = required.mean(axis=-1)
    count = (saved.values > amount[..., None]).sum(axis=-1).astype(float)
    surplus = mean_estimate(saved.values - required, confidence)
    every = np.broadcast_to(required, saved.values.shape)
    title = sample.title
    variables = {
        **saved.label_estimate(
            mean_estimate(saved.values, confidence), f"mean saving in {title}", name="saving"
        ),
        **saved.label_estimate(
            mean_estimate(every, confidence), f"margin to clear in {title}", name="margin"
        ),
        **saved.label_estimate(surplus, f"mean saving less margin in {title}", name="surplus"),
        **saved.label_estimate(
            wilson_estimate(count, sample.n_path, confidence),
            f"probability of saving more than the margin in {title}",
            name="probability",
            units="1",
        ),
    }
    verdict = np.where(surplus.upper < 0, "stay", "undecided")
    verdict = np.where(surplus.lower > 0, "switch", verdict)
    variables["verdict"] = saved.label(verdict, "whether to leave the baseline", units="1")
    return saved.dataset(variables, measure="switching_margin", confidence=confidence)


def _checked_margin(margin: float) -> float:
    if isinstance(margin, bool) or not isinstance(margin, Real):
        raise TypeError(f"margin must be a number in [0, 1), got {margin!r}; write 0.1")
    if not 0.0 <= margin < 1.0:
        raise ArgumentError(
            "margin",
            margin,
            "must be a share in [0, 1) of the baseline's mean",
            "write 0.1 for a tenth",
        )
    return float(margin)


def _checked_cap(at_most: float | None) -> float:
    if at_most is None:
        return np.inf
    if isinstance(at_most, bool) or not isinstance(at_most, Real) or not 0 <= at_most < np.inf:
        raise ArgumentError(
            "at_most",
            at_most,
            "must be a finite amount of 0 or more",
            "write 500_000.0 or leave it out",
        )
    return float(at_most)


def _warn(sample: Sample, confidence: float) -> None:
    warn_few_paths(sample, "saving", 2, confidence)
