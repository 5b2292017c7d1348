"""The one builder of result Datasets: coordinates, units and the manifest."""

from __future__ import annotations

import datetime
import json
import platform
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import llvmlite
import numpy as np

from hcrisk._version import __version__
from hcrisk.kernels._cache import version_of
from hcrisk.kernels.columns import COST_LINES
from hcrisk.kernels.tables import Output
from hcrisk.program import Program
from hcrisk.program.keys import REST, Seed
from hcrisk.program.layout import ENTERPRISE
from hcrisk.scenario.register import unit_of
from hcrisk.scenario.scenario import Scenario
from hcrisk.variables import (
    COORDINATES,
    CURRENCY,
    DEFAULT,
    DETAILS,
    FULL,
    described,
    kept,
    label_text,
    title_of,
)

if TYPE_CHECKING:
    import xarray as xr

GENERATOR = "Philox4x32-10; key BLAKE2b-64(seed, stream name); counter (path, step)"
# How paths were drawn, by what the manifest has then; each variable says it too, since a variable
# that is taken out of its Dataset loses both manifest and weights.
DRAWN_BY = {"proposal": "proposal", "sections": "sobol", "inner": "shared"}
# What readers of netCDF look for in any file: conventions for discovering data.
CONVENTIONS = "ACDD-1.3"
SUMMARY = (
    "Simulated costs of the strategies of a scenario, by future, year, cost line and service, with "
    "what happens in each future. The unit of money is its ISO 4217 code."
)
STANDS_ON = ("numpy", "numba", "llvmlite", "xarray")


def slugs(scenario: Scenario, program: Program) -> dict[str, list[str]]:
    """Return the coordinate values of every named dimension."""
    return {
        "strategy": list(program.layout.strategies),
        "service": [*program.layout.services, ENTERPRISE],
        "component": [*COST_LINES, *scenario.risks],
        "risk": list(scenario.risks),
        "parameter": list(program.inputs),
    }


def labels(scenario: Scenario, names: dict[str, list[str]]) -> dict[str, dict[str, str]]:
    """Return the names shown to readers, by slug, of each dimension: of strategies, all."""
    known: dict[str, Mapping[str, object]] = {
        "strategy": scenario.strategies,
        "service": scenario.services,
        "component": scenario.risks,
        "risk": scenario.risks,
    }
    # A chart gives a strategy the same colour whichever others are simulated beside it.
    listed = names | {"strategy": list(dict.fromkeys([*scenario.strategies, *names["strategy"]]))}
    return {
        dim: {slug: _label(items.get(slug), slug) for slug in listed[dim]}
        for dim, items in known.items()
    }


def _label(item: object, slug: str) -> str:
    label = getattr(item, "label", None)
    return label if label is not None else slug.replace("_", " ").replace("-", " ")


def empty_output(scenario: Scenario, program: Program, n_path: int, detail: str) -> Output:
    """Return arrays for the results of `n_path` paths; those not kept have no paths."""
    rank = DETAILS.index(detail)
    sizes = {dim: len(names) for dim, names in slugs(scenario, program).items()}
    x, s, c = sizes["strategy"], sizes["service"], sizes["component"]
    t = program.links.n_year
    more = n_path if rank >= DETAILS.index(DEFAULT) else 0
    most = n_path if rank >= DETAILS.index(FULL) else 0
    return Output(
        npv=np.empty((x, n_path)),
        cost=np.empty((x, t, n_path)),
        component_npv=np.empty((x, c, more)),
        service_npv=np.empty((x, s, more)),
        events=np.empty((x, sizes["risk"], more), dtype=np.int32),
        uncovered=np.empty((x, s, more)),
        departures=np.empty((x, s, more), dtype=np.int32),
        wage_index=np.empty((t, n_path)),
        price_index=np.empty((t, n_path)),
        input=np.empty((sizes["parameter"], more)),
        cube=np.empty((x, s, c, t, most)),
        weight=np.empty(n_path if program.links.pick_row.size else 0),
    )


def units_along(scenario: Scenario, paths: Sequence[str]) -> xr.Variable:
    """Return the unit of each input as a coordinate along them."""
    import xarray as xr

    units = [unit_of(scenario, path) or "1" for path in paths]
    return xr.Variable("parameter", np.array(units, dtype=str), described(COORDINATES["unit"]))


