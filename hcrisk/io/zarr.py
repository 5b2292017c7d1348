"""Results as Zarr: a folder with a file for each variable and chunk."""

from __future__ import annotations

import os
from importlib.util import find_spec

import xarray as xr

from hcrisk.exceptions import MissingExtraError
from hcrisk.io.attributes import restored, storable
from hcrisk.io.chunks import watched

# Version 3 has no texts of fixed width yet; every reader knows 2.
_FORMAT = 2


def write_zarr(ds: xr.Dataset, path: str | os.PathLike[str], progress: bool | None) -> None:
    """Write a result to a folder that is empty, chunk by chunk where it has chunks."""
    with watched(ds, progress):
        storable(ds).to_zarr(path, mode="w", zarr_format=_FORMAT, consolidated=True)


def read_zarr(path: str | os.PathLike[str], lazy: bool) -> xr.Dataset:
    """Return a result from a folder."""
    if lazy and find_spec("dask") is None:
        raise MissingExtraError("lazy=True", "dask", "dask")
    if not os.path.isdir(path):
        raise FileNotFoundError(f"there is no folder {os.fspath(path)!r}")
    opened = xr.open_zarr(path, chunks={} if lazy else None, consolidated=True, decode_times=False)
    return restored(opened if lazy else opened.load())
