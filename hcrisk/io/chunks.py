"""The chunks of a result that is backed by dask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import xarray as xr

from hcrisk.chunked import PATH, values
from hcrisk.progress import progress_bar

_ROWS = 1 << 16


def is_lazy(ds: xr.Dataset) -> bool:
    """Return whether something of a result is yet to be computed."""
    return any(variable.chunks is not None for variable in ds.variables.values())


def slices(ds: xr.Dataset) -> Iterator[slice]:
    """Return the paths of each chunk, in order."""
    sizes = dict(ds.chunksizes).get(PATH)
    if sizes is None:
        n = ds.sizes[PATH]
        sizes = tuple(min(_ROWS, n - first) for first in range(0, n, _ROWS))
    first = 0
    for size in sizes:
        yield slice(first, first + size)
        first += size


@contextmanager
def watched(ds: xr.Dataset, wanted: bool | None) -> Iterator[None]:
    """Show how many paths are simulated while the chunks of a result are computed here."""
    if not is_lazy(ds):
        yield
        return
    from dask.callbacks import Callback

    sizes = dict(ds.chunksizes).get(PATH, (0,))
    with progress_bar(sum(sizes), wanted) as advance:

        def done(key: Any, result: Any, *_: object) -> None:
            if str(key).startswith(values.__name__):
                advance(next(iter(result.values())).shape[-1])

        with Callback(posttask=done):  # type: ignore[no-untyped-call]
            yield
