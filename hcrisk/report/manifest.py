"""Where the figures of a report come from, as its readers see it."""

from __future__ import annotations

import xarray as xr

from hcrisk.figures import plain

SHOWN = {
    "scenario": "Scenario",
    "scenario_digest": "Digest of the scenario",
    "paths": "Simulated futures",
    "seed": "Seed",
    "years": "Horizon, years",
    "discount_rate": "Discount rate",
    "currency": "Currency",
    "generator": "Random numbers",
    "hcrisk": "hcrisk",
    "python": "Python",
    "numpy": "NumPy",
    "numba": "numba",
    "created": "Simulated at",
}


def shown_manifest(ds: xr.Dataset) -> list[tuple[str, str]]:
    """Return what of a run's manifest is shown, each entry with its label.

    Examples
    --------
    >>> ds = xr.Dataset(coords={"path": range(2000)}, attrs={"seed": 7, "paths": 1})
    >>> shown_manifest(ds)
    [('Simulated futures', '2,000'), ('Seed', '7')]
    """
    attrs = {**ds.attrs, "paths": ds.sizes["path"]}
    return [
        (label, plain(float(attrs[key])) if key in ("paths", "discount_rate") else str(attrs[key]))
        for key, label in SHOWN.items()
        if key in attrs
    ]
