"""Intervals from sections of the paths, for any statistic of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    batch_count,
    batch_estimate,
    sorted_batches,
)

Statistic = Callable[[Floats], Floats]


def sectioned(
    values: Floats, ordered: Floats, tail_share: float, confidence: float, statistic: Statistic
) -> Estimate:
    """Return a statistic of sorted paths with the interval of its spread between batches.

    ``statistic`` takes ``float64[..., n_path]``, each row sorted, and returns an array whose
    leading axes do not depend on the number of paths; between batches it is called once more with
    ``float64[..., batch, path]``, so it may combine rows only along axes counted from the front.
    """
    batches = batch_count(values.shape[-1], tail_share)
    by_batch = statistic(sorted_batches(values, batches)) if batches else None
    return batch_estimate(statistic(ordered), by_batch, confidence)


def exact_mean(values: Floats) -> Floats:
    """Return the mean along the last axis; equal values give that value to the bit."""
    first = values[..., :1]
    return np.asarray(first[..., 0] + (values - first).mean(axis=-1))
