"""The commands that show more than a report has room for, as a reader types them."""

from __future__ import annotations

import xarray as xr

from hcrisk.figures import plain
from hcrisk.report.quote import THIN
from hcrisk.scenario import Scenario
from hcrisk.scenarios import load, scenarios

# Keeps the decide command to what covers every service most of the time.
COVERED = f"--constraint 'uncovered <= {100 * THIN:g}%'"


def scenario_argument(scenario: Scenario) -> str:
    """Return what a command calls a scenario: its name if it is a shipped one.

    A scenario does not know the file it was read from, which the reader has to fill in.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> mid = load("mid-market")
    >>> scenario_argument(mid), scenario_argument(mid.replace({"practice.providers": 60}))
    ('mid-market', 'SCENARIO')
    """
    shipped = scenario.name in scenarios() and load(scenario.name).digest == scenario.digest
    return scenario.name if shipped else "SCENARIO"


def sizes_command(scenario: Scenario, sizes: xr.Dataset) -> str:
    """Return the command that computes the same differences by size again.

    Parameters
    ----------
    scenario
        The scenario.
    sizes
        Of `hcrisk.break_even` over the number of providers, between two strategies.

    Returns
    -------
    str
    """
    ends = " ".join(plain(float(sizes["at"].values[i])).replace(",", "") for i in (0, -1))
    between = " ".join(str(name) for name in sizes["way"].values)
    return (
        f"hcrisk break-even {scenario_argument(scenario)} {sizes.attrs['path']} {ends} --between "
        f"{between} --paths {int(sizes.attrs['paths'])}{_seed(int(sizes.attrs['seed']))}"
    )


def decide_command(scenario: Scenario, seed: int) -> str:
    """Return the command that compares every combination of arrangements.

    Examples
    --------
    >>> from hcrisk.scenarios import load
    >>> decide_command(load("mid-market"), 7)
    'hcrisk decide mid-market --seed 7'
    """
    return f"hcrisk decide {scenario_argument(scenario)}{_seed(seed)}"


def _seed(seed: int) -> str:
    return f" --seed {seed}" if seed else ""
