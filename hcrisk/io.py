"""Results to files and back, and files that are either complete or not there."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hcrisk.exceptions import HcriskError

if TYPE_CHECKING:
    import xarray as xr

# What netCDF attributes cannot hold is written as JSON behind this mark.
JSON_MARK = "json:"
_LARGEST_INTEGER = 2**63 - 1


class OutputError(HcriskError):
    """A file cannot be written where it was asked for."""


@contextmanager
def replace_when_done(path: str | os.PathLike[str], force: bool = False) -> Iterator[Path]:
    """Give a temporary name to write to, and move it to ``path`` once all went well.

    Whatever could be refused is refused at the start, so enter before a long computation. If
    the block raises, or is interrupted, ``path`` is as it was and nothing else is left.

    Parameters
    ----------
    path
        The file to write; its folder must exist.
    force
        Whether an existing file may be replaced.

    Yields
    ------
    pathlib.Path
        An empty file in the same folder with the same suffix.

    Raises
    ------
    OutputError
        The file exists and ``force`` is false, or it cannot be written where it should be.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "answer.txt"
    >>> with replace_when_done(path) as temporary:
    ...     _ = temporary.write_text("42")
    >>> path.read_text()
    '42'
    """
    path = Path(path)
    _refuse_if_taken(path, force)
    temporary = _temporary_beside(path)
    try:
        yield temporary
        # It may have appeared while the block ran.
        _refuse_if_taken(path, force)
        os.replace(temporary, path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def save(ds: xr.Dataset, path: str | os.PathLike[str], *, force: bool = False) -> None:
    """Write a result to a netCDF file, complete or not at all.

    Attributes that netCDF cannot hold (tables, true and false, None, very large integers) are
    written as text, from which `read` restores them.

    Parameters
    ----------
    ds
        Result of `simulate`, or of a measure.
    path
        The file to write.
    force
        Whether an existing file may be replaced.

    Raises
    ------
    OutputError
        The file exists and ``force`` is false, or it cannot be written where it should be.

    Examples
    --------
    >>> import tempfile, xarray as xr
    >>> path = Path(tempfile.mkdtemp()) / "run.nc"
    >>> ds = xr.Dataset({"npv": ("path", [1.0, 2.0])}, attrs={"versions": {"hcrisk": "0.1.0"}})
    >>> save(ds, path)
    >>> read(path).identical(ds)
    True
    """
    with replace_when_done(path, force) as temporary:
        write(ds, temporary)


def write(ds: xr.Dataset, path: str | os.PathLike[str]) -> None:
    """Write a result to a netCDF file that may exist; `save` is this done safely."""
    _with_attrs(ds, _storable).to_netcdf(path, engine="h5netcdf")


def read(path: str | os.PathLike[str]) -> xr.Dataset:
    """Return a result that `save` wrote, loaded into memory.

    Parameters
    ----------
    path
        The netCDF file.

    Returns
    -------
    xarray.Dataset
        Equal to what was saved, attributes and types included.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    """
    import xarray as xr

    with xr.open_dataset(path, engine="h5netcdf", decode_times=False) as opened:
        ds = _with_attrs(opened.load(), _restored)
    texts = {name: ds[name].astype(str) for name in ds.variables if ds[name].dtype.kind == "O"}
    restored = ds.assign({name: text.copy() for name, text in texts.items()})
    for variable in restored.variables.values():
        variable.encoding.clear()
    restored.encoding.clear()
    return restored


def _refuse_if_taken(path: Path, force: bool) -> None:
    if path.is_dir():
        raise OutputError(f"{path} is a folder; name a file inside it")
    if path.exists() and not force:
        raise OutputError(f"{path} exists already; choose another name, or allow replacing it")


def _temporary_beside(path: Path) -> Path:
    if not path.parent.is_dir():
        raise OutputError(f"{path.parent} is not a folder; create it before writing {path.name}")
    temporary = path.with_name(f".{path.stem}-{secrets.token_hex(4)}.part{path.suffix}")
    try:
        temporary.touch(exist_ok=False)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{path} cannot be written ({reason}); choose another folder") from None
    return temporary


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
    import numpy as np

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
