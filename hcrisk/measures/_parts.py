"""What a cost is made of: reading its parts, and weighting the paths of its tail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import xarray as xr

from hcrisk.exceptions import ArgumentError
from hcrisk.measures._estimators import Floats, snapped
from hcrisk.measures._labelled import Sample, check_choice, read_sample

By = Literal["component", "service", "year"]
BY: tuple[By, ...] = ("component", "service", "year")
_SOURCES = {"component": "component_npv", "service": "service_npv", "year": "cost"}
_CUBE = "cost_cube"
# Of the sizes added up: what is left by rounding is far below it, a part left out far above.
_ROUNDING = 1e-9


def check_by(by: str | Iterable[str]) -> tuple[str, ...]:
    """Return the dimensions to split a cost by, each once, in the order given."""
    wanted = (by,) if isinstance(by, str) else tuple(by)
    for name in wanted:
        check_choice("by", name, BY)
    if not wanted or len(set(wanted)) < len(wanted):
        raise ArgumentError(
            "by",
            by,
            f"must name at least one of {list(BY)}, each once",
            "write 'service' or ('service', 'year')",
        )
    return wanted


def read_parts(ds: xr.Dataset, by: tuple[str, ...]) -> tuple[Sample, Sample]:
    """Return ``npv`` over (strategy, path) and its parts over strategy, each of ``by`` and path.

    Yearly costs are nominal in a result; here they are discounted, path by path where the rate
    is an uncertain input.
    """
    whole = read_sample(ds, "npv", by_strategy=True)
    if whole.labels.ndim > 1:
        raise ValueError(
            f"ds['npv'] must have the dimensions ('strategy', 'path'), got {ds['npv'].dims}; pass "
            f"the result of simulate"
        )
    name = _SOURCES[by[0]] if len(by) == 1 else _CUBE
    if name not in ds:
        detail = "full" if name == _CUBE else "default"
        raise ValueError(
            f"by={_shown(by)} needs ds[{name!r}], which this result lacks; simulate again with "
            f"detail={detail!r}"
        )
    array = ds[name]
    missing = [dim for dim in ("strategy", *by) if dim not in array.dims]
    if missing:
        raise ValueError(
            f"ds[{name!r}] has lost the dimension {missing[0]!r}; keep it by a list of one, as in "
            f"ds.sel({missing[0]}=[...])"
        )
    if "year" in array.dims:
        array = array * discount_factors(ds)
    others = [dim for dim in array.dims if dim not in ("strategy", *by, "path")]
    array = array.sum(others).transpose("strategy", *by, "path")
    array.attrs = {"units": whole.units, "long_name": f"{whole.title} by {' and '.join(by)}"}
    parts = read_sample(xr.Dataset({name: array}, attrs=ds.attrs), name)
    _check_sum(whole, parts, by)
    return whole, parts


def discount_factors(ds: xr.Dataset) -> xr.DataArray:
    """Return what a payment of each year is worth today, by path where the rate is sampled."""
    for name in ("discount_rate", "discount_timing"):
        if name not in ds.attrs:
            raise ValueError(
                f"ds.attrs[{name!r}] must say how years are discounted, got nothing; pass the "
                f"result of simulate with its attrs"
            )
    rate = xr.DataArray(float(ds.attrs["discount_rate"]))
    if "input" in ds and "discounting.rate" in ds["parameter"].values:
        rate = ds["input"].sel(parameter="discounting.rate", drop=True)
    late = 0.5 if ds.attrs["discount_timing"] == "mid" else 0.0
    return (1.0 + rate) ** (late - ds["year"])


def tail_parts(values: Floats, level: float) -> Floats:
    """Return with which part each path is among the worst ``1 - level`` share of its row.

    1 above the boundary, 0 below it; those equal to it share what is left of the tail, so that no
    order among ties matters.

    Examples
    --------
    >>> tail_parts(np.array([0.0, 0.0, 0.0, 5.0]), 0.5).round(3).tolist()
    [0.333, 0.333, 0.333, 1.0]
    """
    n = values.shape[-1]
    k, fraction = snapped(level, n)
    boundary = np.partition(values, k, axis=-1)[..., k : k + 1]
    above, ties = values > boundary, values == boundary
    left = n - k - fraction - above.sum(axis=-1, keepdims=True)
    return np.asarray(above + ties * (left / ties.sum(axis=-1, keepdims=True)))


def tail_weights(values: Floats, level: float) -> Floats:
    """Return the weight of each path in the tail mean of ``values``; each row adds up to 1.

    The weighted mean is Acerbi and Tasche's tail mean.
    """
    n = values.shape[-1]
    k, fraction = snapped(level, n)
    return np.asarray(tail_parts(values, level) / (n - k - fraction))


def weighted_mean(values: Floats, weights: Floats) -> Floats:
    """Return the mean along the last axis; equal paths give their value to the bit."""
    first = values[..., :1]
    return np.asarray(first[..., 0] + ((values - first) * weights).sum(axis=-1))


def mean_error(values: Floats) -> Floats:
    """Return the standard error of the mean along the last axis; infinite for one path."""
    n = values.shape[-1]
    if n == 1:
        return np.full(values.shape[:-1], np.inf)
    return np.asarray(values.std(axis=-1, ddof=1) / np.sqrt(n))


def _check_sum(whole: Sample, parts: Sample, by: tuple[str, ...]) -> None:
    along = tuple(range(1, parts.values.ndim - 1))
    short = np.abs(parts.values.sum(axis=along) - whole.values)
    if (short <= _ROUNDING * np.abs(parts.values).sum(axis=along)).all():
        return
    remedy = f"pass the whole result, not a selection of {' or '.join(by)}"
    if parts.name in ("cost", _CUBE):
        remedy += ", with the sampled discount rate if there is one (detail='default')"
    raise ValueError(
        f"the parts by={_shown(by)} must add up to npv on every path, but differ by up to "
        f"{short.max():,.2f}; {remedy}"
    )


def _shown(by: tuple[str, ...]) -> str:
    return repr(by[0] if len(by) == 1 else by)
