"""What a measure found as a table to read: every figure with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr

from hcrisk.figures import (
    NO_INTERVAL,
    Figure,
    common_unit,
    money,
    money_margin,
    percent,
    plain,
    supported_step,
)
from hcrisk.measures._labelled import check_choice, level_name
from hcrisk.variables import input_words, labels_of, words

if TYPE_CHECKING:
    import pandas as pd

VALUE = "value"
_LEVEL = "level"
# Dimensions whose labels are dotted paths of a scenario.
_PATHS = ("parameter", "input")


def table(ds: xr.Dataset, *names: str) -> pd.DataFrame:
    """Return the figures of a measure as texts to read, each with what may be added or taken.

    Money is written in the unit that suits its column, shares as percentages, and no figure with
    more digits than its interval supports. For numbers to compute with use ``ds.to_dataframe()``.

    Parameters
    ----------
    ds
        Result of a measure: values with ``lower`` and ``upper``, or names with ``_lower`` and
        ``_upper``.
    *names
        The figures to show; all that go along the same rows when omitted.

    Returns
    -------
    pandas.DataFrame
        A row for each label of the first dimension, a column for each figure and each label of
        its other dimensions. If that is wider than 80 letters, and less wide the other way round,
        rows and columns change places. It prints whole, columns that do not fit below the others.

    Raises
    ------
    TypeError
        For something that is not a Dataset.
    ValueError
        A result without figures, an unknown one, or figures along different rows.

    Examples
    --------
    >>> import xarray as xr
    >>> from hcrisk import percentiles
    >>> npv = 1e6 + 1e5 * np.arange(10_000.0).reshape(2, 5_000) / 1e3
    >>> coords = {"strategy": ["own_staff", "msp"]}
    >>> money = {"units": "USD"}
    >>> ds = xr.Dataset({"npv": (("strategy", "path"), npv, money)}, coords, {"currency": "USD"})
    >>> print(table(percentiles(ds, (0.5, 0.8))))
                          P50             P80
    Own staff  $1.250M ±0.007  $1.400M ±0.006
    Msp        $1.750M ±0.007  $1.900M ±0.006
    """
    from hcrisk.printed import PAGE, Printed

    found = _figures(ds)
    if names:
        known = {one.name: one for one in found}
        found = [known[check_choice("names", name, known)] for name in names]
    rows = found[0].dims[:1]
    along = [one for one in found if one.dims[:1] == rows]
    if names and len(along) < len(found):
        raise ValueError(
            f"names must be figures along the same rows, got {[one.name for one in found]}; make "
            "a table of each"
        )
    columns = {}
    for one in along:
        for heading, figures in _columns(ds, one, alone=len(along) == 1):
            columns[heading] = _texts(figures, one.unit, str(ds.attrs.get("currency", "USD")))
    index = _labels(ds, rows[0]) if rows else [str(ds.attrs.get("measure", VALUE))]
    made = Printed(columns, index=index)
    turned = Printed(made.T)
    return turned if _width(made) > PAGE and _width(turned) < _width(made) else made


def _width(made: pd.DataFrame) -> int:
    """Return how many letters wide a table is printed."""
    columns = (max(len(str(name)), *map(len, made[name])) for name in made.columns)
    return max(len(str(name)) for name in made.index) + sum(2 + width for width in columns)


class _Bounded(NamedTuple):
    """One figure of a result: its name, dimensions and unit."""

    name: str
    dims: tuple[str, ...]
    unit: str

    @property
    def keys(self) -> tuple[str, str, str]:
        """The variables of value and bounds."""
        if self.name == VALUE:
            return VALUE, "lower", "upper"
        return self.name, f"{self.name}_lower", f"{self.name}_upper"


def _figures(ds: xr.Dataset) -> list[_Bounded]:
    if not isinstance(ds, xr.Dataset):
        raise TypeError(
            f"ds must be the xarray.Dataset that a measure returns, got {type(ds).__name__}; "
            "pass the whole result"
        )
    every = [
        _Bounded(str(key), tuple(map(str, ds[key].dims)), str(ds[key].attrs.get("units", "")))
        for key in ds.data_vars
    ]
    found = [one for one in every if all(key in ds for key in one.keys)]
    if not found:
        raise ValueError(
            "ds must hold figures with bounds, got none; pass what a measure returns, such as "
            "hcrisk.percentiles(ds), or use ds.to_dataframe()"
        )
    return found


def _columns(ds: xr.Dataset, one: _Bounded, alone: bool) -> Iterator[tuple[str, list[Figure]]]:
    """Iterate over the columns of a figure: what stands above, and the figures below it."""
    value, lower, upper = (np.atleast_1d(ds[key].values) for key in one.keys)
    others = one.dims[1:]
    labels = [_labels(ds, dim) for dim in others]
    for place in np.ndindex(*(ds.sizes[dim] for dim in others)):
        said = [names[k] for names, k in zip(labels, place, strict=True)]
        name = str(ds.attrs.get("measure", VALUE)) if one.name == VALUE else one.name
        heading = ", ".join(said if alone and said else [words(name), *said])
        at = (slice(None), *place)
        parts = zip(value[at], lower[at], upper[at], strict=True)
        yield heading, [Figure(*map(float, part)) for part in parts]


def _labels(ds: xr.Dataset, dim: str) -> list[str]:
    if dim not in ds.coords:
        return [f"{dim} {k}" for k in range(ds.sizes[dim])]
    values = ds[dim].values.tolist()
    if dim == _LEVEL:
        return [level_name(level) for level in values]
    if dim in _PATHS:
        return [input_words(str(path)) for path in values]
    if ds[dim].dtype.kind in "if":
        return [f"{dim} {plain(float(value))}" for value in values]
    known = labels_of(ds, dim)
    return [known[str(slug)] for slug in values]


def _texts(figures: Sequence[Figure], unit: str, currency: str) -> list[str]:
    known = [one for one in figures if not math.isnan(one.value)]
    scale = common_unit(known)
    is_share = unit == "1" and all(0.0 <= one.lower and one.upper <= 1.0 for one in known)

    def text(one: Figure) -> str:
        if math.isnan(one.value):
            return ""
        if is_share:
            return percent(one)
        if unit != currency:
            return _number(one)
        if one.lower == one.upper:
            return money(one, currency)
        return f"{money(one, currency, scale)} {money_margin(one, scale)}"

    return [text(one) for one in figures]


def _number(one: Figure) -> str:
    if not one.is_bounded or one.lower == one.upper:
        return plain(one.value) + ("" if one.is_bounded else f" {NO_INTERVAL}")
    step = supported_step(one)
    decimals = max(0, -round(math.log10(step)))
    half = math.ceil(one.half_width / step - 1e-9) * step
    return f"{one.value:,.{decimals}f} ±{half:,.{decimals}f}"
