"""By how much a strategy is the cheapest: the chance of a lead, threshold by threshold."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real

import numpy as np
import xarray as xr

from hcrisk.exceptions import ArgumentError
from hcrisk.measures._estimators import Floats, wilson_estimate
from hcrisk.measures._labelled import check_share, read_sample


def probability_cheapest_by(
    ds: xr.Dataset,
    threshold: float | Iterable[float],
    *,
    of: str = "npv",
    strategies: Iterable[str] | None = None,
    confidence: float = 0.95,
) -> xr.Dataset:
    r"""Return, for each strategy, the chance that it leads all others by at least an amount.

    The lead of a strategy on a path is what the cheapest *other* strategy costs above it,
    :math:`L_s = \min_{t \ne s} X_t - X_s`; here is :math:`P(L_s \ge x)`, amount by amount. Above
    0 it says how often the strategy is cheapest by so much; below 0 how often it is at most so
    much dearer than the cheapest, that is, how often choosing it would hardly be regretted. With
    two ``strategies`` it is the distribution of their paired difference. At 0 a tie counts for
    each of those that tie, where `hcrisk.measures.probability_cheapest` shares it.

    Parameters
    ----------
    ds
        Result of `simulate`.
    threshold
        Amount in the unit of the variable, or several for a curve.
    of
        Variable to compare, by strategy and path: ``"npv"``, or ``"cost"`` for each year.
    strategies
        Names of the strategies to compare, at least two; all when omitted.
    confidence
        Confidence of the interval at each amount, in (0, 1). It is not a band for the curve.

    Returns
    -------
    xarray.Dataset
        ``value``, ``lower`` and ``upper`` (probabilities, Wilson) over ``strategy`` and the
        variable's other dimensions without ``path``. ``threshold`` is a scalar coordinate for a
        single amount, a last dimension for several.

    Raises
    ------
    ValueError
        A threshold that is not finite or none at all, fewer than two strategies, an unknown or
        repeated strategy, an unknown variable or one without strategies, a confidence outside
        (0, 1), or values that are not finite.

    Examples
    --------
    >>> import xarray as xr
    >>> npv = [[1.0, 2.0, 3.0, 4.0], [2.0, 2.0, 2.0, 2.0]]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": ["current", "msp"]})
    >>> probability_cheapest_by(ds, [-1.0, 0.0, 1.0])["value"].values.tolist()
    [[0.75, 0.5, 0.25], [1.0, 0.75, 0.5]]
    """
    confidence, amounts = check_share("confidence", confidence), _checked(threshold)
    sample = read_sample(ds, of, by_strategy=True, strategies=strategies)
    if sample.values.shape[0] < 2:
        raise ValueError(
            f"strategies must be at least two to compare, got "
            f"{sample.labels['strategy'].values.tolist()}; name another or simulate it"
        )
    leads = _leads(sample.values)
    count = np.stack([(leads >= amount).sum(axis=-1) for amount in amounts], axis=-1)
    estimate = wilson_estimate(count.astype(float), sample.n_path, confidence)
    along = xr.DataArray(np.array(amounts), dims="threshold")
    along.attrs = {"units": sample.units, "long_name": f"lead in {sample.title}"}
    title = f"probability of leading in {sample.title} by the threshold"
    variables = sample.label_estimate(estimate, title, units="1", along=along)
    result = sample.dataset(variables, measure="probability_cheapest_by", confidence=confidence)
    return result if isinstance(threshold, Iterable) else result.isel(threshold=0)


def _leads(values: Floats) -> Floats:
    """Return what the smallest of the other rows of axis 0 has above each row."""
    two = np.partition(values, 1, axis=0)[:2]
    # The smallest row's rival is the second; where rows tie the two are equal.
    rival = np.where(values == two[0], two[1], two[0])
    return np.asarray(rival - values)


def _checked(threshold: float | Iterable[float]) -> list[float]:
    given = list(threshold) if isinstance(threshold, Iterable) else [threshold]
    for amount in given:
        if isinstance(amount, bool) or not isinstance(amount, Real) or not np.isfinite(amount):
            raise ArgumentError(
                "threshold", amount, "must be a finite amount", "write one such as 250_000.0"
            )
    if not given:
        raise ValueError("threshold must name at least one amount, got none; write 0.0")
    return [float(amount) for amount in given]
