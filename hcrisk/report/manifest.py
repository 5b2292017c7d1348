"""Where the figures of a report come from, as its readers see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hcrisk.figures import plain

if TYPE_CHECKING:
    import xarray as xr

    from hcrisk.scenario import Scenario

# What every manifest of the command line has, null where there is none.
ALWAYS = (
    "command",
    "scenario",
    "scenario_digest",
    "currency",
    "years",
    "seed",
    "paths",
    "hcrisk",
    "python",
    "numpy",
    "numba",
    "llvmlite",
    "xarray",
    "created",
)

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
    >>> import xarray as xr
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


def json_manifest(
    command: str, scenario: Scenario | None = None, run: Mapping[Any, Any] | None = None
) -> dict[str, Any]:
    """Return the manifest that every command prints with ``--json``.

    Parameters
    ----------
    command
        What was asked for, such as ``quote``.
    scenario
        What it is about, if it is about one.
    run
        Attributes of the simulation the figures are from, which go before what is known here.

    Returns
    -------
    dict
        With every entry of ``ALWAYS``, then whatever else ``run`` has.

    Examples
    --------
    >>> made = json_manifest("quote", run={"seed": 7, "proposal": "tilted"})
    >>> made["command"], made["seed"], made["paths"], made["proposal"], made["created"] is None
    ('quote', 7, None, 'tilted', False)
    """
    from hcrisk.results import software

    about: dict[str, Any] = {}
    if scenario is not None:
        about = {
            "scenario": scenario.name,
            "scenario_digest": scenario.digest,
            "currency": scenario.currency,
            "years": scenario.years,
        }
    known = {**software(), **about, **(run or {}), "command": command}
    return {name: known.pop(name, None) for name in ALWAYS} | known
