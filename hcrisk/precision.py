"""How many futures a stated precision needs, and runs that stop when they have it."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from numbers import Real

import numpy as np
import xarray as xr

from hcrisk.exceptions import ArgumentError, PrecisionWarning
from hcrisk.joining import join
from hcrisk.measures import mean, percentiles, tail_value_at_risk
from hcrisk.measures._labelled import check_share
from hcrisk.measures.statistic import MEAN, PERCENTILE, statistic

FIRST_PATHS = 2_000
# A guess of the paths needed is itself uncertain: some more are asked for, and not too few.
RESERVE = 1.1
LEAST_GROWTH = 1.3


@dataclass(frozen=True)
class Precision:
    """How precisely a statistic of npv is to be known, for every strategy.

    As ``until`` of `simulate`, it ends a run when that is reached.

    Parameters
    ----------
    statistic : str
        ``"mean"``, ``"p95"``, ``"tvar95"`` or their like.
    rel : float, optional
        Greatest half-width of the interval as a share of the statistic.
    amount : float, optional
        Greatest half-width in units of the currency. One of the two is given.
    confidence : float
        Of the interval, in (0, 1).

    Raises
    ------
    TypeError
        ``rel`` or ``amount`` is no number.
    ValueError
        For an unknown statistic, both or none of ``rel`` and ``amount``, or one that is not
        positive.

    Examples
    --------
    >>> Precision("p95", rel=0.01).statistic
    'p95'
    """

    statistic: str = MEAN
    rel: float | None = None
    amount: float | None = None
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Refuse what says nothing, or too much."""
        statistic(self.statistic)
        check_share("confidence", self.confidence)
        if (self.rel is None) == (self.amount is None):
            raise ValueError(
                f"one of rel and amount must be given, got rel={self.rel!r} and "
                f"amount={self.amount!r}"
            )
        for name in ("rel", "amount"):
            value = getattr(self, name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, Real):
                raise TypeError(f"{name} must be a number above 0, got {value!r}; write 0.01")
            if not 0.0 < float(value) < math.inf:
                raise ArgumentError(name, value, "must be above 0 and finite")

    def reach(self, part: Callable[..., xr.Dataset], start: int, most: int) -> xr.Dataset:
        """Simulate until every strategy's figure is as precise; `simulate` calls it.

        Parameters
        ----------
        part : callable
            Simulates so many ``paths`` from ``start`` on.
        start, most : int
            The first path, and how many there may be.

        Returns
        -------
        xarray.Dataset
            Its manifest says under ``until`` what was asked, as JSON.

        Warns
        -----
        PrecisionWarning
            The precision is not reached.

        Examples
        --------
        >>> from functools import partial
        >>> import hcrisk
        >>> part = partial(hcrisk.simulate, hcrisk.load("small-practice"))
        >>> Precision(rel=0.1).reach(part, 0, 9_000).sizes["path"]
        2000
        """
        ds = part(start=start, paths=min(FIRST_PATHS, most))
        while True:
            there = ds.sizes["path"]
            needed = int(required_paths(ds, self).max())
            if needed > there == most:
                _warn(self, ds, needed)
            if needed <= there or there == most:
                return ds.assign_attrs(until=self._asked(ds))
            target = max(math.ceil(RESERVE * needed), math.ceil(LEAST_GROWTH * there))
            ds = join(ds, part(start=start + there, paths=min(target, most) - there))

    def _asked(self, ds: xr.Dataset) -> str:
        """Return for the manifest what a run was to know, and of whom, as JSON."""
        asked = {name: value for name, value in asdict(self).items() if value is not None}
        strategies = [str(name) for name in ds["strategy"].values]
        return json.dumps(asked | {"strategies": strategies}, default=float)


def required_paths(ds: xr.Dataset, precision: Precision) -> xr.DataArray:
    """Return how many paths a precision needs, judged by those there are.

    An interval narrows with the square root of the paths. The guess is itself uncertain, the more
    so for far tails of few paths.

    Parameters
    ----------
    ds
        Result of `simulate`.
    precision
        What is wanted.

    Returns
    -------
    xarray.DataArray
        Number of paths over strategy; no more than there are where they suffice.

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> npv = np.tile([90.0, 110.0], 5_000)[None]
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv)}, {"strategy": ["own"]})
    >>> required_paths(ds, Precision("mean", rel=0.001)).item()
    38428
    """
    found = _interval(ds, precision)
    half = ((found["upper"] - found["lower"]) / 2.0).values
    value = np.abs(found["value"].values)
    target = value * precision.rel if precision.rel is not None else precision.amount
    there = ds.sizes["path"]
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.where(half > 0.0, there * np.square(half / target), 1.0)
    bounded = np.isfinite(half)
    fewest = float(statistic(precision.statistic).paths_to_bound(precision.confidence))
    needed = np.where(bounded, needed, max(fewest, 2.0 * there))
    # A share of nothing is never reached.
    whole = np.clip(np.ceil(needed), 1.0, 2.0**62)
    about = {"units": "1", "long_name": f"paths for the {precision.statistic} to be as precise"}
    return xr.DataArray(
        whole.astype(np.int64), dims=("strategy",), coords={"strategy": ds["strategy"]}, attrs=about
    )


def _interval(ds: xr.Dataset, precision: Precision) -> xr.Dataset:
    wanted = statistic(precision.statistic)
    with warnings.catch_warnings():
        # Too few paths are what is being looked for.
        warnings.simplefilter("ignore", PrecisionWarning)
        if wanted.kind == MEAN:
            return mean(ds, confidence=precision.confidence)
        measure = percentiles if wanted.kind == PERCENTILE else tail_value_at_risk
        found = measure(ds, wanted.level, confidence=precision.confidence)
    return found.squeeze("level", drop=True) if "level" in found.dims else found


def _warn(precision: Precision, ds: xr.Dataset, needed: int) -> None:
    names: Sequence[str] = [
        str(name)
        for name, count in zip(
            ds["strategy"].values, required_paths(ds, precision).values, strict=True
        )
        if count > ds.sizes["path"]
    ]
    warnings.warn(
        f"{precision.statistic} of {', '.join(names)} is not as precise as asked with "
        f"{ds.sizes['path']:,} paths; about {needed:,} would do",
        PrecisionWarning,
        stacklevel=4,
    )
