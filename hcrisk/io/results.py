"""Results to files and back: netCDF, Zarr for those larger than memory, Parquet for others."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from hcrisk.exceptions import MissingExtraError
from hcrisk.io.files import FOLDER, replace_when_done

if TYPE_CHECKING:
    import xarray as xr

TABLE = ".parquet"
SUFFIXES = (".nc", FOLDER, TABLE)
# The package that a format needs, and the extra that installs it.
_PACKAGES = {FOLDER: ("zarr", "zarr"), TABLE: ("pyarrow", "parquet")}


def save(
    ds: xr.Dataset,
    path: str | os.PathLike[str],
    *,
    force: bool = False,
    progress: bool | None = None,
) -> None:
    """Write a result to a file, complete or not at all; the name's ending says in which format.

    ``.zarr`` is a folder with a file for each variable and chunk, ``.parquet`` a table for SQL
    and business intelligence, with one row for each path and strategy and the manifest in its
    metadata; ``.nc`` is netCDF. A result of ``simulate(..., chunks=...)`` is simulated and
    written chunk by chunk as Zarr or Parquet, so it may be larger than memory.

    Attributes that files cannot hold (tables, true and false, None, very large integers) are
    written as text, from which `read` restores them.

    Parameters
    ----------
    ds
        Result of `simulate`, or of a measure; for Parquet one with paths.
    path
        The file to write, or the folder.
    force
        Whether an existing file may be replaced, or a folder with a result.
    progress
        Show a progress bar while chunks are written; by default on runs of more than a second in
        a terminal or notebook.

    Raises
    ------
    OutputError
        The file exists and ``force`` is false, or it cannot be written where it should be.
    MissingExtraError
        The format needs a package that is not installed.
    ValueError
        A name with another ending; for Parquet, a result without paths.

    Examples
    --------
    >>> import tempfile, xarray as xr
    >>> path = Path(tempfile.mkdtemp()) / "run.nc"
    >>> ds = xr.Dataset({"npv": ("path", [1.0, 2.0])}, attrs={"versions": {"hcrisk": "0.1.0"}})
    >>> save(ds, path)
    >>> read(path).identical(ds)
    True
    """
    if Path(path).suffix not in SUFFIXES:
        raise ValueError(
            f"path must end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}, got "
            f"{os.fspath(path)!r}; for another format make a table of a variable first, such as "
            'ds["npv"].to_dataframe().to_csv(path)'
        )
    check_format(path)
    with replace_when_done(path, force) as temporary:
        write(ds, temporary, progress)


def check_format(path: str | os.PathLike[str]) -> None:
    """Refuse a format whose package is not installed, before there is anything to write."""
    suffix = Path(path).suffix
    if suffix in _PACKAGES:
        package, extra = _PACKAGES[suffix]
        if find_spec(package) is None:
            raise MissingExtraError(f"a file that ends in {suffix}", package, extra)


def write(ds: xr.Dataset, path: str | os.PathLike[str], progress: bool | None = None) -> None:
    """Write a result to a file that may exist; `save` is this done safely."""
    suffix = Path(path).suffix
    if suffix == FOLDER:
        from hcrisk.io.zarr import write_zarr

        write_zarr(ds, path, progress)
    elif suffix == TABLE:
        from hcrisk.io.parquet import write_parquet

        write_parquet(ds, path, progress)
    else:
        from hcrisk.io.attributes import storable

        storable(ds).to_netcdf(path, engine="h5netcdf")


def read(path: str | os.PathLike[str], *, lazy: bool = False) -> xr.Dataset:
    """Return a result that `save` wrote, loaded into memory.

    Parameters
    ----------
    path
        The netCDF file, or the folder of Zarr.
    lazy
        Read nothing but labels: the Dataset is backed by dask, and a chunk is read when it is
        computed. For Zarr only.

    Returns
    -------
    xarray.Dataset
        Equal to what was saved, attributes and types included.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        A table, or ``lazy`` for anything but Zarr.
    MissingExtraError
        The format, or ``lazy``, needs a package that is not installed.
    """
    import xarray as xr

    from hcrisk.io.attributes import restored

    suffix = Path(path).suffix
    if suffix == TABLE:
        raise ValueError(
            f"path must be a netCDF file or a .zarr folder, got {os.fspath(path)!r}, a table for "
            "other programs; read it with pandas.read_parquet, or save the result as .zarr too"
        )
    check_format(path)
    if suffix == FOLDER:
        from hcrisk.io.zarr import read_zarr

        return read_zarr(path, lazy)
    if lazy:
        raise ValueError(
            f"lazy is for .zarr folders only, got {os.fspath(path)!r}; save the result as .zarr"
        )
    if not os.path.isfile(path):
        raise FileNotFoundError(f"there is no file {os.fspath(path)!r}")
    with xr.open_dataset(path, engine="h5netcdf", decode_times=False) as opened:
        return restored(opened.load())
