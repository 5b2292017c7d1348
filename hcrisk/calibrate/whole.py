"""From a file of data to a scenario in one call."""

from __future__ import annotations

import os
from typing import NamedTuple

from hcrisk.calibrate.document import to_toml
from hcrisk.calibrate.events import Findings
from hcrisk.calibrate.incidents import read_incidents
from hcrisk.calibrate.logged import incident_findings
from hcrisk.calibrate.target import Target
from hcrisk.calibrate.windows import Window
from hcrisk.scenario import Scenario, from_toml


class Calibrated(NamedTuple):
    """A scenario made from data, with what to know before using it.

    Attributes
    ----------
    scenario : Scenario
        The parent with what was calibrated in its place.
    findings : Findings
        Fits, tests and remarks.
    text : str
        The scenario's file, which extends the parent by its name: a parent with changes of its
        own has to be written to a file of that name too.
    """

    scenario: Scenario
    findings: Findings
    text: str


def from_incidents(
    path: str | os.PathLike[str],
    parent: Scenario,
    *,
    name: str = "own",
    window: Window | None = None,
    above: float = 0.0,
    practices: int | None = None,
    family: str | None = None,
    target: Target | None = None,
) -> Calibrated:
    r"""Return a scenario in which the incidents of a log have their own frequency and cost.

    The same as `read_incidents`, `incident_findings` and `to_toml` one after the other. Read
    ``findings.remarks`` before you use the scenario: they say what rests on little.

    Parameters
    ----------
    path : path
        A log as `read_incidents` takes it: date and cost of each incident.
    parent : Scenario
        What the new scenario extends.
    name : str
        Of the new scenario.
    window, above, practices, family, target
        As for `incident_findings`.

    Returns
    -------
    Calibrated

    Raises
    ------
    DataError
        If the file breaks a rule; every broken rule is listed.
    CalibrationError
        If the scenario has no such risk, or the data are too few.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from hcrisk.scenarios import load
    >>> log = Path(tempfile.mkdtemp()) / "log.csv"
    >>> costs = [900, 4000, 2000, 7000, 12000, 3000]
    >>> rows = [f"2023-0{month}-01,{cost}" for month, cost in enumerate(costs, 1)]
    >>> _ = log.write_text("\n".join(["date,cost", *rows]), encoding="utf-8")
    >>> found = from_incidents(log, load("mid-market"), name="ours")
    >>> found.scenario.risks["incident"].frequency.source
    'own_incidents'
    """
    findings = incident_findings(
        read_incidents(path),
        parent,
        window=window,
        above=above,
        practices=practices,
        family=family,
        target=target,
    )
    text = to_toml(name, parent, [findings.derived])
    scenario = from_toml(text, lambda _: parent.to_mapping())
    return Calibrated(scenario, findings, text)
