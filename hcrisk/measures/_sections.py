"""Intervals from sections of the paths, for any statistic of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from hcrisk.measures._estimators import (
    Estimate,
    Floats,
    batch_count,
    batch_estimate,
    paths_to_batch,
    paths_to_bound_quantile,
    sorted_batches,
)
from hcrisk.measures._labelled import Sample, level_name, warn_few_paths

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


def warn_few_beyond(
    sample: Sample, figure: str, levels: Iterable[float], confidence: float
) -> None:
    """Warn once for each level at which percentiles, or sections of them, have too few paths.

    ``figure`` has a place for the level's name. To be called by a public function itself.
    """
    for level in levels:
        needed = max(
            paths_to_batch(min(level, 1.0 - level)), paths_to_bound_quantile(level, confidence)
        )
        if sample.n_path < needed:
            warn_few_paths(sample, figure.format(level_name(level)), needed, confidence)
