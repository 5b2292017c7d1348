"""Results whose paths are not independent futures of equal weight, and who may measure them."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import NamedTuple

import numpy as np
import xarray as xr

from hcrisk.measures._estimators import (
    FEWEST_BATCHES,
    Estimate,
    Floats,
    batch_count,
    batch_estimate,
    paths_to_batch,
)
from hcrisk.measures._gamma import fraction_estimate, paths_to_bound
from hcrisk.measures._weights import calibrated, mean_of, quantile_of

Statistic = Callable[[Floats, Floats | None], Floats]

# What a number of paths that is to suffice is given above what those there are suggest.
_RESERVE = 1.1
# Attribute of the variables of a result, by which parts of it are known that lost its manifest.
DRAWN = "drawn"
_MANIFEST = {"sobol": "sections", "shared": "inner"}


class Design(NamedTuple):
    """How the paths of a result were drawn, where that is not one by one from the model.

    Attributes
    ----------
    weight : Floats or None
        Of each path, as simulated; None if all weigh the same.
    sections : int
        Equal consecutive parts that are independent of each other; 0 if any whole groups are.
    inner : int
        Consecutive paths that belong together.
    """

    weight: Floats | None
    sections: int
    inner: int

    @property
    def effective(self) -> float:
        """How many paths of equal weight would know a mean over all of them as well."""
        if self.weight is None:
            return np.nan
        return float(self.weight.sum() ** 2 / np.square(self.weight).sum())

    def cuts(self, values: Floats, level: float) -> list[slice]:
        """Return sections of the paths that are independent of each other, none if too few.

        Each has its part of the paths beyond the level.
        """
        n = values.shape[-1]
        count = self.sections or min(self._sections(values, level), n // self.inner)
        if not self.sections and count < FEWEST_BATCHES:
            return []
        size = n // self.inner // count * self.inner
        return [slice(i * size, (i + 1) * size) for i in range(count)]

    def _sections(self, values: Floats, level: float) -> int:
        share, n = min(level, 1.0 - level), values.shape[-1]
        if self.weight is None or n * share == 0.0:
            return batch_count(n, share)
        # A proposal has more paths beyond some levels than their share, and fewer beyond others.
        bound = quantile_of(values, self.weight, level)[..., None]
        beyond = self.weight * (values >= bound if level >= 0.5 else values <= bound)
        effective = np.square(beyond.sum(axis=-1)) / np.square(beyond).sum(axis=-1)
        enough = FEWEST_BATCHES if n >= self.paths_to_section(level) else 0
        return max(batch_count(n, min(float(effective.min()) / n, 0.5)), enough)

    def paths_to_section(self, level: float) -> int:
        """Return how many paths have sections at that level, however they weigh."""
        fewest = paths_to_batch(min(level, 1.0 - level))
        if self.weight is not None:
            # So many paths are effective at the least, as no path weighs more.
            return ceil(_RESERVE * fewest * float(self.weight.max()))
        return max(fewest, FEWEST_BATCHES * self.inner)

    def paths_to_bound(self, level: float, confidence: float) -> int:
        """Return how many paths bound a quantile, or a tail mean beyond it."""
        if self.weight is None:
            return self.paths_to_section(level)
        share = min(level, 1.0 - level)
        return paths_to_bound(share, float(self.weight.max()), confidence)

    def estimate(
        self, values: Floats, statistic: Statistic, level: float, confidence: float
    ) -> Estimate:
        """Return a statistic along the last axis, with the interval of its spread by section.

        ``statistic`` takes values with paths last and their weights, or None where all are equal;
        ``level`` says beyond which percentile it looks, 0.5 if it looks at all paths.
        """

        def of(part: slice) -> Floats:
            weight = None if self.weight is None else calibrated(self.weight[part])
            return statistic(values[..., part], weight)

        cuts = self.cuts(values, level)
        by_section = np.stack([of(part) for part in cuts], axis=-1) if cuts else None
        return batch_estimate(of(slice(None)), by_section, confidence)

    def proportion(self, values: Floats, statistic: Statistic, confidence: float) -> Estimate:
        """Return a probability with its interval by section, inside [0, 1].

        Where no section has a case, or none lacks one, sections do not differ: the bound is then
        the rule of three of the paths' weight.
        """
        if self.weight is not None and statistic is mean_of:
            return fraction_estimate(values, self.weight, confidence)
        found = self.estimate(values, statistic, 0.5, confidence)
        value = np.clip(found.value, 0.0, 1.0)
        alike = found.upper - found.lower == 0.0
        most = 1.0 if self.weight is None else float(self.weight.max())
        reach = min(1.0, -np.log(1.0 - confidence) * most * self.inner / values.shape[-1])
        lower = np.where(alike & (value >= 1.0), 1.0 - reach, found.lower)
        upper = np.where(alike & (value <= 0.0), reach, found.upper)
        return Estimate(value, np.clip(lower, 0.0, value), np.clip(upper, value, 1.0))


def design_of(ds: xr.Dataset) -> Design | None:
    """Return how the paths of a result were drawn, None if one by one from the model.

    Raises
    ------
    ValueError
        If the weights or some of the paths have been left out.
    """
    attrs, n = ds.attrs, ds.sizes.get("path", 0)
    if "weight" in ds:
        return Design(np.asarray(ds["weight"].values, dtype=np.float64), 0, 1)
    _refuse_lost(ds)
    if "sections" in attrs:
        if n != attrs["paths"]:
            raise ValueError(
                f"ds must keep all {attrs['paths']} paths of a run with inputs='sobol', got {n}; "
                "their points are balanced as a whole"
            )
        return Design(None, int(attrs["sections"]), 1)
    inner = int(attrs.get("inner", 1))
    if inner == 1:
        return None
    numbers = ds["path"].values
    if n % inner or numbers[0] % inner or (np.diff(numbers) != 1).any():
        raise ValueError(
            f"ds must keep whole groups of {inner} paths that share their inputs, got {n} paths; "
            f"select paths from a multiple of {inner} to a multiple of {inner}"
        )
    return Design(None, 0, inner)


def _refuse_lost(ds: xr.Dataset) -> None:
    """Refuse variables of a designed run without what says how its paths were drawn."""
    drawn = {str(name): variable.attrs.get(DRAWN) for name, variable in ds.data_vars.items()}
    if "proposal" in ds.attrs or "proposal" in drawn.values():
        raise ValueError(
            "ds must keep the variable 'weight' of a run with a proposal, got "
            f"{sorted(drawn)}; select variables with 'weight' among them"
        )
    for name, how in drawn.items():
        if how in _MANIFEST and _MANIFEST[how] not in ds.attrs:
            raise ValueError(
                f"ds must keep the attrs of a run with {how} inputs, got {name!r} without "
                f"{_MANIFEST[how]!r}; select with ds[[{name!r}]]"
            )


def refuse_designed(ds: xr.Dataset) -> None:
    """Refuse a result whose paths are not independent futures of equal weight."""
    design = design_of(ds)
    if design is None:
        return
    what, remedy = "paths of different weight", "proposal"
    if design.inner > 1:
        what, remedy = "paths that share their inputs", "inner"
    elif design.sections:
        what, remedy = "paths whose inputs are Sobol points", "inputs='sobol'"
    raise ValueError(
        f"ds must have independent paths of equal weight for this measure, got {what}; simulate "
        f"without {remedy} (docs/variance.md says which measures take them)"
    )
