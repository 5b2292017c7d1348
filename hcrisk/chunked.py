"""Results computed chunk by chunk, when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from hcrisk.exceptions import MissingExtraError

if TYPE_CHECKING:
    import xarray as xr

PATH = "path"


class Part(Protocol):
    """What simulates some of the paths of a run."""

    def __call__(self, *, start: int, paths: int) -> xr.Dataset:
        """Return the result of ``paths`` paths from ``start`` on."""


class Job:
    """A part that is shipped to workers once, however many chunks they compute of it."""

    def __init__(self, part: Part) -> None:
        self.part = part


def values(job: Job, start: int, paths: int) -> dict[str, np.ndarray[Any, Any]]:
    """Return the variables of a chunk that have paths."""
    ds = job.part(start=start, paths=paths)
    return {str(name): ds[name].values for name in ds.data_vars if PATH in ds[name].dims}


def in_chunks(part: Part, start: int, paths: int, chunk: int, least: int = 1) -> xr.Dataset:
    """Return a Dataset backed by dask whose chunks are simulated when they are computed.

    Parameters
    ----------
    part
        Simulates some of the paths. It is called once, for the first ``least``, before this
        returns: what it refuses is refused now, and its variables and labels are those of all.
    start, paths
        First path and number of paths.
    chunk
        Paths in each chunk; the last may have fewer.
    least
        The fewest paths that can be simulated.

    Returns
    -------
    xarray.Dataset
        As that of a run of all paths, to the bit, once computed.

    Raises
    ------
    MissingExtraError
        dask is not installed.
    """
    import xarray as xr

    dask, array = _dask()
    template = part(start=start, paths=least)
    job = dask.delayed(Job(part), pure=False)
    compute = dask.delayed(values, pure=False)
    firsts = range(start, start + paths, chunk)
    sizes = [min(chunk, start + paths - first) for first in firsts]
    parts = [compute(job, first, size) for first, size in zip(firsts, sizes, strict=True)]
    data = {
        name: _joined(array, parts, sizes, str(name), one) if PATH in one.dims else one
        for name, one in template.data_vars.items()
    }
    numbers = (PATH, np.arange(start, start + paths), template[PATH].attrs)
    coords = {name: numbers if name == PATH else one for name, one in template.coords.items()}
    return xr.Dataset(data, coords, {**template.attrs, "paths": paths})


def _joined(
    array: Any, parts: list[Any], sizes: list[int], name: str, one: xr.DataArray
) -> xr.Variable:
    """Return a variable of all chunks, along paths."""
    import xarray as xr

    axis = one.dims.index(PATH)
    blocks = []
    for part, size in zip(parts, sizes, strict=True):
        shape = (*one.shape[:axis], size, *one.shape[axis + 1 :])
        blocks.append(array.from_delayed(part[name], shape, dtype=one.dtype))
    return xr.Variable(one.dims, array.concatenate(blocks, axis=axis), one.attrs)


def _dask() -> tuple[Any, Any]:
    try:
        import dask
        import dask.array
    except ImportError:
        raise MissingExtraError("chunks", "dask", "dask") from None
    return dask, dask.array