def bytes_per_path(scenario: Scenario, program: Program, detail: str) -> int:
    """Return how much memory one path's results take."""
    return sum(array.nbytes for array in empty_output(scenario, program, 1, detail))


def build_dataset(
    scenario: Scenario, program: Program, output: Output, attrs: Mapping[str, Any]
) -> xr.Dataset:
    """Return the labelled Dataset of a finished run.

    Parameters
    ----------
    scenario : Scenario
    program : Program
    output : Output
    attrs : mapping
        The `manifest` of the run.

    Returns
    -------
    xarray.Dataset
        With the variables of `hcrisk.variables` and the manifest in its attrs.
    """
    import xarray as xr

    start, detail = attrs["start"], attrs["detail"]
    names = slugs(scenario, program)
    shown = labels(scenario, names)
    n_path = output.npv.shape[-1]
    coords: dict[str, object] = dict(names)
    coords["year"] = np.arange(1, program.links.n_year + 1)
    coords["path"] = np.arange(start, start + n_path)
    data = {}
    drawn = next((how for name, how in DRAWN_BY.items() if name in attrs), None)
    for variable in kept(detail):
        units = scenario.currency if variable.units == CURRENCY else variable.units
        about = described(variable.long_name, units)
        if drawn is not None:
            about["drawn"] = drawn
        data[variable.name] = (variable.dims, getattr(output, variable.field), about)
    if "proposal" in attrs:
        about = described("weight of the path", "1")
        weight = output.weight if output.weight.size else np.ones(n_path)
        data["weight"] = (("path",), weight, about)
    used = {dim for dims, *_ in data.values() for dim in dims}
    ds = xr.Dataset(data, coords={dim: coords[dim] for dim in coords if dim in used})
    for dim in used:
        ds[dim].attrs |= described(COORDINATES[dim])
    for dim in used & shown.keys():
        ds[dim].attrs["labels"] = label_text(shown[dim])
    if "parameter" in used:
        ds.coords["unit"] = units_along(scenario, names["parameter"])
    ds.attrs = dict(attrs)
    return ds


def manifest(
    scenario: Scenario, program: Program, *, seed: Seed, start: int, paths: int, detail: str
) -> dict[str, Any]:
    """Return what identifies a run: inputs, seed, paths, software and date.

    Numbers are Python's own, so that ``json.dumps(ds.attrs)`` works: the seed too, of up to 64
    bits, which `hcrisk.save` and xarray write exactly. Seeds by stream are written as JSON beside
    the seed of all other streams.
    """
    by_stream = {"seeds": json.dumps(dict(seed))} if isinstance(seed, Mapping) else {}
    discounting = scenario.discounting
    surroundings = software()
    return {
        "Conventions": CONVENTIONS,
        "title": title_of(scenario),
        "summary": SUMMARY,
        "source": f"hcrisk {__version__}",
        "history": f"{surroundings['created']} simulated by hcrisk {__version__}",
        "scenario": scenario.name,
        "scenario_digest": scenario.digest,
        "currency": scenario.currency,
        "providers": float(scenario.practice.providers),
        "years": program.links.n_year,
        "discount_rate": discounting.rate.central,
        "discount_timing": discounting.timing,
        "current": program.layout.current_name,
        "seed": int(seed[REST] if isinstance(seed, Mapping) else seed),
        **by_stream,
        "start": start,
        "paths": paths,
        "detail": detail,
        "generator": GENERATOR,
        **surroundings,
    }


def software() -> dict[str, str]:
    """Return by which software, and when, a result is made now.

    Examples
    --------
    >>> list(software())
    ['hcrisk', 'python', 'numpy', 'numba', 'llvmlite', 'xarray', 'created']
    """
    return {
        "hcrisk": __version__,
        "python": platform.python_version(),
        **dict(zip(STANDS_ON, _versions(), strict=True)),
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def _versions() -> tuple[str, ...]:
    """Return the versions of what results stand on; numba need not be loaded, nor xarray yet."""
    return np.__version__, version_of("numba"), llvmlite.__version__, version_of("xarray")
