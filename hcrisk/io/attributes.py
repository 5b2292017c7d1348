"""Attributes that every format can hold: what some cannot is written as marked text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

# What attributes of files cannot hold is written as JSON behind this mark.
JSON_MARK = "json:"
_LARGEST_INTEGER = 2**63 - 1


def storable(ds: xr.Dataset) -> xr.Dataset:
    """Return a Dataset whose attributes are numbers and texts, and lists of them."""
    return _with_attrs(ds, _storable)


def restored(ds: xr.Dataset) -> xr.Dataset:
    """Return what `storable` was made from, as read from a file."""
    ds = _with_attrs(ds, _restored)
    texts = {name: ds[name].astype(str) for name in ds.variables if ds[name].dtype.kind == "O"}
    result = ds.assign({name: text.copy() for name, text in texts.items()})
    for variable in result.variables.values():
        variable.encoding.clear()
    result.encoding.clear()
    return result


def _with_attrs(ds: xr.Dataset, convert: Any) -> xr.Dataset:
    result = ds.copy()
    result.attrs = _converted(ds.attrs, convert)
    for name in ds.variables:
        result[name].attrs = _converted(ds[name].attrs, convert)
    return result


def _converted(attrs: Mapping[Any, Any], convert: Any) -> dict[str, Any]:
    return {str(name): convert(value) for name, value in attrs.items()}


def _storable(value: Any) -> Any:
    if _is_numpy_number(value):
        return value
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, str):
        # h5netcdf reads an empty attribute back as something else.
        return _marked(value) if not value or value.startswith(JSON_MARK) else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _marked(value)
    return value if isinstance(value, float) or abs(value) <= _LARGEST_INTEGER else _marked(value)


def _is_numpy_number(value: Any) -> bool:
    """Tell whether a value is a number of a type that is NumPy's only, which netCDF has as well."""
    # An int is stored as an int64 and a float as a float64, so these come back as int and float.
    own = isinstance(value, np.number) and not isinstance(value, np.int64 | np.float64)
    return own and value.dtype.kind in "iuf"


def _marked(value: Any) -> str:
    return JSON_MARK + json.dumps(value)


def _restored(value: Any) -> Any:
    if isinstance(value, str):
        return json.loads(value[len(JSON_MARK) :]) if value.startswith(JSON_MARK) else value
    if getattr(value, "size", 0) != 1:
        return value
    scalar = value.reshape(())[()]
    return scalar if _is_numpy_number(scalar) else scalar.item()
