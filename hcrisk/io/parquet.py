"""Results as a table: one row for each path and strategy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr

from hcrisk.chunked import PATH
from hcrisk.io.attributes import storable
from hcrisk.io.chunks import slices
from hcrisk.progress import progress_bar

STRATEGY = "strategy"
_COMPRESSION = "zstd"


def write_parquet(ds: xr.Dataset, path: str | os.PathLike[str], progress: bool | None) -> None:
    """Write a result with paths, a group of rows for each chunk."""
    from pyarrow import parquet

    if PATH not in ds.dims:
        raise ValueError(
            f"a table needs paths, got a result over {sorted(map(str, ds.dims))}; save it as .nc, "
            "or write ds.to_dataframe() with pandas"
        )
    about = {"hcrisk": json.dumps(storable(ds).attrs, default=float)}
    with progress_bar(ds.sizes[PATH], progress) as advance:
        schema = _table(ds.isel({PATH: slice(0, 1)}).load()).schema.with_metadata(about)
        with parquet.ParquetWriter(path, schema, compression=_COMPRESSION) as writer:
            for part in slices(ds):
                loaded = ds.isel({PATH: part}).load()
                writer.write_table(_table(loaded).cast(schema))
                advance(part.stop - part.start)


def _table(ds: xr.Dataset) -> Any:
    """Return the rows of a result: all paths of the first strategy, then of the second."""
    import pyarrow as arrow

    strategies = [str(name) for name in ds[STRATEGY].values] if STRATEGY in ds.dims else []
    rows, n = max(len(strategies), 1), ds.sizes[PATH]
    columns: dict[str, Any] = {PATH: np.tile(ds[PATH].values, rows)}
    if strategies:
        codes = np.repeat(np.arange(rows, dtype=np.int32), n)
        columns[STRATEGY] = arrow.DictionaryArray.from_arrays(codes, strategies)
    fields = []
    for name, values, units in _columns(ds):
        columns[name] = values.ravel() if values.ndim == 2 else np.tile(values, rows)
        fields.append((name, units))
    table = arrow.table(columns)
    for name, units in fields:
        place = table.schema.get_field_index(name)
        field = table.schema.field(place).with_metadata({"units": units})
        table = table.set_column(place, field, table.column(place))
    return table


def _columns(ds: xr.Dataset) -> Iterator[tuple[str, np.ndarray[Any, Any], str]]:
    """Yield name, values over (strategy and) path, and unit of each column."""
    for name, variable in ds.data_vars.items():
        if PATH not in variable.dims:
            continue
        lasting = [dim for dim in (STRATEGY, PATH) if dim in variable.dims]
        others = [str(dim) for dim in variable.dims if dim not in lasting]
        units = str(variable.attrs.get("units", ""))
        for place in np.ndindex(*(ds.sizes[dim] for dim in others)):
            at = dict(zip(others, place, strict=True))
            words = [_word(dim, variable[dim].values[k]) for dim, k in at.items()]
            one = variable.isel(at).transpose(*lasting)
            yield "_".join([str(name), *words]), one.values, units


def _word(dim: str, label: object) -> str:
    return f"{dim}_{label}" if dim == "year" else str(label)
