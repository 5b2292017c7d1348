"""What each strategy costs by year and cost line: means over the paths of a run."""

from __future__ import annotations

import xarray as xr

from hcrisk.progress import one_bar
from hcrisk.scenario import Scenario
from hcrisk.simulation import simulate
from hcrisk.variables import FULL

# Bytes that costs by service, line and year may take at a time, whatever the number of paths.
ROOM = 1 << 28


def yearly_flows(
    scenario: Scenario,
    ds: xr.Dataset,
    *,
    threads: int | None = None,
    progress: bool | None = None,
) -> xr.DataArray:
    """Return the mean nominal cost of each year by cost line, over the very paths of a run.

    They are simulated again, some at a time, with all the detail a result can have, of which the
    sums are kept: so a year's lines add up to the mean cost that the run has for it.

    Parameters
    ----------
    scenario
        The scenario simulated.
    ds
        Result of `simulate` on it, of paths that were drawn one by one.
    threads, progress
        As for `simulate`.

    Returns
    -------
    xarray.DataArray
        Over strategy, component and year.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> import numpy as np
    >>> small = load("small-practice")
    >>> ds = simulate(small, paths=50, seed=1)
    >>> flows = yearly_flows(small, ds)
    >>> flows.dims, bool(np.allclose(flows.sum("component"), ds["cost"].mean("path")))
    (('strategy', 'component', 'year'), True)
    """
    names = [str(name) for name in ds["strategy"].values]
    stated = [name for name in names if name in scenario.strategies]
    paths, first = ds.sizes["path"], int(ds["path"].values[0])
    size = 8 * len(names) * ds.sizes["component"] * ds.sizes["year"] * (len(scenario.services) + 1)
    most, sums = max(1, ROOM // size), xr.DataArray(0.0)
    with one_bar(paths, progress):
        for start in range(0, paths, most):
            part = simulate(
                scenario,
                paths=min(most, paths - start),
                start=first + start,
                seed=int(ds.attrs["seed"]),
                strategies=stated,
                detail=FULL,
                threads=threads,
                progress=progress,
            )["cost_cube"]
            part = part.transpose("strategy", "component", "year", "service", "path")
            # No value is missing; looking for some would take as much room again.
            sums = sums + part.sum("path", skipna=False).sum("service", skipna=False)
    flows = (sums / paths).sel(strategy=names)
    return flows.assign_attrs(units=str(ds.attrs["currency"]), long_name="mean nominal cost")
